import { randomUUID } from 'node:crypto'
import { createAutotask } from '../../../adapters/autotask/client.js'
import { createConnectWise } from '../../../adapters/connectwise/client.js'
import { type Storage, type StorageOptions, openStorage } from '../../../adapters/storage/open.js'
import { createLog } from '../../../adapters/system/log.js'
import type { Person } from '../../../core/access/rights.js'
import { type Studio, createStudio } from '../../../core/app/studio.js'
import { writtenOf } from '../../../core/app/written.js'
import type { Marketplace } from '../../../core/ports.js'
import type { Psa, SyncStore } from '../../../core/psa-ports.js'
import type { Slot } from '../../../core/sync/types.js'
import { day, decimal, observed, order } from '../../support/observed.js'
import type { Emulator } from './emulator.js'
import { type PlacedCustomer, writesOf } from './office.js'

/** Whose rows all of it is. */
export const MSP = 'sync'
/** When the changes of 11 March are looked at, approved and written. */
export const START = new Date('2026-03-20T13:00:00Z')

export const ASKS: Person = {
  id: 'console:dana',
  name: 'Dana',
  role: 'approver',
  identities: ['console:dana'],
}
export const APPROVES: Person = {
  id: 'console:lee',
  name: 'Lee',
  role: 'approver',
  identities: ['console:lee'],
}

const MARCH = { from: day('2026-03-01'), to: day('2026-04-01') }
/** One call of an emulator answers in milliseconds; what takes longer was meant to be lost. */
const CALL_MILLISECONDS = 10_000

export const SILENT = createLog({ level: 'silent', secrets: [] })

export type Target = Pick<StorageOptions, 'dataDirectory' | 'databaseUrl'>

export function openTarget(target: Target): Promise<Storage> {
  return openStorage({ ...target, mspId: MSP, shortLived: true, log: SILENT })
}

/** The real client of an emulated PSA; it waits for nobody, and tells how long it would have. */
export function clientOf(
  { psa, url, credentials }: Pick<Emulator, 'psa' | 'url' | 'credentials'>,
  now: () => Date,
  onWait: (milliseconds: number) => void = () => undefined,
): Psa {
  const shared = {
    log: SILENT,
    timeoutMilliseconds: CALL_MILLISECONDS,
    now: () => now().getTime(),
    sleep: async (milliseconds: number) => onWait(milliseconds),
  }
  const { companyId = '', publicKey = '', privateKey = '', clientId = '' } = credentials
  if (psa === 'connectwise') {
    return createConnectWise({ ...shared, site: url, companyId, publicKey, privateKey, clientId })
  }
  const { userName = '', secret = '', integrationCode = '' } = credentials
  return createAutotask({ ...shared, zoneUrl: `${url}/ATServicesRest`, userName, secret, integrationCode })
}

const NOTHING_NEW: Marketplace = {
  read: () => Promise.reject(new Error('the marketplace is not asked here')),
}

/** The product over a database and a PSA, by a clock that a test moves. */
export function studioOn(
  storage: Storage,
  psa: Psa,
  now: () => Date,
  sync: SyncStore = storage.sync,
  marketplace = NOTHING_NEW,
): Studio {
  const { ledger, billing, people } = storage
  const clock = { now: async () => now() }
  return createStudio(
    {
      marketplace,
      ledger,
      billing,
      sync,
      people,
      psas: new Map([[psa.name, psa]]),
      clock,
      ids: { next: () => randomUUID(), code: () => 'ACDE3467' },
      log: SILENT,
    },
    {
      timeZone: 'America/New_York',
      opensOn: MARCH.from,
      lines: {},
      people: [ASKS, APPROVES],
    },
  )
}

/** Observes the marketplace, maps every customer and asks for the sync of all: its approval is what is left to do. */
export async function prepare(
  target: Target,
  emulator: Emulator,
  customers: readonly PlacedCustomer[],
): Promise<void> {
  const storage = await openTarget(target)
  try {
    const psa = clientOf(emulator, () => START)
    const studio = studioOn(storage, psa, () => START, storage.sync, marketplaceOf(customers))
    await studio.begin()
    await studio.observe()
    const lineages = new Map(
      (await studio.who(MARCH)).bills
        .flatMap(({ lines }) => lines)
        .map(({ subscription: { subscription } }) => [subscription.mpn, subscription.lineageId]),
    )
    for (const customer of customers) await map(storage.sync, psa, customer, lineages)
    const outcome = await studio.billing.sync(ASKS, [])
    if (outcome.type !== 'asked') throw new Error(`the sync is ${JSON.stringify(outcome)}`)
    const steps = (outcome.record.plan ?? []).flatMap((part) => part.steps)
    const writes = writesOf(customers)
    if (steps.length !== writes) throw new Error(`the plan has ${steps.length} writes instead of ${writes}`)
  } finally {
    await storage.close()
  }
}

function marketplaceOf(customers: readonly PlacedCustomer[]): Marketplace {
  const lines = customers.flatMap(({ name: customerId, placed }) =>
    placed.map(({ mpn, before, after }) => ({ customerId, mpn, before, after, subscriptionId: `S-${mpn}` })),
  )
  return {
    read: async () => ({
      customers: customers.map(({ name }) => ({ id: name, name })),
      subscriptions: lines.map(({ customerId, mpn, after, subscriptionId }) =>
        observed({
          customerId,
          mpn,
          subscriptionId,
          productName: `Product ${mpn}`,
          quantity: decimal(`${after}`),
        }),
      ),
      orders: lines.map(({ customerId, mpn, before, after, subscriptionId }) =>
        order({
          id: `O-${mpn}`,
          number: `CH-${mpn}`,
          customerId,
          subscriptionId,
          products: [{ mpn, quantity: decimal(`${after - before}`) }],
        }),
      ),
      requests: 1,
    }),
  }
}

async function map(
  sync: SyncStore,
  psa: Psa,
  { name, companyId, containerId, placed }: PlacedCustomer,
  lineages: ReadonlyMap<string, string>,
): Promise<void> {
  const container = await psa.read(containerId)
  await sync.saveReading({ container, readAt: START }, [])
  const slots = placed.map((licence): Slot => {
    const lineageId = lineages.get(licence.mpn)
    if (lineageId === undefined) throw new Error(`${licence.mpn} has nothing to bill`)
    return {
      id: lineageId,
      psa: psa.name,
      containerId,
      itemId: licence.itemId,
      lineId: psa.name === 'connectwise' ? licence.lineId : undefined,
      lineageIds: [lineageId],
      offset: decimal('0'),
      priceOwner: 'keep',
      routeFrom: MARCH.from,
    }
  })
  await sync.map({
    customer: { customerId: name, psa: psa.name, companyId, companyName: name },
    slots,
    written: slots.map((slot) => writtenOf(slot, container, slots)),
    audit: { at: START, actor: ASKS.id, action: 'map.accepted', subject: name, details: {} },
  })
}
