import type { Person } from '../../../core/access/rights.js'
import { type Studio, createStudio } from '../../../core/app/studio.js'
import type { AuditFact } from '../../../core/audit/chain.js'
import { DEFAULT_POLICY, type Policy } from '../../../core/charges/types.js'
import type { ObservedOrder, ObservedSubscription } from '../../../core/marketplace/types.js'
import type { Psa, PsaCompany, PsaItem, SyncStore } from '../../../core/psa-ports.js'
import type { SyncState } from '../../../core/sync/intent.js'
import { lockKey } from '../../../core/sync/settled.js'
import type { Container, PsaName } from '../../../core/sync/types.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { memoryBooks } from '../../support/memory-books.js'
import { memoryPeople } from '../../support/memory-people.js'
import { memoryLedger } from '../../support/memory-ledger.js'
import { memoryLog } from '../../support/memory-log.js'
import { noSync } from '../../support/no-sync.js'
import { day, decimal, observed, order } from '../../support/observed.js'
import { DANA, LEE, VI } from '../../support/office.js'
import { container, psaLine } from '../sync/build.js'

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** Keeps mappings, readings and locked periods; intents are put there by the test. */
export class KeptSync {
  state: Writable<SyncState> = {
    version: 0,
    customers: [],
    slots: [],
    readings: [],
    locked: [],
    intents: [],
    written: [],
  }
  readonly trail: AuditFact[] = []

  store(): SyncStore {
    return {
      ...noSync(),
      version: async () => this.state.version,
      state: async () => structuredClone(this.state),
      map: async ({ customer, slots, written, audit }) => {
        const ids = new Set(slots.map(({ id }) => id))
        this.change({
          customers: [
            ...this.state.customers.filter(({ customerId }) => customerId !== customer.customerId),
            customer,
          ],
          slots: [...this.state.slots.filter(({ id }) => !ids.has(id)), ...slots],
          written: [...this.state.written.filter(({ slotId }) => !ids.has(slotId)), ...written],
        })
        this.trail.push(audit)
      },
      unmap: async (customerId, audit) => {
        // One customer is all these tests map.
        this.change({
          customers: this.state.customers.filter((customer) => customer.customerId !== customerId),
          slots: [],
          written: [],
        })
        this.trail.push(audit)
      },
      saveReading: async (reading, locked) => {
        const found = new Set(locked.map(({ lineageId, period }) => lockKey(lineageId, period)))
        const others = this.state.locked.filter(
          ({ lineageId, period }) => !found.has(lockKey(lineageId, period)),
        )
        this.change({
          readings: [
            ...this.state.readings.filter(({ container: { id } }) => id !== reading.container.id),
            reading,
          ],
          locked: [...others, ...locked],
        })
      },
    }
  }

  change(parts: Partial<SyncState>): void {
    this.state = { ...this.state, ...parts, version: this.state.version + 1 }
  }
}

export const PREMIUM: PsaItem = {
  id: '1234',
  name: 'M365 Business Premium',
  vendorNumbers: ['BP'],
  unitPrice: decimal('22.00'),
  unusable: undefined,
}
export const VISIO: PsaItem = { ...PREMIUM, id: '1300', name: 'Visio Plan 2', vendorNumbers: [] }

export function company(id: string, name: string): PsaCompany {
  return { id, name, code: undefined, domain: undefined }
}

/**
 * An MSP with a PSA whose content a test moves. It is 20 March 2026; Contoso has 25 seats since 11 March, 20 before, and
 * an agreement with one line of 20, invoiced through March.
 */
export class MappingOffice {
  now = new Date('2026-03-20T13:00:00Z')
  subscriptions: ObservedSubscription[] = [observed({ quantity: decimal('25') })]
  orders: ObservedOrder[] = [order()]
  companies: PsaCompany[] = [company('12', 'Contoso, Ltd.'), company('13', 'Fabrikam')]
  items: PsaItem[] = [PREMIUM, VISIO]
  containers: Container[] = [container({ mode: 'datedLines', lockedTo: day('2026-04-01') })]
  readonly sync = new KeptSync()
  readonly #books = memoryBooks()
  readonly billing = memoryBilling(this.#books)
  readonly studio: Studio
  writes = 0
  #ids = 0

  constructor(
    policy: Policy = DEFAULT_POLICY,
    names: readonly PsaName[] = ['connectwise'],
    people: readonly Person[] = [DANA, LEE, VI],
  ) {
    const read = async () => ({
      customers: [
        { id: 'C1', name: 'Contoso' },
        { id: 'C2', name: 'Fabrikam' },
      ],
      subscriptions: this.subscriptions,
      orders: this.orders,
      requests: 1,
    })
    this.studio = createStudio(
      {
        marketplace: { read },
        ledger: memoryLedger(this.#books),
        billing: this.billing,
        sync: this.sync.store(),
        people: memoryPeople(people),
        psas: new Map(names.map((name) => [name, this.#psa(name)])),
        clock: { now: async () => this.now },
        ids: { next: () => `id-${(this.#ids += 1)}`, code: () => 'ACDE3467' },
        log: memoryLog(),
      },
      { timeZone: 'America/New_York', opensOn: day('2026-03-01'), lines: policy, people },
    )
  }

  #psa(name: PsaName): Psa {
    return {
      name,
      title: name,
      companies: async () => this.companies,
      items: async () => this.items,
      containers: async (companyId) => this.containers.filter((each) => each.companyId === companyId),
      read: async (id) => {
        const found = this.containers.find((each) => each.id === id)
        if (found === undefined) throw new Error(`no container ${id}`)
        return { ...found, psa: name }
      },
      write: async () => {
        this.writes += 1
        return { type: 'accepted' }
      },
    }
  }

  async observe(): Promise<void> {
    this.now = new Date(this.now.getTime() + 60_000)
    await this.studio.observe()
  }

  /** Proposed by one, approved by the other: March is billed by file. */
  async billByFile(from = '2026-03-01', to = '2026-04-01'): Promise<void> {
    const outcome = await this.studio.billing.propose(DANA, { from: day(from), to: day(to) }, [])
    const asked = 'record' in outcome ? outcome.record : undefined
    if (asked === undefined) throw new Error(`the proposal is ${outcome.type}`)
    const { id, fingerprint: seen } = asked.approval
    const decided = await this.studio.billing.decide(LEE, id, {
      verdict: 'approved',
      reason: undefined,
      seen,
    })
    if (decided.type !== 'decided') throw new Error(`the run was ${decided.type}`)
  }
}

export async function mappingOffice(
  ...given: ConstructorParameters<typeof MappingOffice>
): Promise<MappingOffice> {
  const made = new MappingOffice(...given)
  await made.observe()
  return made
}

/** A second subscription of Contoso: 5 seats of Visio at $15.00, which no item of the PSA has the number of. */
export function visio(changes: Partial<ObservedSubscription> = {}): ObservedSubscription {
  return observed({
    subscriptionId: '2000',
    mpn: 'VS',
    productName: 'Visio Plan 2',
    quantity: decimal('5'),
    unitPrice: { currency: 'USD', amount: decimal('15.00') },
    ...changes,
  })
}

/** The line of 20 seats, beside other lines. */
export function lines(...more: Parameters<typeof psaLine>[0][]): Container['lines'] {
  return [psaLine({ id: '90001' }), ...more.map((line) => psaLine(line))]
}
