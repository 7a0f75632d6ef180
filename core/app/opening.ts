import { type LocalDate, formatLocalDate } from '../calendar/date.js'
import { dayMonthYear } from '../calendar/words.js'
import { formatMoney, money } from '../money/money.js'
import type { BilledLine } from '../ports.js'
import { Problem } from '../problem.js'

/** Runs named in the refusal of an opening date; the first ones are enough to know what it is about. */
const RUNS_NAMED = 3

/** The earliest date to bill among what is billed; undefined: nothing is. */
export function firstBilled(billed: readonly BilledLine[]): LocalDate | undefined {
  let first: LocalDate | undefined
  for (const { billOn } of billed) if (first === undefined || billOn < first) first = billOn
  return first
}

/**
 * B20: nothing before the opening date is due, so moving it behind billed lines would take them back one by one. That
 * is never meant: Problem `held`. Moving it earlier adds lines and changes none: the counts of a day do not depend on
 * it. Only a period that the later date had cut begins with other seats now when they changed in its days before (B8),
 * and a credit of it that was held at 0 is given in full (B9).
 *
 * @param first as {@link firstBilled} says it, so that nothing is walked through while all is well.
 */
export function refuseLateOpening(
  opensOn: LocalDate,
  first: LocalDate | undefined,
  billed: readonly BilledLine[],
): void {
  if (first === undefined || first >= opensOn) return
  const before = billed.filter(({ billOn }) => billOn < opensOn)
  const runs = [...new Set(before.map(({ runId }) => runId))]
  const named = runs.slice(0, RUNS_NAMED).join(', ')
  const more = runs.length > RUNS_NAMED ? ` and ${runs.length - RUNS_NAMED} more` : ''
  const lines = before.length === 1 ? '1 line' : `${before.length} lines`
  throw new Problem({
    kind: 'held',
    what: `Billing opens on ${dayMonthYear(opensOn)} (BILLING_OPENS_ON), but ${named}${more} billed ${lines} dated from ${dayMonthYear(first)} on (${totalWords(before)}).`,
    notDone: 'Nothing was answered or billed: these lines would all come back as credits.',
    next: `Set BILLING_OPENS_ON to ${formatLocalDate(first)} or earlier and start again. If they are not to be billed here, void them: \`void ${runs[0] ?? ''} because <reason>\`.`,
  })
}

function totalWords(lines: readonly BilledLine[]): string {
  const totals = new Map<string, bigint>()
  for (const { currency, amount } of lines) totals.set(currency, (totals.get(currency) ?? 0n) + amount)
  return [...totals].map(([currency, amount]) => formatMoney(money(currency, amount))).join(' + ')
}
