import type { Person } from '../access/rights.js'
import { type LocalDate, addDays } from '../calendar/date.js'
import { dayMonthYear } from '../calendar/words.js'
import type { Period } from '../calendar/period.js'
import { UPCOMING_DAYS, UPCOMING_DAYS_MOST } from '../limits-ahead.js'
import { Problem } from '../problem.js'
import type { Billing } from './billing.js'
import type { DataAge } from './data-age.js'
import { type HomeAnswer, homeOf } from './home.js'
import type { Load } from './loader.js'
import type { ReadEverybody } from './people.js'
import { type CalendarAnswer, type UpcomingAnswer, calendarMonth, upcoming } from './upcoming.js'
import { monthOf } from './who.js'

type Aged<T> = T & { readonly age: DataAge }

/** What lies ahead: invoices, renewals, a month's days, and what one person should know today. */
export interface Planning {
  /** @param days from today on; undefined: the usual month. */
  upcoming(days: number | undefined): Promise<Aged<UpcomingAnswer>>
  /** Problem `input` for a month too far ahead. */
  calendar(month: Period | undefined): Promise<Aged<CalendarAnswer>>
  home(person: Person): Promise<Aged<HomeAnswer>>
}

export interface PlanningParts {
  readonly load: Load
  readonly billing: Pick<Billing, 'open'>
  readonly everybody: ReadEverybody
  readonly today: () => Promise<LocalDate>
}

export function createPlanning({ load, billing, everybody, today }: PlanningParts): Planning {
  return {
    upcoming: async (days = UPCOMING_DAYS) => {
      const { age, ...view } = await load(addDays(await today(), days))
      return { ...upcoming({ ...view, now: age.now }, days, view.settings.invoiceDay), age }
    },
    calendar: async (asked) => {
      const now = await today()
      const month = asked ?? monthOf(now)
      const most = addDays(now, UPCOMING_DAYS_MOST)
      if (month.from > most) {
        throw new Problem({
          kind: 'input',
          what: `The calendar reaches a year ahead, to ${dayMonthYear(most)}.`,
          notDone: 'Nothing was looked up.',
          next: 'Type `calendar` with an earlier month.',
        })
      }
      const { age, ...view } = await load(addDays(month.to, -1))
      return { ...calendarMonth({ ...view, now: age.now }, month, view.settings.invoiceDay), age }
    },
    home: async (person) => {
      const [{ age, ...view }, open, { people }] = await Promise.all([load(), billing.open(), everybody()])
      return { ...homeOf({ ...view, now: age.now }, person, people, open, view.settings.invoiceDay), age }
    },
  }
}
