import type { LocalDate } from '../calendar/date.js'
import type { Decimal } from '../money/decimal.js'
import { type History, stepIndexOn } from './history.js'
import type { ChargedPeriod } from './periods.js'
import { type SeatPrice, priceOn } from './price-changes.js'
import { seatMove } from './seats.js'

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
  let step = steps[index]
  let on = first
  while (step !== undefined && isPaused(step.paused, period)) {
    step = steps[++index]
    if (step !== undefined) on = step.on
  }
  if (step === undefined || on >= limit) return []
  let price = priceOn(history, policy, first, on)
  let charged = step.quantity
  const estimatedStart = step.estimated && step.on === on
  const movements: Movement[] = [
    { type: 'base', on, before: NO_SEATS, after: charged, price, estimated: estimatedStart },
  ]
  for (step = steps[++index]; ; ) {
    const trialEndsFirst = trialEnd > on && trialEnd < (step?.on ?? limit)
    on = trialEndsFirst ? trialEnd : (step?.on ?? limit)
    if (on >= limit) return movements
    const estimated = !trialEndsFirst && step?.estimated === true
    const newPrice = priceOn(history, policy, first, on)
    if (newPrice.unitPrice !== price.unitPrice) {
      movements.push({
        type: 'price',
        on,
        before: charged,
        after: charged,
        price: newPrice,
        oldPrice: price,
        estimated,
      })
    }
    price = newPrice
    if (trialEndsFirst || step === undefined) continue
    const move = seatMove(charged, step.quantity, policy)
    if (move !== undefined) {
      movements.push({ type: move, on, before: charged, after: step.quantity, price, estimated })
      charged = step.quantity
    }
    step = steps[++index]
  }
}

/** B13, D1: a period that begins paused has as its base the count at resumption. */
function isPaused(paused: boolean, { policy }: ChargedPeriod): boolean {
  return paused && policy.suspended === 'pause'
}
