import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Storage } from '../../../adapters/storage/open.js'
import { recordPolicy } from '../../../core/app/record-policy.js'
import { verifyChain } from '../../../core/audit/chain.js'
import { DEFAULT_POLICY, type Policy } from '../../../core/charges/types.js'
import type { ApprovalRecord, BillingStore, Decided, ProposalDraft } from '../../../core/ports.js'
import { Problem } from '../../../core/problem.js'
import { ENGINE, type OwnDatabase, testDatabases } from '../../support/database.js'
import { observation } from '../../support/observations.js'
import { APRIL, MARCH, decision, decisionOn, draft, fact, proposed, voidDraft } from './billing-fixtures.js'

// On a server two storages with a pool each stand for two programs; the embedded engine has one owner and one session.

const databases = testDatabases()
let database: OwnDatabase
const storages: Storage[] = []
let msps = 0

beforeAll(async () => {
  database = await databases.createOwn()
})
afterAll(async () => {
  for (const storage of storages) await storage.close()
})

/** The billing stores of as many programs as the engine allows, for an MSP nobody has written for. */
async function programs(): Promise<readonly Storage[]> {
  for (const storage of storages.splice(0)) await storage.close()
  msps += 1
  const count = ENGINE === 'server' ? 2 : 1
  for (let index = 0; index < count; index += 1) storages.push(await database.open({ mspId: `msp-${msps}` }))
  await storages[0]?.ledger.record(observation('a', undefined))
  return storages
}

/** `count` attempts at once, dealt to the programs in turn. */
function atOnce<T>(
  count: number,
  all: readonly Storage[],
  work: (billing: BillingStore, index: number) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  const attempts = Array.from({ length: count }, (_, index) => {
    const storage = all[index % all.length]
    if (storage === undefined) throw new Error('no program')
    return work(storage.billing, index)
  })
  return Promise.allSettled(attempts)
}

async function expectWholeTrail(all: readonly Storage[], entries: number): Promise<void> {
  for (const { billing, verifyAudit } of all) {
    const trail = await billing.trail()
    expect(trail).toHaveLength(entries)
    expect(verifyChain(trail)).toBeUndefined()
    expect(await verifyAudit()).toEqual({ entries, fault: undefined })
  }
}

function first(all: readonly Storage[]): BillingStore {
  const [storage] = all
  if (storage === undefined) throw new Error('no program')
  return storage.billing
}

describe(`many at once, ${ENGINE} engine`, () => {
  test('fifty decisions of one request: one is written, the others are told it', async () => {
    const all = await programs()
    const record = await proposed(first(all), draft(['k1', 'k2']))
    const results = await atOnce(50, all, (billing, index) => {
      const verdict = index % 2 === 0 ? 'approved' : 'rejected'
      const about = decisionOn(record, verdict, 1)
      return billing.decide({ ...about, decision: decision(verdict, { by: `person-${index}` }) })
    })
    const outcomes = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined))
    expect(outcomes.filter((decided) => decided?.outcome === 'written')).toHaveLength(1)
    const stored = (await first(all).approval('APR-0001'))?.approval.decision
    const told = outcomes.filter((decided) => decided?.outcome === 'decidedBefore')
    expect(told).toEqual(Array.from({ length: 49 }, () => ({ outcome: 'decidedBefore', decision: stored })))
    const { version, billed } = await first(all).books()
    expect([version, billed.length]).toEqual([2, stored?.verdict === 'approved' ? 2 : 0])
    await expectWholeTrail(all, 2)
  })

  test('twenty proposals from the same books: one is made, the others are conflicts', async () => {
    const all = await programs()
    const results = await atOnce(20, all, (billing, index) => billing.propose(draft([`k${index}`]), 0))
    const made = results.filter(({ status }) => status === 'fulfilled')
    expect(made).toMatchObject([{ value: { run: { id: 'BR-0001' }, approval: { id: 'APR-0001' } } }])
    for (const result of results.filter(({ status }) => status === 'rejected')) {
      expect(result).toMatchObject({ reason: { kind: 'conflict' } })
    }
    expect(await first(all).version()).toBe(1)
    expect(await first(all).open()).toHaveLength(1)
    await expectWholeTrail(all, 1)
  })

  test('the first writers of an MSP take turns from the start', async () => {
    const all = await programs()
    const results = await atOnce(20, all, (billing, index) => billing.note(fact({ subject: `S-${index}` })))
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([])
    const subjects = (await first(all).trail()).map(({ subject }) => subject)
    expect(new Set(subjects).size).toBe(20)
    await expectWholeTrail(all, 20)
  })

  test('two requests over the same charge, decided at once: it is billed once', async () => {
    const all = await programs()
    const records = [
      await proposed(first(all), draft(['k1'], { asked: ['C1'] })),
      await proposed(first(all), draft(['k1'], { asked: ['C1', 'C2'] })),
    ]
    const results = await atOnce(10, all, (billing, index) => {
      const record = records[index % 2]
      if (record === undefined) throw new Error('no request')
      return billing.decide(decisionOn(record, 'approved', 2))
    })
    const outcomes = results.map((result) =>
      result.status === 'fulfilled' ? result.value.outcome : 'failed',
    )
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'failed')).toEqual([])
    expect((await first(all).books()).billed.map(({ key }) => key)).toEqual(['k1'])
    await expectWholeTrail(all, 3)
  })

  test('twenty programs that start with an edited policy record it once', async () => {
    const all = await programs()
    const clock = { now: async () => new Date('2026-03-20T13:00:00Z') }
    const start = (policy: Policy) =>
      atOnce(20, all, (billing) => recordPolicy({ billing, clock }, { policy, timeZone: 'America/New_York' }))
    const results = await start(DEFAULT_POLICY)
    results.push(...(await start({ ...DEFAULT_POLICY, decreases: 'credit' })))
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([])
    const { version, policies } = await first(all).books()
    expect([version, policies.map(({ policy }) => policy.decreases)]).toEqual([2, ['nextPeriod', 'credit']])
    await expectWholeTrail(all, 1)
  })

  test('everything at once: numbers and trail without gaps, every charge billed once at most', async () => {
    const all = await programs()
    const results = await atOnce(40, all, (billing, index) => somebody(billing, index))
    const failures: unknown[] = results.map(
      (result): unknown => result.status === 'rejected' && result.reason,
    )
    expect(failures.filter((error) => error !== false && !isConflict(error))).toEqual([])
    const { version, billed } = await first(all).books()
    expect(new Set(billed.map(({ key }) => key)).size).toBe(billed.length)
    const trail = await first(all).trail()
    const steps = trail.filter(({ action }) => /^(bill|void)\./.test(action))
    expect(steps).toHaveLength(version)
    const asked = trail.filter(({ action }) => action.endsWith('.proposed')).map(({ subject }) => subject)
    expect(asked).toEqual(asked.map((_, index) => `APR-${String(index + 1).padStart(4, '0')}`))
    const decided = steps.filter(({ action }) => !action.endsWith('.proposed')).map(({ subject }) => subject)
    expect(new Set(decided).size).toBe(decided.length)
    const waiting = (await first(all).open()).filter(({ approval }) => approval.subject.type === 'bill')
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
