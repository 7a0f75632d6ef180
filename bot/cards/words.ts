import { tz } from '@date-fns/tz'
import { format } from 'date-fns'
import { type LocalDate, toCivil } from '../../core/calendar/date.js'
import { dayMonth, dayMonthYear } from '../../core/calendar/words.js'
import { CARD_LINES } from '../../core/limits.js'
import { formatDecimal } from '../../core/money/decimal.js'
import type { Decimal } from '../../core/money/decimal.js'
import { formatMoney, money } from '../../core/money/money.js'
import { type DataAge, isOld } from '../../core/app/data-age.js'
import type { Block } from './model.js'

/** "$514.52": minor units of a currency as people read them. */
export function amountWords(minor: bigint, currency: string): string {
  return formatMoney(money(currency, minor))
}

/** "1 customer", "3 customers". */
export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : many}`
}

/** "20 seats" */
export function seatsWords(quantity: Decimal): string {
  const digits = formatDecimal(quantity)
  return digits === '1' ? '1 seat' : `${digits} seats`
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** "Data from 4 minutes ago (observation 3)": at the foot of every answer. */
export function ageWords({ observation, now }: DataAge): string {
  return `Data from ${spanWords(now.getTime() - observation.observedAt.getTime())} ago (observation ${observation.sequence})`
}

/** "The data is 43 days old: type `observe` first."; undefined while it is fresh enough to bill from. */
export function oldDataWords(age: DataAge): string | undefined {
  const { observation, now } = age
  const span = spanWords(now.getTime() - observation.observedAt.getTime())
  return isOld(age) ? `The data is ${span} old: type \`observe\` first.` : undefined
}

export function spanWords(milliseconds: number): string {
  if (milliseconds < MINUTE) return 'less than a minute'
  if (milliseconds < HOUR) return plural(Math.floor(milliseconds / MINUTE), 'minute')
  if (milliseconds < 2 * DAY) return plural(Math.floor(milliseconds / HOUR), 'hour')
  return plural(Math.floor(milliseconds / DAY), 'day')
}

/** "20 Mar 2026 09:00": an instant on the MSP's clock. */
export function instantWords(instant: Date, timeZone: string): string {
  return format(instant, 'd MMM yyyy HH:mm', { in: tz(timeZone) })
}

/** The arithmetic of a line behind its service days, which then need not be said again. */
export function withoutDates(explanation: string, service: string): string {
  if (explanation.startsWith(`${service}: `)) return explanation.slice(service.length + 2)
  return explanation.replace(`Correction for ${service}: `, 'Correction: ')
}

/** Words for single days of one list: with the year as soon as the list has days of more than one. */
export function dayWords(days: readonly LocalDate[]): (day: LocalDate) => string {
  const years = new Set(days.map((day) => toCivil(day).year))
  return years.size > 1 ? dayMonthYear : dayMonth
}

/** A list with as many items as a card has room for, and what to type for the others. */
export function boundedList(heading: string, items: readonly string[], command: string): Block {
  const hidden = items.length - CARD_LINES
  return {
    type: 'list',
    heading,
    items: items.slice(0, CARD_LINES),
    ...(hidden > 0 ? { more: { hidden, command } } : {}),
  }
}
