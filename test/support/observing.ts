import { observe } from '../../core/app/observe.js'
import { type Portfolio, type PortfolioSettings, buildPortfolio } from '../../core/app/portfolio.js'
import { type Billed, type Who, monthOf, whoToBill } from '../../core/app/who.js'
import { localDateOf } from '../../core/calendar/zone.js'
import { DEFAULT_POLICY, type Policy } from '../../core/charges/types.js'
import type { EndedSubscription, ObservedOrder, ObservedSubscription } from '../../core/marketplace/types.js'
import { changesOf } from '../../core/timeline/changes.js'
import { memoryLedger } from './memory-ledger.js'
import { day } from './observed.js'

/** A marketplace looked at from time to time: what was seen goes through the real ledger into the real portfolio. */
export class Observing {
  readonly ledger: ReturnType<typeof memoryLedger>
  readonly #settings: PortfolioSettings
  /** Since when each observation asked for orders. */
  readonly ordersAsked: Date[] = []
  #now = new Date(0)

  constructor(opensOn = '2026-03-01', ledger = memoryLedger()) {
    this.#settings = { timeZone: 'America/New_York', opensOn: day(opensOn) }
    this.ledger = ledger
  }

  /** The same as seen by an MSP that opens on another day. */
  openingOn(opensOn: string): Observing {
    const other = new Observing(opensOn, this.ledger)
    other.#now = this.#now
    return other
  }

  /** One observation: everything the marketplace lists at the instant. */
  async see(
    instant: string,
    subscriptions: readonly ObservedSubscription[],
    orders: readonly ObservedOrder[] = [],
    ended: readonly EndedSubscription[] = [],
  ): Promise<void> {
    this.#now = new Date(instant)
    const customers = [{ id: 'C1', name: 'Contoso' }]
    await observe(
      {
        marketplace: {
          read: async ({ ordersSince }) => {
            this.ordersAsked.push(ordersSince)
            return { customers, subscriptions, ended, orders, requests: 1 }
          },
        },
        ledger: this.ledger,
        clock: { now: async () => this.#now },
        ids: { next: () => instant, code: () => 'ACDE3467' },
      },
      this.#settings,
    )
  }

  async portfolio(): Promise<Portfolio> {
    return buildPortfolio(await this.ledger.ledger(), this.#settings)
  }

  /** Whom to bill in the month of a date, asked at the instant of the last observation. */
  async who(month: string, policy: Partial<Policy> = {}, billed: Billed = new Map()): Promise<Who> {
    const today = localDateOf(this.#now, this.#settings.timeZone)
    const policies = { first: { ...DEFAULT_POLICY, ...policy }, changes: [] }
    return whoToBill(await this.portfolio(), policies, monthOf(day(month)), today, billed)
  }

  /** The one total in minor units; nothing to bill is 0. */
  async total(month: string, policy: Partial<Policy> = {}): Promise<bigint> {
    const { totals } = await this.who(month, policy)
    if (totals.length > 1) throw new Error('more than one currency')
    return totals[0]?.amount ?? 0n
  }

  /** Kinds of exception of the month, sorted. */
  async exceptions(month: string, policy: Partial<Policy> = {}): Promise<string[]> {
    return (await this.who(month, policy)).exceptions.map(({ kind }) => kind).sort()
  }

  /** Kinds of change since a date, in order of date. */
  async changes(since: string): Promise<string[]> {
    const { subscriptions } = await this.portfolio()
    return subscriptions.flatMap(({ subscription }) =>
      changesOf(subscription, day(since)).map(({ kind }) => kind),
    )
  }
}
