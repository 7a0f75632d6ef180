import { assert } from '../assert.js'

declare const localDateBrand: unique symbol

/**
 * A day on the wall calendar of the MSP's billing time zone, without a time: days since 1970-01-01 (proleptic
 * Gregorian). Comparable with < and ===; never an instant.
 */
export type LocalDate = number & { readonly [localDateBrand]: true }

/** Year, month 1–12, day 1–31. */
export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Dates are kept within 1900-01-01 … 2199-12-31: outside it a date is a typing mistake, not a billing date. */
const FIRST_YEAR = 1900
const LAST_YEAR = 2199
const PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/

/** Day number of a civil date, by counting eras of 400 years from 1 March (the Gregorian rules, no table). */
export function fromCivil(year: number, month: number, day: number): LocalDate {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return (era * 146_097 + dayOfEra - 719_468) as LocalDate
}

/** The civil date of a day number: the inverse of {@link fromCivil}. */
export function toCivil(date: LocalDate): CivilDate {
  const shifted = date + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

/** Reads "2026-03-11"; undefined for a day that does not exist (2026-02-30) or lies outside 1900–2199. */
export function parseLocalDate(text: string): LocalDate | undefined {
  const match = PATTERN.exec(text)
  if (match === null) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12) return undefined
  if (day < 1 || day > daysInMonth(year, month)) return undefined
  return fromCivil(year, month, day)
}

/** Writes "2026-03-11". */
export function formatLocalDate(date: LocalDate): string {
  const { year, month, day } = toCivil(date)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

/** 28–31; month 1–12. */
export function daysInMonth(year: number, month: number): number {
  assert(month >= 1 && month <= 12, `daysInMonth: month ${month}`)
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return (date + days) as LocalDate
}

/** The 1st of the date's month. */
export function startOfMonth(date: LocalDate): LocalDate {
  return (date - toCivil(date).day + 1) as LocalDate
}

/** Months since January of year 0: the number by which months are counted and compared. */
export function monthNumber(date: LocalDate): number {
  const { year, month } = toCivil(date)
  return year * 12 + month - 1
}

/** The given day of a month (see {@link monthNumber}), or the month's last day when it is shorter. */
export function dayOfMonth(monthIndex: number, day: number): LocalDate {
  const year = Math.floor(monthIndex / 12)
  const month = monthIndex - year * 12 + 1
  return fromCivil(year, month, day <= 28 ? day : Math.min(day, daysInMonth(year, month)))
}

/**
 * The date `months` later on `anchorDay` (default: the date's own day), clamped to the end of short months. Always
 * computed from the anchor, so the 31st returns after February (BILLING B4).
 */
export function addMonths(date: LocalDate, months: number, anchorDay?: number): LocalDate {
  const { year, month, day } = toCivil(date)
  return dayOfMonth(year * 12 + month - 1 + months, anchorDay ?? day)
}
