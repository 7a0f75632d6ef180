import { type LocalDate, addDays, addMonths } from '../calendar/date.js'
import type { BillingPeriod } from '../calendar/billing-period.js'
import type { Period } from '../calendar/period.js'
import { localDateOf } from '../calendar/zone.js'
import { LINEAGE_GAP_DAYS } from '../limits.js'
import { type FoldSettings, type RecordHistory, hasEnded, statesInService } from './record.js'

/** One licence line of a lineage with its first day of service. */
interface TermRecord {
  readonly record: RecordHistory
  readonly start: LocalDate
}

/**
 * The stated terms of a billing period that is not one month (BILLING B4, D2), of a lineage's licence lines, oldest
 * first: each line states its own. Where two overlap the newer one's start wins (B18).
 */
export function termsOf(
  records: readonly TermRecord[],
  billingPeriod: BillingPeriod | undefined,
  settings: FoldSettings,
): Period[] {
  if (billingPeriod === undefined || isOneMonth(billingPeriod)) return []
  return records.flatMap(({ record, start }, index) => {
    const until = records[index + 1]?.start
    const terms = recordTerms(record, start, billingPeriod, settings)
    if (until === undefined) return terms
    return terms
      .filter(({ from }) => from < until)
      .map(({ from, to }) => ({ from, to: to > until ? until : to }))
  })
}

/** Such periods follow the cycle of the policy instead. */
function isOneMonth({ type, duration }: BillingPeriod): boolean {
  return type === 'month' && duration === 1
}

/**
 * The terms a licence line states, with the whole terms between them left out: they follow. Without an expiration date
 * it is a whole one from the start. Periods of days run from the start: a commitment need not be a whole number of them.
 */
function recordTerms(
  record: RecordHistory,
  start: LocalDate,
  { type, duration }: BillingPeriod,
  settings: FoldSettings,
): Period[] {
  if (type === 'day') return [{ from: start, to: addDays(start, duration) }]
  const months = type === 'year' ? duration * 12 : duration
  const terms: Period[] = []
  let from = start
  for (const end of expirations(record, start, months, settings)) {
    // A renewal may have been taken back, and a date before the start is none.
    if (end <= from) continue
    terms.push({ from, to: firstTermEnd(from, end, months) })
    from = end
  }
  return terms.length === 0 ? [{ from: start, to: addMonths(start, months) }] : terms
}

/** The end of the first term between two dates: whole terms are stepped back from the last while they begin later. */
function firstTermEnd(from: LocalDate, end: LocalDate, months: number): LocalDate {
  let terms = 0
  while (addMonths(end, -(terms + 1) * months) > from) terms += 1
  return addMonths(end, -terms * months)
}

/**
 * When terms of a licence line ended and will end, as it said while it was in service: an ended line's expiration date
 * is its end, not its term's. A date that gives way to a later one was true, and the line was renewed, when its time
 * had come or the term could not be as long; else it was put right and never was one.
 */
function expirations(
  record: RecordHistory,
  start: LocalDate,
  months: number,
  { timeZone }: FoldSettings,
): LocalDate[] {
  const ends: LocalDate[] = []
  let current: LocalDate | undefined
  for (const { subscription, observedAt } of statesInService(record)) {
    const { expiresOn } = subscription
    // First seen ended: nobody saw its term.
    if (hasEnded(subscription)) continue
    if (expiresOn === undefined || expiresOn === current) continue
    if (current !== undefined && expiresOn > current) {
      const wholeFrom = addMonths(current, -months)
      const from = ends.at(-1) ?? start
      const longestTo = addMonths(wholeFrom > from ? wholeFrom : from, months)
      const itsTime = addDays(current, -LINEAGE_GAP_DAYS)
      if (expiresOn > longestTo || localDateOf(observedAt, timeZone) >= itsTime) ends.push(current)
    }
    current = expiresOn
  }
  return current === undefined ? ends : [...ends, current]
}
