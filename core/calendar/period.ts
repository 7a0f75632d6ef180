import type { LocalDate } from './date.js'

/** A half-open span of local dates: `from` is in it, `to` is not (BILLING B3). */
export interface Period {
  readonly from: LocalDate
  readonly to: LocalDate
}

/** Days in a half-open period. */
export function daysIn(period: Period): number {
  return period.to - period.from
}
