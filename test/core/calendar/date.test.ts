import { describe, expect, test } from 'vitest'
import {
  addDays,
  addMonths,
  dayOfMonth,
  daysInMonth,
  formatLocalDate,
  fromCivil,
  isLeapYear,
  type LocalDate,
  monthNumber,
  parseLocalDate,
  startOfMonth,
  toCivil,
} from '../../../core/calendar/date.js'

const day = (text: string): LocalDate => parseLocalDate(text) ?? expect.fail(`not a date: ${text}`)

test('every day of three centuries is the day after the one before, and comes back', () => {
  const wrong: string[] = []
  let expected = day('1900-01-01')
  for (let year = 1900; year < 2200; year += 1) {
    for (let month = 1; month <= 12; month += 1) {
      for (let ofMonth = 1; ofMonth <= daysInMonth(year, month); ofMonth += 1) {
        const back = toCivil(expected)
        const returns = back.year === year && back.month === month && back.day === ofMonth
        if (fromCivil(year, month, ofMonth) !== expected || !returns)
          wrong.push(`${year}-${month}-${ofMonth}`)
        expected = addDays(expected, 1)
      }
    }
  }
  expect(wrong).toEqual([])
  expect(expected - day('1900-01-01')).toBe(109_573)
  expect(day('1970-01-01')).toBe(0)
  expect(day('2026-03-11')).toBe(Date.UTC(2026, 2, 11) / 86_400_000)
})

test('leap years', () => {
  expect([1900, 2000, 2024, 2026, 2100].map(isLeapYear)).toEqual([false, true, true, false, false])
  expect([2, 4, 12].map((month) => daysInMonth(2024, month))).toEqual([29, 30, 31])
})

test.each([
  '2026-02-29',
  '2026-02-30',
  '2026-13-01',
  '2026-00-10',
  '2026-04-31',
  '2026-1-1',
  '1899-12-31',
  '2200-01-01',
  '',
  '11-03-2026',
  '2026-03-11T00:00',
])('"%s" is no date', (text) => {
  expect(parseLocalDate(text)).toBeUndefined()
})

test('dates are written as they are read', () => {
  for (const text of ['2026-03-11', '2024-02-29', '1900-01-01', '2199-12-31'])
    expect(formatLocalDate(day(text))).toBe(text)
})

describe('months', () => {
  test('a day that a month does not have is its last one, computed from the anchor', () => {
    const months = [0, 1, 2, 3, -2, 12].map((count) => formatLocalDate(addMonths(day('2026-01-31'), count)))
    expect(months).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2025-11-30',
      '2027-01-31',
    ])
    expect(formatLocalDate(addMonths(day('2026-02-28'), 1, 31))).toBe('2026-03-31')
    expect(formatLocalDate(addMonths(day('2024-02-29'), 12))).toBe('2025-02-28')
  })

  test('are numbered without a gap over the turn of the year', () => {
    expect(monthNumber(day('2026-01-01')) - monthNumber(day('2025-12-31'))).toBe(1)
    expect(formatLocalDate(dayOfMonth(monthNumber(day('2026-02-10')), 31))).toBe('2026-02-28')
    expect(formatLocalDate(startOfMonth(day('2026-03-31')))).toBe('2026-03-01')
  })
})
