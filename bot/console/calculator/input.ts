import { addDays, formatLocalDate, type LocalDate } from '../../../core/calendar/date.js'
import type { Period } from '../../../core/calendar/period.js'
import {
  type ChargeInput,
  DEFAULT_POLICY,
  type LineKind,
  type Policy,
  type SettledLine,
} from '../../../core/charges/types.js'
import { BILLING_PERIOD_YEARS } from '../../../core/limits.js'
import type { Timeline, TimelineEvent } from '../../../core/timeline/types.js'
import { readWrittenInput, type WrittenBilledLine, type WrittenInput } from '../schema.js'
import { readEvents } from './events.js'
import type { Fault, Path, Reading } from './fault.js'
import { toMinorExactly } from './money.js'

type WrittenSubscription = WrittenInput['subscription']

/** Reads one input whole: each field, then how they fit together. Never throws. */
export function readInput(value: unknown): Reading<ChargeInput> {
  const written = readWrittenInput(value)
  if ('faults' in written) return written
  const { currency, subscription, timeZone, asOf, ends } = written.value
  const events = readEvents(subscription.events, { currency, timeZone })
  const billed = readBilled(written.value)
  const faults = [
    ...windowFaults(written.value),
    ...subscriptionFaults(subscription, endShift(ends)),
    ...('faults' in events ? events.faults : openingFaults(subscription.start, events.value)),
    ...('faults' in billed ? billed.faults : []),
  ]
  if (faults.length > 0 || 'faults' in events || 'faults' in billed) return { faults }
  return {
    value: {
      currency,
      policy: readPolicy(written.value.policy ?? {}),
      timeline: readTimeline(subscription, endShift(ends), events.value),
      window: { from: written.value.from, to: written.value.to },
      ...(asOf === undefined || asOf === null ? {} : { asOf }),
      billed: billed.value,
    },
  }
}

/** An inclusive end names the last day; ours is the first day after it (B3, D10). */
function endShift(ends: WrittenInput['ends']): 0 | 1 {
  return ends === 'inclusive' ? 1 : 0
}

function readPolicy(written: NonNullable<WrittenInput['policy']>): Policy {
  const standard = DEFAULT_POLICY
  return {
    cycle: written.cycle ?? standard.cycle,
    anchorDay: written.anchorDay ?? standard.anchorDay,
    firstPeriod: written.firstPeriod ?? standard.firstPeriod,
    lastPeriod: written.lastPeriod ?? standard.lastPeriod,
    increases: written.increases ?? standard.increases,
    decreases: written.decreases ?? standard.decreases,
    suspended: written.suspended ?? standard.suspended,
    priceChange: written.priceChange ?? standard.priceChange,
    timing: written.timing ?? standard.timing,
    dayCount: written.dayCount ?? standard.dayCount,
    baseMonth: written.baseMonth ?? standard.baseMonth,
    durationDecimals: written.durationDecimals ?? standard.durationDecimals,
    roundAt: written.roundAt ?? standard.roundAt,
    roundMode: written.roundMode ?? standard.roundMode,
  }
}

function readTimeline(
  written: WrittenSubscription,
  shift: 0 | 1,
  events: readonly TimelineEvent[],
): Timeline {
  const { billingPeriod, start, end, term, trialEnd } = written
  return {
    billingPeriod,
    start,
    end: end === undefined || end === null ? null : addDays(end, shift),
    ...(term === undefined || term === null
      ? {}
      : { terms: [{ from: term.from ?? start, to: addDays(term.to, shift) }] }),
    ...(trialEnd === undefined || trialEnd === null ? {} : { trialEnd: addDays(trialEnd, shift) }),
    events,
  }
}

function windowFaults({ from, to }: WrittenInput): readonly Fault[] {
  if (to > from) return []
  const sentence = `It is not after from (${formatLocalDate(from)}), so no period is selected. Give a later day.`
  return [{ path: ['to'], sentence }]
}

const LONGEST_DURATION = {
  day: 366 * BILLING_PERIOD_YEARS,
  month: 12 * BILLING_PERIOD_YEARS,
  year: BILLING_PERIOD_YEARS,
}

function subscriptionFaults(written: WrittenSubscription, shift: 0 | 1): readonly Fault[] {
  const { billingPeriod, start, end, term } = written
  const faults: Fault[] = []
  const longest = LONGEST_DURATION[billingPeriod.type]
  if (billingPeriod.duration > longest) {
    const sentence = `A billing period is at most ${longest} ${billingPeriod.type}s. Give a shorter one.`
    faults.push({ path: ['subscription', 'billingPeriod', 'duration'], sentence })
  }
  if (end !== undefined && end !== null && addDays(end, shift) < start) {
    const sentence = `It lies before the start (${formatLocalDate(start)}). Give the first day without service, or null.`
    faults.push({ path: ['subscription', 'end'], sentence })
  }
  const termFrom = term?.from ?? start
  if (term !== undefined && term !== null && addDays(term.to, shift) <= termFrom) {
    const sentence = `It is not after the term's from (${formatLocalDate(termFrom)}). Give the first day after the term.`
    faults.push({ path: ['subscription', 'term', 'to'], sentence })
  }
  return faults
}

/** Seats and price must be known from the first day of service on: nothing is assumed (B4, B20 is for observations). */
function openingFaults(start: LocalDate, events: readonly TimelineEvent[]): readonly Fault[] {
  const changes = events.filter((event) => event.type === 'change')
  const opening = changes.filter((event) => event.on <= start)
  const missing = (['quantity', 'unitPrice'] as const).filter((name) =>
    opening.every((event) => event[name] === undefined),
  )
  if (missing.length === 0 || (changes.length === 0 && events.some((event) => event.type === 'oneTime')))
    return []
  const sentence =
    `No event gives the ${missing.join(' and the ')} of the first day of service, ${formatLocalDate(start)}. ` +
    'Give an event on that day with quantity and unitPrice.'
  return [{ path: ['subscription', 'events'], sentence }]
}

function readBilled({ billed = [], currency }: WrittenInput): Reading<readonly SettledLine[]> {
  const faults: Fault[] = []
  const lines: SettledLine[] = []
  for (const [index, line] of billed.entries()) {
    const path = ['billed', index]
    const amount = toMinorExactly(line.amount, currency, [...path, 'amount'])
    faults.push(
      ...periodFaults(line.period, [...path, 'period', 'to'], 1),
      ...periodFaults(line, [...path, 'to'], 0),
    )
    if ('faults' in amount) faults.push(...amount.faults)
    else lines.push(readBilledLine(line, amount.value))
  }
  return faults.length > 0 ? { faults } : { value: lines }
}

function periodFaults({ from, to }: Period, path: Path, leastDays: 0 | 1): readonly Fault[] {
  if (to - from >= leastDays) return []
  const sentence = `It lies before the end its from (${formatLocalDate(from)}) needs. Give the line as the output shows it.`
  return [{ path, sentence }]
}

function readBilledLine(line: WrittenBilledLine, amount: bigint): SettledLine {
  const { period, from, to, quantity, unitPrice } = line
  return {
    kind: line.kind ?? kindOf(line),
    period,
    from,
    to,
    billOn: line.billOn ?? from,
    quantity,
    unitPrice,
    amount,
  }
}

/** The kind a line typed without one has by its shape (D10). Settling never compares it. */
function kindOf({ amount, from, to, period }: WrittenBilledLine): LineKind {
  if (amount < 0n) return 'credit'
  return from === period.from && to === period.to ? 'recurring' : 'prorated'
}
