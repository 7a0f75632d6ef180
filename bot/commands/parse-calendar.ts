import type { LocalDate } from '../../core/calendar/date.js'
import type { Period } from '../../core/calendar/period.js'
import { UPCOMING_DAYS_MOST } from '../../core/limits-ahead.js'
import { Problem } from '../../core/problem.js'
import { monthAtStart } from './dates.js'
import { pageNumber, withoutFillers } from './parse-words.js'

export type CalendarCommand =
  /** Pages from 1. */
  | { readonly name: 'upcoming'; readonly days: number | undefined; readonly page: number }
  | { readonly name: 'calendar'; readonly month: Period | undefined; readonly page: number }

/** "upcoming", "upcoming 60", "upcoming 60 days page 2". */
export function upcomingWith(words: readonly string[]): CalendarCommand {
  const { rest, page } = withPage(words, 'upcoming 60 page 2')
  const [typed, unit, ...more] = rest
  if (typed === undefined) return { name: 'upcoming', days: undefined, page }
  const days = /^\d{1,3}$/.test(typed) ? Number(typed) : 0
  const isUnit = unit === undefined || /^days?$/i.test(unit)
  if (days < 1 || days > UPCOMING_DAYS_MOST || !isUnit || more.length > 0) {
    throw new Problem({
      kind: 'input',
      what: `“${rest.join(' ').slice(0, 40)}” is not a number of days from 1 to ${UPCOMING_DAYS_MOST}.`,
      notDone: 'Nothing was looked up.',
      next: 'Type `upcoming 60`.',
    })
  }
  return { name: 'upcoming', days, page }
}

/** "calendar", "calendar april", "calendar 2026-04 page 2". */
export function calendarWith(words: readonly string[], today: LocalDate): CalendarCommand {
  const { rest, page } = withPage(withoutFillers(words), 'calendar april page 2')
  const month = monthAtStart(rest, today)
  if ((month?.rest ?? rest).length > 0) {
    throw new Problem({
      kind: 'input',
      what: `“${rest.join(' ').slice(0, 40)}” is not a month.`,
      notDone: 'Nothing was looked up.',
      next: 'Write it as in `calendar april` or `calendar 2026-04`.',
    })
  }
  return { name: 'calendar', month: month?.value, page }
}

function withPage(
  words: readonly string[],
  example: string,
): { readonly rest: readonly string[]; readonly page: number } {
  const [word, number] = words.slice(-2)
  if (word?.toLowerCase() === 'page') return { rest: words.slice(0, -2), page: pageNumber(number, example) }
  if (number?.toLowerCase() === 'page') return { rest: words, page: pageNumber(undefined, example) }
  return { rest: words, page: 1 }
}
