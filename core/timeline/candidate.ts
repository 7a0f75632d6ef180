import { localDateOf } from '../calendar/zone.js'
import { emptySince } from './counts.js'
import type { LineageCandidate, Sighted } from './lineage.js'
import {
  type FoldSettings,
  type RecordHistory,
  billedBy,
  endOf,
  hasServed,
  latestState,
  startOf,
  statesInService,
} from './record.js'

/** What a licence line tells about whether it continues another one (BILLING B18). */
export function candidateOf(
  history: RecordHistory & Sighted & { readonly present: boolean },
  settings: FoldSettings,
): LineageCandidate {
  const { subscription } = latestState(history)
  const [firstBilledBy] = history.states.flatMap((state) => billedBy(state.subscription) ?? [])
  const [ended, empty] = [endOf(history, settings)?.on, emptySince(history, settings)?.on]
  return {
    recordKey: subscription.key,
    customerId: subscription.customerId,
    mpn: subscription.mpn,
    // As it was first seen: what it is billed by later does not move it to another lineage.
    billedBy: firstBilledBy ?? 'unknown',
    vendorSubscriptionId: subscription.vendorSubscriptionId,
    served: hasServed(history),
    listed: history.present,
    firstSeen: history.firstSeen,
    firstSeenOn: localDateOf(statesInService(history)[0].observedAt, settings.timeZone),
    lastRunning: history.lastRunning,
    startsOn: startOf(history, settings).on,
    // Without seats it is cancelled, whatever happens to the line afterwards (B12).
    endsOn: ended === undefined || (empty !== undefined && empty < ended) ? empty : ended,
    expiresOn: subscription.expiresOn,
  }
}
