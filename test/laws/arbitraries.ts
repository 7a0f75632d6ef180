import fc from 'fast-check'
import { addDays, addMonths, fromCivil, type LocalDate } from '../../core/calendar/date.js'
import type { Period } from '../../core/calendar/period.js'
import type { Policy } from '../../core/charges/types.js'
import { type Decimal, decimalFromUnits } from '../../core/money/decimal.js'
import type { Timeline, TimelineEvent } from '../../core/timeline/types.js'

/** Timelines and policies without a favourite: every value of every policy, small spans so that things collide. */

const FIRST = fromCivil(2027, 11, 20)

const dayNumber = fc.integer({ min: 0, max: 150 })

export const seats: fc.Arbitrary<Decimal> = fc
  .oneof(
    fc.integer({ min: 1, max: 40 }).map((count) => count * 100),
    fc.integer({ min: 1, max: 4_000 }),
  )
  .map((hundredths) => decimalFromUnits(BigInt(hundredths) * 1_000_000n))

export const price: fc.Arbitrary<Decimal> = fc
  .oneof(
    fc.integer({ min: 1, max: 9_999 }).map((cents) => cents * 10_000),
    fc.integer({ min: 1, max: 99_999_999 }),
  )
  .map((millionths) => decimalFromUnits(BigInt(millionths) * 100n))

const change = fc
  .record({
    on: dayNumber,
    quantity: fc.option(seats, { nil: undefined }),
    unitPrice: fc.option(price, { nil: undefined }),
  })
  .map(
    ({ on, quantity, unitPrice }): TimelineEvent => ({
      on: addDays(FIRST, on),
      type: 'change',
      ...(quantity === undefined ? {} : { quantity }),
      ...(unitPrice === undefined ? {} : { unitPrice }),
    }),
  )

const pause = fc
  .tuple(dayNumber, fc.constantFrom('suspend' as const, 'resume' as const))
  .map(([on, type]): TimelineEvent => ({ on: addDays(FIRST, on), type }))

const oneTime = fc.tuple(dayNumber, price).map(
  ([on, unitPrice]): TimelineEvent => ({
    on: addDays(FIRST, on),
    type: 'oneTime',
    unitPrice,
    description: 'Set-up',
  }),
)

const billingPeriod: fc.Arbitrary<Timeline['billingPeriod']> = fc.constantFrom(
  { type: 'month', duration: 1 },
  { type: 'month', duration: 1 },
  { type: 'month', duration: 1 },
  { type: 'month', duration: 3 },
  { type: 'year', duration: 1 },
)

/** A timeline that starts within a month, with up to six changes over five, in order of date. */
export const timeline: fc.Arbitrary<Timeline> = fc
  .record({
    billingPeriod,
    start: fc.integer({ min: 0, max: 40 }),
    length: fc.option(fc.integer({ min: 1, max: 140 }), { nil: undefined }),
    trial: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined, freq: 4 }),
    opening: fc.tuple(seats, price),
    events: fc.array(
      fc.oneof(
        { weight: 5, arbitrary: change },
        { weight: 2, arbitrary: pause },
        { weight: 1, arbitrary: oneTime },
      ),
      {
        maxLength: 6,
      },
    ),
  })
  .map(({ billingPeriod: period, start, length, trial, opening: [quantity, unitPrice], events }) => {
    const from = addDays(FIRST, start)
    const later = events.filter(({ on }) => on > from).sort((left, right) => left.on - right.on)
    return {
      billingPeriod: period,
      start: from,
      end: length === undefined ? null : addDays(from, length),
      ...(trial === undefined ? {} : { trialEnd: addDays(from, trial) }),
      events: [{ on: from, type: 'change', quantity, unitPrice }, ...later],
    }
  })

export const policy: fc.Arbitrary<Policy> = fc.record({
  cycle: fc.constantFrom('calendar', 'anniversary'),
  anchorDay: fc.option(fc.integer({ min: 1, max: 31 }), { nil: undefined, freq: 2 }),
  firstPeriod: fc.constantFrom('prorate', 'full'),
  lastPeriod: fc.constantFrom('full', 'prorate'),
  increases: fc.constantFrom('prorate', 'full', 'nextPeriod'),
  decreases: fc.constantFrom('nextPeriod', 'credit'),
  suspended: fc.constantFrom('bill', 'pause'),
  priceChange: fc.constantFrom('nextPeriod', 'immediate'),
  timing: fc.constantFrom('advance', 'arrears'),
  dayCount: fc.constantFrom('actual', 'actualOver30', 'thirty', 'calendarMonths', 'baseMonth'),
  baseMonth: fc.option(fc.constantFrom(fromCivil(2027, 1, 1), fromCivil(2027, 2, 1)), { nil: undefined }),
  durationDecimals: fc.constantFrom<(number | 'exact')[]>('exact', 'exact', 2, 5, 12),
  roundAt: fc.constantFrom('line', 'unit'),
  roundMode: fc.constantFrom('halfAway', 'down'),
})

export const currency = fc.constantFrom('USD', 'EUR', 'JPY', 'KWD', 'CHF')

/** Holds every period of a {@link timeline}. */
export const EVERYTHING: Period = { from: addMonths(FIRST, -24), to: addMonths(FIRST, 24) }
export const LAST_DAY: LocalDate = addDays(EVERYTHING.to, -1)
