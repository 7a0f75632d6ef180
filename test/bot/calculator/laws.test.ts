import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calculate } from '../../../bot/console/calculator/calculate.js'
import { calculated, example, FIVE_MORE } from './inputs.js'

/** Minor units of a printed amount. */
function minor(amount: string): bigint {
  return BigInt(amount.replace('.', ''))
}

const day = fc
  .date({ min: new Date('2025-12-01T00:00Z'), max: new Date('2026-12-31T00:00Z'), noInvalidDate: true })
  .map((instant) => instant.toISOString().slice(0, 10))
const seats = fc.integer({ min: 0, max: 60 }).map(String)
const price = fc
  .integer({ min: 0, max: 900_000 })
  .map((units) => `${Math.floor(units / 1000)}.${String(units % 1000).padStart(3, '0')}`)

const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ on: day, quantity: seats }) },
  { weight: 2, arbitrary: fc.record({ on: day, unitPrice: price }) },
  { weight: 2, arbitrary: fc.record({ on: day, quantity: seats, unitPrice: price, observedOn: day }) },
  { weight: 1, arbitrary: fc.record({ on: day, type: fc.constantFrom('suspend', 'resume', 'cancel') }) },
  { weight: 1, arbitrary: fc.record({ on: day, amount: fc.integer({ min: -9999, max: 9999 }).map(String) }) },
)

const policy = fc.record(
  {
    cycle: fc.constantFrom('calendar', 'anniversary'),
    anchorDay: fc.integer({ min: 1, max: 31 }),
    firstPeriod: fc.constantFrom('prorate', 'full'),
    lastPeriod: fc.constantFrom('prorate', 'full'),
    increases: fc.constantFrom('prorate', 'full', 'nextPeriod'),
    decreases: fc.constantFrom('nextPeriod', 'credit'),
    suspended: fc.constantFrom('bill', 'pause'),
    priceChange: fc.constantFrom('nextPeriod', 'immediate'),
    timing: fc.constantFrom('advance', 'arrears'),
    dayCount: fc.constantFrom('actual', 'actualOver30', 'thirty', 'calendarMonths', 'baseMonth'),
    durationDecimals: fc.constantFrom(2, 5, 12, 'exact'),
    roundAt: fc.constantFrom('line', 'unit'),
    roundMode: fc.constantFrom('halfAway', 'down'),
  },
  { requiredKeys: [] },
)

const PERIODS = [
  { type: 'month', duration: 1, leastDays: 28 },
  { type: 'month', duration: 3, leastDays: 89 },
  { type: 'year', duration: 1, leastDays: 365 },
  { type: 'day', duration: 7, leastDays: 7 },
  { type: 'day', duration: 30, leastDays: 30 },
]

function daysAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10)
}

/** Inputs the calculator must accept, over every policy and the months around them. */
const input = fc
  .record({
    currency: fc.constantFrom('USD', 'JPY', 'KWD'),
    policy,
    start: day,
    billed: fc.constantFrom(...PERIODS),
    termDays: fc.option(fc.integer({ min: 1, max: 366 }), { nil: undefined }),
    end: fc.option(day, { nil: null }),
    trialEnd: fc.option(day, { nil: undefined }),
    asOf: fc.option(day, { nil: undefined }),
    quantity: seats,
    unitPrice: price,
    events: fc.array(event, { maxLength: 8 }),
  })
  .map(
    ({ policy: chosen, start, billed, termDays, end, trialEnd, quantity, unitPrice, events, ...rest }) => ({
      ...rest,
      // Months cannot be measured in a period of days, nor may a term be longer than its period: both are refused.
      policy: billed.type === 'day' ? { ...chosen, dayCount: 'actual' } : chosen,
      subscription: {
        billingPeriod: { type: billed.type, duration: billed.duration },
        start,
        end: end !== null && end < start ? null : end,
        term:
          termDays === undefined ? undefined : { to: daysAfter(start, Math.min(termDays, billed.leastDays)) },
        trialEnd,
        events: [{ on: start, quantity, unitPrice }, ...events],
      },
      from: '2025-01-01',
      to: '2027-03-01',
    }),
  )

