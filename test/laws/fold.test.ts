import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, type LocalDate } from '../../core/calendar/date.js'
import { startOfDayUtc, hoursAfter } from '../../core/calendar/zone.js'
import { dueThrough } from '../../core/charges/due.js'
import { DEFAULT_POLICY } from '../../core/charges/types.js'
import type {
  ObservedOrder,
  ObservedSubscription,
  OrderStatus,
  OrderType,
  SubscriptionStatus,
} from '../../core/marketplace/types.js'
import { decimalFromInteger } from '../../core/money/decimal.js'
import { priceSubscription } from '../../core/pricing/timeline.js'
import { changesOf } from '../../core/timeline/changes.js'
import { type FoldedSubscription, type LineageRecord, foldLineage } from '../../core/timeline/fold.js'
import type { FoldSettings } from '../../core/timeline/record.js'
import { day, observed, order } from '../support/observed.js'

/** What holds for every story a marketplace may tell about one subscription, also for stories that make no sense. */

const RUNS = { numRuns: 600, seed: 20_260_301 }
const FIRST = day('2026-02-20')
const SETTINGS = {
  timeZone: 'America/New_York',
  opensOn: day('2026-03-01'),
  observedAt: [],
  observedOn: addDays(FIRST, 60),
}

/** Days close together, so that things collide. */
const date = fc.integer({ min: 0, max: 40 }).map((days): LocalDate => addDays(FIRST, days))
const instant = fc
  .tuple(date, fc.integer({ min: 0, max: 23 }))
  .map(([on, hour]) => hoursAfter(startOfDayUtc(on), hour))
const seats = fc.constantFrom(0, 1, 5, 5, 20, 20, 25).map((count) => decimalFromInteger(count))
const statuses = [
  'pending',
  'active',
  'active',
  'active',
  'hold',
  'removed',
  'terminated',
  'unknown',
] as const
const PERIODS = [
  { type: 'month', duration: 1 },
  { type: 'month', duration: 3 },
  { type: 'year', duration: 1 },
  { type: 'day', duration: 10 },
] as const

const state = fc.record({
  observedAt: instant,
  status: fc.constantFrom<SubscriptionStatus>(...statuses),
  quantity: seats,
  expiresOn: fc.option(fc.integer({ min: -5, max: 400 }), { nil: undefined }),
  lastModifiedOn: fc.option(date, { nil: undefined }),
  autoRenew: fc.boolean(),
})

const change = fc.record({
  id: fc.uuid(),
  type: fc.constantFrom<OrderType>('sales', 'change', 'change', 'change', 'cancellation', 'unknown'),
  status: fc.constantFrom<OrderStatus>('completed', 'completed', 'completed', 'processing', 'cancelled'),
  createdAt: instant,
  provisionedAt: fc.option(instant, { nil: undefined, freq: 8 }),
  scheduledAtRenewal: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
  delta: fc.option(fc.constantFrom(-20, -5, 5, 5, 20), { nil: undefined, freq: 8 }),
})

const line = fc.record({
  startsOn: date,
  states: fc.array(state, { minLength: 1, maxLength: 5 }),
  orders: fc.array(change, { maxLength: 4 }),
  present: fc.boolean(),
})

/** One to three licence lines of one subscription, by one billing period. */
const lineage = fc
  .tuple(fc.constantFrom(...PERIODS), fc.array(line, { minLength: 1, maxLength: 3 }))
  .map(([billingPeriod, lines]) =>
    lines.map(({ startsOn, states, orders, present }, index): LineageRecord => {
      const subscriptionId = String(index)
      const [first, ...rest] = states
        .toSorted((left, right) => left.observedAt.getTime() - right.observedAt.getTime())
        .map(({ observedAt, expiresOn, ...seen }) => ({
          observedAt,
          present: true,
          subscription: observed({
            ...seen,
            subscriptionId,
            billingPeriod,
            startsOn,
            expiresOn: expiresOn === undefined ? undefined : addDays(startsOn, expiresOn),
          }),
        }))
      if (first === undefined) throw new Error('a line has a state')
      return { states: [first, ...rest], orders: orders.map((of) => orderOf(of, subscriptionId)), present }
    }),
  )

