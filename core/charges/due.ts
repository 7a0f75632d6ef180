import { type LocalDate, addDays } from '../calendar/date.js'
import { type OpenAccount, linesByPeriod, openAccount } from './account.js'
import { type PeriodLines, chargePeriod, heldThrough, oneTimesOf, withOneTime } from './held.js'
import { type History, countedFrom, historyUntil } from './history.js'
import { type ChargedPeriod, periodOn } from './periods.js'
import { matchLines, settlePeriod, settlePeriods } from './settle.js'
import type { ChargeLine, DueInput, HeldPeriod, KnownDue, SettledLine } from './types.js'

const NO_BILLED: readonly SettledLine[] = []
const NO_LINES: readonly ChargeLine[] = []
const NO_HELD: readonly HeldPeriod[] = []
const ALL = () => true

/**
 * B21, D8: every line with `opensOn ≤ billOn ≤ until`, whatever the timing and cycle, minus what is billed. All changes
 * of the timeline count, those dated after today too; {@link dueAsKnown} tells them apart. Throws as `chargeTimeline`.
 */
export function dueThrough(input: DueInput, opensOn: LocalDate, until: LocalDate): readonly ChargeLine[] {
  const { billed = NO_BILLED } = input
  const { account, from } = openFrom(input, opensOn)
  return leftToBill(account, periodsThrough(account, from, opensOn, until), until, billed)
}

/**
 * B21: {@link dueThrough} with what is known on `today`. The last known count continues; a change dated later counts in
 * periods that start on or after it. In the period it falls in it is forecast: what it will add, or take away.
 */
export function dueAsKnown(
  input: DueInput,
  opensOn: LocalDate,
  until: LocalDate,
  today: LocalDate,
): KnownDue {
  const { billed = NO_BILLED } = input
  const { account, from } = openFrom(input, opensOn)
  const found = periodsThrough(account, from, opensOn, until)
  const hasGaps = account.history.priceGaps.length > 0
  if (!found.some(({ period }) => mayChangeAfter(account.history, period, today))) {
    const held = hasGaps ? heldThrough(found, until, billed) : NO_HELD
    return { from, lines: leftToBill(account, found, until, billed), forecast: NO_LINES, held }
  }
  const forecast: ChargeLine[] = []
  const known = found.map((entry) => {
    const then = asKnown(account, entry, opensOn, today)
    // What is held, or will be, has no amount to forecast; what will not be is not held now either.
    if (entry.held !== undefined) return then
    const changes = settlePeriod(account.scale, entry.period.period, entry.lines, then.lines)
    forecast.push(...changes.filter(({ billOn, amount }) => billOn <= until && amount !== 0n))
    return then
  })
  const held = hasGaps ? heldThrough(known, until, billed) : NO_HELD
  return { from, lines: leftToBill(account, known, until, billed), forecast, held }
}

/**
 * Whole periods that begin before `until` with their lines as known on a day, whatever is billed of them: what a PSA
 * has to hold (SYNC S10). Periods without lines are among them where something could be due. Throws as
 * `chargeTimeline`.
 *
 * @param opensOn first day on which anything can be due.
 */
export function periodsAsKnown(
  input: Omit<DueInput, 'billed'>,
  opensOn: LocalDate,
  until: LocalDate,
  today: LocalDate,
): readonly PeriodLines[] {
  const { account, from } = openFrom(input, opensOn)
  const found = periodsThrough(account, from, opensOn, addDays(until, -1))
  return found.map((entry) => asKnown(account, entry, opensOn, today))
}

/**
 * An account from the first day on whose charges can be due. In arrears a period that ends on the opening date is
 * billed on it, also when the service ended within it: its days count from its start, not from the opening (B20, B21).
 */
function openFrom(
  input: DueInput,
  opensOn: LocalDate,
): { readonly account: OpenAccount; readonly from: LocalDate } {
  const account = openAccount(input)
  const before = periodOn(account.schedule, addDays(opensOn, -1))
  const from = before.policy.timing === 'arrears' ? before.from : opensOn
  return { account: { ...account, history: countedFrom(account.history, from) }, from }
}

/** Periods whose lines can be due: none before they can matter, none that begins after `until`. */
function periodsThrough(
  account: OpenAccount,
  from: LocalDate,
  opensOn: LocalDate,
  until: LocalDate,
): readonly PeriodLines[] {
  return linesByPeriod(account, {
    from,
    before: addDays(until, 1),
    wanted: ALL,
    notBefore: opensOn,
  })
}

/** Changes dated after this day, and after the period's own start, are not known yet. */
function horizonOf({ from }: ChargedPeriod, today: LocalDate): LocalDate {
  return today > from ? today : from
}

function mayChangeAfter(history: History, period: ChargedPeriod, today: LocalDate): boolean {
  const horizon = horizonOf(period, today)
  const { to } = period.period
  if (horizon >= to - 1) return false
  const isAhead = ({ on }: { readonly on: LocalDate }) => on > horizon && on < to
  const ends = isAhead({ on: history.serviceTo }) || isAhead({ on: history.trialEnd })
  return ends || history.steps.some(isAhead) || history.oneTimes.some(isAhead)
}

/** The lines of a period without changes dated after its horizon. */
function asKnown(
  account: OpenAccount,
  found: PeriodLines,
  opensOn: LocalDate,
  today: LocalDate,
): PeriodLines {
  const { history, currency } = account
  const { period } = found
  if (!mayChangeAfter(history, period, today)) return found
  const horizon = horizonOf(period, today)
  let known = chargePeriod({ ...account, history: historyUntil(history, horizon) }, period, opensOn)
  for (const line of oneTimesOf(found)) if (line.from <= horizon) known = withOneTime(known, line, currency)
  return known
}

/**
 * B23 up to a day: lines due later are left out, and so are the settled lines they answer for, as after a run made
 * ahead of time.
 */
function leftToBill(
  account: OpenAccount,
  found: readonly PeriodLines[],
  until: LocalDate,
  billed: readonly SettledLine[],
): readonly ChargeLine[] {
  const isDue = ({ billOn }: ChargeLine) => billOn <= until
  if (billed.length === 0) {
    const [only] = found
    return found.length === 1 && only?.lines.every(isDue) === true
      ? only.lines
      : found.flatMap(({ lines }) => lines.filter(isDue))
  }
  const now = found.map((entry) => ({ ...entry, lines: entry.lines.filter(isDue) }))
  const later = found.flatMap(({ lines }) => lines.filter((line) => !isDue(line)))
  const settled = later.length === 0 ? billed : withoutAhead(billed, now, later)
  return settlePeriods(account.scale, now, settled).filter(isDue)
}

/** Settled lines without those billed ahead: a line due now is settled before an equal one that is due later. */
function withoutAhead(
  billed: readonly SettledLine[],
  now: readonly PeriodLines[],
  later: readonly ChargeLine[],
): readonly SettledLine[] {
  const notNow = matchLines(
    billed,
    now.flatMap(({ lines }) => lines),
  ).rest
  const ahead = new Set(notNow)
  for (const line of matchLines(notNow, later).rest) ahead.delete(line)
  return billed.filter((line) => !ahead.has(line))
}
