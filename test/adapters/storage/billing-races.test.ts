import { describe, expect, test } from 'vitest'
import { recordPolicies } from '../../../core/app/record-policies.js'
import { DEFAULT_POLICY, type Policy } from '../../../core/charges/types.js'
import type { ApprovalRecord, BillingStore, Decided, ProposalDraft } from '../../../core/ports.js'
import { Problem } from '../../../core/problem.js'
import { ENGINE, testDatabases } from '../../support/database.js'
import { APRIL, MARCH, decision, decisionOn, draft, fact, proposed, voidDraft } from './billing-fixtures.js'
import { atOnce, expectWholeTrail, firstProgram, racingPrograms } from './racing.js'

const databases = testDatabases()
const programs = racingPrograms(databases)

describe(`many at once, ${ENGINE} engine`, () => {
  test('fifty decisions of one request: one is written, the others are told it', async () => {
    const all = await programs()
    const record = await proposed(firstProgram(all).billing, draft(['k1', 'k2']))
    const results = await atOnce(50, all, ({ billing }, index) => {
      const verdict = index % 2 === 0 ? 'approved' : 'rejected'
      const about = decisionOn(record, verdict, 1)
      return billing.decide({ ...about, decision: decision(verdict, { by: `person-${index}` }) })
    })
    const outcomes = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined))
    expect(outcomes.filter((decided) => decided?.outcome === 'written')).toHaveLength(1)
    const stored = (await firstProgram(all).billing.approval('APR-0001'))?.approval.decision
    const told = outcomes.filter((decided) => decided?.outcome === 'decidedBefore')
    expect(told).toEqual(Array.from({ length: 49 }, () => ({ outcome: 'decidedBefore', decision: stored })))
    const { version, billed } = await firstProgram(all).billing.books()
    expect([version, billed.length]).toEqual([2, stored?.verdict === 'approved' ? 2 : 0])
    await expectWholeTrail(all, 2)
  })

  test('twenty proposals from the same books: one is made, the others are conflicts', async () => {
    const all = await programs()
    const results = await atOnce(20, all, ({ billing }, index) => billing.propose(draft([`k${index}`]), 0))
    const made = results.filter(({ status }) => status === 'fulfilled')
    expect(made).toMatchObject([{ value: { run: { id: 'BR-0001' }, approval: { id: 'APR-0001' } } }])
    for (const result of results.filter(({ status }) => status === 'rejected')) {
      expect(result).toMatchObject({ reason: { kind: 'conflict' } })
    }
    expect(await firstProgram(all).billing.version()).toBe(1)
    expect(await firstProgram(all).billing.open()).toHaveLength(1)
    await expectWholeTrail(all, 1)
  })

  test('the first writers of an MSP take turns from the start', async () => {
    const all = await programs()
    const results = await atOnce(20, all, ({ billing }, index) =>
      billing.note(fact({ subject: `S-${index}` })),
    )
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([])
    const subjects = (await firstProgram(all).billing.trail()).map(({ subject }) => subject)
    expect(new Set(subjects).size).toBe(20)
    await expectWholeTrail(all, 20)
  })

  test('two requests over the same charge, decided at once: it is billed once', async () => {
    const all = await programs()
    const records = [
      await proposed(firstProgram(all).billing, draft(['k1'], { asked: ['C1'] })),
      await proposed(firstProgram(all).billing, draft(['k1'], { asked: ['C1', 'C2'] })),
    ]
    const results = await atOnce(10, all, ({ billing }, index) => {
      const record = records[index % 2]
      if (record === undefined) throw new Error('no request')
      return billing.decide(decisionOn(record, 'approved', 2))
    })
    const outcomes = results.map((result) =>
      result.status === 'fulfilled' ? result.value.outcome : 'failed',
    )
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'failed')).toEqual([])
    expect((await firstProgram(all).billing.books()).billed.map(({ key }) => key)).toEqual(['k1'])
    await expectWholeTrail(all, 3)
  })

  test('twenty programs that start with an edited policy record it once', async () => {
    const all = await programs()
    const clock = { now: async () => new Date('2026-03-20T13:00:00Z') }
    const start = (policy: Policy) =>
      atOnce(20, all, ({ billing }) =>
        recordPolicies({ billing, clock }, { lines: policy, timeZone: 'America/New_York' }),
      )
    const results = await start(DEFAULT_POLICY)
    results.push(...(await start({ ...DEFAULT_POLICY, decreases: 'credit' })))
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([])
    const { version, settings } = await firstProgram(all).billing.books()
    expect([version, settings.map(({ says }) => says.decreases)]).toEqual([2, ['nextPeriod', 'credit']])
    await expectWholeTrail(all, 1)
  })

  test('everything at once: numbers and trail without gaps, every charge billed once at most', async () => {
    const all = await programs()
    const results = await atOnce(40, all, ({ billing }, index) => somebody(billing, index))
    const failures: unknown[] = results.map(
      (result): unknown => result.status === 'rejected' && result.reason,
    )
    expect(failures.filter((error) => error !== false && !isConflict(error))).toEqual([])
    const { version, billed } = await firstProgram(all).billing.books()
    expect(new Set(billed.map(({ key }) => key)).size).toBe(billed.length)
    const trail = await firstProgram(all).billing.trail()
    const steps = trail.filter(({ action }) => /^(bill|void)\./.test(action))
    expect(steps).toHaveLength(version)
    const asked = trail.filter(({ action }) => action.endsWith('.proposed')).map(({ subject }) => subject)
    expect(asked).toEqual(asked.map((_, index) => `APR-${String(index + 1).padStart(4, '0')}`))
    const decided = steps.filter(({ action }) => !action.endsWith('.proposed')).map(({ subject }) => subject)
    expect(new Set(decided).size).toBe(decided.length)
    const waiting = (await firstProgram(all).billing.open()).filter(
      ({ approval }) => approval.subject.type === 'bill',
    )
    expect(waiting.length).toBeLessThanOrEqual(2)
    await expectWholeTrail(all, trail.length)
    expect(trail.filter(({ action }) => action === 'right.refused')).toHaveLength(8)
  })
})

/** One of a crowd: every fifth only leaves a note, the others propose and decide over a few shared charges. */
async function somebody(billing: BillingStore, index: number): Promise<void> {
  if (index % 5 === 0) return billing.note(fact({ subject: `S-${index}` }))
  const month = index % 2 === 0 ? MARCH : APRIL
  const record = await insisting(billing, draft([`k${index % 7}`], { month }))
  const outcome = await decideAgain(billing, record)
  if (outcome !== 'written' || index % 3 !== 0) return
  const request = await billing.proposeVoid(voidDraft(record.run.id))
  await decideAgain(
    billing,
    request,
    record.run.lines.map(({ key }) => key),
  )
}

async function insisting(billing: BillingStore, from: ProposalDraft): Promise<ApprovalRecord> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await billing.propose(from, await billing.version())
    } catch (error) {
      if (!isConflict(error) || attempt > 500) throw error
    }
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof Problem && error.kind === 'conflict'
}

/** Decides until it is written, decided by others or superseded. */
async function decideAgain(
  billing: BillingStore,
  record: ApprovalRecord,
  keys: readonly string[] = [],
): Promise<Decided['outcome']> {
  for (let attempt = 1; attempt <= 500; attempt += 1) {
    const about = decisionOn(record, 'approved', await billing.version(), { void: keys })
    const { outcome } = await billing.decide(about)
    if (outcome !== 'moved') return outcome
    if ((await billing.approval(record.approval.id))?.approval.supersededBy !== undefined) return 'moved'
  }
  throw new Error(`${record.approval.id} was never decided`)
}
