import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, addMonths, type LocalDate } from '../../core/calendar/date.js'
import { chargeTimeline } from '../../core/charges/charge.js'
import { dueAsKnown, dueThrough } from '../../core/charges/due.js'
import { explainLine } from '../../core/charges/explain.js'
import { type ChargeLine, DEFAULT_POLICY, type Policy } from '../../core/charges/types.js'
import type { Timeline, TimelineEvent } from '../../core/timeline/types.js'
import { recomputeExplanation } from '../core/charges/recompute-explanation.js'
import { currency, EVERYTHING, LAST_DAY, policy, price, seats, timeline } from './arbitraries.js'

const RUNS = { numRuns: 600, seed: 20_260_301 }

function charge(of: Timeline, under: Policy, billed: readonly ChargeLine[] = [], inCurrency = 'USD') {
  return chargeTimeline({ currency: inCurrency, policy: under, timeline: of, window: EVERYTHING, billed })
}

function sumOf(lines: readonly ChargeLine[]): bigint {
  return lines.reduce((total, { amount }) => total + amount, 0n)
}

/** Everything but what may differ between two ways of saying the same: nothing. */
function linesOf(of: Timeline, under: Policy): readonly ChargeLine[] {
  return charge(of, under).lines
}

describe('a line', () => {
  test('lies in its period, covers 0…1 of it, and its words recompute to its amount', () => {
    const kinds = new Set<string>()
    fc.assert(
      fc.property(timeline, policy, currency, (of, under, inCurrency) => {
        for (const line of charge(of, under, [], inCurrency).lines) {
          kinds.add(`${line.reason.type} ${line.kind}`)
          expect(recomputeExplanation(explainLine(line, inCurrency), inCurrency)).toBe(line.amount)
          expect(line.from).toBeLessThan(line.to)
          expect(line.fraction.days).toBeGreaterThanOrEqual(0)
          expect(line.fraction.days).toBeLessThanOrEqual(line.fraction.of)
          expect(line.days).toBeGreaterThanOrEqual(0)
          expect(line.days).toBeLessThanOrEqual(line.to - line.from)
          if (line.kind === 'oneTime') continue
          expect(line.from).toBeGreaterThanOrEqual(line.period.from)
          expect(line.to).toBeLessThanOrEqual(line.period.to)
        }
      }),
      RUNS,
    )
    expect([...kinds].sort()).toEqual([
      'base prorated',
      'base recurring',
      'decrease credit',
      'oneTime oneTime',
      'price credit',
      'price prorated',
      'rise prorated',
      'rise recurring',
    ])
  })

  test('a correction, too, says both sums in words that recompute', () => {
    fc.assert(
      fc.property(timeline, timeline, policy, currency, (before, after, under, inCurrency) => {
        const billed = charge(before, under, [], inCurrency).lines
        for (const line of charge(after, under, billed, inCurrency).lines) {
          if (line.kind !== 'correction') continue
          expect(recomputeExplanation(explainLine(line, inCurrency), inCurrency)).toBe(line.amount)
        }
      }),
      RUNS,
    )
  })
})

describe('a period', () => {
  test('is never below 0 without its one-time lines, also line by line (B9, D5)', () => {
    fc.assert(
      fc.property(timeline, policy, (of, under) => {
        const sums = new Map<number, bigint>()
        for (const { kind, period, amount } of linesOf(of, under)) {
          if (kind === 'oneTime') continue
          const sum = (sums.get(period.from) ?? 0n) + amount
          expect(sum).toBeGreaterThanOrEqual(0n)
          sums.set(period.from, sum)
        }
      }),
      RUNS,
    )
  })

  test('begins where the one before ends, with one base, or none while paused', () => {
    fc.assert(
      fc.property(timeline, policy, (of, under) => {
        const { periods, lines } = charge(
          { ...of, events: of.events.filter(({ type }) => type !== 'oneTime') },
          under,
        )
        const most = periods.map(({ from }, index) => [periods[index - 1]?.to ?? from, 1])
        const bases = periods.map(({ from }) => {
          const found = lines.filter(
            ({ period, reason }) => period.from === from && reason.type === 'base',
          ).length
          return [from, found === 0 && under.suspended === 'pause' ? 1 : found]
        })
        expect(bases).toEqual(most)
      }),
      RUNS,
    )
  })
})

