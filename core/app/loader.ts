import { localDateOf } from '../calendar/zone.js'
import { type LocalDate, addMonths, startOfMonth } from '../calendar/date.js'
import type { BillingStore, Books, Clock, LedgerStore } from '../ports.js'
import type { SyncStore } from '../psa-ports.js'
import type { SyncState } from '../sync/intent.js'
import type { Container } from '../sync/types.js'
import { type Policies, policiesOf } from '../charges/policies.js'
import { policyOf, policyRecords, wantedOf } from '../settings/standing.js'
import type { Settings, SomeSettings } from '../settings/types.js'
import type { DataAge } from './data-age.js'
import { firstBilled, refuseLateOpening } from './opening.js'
import { withOverrides } from './overridden.js'
import { type Portfolio, type PortfolioSettings, buildPortfolio } from './portfolio.js'
import { nothingObserved } from './problems.js'
import { remember, rememberLast } from './remember.js'
import { type RoutedSlot, routeToPsas } from './routed.js'
import { billedByLineage } from './run-content.js'
import type { Billed } from './who.js'

export interface LoaderPorts {
  readonly ledger: LedgerStore
  readonly billing: BillingStore
  readonly sync: SyncStore
  readonly clock: Clock
}

export interface LoaderSettings extends PortfolioSettings {
  /** What the configuration fixes: its lines that are not empty. Policies hold once they are recorded. */
  readonly lines: SomeSettings
}

/** Everything answers are computed from: the latest observation and the books of one moment. */
export interface Loaded {
  readonly portfolio: Portfolio
  readonly books: Books
  readonly billed: Billed
  readonly policies: Policies
  /** What is set beside policies: it holds at once. */
  readonly settings: Pick<Settings, 'boundPercent' | 'invoiceDay'>
  readonly sync: SyncState
  /** Subscriptions billed in PSAs, with what they hold and what is to be written. */
  readonly slots: readonly RoutedSlot[]
  /** Today, in the billing time zone. */
  readonly today: LocalDate
  readonly age: DataAge
}

/** @param through what PSAs hold is looked at to this day at least. */
export type Load = (through?: LocalDate) => Promise<Loaded>

/** Of one container: what is read and written there again and again costs nothing of all others. */
export type LoadContainer = (
  container: Pick<Container, 'psa' | 'id'>,
) => Promise<Pick<Loaded, 'slots' | 'sync'>>

/**
 * Folds the ledger once per observation or answer and reads books and PSA state once per version: until one moves on, every
 * answer comes from memory. Problem `notFound` before the first observation, `held` when the opening date was moved
 * behind what is billed.
 */
export function createLoader(
  ports: LoaderPorts,
  settings: LoaderSettings,
): { readonly load: Load; readonly loadContainer: LoadContainer } {
  const portfolioAt = remember(async () => buildPortfolio(await ports.ledger.ledger(), settings))
  const booksAt = remember(async () => {
    const books = await ports.billing.books()
    return {
      books,
      billed: billedByLineage(books.billed),
      policies: policiesOf(policyRecords(books.settings), policyOf(settings.lines)),
      settings: wantedOf(books.settings, settings.lines),
      first: firstBilled(books.billed),
    }
  })
  const syncAt = remember(() => ports.sync.state())
  const overriddenAt = rememberLast(withOverrides)
  const routedAt = rememberLast(routeToPsas)
  const booked = async () => {
    const [observation, answered, version] = await Promise.all([
      ports.ledger.latest(),
      ports.ledger.answered(),
      ports.billing.version(),
    ])
    if (observation === undefined) throw nothingObserved()
    const [listed, { first, ...rest }] = await Promise.all([
      portfolioAt(`${observation.sequence} ${answered}`),
      booksAt(version),
    ])
    refuseLateOpening(listed.opensOn, first, rest.books.billed)
    const portfolio = overriddenAt(listed, rest.books.overrides, rest.billed)
    const age = { observation, now: await ports.clock.now(), timeZone: settings.timeZone }
    return { ...rest, portfolio, age, today: localDateOf(age.now, settings.timeZone) }
  }
  return {
    load: async (through) => {
      const [{ portfolio, billed, ...rest }, sync] = await Promise.all([
        booked(),
        ports.sync.version().then(syncAt),
      ])
      const { policies, today } = rest
      const routed = routedAt(portfolio, billed, policies, sync, today, farther(through, today))
      return { ...rest, ...routed, sync }
    },
    loadContainer: async (container) => {
      const [{ portfolio, billed, policies, today }, sync] = await Promise.all([
        booked(),
        ports.sync.stateOf(container),
      ])
      const { slots } = routeToPsas(partOf(portfolio, sync), billed, policies, sync, today)
      return { slots, sync }
    },
  }
}

/** The portfolio with no other subscriptions than those of slots. */
function partOf(portfolio: Portfolio, { slots }: SyncState): Portfolio {
  const own = new Set(slots.flatMap(({ lineageIds }) => lineageIds))
  const subscriptions = portfolio.subscriptions.filter(({ subscription }) => own.has(subscription.lineageId))
  return { ...portfolio, subscriptions }
}

/** A day behind the month after today's, which is looked at anyway; undefined: no farther than that. */
function farther(through: LocalDate | undefined, today: LocalDate): LocalDate | undefined {
  return through !== undefined && through >= addMonths(startOfMonth(today), 2) ? through : undefined
}
