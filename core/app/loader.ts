import type { BillingStore, Books, Clock, LedgerStore } from '../ports.js'
import { type Policies, policiesOf } from '../charges/policies.js'
import type { Policy } from '../charges/types.js'
import type { DataAge } from './data-age.js'
import { firstBilled, refuseLateOpening } from './opening.js'
import { type Portfolio, type PortfolioSettings, buildPortfolio } from './portfolio.js'
import { nothingObserved } from './problems.js'
import { billedByLineage } from './run-content.js'
import type { Billed } from './who.js'

export interface LoaderPorts {
  readonly ledger: LedgerStore
  readonly billing: BillingStore
  readonly clock: Clock
}

export interface LoaderSettings extends PortfolioSettings {
  /** Holds while none is recorded. */
  readonly policy: Policy
}

/** Everything answers are computed from: the latest observation and the books of one moment. */
export interface Loaded {
  readonly portfolio: Portfolio
  readonly books: Books
  readonly billed: Billed
  readonly policies: Policies
  readonly age: DataAge
}

/**
 * Folds the ledger once per observation and reads the books once per version: until either moves on, every answer
 * comes from memory. Problem `notFound` before the first observation, `held` when the opening date was moved behind
 * what is billed.
 */
export function createLoader(ports: LoaderPorts, settings: LoaderSettings): () => Promise<Loaded> {
  const portfolioAt = remember(async () => buildPortfolio(await ports.ledger.ledger(), settings, []))
  const booksAt = remember(async () => {
    const books = await ports.billing.books()
    return {
      books,
      billed: billedByLineage(books.billed),
      policies: policiesOf(books.policies, settings.policy),
      first: firstBilled(books.billed),
    }
  })
  return async () => {
    const [observation, version] = await Promise.all([ports.ledger.latest(), ports.billing.version()])
    if (observation === undefined) throw nothingObserved()
    const [portfolio, { first, ...known }] = await Promise.all([
      portfolioAt(observation.sequence),
      booksAt(version),
    ])
    refuseLateOpening(portfolio.opensOn, first, known.books.billed)
    const age = { observation, now: await ports.clock.now(), timeZone: settings.timeZone }
    return { portfolio, ...known, age }
  }
}

/** Keeps the last value made, until it is asked for another version; a failure is not kept. */
function remember<T>(make: () => Promise<T>): (version: number) => Promise<T> {
  let kept: { version: number; value: Promise<T> } | undefined
  return (version) => {
    if (kept?.version === version) return kept.value
    const value = make()
    const entry = { version, value }
    kept = entry
    value.catch(() => {
      if (kept === entry) kept = undefined
    })
    return value
  }
}