const FEE = {
  detail: 1,
  mpn: 'SETUP',
  description: 'Onboarding',
  quantity: decimalFromInteger(1),
  unitPrice: { currency: 'USD', amount: decimalFromInteger(150) },
}

function orderOf(
  { delta, ...of }: Partial<ObservedOrder> & { readonly delta: number | undefined },
  subscriptionId: string,
): ObservedOrder {
  const products = delta === undefined ? undefined : [{ mpn: 'BP', quantity: decimalFromInteger(delta) }]
  return order({ ...of, subscriptionId, products, setups: of.scheduledAtRenewal === true ? [] : [FEE] })
}

function fold(records: readonly LineageRecord[], settings: FoldSettings = SETTINGS): FoldedSubscription {
  const [first, ...rest] = records
  if (first === undefined) throw new Error('a lineage has a line')
  return foldLineage('L-test', [first, ...rest], settings)
}

function isInOrder(dates: readonly { readonly on: LocalDate }[]): boolean {
  return dates.every(({ on }, index) => index === 0 || on >= (dates[index - 1]?.on ?? on))
}

describe('a folded subscription', () => {
  test('has its counts, prices, holds and terms in order of date, from its start on', () => {
    fc.assert(
      fc.property(lineage, (records) => {
        const { counts, prices, holds, terms, start, end } = fold(records)
        const taken = counts.filter(({ scheduled }) => scheduled === undefined)
        for (const steps of [taken, prices, holds]) {
          expect(isInOrder(steps)).toBe(true)
          expect(steps.every(({ on }) => on >= start)).toBe(true)
        }
        expect(counts.every(({ quantity }) => quantity >= 0n)).toBe(true)
        expect(holds.every(({ type }, index) => type === (index % 2 === 0 ? 'suspend' : 'resume'))).toBe(true)
        expect(end === null || end >= start).toBe(true)
        for (const [index, { from, to }] of terms.entries()) {
          expect(from).toBeLessThan(to)
          expect(from).toBeGreaterThanOrEqual(terms[index - 1]?.to ?? start)
        }
      }),
      RUNS,
    )
  })

  test('is never without seats for a day and with seats later, unless that is said', () => {
    let said = 0
    fc.assert(
      fc.property(lineage, (records) => {
        const { counts, exceptions } = fold(records)
        const taken = counts.filter(({ scheduled }) => scheduled === undefined)
        const days = [...new Map(taken.map(({ on, quantity }) => [on, quantity])).values()]
        const returned = exceptions.includes('seatsReturned')
        if (returned) said += 1
        expect(returned || !days.slice(0, -1).includes(decimalFromInteger(0))).toBe(true)
      }),
      RUNS,
    )
    expect(said).toBeGreaterThan(0)
  })

  test('can be priced, charged and listed, whatever was seen', () => {
    const kinds = new Set<string>()
    fc.assert(
      fc.property(lineage, (records) => {
        const folded = fold(records)
        const { timeline, currency } = priceSubscription(folded, [], 'USD')
        for (const kind of folded.exceptions) kinds.add(kind)
        if (folded.assumedThrough !== undefined) kinds.add('assumed')
        expect(changesOf(folded, FIRST).every(({ effectiveOn }) => effectiveOn >= FIRST)).toBe(true)
        if (timeline === undefined) return
        const lines = dueThrough(
          { currency, policy: DEFAULT_POLICY, timeline },
          SETTINGS.opensOn,
          addDays(FIRST, 100),
        )
        for (const { amount } of lines) expect(amount).toBeGreaterThanOrEqual(0n)
      }),
      RUNS,
    )
    expect([...kinds].sort()).toEqual([
      'assumed',
      'dateEstimated',
      'missing',
      'overlap',
      'pending',
      'pendingAgain',
      'seatsReturned',
      'seatsUnknown',
      'unknownStatus',
    ])
  })

  test('has the same counts from whatever day on it is billed, but for what is known of them (B20)', () => {
    fc.assert(
      fc.property(lineage, fc.nat({ max: 60 }), (records, earlier) => {
        // In the month of the first observation, or before it.
        const settings = { ...SETTINGS, observedAt: [hoursAfter(startOfDayUtc(SETTINGS.opensOn), 15 * 24)] }
        const opened = fold(records, settings)
        const before = fold(records, { ...settings, opensOn: addDays(settings.opensOn, -earlier) })
        expect(before).toEqual({ ...opened, assumedThrough: before.assumedThrough })
        const matters = (through: LocalDate | undefined) =>
          through !== undefined && through >= SETTINGS.opensOn
        expect(matters(before.assumedThrough)).toBe(matters(opened.assumedThrough))
      }),
      RUNS,
    )
  })

  test('does not depend on the order in which lines and orders are told', () => {
    let sameDay = 0
    fc.assert(
      fc.property(lineage, fc.boolean(), (records, reverse) => {
        const starts = records.map(({ states }) => states[0].subscription.startsOn)
        fc.pre(new Set(starts).size === starts.length)
        const told = records.map((of) => ({ ...of, orders: of.orders.toReversed() }))
        const { recordKeys: _, ...other } = fold(reverse ? told.toReversed() : told)
        const { setups } = other
        if (setups.some(({ on }, index) => on === setups[index + 1]?.on)) sameDay += 1
        expect(other).toEqual(withoutKeys(fold(records)))
      }),
      RUNS,
    )
    expect(sameDay).toBeGreaterThan(10)
  })
})

