import fc from 'fast-check'
import { expect, test } from 'vitest'
import { routedPolicies } from '../../core/app/routed-policies.js'
import {
  addDays,
  addMonths,
  dayOfMonth,
  fromCivil,
  type LocalDate,
  monthNumber,
} from '../../core/calendar/date.js'
import { chargeTimeline } from '../../core/charges/charge.js'
import { DEFAULT_POLICY, type DueInput, type Policy } from '../../core/charges/types.js'
import type { PsaPeriods } from '../../core/pricing/timeline.js'
import { monthPeriods } from '../../core/sync/months.js'
import { decimal } from '../support/observed.js'

const FIRST = fromCivil(2026, 1, 1)
const WINDOW = { from: addMonths(FIRST, -2), to: addMonths(FIRST, 48) }

const anchorDay = fc.integer({ min: 1, max: 31 })

const policy: fc.Arbitrary<Policy> = fc
  .record({
    cycle: fc.constantFrom('calendar', 'anniversary'),
    anchorDay: fc.option(anchorDay, { nil: undefined }),
    timing: fc.constantFrom('advance', 'arrears'),
  })
  .map((changes) => ({ ...DEFAULT_POLICY, ...changes }))

/** PSAs that bill one after another, with or without months of the file between them; the last may go on. */
const psas: fc.Arbitrary<readonly PsaPeriods[]> = fc
  .array(
    fc.record({
      anchorDay,
      after: fc.integer({ min: 0, max: 3 }),
      months: fc.integer({ min: 1, max: 4 }),
      goesOn: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((all) => {
    let free: LocalDate = FIRST
    return all.map(({ anchorDay: day, after, months, goesOn }, index) => {
      const same = dayOfMonth(monthNumber(free), day)
      const number = monthNumber(free) + (same < free ? 1 : 0) + after
      const from = dayOfMonth(number, day)
      free = dayOfMonth(number + months, day)
      return { anchorDay: day, from, to: goesOn && index === all.length - 1 ? null : free }
    })
  })

const own: fc.Arbitrary<DueInput> = fc
  .record({
    policy,
    start: fc.integer({ min: 0, max: 200 }),
    changes: fc.array(fc.record({ on: fc.integer({ min: 0, max: 400 }), policy }), { maxLength: 2 }),
  })
  .map(({ policy: first, start, changes }) => {
    const from = addDays(FIRST, start)
    return {
      currency: 'USD',
      policy: first,
      policyChanges: changes
        .toSorted((left, right) => left.on - right.on)
        .map(({ on, policy: next }) => ({ from: addDays(FIRST, on), policy: next })),
      timeline: {
        billingPeriod: { type: 'month', duration: 1 },
        start: from,
        end: null,
        events: [{ on: from, type: 'change', quantity: decimal('20'), unitPrice: decimal('22.00') }],
      },
    }
  })

test('whatever the file’s cycle and the PSAs’ months, each day of service is charged once, in their months by them', () => {
  fc.assert(
    fc.property(own, psas, (input, spans) => {
      const { lines } = chargeTimeline({ ...spans.reduce(routedPolicies, input), window: WINDOW })
      let day: LocalDate = input.timeline.start
      for (const { from, to } of lines) {
        expect(from).toBe(day)
        day = to
      }
      expect(day).toBeGreaterThanOrEqual(addMonths(WINDOW.to, -1))
      for (const { from, to, anchorDay: on } of spans) {
        const end = to ?? addMonths(WINDOW.to, -1)
        const theirs = lines.filter(({ period }) => period.from >= from && period.from < end)
        const months = monthPeriods(on, from, end).filter((month) => month.to > input.timeline.start)
        // The file's own stub behind them may have begun, by name, before their last day.
        const inside = theirs.filter((line) => line.from < end)
        expect(inside.map(({ period }) => period)).toEqual(months.filter((month) => month.from < end))
        expect(inside.every(({ billOn, from: first }) => billOn === first)).toBe(true)
      }
    }),
    { numRuns: 3000, seed: 20_260_415 },
  )
})
