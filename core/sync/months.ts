import { type LocalDate, dayOfMonth, monthNumber } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'

/** The monthly period of a container a day lies in; the 31st is clamped to short months. */
export function monthPeriod(anchorDay: number, day: LocalDate): Period {
  const month = monthNumber(day)
  const from = dayOfMonth(month, anchorDay)
  if (from <= day) return { from, to: dayOfMonth(month + 1, anchorDay) }
  return { from: dayOfMonth(month - 1, anchorDay), to: from }
}

/** Periods that have a day in `[from, to)`, in order. */
export function monthPeriods(anchorDay: number, from: LocalDate, to: LocalDate): readonly Period[] {
  const periods: Period[] = []
  for (let period = monthPeriod(anchorDay, from); period.from < to; ) {
    periods.push(period)
    period = monthPeriod(anchorDay, period.to)
  }
  return periods
}
