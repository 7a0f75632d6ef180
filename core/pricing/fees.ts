import { DECIMAL_ONE, formatDecimal } from '../money/decimal.js'
import { formatUnitPrice } from '../money/money.js'
import type { FoldedSubscription } from '../timeline/fold.js'
import type { SetupStep } from '../timeline/setups.js'
import type { PricedSubscription } from './timeline.js'

/**
 * Set-up fees of a subscription that no observation has listed (BILLING B20b): nothing of them is billed, and each is
 * said with its amount. They become ordinary lines when the subscription is listed.
 */
export function unlistedFees(subscription: FoldedSubscription): PricedSubscription {
  return {
    subscription,
    timeline: undefined,
    currency: subscription.setups[0]?.unitPrice.currency ?? '',
    held: true,
    exceptions: subscription.setups.map((fee) => ({ kind: 'feeUnlisted' as const, why: unlistedWords(fee) })),
  }
}

function unlistedWords({ description, quantity, unitPrice, order }: SetupStep): string {
  const price = formatUnitPrice(unitPrice.amount, unitPrice.currency)
  const amount = quantity === DECIMAL_ONE ? price : `${formatDecimal(quantity)} × ${price}`
  return `the set-up fee “${description}” of ${amount} (order ${order}) is for a subscription that is not listed; it is not billed until that is`
}
