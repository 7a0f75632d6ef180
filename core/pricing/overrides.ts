import type { LocalDate } from '../calendar/date.js'
import type { Decimal } from '../money/decimal.js'

/** How an override sets the price of one seat (BILLING B14). Percent values are decimals: 15 means 15 %. */
export type OverrideRule =
  | { readonly kind: 'fixed'; readonly price: Decimal; readonly currency: string }
  | { readonly kind: 'discount'; readonly percent: Decimal } // off list
  | { readonly kind: 'markup'; readonly percent: Decimal } // cost × (1 + m)
  | { readonly kind: 'margin'; readonly percent: Decimal } // cost ÷ (1 − m)

/** Whom an override is for: what is absent does not matter. */
export interface OverrideScope {
  readonly lineageId?: string
  readonly customerId?: string
  readonly mpn?: string
}

/** A price rule of the MSP, valid on `[from, to)`. */
export interface PriceOverride {
  readonly id: string
  readonly scope: OverrideScope
  readonly rule: OverrideRule
  readonly from: LocalDate
  /** First day it no longer holds; null: open. */
  readonly to: LocalDate | null
  /** The day it was meant to begin, where what is billed made it begin later: it still counts who began last. */
  readonly startedOn?: LocalDate
  /** Who recorded it, for its words. */
  readonly by?: string
}

/** A description rule: the same ladder, words instead of a price. */
export interface DescriptionOverride {
  readonly id: string
  readonly scope: OverrideScope
  readonly description: string
  readonly from: LocalDate
  readonly to: LocalDate | null
}

/** The subscription an override is looked up for. */
export interface OverrideTarget {
  readonly lineageId: string
  readonly customerId: string
  readonly mpn: string
}

/** Rungs of the ladder, the most specific first: subscription › customer+product › customer › product › everyone. */
export function rungOf(scope: OverrideScope): number {
  if (scope.lineageId !== undefined) return 0
  if (scope.customerId !== undefined) return scope.mpn === undefined ? 2 : 1
  return scope.mpn === undefined ? 4 : 3
}

/** "for this subscription", "for the customer and product" …: the words of a rung. */
export function rungWords(scope: OverrideScope): string {
  const words = [
    'for this subscription',
    'for this customer and product',
    'for this customer',
    'for this product',
    'for everyone',
  ]
  return words[rungOf(scope)] ?? ''
}

/**
 * The override that holds on `day`: the most specific one; on one rung the one that started last, then the greater id,
 * so that the answer never depends on the order of reading (BILLING B14).
 */
export function overrideOn<T extends Ranked & { to: LocalDate | null }>(
  overrides: readonly T[],
  target: OverrideTarget,
  day: LocalDate,
): T | undefined {
  let best: T | undefined
  for (const candidate of overrides) {
    if (candidate.from > day || (candidate.to !== null && candidate.to <= day)) continue
    if (!appliesTo(candidate.scope, target)) continue
    if (best === undefined || isMoreSpecific(candidate, best)) best = candidate
  }
  return best
}

export function appliesTo(scope: OverrideScope, target: OverrideTarget): boolean {
  return (
    (scope.lineageId === undefined || scope.lineageId === target.lineageId) &&
    (scope.customerId === undefined || scope.customerId === target.customerId) &&
    (scope.mpn === undefined || scope.mpn === target.mpn)
  )
}

export function isSameScope(left: OverrideScope, right: OverrideScope): boolean {
  return left.lineageId === right.lineageId && left.customerId === right.customerId && left.mpn === right.mpn
}

type Ranked = Pick<PriceOverride, 'id' | 'scope' | 'from' | 'startedOn'>

function isMoreSpecific(left: Ranked, right: Ranked): boolean {
  const rungs = rungOf(left.scope) - rungOf(right.scope)
  if (rungs !== 0) return rungs < 0
  const [begun, other] = [left.startedOn ?? left.from, right.startedOn ?? right.from]
  return begun === other ? left.id > right.id : begun > other
}
