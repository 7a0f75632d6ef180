import { type LocalDate, addDays } from '../calendar/date.js'
import { type OpenAccount, type PeriodLines, linesByPeriod, openAccount } from './account.js'
import { historyUntil } from './history.js'
import { linesOfPeriod } from './lines.js'
import { matchLines, settlePeriod, settlePeriods } from './settle.js'
import type { ChargeLine, DueInput, KnownDue, SettledLine } from './types.js'

const NO_BILLED: readonly SettledLine[] = []

/**
 * B21, D8: every line with `opensOn ≤ billOn ≤ until`, whatever the timing and cycle, minus what is billed. All changes
 * of the timeline count, those dated after today too; {@link dueAsKnown} tells them apart. Throws as `chargeTimeline`.
 */
export function dueThrough(input: DueInput, opensOn: LocalDate, until: LocalDate): readonly ChargeLine[] {
  const { billed = NO_BILLED } = input
  const account = openAccount(input)
  return leftToBill(account, periodsThrough(account, opensOn, until, billed), until, billed)
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
  const account = openAccount(input)
  const known: PeriodLines[] = []
  const forecast: ChargeLine[] = []
  for (const found of periodsThrough(account, opensOn, until, billed)) {
    const then = asKnown(account, found, opensOn, today)
    known.push(then)
    if (then === found) continue
    const changes = settlePeriod(account.scale, found.period.period, found.lines, then.lines)
    forecast.push(...changes.filter(({ billOn, amount }) => billOn <= until && amount !== 0n))
  }
  return { lines: leftToBill(account, known, until, billed), forecast }
}

/** Periods whose lines can be due, or settled ahead; none before they can matter, none after. */
function periodsThrough(
  account: OpenAccount,
  opensOn: LocalDate,
  until: LocalDate,
  billed: readonly SettledLine[],
): readonly PeriodLines[] {
  const last = billed.reduce((latest, { from }) => (from > latest ? from : latest), until)
  return linesByPeriod(account, {
    from: addDays(opensOn, -1),
    before: addDays(last, 1),
    wanted: () => true,
    notBefore: opensOn,
  })
}

/** The period without changes dated after today and after its own start; the same object when there are none. */
function asKnown(
  account: OpenAccount,
  found: PeriodLines,
  opensOn: LocalDate,
  today: LocalDate,
): PeriodLines {
  const { history } = account
  const { period, lines } = found
  const horizon = today > period.from ? today : period.from
  const isAhead = (day: LocalDate) => day > horizon && day < period.period.to
  const changes = [history.serviceTo, history.trialEnd, ...history.steps.map(({ on }) => on)]
  if (!changes.some(isAhead) && !history.oneTimes.some(({ on }) => isAhead(on))) return found
  const seats = linesOfPeriod({ ...account, history: historyUntil(history, horizon) }, period, opensOn)
  const oneTimes = lines.filter(({ kind, from }) => kind === 'oneTime' && from <= horizon)
  return { period, lines: [...seats, ...oneTimes] }
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
  const now = found.map(({ period, lines }) => ({
    period,
    lines: lines.filter(({ billOn }) => billOn <= until),
  }))
  if (billed.length === 0) return now.flatMap(({ lines }) => lines)
  const later = found.flatMap(({ lines }) => lines.filter(({ billOn }) => billOn > until))
  const settled = later.length === 0 ? billed : matchLines(billed, later).rest
  return settlePeriods(account.scale, now, settled).filter(({ billOn }) => billOn <= until)
}
