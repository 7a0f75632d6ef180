import { type LocalDate, addDays } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { hoursAfter, localDateOf } from '../calendar/zone.js'
import { TAKE_BACK_HOURS } from '../limits-ahead.js'
import type { Decimal } from '../money/decimal.js'
import type { FoldedSubscription } from '../timeline/fold.js'

/** A term that ends, and what happens then. */
export interface Renewal {
  readonly lineageId: string
  readonly customerId: string
  readonly product: string
  /** First day after the term. */
  readonly on: LocalDate
  /** Seats it has then, with what is ordered for the renewal. */
  readonly seats: Decimal
  /** undefined: the marketplace does not say. */
  readonly autoRenew: boolean | undefined
}

/** Seats that can be given back for a while: after they were bought, renewed or added. */
export interface TakeBackWindow {
  readonly lineageId: string
  readonly customerId: string
  readonly product: string
  readonly kind: 'purchase' | 'renewal' | 'added'
  readonly seats: Decimal
  readonly openedOn: LocalDate
  /** First day on which it may be closed: all of the days before it are open. */
  readonly closesOn: LocalDate
  /** First instant at which it is closed; undefined: only the day is known. */
  readonly closesAt: Date | undefined
}

/** Terms that end in a window of days, the earliest first. */
export function renewalsIn(subscriptions: readonly FoldedSubscription[], { from, to }: Period): Renewal[] {
  return subscriptions
    .flatMap((subscription): Renewal[] => {
      const { lineageId, customerId, productName: product, commitment, counts } = subscription
      const on = commitment?.endsOn
      if (commitment === undefined || on === undefined || on < from || on >= to || isOver(subscription))
        return []
      const seats = counts.findLast((step) => step.on <= on)?.quantity ?? (0n as Decimal)
      return [{ lineageId, customerId, product, on, seats, autoRenew: commitment.autoRenew }]
    })
    .sort((left, right) => left.on - right.on)
}

function isOver({ end, endPlanned }: FoldedSubscription): boolean {
  return end !== null && !endPlanned
}

/**
 * Windows that are open at an instant, the one that closes first first. Where the hour is not known a window may be open
 * until the end of its last day.
 *
 * @param completions when orders took effect, by their number.
 */
export function openWindows(
  subscriptions: readonly FoldedSubscription[],
  completions: ReadonlyMap<string, Date>,
  now: Date,
  timeZone: string,
): TakeBackWindow[] {
  const today = localDateOf(now, timeZone)
  return subscriptions
    .filter(({ commitment }) => commitment !== undefined)
    .flatMap((subscription) => windowsOf(subscription, completions, timeZone))
    .filter(({ openedOn, closesOn, closesAt }) => {
      return openedOn <= today && (closesAt === undefined ? today <= closesOn : now < closesAt)
    })
    .sort((left, right) => left.closesOn - right.closesOn || left.openedOn - right.openedOn)
}

function windowsOf(
  subscription: FoldedSubscription,
  completions: ReadonlyMap<string, Date>,
  timeZone: string,
): TakeBackWindow[] {
  const { lineageId, customerId, productName: product, commitment, counts } = subscription
  if (commitment === undefined || isOver(subscription)) return []
  const { began } = commitment
  const of = (
    kind: TakeBackWindow['kind'],
    seats: Decimal,
    on: LocalDate,
    at: Date | undefined,
  ): TakeBackWindow => {
    const closesAt = at === undefined ? undefined : hoursAfter(at, TAKE_BACK_HOURS)
    const closesOn =
      closesAt === undefined ? addDays(on, TAKE_BACK_HOURS / 24) : localDateOf(closesAt, timeZone)
    return { lineageId, customerId, product, kind, seats, openedOn: on, closesOn, closesAt }
  }
  const seats =
    counts.findLast(({ on }) => on <= began.on)?.quantity ?? counts[0]?.quantity ?? (0n as Decimal)
  const added = counts.flatMap(({ on, quantity, order, scheduled }, index) => {
    const by = quantity - (counts[index - 1]?.quantity ?? quantity)
    if (by <= 0n || scheduled === true || on <= began.on) return []
    return [of('added', by as Decimal, on, order === undefined ? undefined : completions.get(order))]
  })
  return [of(began.kind, seats, began.on, began.at), ...added]
}
