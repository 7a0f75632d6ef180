import type { PricedSubscription } from '../pricing/timeline.js'

/**
 * Why no PSA bills a subscription, whoever bills its customer; undefined: one can. What is paid for by the month is all
 * that agreements and contracts are planned for.
 *
 * @returns "it is billed by the year, and stays with the file"
 */
export function staysWithFile({ subscription }: PricedSubscription): string | undefined {
  const { billingPeriod } = subscription
  if (billingPeriod === undefined) return undefined
  const { type, duration } = billingPeriod
  if (type === 'month' && duration === 1) return undefined
  const isYear = (type === 'year' && duration === 1) || (type === 'month' && duration === 12)
  const words = isYear ? 'by the year' : `every ${duration} ${type}${duration === 1 ? '' : 's'}`
  return `it is billed ${words}, and stays with the file`
}
