import { type IngramEmulator, startIngramEmulator } from '../../emulators/ingram/server.js'
import type { World } from '../../emulators/ingram/world.js'
import { type StoryClock, instantOf } from './clock.js'
import { vendorNumber } from './tell-psa.js'

/** An emulated marketplace whose clock can be put back for a moment, to tell what happened before the story began. */
export interface Stage {
  readonly ingram: IngramEmulator
  readonly clock: StoryClock
  /** What the emulator takes for now while something is told; undefined: the story's clock. */
  past: Date | undefined
}

/** An empty marketplace in which things can happen, on a story's clock. */
export async function openStage(clock: StoryClock): Promise<Stage> {
  const opening: { stage: Stage | undefined } = { stage: undefined }
  const now = () => opening.stage?.past ?? clock.now()
  const ingram: IngramEmulator = await startIngramEmulator({ now, world: [] })
  opening.stage = { ingram, clock, past: undefined }
  return opening.stage
}

type Told = (stage: Stage, words: readonly string[]) => void

/** What can happen in the marketplace, in the words of a story. */
const HAPPENINGS: readonly { readonly pattern: RegExp; readonly example: string; readonly tell: Told }[] = [
  {
    pattern: /^customer (.+?) in ([A-Z]{3})$/,
    example: 'customer Globex in EUR',
    tell: ({ ingram: { world } }, [name = '', currency = '']) =>
      void world.createCustomer({ name, currency }),
  },
  {
    pattern:
      /^(.+?) buys (\d+) [×x] (.+?) (?:at (\d+(?:\.\d+)?) a (month|year)|without a price)(?: in ([A-Z]{3}))?(?:, (month by month)|, until (\d{4}-\d\d-\d\d))?$/,
    example: 'Contoso buys 20 × Microsoft 365 Business Premium at 22.00 a month on 2026-03-01',
    tell: buy,
  },
  {
    pattern:
      /^(.+?) · (.+?) · (\d+) → (\d+) seats(?:, (without an order|its order shows (\d+) days? later))?$/,
    example: 'Contoso · Microsoft 365 Business Premium · 20 → 25 seats on 2026-03-11',
    tell: changeSeats,
  },
  {
    pattern: /^(.+?) · (.+?) · ends$/,
    example: 'Contoso · Microsoft 365 Business Premium · ends on 2026-03-11',
    tell: (stage, words) => stage.ingram.world.endSubscription(lineOf(stage, words)),
  },
  {
    pattern: /^(.+?) · (.+?) · the earlier of two ends$/,
    example: 'Contoso · Microsoft 365 Business Premium · the earlier of two ends on 2026-03-11',
    tell: (stage, words) => stage.ingram.world.endSubscription(earlierOf(stage, words)),
  },
  {
    pattern: /^(.+?) · (.+?) · turns over$/,
    example: 'Contoso · Microsoft 365 Business Premium · turns over',
    tell: (stage, words) => void stage.ingram.world.turnOver(lineOf(stage, words)),
  },
]

const DAY = / on (\d{4}-\d\d-\d\d)/

/** Makes it happen, now or on the day the sentence names. Throws when nobody understands it, or it cannot happen. */
export function happen(stage: Stage, sentence: string): void {
  const day = DAY.exec(sentence)?.[1]
  const told = sentence.replace(DAY, '')
  for (const { pattern, tell } of HAPPENINGS) {
    const words = pattern.exec(told)
    if (words === null) continue
    if (day !== undefined) stage.past = pastOf(stage, day)
    try {
      return tell(stage, words.slice(1))
    } finally {
      stage.past = undefined
    }
  }
  const examples = HAPPENINGS.map(({ example }) => `“${example}”`).join(', ')
  throw new Error(`nobody understands “${sentence}”; what is understood: ${examples}`)
}

/** Office hours of that day: the same date in New York, London and UTC. */
function pastOf({ clock }: Stage, day: string): Date {
  const at = instantOf(day, '12:00', clock.timeZone)
  if (at > clock.now()) throw new Error(`${day} is not yet; things that happen later are told later`)
  return at
}

function buy(stage: Stage, words: readonly string[]): void {
  const [name = '', seats = '', productName = '', price, unit, currency, short, until] = words
  const { world } = stage.ingram
  const period = { type: unit === 'year' ? 'year' : 'month', duration: 1 } as const
  // A year, billed monthly, unless said otherwise.
  world.createSubscription({
    customerId: customerOf(stage, name),
    mpn: vendorNumber(productName),
    productName,
    seats: Number(seats),
    unitPrice: price ?? null,
    billingPeriod: period,
    ...(short === undefined ? {} : { subscriptionPeriod: period }),
    ...(currency === undefined ? {} : { currency }),
    ...(until === undefined ? {} : { expirationDate: until }),
  })
}

/** A customer nobody named before is created, long before the story, in US dollars. */
function customerOf(stage: Stage, name: string): string {
  const { world } = stage.ingram
  const known = [...world.projection().customers.values()].find((customer) => customer.name === name)
  if (known !== undefined) return known.customerId
  return world.createCustomer({ name })
}

function changeSeats(stage: Stage, words: readonly string[]): void {
  const [customer = '', product = '', before, after, how, days] = words
  const line = lineOf(stage, [customer, product])
  if (line.seats !== Number(before)) throw new Error(`${product} has ${line.seats} seats, not ${before}`)
  const { world } = stage.ingram
  const change = { subscriptionId: line.subscriptionId, delta: Number(after) - line.seats }
  if (days !== undefined) world.placeLateOrder({ ...change, days: Number(days) })
  else world.addSeats({ ...change, by: how === undefined ? 'order' : 'nothing' })
}

/** The running subscription of a customer to a product. */
function lineOf(
  { ingram: { world } }: Stage,
  [customer = '', product = '']: readonly string[],
): { readonly subscriptionId: string; readonly seats: number } {
  const { customerId } = world.customerNamed(customer)
  const found = subscriptionsTo(world, customerId, product)
  const [only, ...others] = found
  if (only === undefined || others.length > 0) {
    throw new Error(`${customer} has ${found.length} running subscriptions to ${product}`)
  }
  return only
}

/** The one of a customer's two running subscriptions to a product that is listed first: the older one. */
function earlierOf(
  { ingram: { world } }: Stage,
  [customer = '', product = '']: readonly string[],
): { readonly subscriptionId: string } {
  const { customerId } = world.customerNamed(customer)
  const [earlier, ...later] = subscriptionsTo(world, customerId, product)
  if (earlier === undefined || later.length !== 1) throw new Error(`${customer} has not two of ${product}`)
  return { subscriptionId: earlier.subscriptionId }
}

function subscriptionsTo(world: World, customerId: string, product: string) {
  return world.subscriptionsOf(customerId).flatMap(({ subscriptionId, lines }) => {
    const line = lines.find(({ productName }) => productName === product)
    return line === undefined ? [] : [{ subscriptionId, seats: line.seats }]
  })
}
