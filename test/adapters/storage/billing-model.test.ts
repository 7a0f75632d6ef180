import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { verifyChain } from '../../../core/audit/chain.js'
import type { BillingStore, Decided } from '../../../core/ports.js'
import { Problem } from '../../../core/problem.js'
import { ENGINE, testDatabases } from '../../support/database.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { observation } from '../../support/observations.js'
import {
  APRIL,
  EXPIRES_AT,
  MARCH,
  decision,
  decisionOn,
  draft,
  everything,
  fact,
  voidDraft,
} from './billing-fixtures.js'

const databases = testDatabases()

/** Something a person does; small numbers choose among what is there, so that most steps meet earlier ones. */
type Step =
  | {
      readonly type: 'propose'
      readonly keys: readonly string[]
      readonly asked: readonly string[]
      readonly april: boolean
      readonly late: boolean
    }
  | {
      readonly type: 'decide'
      readonly which: number
      readonly yes: boolean
      readonly late: boolean
      readonly expired: boolean
    }
  | { readonly type: 'void'; readonly which: number; readonly customerId: string | undefined }
  | { readonly type: 'note'; readonly subject: string }

const SOMETIMES = fc.nat({ max: 5 }).map((value) => value === 0)

const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    type: fc.constant('propose' as const),
    keys: fc.uniqueArray(fc.constantFrom('k1', 'k2', 'k3', 'k4'), { minLength: 1 }),
    asked: fc.uniqueArray(fc.constantFrom('C1', 'C2'), { maxLength: 2 }),
    april: fc.boolean(),
    late: SOMETIMES,
  }),
  fc.record({
    type: fc.constant('decide' as const),
    which: fc.nat({ max: 4 }),
    yes: fc.boolean(),
    late: SOMETIMES,
    expired: SOMETIMES,
  }),
  fc.record({
    type: fc.constant('void' as const),
    which: fc.nat({ max: 3 }),
    customerId: fc.constantFrom(undefined, 'C1', 'C2'),
  }),
  fc.record({ type: fc.constant('note' as const), subject: fc.constantFrom('APR-0001', 'x') }),
)

/** Does a step and says how it ended. */
async function take(billing: BillingStore, step: Step): Promise<unknown> {
  try {
    return await doing(billing, step)
  } catch (error) {
    if (error instanceof Problem) return { problem: error.kind }
    throw error
  }
}

async function doing(billing: BillingStore, step: Step): Promise<unknown> {
  const version = await billing.version()
  switch (step.type) {
    case 'propose': {
      const from = draft(step.keys, { asked: step.asked, month: step.april ? APRIL : MARCH })
      return billing.propose(from, step.late ? version - 1 : version)
    }
    case 'void': {
      const { billed } = await billing.books()
      const runs = [...new Set(billed.map(({ runId }) => runId)), 'BR-0099']
      const { which, customerId } = step
      return billing.proposeVoid(voidDraft(runs[which % runs.length] ?? '', { customerId }))
    }
    case 'decide':
      return deciding(billing, step, version)
    case 'note':
      return billing.note(fact({ subject: step.subject }))
  }
}

/** Every way a step can end; the run must have met them all. */
const ENDS = [
  'decide decidedBefore',
  'decide moved',
  'decide nothing',
  'decide problem conflict',
  'decide written',
  'note done',
  'propose done',
  'propose problem conflict',
  'void done',
  'void problem notFound',
]

function endingOf({ type }: Step, end: unknown): string {
  if (typeof end !== 'object' || end === null) return `${type} ${type === 'note' ? 'done' : 'nothing'}`
  if ('problem' in end) return `${type} problem ${String(end.problem)}`
  return `${type} ${'outcome' in end ? String(end.outcome) : 'done'}`
}

/** One of the latest requests, decided, superseded or not. */
async function deciding(
  billing: BillingStore,
  { which, yes, late, expired }: Extract<Step, { type: 'decide' }>,
  version: number,
): Promise<Decided | undefined> {
  const requests = (await billing.trail()).filter(({ action }) => action.endsWith('.proposed'))
  const record = await billing.approval(requests.at(-1 - which)?.subject ?? '')
  if (record === undefined) return undefined
  const verdict = yes ? 'approved' : 'rejected'
  const { subject } = record.approval
  const { billed } = await billing.books()
  const about = billed.filter(
    ({ runId, customerId }) =>
      subject.type === 'void' &&
      yes &&
      runId === subject.runId &&
      customerId === (subject.customerId ?? customerId),
  )
  const at = expired ? EXPIRES_AT : decision(verdict).at
  return billing.decide({
    ...decisionOn(record, verdict, late ? version - 1 : version, { void: about.map(({ key }) => key) }),
    decision: decision(verdict, { at }),
  })
}

describe(`whatever people do, ${ENGINE} engine`, () => {
  test('the database ends where the rules in memory end, and the trail verifies', {
    timeout: 120_000,
  }, async () => {
    const ends = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 15, maxLength: 40 }), async (steps) => {
        const database = await databases.create()
        const storage = await database.open()
        await storage.ledger.record(observation('a', undefined))
        const memory = memoryBilling()
        for (const step of steps) {
          const end = await take(storage.billing, step)
          expect(end).toEqual(await take(memory, step))
          ends.add(endingOf(step, end))
        }
        const expected = await everything(memory)
        expect(await everything(storage.billing)).toEqual(expected)
        const fresh = await database.open()
        expect(await everything(fresh.billing)).toEqual(expected)
        expect(verifyChain(await fresh.billing.trail())).toBeUndefined()
        expect((await fresh.verifyAudit()).fault).toBeUndefined()
        await storage.close()
        await fresh.close()
      }),
      { numRuns: 12, seed: 20_260_312 },
    )
    expect([...ends].sort()).toEqual(ENDS)
  })
})