function withoutKeys({ recordKeys: _, ...rest }: FoldedSubscription): Partial<FoldedSubscription> {
  return rest
}

/** A marketplace that tells the truth, all of it, in time: what was there is what is billed. */
describe('of an honest marketplace', () => {
  const DAY = fc.integer({ min: 1, max: 58 })
  const story = fc.record({
    before: fc.integer({ min: 1, max: 30 }),
    changes: fc.uniqueArray(fc.record({ on: DAY, delta: fc.integer({ min: -9, max: 9 }) }), {
      selector: ({ on }) => on,
      maxLength: 8,
    }),
    looks: fc.uniqueArray(DAY, { minLength: 1, maxLength: 8 }),
  })

  test('the counts from the opening on are what they were, whenever it was looked at', () => {
    fc.assert(
      fc.property(story, ({ before, changes, looks }) => {
        const opening = day('2026-03-01')
        const noon = (on: number) => hoursAfter(startOfDayUtc(addDays(opening, on)), 16)
        let running = before
        const truth: (readonly [number, number])[] = []
        const orders: ObservedOrder[] = []
        for (const { on, delta } of changes.toSorted((left, right) => left.on - right.on)) {
          if (delta === 0 || running + delta < 1) continue
          running += delta
          truth.push([on, running])
          orders.push(
            orderOf({ id: String(on), createdAt: noon(on), provisionedAt: noon(on), delta }, '1000'),
          )
        }
        const countOn = (on: number) => truth.findLast(([from]) => from <= on)?.[1] ?? before
        const states = [...looks.toSorted((left, right) => left - right), 59].map((on) => ({
          observedAt: hoursAfter(noon(on), 1),
          present: true,
          subscription: observed({
            quantity: decimalFromInteger(countOn(on)),
          } satisfies Partial<ObservedSubscription>),
        }))
        const [first, ...rest] = states
        if (first === undefined) return
        const folded = foldLineage('L-test', [{ states: [first, ...rest], orders, present: true }], {
          ...SETTINGS,
          observedOn: addDays(opening, 59),
        })
        expect(folded.exceptions).toEqual([])
        expect(folded.counts.map(({ on, quantity }) => [on, quantity])).toEqual([
          [day('2025-06-01'), decimalFromInteger(before)],
          ...truth.map(([on, count]) => [addDays(opening, on), decimalFromInteger(count)]),
        ])
      }),
      RUNS,
    )
  })
})
