import { isAhead } from './counts.js'
import { type FoldSettings, type RecordHistory, type SeenDate, endOf, latestState } from './record.js'

/** First day without service. */
export interface ServiceEnd extends SeenDate {
  /** It lies ahead: known today, and not yet true (BILLING B21). */
  readonly planned: boolean
}

/** A licence line, with whether the last observation still listed it. */
type Listed = RecordHistory & { readonly present: boolean }

/**
 * When a licence line ends or has ended: shown as ended, without seats (BILLING B12), or with a term that is not renewed
 * (B21); undefined while nothing says so.
 *
 * @param emptySince when it lost its last seats; undefined while it has some.
 */
export function serviceEnd(
  history: Listed,
  emptySince: SeenDate | undefined,
  settings: FoldSettings,
): ServiceEnd | undefined {
  const ended = endOf(history, settings)
  const over =
    ended === undefined || (emptySince !== undefined && emptySince.on < ended.on) ? emptySince : ended
  if (over !== undefined) return { on: over.on, estimated: over.estimated, planned: false }
  return plannedEnd(history, settings)
}

/**
 * A running line that will not renew ends with its term. When that day has passed, one that is still listed as running
 * was renewed after all, and one that is not listed any more has ended as planned: the marketplace takes ended lines
 * off its list.
 */
function plannedEnd(history: Listed, settings: FoldSettings): ServiceEnd | undefined {
  const { autoRenew, expiresOn } = latestState(history).subscription
  if (autoRenew !== false || expiresOn === undefined) return undefined
  const planned = isAhead(expiresOn, settings)
  return planned || !history.present ? { on: expiresOn, estimated: false, planned } : undefined
}
