import { type Day, firstOfMonth, monthNumber } from './days.js'
import type { OpenedRecord } from './opening.js'
import type { Sighting } from './polls.js'
import type { Rules } from './rules.js'
import type { Step } from './steps.js'

/** When billing opened, and the local day of the first poll. */
export interface Opened {
  readonly opensOn: Day
  readonly firstPollOn: Day
}

export interface Count {
  readonly on: Day
  readonly seats: number
}

/** A rise or fall of the count on a day. */
interface Movement {
  readonly on: Day
  readonly by: number
}

/** What orders tell of the time before a first count, and the last day on which they do not. */
interface Walked {
  readonly movements: readonly Movement[]
  /** Minus infinity: they tell all of it. */
  readonly unknownOn: Day
}

/**
 * B20: walks back from a first observed count through the orders of its record: to the latest one without products, or
 * with only a total, or before which the count would fall below one seat. Before it the count is constant; when that is
 * after `opened`, or the record began after it and a first order and changes do not make up the count, all of it is.
 */
function walkBack({ sighting, record }: Shown, steps: readonly Step[], opened: Day): Walked {
  const { seats } = sighting.record
  const constant = { movements: [], unknownOn: sighting.on }
  const movements: Movement[] = []
  let before = seats
  for (const { on, type, difference } of steps.toReversed()) {
    if (type === 'sales') continue
    if (difference === undefined || before - difference < 1)
      return on >= opened || record.start >= opened ? constant : { movements, unknownOn: on }
    movements.unshift({ on, by: difference })
    before -= difference
  }
  const sold = steps.find((step) => step.type === 'sales')?.total
  if (sold === undefined || before === sold) return { movements, unknownOn: Number.NEGATIVE_INFINITY }
  return record.start >= opened ? constant : { movements, unknownOn: record.start }
}

/**
 * B19: the movements of the steps, when they lead exactly from one observed count to the next; else undefined. What an
 * order without products changed is not known, so with one of them nothing adds up.
 */
function explained(from: number, to: number, steps: readonly Step[]): readonly Movement[] | undefined {
  let seats = from
  const movements: Movement[] = []
  for (const { on, difference, total } of steps) {
    const by = total === undefined ? difference : total - seats
    if (by === undefined || seats + by < 0) return undefined
    seats += by
    movements.push({ on, by })
  }
  return movements.length > 0 && seats === to ? movements : undefined
}

/** A count of a lineage as a poll showed it on one of its records. */
interface Shown {
  readonly record: OpenedRecord
  readonly sighting: Sighting
  /** The record was not shown before. */
  readonly isFirst: boolean
  /** It had ended: what its count was at its end, unless that reads otherwise since. */
  readonly isEnded: boolean
}

/** B18: what the polls showed of the records, one after the other; the next record ends the word of the one before. */
function shownCounts(records: readonly OpenedRecord[], rules: Rules): readonly Shown[] {
  return records.flatMap((record, index): readonly Shown[] => {
    const next = records[index + 1]?.served[0].poll ?? Number.POSITIVE_INFINITY
    const { served, endedIn } = record
    const running = served
      .filter(({ poll }, position) => position === 0 || poll < next)
      .map((sighting, position) => ({ record, sighting, isFirst: position === 0, isEnded: false }))
    const counted = endedIn !== undefined && (endedIn.record.seats > 0 || rules.broken === 'zeroOfEnded')
    if (!counted || endedIn === served[0]) return running
    return [...running, { record, sighting: endedIn, isFirst: false, isEnded: true }]
  })
}

/**
 * The counts of a lineage, built up difference by difference. Each is made up by the orders between the two sightings,
 * or of the record that began between them; or by those together with earlier ones that left the count as it was (a
 * count can show late). What remains is dated by the poll that saw it first (B19), or by the end of the record; the
 * first count of a record that continues another holds from its start.
 */
class Tally {
  readonly #opensOn: Day
  /** A date chosen before the month of the first poll adds what was due before; what is since then stays. */
  readonly #opened: Day
  readonly #rules: Rules
  readonly #used = new Set<Step>()
  /** Of orders that should have changed a count which stayed as it was. */
  readonly #waiting = new Set<Step>()
  movements: readonly Movement[] = []
  assumed = false

  constructor({ opensOn, firstPollOn }: Opened, rules: Rules) {
    this.#opensOn = opensOn
    this.#opened = Math.max(opensOn, firstOfMonth(monthNumber(firstPollOn)))
    this.#rules = rules
  }

