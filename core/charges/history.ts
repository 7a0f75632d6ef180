import { assert, unreachable } from '../assert.js'
import { type LocalDate, addDays } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import type { Decimal } from '../money/decimal.js'
import { OWN_PRICE_RULE } from '../pricing/price.js'
import type { PriceGap, Timeline, TimelineEvent } from '../timeline/types.js'

/** Later and earlier than any billing date, yet small whole numbers. */
export const FOREVER = 1_000_000_000 as LocalDate
export const BEGINNING = -1_000_000_000 as LocalDate

/** How a subscription stands at the end of a day on which something changed, until the next step. */
export interface Step {
  readonly on: LocalDate
  readonly quantity: Decimal
  readonly unitPrice: Decimal
  readonly priceRule: string
  readonly paused: boolean
  /** The day is the day we first saw it (B19). */
  readonly estimated: boolean
}

/** A timeline read once: one step per day of change, and nothing after its end. */
export interface History {
  /** First day with a known count, never before the subscription's start. */
  readonly serviceFrom: LocalDate
  /** First day without service; {@link FOREVER} while it runs. Not after `serviceFrom`: never in service. */
  readonly serviceTo: LocalDate
  /** In order of date, the first on `serviceFrom`; empty when the count is never known. */
  readonly steps: readonly Step[]
  /** Suspended stretches, in order; the last may be open. */
  readonly pauses: readonly Period[]
  /** First day that is not free; {@link BEGINNING} without a trial. */
  readonly trialEnd: LocalDate
  readonly priceGaps: readonly PriceGap[]
  readonly oneTimes: readonly TimelineEvent[]
}

interface Reading {
  quantity: Decimal | undefined
  unitPrice: Decimal | undefined
  priceRule: string
  paused: boolean
  estimated: boolean
  serviceTo: LocalDate
}

const NONE: readonly never[] = []

/**
 * Reads a timeline to one step per day (B6): the events of a day net in their order, and only how the day ends counts.
 * A count of 0 at the end of a day, or a cancellation, ends it (B12); what comes later is ignored (D7), but one-time
 * charges stand. Events before the start only say how it starts.
 */
export function readHistory(timeline: Timeline): History {
  const { start } = timeline
  const events = inOrderOfDate(timeline.events)
  const steps: Step[] = []
  let oneTimes: TimelineEvent[] | undefined
  const reading: Reading = {
    quantity: undefined,
    unitPrice: undefined,
    priceRule: OWN_PRICE_RULE,
    paused: false,
    estimated: false,
    serviceTo: timeline.end ?? FOREVER,
  }
  for (let index = 0; index < events.length; ) {
    let event = events[index]
    const day = event === undefined || event.on < start ? start : event.on
    reading.estimated = false
    for (; event !== undefined && event.on <= day; event = events[++index]) {
      if (event.type === 'oneTime') (oneTimes ??= []).push(event)
      else apply(reading, event)
    }
    if (day < reading.serviceTo) addStep(steps, reading, day)
  }
  return {
    serviceFrom: steps[0]?.on ?? start,
    serviceTo: steps.length === 0 ? start : reading.serviceTo,
    steps,
    pauses: pausesOf(steps),
    trialEnd: timeline.trialEnd ?? BEGINNING,
    priceGaps: timeline.priceGaps ?? NONE,
    oneTimes: oneTimes ?? NONE,
  }
}

function inOrderOfDate(events: readonly TimelineEvent[]): readonly TimelineEvent[] {
  let last = BEGINNING
  for (const { on } of events) {
    if (on < last) return [...events].sort((left, right) => left.on - right.on)
    last = on
  }
  return events
}

function apply(reading: Reading, event: TimelineEvent): void {
  if (event.on >= reading.serviceTo) return
  if (event.estimated === true) reading.estimated = true
  switch (event.type) {
    case 'change':
      if (event.quantity !== undefined) reading.quantity = event.quantity
      if (event.unitPrice === undefined) return
      reading.unitPrice = event.unitPrice
      reading.priceRule = event.priceRule ?? OWN_PRICE_RULE
      return
    case 'suspend':
    case 'resume':
      reading.paused = event.type === 'suspend'
      return
    case 'cancel':
      reading.serviceTo = event.on
      return
    case 'oneTime':
      return
    default:
      unreachable(event.type, 'apply')
  }
}

/** Adds how the day ended, unless it ended as the day before; a count of 0 ends the service instead (B12, D7). */
function addStep(steps: Step[], reading: Reading, on: LocalDate): void {
  const { quantity, unitPrice, priceRule, paused, estimated } = reading
  if (quantity === undefined) return
  assert(quantity >= 0n, 'readHistory: a count is never negative')
  if (quantity === 0n) {
    reading.serviceTo = on
    return
  }
  assert(unitPrice !== undefined, 'readHistory: the first count needs a price')
  const last = steps[steps.length - 1]
  const same =
    last !== undefined &&
    last.quantity === quantity &&
    last.unitPrice === unitPrice &&
    last.priceRule === priceRule &&
    last.paused === paused
  if (!same) steps.push({ on, quantity, unitPrice, priceRule, paused, estimated })
}

/** Suspended stretches (B13); one without a resumption lasts (D1). */
function pausesOf(steps: readonly Step[]): readonly Period[] {
  let pauses: Period[] | undefined
  let from: LocalDate | undefined
  for (const step of steps) {
    if (step.paused) {
      from ??= step.on
    } else if (from !== undefined) {
      ;(pauses ??= []).push({ from, to: step.on })
      from = undefined
    }
  }
  if (from !== undefined) (pauses ??= []).push({ from, to: FOREVER })
  return pauses ?? NONE
}

/** Index of the step that holds on `day`; -1 before the first. */
export function stepIndexOn(steps: readonly Step[], day: LocalDate): number {
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >> 1
    const step = steps[middle]
    if (step !== undefined && step.on <= day) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The step that holds on `day`, which must lie in the service. */
export function stepOn(steps: readonly Step[], day: LocalDate): Step {
  const step = steps[stepIndexOn(steps, day)]
  assert(step !== undefined, 'stepOn: before the service')
  return step
}

/**
 * B20, B21: the same history with the count before a day for all days before it. A period that began earlier begins with
 * that count, and a change on the day itself is billed as one.
 */
export function countedFrom(history: History, day: LocalDate): History {
  const last = stepIndexOn(history.steps, addDays(day, -1))
  const { quantity } = history.steps[last] ?? {}
  const isOther = (step: Step, index: number) => index < last && step.quantity !== quantity
  if (quantity === undefined || !history.steps.some(isOther)) return history
  return {
    ...history,
    steps: history.steps.map((step, index) => (index < last ? { ...step, quantity } : step)),
  }
}

/**
 * The same history with only what is known when changes after `day` have not happened yet (B21): the last count is
 * assumed to continue, so is a pause, and so is a trial.
 */
export function historyUntil(history: History, day: LocalDate): History {
  const steps = history.steps.filter(({ on }) => on <= day)
  return {
    serviceFrom: history.serviceFrom,
    serviceTo:
      steps.length === 0 ? history.serviceFrom : history.serviceTo > day ? FOREVER : history.serviceTo,
    steps,
    pauses: pausesOf(steps),
    trialEnd: history.trialEnd > day ? FOREVER : history.trialEnd,
    priceGaps: history.priceGaps.filter(({ from }) => from <= day),
    oneTimes: history.oneTimes.filter(({ on }) => on <= day),
  }
}
