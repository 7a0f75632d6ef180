import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import type { ChargeLine, SettledLine } from '../../../core/charges/types.js'
import { type CaseWords, type EventWords, TWENTY_THEN_25, charge, day, decimal, explained } from './build.js'

/** B23, D9, D10: due minus billed. */

const BASE: EventWords = ['2026-03-01', 20, '22.00']
const from13: readonly EventWords[] = [BASE, ['2026-03-13', 25]]

test('running twice bills nothing', () => {
  const first = charge({})
  const second = charge({ billed: first.lines })
  expect(second).toMatchObject({ lines: [], due: 51_452n, billed: 51_452n, total: 0n })
})

test('lines beyond the settled ones are ordinary lines', () => {
  const billed = charge({ events: [BASE] }).lines
  expect(explained({ billed })).toEqual(['20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52'])
  expect(charge({ billed })).toMatchObject({ due: 51_452n, billed: 44_000n, total: 7_452n })
})

describe('a settled line that is not due any more makes one correction', () => {
  const billed = charge({}).lines
  const corrected = charge({ events: from13, billed })

  test('of the period, quantity 1, both sums in its words, on the latest day involved', () => {
    expect(corrected.lines).toHaveLength(1)
    expect(corrected.lines[0]).toMatchObject({
      kind: 'correction',
      from: day('2026-03-01'),
      to: day('2026-04-01'),
      billOn: day('2026-03-13'),
      quantity: decimal('1'),
      unitPrice: decimal('-7.10'),
      amount: -710n,
    })
  })

  test('it stays in the settled set: the next run bills nothing, and later news is a correction again', () => {
    const settled = [...billed, ...corrected.lines]
    expect(charge({ events: from13, billed: settled }).lines).toEqual([])
    const events = [...from13, ['2026-03-20', 26] as const]
    expect(explained({ events, billed: settled })).toEqual([
      'Correction for 1–31 Mar 2026: due $515.94 ($440.00 + $67.42 + $8.52) less settled $507.42 ($440.00 + $74.52 + -$7.10) = $8.52',
    ])
  })

  test('a difference of 0 is no line', () => {
    const [base, rise] = billed
    if (base === undefined || rise === undefined) throw new Error('two lines were charged')
    const halves: SettledLine[] = [
      rise,
      { ...base, quantity: decimal('10'), amount: 22_000n },
      { ...base, quantity: decimal('10'), amount: 22_000n },
    ]
    expect(charge({ billed: halves })).toMatchObject({ lines: [], due: 51_452n, billed: 51_452n, total: 0n })
  })

  test.each<[string, Partial<SettledLine>]>([
    ['from', { from: day('2026-03-12') }],
    ['to', { to: day('2026-03-31') }],
    ['quantity', { quantity: decimal('6') }],
    ['unit price', { unitPrice: decimal('21') }],
    ['amount', { amount: 7_453n }],
  ])('lines differ when their %s differs', (_name, change) => {
    const [base, rise] = billed
    if (base === undefined || rise === undefined) throw new Error('two lines were charged')
    const settled = [base, { ...rise, ...change }]
    const lines = charge({ billed: settled }).lines
    expect(lines.map(({ kind }) => kind)).toEqual(change.amount === undefined ? [] : ['correction'])
    const more = charge({ billed: settled, events: [...TWENTY_THEN_25, ['2026-03-20', 26]] }).lines
    expect(more.map(({ kind }) => kind)).toEqual(['correction'])
  })

  test('lines differ in no other way', () => {
    const settled = billed.map((line: ChargeLine) => ({
      ...line,
      kind: 'usage' as const,
      billOn: day('2026-01-01'),
      priceRule: 'x',
    }))
    expect(charge({ billed: settled }).lines).toEqual([])
  })
})

test('a settled line is answered by one due line only', () => {
  const fee = {
    on: day('2026-03-05'),
    type: 'oneTime',
    unitPrice: decimal('50'),
    description: 'Set-up',
  } as const
  const once: CaseWords = { events: [BASE], oneTimes: [fee] }
  const billed = charge(once).lines
  expect(explained({ events: [BASE], oneTimes: [fee, fee], billed })).toEqual([
    'Set-up on 5 Mar: 1 × $50.00 = $50.00',
  ])
  expect(explained({ events: [BASE], billed })).toEqual([
    'Correction for 1–31 Mar 2026: due $440.00 less settled $490.00 ($440.00 + $50.00) = -$50.00',
  ])
})

test('lines of zero are printed and never compared', () => {
  const trial: CaseWords = { trialEnd: '2026-03-15', events: [BASE] }
  const billed = charge(trial).lines
  expect(billed.map(({ amount }) => amount)).toEqual([0n, 24_129n])
  expect(charge({ ...trial, billed })).toMatchObject({
    total: 0n,
    lines: [{ kind: 'recurring', amount: 0n }],
  })
  const later = charge({ trialEnd: '2026-03-15', events: [BASE, ['2026-03-05', 21]], billed })
  expect(later.lines.map(({ kind, amount }) => [kind, amount])).toEqual([
    ['recurring', 0n],
    ['prorated', 0n],
    ['correction', 1_206n],
  ])
})

describe('the window', () => {
  const march = charge({}).lines

  test('billed lines whose period starts outside it are ignored', () => {
    const april = charge({ billed: march, window: ['2026-04-01', '2026-05-01'] })
    expect(april).toMatchObject({ due: 55_000n, billed: 0n, total: 55_000n })
    expect(charge({ billed: april.lines })).toMatchObject({ due: 51_452n, billed: 0n, total: 51_452n })
  })

  test('asOf does not filter what is billed', () => {
    const result = charge({ billed: march, asOf: '2026-03-05' })
    expect(result).toMatchObject({ due: 44_000n, billed: 51_452n, total: -7_452n })
    expect(result.lines.map(({ kind, billOn }) => [kind, formatLocalDate(billOn)])).toEqual([
      ['correction', '2026-03-11'],
    ])
  })

  test('a billed period without service any more is taken back', () => {
    const gone = charge({ billed: march, start: '2026-04-01', events: [['2026-04-01', 20, '22.00']] })
    expect(gone.lines.map(({ amount }) => amount)).toEqual([-51_452n])
    expect(gone.periods).toEqual([])
  })

  test('a period taken back stands in its place', () => {
    const words: CaseWords = { start: '2026-02-01', window: ['2026-01-01', '2026-04-01'] }
    const billed = charge({ ...words, events: [['2026-02-01', 20, '22.00']] }).lines
    expect(explained({ window: ['2026-01-01', '2026-04-01'], billed })).toEqual([
      'Correction for 1–28 Feb 2026: due $0.00 less settled $440.00 = -$440.00',
      '20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52',
    ])
  })

  test('each period is settled for itself, in order', () => {
    const words: CaseWords = { window: ['2026-03-01', '2026-05-01'] }
    const billed = charge({ ...words, events: [BASE, ['2026-03-13', 25]] }).lines
    expect(explained({ ...words, billed })).toEqual([
      'Correction for 1–31 Mar 2026: due $514.52 ($440.00 + $74.52) less settled $507.42 ($440.00 + $67.42) = $7.10',
    ])
  })
})
