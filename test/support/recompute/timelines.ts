import { addMonths, type Day, dayOf, formatDay, parseDay } from './days.js'
import type { CalculatorInput, EventInput, PolicyInput, SubscriptionInput } from './input.js'
import { type Random, randomFrom } from './random.js'
import { randomEvents } from './timeline-events.js'

/**
 * A story of bill runs over one subscription: each input is what was known at one run, the last one what is known
 * now. Every run is given the lines of the runs before it as `billed`, by whoever plays the story.
 */
export interface RandomTimeline {
  readonly number: number
  readonly runs: readonly CalculatorInput[]
}

type BillingPeriod = SubscriptionInput['billingPeriod']

/** Months most of all; the awkward lengths each often enough to meet every policy. */
const BILLING_PERIODS: readonly BillingPeriod[] = [
  ...Array.from({ length: 10 }, () => ({ type: 'month', duration: 1 }) as const),
  { type: 'month', duration: 3 },
  { type: 'month', duration: 6 },
  { type: 'year', duration: 1 },
  { type: 'year', duration: 1 },
  { type: 'year', duration: 3 },
  { type: 'day', duration: 7 },
  { type: 'day', duration: 30 },
]

const STARTS: readonly string[] = (
  '2026-01-31 2026-02-28 2024-02-29 2024-02-28 2026-03-01 2026-03-31 2023-12-31 ' +
  '2024-01-29 2025-01-30 2027-01-31 2024-12-01 2025-08-31'
).split(' ')

const CURRENCIES = ['USD', 'EUR', 'GBP', 'JPY', 'KWD', 'CLP', 'BHD', 'CHF']

