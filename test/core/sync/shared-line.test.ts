import { describe, expect, it } from 'vitest'
import { addDays, formatLocalDate } from '../../../core/calendar/date.js'
import { planSlot } from '../../../core/sync/plan.js'
import { allocate, slotTarget } from '../../../core/sync/target.js'
import type { Container, DuePeriod, ProrationMode, Slot, SlotDue } from '../../../core/sync/types.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import { runsOf, unitsOn } from '../../../core/sync/units.js'
import { type Random, createRandom } from '../../emulators/shared/random.js'
import { type EventWords, charge, day, decimal } from '../charges/build.js'
import { NOTHING_KNOWN, SLOT, container, psaLine } from './build.js'

/*
 * Several subscriptions on one line (S14): whose seats are there, and whose money is missing. 22.00 a seat and month; from
 * 12 March on 20 of 31 days: 3 × 22.00 × 20/31 = 42.580… → 42.58, 1 × 22.00 × 20/31 = 14.193… → 14.19, and of 2 28.387… →
 * 28.39, which is not twice that of 1.
 */

const NAMES = ['L-a', 'L-b', 'L-c']
const PART_MODES = ['datedLines', 'wholeLines'] as const

/** What a subscription has, from 1 January on. */
type Events = readonly EventWords[]
type Decreases = 'nextPeriod' | 'credit'

function dueOf(subscriptions: readonly Events[], decreases: Decreases = 'nextPeriod'): SlotDue {
  const lineageIds = NAMES.slice(0, subscriptions.length)
  const slot: Slot = { ...SLOT, id: 'L-a', lineageIds }
  const periods = subscriptions.flatMap((events, index): DuePeriod[] => {
    const words = { start: '2026-01-01', events, policy: { decreases } }
    return ['03', '04', '05'].map((month, place) => {
      const window = [`2026-${month}-01`, `2026-0${place + 4}-01`] as const
      const { lines } = charge({ ...words, window })
      const [first] = lines
      if (first === undefined) throw new Error('nothing is due')
      return { lineageId: NAMES[index] ?? '', period: first.period, lines }
    })
  })
  return { slot, currency: 'USD', words: 'Business Premium', periods, until: day('2026-06-01') }
}

/** An agreement that bills what was due as it was known before, by dates. */
function holding(due: SlotDue, mode: ProrationMode, lockedTo: string): Container {
  const steps = slotTarget(due, mode)
  const runs = runsOf(steps, day('2026-03-01'), day('2026-06-01'))
  const lines = runs.map(({ from, to, units }, index) => ({
    ...psaLine({ id: index === 0 ? '90001' : String(90_100 + index) }),
    marker: index === 0 ? undefined : `CBS:${due.slot.id}:r${String(index).padStart(12, '0')}`,
    quantity: units,
    from,
    to,
  }))
  return container({ mode, lockedTo: day(lockedTo), lines })
}

/** Cents that one-time lines bring to each subscription; those that bring none are left out. */
function money(due: SlotDue, read: Container): Readonly<Record<string, bigint>> {
  const all: Record<string, bigint> = {}
  for (const step of planSlot(due, read, NOTHING_KNOWN).steps) {
    for (const { lineageId, amount } of step.settles) all[lineageId] = (all[lineageId] ?? 0n) + amount
  }
  return all
}

function seats(count: number, ...changes: readonly (readonly [on: string, count: number])[]): Events {
  return [['2026-01-01', count, '22.00'], ...changes]
}

describe.each(PART_MODES)('what an invoiced month misses (%s)', (mode) => {
  for (const [what, before, now, expected] of [
    [
      'the first one’s rise',
      [seats(10), seats(6)],
      [seats(10, ['2026-03-12', 13]), seats(6)],
      { 'L-a': 4258n },
    ],
    [
      'the last one’s rise',
      [seats(10), seats(6)],
      [seats(10), seats(6, ['2026-03-12', 9])],
      { 'L-b': 4258n },
    ],
    [
      'a seat of each, rounded for each',
      [seats(10), seats(6), seats(3)],
      [seats(10, ['2026-03-12', 11]), seats(6), seats(3, ['2026-03-12', 4])],
      { 'L-a': 1419n, 'L-c': 1419n },
    ],
  ] as const) {
    it(`is ${what}`, () => {
      expect(money(dueOf(now), holding(dueOf(before), mode, '2026-04-01'))).toEqual(expected)
    })
  }

  it('is a credit of who fell: 3 × 22.00 of an invoiced April', () => {
    const now = dueOf([seats(10, ['2026-03-20', 7]), seats(6)])
    const read = holding(dueOf([seats(10), seats(6)]), mode, '2026-05-01')
    expect(money(now, read)).toEqual({ 'L-a': -6600n })
  })

  it('is nothing where one has to spare what another wants: the line is right', () => {
    const now = dueOf([seats(10, ['2026-03-20', 7]), seats(6, ['2026-04-01', 9])])
    expect(money(now, holding(dueOf([seats(10), seats(6)]), mode, '2026-05-01'))).toEqual({})
  })
})

