import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, type LocalDate } from '../../core/calendar/date.js'
import { dueAsKnown, dueThrough } from '../../core/charges/due.js'
import type { ChargeLine, Policy, SettledLine } from '../../core/charges/types.js'
import type { PriceGap, Timeline } from '../../core/timeline/types.js'
import { EVERYTHING, LAST_DAY, policy, timeline } from './arbitraries.js'

/** B14, B17: what holds of periods whose price cannot be known for a while. */

const RUNS = { numRuns: 600, seed: 20_260_401 }

/** Up to two gaps, the last of which may be open; days count from the start of the timeline. */
const gapDays = fc
  .uniqueArray(fc.integer({ min: 0, max: 160 }), { minLength: 1, maxLength: 4 })
  .map((days) => days.sort((left, right) => left - right))

function withGaps(of: Timeline, days: readonly number[]): Timeline {
  const priceGaps: PriceGap[] = []
  for (let index = 0; index < days.length; index += 2) {
    const [from = 0, to] = [days[index], days[index + 1]]
    const end = to === undefined ? null : addDays(of.start, to)
    priceGaps.push({ from: addDays(of.start, from), to: end, kind: 'noPrice', why: 'no price' })
  }
  return { ...of, priceGaps }
}

function bill(of: Timeline, under: Policy, billed: readonly SettledLine[], until = LAST_DAY) {
  const input = { currency: 'USD', policy: under, timeline: of, billed }
  return dueThrough(input, EVERYTHING.from, until)
}

function held(of: Timeline, under: Policy) {
  return dueAsKnown({ currency: 'USD', policy: under, timeline: of }, EVERYTHING.from, LAST_DAY, LAST_DAY)
    .held
}

function sumOf(lines: readonly ChargeLine[]): bigint {
  return lines.reduce((total, { amount }) => total + amount, 0n)
}

describe('a gap that closes', () => {
  test('ends at the total as if the price had been known, whatever was billed before and during it', () => {
    let during = 0
    fc.assert(
      fc.property(timeline, policy, gapDays, fc.integer({ min: 0, max: 200 }), (of, under, days, early) => {
        const before = bill(of, under, [], addDays(of.start, early))
        const meanwhile = bill(withGaps(of, days), under, before)
        const after = bill(of, under, [...before, ...meanwhile])
        expect(sumOf([...before, ...meanwhile, ...after])).toBe(sumOf(bill(of, under, [])))
        if (meanwhile.length > 0 && after.length > 0) during += 1
      }),
      RUNS,
    )
    expect(during).toBeGreaterThan(50)
  })

  test('meanwhile no period is corrected that it holds, also when the seats prove to be others', () => {
    fc.assert(
      fc.property(timeline, timeline, policy, gapDays, (first, second, under, days) => {
        const before = bill(first, under, [])
        const news = withGaps({ ...second, billingPeriod: first.billingPeriod, start: first.start }, days)
        const periods = held(news, under).map(({ period }) => period)
        for (const line of bill(news, under, before)) {
          expect(periods).not.toContainEqual(line.period)
        }
      }),
      RUNS,
    )
  })
})

test('a period that will not be held is not held before either: knowing less opens no gap', () => {
  let known = 0
  fc.assert(
    fc.property(timeline, policy, gapDays, fc.integer({ min: -10, max: 160 }), (of, under, days, on) => {
      const input = { currency: 'USD', policy: under, timeline: withGaps(of, days) }
      const keysOf = (today: LocalDate) =>
        dueAsKnown(input, EVERYTHING.from, LAST_DAY, today).held.map(
          ({ period }) => `${period.from}/${period.to}`,
        )
      const [now, all] = [keysOf(addDays(of.start, on)), keysOf(LAST_DAY)]
      if (now.length > 0) known += 1
      expect(all).toEqual(expect.arrayContaining(now))
    }),
    { ...RUNS, numRuns: 3000 },
  )
  expect(known).toBeGreaterThan(500)
})

test('a gap changes no period it does not hold', () => {
  fc.assert(
    fc.property(timeline, policy, gapDays, (of, under, days) => {
      const gapped = withGaps(of, days)
      const periods = held(gapped, under).map(({ period }) => `${period.from}/${period.to}`)
      const others = bill(of, under, []).filter(
        ({ period }) => !periods.includes(`${period.from}/${period.to}`),
      )
      expect(bill(gapped, under, [])).toEqual(others)
    }),
    RUNS,
  )
})

test('a gap after the billed periods changes nothing of them', () => {
  let later = 0
  fc.assert(
    fc.property(timeline, policy, fc.integer({ min: 0, max: 120 }), (of, under, from) => {
      const day = addDays(of.start, from)
      const gapped = withGaps(of, [from])
      const billed = bill(of, under, []).filter(({ period }) => period.to <= day)
      if (billed.length > 0 && held(gapped, under).length > 0) later += 1
      const again = bill(gapped, under, billed).filter(({ amount }) => amount !== 0n)
      expect(again.filter(({ period }) => period.to <= day)).toEqual([])
      expect(held(gapped, under).filter(({ period }) => period.to <= day)).toEqual([])
    }),
    RUNS,
  )
  expect(later).toBeGreaterThan(50)
})