/** Leaves a field out in half the cases, so that the defaults are met too. */
function randomPolicy(random: Random, byDays: boolean): PolicyInput {
  const some = <Value>(values: readonly Value[]) => (random.chance(50) ? random.pick(values) : undefined)
  const dayCounts = ['actual', 'actualOver30', 'thirty', 'calendarMonths', 'baseMonth'] as const
  const fields: { [Name in keyof PolicyInput]: PolicyInput[Name] | undefined } = {
    cycle: some(['calendar', 'anniversary']),
    anchorDay: random.chance(25) ? random.pick([1, 2, 15, 28, 29, 30, 31]) : undefined,
    firstPeriod: some(['prorate', 'full']),
    lastPeriod: some(['full', 'prorate']),
    increases: some(['prorate', 'full', 'nextPeriod']),
    decreases: some(['nextPeriod', 'credit']),
    suspended: some(['bill', 'pause']),
    priceChange: some(['nextPeriod', 'immediate']),
    timing: some(['advance', 'arrears']),
    dayCount: byDays ? undefined : some(dayCounts),
    baseMonth: random.chance(20) ? random.pick(['2026-01', '2026-02', '2024-02', '2026-04']) : undefined,
    durationDecimals: some([2, 3, 4, 8, 12, 'exact'] as const),
    roundAt: some(['line', 'unit']),
    roundMode: some(['halfAway', 'down']),
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function randomStart(random: Random): Day {
  if (random.chance(40)) return parseDay(random.pick(STARTS))
  return dayOf(2023, 6, 1) + random.integer(4 * 365)
}

/** About so many days has a billing period; only to place things, never to calculate. */
function roughLength({ type, duration }: BillingPeriod): number {
  return duration * (type === 'day' ? 1 : type === 'month' ? 31 : 366)
}

/** The first day without service: none, the start itself, near a period's edge, or anywhere. */
function randomEnd(random: Random, start: Day, rough: number): Day | null {
  if (random.chance(45)) return null
  if (random.chance(6)) return start
  if (random.chance(20)) return start + Math.max(1, rough + random.integer(5) - 2)
  return start + 1 + random.integer(3 * Math.min(rough, 200))
}

/** A first term of nominal length, a short one, or one that began before the service; never a longer one. */
function randomTerm(random: Random, start: Day, billingPeriod: BillingPeriod, shift: number) {
  const days = billingPeriod.type === 'day' ? billingPeriod.duration : billingPeriod.duration * 28
  const nominal = billingPeriod.type === 'year' ? billingPeriod.duration * 365 : days
  const early = random.chance(25) ? random.integer(Math.max(1, Math.min(nominal - 2, 60))) : 0
  const from = start - early
  const months = billingPeriod.duration * (billingPeriod.type === 'year' ? 12 : 1)
  const full = billingPeriod.type === 'day' ? from + billingPeriod.duration : addMonths(from, months)
  const short = random.chance(20) ? full : from + 2 + random.integer(Math.max(1, nominal - 2))
  return {
    ...(early > 0 || random.chance(30) ? { from: formatDay(from) } : {}),
    to: formatDay(Math.max(short, start + 1) - shift),
  }
}

function randomSubscription(random: Random, inclusive: boolean): SubscriptionInput {
  const billingPeriod = random.pick(BILLING_PERIODS)
  const start = randomStart(random)
  const rough = roughLength(billingPeriod)
  const shift = inclusive ? 1 : 0
  const end = randomEnd(random, start, rough)
  const horizon = end ?? start + Math.min(3 * rough, 500) + 20
  const trialEnd = start + 1 + random.integer(45)
  return {
    billingPeriod,
    start: formatDay(start),
    end: end === null ? null : formatDay(Math.max(start, end - shift)),
    ...(random.chance(35) ? { term: randomTerm(random, start, billingPeriod, shift) } : {}),
    ...(random.chance(15) ? { trialEnd: formatDay(trialEnd) } : {}),
    // Now and then events follow the end: they change nothing.
    events: randomEvents(random, start, Math.max(start + 1, horizon + (random.chance(20) ? 40 : 0))),
  }
}

function randomWindow(random: Random, start: Day, rough: number) {
  const before = random.chance(60) ? 40 : random.integer(400)
  const from = random.chance(30) ? start + random.integer(2 * Math.min(rough, 200)) : start - before
  const span = rough > 31 ? 60 + random.integer(2 * rough) : 20 + random.integer(420)
  return { from: formatDay(from), to: formatDay(from + span) }
}

const TIME_ZONES = ['America/New_York', 'Australia/Sydney', 'Europe/Berlin', 'UTC', 'Pacific/Apia']

/** What was known earlier: the last events not yet seen, the end not yet known, perhaps another date or count. */
function earlierRun(random: Random, input: CalculatorInput): CalculatorInput {
  const { subscription } = input
  const known = Math.max(1, subscription.events.length - random.integer(4))
  const changed = (event: EventInput, index: number): EventInput => {
    if (index === 0 || event.on === undefined || !random.chance(20)) return event
    const moved = parseDay(event.on) + random.integer(5) - 2
    return { ...event, on: formatDay(Math.max(moved, parseDay(subscription.start))) }
  }
  const from = random.chance(20) ? formatDay(parseDay(input.from) - random.integer(90)) : input.from
  // Settled under another policy: its lines are in periods, or at dates, that are not due any more.
  const policy = random.chance(10)
    ? randomPolicy(random, subscription.billingPeriod.type === 'day')
    : input.policy
  return {
    ...input,
    ...(policy === undefined ? {} : { policy }),
    from,
    subscription: {
      ...subscription,
      end: random.chance(50) ? null : (subscription.end ?? null),
      events: subscription.events.slice(0, known).map(changed),
    },
  }
}

export function randomTimeline(seed: number, number: number): RandomTimeline {
  const random = randomFrom(seed * 1_000_003 + number * 7_919)
  const inclusive = random.chance(12)
  const subscription = randomSubscription(random, inclusive)
  const start = parseDay(subscription.start)
  const rough = roughLength(subscription.billingPeriod)
  const window = randomWindow(random, start, rough)
  const hasInstant = subscription.events.some((event) => event.instant !== undefined)
  const input: CalculatorInput = {
    currency: random.pick(CURRENCIES),
    policy: randomPolicy(random, subscription.billingPeriod.type === 'day'),
    ...(hasInstant || random.chance(10) ? { timeZone: random.pick(TIME_ZONES) } : {}),
    subscription,
    ...window,
    ...(random.chance(30) ? { asOf: formatDay(parseDay(window.from) + random.integer(300)) } : {}),
    ...(inclusive ? { ends: 'inclusive' } : {}),
  }
  const earlier = random.chance(35) ? 1 + random.integer(2) : 0
  const runs = Array.from({ length: earlier }, () => earlierRun(random, input))
  return { number, runs: [...runs, input] }
}

/** `count` timelines; the same seed gives the same ones, each independent of how many are asked for. */
export function randomTimelines(seed: number, count: number, first = 0): readonly RandomTimeline[] {
  return Array.from({ length: count }, (_, index) => randomTimeline(seed, first + index))
}
