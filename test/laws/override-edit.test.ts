import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LocalDate, addDays } from '../../core/calendar/date.js'
import { dueAsKnown } from '../../core/charges/due.js'
import { periodKey } from '../../core/charges/periods.js'
import type { ChargeLine, Policy } from '../../core/charges/types.js'
import { type Decimal, decimalFromUnits } from '../../core/money/decimal.js'
import type { OverrideScope } from '../../core/pricing/overrides.js'
import {
  type RecordedOverride,
  isReplaced,
  priceOverridesFor,
  withRecorded,
} from '../../core/pricing/recorded.js'
import { priceSubscription } from '../../core/pricing/timeline.js'
import type { FoldedSubscription } from '../../core/timeline/fold.js'
import { day } from '../support/observed.js'
import { policy, price, seats } from './arbitraries.js'

const RUNS = { numRuns: 600, seed: 20_260_401 }
const START = day('2026-01-10')
const ALL_KNOWN = day('2027-12-31')

type Billed = ChargeLine & { readonly version: number }

const priced = fc.record({ on: fc.nat({ max: 150 }), price, cost: price })
const counted = fc.record({ on: fc.nat({ max: 150 }), quantity: seats })

/** A subscription with counts, prices and costs that change; what is not about prices is as simple as can be. */
const subscription: fc.Arbitrary<FoldedSubscription> = fc
  .record({
    counts: fc.array(counted, { minLength: 1, maxLength: 5 }),
    prices: fc.array(priced, { minLength: 1, maxLength: 3 }),
    end: fc.option(fc.integer({ min: 1, max: 200 }), { nil: null }),
  })
  .map(({ counts, prices, end }): FoldedSubscription => {
    const dated = <T extends { readonly on: number }>(steps: readonly T[]) =>
      steps
        .toSorted((left, right) => left.on - right.on)
        .map((step, index) => ({ ...step, on: index === 0 ? START : addDays(START, step.on) }))
    const usd = (amount: Decimal) => ({ currency: 'USD', amount })
    return {
      lineageId: 'L-1',
      customerId: 'C1',
      mpn: 'BP',
      productName: 'Business Premium',
      status: 'active',
      billingPeriod: { type: 'month', duration: 1 },
      start: START,
      end: end === null ? null : addDays(START, end),
      endPlanned: false,
      endEstimated: false,
      terms: [],
      counts: dated(counts).map((count) => ({
        ...count,
        estimated: false,
        order: undefined,
        observedAt: new Date(0),
      })),
      prices: dated(prices).map((step) => ({ on: step.on, price: usd(step.price), cost: usd(step.cost) })),
      holds: [],
      setups: [],
      assumedThrough: undefined,
      exceptions: [],
      renewals: [],
      recordKeys: ['R1'],
    }
  })

const RUNGS: readonly OverrideScope[] = [
  { lineageId: 'L-1' },
  { customerId: 'C1', mpn: 'BP' },
  { customerId: 'C1' },
  { mpn: 'BP' },
  {},
]

const percent = fc.integer({ min: 1, max: 90 }).map((whole) => decimalFromUnits(BigInt(whole) * 100_000_000n))
const says: fc.Arbitrary<RecordedOverride['says']> = fc.oneof(
  price.map((amount) => ({ kind: 'fixed' as const, price: amount, currency: 'USD' })),
  fc
    .tuple(fc.constantFrom('discount' as const, 'markup' as const, 'margin' as const), percent)
    .map(([kind, of]) => ({
      kind,
      percent: of,
    })),
)
const when = fc.integer({ min: -40, max: 200 })

/** An override that is set, or the end of one set before, a few days after the run before it. */
const change = fc.record({
  rung: fc.nat({ max: RUNGS.length - 1 }),
  says,
  from: when,
  lasts: fc.option(fc.integer({ min: 1, max: 90 }), { nil: null }),
  ends: fc.option(fc.nat({ max: 3 }), { nil: undefined, freq: 3 }),
  through: fc.nat({ max: 45 }),
  voids: fc.boolean(),
})
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

function linesOf(
  of: FoldedSubscription,
  recorded: readonly RecordedOverride[],
  rules: Policy,
  billed: readonly Billed[],
  until: LocalDate,
): ChargeLine[] {
  const overrides = priceOverridesFor(recorded, of, billed, 'USD')
  const { timeline } = priceSubscription(of, overrides, 'USD')
  if (timeline === undefined) return []
  const input = { currency: 'USD', policy: rules, timeline, billed }
  return dueAsKnown(input, START, until, ALL_KNOWN).lines.filter(({ amount }) => amount !== 0n)
}

