import type { PolicyInput } from '../../support/recompute/input.js'
import { type Random, randomFrom } from '../../support/recompute/random.js'

/** How a licence is committed and billed. */
export type Cadence = 'rolling' | 'turnover' | 'yearly' | 'coTerm' | 'yearlyTurnover'

/** What makes a change of seats known beside the new count. */
export type By = 'order' | 'orderWithoutProducts' | 'nothing' | 'hidden' | 'processing' | 'afterwards'

/** Something that happens in the marketplace. `line` and `customer` choose among those that are there. */
export type Happening =
  | {
      readonly does: 'buy'
      readonly customer: number
      readonly product: number
      readonly seats: number
      readonly price: string
      readonly cadence: Cadence
      readonly vendorIds: 'kept' | 'renewed' | 'none'
      readonly pending?: true
      readonly fee?: string
      /** It will not renew; `lapses`: the marketplace ends it on that day, else it stays listed. */
      readonly lastTerm?: 'lapses' | 'stays'
    }
  | {
      readonly does: 'seats'
      readonly line: number
      readonly delta: number
      readonly by: By
      readonly days: number
    }
  | { readonly does: 'price'; readonly line: number; readonly price: string }
  | { readonly does: 'hold' | 'resume' | 'activate'; readonly line: number }
  | { readonly does: 'schedule'; readonly line: number; readonly target: number }
  | { readonly does: 'openOrder'; readonly line: number; readonly delta: number }
  | { readonly does: 'withdraw' }
  | {
      readonly does: 'end'
      readonly line: number
      readonly withOrder: boolean
      /** Its count reads 0 from then on. */
      readonly zero: boolean
      /** Bought again so many days later, as a new record. */
      readonly again?: number
    }
  /**
   * The same product is bought anew beside a record, which ends some days later on a date so many days after the
   * purchase, or before it; without `ends` it runs on (B18).
   */
  | {
      readonly does: 'replace'
      readonly line: number
      readonly more: number
      readonly ends?: { readonly in: number; readonly on: number }
    }
  /** Of all seats but none of the record: a cancellation by count (B12). */
  | { readonly does: 'empty'; readonly line: number; readonly withOrder: boolean }

export type Disturbance =
  /** The marketplace refuses, or cuts its answers: nothing is stored. */
  | { readonly kind: 'refused' | 'cut' | 'pageMissing' }
  /** One subscription is not listed in this poll. */
  | { readonly kind: 'vanished'; readonly line: number }
  /** Something happens between the list of subscriptions and their details, or between those and the orders. */
  | { readonly kind: 'during'; readonly before: 'details' | 'orders'; readonly what: Happening }

/** One step of a story, so many minutes after the one before. */
export type Step = { readonly after: number } & (
  | Happening
  | { readonly does: 'poll'; readonly disturbed?: Disturbance }
  /** The run of the current month, or of the next, is proposed and approved. */
  | { readonly does: 'bill'; readonly month: 0 | 1 }
)

/** A small marketplace with what happens to it, when it is looked at and when it is billed. */
export interface Story {
  readonly seed: number
  readonly startsAt: string
  readonly opensOn: string
  readonly timeZone: string
  readonly policy: PolicyInput
  readonly customers: number
  /** The world is that of the emulator's own seed, with its history and plans; nothing else happens in it. */
  readonly isSeedWorld?: true
  readonly steps: readonly Step[]
}

const PRICES = ['22.00', '10.5', '0', '36.00', '5.99', '4.1250'] as const
const DAY = 24 * 60

function buying(random: Random): Happening {
  const cadence = random.pick<Cadence>(['rolling', 'rolling', 'turnover', 'turnover', 'yearly', 'coTerm'])
  return {
    does: 'buy',
    customer: random.integer(3),
    product: random.integer(3),
    seats: 2 + random.integer(24),
    price: random.pick(PRICES),
    cadence,
    vendorIds: random.pick(['kept', 'renewed', 'none'] as const),
    ...(random.chance(12) ? { pending: true as const } : {}),
    ...(random.chance(20) ? { fee: random.pick(['150.00', '49.5']) } : {}),
    ...(random.chance(8) ? { lastTerm: random.pick(['lapses', 'stays'] as const) } : {}),
  }
}

function changingSeats(random: Random): Happening {
  return {
    does: 'seats',
    line: random.integer(1000),
    delta: random.pick([1, 2, 3, 5, 8, -1, -2, -4]),
    by: random.pick<By>([
      'order',
      'order',
      'order',
      'hidden',
      'processing',
      'afterwards',
      'nothing',
      'orderWithoutProducts',
    ]),
    days: 1 + random.integer(9),
  }
}

function happening(random: Random): Happening {
  const kind = random.integer(100)
  const line = random.integer(1000)
  if (kind < 48) return changingSeats(random)
  if (kind < 58) return buying(random)
  if (kind < 66) return { does: 'price', line, price: random.pick(PRICES.filter((price) => price !== '0')) }
  if (kind < 72) return { does: 'hold', line }
  if (kind < 78) return { does: 'resume', line }
  if (kind < 83) return { does: 'activate', line }
  if (kind < 86) return { does: 'schedule', line, target: 1 + random.integer(20) }
  if (kind < 88) return { does: 'openOrder', line, delta: 1 + random.integer(4) }
  if (kind < 90) return { does: 'withdraw' }
  if (kind < 92) return { does: 'empty', line, withOrder: random.chance(60) }
  const again = random.chance(40) ? { again: random.integer(6) } : {}
  return { does: 'end', line, withOrder: random.chance(60), zero: random.chance(30), ...again }
}

