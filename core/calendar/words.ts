import { format } from 'date-fns'
import { type LocalDate, addDays, toCivil } from './date.js'
import type { Period } from './period.js'

/** date-fns formats in the process's own zone: noon of that civil day exists in every zone. */
function noon(date: LocalDate): Date {
  const { year, month, day } = toCivil(date)
  return new Date(year, month - 1, day, 12)
}

/** "11 Mar" */
export function dayMonth(date: LocalDate): string {
  return format(noon(date), 'd MMM')
}

/** "11 Mar 2026" */
export function dayMonthYear(date: LocalDate): string {
  return format(noon(date), 'd MMM yyyy')
}

/** "Mar 2026": where room is scarce. */
export function shortMonthYear(date: LocalDate): string {
  return format(noon(date), 'MMM yyyy')
}

/** "March 2026" */
export function monthYear(date: LocalDate): string {
  return format(noon(date), 'MMMM yyyy')
}

/** The days a half-open period covers, as people read them: "1–31 Mar 2026", "20 Jan – 6 Feb 2026". */
export function periodWords(period: Period): string {
  const last = addDays(period.to, -1)
  const [from, to] = [toCivil(period.from), toCivil(last)]
  if (period.from === last) return dayMonthYear(last)
  if (from.year !== to.year) return `${dayMonthYear(period.from)} – ${dayMonthYear(last)}`
  if (from.month !== to.month) return `${dayMonth(period.from)} – ${dayMonthYear(last)}`
  return `${from.day}–${dayMonthYear(last)}`
}

/** A day of the month: "15th" */
export function ordinal(day: number): string {
  const tens = Math.floor(day / 10) === 1
  const ending = tens ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')
  return `${day}${ending}`
}
