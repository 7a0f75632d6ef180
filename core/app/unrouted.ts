import { type PricedSubscription, isHolding } from '../pricing/timeline.js'
import type { Loaded } from './loader.js'
import type { Portfolio } from './portfolio.js'
import { billedByLineage } from './run-content.js'
import type { Billed } from './who.js'

/** What routes are given to: the portfolio as if everybody was billed by file, and what files billed. */
export interface Unrouted {
  readonly portfolio: Portfolio
  readonly billed: Billed
}

/** Takes all routes away again, for trying others. */
export function unrouted({ portfolio, books }: Pick<Loaded, 'portfolio' | 'books'>): Unrouted {
  return {
    portfolio: { ...portfolio, subscriptions: portfolio.subscriptions.map(byFile) },
    billed: billedByLineage(books.billed),
  }
}

function byFile({ route: _route, formerly: _formerly, ...priced }: PricedSubscription): PricedSubscription {
  const exceptions = priced.exceptions.filter(({ kind }) => kind !== 'notMapped')
  return { ...priced, exceptions, held: exceptions.some(({ kind }) => isHolding(kind)) }
}
