import { expect, test } from 'vitest'
import { DEFAULT_POLICY, type Policy } from '../../../core/charges/types.js'
import { type CaseWords, type EventWords, day, totalOf } from './build.js'

/**
 * One busy month: 20 seats from 5 March (a trial would change too much), +5 on the 11th, −3 on the 16th, $22 → $24 on
 * the 18th, paused 20–24 March, ended on 29 March. Every value of every policy, changed alone, gives another total; the
 * totals are written by hand from the rules, with the sum beside each.
 */
const EVENTS: readonly EventWords[] = [
  ['2026-03-05', 20, '22.00'],
  ['2026-03-11', 25],
  ['2026-03-16', 22],
  ['2026-03-18', undefined, '24.00'],
  ['2026-03-20', 'suspend'],
  ['2026-03-24', 'resume'],
]
const BUSY: CaseWords = { start: '2026-03-05', end: '2026-03-29', events: EVENTS }

const TOTALS: readonly (readonly [name: string, policy: Partial<Policy>, total: string, by: string])[] = [
  ['the defaults', {}, '457.75', '20×22×27/31 383.23 + 5×22×21/31 74.52'],
  ['cycle anniversary', { cycle: 'anniversary' }, '528.71', '5 March – 5 April: 440.00 + 5×22×25/31 88.71'],
  ['firstPeriod full', { firstPeriod: 'full' }, '514.52', '440.00 + 74.52'],
  ['lastPeriod prorate', { lastPeriod: 'prorate' }, '404.52', '20×22×24/31 340.65 + 5×22×18/31 63.87'],
  ['increases full', { increases: 'full' }, '479.04', '383.23 + 5×22×27/31 95.81'],
  ['increases nextPeriod', { increases: 'nextPeriod' }, '383.23', 'the base alone'],
  ['decreases credit', { decreases: 'credit' }, '423.69', '457.75 − 3×22×16/31 34.06'],
  ['suspended pause', { suspended: 'pause' }, '386.77', '20×22×23/31 326.45 + 5×22×17/31 60.32'],
  ['priceChange immediate', { priceChange: 'immediate' }, '480.33', '457.75 + 25×2×14/31 22.58'],
  ['timing arrears', { timing: 'arrears' }, '457.75', 'the same lines, later: see below'],
  ['dayCount actualOver30', { dayCount: 'actualOver30' }, '473.00', '20×22×27/30 396.00 + 5×22×21/30 77.00'],
  ['dayCount thirty', { dayCount: 'thirty' }, '454.66', '20×22×26/30 381.33 + 5×22×20/30 73.33'],
  [
    'baseMonth of 28',
    { dayCount: 'baseMonth', baseMonth: day('2026-02-01') },
    '447.85',
    '24/28 377.14 + 18/28 70.71',
  ],
  ['durationDecimals 2', { durationDecimals: 2 }, '457.60', '20×22×0.87 382.80 + 5×22×0.68 74.80'],
  ['durationDecimals 3', { durationDecimals: 3 }, '457.71', '20×22×0.871 383.24 + 5×22×0.677 74.47'],
  ['roundAt unit', { roundAt: 'unit' }, '457.70', '20×19.16 383.20 + 5×14.90 74.50'],
  ['roundMode down', { roundMode: 'down' }, '457.73', '383.22 + 74.51'],
]

test.each(TOTALS)('%s alone', (_name, policy, total) => {
  expect(totalOf({ ...BUSY, policy })).toBe(total)
})

test('every default is the default: saying it changes nothing', () => {
  for (const [name, value] of Object.entries<unknown>({ ...DEFAULT_POLICY })) {
    expect([name, totalOf({ ...BUSY, policy: { [name]: value } })]).toEqual([name, '457.75'])
  }
})

test('timing: on 31 March arrears bill nothing of March yet', () => {
  expect(totalOf({ asOf: '2026-03-31' })).toBe('514.52')
  expect(totalOf({ asOf: '2026-03-31', policy: { timing: 'arrears' } })).toBe('0.00')
  expect(totalOf({ asOf: '2026-04-01', policy: { timing: 'arrears' } })).toBe('514.52')
})

/** 20 January to 20 February, +5 on the 30th: 21 days in 2026. */
const TWO_MONTHS: CaseWords = {
  start: '2026-01-20',
  events: [
    ['2026-01-20', 20, '22.00'],
    ['2026-01-30', 25],
  ],
  window: ['2026-01-20', '2026-01-21'],
}

test.each<readonly [string, Partial<Policy>, string, string]>([
  ['actual', {}, '514.52', '440.00 + 5×22×21/31 74.52'],
  ['calendarMonths', { dayCount: 'calendarMonths' }, '521.74', '440.00 + 5×22×(2/31 + 19/28) 81.74'],
  ['anchorDay 10', { anchorDay: 10 }, '337.09', '10 Jan – 10 Feb: 20×22×21/31 298.06 + 5×22×11/31 39.03'],
])('anniversary over two months, %s', (_name, policy, total) => {
  const window = policy.anchorDay === undefined ? TWO_MONTHS.window : (['2026-01-10', '2026-01-11'] as const)
  expect(
    totalOf({
      ...TWO_MONTHS,
      ...(window === undefined ? {} : { window }),
      policy: { cycle: 'anniversary', ...policy },
    }),
  ).toBe(total)
})
