import { addDays } from '../calendar/date.js'
import { DECIMAL_ONE, type Decimal } from '../money/decimal.js'
import { OWN_PRICE_RULE } from '../pricing/price.js'
import type { TimelineEvent } from '../timeline/types.js'
import { type Scale, amountOf } from './amount.js'
import { billOn } from './bill-on.js'
import type { ChargedPeriod } from './periods.js'
import type { ChargeLine } from './types.js'

const WHOLE = { days: 1, of: 1 }

/**
 * B20b: a one-time charge on its own date, never prorated, outside every policy but timing and rounding. A stated
 * amount that is not quantity × price makes one piece of that amount.
 */
export function oneTimeLine(scale: Scale, period: ChargedPeriod, event: TimelineEvent): ChargeLine {
  const { on, quantity = DECIMAL_ONE, unitPrice, amount: stated, description = 'one-time charge' } = event
  const exact = amountOf(scale, period.policy, quantity, unitPrice ?? (0n as Decimal), WHOLE)
  const asStated = stated !== undefined && (unitPrice === undefined || stated !== exact.amount)
  return {
    kind: 'oneTime',
    period: period.period,
    from: on,
    to: addDays(on, 1),
    billOn: billOn(period, on),
    quantity: asStated ? DECIMAL_ONE : quantity,
    unitPrice: asStated ? ((stated * scale.pricePerMinor) as Decimal) : (unitPrice ?? (0n as Decimal)),
    amount: asStated ? stated : exact.amount,
    days: 1,
    daysInPeriod: period.period.to - period.wholeFrom,
    fraction: WHOLE,
    ...(exact.unitAmount === undefined || asStated ? {} : { unitAmount: exact.unitAmount }),
    ...(period.policy.roundMode === 'down' && !asStated ? { roundedDown: true } : {}),
    priceRule: event.priceRule ?? OWN_PRICE_RULE,
    reason: { type: 'oneTime', description, on },
    estimated: event.estimated === true,
  }
}
