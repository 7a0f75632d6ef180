import type { Addition, Agreement, CatalogItem, Company, Invoice } from './records.js'
import type { Quirks } from './quirks.js'

/** What a user of the API may do in one area. */
export type Permission = 'all' | 'read' | 'none'

export type Area = 'additions' | 'agreements' | 'catalog' | 'companies' | 'invoices' | 'system'

/** Everything the installation holds. Records are replaced, never changed. */
export interface Store {
  readonly companies: Map<number, Company>
  readonly catalog: Map<number, CatalogItem>
  readonly agreements: Map<number, Agreement>
  readonly additions: Map<number, Addition>
  /** The additions of each agreement, oldest first: lists must not look through all of an installation. */
  readonly additionIds: Map<number, Set<number>>
  readonly invoices: Map<number, Invoice>
  readonly permissions: Map<Area, Permission>
  quirks: Quirks
  readonly now: () => Date
  /** Ids come from one counter: none is ever given out twice, in any table. */
  nextId(): number
}

export function createStore(quirks: Quirks, now: () => Date): Store {
  let last = 100
  return {
    companies: new Map(),
    catalog: new Map(),
    agreements: new Map(),
    additions: new Map(),
    additionIds: new Map(),
    invoices: new Map(),
    permissions: new Map(),
    quirks,
    now,
    nextId() {
      last += 1
      return last
    },
  }
}

/** A record that must be there: a mistake of a test, not of a client. */
export function existing<T>(records: ReadonlyMap<number, T>, id: number, what: string): T {
  const found = records.get(id)
  if (found === undefined) throw new Error(`no ${what} ${id}`)
  return found
}

export function additionsOf(store: Store, agreementId: number): Addition[] {
  return [...(store.additionIds.get(agreementId) ?? [])].map((id) =>
    existing(store.additions, id, 'addition'),
  )
}

/** Seconds of the emulator's clock, as `_info.lastUpdated` shows them. */
export function stamp(store: Store): string {
  return `${store.now().toISOString().slice(0, 19)}Z`
}