  #shownAt({ startedAt, shownAt }: Sighting): number {
    return this.#rules.broken === 'changeDuringReadMissed' ? startedAt : shownAt
  }

  open(shown: Shown): void {
    const { broken } = this.#rules
    const { sighting, record } = shown
    // Whether a count holds a change of the minutes it took to read it is told by the next one.
    const until = record.served.length > 1 ? this.#shownAt(sighting) : sighting.startedAt
    const known = record.steps.filter(
      (step) => step.at <= until && (broken !== 'openingNeverCorrected' || step.completedIn <= sighting.poll),
    )
    for (const step of known) this.#used.add(step)
    if (broken === 'openingConstant') return
    this.movements = this.#walk(shown, known)
  }

  #walk(shown: Shown, steps: readonly Step[]): readonly Movement[] {
    const { movements, unknownOn } = walkBack(shown, steps, this.#opened)
    if (unknownOn >= this.#opensOn) this.assumed = true
    return movements
  }

  add(before: Shown, after: Shown): void {
    const [from, to] = [before.sighting.record.seats, after.sighting.record.seats]
    const records = new Set([before.record, after.record])
    const until = this.#shownAt(after.sighting)
    const own = [...records]
      .flatMap(({ steps }) => steps)
      .filter((step) => !this.#used.has(step) && step.at <= until)
      .filter((step) => this.#rules.broken !== 'estimatedDateKept' || step.completedIn <= after.sighting.poll)
      .filter(
        (step) =>
          step.at > this.#shownAt(before.sighting) || (after.isFirst && after.record.steps.includes(step)),
      )
    const waiting = [...this.#waiting, ...own].toSorted((left, right) => left.at - right.at)
    const sold = after.isFirst ? this.#sold(before, after.record, own) : undefined
    const found =
      this.#explain(from, to, sold ?? own) ?? (from === to ? undefined : this.#explain(from, to, waiting))
    if (found === undefined && after.isFirst && after.sighting.poll === 0) {
      this.#join(from, after, own)
      return
    }
    if (found === undefined && from === to) for (const step of own) this.#waiting.add(step)
    const end = after.isEnded ? (after.record.end ?? after.sighting.on) : after.sighting.on
    const on = after.isFirst ? after.record.start : Math.min(end, after.sighting.on)
    const estimated = from === to ? [] : [{ on, by: to - from }]
    if (found === undefined && after.isFirst && from !== to) this.assumed = true
    if (after.isFirst) this.#takeOver(before.record, after.record, found ?? estimated)
    else this.movements = [...this.movements, ...(found ?? estimated)]
  }

  /**
   * The steps of a record that was sold: its own, behind those of the old one that nobody saw when they lead to its sale.
   * Undefined: it was not sold.
   */
  #sold(before: Shown, next: OpenedRecord, own: readonly Step[]): readonly Step[] | undefined {
    const sale = own.find((step) => step.type === 'sales' && next.steps.includes(step))
    if (sale?.total === undefined) return undefined
    const ran = before.record.served.findLast(({ poll }) => poll <= before.sighting.poll) ?? before.sighting
    const unseen = new Set([...this.#waiting, ...own])
    const old = before.record.steps.filter(
      (step) => unseen.has(step) && step.at > this.#shownAt(ran) && step.on < next.start,
    )
    const leads = explained(before.sighting.record.seats, sale.total, old) !== undefined
    return [...(leads ? old : []), ...own.filter((step) => next.steps.includes(step))]
  }

  /**
   * B18: on overlap the new start wins, whenever the old record ended and whatever happened to it later. What was ordered
   * of the old one before that keeps its day.
   */
  #takeOver(old: OpenedRecord, next: OpenedRecord, movements: readonly Movement[]): void {
    const takenOver = this.#rules.broken === 'oldEndWins' ? (old.end ?? next.start) : next.start
    this.movements = [
      ...this.movements.map(({ on, by }) => ({ on: Math.min(on, takenOver), by })),
      ...movements.map(({ on, by }) => ({ on: on < next.start ? on : Math.max(on, takenOver), by })),
    ]
  }

  /** B20: a record that was there at the first poll is walked back to its start, whatever the one before it had. */
  #join(from: number, after: Shown, steps: readonly Step[]): void {
    const to = after.sighting.record.seats
    const later = this.#walk(
      after,
      steps.filter((step) => after.record.steps.includes(step)),
    )
    const by = to - from - later.reduce((sum, movement) => sum + movement.by, 0)
    this.movements = [...this.movements, { on: after.record.start, by }, ...later]
    for (const step of steps) this.#used.add(step)
  }

  #explain(from: number, to: number, steps: readonly Step[]): readonly Movement[] | undefined {
    if (this.#rules.broken === 'ordersNeverDate') return undefined
    const found = explained(from, to, steps)
    if (found === undefined) return undefined
    for (const step of steps) {
      this.#used.add(step)
      this.#waiting.delete(step)
    }
    return found
  }
}

export interface Counted {
  /** The count from each day on, in date order; the first is from the lineage's start. */
  readonly counts: readonly Count[]
  /** B20: the orders do not add up or carry no products; a count is taken as constant. */
  readonly assumed: boolean
}

/** The counts of a lineage as the sightings and the orders of its records tell them (B18–B20). */
export function countsOf(records: readonly OpenedRecord[], opened: Opened, rules: Rules): Counted {
  const [first, ...rest] = shownCounts(records, rules)
  if (first === undefined) throw new Error('a lineage was shown at least once')
  const tally = new Tally(opened, rules)
  tally.open(first)
  let last = first
  for (const shown of rest) {
    tally.add(last, shown)
    last = shown
  }
  const movements = tally.movements.toSorted((left, right) => left.on - right.on)
  let seats = last.sighting.record.seats - movements.reduce((sum, { by }) => sum + by, 0)
  const counts = [{ on: first.record.start, seats }]
  for (const { on, by } of movements) {
    seats += by
    counts.push({ on: Math.max(on, first.record.start), seats })
  }
  return { counts, assumed: tally.assumed }
}
