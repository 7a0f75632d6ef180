import { csvFiles } from '../../adapters/files/csv/run-csv.js'
import { type BoardParts, createBoard } from '../../bot/commands/board.js'
import type { Connection } from '../../bot/cards/settings.js'
import { type Desk, createDesk } from '../../bot/commands/desk.js'
import { parsePeople } from '../../core/access/people.js'
import { type Studio, createStudio } from '../../core/app/studio.js'
import type { ObservedOrder, ObservedSubscription } from '../../core/marketplace/types.js'
import type { Psas } from '../../core/app/read-psa.js'
import type { BillingStore, Log } from '../../core/ports.js'
import type { SyncStore } from '../../core/psa-ports.js'
import type { SomeSettings } from '../../core/settings/types.js'
import { memoryBilling } from './memory-billing.js'
import { memoryBooks } from './memory-books.js'
import { memoryOnce, memoryPostedCards, memoryReferences } from './memory-chat.js'
import { memoryDeadlines, memoryDeliveries } from './memory-deliveries.js'
import { memoryLedger } from './memory-ledger.js'
import { memoryPeople } from './memory-people.js'
import { noSync } from './no-sync.js'
import { day, decimal, observed, order } from './observed.js'

/** Everybody the tests of the surfaces know, on both platforms and on the console. */
export const PEOPLE = [
  'slack:T1:U1+teams:tenant:aad-1+console:dana=biller:Dana',
  'slack:T1:U2+teams:tenant:aad-2+console:lee=approver:Lee',
  'slack:T1:U3+teams:tenant:aad-3+console:sam=approver:Sam',
  'slack:T1:U4+teams:tenant:aad-4+console:vic=viewer:Vic',
].join(',')

/** What the marketplace of a test says and when; changed between observations. */
export interface ChatWorld {
  now: Date
  customers: { readonly id: string; readonly name: string }[]
  subscriptions: ObservedSubscription[]
  orders: ObservedOrder[]
}

/** A desk with everything behind it in memory, as the surfaces get it. */
export interface ChatDesk {
  readonly world: ChatWorld
  readonly desk: Desk
  readonly studio: Studio
  readonly billing: BillingStore
  readonly board: ReturnType<typeof createBoard>
  readonly once: ReturnType<typeof memoryOnce>
  readonly posted: ReturnType<typeof memoryPostedCards>
  readonly references: ReturnType<typeof memoryReferences>
  readonly deliveries: ReturnType<typeof memoryDeliveries>
  /** What the jobs about cards are given. */
  readonly cards: BoardParts
  readonly now: () => Date
}

export interface ChatDeskOptions {
  readonly log: Log
  readonly people?: string
  readonly billing?: BillingStore
  readonly sync?: SyncStore
  readonly psas?: Psas
  /** What the configuration fixes. */
  readonly lines?: SomeSettings
  readonly connections?: readonly Connection[]
}

/** Contoso went from 20 to 25 seats on 11 March 2026; it is 20 March, and everything was observed. */
export async function chatDesk({
  log,
  people: text = PEOPLE,
  ...options
}: ChatDeskOptions): Promise<ChatDesk> {
  const world: ChatWorld = {
    now: new Date('2026-03-20T13:00:00Z'),
    customers: [{ id: 'C1', name: 'Contoso' }],
    subscriptions: [observed({ quantity: decimal('25') })],
    orders: [order()],
  }
  const { people } = parsePeople(text)
  const books = memoryBooks()
  const billing = options.billing ?? memoryBilling(books)
  const clock = { now: async () => world.now }
  let ids = 0
  const settings = {
    timeZone: 'America/New_York',
    opensOn: day('2026-03-01'),
    lines: options.lines ?? {},
    people,
  }
  const studio = createStudio(
    {
      marketplace: {
        read: async ({ onProgress }) => {
          onProgress?.({ step: 'subscriptions', done: 1, total: 1 })
          const { customers, subscriptions, orders } = world
          return { customers, subscriptions, orders, requests: 3 }
        },
      },
      ledger: memoryLedger(),
      billing,
      sync: options.sync ?? noSync(),
      people: memoryPeople(people, books),
      psas: options.psas ?? new Map(),
      clock,
      ids: { next: () => `id-${(ids += 1)}`, code: () => 'ACDE3467' },
      log,
    },
    settings,
  )
  await studio.observe()
  const { timeZone } = settings
  const deliveries = memoryDeliveries()
  const desk = createDesk({
    studio,
    timeZone,
    clock,
    files: csvFiles(),
    deliveries,
    connections: options.connections ?? [],
  })
  const posted = memoryPostedCards()
  const cards: BoardParts = {
    posted,
    deliveries,
    deadlines: memoryDeadlines(billing, deliveries),
    desk,
    billing: studio.billing,
    clock,
    timeZone,
    log,
    surfaces: new Map(),
  }
  const board = createBoard(cards)
  const now = () => world.now
  const stores = { once: memoryOnce(), posted, references: memoryReferences(), deliveries }
  return { world, desk, studio, billing, board, ...stores, cards, now }
}
