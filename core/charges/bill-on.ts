import type { LocalDate } from '../calendar/date.js'
import type { ChargedPeriod } from './periods.js'

/**
 * B21, D8: the day a line is to be billed. In advance it is the line's effective date: the period's start for a base,
 * the first day of service in a first partial period (also with `firstPeriod=full`), the date of a change or of a
 * one-time charge. In arrears it is always the period's end, also after a cancellation.
 */
export function billOn({ period, policy }: ChargedPeriod, effectiveOn: LocalDate): LocalDate {
  return policy.timing === 'arrears' ? period.to : effectiveOn
}
