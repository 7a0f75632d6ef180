import type { LocalDate } from '../calendar/date.js'
import { DECIMAL_ZERO } from '../money/decimal.js'
import { formatUnitPrice } from '../money/money.js'
import { Problem } from '../problem.js'
import type { Container, Slot } from '../sync/types.js'
import type { SlotDraft, SubscriptionSuggestion } from './map-types.js'

/** What accepting a suggestion records for a subscription; undefined: it is mapped already, or in doubt. */
export function draftOf({
  lineageId,
  slot,
  items,
  place,
  doubt,
  count,
}: SubscriptionSuggestion): SlotDraft | undefined {
  const item = items.best?.thing
  if (slot !== undefined || doubt !== undefined || item === undefined || place === undefined) return undefined
  const lineId = place.type === 'line' ? place.fit.thing.id : undefined
  // S15: a price that is there is kept; what we add costs what we say.
  const isThere = place.type === 'line' || (place.type === 'units' && place.count !== undefined)
  const priceOwner = isThere ? 'keep' : 'ours'
  return { lineageId, itemId: item.id, lineId, count, offset: undefined, priceOwner, askedPrice: undefined }
}

/** S14: why a subscription cannot share the count of its item with those that have it too; undefined: it can. */
export function unlikePrices(
  each: SubscriptionSuggestion,
  all: readonly SubscriptionSuggestion[],
  { mode, psa, id }: Container,
  slots: readonly Slot[],
): string | undefined {
  if (mode !== 'units' || each.slot !== undefined || each.byFile !== undefined) return undefined
  const itemId = each.items.best?.thing.id
  const there = slots.find((slot) => slot.psa === psa && slot.containerId === id && slot.itemId === itemId)
  const beside = all.filter(
    (other) =>
      other !== each &&
      (other.slot === undefined
        ? other.doubt === undefined && other.items.best?.thing.id === itemId
        : other.slot.id === there?.id),
  )
  const unlike = beside.find(({ unitPrice }) => unitPrice !== each.unitPrice)
  if (unlike === undefined) return undefined
  return `${priceWords(each)}, and ${unlike.product} in the same count ${priceWords(unlike)}`
}

function priceWords({ unitPrice, currency }: Pick<SubscriptionSuggestion, 'unitPrice' | 'currency'>): string {
  return unitPrice === undefined ? 'has no price' : `costs ${formatUnitPrice(unitPrice, currency)}`
}

/** What slots are to become: those that change, in the order in which they are recorded. */
export function slotsWith(
  slots: readonly Slot[],
  drafts: readonly SlotDraft[],
  container: Container,
  routeFrom: LocalDate,
): readonly Slot[] {
  const now = new Map(slots.map((slot) => [slot.id, slot]))
  const changed = new Set<string>()
  const put = (slot: Slot) => {
    now.set(slot.id, slot)
    changed.add(slot.id)
  }
  for (const draft of drafts) {
    const joined = [...now.values()].find((slot) => isPlaceOf(slot, draft, container))
    const former = [...now.values()].find(({ lineageIds }) => lineageIds.includes(draft.lineageId))
    if (former !== undefined && former !== joined) put(without(former, draft.lineageId))
    if (joined !== undefined) put(joinedBy(joined, draft))
    else
      put(
        newSlot(now, withFormer(draft, former, container), container, startsOn(former, container, routeFrom)),
      )
  }
  return [...changed].flatMap((id) => now.get(id) ?? [])
}

/** The slot that holds this line or, where units are counted, this item. A slot nobody is in any more holds nothing. */
function isPlaceOf(slot: Slot, draft: SlotDraft, { psa, id, mode }: Container): boolean {
  if (slot.psa !== psa || slot.containerId !== id || slot.lineageIds.length === 0) return false
  if (mode === 'units') return slot.itemId === draft.itemId
  if (draft.lineId !== undefined) return slot.lineId === draft.lineId
  const isAlone = slot.lineageIds.length === 1 && slot.lineageIds[0] === draft.lineageId
  return isAlone && slot.lineId === undefined && slot.itemId === draft.itemId
}

/** Moved within its container, a subscription that had a line for itself keeps what a person said of that. */
function withFormer(draft: SlotDraft, former: Slot | undefined, { psa, id, mode }: Container): SlotDraft {
  const isAlone = former?.psa === psa && former.containerId === id && former.lineageIds.length === 1
  if (!isAlone) return draft
  // A price rule that comes with the place goes with it: another one was asked for.
  const own = former.lineId === undefined ? 'ours' : 'keep'
  const asked = mode === 'units' || former.priceOwner === own ? undefined : former.priceOwner
  return { ...draft, offset: draft.offset ?? former.offset, askedPrice: draft.askedPrice ?? asked }
}

/** Moved within its container it bills from the day it did. */
function startsOn(former: Slot | undefined, { psa, id }: Container, routeFrom: LocalDate): LocalDate {
  return former?.psa === psa && former.containerId === id ? former.routeFrom : routeFrom
}

function without(slot: Slot, lineageId: string): Slot {
  return { ...slot, lineageIds: slot.lineageIds.filter((id) => id !== lineageId) }
}

function joinedBy(slot: Slot, { lineageId, offset, askedPrice }: SlotDraft): Slot {
  const lineageIds = slot.lineageIds.includes(lineageId) ? slot.lineageIds : [...slot.lineageIds, lineageId]
  return {
    ...slot,
    lineageIds,
    offset: offset ?? slot.offset,
    priceOwner: askedPrice ?? slot.priceOwner,
  }
}

function newSlot(
  now: ReadonlyMap<string, Slot>,
  { lineageId, itemId, lineId, offset = DECIMAL_ZERO, priceOwner, askedPrice }: SlotDraft,
  { psa, id: containerId }: Container,
  routeFrom: LocalDate,
): Slot {
  // Lines of ours carry the name of the slot: it cannot be given to another one while somebody is in it.
  const named = now.get(lineageId)
  if (named !== undefined && named.lineageIds.length > 0) {
    throw new Problem({
      kind: 'held',
      what: `${named.lineageIds.length} subscriptions are on this line by the name of the one that is to leave it.`,
      notDone: 'Nothing was mapped.',
      next: 'Set the others to their own lines first.',
    })
  }
  return {
    id: lineageId,
    psa,
    containerId,
    itemId,
    lineId,
    lineageIds: [lineageId],
    offset,
    priceOwner: askedPrice ?? priceOwner,
    routeFrom,
  }
}
