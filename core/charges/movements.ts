import type { LocalDate } from '../calendar/date.js'
import type { Decimal } from '../money/decimal.js'
import { type History, type Step, stepIndexOn } from './history.js'
import type { ChargedPeriod } from './periods.js'
import { type SeatPrice, priceOn } from './price-changes.js'
import { seatMove } from './seats.js'
import type { Policy } from './types.js'

/** Something that makes a line: what a period begins with, or a change in it, on its effective date. */
export interface Movement {
  readonly type: 'base' | 'rise' | 'decrease' | 'price'
  readonly on: LocalDate
  /** Seats charged before and after; equal for a change of price, `before` is 0 for the base. */
  readonly before: Decimal
  readonly after: Decimal
  readonly price: SeatPrice
  /** `price` only: what held before. */
  readonly oldPrice?: SeatPrice
  readonly estimated: boolean
}

const NO_SEATS = 0n as Decimal

/**
 * The movements of a period in the order in which they count: by date, and on one day the price before the seats (D6).
 * Changes on or after the end of the service are not seen: a cancellation is not a decrease (B12).
 */
export function movementsOf(history: History, period: ChargedPeriod): readonly Movement[] {
  const { steps, trialEnd } = history
  const { policy } = period
  const first = history.serviceFrom > period.from ? history.serviceFrom : period.from
  const limit = history.serviceTo < period.period.to ? history.serviceTo : period.period.to
  let index = stepIndexOn(steps, first)
  const opening = openingStep(steps, index, policy)
  if (opening === undefined || opening.on >= limit) return []
  let price = priceOn(history, policy, first, first)
  let charged = opening.quantity
  const estimated = opening.estimated && opening.on >= first
  const movements: Movement[] = [
    { type: 'base', on: first, before: NO_SEATS, after: charged, price, estimated },
  ]
  let step = steps[++index]
  let on = first
  for (;;) {
    const next = step?.on ?? limit
    const trialEndsFirst = trialEnd > on && trialEnd < next
    on = trialEndsFirst ? trialEnd : next
    if (on >= limit) return movements
    const isEstimated = !trialEndsFirst && step?.estimated === true
    const newPrice = priceOn(history, policy, first, on)
    if (newPrice.unitPrice !== price.unitPrice) {
      const change = { before: charged, after: charged, price: newPrice, oldPrice: price }
      movements.push({ type: 'price', on, ...change, estimated: isEstimated })
    }
    price = newPrice
    if (trialEndsFirst || step === undefined) continue
    const move = on <= opening.on ? undefined : seatMove(charged, step.quantity, policy)
    if (move !== undefined) {
      movements.push({ type: move, on, before: charged, after: step.quantity, price, estimated: isEstimated })
      charged = step.quantity
    }
    step = steps[++index]
  }
}

/**
 * The step whose count a period has as its base: the one that holds at its start, or where it begins paused the one of
 * its resumption (B13, D1). None: it is not resumed.
 */
function openingStep(steps: readonly Step[], index: number, { suspended }: Policy): Step | undefined {
  if (suspended === 'bill') return steps[index]
  for (let next = index; ; next += 1) {
    const step = steps[next]
    if (step === undefined || !step.paused) return step
  }
}
