import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import {
  type CaseWords,
  charge,
  day,
  decimal,
  type EventWords,
  explained,
  MONTHLY,
  totalOf,
} from './build.js'

/** D7, D8, D10: cancellations, days to bill on and the shape of lines. */

const TWENTY: EventWords = ['2026-03-01', 20, '22.00']

describe('D7: cancellation', () => {
  test('a count of 0 ends it only as the count at the end of a day; later quantities are ignored', () => {
    expect(totalOf({ events: [TWENTY, ['2026-03-11', 0], ['2026-03-11', 20]] })).toBe('440.00')
    const events: EventWords[] = [TWENTY, ['2026-03-11', 0], ['2026-03-20', 30]]
    expect(totalOf({ events, window: ['2026-03-01', '2026-05-01'] })).toBe('440.00')
    expect(totalOf({ events, policy: { lastPeriod: 'prorate', decreases: 'credit' } })).toBe('141.94')
  })

  test('a cancel event, an end and a count of 0 are the same thing', () => {
    const policy = { lastPeriod: 'prorate' } as const
    expect(totalOf({ policy, events: [TWENTY, ['2026-03-11', 'cancel']] })).toBe('141.94')
    expect(totalOf({ policy, events: [TWENTY], end: '2026-03-11' })).toBe('141.94')
    expect(totalOf({ policy, events: [TWENTY, ['2026-03-11', 'cancel'], ['2026-03-11', 30]] })).toBe('141.94')
  })

  test.each(['full', 'prorate'] as const)(
    'cancelled on its start day: no charge, first and last period %s',
    (choice) => {
      const policy = { firstPeriod: choice, lastPeriod: choice } as const
      expect(charge({ policy, events: [TWENTY], end: '2026-03-01' }).lines).toEqual([])
      expect(charge({ policy, events: [TWENTY, ['2026-03-01', 0]] }).lines).toEqual([])
      expect(charge({ policy, events: [TWENTY, ['2026-03-01', 'cancel']] }).lines).toEqual([])
    },
  )

  test('changes on or after the end are not seen, with lastPeriod=full too', () => {
    const events: EventWords[] = [TWENTY, ['2026-03-20', 40], ['2026-03-25', undefined, '99.00']]
    expect(totalOf({ events, end: '2026-03-20', policy: { priceChange: 'immediate' } })).toBe('440.00')
  })
})

describe('D8: billOn', () => {
  const dates = (words: CaseWords) => charge(words).lines.map(({ billOn }) => formatLocalDate(billOn))
  const late: CaseWords = {
    start: '2026-03-05',
    events: [
      ['2026-03-05', 20, '22.00'],
      ['2026-03-11', 25],
      ['2026-03-20', 22],
    ],
  }

  test('advance: the first day of service, then each change on its date, also with firstPeriod=full', () => {
    const policy = { decreases: 'credit', increases: 'full' } as const
    expect(dates({ ...late, policy })).toEqual(['2026-03-05', '2026-03-11', '2026-03-20'])
    expect(dates({ ...late, policy: { ...policy, firstPeriod: 'full' } })).toEqual([
      '2026-03-05',
      '2026-03-11',
      '2026-03-20',
    ])
    expect(dates({ ...late, window: ['2026-04-01', '2026-05-01'] })).toEqual(['2026-04-01'])
  })

  test('arrears: always the period’s end, also after a cancellation', () => {
    expect(
      dates({ ...late, end: '2026-03-25', policy: { timing: 'arrears', lastPeriod: 'prorate' } }),
    ).toEqual(['2026-04-01', '2026-04-01'])
  })

  const fee = (on: string) =>
    ({
      on: day(on),
      type: 'oneTime',
      quantity: decimal('2'),
      unitPrice: decimal('500'),
      description: 'Set-up',
    }) as const

  test('a one-time line has its own date, in arrears its period’s end; it is never prorated', () => {
    const words: CaseWords = { every: MONTHLY, events: [TWENTY], oneTimes: [fee('2026-03-23')] }
    expect(explained(words)[1]).toBe('Set-up on 23 Mar: 2 × $500.00 = $1,000.00')
    expect(dates(words)[1]).toBe('2026-03-23')
    expect(dates({ ...words, policy: { timing: 'arrears' } })[1]).toBe('2026-04-01')
  })

  test('a one-time line stands outside the service and its end', () => {
    const words: CaseWords = {
      events: [TWENTY],
      end: '2026-03-10',
      oneTimes: [fee('2026-02-20'), fee('2026-04-20')],
    }
    const { periods, lines } = charge({ ...words, window: ['2026-02-01', '2026-05-01'] })
    expect(periods.map(({ from }) => formatLocalDate(from))).toEqual([
      '2026-02-01',
      '2026-03-01',
      '2026-04-01',
    ])
    expect(lines.map(({ kind }) => kind)).toEqual(['oneTime', 'recurring', 'oneTime'])
    expect(charge({ ...words, window: ['2026-03-01', '2026-04-01'] }).lines).toHaveLength(1)
  })

  test('a stated amount that is not quantity × price makes one piece of it', () => {
    const stated = { on: day('2026-03-23'), type: 'oneTime', amount: 12_345n } as const
    expect(explained({ events: [TWENTY], oneTimes: [stated] })[1]).toBe(
      'one-time charge on 23 Mar: 1 × $123.45 = $123.45',
    )
    const whole = { ...fee('2026-03-23'), amount: 100_000n }
    expect(explained({ events: [TWENTY], oneTimes: [whole] })[1]).toBe(
      'Set-up on 23 Mar: 2 × $500.00 = $1,000.00',
    )
    const discounted = { ...fee('2026-03-23'), amount: 90_000n }
    expect(explained({ events: [TWENTY], oneTimes: [discounted] })[1]).toBe(
      'Set-up on 23 Mar: 1 × $900.00 = $900.00',
    )
  })
})

describe('D10: shape', () => {
  test('kinds: a full period, a part, a negative line, a price line with the difference as its price', () => {
    const events: EventWords[] = [
      TWENTY,
      ['2026-03-11', 25],
      ['2026-03-15', undefined, '20.00'],
      ['2026-03-20', 22],
    ]
    const { lines } = charge({ policy: { decreases: 'credit', priceChange: 'immediate' }, events })
    expect(lines.map(({ kind }) => kind)).toEqual(['recurring', 'prorated', 'credit', 'credit'])
    expect(lines[2]?.unitPrice).toBe(decimal('-2'))
    expect(lines[3]?.quantity).toBe(decimal('-3'))
  })

  test('lines of zero are printed', () => {
    expect(charge({ events: [['2026-03-01', 20, '0.00']] }).lines).toHaveLength(1)
  })

  test('an observed date changes no amount and no date', () => {
    const estimated = {
      on: day('2026-03-11'),
      type: 'change',
      quantity: decimal('25'),
      estimated: true,
    } as const
    const words: CaseWords = { events: [TWENTY], oneTimes: [estimated] }
    expect(explained(words)[1]).toBe(
      '20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52 · date estimated',
    )
    expect(charge(words).lines.map(({ estimated: marked }) => marked)).toEqual([false, true])
    const sure = { on: day('2026-03-20'), type: 'change', quantity: decimal('26') } as const
    const more = charge({ ...words, oneTimes: [estimated, sure] }).lines
    expect(more.map(({ estimated: marked }) => marked)).toEqual([false, true, false])
    expect(explained({ ...words, window: ['2026-04-01', '2026-05-01'] })).toEqual(['25 × $22.00 = $550.00'])
  })
})
