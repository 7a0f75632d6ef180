import { tzOffset } from '@date-fns/tz'
import type { LocalDate } from './date.js'

const MILLISECONDS_PER_MINUTE = 60_000
const MILLISECONDS_PER_DAY = 86_400_000

/** True for an IANA zone this runtime knows ("America/New_York"). */
export function isTimeZone(zone: string): boolean {
  return zone.trim() !== '' && !Number.isNaN(tzOffset(zone, new Date(0)))
}

/** The local date an instant falls on in `zone` (BILLING B3): 2026-03-11T02:00Z in America/New_York is 10 March. */
export function localDateOf(instant: Date, zone: string): LocalDate {
  const offsetMinutes = tzOffset(zone, instant)
  return Math.floor(
    (instant.getTime() + offsetMinutes * MILLISECONDS_PER_MINUTE) / MILLISECONDS_PER_DAY,
  ) as LocalDate
}

/** Midnight UTC at the start of a day: for asking a system that counts in UTC, never for billing. */
export function startOfDayUtc(date: LocalDate): Date {
  return new Date(date * MILLISECONDS_PER_DAY)
}

/** An instant some hours later. */
export function hoursAfter(instant: Date, hours: number): Date {
  return new Date(instant.getTime() + hours * 60 * MILLISECONDS_PER_MINUTE)
}

/** An instant some milliseconds later. */
export function millisecondsAfter(instant: Date, milliseconds: number): Date {
  return new Date(instant.getTime() + milliseconds)
}
