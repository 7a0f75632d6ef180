import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LocalDate, addDays } from '../../core/calendar/date.js'
import { dueAsKnown, dueThrough } from '../../core/charges/due.js'
import { periodKey } from '../../core/charges/periods.js'
import { type Policies, type RecordedPolicy, changesFor, policiesOf } from '../../core/charges/policies.js'
import { type ChargeLine, DEFAULT_POLICY, type Policy } from '../../core/charges/types.js'
import type { Timeline } from '../../core/timeline/types.js'
import { LAST_DAY, policy, timeline } from './arbitraries.js'

const RUNS = { numRuns: 600, seed: 20_260_316 }

/** A billed line with the version of the books that billed it. */
type Billed = ChargeLine & { readonly version: number }

/** A run: from which opening date, through which day, and what is known when it is made. */
interface Run {
  readonly opensOn: LocalDate
  readonly until: LocalDate
  readonly today: LocalDate
}

/** What a run bills of one subscription when these policies hold and this is billed. */
function run(
  of: Timeline,
  policies: Policies,
  billed: readonly Billed[],
  { opensOn, until, today }: Run,
): ChargeLine[] {
  const policyChanges = changesFor(policies, billed)
  const input = { currency: 'USD', policy: policies.first, policyChanges, timeline: of, billed }
  return dueAsKnown(input, opensOn, until, today).lines.filter(({ amount }) => amount !== 0n)
}

function edited(policies: Policies, to: Policy, holdsFrom: LocalDate, version: number): Policies {
  const change = { says: to, policy: to, holdsFrom, version }
  return { ...policies, changes: [...policies.changes, change] }
}

/** Days after the start: of runs and of edits, some ahead of them, some behind. */
const days = fc.integer({ min: -40, max: 200 })

const versioned = (lines: readonly ChargeLine[], version: number) =>
  lines.map((line) => ({ ...line, version }))

const isCorrection = ({ kind }: ChargeLine) => kind === 'correction'

