import { type Day, formatDay } from './days.js'
import type { EventInput } from './input.js'
import type { Random } from './random.js'

const PRICES = ['22.00', '24.00', '0.333333', '240.00', '7.5', '19.99', '1234.56', '0.01', '35.12345678', '3']
const FEES = ['15.00', '99.95', '0.125', '250']

function randomCount(random: Random): string {
  if (random.chance(5)) return `${random.integer(40) + 1}.${random.pick(['5', '25', '125'])}`
  if (random.chance(4)) return `${1000 * (1 + random.integer(500))}`
  return `${1 + random.integer(40)}`
}

/** Noon and the minutes around midnight UTC: the local date differs from zone to zone, sometimes across a month. */
function dated(random: Random, day: Day, instants: boolean): Pick<EventInput, 'on' | 'instant'> {
  if (!instants || !random.chance(40)) return { on: formatDay(day) }
  return { instant: `${formatDay(day)}T${random.pick(['12:00:00', '02:00:00', '23:30:00', '00:00:00'])}Z` }
}

/** Several changes on one day: ups and downs, a fall to 0 and back, a price with a count, a pause of no length. */
function sameDay(random: Random): readonly EventInput[] {
  const count = { quantity: randomCount(random) }
  const price = { unitPrice: random.pick(PRICES) }
  return random.pick<readonly EventInput[]>([
    [count, { quantity: randomCount(random) }, { quantity: randomCount(random) }],
    [{ quantity: '0' }, count],
    [price, count],
    [count, price],
    [{ ...count, ...price }],
    [{ type: 'suspend' }, { type: 'resume' }],
    [{ type: 'suspend' }, count, { type: 'resume' }, { type: 'suspend' }],
    [count, { type: 'oneTime', quantity: '2', unitPrice: random.pick(FEES) }, price],
  ])
}

function oneEvent(random: Random): readonly EventInput[] {
  const kind = random.integer(100)
  if (kind < 48)
    return [{ quantity: randomCount(random), ...(random.chance(30) ? { type: 'quantity' } : {}) }]
  if (kind < 62) return [{ unitPrice: random.pick(PRICES), ...(random.chance(30) ? { type: 'price' } : {}) }]
  if (kind < 72) return [{ type: 'suspend' }]
  if (kind < 80) return [{ type: 'resume' }]
  if (kind < 86) return [{ type: 'oneTime', unitPrice: random.pick(FEES), quantity: randomCount(random) }]
  if (kind < 88) return [{ amount: random.pick(['15', '99', '-20']) }]
  if (kind < 90) return [{ type: 'cancel' }]
  if (kind < 91) return [{ quantity: '0' }]
  return sameDay(random)
}

/** A little before and after the day an event really happened (D10: it changes nothing). */
function observed(random: Random, day: Day): Pick<EventInput, 'observedOn'> {
  return random.chance(10) ? { observedOn: formatDay(day + random.integer(6)) } : {}
}

/** A price near the smallest coin, and a seat less each day: lines rounded one by one come to less than nothing. */
function steppingDown(random: Random, start: Day): readonly EventInput[] {
  const count = 5 + random.integer(5)
  const price = random.pick(['0.6', '0.006', '0.0006', '0.7', '0.0051'])
  const first = start + 1 + random.integer(4)
  const steps = Array.from({ length: count - 1 }, (_, index) => ({
    on: formatDay(first + index),
    quantity: `${count - 1 - index}`,
  }))
  const up = random.chance(50) ? [{ on: formatDay(first + count), quantity: `${count + 3}` }] : []
  return [{ on: formatDay(start), quantity: `${count}`, unitPrice: price }, ...steps, ...up]
}

/** A pause long enough to reach over a period's start. */
function pauseFrom(random: Random, day: Day): readonly EventInput[] {
  const resume = { on: formatDay(day + 1 + random.integer(45)), type: 'resume' } as const
  return [{ on: formatDay(day), type: 'suspend' }, ...(random.chance(85) ? [resume] : [])]
}

function daysReversed(events: readonly EventInput[]): readonly EventInput[] {
  const dayOf = (event: EventInput) => event.on ?? event.instant
  const days = [...new Set(events.map(dayOf))].toReversed()
  return days.flatMap((day) => events.filter((event) => dayOf(event) === day))
}

/** Changes, mostly in date order, from the start to a little past the last day; the first gives count and price. */
export function randomEvents(random: Random, start: Day, horizon: Day): readonly EventInput[] {
  if (random.chance(8)) return steppingDown(random, start)
  const opening = { on: formatDay(start), quantity: randomCount(random), unitPrice: random.pick(PRICES) }
  const instants = random.chance(15)
  const length = horizon - start + 1
  const days = Array.from({ length: random.integer(8) }, () => start + random.integer(length))
  const sorted = days.toSorted((left, right) => left - right)
  const later = sorted.flatMap((day) => {
    const date = dated(random, Math.max(day, start + 1), instants)
    return oneEvent(random).map((event) => ({ ...date, ...event, ...observed(random, day) }))
  })
  const pause = random.chance(15) ? pauseFrom(random, start + random.integer(length)) : []
  const first = random.chance(8) ? [{ on: formatDay(start), ...oneEvent(random)[0] }] : []
  // Only the order of one day's events has a meaning; now and then the days come in another order.
  const rest = random.chance(10) ? daysReversed([...first, ...later]) : [...first, ...later]
  return [opening, ...rest, ...pause]
}