it('more seats on a day are for who wants more on that day, whoever misses some since before', () => {
  const known = dueOf([seats(10), seats(6, ['2026-03-12', 8])])
  const late = dueOf([seats(10, ['2026-03-05', 12]), seats(6, ['2026-03-12', 8])])
  // 2 × 22.00 × 27/31 = 38.322…
  expect(money(late, holding(known, 'datedLines', '2026-04-01'))).toEqual({ 'L-a': 3832n })
})

describe('whose seats are there', () => {
  const due = dueOf([seats(10), seats(6)])

  it.each([
    ['17', '10 7'],
    ['16', '10 6'],
    ['13', '10 3'],
    ['-1', '0 -1'],
  ])('where nobody knows who had them: in order, and the last one has the rest: %s', (there, expected) => {
    const held = [{ on: day('2026-01-01'), units: decimal(there) }]
    const shares = [...allocate(due, held, 'datedLines').values()]
    expect(shares.map((steps) => formatDecimal(unitsOn(steps, day('2026-03-15')))).join(' ')).toBe(expected)
  })
})

/** By how much a subscription changes on a day of March or April, counted from 1 March. */
interface Change {
  readonly subscription: number
  readonly place: number
  readonly by: number
  /** The line followed it. */
  readonly isKnown: boolean
}

/** Up to five changes of one direction, no two on one day: whose a count of that day is, could not be told. */
function changes(random: Random, subscriptions: number, mayBeKnown: boolean): readonly Change[] {
  const places = random.shuffle(Array.from({ length: 59 }, (_, index) => index + 1))
  const sign = random.chance(0.6) ? 1 : -1
  return places.slice(0, random.integer(1, 5)).map((place) => ({
    subscription: random.integer(0, subscriptions - 1),
    place,
    by: sign * random.integer(1, 4),
    isKnown: mayBeKnown && random.chance(0.5),
  }))
}

function eventsOf(count: number, own: readonly Change[]): Events {
  let now = count
  const later = own
    .toSorted((left, right) => left.place - right.place)
    .map(({ place, by }): EventWords => {
      now += by
      return [formatLocalDate(addDays(day('2026-03-01'), place)), now]
    })
  return [['2026-01-01', count, '22.00'], ...later]
}

it('what is missing is missing of whom it is due, to the cent: 400 lines of two or three', () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = createRandom(seed)
    const mode = random.pick(PART_MODES)
    const decreases = mode === 'datedLines' && random.chance(0.5) ? 'credit' : 'nextPeriod'
    const lockedTo = random.pick(['2026-04-01', '2026-05-01'])
    const counts = NAMES.slice(0, random.integer(2, 3)).map(() => random.integer(21, 30))
    // Decreases that wait for the next period come on one day.
    const all = changes(random, counts.length, decreases === 'credit')
    const dueBy = (isMeant: (change: Change) => boolean) => {
      const own = (index: number) => all.filter((one) => one.subscription === index && isMeant(one))
      return dueOf(
        counts.map((count, index) => eventsOf(count, own(index))),
        decreases,
      )
    }
    const before = dueBy(({ isKnown }) => isKnown)
    const { covered } = planSlot(
      dueBy(() => true),
      holding(before, mode, lockedTo),
      NOTHING_KNOWN,
    )
    const sumOf = (lines: readonly { readonly amount: bigint }[]) =>
      lines.reduce((total, { amount }) => total + amount, 0n)
    for (const { due, counted, isLocked } of covered) {
      if (!isLocked) continue
      const billed = before.periods.find(({ lineageId, period }) => {
        return lineageId === due.lineageId && period.from === due.period.from
      })
      expect(sumOf(counted), `seed ${seed}: ${due.lineageId}`).toBe(sumOf(billed?.lines ?? []))
    }
  }
})
