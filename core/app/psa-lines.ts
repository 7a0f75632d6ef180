import type { LocalDate } from '../calendar/date.js'
import { isCompared, isSameLine } from '../charges/settle.js'
import type { PricedSubscription } from '../pricing/timeline.js'
import { monthPeriod } from '../sync/months.js'
import { invoiceDay } from '../sync/settled.js'
import type { SettledCharge } from '../sync/types.js'
import type { Span } from './exceptions.js'
import type { Loaded } from './loader.js'
import { PSA_TITLES, type RoutedSlot } from './routed.js'
import { type BillLine, coveredRef, lineRef, linesOf } from './who.js'

/** How far a line is that a PSA was read to hold. */
export type CoveredState =
  /** `number` of the invoice, as the PSA's own people know it; undefined: the PSA tells that of its newest one only. */
  | { readonly type: 'invoiced'; readonly number: string | undefined }
  | { readonly type: 'notInvoiced' }
  /** A difference between prices of ours, where the price is the PSA's own: nothing is written of it (SYNC S15). */
  | { readonly type: 'priceOfTheirs' }

/** A line that is billed because a PSA was read to hold it (SYNC S2). */
export interface CoveredLine {
  /** What `explain` takes: while it was due it was called the same. */
  readonly ref: string
  readonly subscription: PricedSubscription
  readonly charge: SettledCharge
  readonly currency: string
  /** "ConnectWise" */
  readonly title: string
  readonly container: string
  readonly state: CoveredState
  readonly readAt: Date
  /** The same line as it is due; undefined: it is there beyond what is due, or short of it. */
  readonly due: BillLine | undefined
}

export type CoveredView = Pick<Loaded, 'portfolio' | 'policies' | 'slots' | 'sync'>

/** What PSAs were read to hold of subscriptions, each line with how far it is, in the order of the subscriptions. */
export function coveredLinesOf(
  view: CoveredView,
  subscriptions: readonly PricedSubscription[],
  span: Span,
): readonly CoveredLine[] {
  return subscriptions.flatMap((subscription) => {
    const { lineageId } = subscription.subscription
    const slot = view.slots.find(({ due }) => due.slot.lineageIds.includes(lineageId))
    return slot === undefined ? [] : coveredOfSlot(view, slot, subscription, span)
  })
}

function coveredOfSlot(
  { policies, sync }: CoveredView,
  slot: RoutedSlot,
  subscription: PricedSubscription,
  span: Span,
): CoveredLine[] {
  const { lineageId } = subscription.subscription
  const { due, covered, reading } = slot
  const { container, readAt } = reading
  const left = [...linesOf(subscription, policies, span).lines]
  const where = {
    title: PSA_TITLES[container.psa],
    container: container.name,
    readAt,
    currency: due.currency,
  }
  const lineOf = (charge: SettledCharge, state: CoveredState) => {
    const index = left.findIndex((line) => isSameLine(line.charge, charge))
    const [same] = index < 0 ? [] : left.splice(index, 1)
    const ref = same === undefined ? coveredRef(charge) : lineRef(same)
    return { ...where, ref, subscription, charge, state, due: same }
  }
  return covered
    .filter((entry) => entry.due.lineageId === lineageId)
    .flatMap(({ counted, oneTime, isLocked, due: { period } }) => [
      ...counted
        .filter(isCompared)
        .map((charge) => lineOf(charge, isLocked ? invoiced(slot, period.to) : NOT_INVOICED)),
      ...oneTime.filter(isCompared).map((charge) => lineOf(charge, oneTimeState(slot, sync.intents, charge))),
    ])
}

const NOT_INVOICED: CoveredState = { type: 'notInvoiced' }

/** @param through first day that the invoice does not cover: only the newest one's number is known. */
function invoiced({ reading: { container } }: RoutedSlot, through: LocalDate): CoveredState {
  return { type: 'invoiced', number: container.lockedTo === through ? container.lastInvoice : undefined }
}

/** The invoice after it was written has it, whatever month it is for. */
function oneTimeState(
  slot: RoutedSlot,
  intents: Loaded['sync']['intents'],
  charge: SettledCharge,
): CoveredState {
  if (charge.inPsa?.amount === 0n) return { type: 'priceOfTheirs' }
  const write = intents.findLast(
    ({ state, step }) =>
      state === 'confirmed' &&
      step.settles.some((one) => one.lineageId === charge.lineageId && isSameLine(one, charge)),
  )
  if (write?.step.type !== 'add') return NOT_INVOICED
  const { container } = slot.reading
  const { from, lockedTo } = write.step
  const day = invoiceDay({ from, lockedTo })
  if (day === undefined || container.lockedTo <= day) return NOT_INVOICED
  return invoiced(slot, monthPeriod(container.anchorDay ?? 1, day).to)
}