describe('what is said twice, or in another order, changes nothing', () => {
  /** The state on a day, said again. */
  function saidAgain(of: Timeline, on: LocalDate): Timeline {
    const stated = (field: 'quantity' | 'unitPrice') =>
      of.events.findLast(
        (event) => event.type === 'change' && event.on <= on && event[field] !== undefined,
      )?.[field]
    const [quantity, unitPrice] = [stated('quantity'), stated('unitPrice')]
    if (quantity === undefined || unitPrice === undefined) return of
    const split: TimelineEvent = { on, type: 'change', quantity, unitPrice }
    const at = of.events.filter((event) => event.on <= on).length
    return { ...of, events: [...of.events.slice(0, at), split, ...of.events.slice(at)] }
  }

  test('a no-op split', () => {
    fc.assert(
      fc.property(timeline, policy, fc.integer({ min: 0, max: 150 }), (of, under, later) => {
        expect(linesOf(saidAgain(of, addDays(of.start, later)), under)).toEqual(linesOf(of, under))
      }),
      RUNS,
    )
  })

  test('the order in which the events of different days arrive', () => {
    fc.assert(
      fc.property(timeline, policy, fc.infiniteStream(fc.nat()), (of, under, noise) => {
        const arrival = new Map(of.events.map(({ on }) => [on, noise.next().value ?? 0]))
        const shuffled = [...of.events].sort(
          (left, right) => (arrival.get(left.on) ?? 0) - (arrival.get(right.on) ?? 0),
        )
        expect(linesOf({ ...of, events: shuffled }, under)).toEqual(linesOf(of, under))
      }),
      RUNS,
    )
  })
})

describe('due minus billed (B23)', () => {
  test('a second run bills nothing', () => {
    fc.assert(
      fc.property(timeline, policy, (of, under) => {
        const first = charge(of, under)
        const second = charge(of, under, first.lines)
        expect(second.total).toBe(0n)
        expect(second.lines.every(({ amount }) => amount === 0n)).toBe(true)
        expect(second.billed).toBe(first.due)
      }),
      RUNS,
    )
  })

  test('late news, in any order and any number, ends at the total computed from scratch', () => {
    fc.assert(
      fc.property(
        fc.array(timeline, { minLength: 1, maxLength: 4 }),
        timeline,
        policy,
        (rumours, truth, under) => {
          const billed: ChargeLine[] = []
          for (const known of [...rumours, truth]) {
            const result = charge(known, under, billed)
            expect(result.total).toBe(result.due - result.billed)
            expect(sumOf(result.lines)).toBe(result.total)
            billed.push(...result.lines)
          }
          expect(sumOf(billed)).toBe(charge(truth, under).due)
          expect(charge(truth, under, billed).total).toBe(0n)
        },
      ),
      RUNS,
    )
  })

  test('lines of one period are extra lines or one correction, never both', () => {
    fc.assert(
      fc.property(timeline, timeline, policy, (before, after, under) => {
        const billed = charge(before, under).lines
        const kinds = new Map<string, Set<boolean>>()
        for (const { kind, period, amount } of charge(after, under, billed).lines) {
          if (amount === 0n) continue
          const key = `${period.from}/${period.to}`
          kinds.set(key, (kinds.get(key) ?? new Set()).add(kind === 'correction'))
        }
        for (const found of kinds.values()) expect(found.size).toBe(1)
      }),
      RUNS,
    )
  })
})