function disturbance(random: Random): { disturbed?: Disturbance } {
  const kind = random.integer(100)
  if (kind < 8) return { disturbed: { kind: random.pick(['refused', 'cut', 'pageMissing'] as const) } }
  if (kind < 16) return { disturbed: { kind: 'vanished', line: random.integer(1000) } }
  if (kind < 30) {
    const before = random.pick(['details', 'orders'] as const)
    return { disturbed: { kind: 'during', before, what: happening(random) } }
  }
  return {}
}

function step(random: Random): Step {
  const kind = random.integer(100)
  const after = 1 + random.integer(random.chance(30) ? 7 * DAY : 2 * DAY)
  if (kind < 58) return { after, ...happening(random) }
  if (kind < 90) return { after, does: 'poll', ...disturbance(random) }
  return { after, does: 'bill', month: random.chance(15) ? 1 : 0 }
}

/** Mostly the defaults: what a poll tells is the same under every policy, but for holds and ends. */
function policyOf(random: Random): PolicyInput {
  return {
    ...(random.chance(40) ? { suspended: 'pause' as const } : {}),
    ...(random.chance(25) ? { lastPeriod: 'prorate' as const } : {}),
    ...(random.chance(20) ? { decreases: 'credit' as const } : {}),
    ...(random.chance(20) ? { timing: 'arrears' as const } : {}),
    ...(random.chance(20) ? { cycle: 'anniversary' as const } : {}),
    ...(random.chance(20) ? { priceChange: 'immediate' as const } : {}),
  }
}

/** Some days, or some months, of the emulator's own world of a seed, made for 20 March 2026. */
export function seedWorldStory(seed: number, length: 'days' | 'months' = 'months'): Story {
  const days: readonly Step[] = [
    { after: 0, does: 'poll' },
    { after: 5 * DAY + 61, does: 'bill', month: 0 },
    { after: 4 * DAY, does: 'poll' },
  ]
  const months: readonly Step[] = [
    { after: 8 * DAY, does: 'poll' },
    { after: 60, does: 'bill', month: 0 },
    { after: 14 * DAY, does: 'poll' },
    { after: 30 * DAY, does: 'poll' },
  ]
  return {
    seed,
    startsAt: '2026-03-03T15:00:00.000Z',
    opensOn: '2026-03-01',
    timeZone: 'America/New_York',
    policy: {},
    customers: 0,
    isSeedWorld: true,
    steps: length === 'days' ? days : [...days, ...months],
  }
}

/** When a story begins whose first poll, the last of these steps, is in the month in which billing opens. */
function firstPollInMarch(
  random: Random,
  steps: readonly Step[],
): { readonly startsAt: string; readonly opensOn: string } {
  const minutes = steps.reduce((sum, { after }) => sum + after, 0)
  const firstPoll = Date.parse('2026-03-01T12:00:00Z') + random.integer(25 * DAY) * 60_000
  return {
    startsAt: new Date(firstPoll - minutes * 60_000).toISOString(),
    opensOn: `${new Date(firstPoll).toISOString().slice(0, 7)}-01`,
  }
}

/** The story of a seed: the same on every machine. */
export function storyOf(seed: number): Story {
  const random = randomFrom(seed)
  const before: Step[] = Array.from({ length: 3 + random.integer(4) }, () => ({
    after: 1 + random.integer(20 * DAY),
    ...buying(random),
  }))
  const early: Step[] = Array.from({ length: random.integer(8) }, () => ({
    after: 1 + random.integer(4 * DAY),
    ...happening(random),
  })).filter(({ does }) => does !== 'end' && does !== 'empty')
  const first: Step = { after: 1 + random.integer(3 * DAY), does: 'poll' }
  const steps = Array.from({ length: 20 + random.integer(16) }, () => step(random))
  return {
    seed,
    ...firstPollInMarch(random, [...before, ...early, first]),
    timeZone: random.pick(['America/New_York', 'Europe/Berlin', 'UTC', 'Australia/Sydney']),
    policy: policyOf(random),
    customers: 1 + random.integer(3),
    steps: [...before, ...early, first, ...steps],
  }
}

/** The product bought anew; the end of the old record is seen at once, days later, or never. */
function replacing(random: Random): Happening {
  const days = random.integer(7)
  return {
    does: 'replace',
    line: random.integer(1000),
    more: random.pick([0, 0, 5, -1]),
    ...(random.chance(70) ? { ends: { in: days, on: Math.min(days, random.integer(8) - 3) } } : {}),
  }
}

/** The story of a seed about records that are replaced by others: turnovers seen half, overlaps, doubts (B18). */
export function replacementStoryOf(seed: number): Story {
  const random = randomFrom(1_000_000 + seed)
  const before: Step[] = Array.from({ length: 1 + random.integer(3) }, () => ({
    after: 1 + random.integer(20 * DAY),
    ...buying(random),
  }))
  const first: Step = { after: 60, does: 'poll' }
  const steps = Array.from({ length: 14 + random.integer(10) }, (): Step => {
    const kind = random.integer(100)
    const after = 1 + random.integer(random.chance(10) ? 20 * DAY : 2 * DAY)
    if (kind < 22) return { after, ...replacing(random) }
    if (kind < 30) return { after, does: 'seats', line: random.integer(1000), delta: 3, by: 'order', days: 1 }
    if (kind < 36) return { after, does: 'poll', disturbed: { kind: 'vanished', line: random.integer(1000) } }
    if (kind < 90) return { after, does: 'poll' }
    return { after, does: 'bill', month: random.chance(15) ? 1 : 0 }
  })
  return {
    seed,
    ...firstPollInMarch(random, [...before, first]),
    timeZone: random.pick(['America/New_York', 'Europe/Berlin', 'UTC']),
    policy: policyOf(random),
    customers: 1,
    steps: [...before, first, ...steps],
  }
}
