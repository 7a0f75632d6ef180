import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { policySteps } from '../../../core/charges/account.js'
import { dueThrough } from '../../../core/charges/due.js'
import { explainLine } from '../../../core/charges/explain.js'
import {
  type DatedPolicy,
  type Policies,
  type RecordedPolicy,
  changesFor,
  policiesOf,
} from '../../../core/charges/policies.js'
import { policyDifference, samePolicy } from '../../../core/charges/policy-words.js'
import { type ChargeLine, DEFAULT_POLICY, type Policy } from '../../../core/charges/types.js'
import { EVERY_RULE } from '../../support/every-rule.js'
import { type CaseWords, YEARLY, day, decimal, inputOf } from './build.js'

const CREDIT: Policy = { ...DEFAULT_POLICY, decreases: 'credit' }
const ARREARS: Policy = { ...DEFAULT_POLICY, timing: 'arrears' }
const ANNIVERSARY: Policy = { ...DEFAULT_POLICY, cycle: 'anniversary' }

type BilledLine = ChargeLine & { readonly version: number }

function change(policy: Policy, holdsFrom: string, version = 2): DatedPolicy {
  return { says: policy, policy, holdsFrom: day(holdsFrom), version }
}

/** Lines of a run through a day, as the books would hold them once the run made version `version` of them. */
function billed(
  of: CaseWords,
  policies: Policies,
  until: string,
  before: readonly BilledLine[] = [],
  version = 1,
): readonly BilledLine[] {
  const { currency, timeline } = inputOf(of)
  const policyChanges = changesFor(policies, before)
  const input = { currency, timeline, policy: policies.first, policyChanges, billed: before }
  return dueThrough(input, day('2026-03-01'), day(until)).map((line) => ({ ...line, version }))
}

function words(lines: readonly ChargeLine[]): string[] {
  return lines.map((line) => `${formatLocalDate(line.billOn)} ${explainLine(line, 'USD')}`)
}

describe('B16: an edit of the policy on 20 March', () => {
  const before: Policies = { first: DEFAULT_POLICY, changes: [] }
  const after: Policies = { first: DEFAULT_POLICY, changes: [change(CREDIT, '2026-03-20')] }
  const FEWER: CaseWords = {
    events: [
      ['2026-03-01', 20, '22.00'],
      ['2026-03-11', 25],
      ['2026-03-25', 22],
      ['2026-04-16', 20],
    ],
  }

  test('leaves March alone, billed or not, and credits decreases from April', () => {
    const april = [
      '2026-04-01 22 × $22.00 = $484.00',
      '2026-04-16 22 → 20 seats from 16 Apr: -2 × $22.00 × 15/30 = -$22.00',
    ]
    const march = billed(FEWER, before, '2026-03-31')
    expect(billed(FEWER, after, '2026-03-31', march)).toEqual([])
    expect(words(billed(FEWER, after, '2026-04-30', march))).toEqual(april)
    expect(words(billed(FEWER, after, '2026-04-30')).slice(2)).toEqual(april)
  })

  test('waits for the end of what was billed ahead: with April billed, decreases are credited from May', () => {
    const ahead = billed(FEWER, before, '2026-04-30')
    expect(changesFor(after, ahead)).toEqual([{ from: day('2026-05-01'), policy: CREDIT }])
    expect(billed(FEWER, after, '2026-04-30', ahead)).toEqual([])
  })

  test('waits for the end of a yearly term that is billed', () => {
    const yearly: CaseWords = { every: YEARLY, events: [['2026-03-01', 5, '240.00']] }
    const term = billed(yearly, before, '2026-03-31')
    expect(changesFor(after, term)[0]?.from).toBe(day('2027-03-01'))
    expect(changesFor(after, [])[0]?.from).toBe(day('2026-03-20'))
  })

  test('what was billed after it was recorded does not hold it up', () => {
    const later = billed(FEWER, after, '2026-04-30', [], 3)
    expect(changesFor(after, later)[0]?.from).toBe(day('2026-03-20'))
    expect(billed(FEWER, after, '2026-04-30', later)).toEqual([])
  })

  test('a fee billed before its subscription began stays in the period it was billed in', () => {
    const fee = {
      on: day('2026-03-05'),
      type: 'oneTime',
      unitPrice: decimal('150'),
      description: 'Set-up',
    } as const
    const late: CaseWords = { start: '2026-04-20', events: [['2026-04-20', 20, '22.00']], oneTimes: [fee] }
    const march = billed(late, before, '2026-03-31')
    expect(march).toHaveLength(1)
    const moved: Policies = { first: DEFAULT_POLICY, changes: [change(ANNIVERSARY, '2026-03-20')] }
    expect(billed(late, moved, '2026-03-31', march)).toEqual([])
    expect(words(billed(late, moved, '2026-04-30', march))).toEqual(['2026-04-20 20 × $22.00 = $440.00'])
  })

  test('arrears → advance: March and April fall due on one day; advance → arrears: April waits for its end', () => {
    const base: CaseWords = { events: [['2026-03-01', 20, '22.00']] }
    const advance: Policies = { first: ARREARS, changes: [change(DEFAULT_POLICY, '2026-03-20')] }
    expect(words(billed(base, advance, '2026-04-30'))).toEqual([
      '2026-04-01 20 × $22.00 = $440.00',
      '2026-04-01 20 × $22.00 = $440.00',
    ])
    const arrears: Policies = { first: DEFAULT_POLICY, changes: [change(ARREARS, '2026-03-20')] }
    expect(words(billed(base, arrears, '2026-04-30'))).toEqual(['2026-03-01 20 × $22.00 = $440.00'])
  })

  test('which policy holds from when can be asked', () => {
    const { currency, timeline } = inputOf({})
    const input = { currency, timeline, policy: DEFAULT_POLICY, policyChanges: changesFor(after, []) }
    expect(policySteps(input).map(({ policy }) => policy)).toEqual([DEFAULT_POLICY, CREDIT])
    expect(policySteps(input)[1]?.from).toBe(day('2026-04-01'))
    const terms = [
      { from: day('2026-03-11'), to: day('2027-01-01') },
      { from: day('2027-01-01'), to: day('2027-07-01') },
    ]
    const yearly = { ...input, timeline: { ...timeline, billingPeriod: YEARLY, terms } }
    expect(policySteps(yearly).map(({ from }) => from)).toEqual([
      policySteps(input)[0]?.from,
      day('2027-01-01'),
    ])
  })
})

