import { readInput } from './input.js'
import type { RandomTimeline } from './timelines.js'

/** What the last run of a timeline contains, each as `field=value`. */
export function featuresOf({ runs }: RandomTimeline): readonly string[] {
  const input = runs.at(-1)
  if (input === undefined) return []
  const { policy, subscription, window, currency, billed } = { ...readInput(input), billed: runs.length > 1 }
  const policies = Object.entries(policy).map(([name, value]) => `${name}=${String(value)}`)
  const { type, duration } = input.subscription.billingPeriod
  const days = subscription.events.map((event) => event.on)
  const types = new Set(subscription.events.slice(1).map((event) => event.type))
  const day = Number(input.subscription.start.slice(8))
  const facts: Readonly<Record<string, boolean>> = {
    ends: subscription.end !== undefined,
    endsOnStart: subscription.end === subscription.start,
    endsInclusive: input.ends === 'inclusive',
    startsOn31: day === 31,
    startsOn29February: input.subscription.start.endsWith('02-29'),
    sameDayEvents: new Set(days).size < days.length,
    instants: input.subscription.events.some((event) => event.instant !== undefined),
    term: input.subscription.term !== undefined,
    shortTerm: subscription.terms.some(({ to }) => to !== undefined),
    trial: subscription.trialEnd !== undefined,
    asOf: input.asOf !== undefined,
    billed,
    billedTwice: runs.length > 2,
    windowAfterStart: window.from > subscription.start,
    cancelled: types.has('cancel'),
    paused: types.has('suspend'),
    oneTime: types.has('oneTime'),
    countZero: input.subscription.events.some((event) => event.quantity === '0'),
    priceChanged: subscription.events
      .slice(1)
      .some((event) => event.unitPrice !== undefined && event.type === 'change'),
  }
  const met = Object.entries(facts).filter(([, present]) => present)
  return [
    ...policies.filter((feature) => !feature.startsWith('baseMonth=') || feature === 'baseMonth=undefined'),
    ...(policy.baseMonth === undefined ? [] : ['baseMonth=given']),
    `billingPeriod=${duration} ${type}`,
    `currency=${currency}`,
    ...met.map(([name]) => `has=${name}`),
  ]
}

/** How often each feature occurs. */
export function countFeatures(timelines: readonly RandomTimeline[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const timeline of timelines) {
    for (const feature of featuresOf(timeline)) counts.set(feature, (counts.get(feature) ?? 0) + 1)
  }
  return new Map([...counts].toSorted(([left], [right]) => (left < right ? -1 : 1)))
}

/** How many pairs of features (of different fields) occur together, and the rarest pair of policy values. */
export function countPairs(timelines: readonly RandomTimeline[]): ReadonlyMap<string, number> {
  const pairs = new Map<string, number>()
  for (const timeline of timelines) {
    const features = featuresOf(timeline).toSorted()
    for (const [index, left] of features.entries()) {
      for (const right of features.slice(index + 1)) {
        const pair = `${left} & ${right}`
        pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
      }
    }
  }
  return pairs
}
