import { PRICE_FAR_TIMES } from '../limits.js'
import { rungOf } from '../pricing/overrides.js'
import type { OverrideRecorded } from './override-answer.js'
import type { OverrideEffect } from './override-effects.js'

/** Why a price is not set before somebody has looked at what it does. */
export type Caution =
  | { readonly kind: 'everyone' }
  /** One amount for products that cost different ones. */
  | { readonly kind: 'severalProducts'; readonly products: number }
  | { readonly kind: 'belowCost'; readonly effects: readonly OverrideEffect[] }
  /** Ten times the list price or more, or a tenth of it or less. */
  | { readonly kind: 'farFromList'; readonly effects: readonly OverrideEffect[] }

/** The rung of a product, and of everyone. */
const FOR_EVERYONE = 3

/** Everything about a price that a careful person looks at twice; a description changes no amount. */
export function cautionsOf({ kind, override, effects }: OverrideRecorded): readonly Caution[] {
  if (kind !== 'price' || effects === undefined) return []
  const { scope, says } = override
  const { changed } = effects
  const products = new Set(changed.map(({ mpn }) => mpn)).size
  const isOneProduct = scope.mpn !== undefined || scope.lineageId !== undefined
  const below = changed.filter(isBelowCost)
  const far = changed.filter(isFarFromList)
  return [
    ...(rungOf(scope) >= FOR_EVERYONE ? [{ kind: 'everyone' } as const] : []),
    ...(says.kind === 'fixed' && !isOneProduct && products > 1
      ? [{ kind: 'severalProducts', products } as const]
      : []),
    ...(below.length > 0 ? [{ kind: 'belowCost', effects: below } as const] : []),
    ...(far.length > 0 ? [{ kind: 'farFromList', effects: far } as const] : []),
  ]
}

/** A margin below zero. */
function isBelowCost({ after, cost }: OverrideEffect): boolean {
  return after !== undefined && cost?.currency === after.currency && after.amount < cost.amount
}

function isFarFromList({ after, list }: OverrideEffect): boolean {
  if (after === undefined || list?.currency !== after.currency || list.amount <= 0n) return false
  return after.amount >= list.amount * PRICE_FAR_TIMES || after.amount * PRICE_FAR_TIMES <= list.amount
}