describe('B16: an edit of the policy', () => {
  test('corrects nothing, and what is still due of a billed period is what was due of it before', () => {
    const when = fc.record({ opens: days, through: days, on: days, later: days, known: days })
    fc.assert(
      fc.property(
        timeline,
        policy,
        policy,
        when,
        (of, first, second, { opens, through, on, later, known }) => {
          const before: Policies = { first, changes: [] }
          const asked: Run = {
            opensOn: addDays(of.start, opens),
            until: addDays(of.start, through),
            today: addDays(of.start, known),
          }
          const billed = versioned(run(of, before, [], asked), 1)
          const after = edited(before, second, addDays(of.start, on), 2)
          const periods = new Set(billed.map(({ period }) => periodKey(period)))
          const ofBilled = (lines: readonly ChargeLine[]) =>
            lines.filter(({ period }) => periods.has(periodKey(period)))
          const again = run(of, after, billed, asked)
          expect(ofBilled(again)).toEqual([])
          expect(again.filter(isCorrection)).toEqual([])
          const ahead: Run = { ...asked, until: addDays(of.start, Math.max(through, later)), today: LAST_DAY }
          expect(ofBilled(run(of, after, billed, ahead))).toEqual(ofBilled(run(of, before, billed, ahead)))
        },
      ),
      RUNS,
    )
  })

  test('after edit upon edit, run upon run, nothing is billed twice and nothing is corrected', () => {
    const step = fc.record({ to: policy, on: fc.nat({ max: 25 }), through: fc.nat({ max: 45 }) })
    const steps = fc.array(step, { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(timeline, policy, days, steps, (of, first, opens, edits) => {
        const opensOn = addDays(of.start, opens)
        let policies: Policies = { first, changes: [] }
        let today = of.start
        let version = 0
        const billed: Billed[] = []
        for (const { to, on, through } of edits) {
          const asked: Run = { opensOn, until: addDays(today, through), today: LAST_DAY }
          const fresh = run(of, policies, billed, asked)
          expect(fresh.filter(isCorrection)).toEqual([])
          billed.push(...versioned(fresh, (version += 1)))
          today = addDays(today, on)
          policies = edited(policies, to, today, (version += 1))
        }
        const all: Run = { opensOn, until: LAST_DAY, today: LAST_DAY }
        const rest = run(of, policies, billed, all)
        expect(rest.filter(isCorrection)).toEqual([])
        const settled = [...billed, ...versioned(rest, version + 1)]
        expect(run(of, policies, settled, all)).toEqual([])
      }),
      RUNS,
    )
  })

  test('… also when each says some rules only, and is dated ahead of or before others', () => {
    const rules = fc.subarray(Object.keys(DEFAULT_POLICY) as (keyof Policy)[], { minLength: 1 })
    const step = fc.record({ to: policy, rules, ahead: fc.nat({ max: 70 }), through: fc.nat({ max: 45 }) })
    const steps = fc.array(step, { minLength: 2, maxLength: 5 })
    let mixed = 0
    fc.assert(
      fc.property(timeline, policy, days, steps, (of, first, opens, edits) => {
        const opensOn = addDays(of.start, opens)
        const recorded: RecordedPolicy[] = [{ says: first, holdsFrom: undefined, version: 0 }]
        const policies = () => policiesOf(recorded, DEFAULT_POLICY)
        let today = of.start
        let version = 0
        const billed: Billed[] = []
        for (const { to, rules: said, ahead, through } of edits) {
          const asked: Run = { opensOn, until: addDays(today, through), today: LAST_DAY }
          const fresh = run(of, policies(), billed, asked)
          expect(fresh.filter(isCorrection)).toEqual([])
          billed.push(...versioned(fresh, (version += 1)))
          today = addDays(today, 10)
          const says = Object.fromEntries(said.map((rule) => [rule, to[rule]]))
          recorded.push({ says, holdsFrom: addDays(today, ahead), version: (version += 1) })
        }
        const all: Run = { opensOn, until: LAST_DAY, today: LAST_DAY }
        const rest = run(of, policies(), billed, all)
        expect(rest.filter(isCorrection)).toEqual([])
        const settled = [...billed, ...versioned(rest, version + 1)]
        expect(run(of, policies(), settled, all)).toEqual([])
        if (recorded.some(({ holdsFrom = 0 }, index) => holdsFrom < (recorded[index - 1]?.holdsFrom ?? 0)))
          mixed += 1
      }),
      RUNS,
    )
    expect(mixed).toBeGreaterThan(RUNS.numRuns / 4)
  })
})

describe('B20: an earlier opening date', () => {
  /** Its count changed in a period before that was opened: what was billed of it began with another (B8, B20). */
  const beganOtherwise = ({ events }: Timeline, { period }: ChargeLine, opensOn: LocalDate) =>
    period.from < opensOn &&
    events.some(({ on, quantity }) => quantity !== undefined && on > period.from && on <= opensOn)

  test('adds lines and changes none, but in the period it had cut: its first count, and credits held at 0', () => {
    let credits = 0
    fc.assert(
      fc.property(timeline, policy, days, days, fc.nat({ max: 90 }), (of, first, opens, through, earlier) => {
        const policies: Policies = { first, changes: [] }
        const opensOn = addDays(of.start, opens)
        const asked: Run = { opensOn, until: addDays(of.start, through), today: LAST_DAY }
        const due = dueThrough({ currency: 'USD', policy: first, timeline: of }, opensOn, asked.until)
        const capped = new Set(
          due
            .filter(({ amountBeforeCap }) => amountBeforeCap !== undefined)
            .map(({ period }) => periodKey(period)),
        )
        if (due.some(({ amount }) => amount < 0n)) credits += 1
        const billed = versioned(run(of, policies, [], asked), 1)
        const more = run(of, policies, billed, { ...asked, opensOn: addDays(opensOn, -earlier) })
        const changed = more.filter((line) => isCorrection(line) || line.billOn >= opensOn)
        const isKept = (line: ChargeLine) =>
          !capped.has(periodKey(line.period)) && !beganOtherwise(of, line, opensOn)
        expect(changed.filter(isKept)).toEqual([])
      }),
      RUNS,
    )
    expect(credits).toBeGreaterThan(15)
  })
})
