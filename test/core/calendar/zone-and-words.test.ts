import { describe, expect, test } from 'vitest'
import { formatLocalDate, type LocalDate, parseLocalDate } from '../../../core/calendar/date.js'
import { daysIn } from '../../../core/calendar/period.js'
import { dayMonth, dayMonthYear, monthYear, periodWords } from '../../../core/calendar/words.js'
import { isTimeZone, localDateOf } from '../../../core/calendar/zone.js'

const day = (text: string): LocalDate => parseLocalDate(text) ?? expect.fail(`not a date: ${text}`)

describe('B3: an instant becomes its local date', () => {
  test.each([
    ['2026-03-11T02:00:00Z', 'America/New_York', '2026-03-10'],
    ['2026-03-11T02:00:00Z', 'UTC', '2026-03-11'],
    ['2026-03-11T04:00:00Z', 'America/New_York', '2026-03-11'],
    ['2026-03-11T03:59:59.999Z', 'America/New_York', '2026-03-10'],
    // The clocks went forward on 8 March 2026: midnight was at 05:00Z before, and is at 04:00Z after.
    ['2026-03-08T04:59:59Z', 'America/New_York', '2026-03-07'],
    ['2026-03-08T05:00:00Z', 'America/New_York', '2026-03-08'],
    ['2026-03-09T04:00:00Z', 'America/New_York', '2026-03-09'],
    ['2026-12-31T10:00:00Z', 'Pacific/Kiritimati', '2027-01-01'],
    ['2026-01-01T10:59:00Z', 'Pacific/Pago_Pago', '2025-12-31'],
    ['2026-03-11T18:15:00Z', 'Asia/Kathmandu', '2026-03-12'],
  ])('%s in %s is %s', (instant, zone, date) => {
    expect(formatLocalDate(localDateOf(new Date(instant), zone))).toBe(date)
  })

  test('zones we know, and words that are none', () => {
    expect(['America/New_York', 'UTC', 'Europe/Zurich'].map(isTimeZone)).toEqual([true, true, true])
    expect(['', ' ', 'Mars/Olympus', 'New York'].map(isTimeZone)).toEqual([false, false, false, false])
  })
})

test('days of a half-open period', () => {
  expect(daysIn({ from: day('2026-03-01'), to: day('2026-04-01') })).toBe(31)
  expect(daysIn({ from: day('2026-03-01'), to: day('2026-03-01') })).toBe(0)
})

describe('dates as people read them', () => {
  test('one date', () => {
    const date = day('2026-03-11')
    expect([dayMonth(date), dayMonthYear(date), monthYear(date)]).toEqual([
      '11 Mar',
      '11 Mar 2026',
      'March 2026',
    ])
  })

  test.each([
    ['2026-03-01', '2026-04-01', '1–31 Mar 2026'],
    ['2026-03-11', '2026-03-12', '11 Mar 2026'],
    ['2026-01-20', '2026-02-07', '20 Jan – 6 Feb 2026'],
    ['2026-03-11', '2027-01-01', '11 Mar – 31 Dec 2026'],
    ['2026-12-20', '2027-01-20', '20 Dec 2026 – 19 Jan 2027'],
  ])('%s to %s is "%s"', (from, to, words) => {
    expect(periodWords({ from: day(from), to: day(to) })).toBe(words)
  })
})
