import { leaveOut } from './leave-out.js'
import { replacementStoryOf, type Story, storyOf } from './story.js'

/**
 * What the stories of the suite are told without, because the rules leave room there and the two read them differently
 * in some stories. A name is taken out of this list when they agree.
 */
export const NOT_YET = [
  'during', // B19: a record first seen while it is read already holds an order of those minutes
  'empty', // D7: a turnover of a record without seats, to which some come back
] as const

/**
 * Stories in which the two are known to differ: a count shown only at an end counts for the days until a new record
 * continues it (B18); a change ordered for the renewal is billed on its day, seen or not (B21).
 */
const DIFFERENT: ReadonlySet<number> = new Set([36, 149, 162, 204])

const DAY = 24 * 60

function told(policy: Story['policy'], steps: Story['steps'], startsOn = '2026-03-01'): Story {
  const place = { opensOn: '2026-03-01', timeZone: 'UTC', customers: 1 }
  return { seed: 0, startsAt: `${startsOn}T12:00:00.000Z`, ...place, policy, steps }
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

const MONTHLY = { ...BUY, vendorIds: 'none' } as const

/** Old records that are off the list when their terms are over, and what continues them (B18, B21). */
export const UNLISTED_AFTER_TERM = [
  // It was not to renew, so it has ended as planned.
  told({}, [
    { after: 60, ...MONTHLY, lastTerm: 'stays' },
    { after: DAY, does: 'poll' },
    { after: 10 * DAY, does: 'poll' },
    { after: 20 * DAY, does: 'replace', line: 0, more: 5 },
    { after: DAY, does: 'poll', disturbed: { kind: 'vanished', line: 0 } },
  ]),
  // It was to renew, so it may be missing by chance until the days of a turnover are over.
  told({}, [
    { after: 60, ...MONTHLY },
    { after: DAY, does: 'poll' },
    { after: 31 * DAY, does: 'poll', disturbed: { kind: 'vanished', line: 0 } },
    { after: DAY, does: 'seats', line: 0, delta: 5, by: 'order', days: 1 },
    { after: 3 * DAY, does: 'poll', disturbed: { kind: 'vanished', line: 0 } },
  ]),
] as const

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

/** A rise on the opening date, in a period that began before it (B20, B21). */
export const CHANGED_ON_THE_OPENING_DATE = told(
  { cycle: 'anniversary' },
  [
    { after: 60, ...BUY, cadence: 'rolling' },
    // 13:00 on 1 March.
    { after: 14 * DAY, does: 'seats', line: 0, delta: 5, by: 'order', days: 1 },
    { after: 8 * DAY, does: 'poll' },
    { after: DAY, does: 'bill', month: 0 },
    { after: DAY, does: 'poll' },
  ],
  '2026-02-15',
)

/** The first `count` stories from a seed on; those known to be answered otherwise have no turn. */
export function stories(from: number, count: number): readonly Story[] {
  const seeds: number[] = []
  for (let seed = from; seeds.length < count; seed += 1) if (!DIFFERENT.has(seed)) seeds.push(seed)
  return seeds.map((seed) => leaveOut(storyOf(seed), NOT_YET))
}

/** The first `count` stories from a seed on about records that are replaced by others. */
export function replacementStories(from: number, count: number): readonly Story[] {
  return Array.from({ length: count }, (_, index) => replacementStoryOf(from + index))
}
