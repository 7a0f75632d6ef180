import { periodKey } from '../calendar/billing-period.js'
import { emptySince } from './counts.js'
import type { LineageCandidate } from './lineage.js'
import { type FoldSettings, type RecordHistory, endOf, hasServed, latestState, startOf } from './record.js'

/** What a licence line tells about whether it continues another one (BILLING B18). */
export function candidateOf(history: RecordHistory, settings: FoldSettings): LineageCandidate {
  const { subscription } = latestState(history)
  const [ended, empty] = [endOf(history, settings)?.on, emptySince(history, settings)?.on]
  return {
    recordKey: subscription.key,
    customerId: subscription.customerId,
    mpn: subscription.mpn,
    billedBy: billedBy(history),
    vendorSubscriptionId: subscription.vendorSubscriptionId,
    served: hasServed(history),
    startsOn: startOf(history, settings).on,
    // Without seats it is cancelled, whatever happens to the line afterwards (B12).
    endsOn: ended === undefined || (empty !== undefined && empty < ended) ? empty : ended,
    expiresOn: subscription.expiresOn,
  }
}

/** As it was first seen: what it is billed by later does not move it to another lineage. */
function billedBy({ states }: RecordHistory): string {
  if (states[0].subscription.usage) return 'usage'
  const period = states.find(({ subscription }) => subscription.billingPeriod !== undefined)?.subscription
    .billingPeriod
  return period === undefined ? 'unknown' : periodKey(period)
}
