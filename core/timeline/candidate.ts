import { type LocalDate, addDays } from '../calendar/date.js'
import { localDateOf } from '../calendar/zone.js'
import { LINEAGE_GAP_DAYS } from '../limits.js'
import { emptySince } from './counts.js'
import type { LineageCandidate, Sighted } from './lineage.js'
import {
  type FoldSettings,
  type RecordHistory,
  billedBy,
  hasServed,
  latestState,
  startOf,
  statesInService,
} from './record.js'
import { serviceEnd } from './service-end.js'

/** What a licence line tells about whether it continues another one (BILLING B18). */
export function candidateOf(
  history: RecordHistory & Sighted & { readonly present: boolean },
  settings: FoldSettings,
): LineageCandidate {
  const { subscription } = latestState(history)
  const [firstBilledBy] = history.states.flatMap((state) => billedBy(state.subscription) ?? [])
  const inService = statesInService(history)
  return {
    recordKey: subscription.key,
    customerId: subscription.customerId,
    mpn: subscription.mpn,
    // As it was first seen: what it is billed by later does not move it to another lineage.
    billedBy: firstBilledBy ?? 'unknown',
    vendorSubscriptionId: subscription.vendorSubscriptionId,
    served: hasServed(history),
    firstSeen: history.firstSeen,
    firstSeenOn: localDateOf(inService[0].observedAt, settings.timeZone),
    lastRunning: history.lastRunning,
    firstSeats: inService[0].subscription.quantity,
    lastSeats: inService.findLast(({ subscription: { quantity } }) => quantity !== 0n)?.subscription.quantity,
    startsOn: startOf(history, settings).on,
    endsOn: endedOn(history, settings),
    expiresOn: subscription.expiresOn,
  }
}

/**
 * First day without service of a line that is over, for what may continue it. One that was to renew and is not listed
 * after its term has ended with it, once the days are over in which it may be missing by chance: what is listed from
 * that day on is its renewal. Until something continues it, it is taken as running.
 */
function endedOn(
  history: RecordHistory & { readonly present: boolean },
  settings: FoldSettings,
): LocalDate | undefined {
  const end = serviceEnd(history, emptySince(history, settings), settings)
  if (end !== undefined) return end.planned ? undefined : end.on
  const { expiresOn } = latestState(history).subscription
  if (history.present || expiresOn === undefined) return undefined
  return settings.observedOn > addDays(expiresOn, LINEAGE_GAP_DAYS) ? expiresOn : undefined
}
