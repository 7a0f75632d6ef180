import type { LocalDate } from '../calendar/date.js'
import { dayMonthYear, periodWords } from '../calendar/words.js'
import type { PriceGap } from '../timeline/types.js'
import type { ResolvedPrice } from './price.js'

/** The price from a day on, or why there is none. */
export interface PriceAt {
  readonly on: LocalDate
  readonly resolved: ResolvedPrice
}

/**
 * The stretches on which no price can be known (BILLING B14, B17), in order; undefined when there are none.
 *
 * @param prices every day on which the price may change, in order, the first on `start`.
 * @param end first day without service: no price is missed from then on.
 */
export function gapsOf(
  prices: readonly PriceAt[],
  start: LocalDate,
  end: LocalDate | null,
): readonly PriceGap[] | undefined {
  let gaps: PriceGap[] | undefined
  let open: { readonly from: LocalDate; readonly reason: string } | undefined
  for (const [index, { on, resolved }] of prices.entries()) {
    if (resolved.found) {
      open = undefined
      continue
    }
    const { gap: kind, words, price } = resolved
    const reason = words('')
    // A foreign price that changes leaves the same gap open.
    if (open?.reason === reason) gaps?.pop()
    else open = { from: on, reason }
    const { from } = open
    const to = prices[index + 1]?.on ?? end
    const why = words(stretchWords(from, to, start))
    ;(gaps ??= []).push({ from, to, kind, why, ...(price === undefined ? {} : { currency: price.currency }) })
  }
  return gaps
}

/** " from 1 Apr 2026", " for 1–9 Apr 2026"; nothing for a gap that is as old as the subscription and still open. */
function stretchWords(from: LocalDate, to: LocalDate | null, start: LocalDate): string {
  if (to !== null) return ` for ${periodWords({ from, to })}`
  return from === start ? '' : ` from ${dayMonthYear(from)}`
}