describe('laws of the calculator', () => {
  it('adds up: the lines are the total, and the total is due minus billed', () => {
    fc.assert(
      fc.property(input, (written) => {
        const { lines, due, billed, total } = calculated(written)
        expect(lines.reduce((sum, line) => sum + minor(line.amount), 0n)).toBe(minor(total))
        expect(minor(due) - minor(billed)).toBe(minor(total))
      }),
      { numRuns: 300 },
    )
  })

  it('bills nothing when its own lines are billed', () => {
    fc.assert(
      fc.property(input, (written) => {
        const first = calculated(written)
        const second = calculated({ ...written, billed: first.lines })
        expect(minor(second.total)).toBe(0n)
        expect(second.lines.filter((line) => minor(line.amount) !== 0n)).toEqual([])
        expect(second.billed).toBe(first.total)
      }),
      { numRuns: 300 },
    )
  })

  it('ends at the total from scratch, whatever was billed before', () => {
    fc.assert(
      fc.property(input, event, (written, late) => {
        const before = calculated(written)
        const events = [...written.subscription.events, late]
        const changed = { ...written, subscription: { ...written.subscription, events } }
        const after = calculated({ ...changed, billed: before.lines })
        expect(minor(before.total) + minor(after.total)).toBe(minor(calculated(changed).total))
        const settled = [...before.lines, ...after.lines]
        expect(minor(calculated({ ...changed, billed: settled }).total)).toBe(0n)
      }),
      { numRuns: 300 },
    )
  })
})

const hostileKey = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'on',
  'quantity',
  'events',
  '',
  'a\nb',
)
const hostileValue = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    '2026-02-30',
    '-1',
    'abc',
    1e308,
    -0,
    2 ** 53,
    '1'.repeat(60),
    '\u202e',
    '\ud800',
    '__proto__',
  ),
)

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Replaces, removes or adds one thing somewhere in a JSON value; `steps` choose the place. */
function mutated(value: Json, steps: readonly number[], key: string, replacement: unknown): unknown {
  const [step = 0, ...rest] = steps
  if (rest.length === 0 || value === null || typeof value !== 'object') return replacement
  const entries = Object.entries(value)
  const place = step % (entries.length + 1)
  const [name, inner] = entries[place] ?? [key, null]
  const changed = [...entries]
  changed[place] = [name, mutated(inner, rest, key, replacement) as Json]
  return Array.isArray(value) ? changed.map(([, item]) => item) : Object.fromEntries(changed)
}

const REFUSAL = /^[^\n]+: [^\n]+\n(?:[^\n]+\n)*Nothing was calculated\.\n$/

/** The result as JSON, or a refusal with a path: nothing else is an answer. */
function isAnswer(text: string): boolean {
  const { exitCode, output } = calculate(text)
  return exitCode === 0 ? typeof JSON.parse(output) === 'object' : REFUSAL.test(output)
}

describe('whatever comes in', () => {
  it('answers any text', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json())
    const property = fc.property(text, (given) => {
      expect(isAnswer(given)).toBe(true)
    })
    fc.assert(property, { numRuns: 1000 })
  })

  it('answers any one thing gone wrong in a good input', () => {
    const period = { from: '2026-03-01', to: '2026-04-01' }
    const line = {
      kind: 'recurring',
      period,
      ...period,
      quantity: '20',
      unitPrice: '22',
      amount: '440',
      fraction: {},
    }
    const whole = {
      policy: { cycle: 'anniversary' },
      events: [FIVE_MORE],
      input: { billed: [line], timeZone: 'UTC' },
    }
    const good = example(whole) as Json
    expect(calculate(JSON.stringify(good)).exitCode).toBe(0)
    const place = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(place, hostileKey, hostileValue, (steps, key, value) => {
        expect(isAnswer(JSON.stringify(mutated(good, steps, key, value)) ?? '')).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })
})
