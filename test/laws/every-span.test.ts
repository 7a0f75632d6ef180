import { expect, test } from 'vitest'
import {
  type LocalDate,
  addDays,
  dayOfMonth,
  formatLocalDate,
  monthNumber,
  toCivil,
} from '../../core/calendar/date.js'
import type { Period } from '../../core/calendar/period.js'
import { chargeTimeline } from '../../core/charges/charge.js'
import { DEFAULT_POLICY, type Policy } from '../../core/charges/types.js'
import { decimalFromInteger } from '../../core/money/decimal.js'
import { MONTHLY, day } from '../core/charges/build.js'

/**
 * Every start and every end within 24 months, a leap day among them. The price makes a day of every month a whole
 * amount, so that the days of a span can be added one by one: Σ parts = whole to the cent, with no rounding to hide in.
 */
const FIRST = day('2027-03-01')
const LAST = day('2029-03-01')
/** Least common multiple of 28, 29, 30 and 31. */
const PRICE = 377_580
const SPANS = ((LAST - FIRST) * (LAST - FIRST + 1)) / 2

/** What the days before each day cost when each is its share of its own period of the cycle. */
function costUpTo(periodStart: (date: LocalDate) => readonly [from: LocalDate, to: LocalDate]): Float64Array {
  const costs = new Float64Array(LAST - FIRST + 40)
  for (let date = FIRST; date < FIRST + costs.length - 1; date = addDays(date, 1)) {
    const [from, to] = periodStart(date)
    costs[date - FIRST + 1] = (costs[date - FIRST] ?? 0) + PRICE / (to - from)
  }
  return costs
}

const calendarMonth = (date: LocalDate) =>
  [dayOfMonth(monthNumber(date), 1), dayOfMonth(monthNumber(date) + 1, 1)] as const

type Span = readonly [start: LocalDate, end: LocalDate]

/** Charges every span in its window, and hands over what it charges when its lines touch without a gap. */
function chargeEverySpan(
  policy: Policy,
  windowOf: (...span: Span) => Period,
  check: (
    span: Span,
    charged: { readonly from: LocalDate; readonly days: number; readonly due: number },
  ) => void,
): number {
  let spans = 0
  const quantity = decimalFromInteger(1)
  const unitPrice = decimalFromInteger(PRICE)
  for (let start = FIRST; start < LAST; start = addDays(start, 1)) {
    const events = [{ on: start, type: 'change', quantity, unitPrice }] as const
    for (let end = addDays(start, 1); end <= LAST; end = addDays(end, 1)) {
      const timeline = { billingPeriod: MONTHLY, start, end, events } as const
      const { lines, due } = chargeTimeline({
        currency: 'JPY',
        policy,
        timeline,
        window: windowOf(start, end),
      })
      const from = lines[0]?.from ?? end
      let days = 0
      for (const line of lines) {
        if (line.from !== from + days || line.to <= line.from) throw new Error(`a gap before ${line.from}`)
        days += line.days
      }
      check([start, end], { from, days, due: Number(due) })
      spans += 1
    }
  }
  return spans
}

function same(span: Span, actual: readonly number[], expected: readonly number[]): void {
  if (actual.every((value, index) => value === expected[index])) return
  throw new Error(
    `${span.map(formatLocalDate).join(' to ')}: ${actual.join(', ')} instead of ${expected.join(', ')}`,
  )
}

test('prorated at both ends, a span costs its days, one by one, over all its periods', () => {
  const costs = costUpTo(calendarMonth)
  const policy: Policy = { ...DEFAULT_POLICY, lastPeriod: 'prorate' }
  const everything = { from: addDays(FIRST, -31), to: LAST }
  const spans = chargeEverySpan(
    policy,
    () => everything,
    ([start, end], { from, days, due }) => {
      const cost = (costs[end - FIRST] ?? 0) - (costs[start - FIRST] ?? 0)
      same([start, end], [from, days, due], [start, end - start, cost])
    },
  )
  expect(spans).toBe(SPANS)
})

test('with the last month full, the month a span ends in is charged to its end', () => {
  const costs = costUpTo(calendarMonth)
  const lastMonth = (_start: LocalDate, end: LocalDate): Period => {
    const [from, to] = calendarMonth(addDays(end, -1))
    return { from, to }
  }
  const spans = chargeEverySpan(DEFAULT_POLICY, lastMonth, ([start, end], { from, days, due }) => {
    const month = lastMonth(start, end)
    const first = start > month.from ? start : month.from
    const cost = (costs[month.to - FIRST] ?? 0) - (costs[first - FIRST] ?? 0)
    same([start, end], [from, days, due], [first, month.to - first, cost])
  })
  expect(spans).toBe(SPANS)
})

test('by anniversary, the period a span ends in begins on its own day and is charged to the end of the span', () => {
  const policy: Policy = { ...DEFAULT_POLICY, cycle: 'anniversary', lastPeriod: 'prorate' }
  const lastPeriod = (start: LocalDate, end: LocalDate): Period => {
    const anchor = toCivil(start).day
    const month = monthNumber(addDays(end, -1))
    const here = dayOfMonth(month, anchor)
    return here < end
      ? { from: here, to: dayOfMonth(month + 1, anchor) }
      : { from: dayOfMonth(month - 1, anchor), to: here }
  }
  const spans = chargeEverySpan(policy, lastPeriod, ([start, end], { from, days, due }) => {
    const period = lastPeriod(start, end)
    const cost = ((end - period.from) * PRICE) / (period.to - period.from)
    same([start, end], [from, days, due], [period.from, end - period.from, cost])
  })
  expect(spans).toBe(SPANS)
})
