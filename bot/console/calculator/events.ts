import type { LocalDate } from '../../../core/calendar/date.js'
import { dayMonthYear } from '../../../core/calendar/words.js'
import { localDateOf } from '../../../core/calendar/zone.js'
import type { TimelineEvent } from '../../../core/timeline/types.js'
import type { WrittenEvent } from '../schema.js'
import type { Fault, Path, Reading } from './fault.js'
import { toMinorExactly } from './money.js'

type WrittenType = NonNullable<WrittenEvent['type']>
type Carried = 'quantity' | 'unitPrice' | 'amount'

interface Place {
  readonly path: Path
  readonly currency: string
  readonly timeZone: string | undefined
}

/** What an event of each type may carry. An event without its own kind of news is a mistake, not a no-op. */
const CARRIES: Readonly<Record<WrittenType, readonly Carried[]>> = {
  quantity: ['quantity', 'unitPrice'],
  price: ['unitPrice', 'quantity'],
  suspend: [],
  resume: [],
  cancel: [],
  oneTime: ['amount', 'unitPrice', 'quantity'],
}

/** Turns written events into the timeline's, in order of local date; events of one day keep their order (BILLING B6). */
export function readEvents(
  written: readonly WrittenEvent[],
  place: Omit<Place, 'path'>,
): Reading<readonly TimelineEvent[]> {
  const faults: Fault[] = []
  const events: TimelineEvent[] = []
  for (const [index, event] of written.entries()) {
    const reading = readEvent(event, { ...place, path: ['subscription', 'events', index] })
    if ('value' in reading) events.push(reading.value)
    else faults.push(...reading.faults)
  }
  return faults.length > 0 ? { faults } : { value: events.sort((left, right) => left.on - right.on) }
}

function readEvent(event: WrittenEvent, place: Place): Reading<TimelineEvent> {
  const day = readDay(event, place)
  const type = readType(event, place)
  const amount = readAmount(event, place)
  const faults = [day, type, amount].flatMap((reading) => ('faults' in reading ? reading.faults : []))
  if ('faults' in day || 'faults' in type || 'faults' in amount) return { faults }
  const on = day.value
  return {
    value: {
      on,
      type: type.value === 'quantity' || type.value === 'price' ? 'change' : type.value,
      ...(event.quantity === undefined ? {} : { quantity: event.quantity }),
      ...(event.unitPrice === undefined
        ? {}
        : { unitPrice: event.unitPrice, priceRule: `price given from ${dayMonthYear(on)}` }),
      ...(amount.value === undefined ? {} : { amount: amount.value, priceRule: 'amount as given' }),
      // The day somebody first saw it is never the day it happened: it only marks the date as estimated (B19, D10).
      ...(event.observedOn === undefined ? {} : { estimated: true }),
    },
  }
}

/** An instant happens on its local date in the input's own zone (B3). */
function readDay({ on, instant }: WrittenEvent, { path, timeZone }: Place): Reading<LocalDate> {
  if (on !== undefined && instant !== undefined) {
    return fault([...path, 'instant'], 'It stands beside "on". Give the local date or the moment, not both.')
  }
  if (on !== undefined) return { value: on }
  if (instant === undefined) {
    return fault([...path, 'on'], 'It is missing. Give the local date of the event, such as "2026-03-11".')
  }
  if (timeZone === undefined) {
    const sentence =
      'A moment needs the time zone in which days are counted. Give "timeZone", such as "America/New_York".'
    return fault([...path, 'instant'], sentence)
  }
  return { value: localDateOf(instant, timeZone) }
}

function readType(event: WrittenEvent, { path }: Place): Reading<WrittenType> {
  const type = event.type ?? inferredType(event)
  if (type === undefined) {
    return fault(path, 'It changes nothing. Give a quantity, a unitPrice or an amount, or its type.')
  }
  const carries = CARRIES[type]
  const present = (['quantity', 'unitPrice', 'amount'] as const).filter((name) => event[name] !== undefined)
  const stray = present.find((name) => !carries.includes(name) && !isNoSeats(event, type, name))
  if (stray !== undefined) {
    return fault(
      [...path, stray],
      `An event of type "${type}" carries no ${stray}. Remove it, or change the type.`,
    )
  }
  if (type === 'oneTime' && event.amount === undefined && event.unitPrice === undefined) {
    return fault(path, 'A one-time charge needs its price. Give an amount, or a unitPrice.')
  }
  const own = type === 'price' ? 'unitPrice' : type === 'quantity' ? 'quantity' : undefined
  if (own !== undefined && event[own] === undefined) {
    return fault([...path, own], `It is missing. An event of type "${type}" needs it.`)
  }
  return { value: type }
}

/** A cancellation may repeat that no seats are left. */
function isNoSeats(event: WrittenEvent, type: WrittenType, name: Carried): boolean {
  return type === 'cancel' && name === 'quantity' && event.quantity === 0n
}

function inferredType({ quantity, unitPrice, amount }: WrittenEvent): WrittenType | undefined {
  if (amount !== undefined) return 'oneTime'
  if (quantity !== undefined) return 'quantity'
  return unitPrice === undefined ? undefined : 'price'
}

function readAmount({ amount }: WrittenEvent, { path, currency }: Place): Reading<bigint | undefined> {
  if (amount === undefined) return { value: undefined }
  return toMinorExactly(amount, currency, [...path, 'amount'])
}

function fault(path: Path, sentence: string): { readonly faults: readonly Fault[] } {
  return { faults: [{ path, sentence }] }
}