describe('what is recorded', () => {
  const record = (says: Partial<Policy>, holdsFrom?: string, version = 2): RecordedPolicy => ({
    says,
    holdsFrom: holdsFrom === undefined ? undefined : day(holdsFrom),
    version,
  })

  test('one that holds from the beginning takes the place of all before it', () => {
    expect(policiesOf([], ARREARS)).toEqual({ first: ARREARS, changes: [] })
    const all = [record(ARREARS), record(CREDIT, '2026-03-20'), record(ANNIVERSARY)]
    expect(policiesOf(all, CREDIT)).toEqual({ first: ANNIVERSARY, changes: [] })
    const [first, second] = all
    if (first === undefined || second === undefined) throw new Error('no policies')
    expect(policiesOf([first, second], DEFAULT_POLICY)).toEqual({
      first: ARREARS,
      changes: [{ ...second, policy: CREDIT }],
    })
  })

  test('… of its rules: what was said of others ahead still comes', () => {
    const all = [
      record(DEFAULT_POLICY),
      record({ increases: 'full', decreases: 'credit' }, '2026-05-01'),
      record({ increases: 'nextPeriod' }),
      record({ timing: 'arrears' }, '2026-06-01', 3),
    ]
    const { first, changes } = policiesOf(all, DEFAULT_POLICY)
    expect(first).toEqual({ ...DEFAULT_POLICY, increases: 'nextPeriod' })
    expect(changes.map(({ says }) => says)).toEqual([{ decreases: 'credit' }, { timing: 'arrears' }])
    expect(changes.at(-1)?.policy).toEqual({ ...first, decreases: 'credit', timing: 'arrears' })
  })

  test('what was said ahead comes on its day, whatever was said of other rules before it', () => {
    const all = [record({ increases: 'full' }, '2026-05-01'), record({ timing: 'arrears' }, '2026-04-01', 3)]
    const policies = policiesOf(all, DEFAULT_POLICY)
    const taken = changesFor(policies, [])
    expect(taken).toEqual([
      { from: day('2026-04-01'), policy: ARREARS },
      { from: day('2026-05-01'), policy: { ...ARREARS, increases: 'full' } },
    ])
    // The very same policies for the next subscription.
    expect(changesFor(policies, []).map(({ policy }) => policy)).toEqual(taken.map(({ policy }) => policy))
    expect(changesFor(policies, [])[0]?.policy).toBe(taken[0]?.policy)
  })

  test('of one rule what was said last counts, from its day on', () => {
    const all = [
      record({ increases: 'full' }, '2026-05-01'),
      record({ increases: 'nextPeriod' }, '2026-04-01', 3),
    ]
    const taken = changesFor(policiesOf(all, DEFAULT_POLICY), [])
    expect(taken.map(({ policy }) => policy.increases)).toEqual(['nextPeriod', 'nextPeriod'])
  })

  test('a period billed between two of them keeps what held then', () => {
    const all = [record({ increases: 'full' }, '2026-05-01'), record({ timing: 'arrears' }, '2026-04-01', 4)]
    const may = { period: { from: day('2026-05-01'), to: day('2026-06-01') }, version: 3 }
    expect(changesFor(policiesOf(all, DEFAULT_POLICY), [may])).toEqual([
      { from: day('2026-05-01'), policy: { ...DEFAULT_POLICY, increases: 'full' } },
      { from: day('2026-06-01'), policy: { ...ARREARS, increases: 'full' } },
    ])
  })
})

describe('in words', () => {
  test('every rule has words for each of its values, and only what differs is said', () => {
    const there = policyDifference(DEFAULT_POLICY, EVERY_RULE)
    const back = policyDifference(EVERY_RULE, DEFAULT_POLICY)
    expect(new Set([...there, ...back]).size).toBe(28)
    expect(there).toContain('decreases credited')
    expect(there).toContain('base month February 2026')
    expect(there).toContain('on day 31 of the month')
    expect(there).toContain('parts of a month to 4 decimals')
    expect(policyDifference(DEFAULT_POLICY, CREDIT)).toEqual(['decreases credited'])
    expect(policyDifference(CREDIT, DEFAULT_POLICY)).toEqual(['decreases from the next period'])
    expect([samePolicy(EVERY_RULE, { ...EVERY_RULE }), samePolicy(EVERY_RULE, CREDIT)]).toEqual([true, false])
  })
})
