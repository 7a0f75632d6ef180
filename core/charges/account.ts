import { assert } from '../assert.js'
import type { LocalDate } from '../calendar/date.js'
import { Problem } from '../problem.js'
import { scaleOf } from './amount.js'
import { BEGINNING, readHistory } from './history.js'
import { type CurrencyAccount, type PeriodLines, chargePeriod, withOneTime } from './held.js'
import { oneTimeLine } from './one-time.js'
import { type ChargedPeriod, type Schedule, monthsIn, periodKey, periodOn, scheduleOf } from './periods.js'
import type { ChargeInput, DueInput, Policy, PolicyChange } from './types.js'

/** An account with its periods. */
export interface OpenAccount extends CurrencyAccount {
  readonly schedule: Schedule
}

const NO_CHANGES: NonNullable<ChargeInput['policyChanges']> = []

/** Reads a timeline for charging. Throws Problem `input` for what D2 does not allow. */
export function openAccount({
  currency,
  policy,
  policyChanges = NO_CHANGES,
  timeline,
}: DueInput): OpenAccount {
  const { duration } = timeline.billingPeriod
  assert(Number.isInteger(duration) && duration > 0, `openAccount: a billing period of ${duration}`)
  const months = monthsIn(timeline.billingPeriod)
  if (policyChanges.length === 0) refuseDayCount(months, policy)
  const history = readHistory(timeline)
  const schedule = scheduleOf(timeline, policy, policyChanges, history.serviceFrom)
  return { history, months, schedule, currency, scale: scaleOf(currency) }
}

/** Which policy holds for a subscription from when: usually one, for ever. Throws as {@link openAccount}. */
export function policySteps(input: DueInput): readonly PolicyChange[] {
  return openAccount(input)
    .schedule.stretches.filter(({ policy }, index, all) => policy !== all[index - 1]?.policy)
    .map(({ from, policy }) => ({ from, policy }))
}

/** The first day that is charged in the period a day lies in: the last boundary on or before that day (B4, B24). */
export function boundaryBy(input: DueInput, day: LocalDate): LocalDate {
  return periodOn(openAccount(input).schedule, day).from
}

/** B15, B16: the first day that is charged at a price which holds from `day` on. */
export function priceDay(input: DueInput, day: LocalDate): LocalDate {
  const { history, schedule } = openAccount(input)
  if (day <= history.serviceFrom) return history.serviceFrom
  const { from, period, policy } = periodOn(schedule, day)
  return from === day || policy.priceChange === 'immediate' ? day : period.to
}

/** D2: by the policy that holds, so that one that was put right before it held stops nothing. */
function refuseDayCount(months: number, { dayCount }: Policy): void {
  if (months > 0 || dayCount === 'actual') return
  throw new Problem({
    kind: 'input',
    what: 'A billing period of days has no months to measure, so only the day count "actual" is valid for it.',
    where: 'policy.dayCount',
    notDone: 'Nothing was charged.',
    next: 'Use "actual", or a billing period of months or years.',
  })
}

/** Which periods are wanted, by where they lie in time. */
export interface PeriodRange {
  /** A day in the first period that can matter. */
  readonly from: LocalDate
  /** Periods whose nominal start lies on or after this day cannot matter. */
  readonly before: LocalDate
  readonly wanted: (period: ChargedPeriod) => boolean
  /** See {@link linesOfPeriod}. */
  readonly notBefore?: LocalDate
}

/** The wanted periods with service or a one-time charge, in order, each with its lines. */
export function linesByPeriod(account: OpenAccount, range: PeriodRange): readonly PeriodLines[] {
  const { history, schedule } = account
  const notBefore = range.notBefore ?? BEGINNING
  const found: PeriodLines[] = []
  let day = history.serviceFrom > range.from ? history.serviceFrom : range.from
  while (day < history.serviceTo) {
    const period = periodOn(schedule, day)
    if (period.period.from >= range.before) break
    if (range.wanted(period)) {
      refuseDayCount(account.months, period.policy)
      found.push(chargePeriod(account, period, notBefore))
    }
    day = period.period.to
    // Only a stub begins later than its nominal period.
    if (day >= range.before && schedule.stretches.length === 1) break
  }
  return history.oneTimes.length === 0 ? found : withOneTimes(account, range, notBefore, found)
}

/** B20b, D8: one-time charges belong to the period of their date, also outside the service. */
function withOneTimes(
  { history, schedule, scale, currency }: OpenAccount,
  { wanted }: PeriodRange,
  notBefore: LocalDate,
  found: readonly PeriodLines[],
): readonly PeriodLines[] {
  const periods = new Map(found.map((entry) => [periodKey(entry.period.period), entry]))
  for (const event of history.oneTimes) {
    const period = periodOn(schedule, event.on)
    if (!wanted(period)) continue
    const line = oneTimeLine(scale, period, event)
    if (line.billOn < notBefore) continue
    const key = periodKey(period.period)
    const entry = periods.get(key) ?? { period, lines: [] }
    periods.set(key, withOneTime(entry, line, currency))
  }
  return [...periods.values()].sort((left, right) => left.period.from - right.period.from)
}