function withChange(
  recorded: readonly RecordedOverride[],
  { rung, says: said, from, lasts, ends }: Change,
  version: number,
): readonly RecordedOverride[] {
  const stamp = { by: 'dana', byName: 'Dana', at: new Date(0), version, held: new Map() }
  const on = addDays(START, from)
  const ended = ends === undefined ? undefined : recorded[ends]
  if (ended !== undefined) {
    const until = ended.ends.at(-1)?.on ?? ended.to
    if (until !== null && until <= on) return recorded
    return recorded.map((one) => (one === ended ? { ...one, ends: [...one.ends, { ...stamp, on }] } : one))
  }
  const to = lasts === null ? null : addDays(on, lasts)
  const number = recorded.length + 1
  const now = { scope: RUNGS[rung] ?? {}, says: said, from: on, to }
  const replaces = recorded.filter((former) => isReplaced(former, now)).map((former) => former.number)
  return withRecorded(recorded, { ...stamp, ...now, number, replaces, ends: [] })
}

const versioned = (lines: readonly ChargeLine[], version: number) =>
  lines.map((line) => ({ ...line, version }))
const isCorrection = ({ kind }: ChargeLine) => kind === 'correction'

describe('B16: a price that is set or ended', () => {
  test('after change upon change, run upon run, nothing billed is corrected, and the same run bills nothing again', () => {
    let changes = 0
    fc.assert(
      fc.property(
        subscription,
        policy,
        fc.array(change, { minLength: 1, maxLength: 6 }),
        (of, rules, steps) => {
          let recorded: readonly RecordedOverride[] = []
          let billed: readonly Billed[] = []
          let today = START
          let version = 0
          for (const step of steps) {
            const until = addDays(today, step.through)
            const fresh = linesOf(of, recorded, rules, billed, until)
            expect(fresh.filter(isCorrection)).toEqual([])
            billed = [...billed, ...versioned(fresh, (version += 1))]
            expect(linesOf(of, recorded, rules, billed, until)).toEqual([])
            const periods = new Set(billed.map(({ period }) => periodKey(period)))
            const left = (all: readonly RecordedOverride[]) =>
              linesOf(of, all, rules, billed, ALL_KNOWN).filter(({ period }) =>
                periods.has(periodKey(period)),
              )
            const before = left(recorded)
            const after = withChange(recorded, step, (version += 1))
            // What is still due of a billed period is what was due of it before: also seats that were added since.
            expect(left(after)).toEqual(before)
            if (after !== recorded) changes += 1
            recorded = after
            today = addDays(today, 15)
          }
          const rest = linesOf(of, recorded, rules, billed, ALL_KNOWN)
          expect(rest.filter(isCorrection)).toEqual([])
          const settled = [...billed, ...versioned(rest, version + 1)]
          expect(linesOf(of, recorded, rules, settled, ALL_KNOWN)).toEqual([])
        },
      ),
      RUNS,
    )
    expect(changes).toBeGreaterThan(RUNS.numRuns)
  })

  test('voided lines are free to take it, and what stays billed is not corrected by it', () => {
    fc.assert(
      fc.property(
        subscription,
        policy,
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (of, rules, steps) => {
          let recorded: readonly RecordedOverride[] = []
          let billed: readonly Billed[] = []
          let version = 0
          let today = START
          for (const step of steps) {
            const until = addDays(today, step.through)
            billed = [...billed, ...versioned(linesOf(of, recorded, rules, billed, until), (version += 1))]
            recorded = withChange(recorded, step, (version += 1))
            // The last period is voided as a whole, or nothing.
            const last = billed.reduce((latest, { period }) => Math.max(latest, period.from), 0)
            if (step.voids) billed = billed.filter(({ period }) => period.from !== last)
            today = addDays(today, 20)
          }
          expect(linesOf(of, recorded, rules, billed, ALL_KNOWN).filter(isCorrection)).toEqual([])
        },
      ),
      RUNS,
    )
  })

  test('on different rungs the order of recording is irrelevant', () => {
    const onEach = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 2 })
    fc.assert(
      fc.property(
        subscription,
        policy,
        onEach,
        fc.array(change, { minLength: 5, maxLength: 5 }),
        (of, rules, order, steps) => {
          const recordedIn = (rungs: readonly number[]) =>
            rungs.reduce<readonly RecordedOverride[]>((all, rung) => {
              const step = steps[rung]
              if (step === undefined) throw new Error('a change for each rung')
              return withChange(all, { ...step, rung, ends: undefined }, all.length + 1)
            }, [])
          const due = (recorded: readonly RecordedOverride[]) =>
            linesOf(of, recorded, rules, [], ALL_KNOWN).map(({ priceRule: _, ...line }) => line)
          expect(due(recordedIn(order))).toEqual(
            due(recordedIn(order.toSorted((left, right) => left - right))),
          )
        },
      ),
      RUNS,
    )
  })
})