describe('adding and removing', () => {
  test('the same seats for the same days nets to zero under credit', () => {
    fc.assert(
      fc.property(
        seats,
        seats,
        price,
        policy,
        fc.integer({ min: 1, max: 60 }),
        (few, more, unitPrice, under, later) => {
          const start = addMonths(EVERYTHING.from, 12)
          const on = addDays(start, later)
          const steps = (from: typeof few, to: typeof few): Timeline => ({
            billingPeriod: { type: 'month', duration: 1 },
            start,
            end: null,
            events: [
              { on: start, type: 'change', quantity: from, unitPrice },
              { on, type: 'change', quantity: to },
            ],
          })
          const rules: Policy = {
            ...under,
            decreases: 'credit',
            increases: 'prorate',
            suspended: 'bill',
            timing: 'advance',
          }
          const many = (few + more) as typeof few
          const added = linesOf(steps(few, many), rules).filter(({ reason }) => reason.type === 'rise')
          const removed = linesOf(steps(many, few), rules).filter(({ reason }) => reason.type === 'decrease')
          const exact = removed.map(({ amount, amountBeforeCap }) => amountBeforeCap ?? amount)
          expect(exact).toEqual(added.map(({ amount }) => -amount))
        },
      ),
      RUNS,
    )
  })

  test('within one day leaves no line at all', () => {
    fc.assert(
      fc.property(timeline, policy, seats, fc.integer({ min: 1, max: 100 }), (of, under, extra, later) => {
        const on = addDays(of.start, later)
        const before = of.events.findLast(
          (event) => event.type === 'change' && event.on < on && event.quantity !== undefined,
        )
        const quantity = before?.quantity
        if (quantity === undefined) return
        const blip = [quantity + extra, quantity].map(
          (count): TimelineEvent => ({ on, type: 'change', quantity: count as typeof quantity }),
        )
        const others = of.events.filter((event) => event.on !== on)
        const at = others.filter((event) => event.on < on).length
        const blipped = [...others.slice(0, at), ...blip, ...others.slice(at)]
        expect(linesOf({ ...of, events: blipped }, under)).toEqual(linesOf({ ...of, events: others }, under))
      }),
      RUNS,
    )
  })
})

describe('who to bill (B21)', () => {
  test('month after month bills every line once, and all of them', () => {
    fc.assert(
      fc.property(timeline, policy, (of, under) => {
        const opensOn = addDays(EVERYTHING.from, 0)
        const input = { currency: 'USD', policy: under, timeline: of }
        const billed: ChargeLine[] = []
        for (let month = 1; month <= 48; month += 6) {
          const until = addDays(addMonths(EVERYTHING.from, month), -1)
          billed.push(
            ...dueThrough({ ...input, billed }, opensOn, until).filter(({ amount }) => amount !== 0n),
          )
        }
        const all = dueThrough(input, opensOn, addDays(addMonths(EVERYTHING.from, 43), -1))
        expect(sumOf(billed)).toBe(sumOf(all))
        expect(billed.some(({ kind }) => kind === 'correction')).toBe(false)
      }),
      { ...RUNS, numRuns: 300 },
    )
  })

  test('what is due through a day is what the calculator makes due by it', () => {
    fc.assert(
      fc.property(timeline, policy, fc.integer({ min: 0, max: 300 }), (of, under, later) => {
        const asOf = addDays(of.start, later)
        const input = { currency: 'USD', policy: under, timeline: of }
        const byWindow = chargeTimeline({ ...input, window: EVERYTHING, asOf }).lines
        expect(dueThrough(input, EVERYTHING.from, asOf)).toEqual(byWindow)
      }),
      RUNS,
    )
  })

  test('what is known and what is forecast are together what will be due', () => {
    fc.assert(
      fc.property(timeline, policy, fc.integer({ min: 0, max: 150 }), (of, under, later) => {
        const input = { currency: 'USD', policy: under, timeline: of }
        const today = addDays(of.start, later)
        const { lines, forecast } = dueAsKnown(input, EVERYTHING.from, LAST_DAY, today)
        expect(sumOf(lines) + sumOf(forecast)).toBe(sumOf(dueThrough(input, EVERYTHING.from, LAST_DAY)))
        const nothingAhead = dueAsKnown(input, EVERYTHING.from, LAST_DAY, LAST_DAY)
        expect(nothingAhead.forecast).toEqual([])
        expect(nothingAhead.lines).toEqual(dueThrough(input, EVERYTHING.from, LAST_DAY))
      }),
      RUNS,
    )
  })
})

test('the same input gives the same result, and the input is left as it was', () => {
  fc.assert(
    fc.property(timeline, (of) => {
      const before = structuredClone(of)
      const first = charge(of, DEFAULT_POLICY)
      expect(charge(of, DEFAULT_POLICY)).toEqual(first)
      expect(of).toEqual(before)
    }),
    RUNS,
  )
})
