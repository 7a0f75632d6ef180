/**
 * `node dist/test/bench/sync.js --size N [--changed C]`: an MSP with N subscriptions, 20 to a customer, all billed in a PSA
 * that answers at once, on the embedded database; C of them got five seats on 11 March. Timed is what is ours: the plan
 * with its approval request (every agreement is read), one approved write after another, and the plan that finds nothing
 * left to do. Before the end everything that was read back is compared with what was asked for.
 */
import { parseArgs } from 'node:util'
import { openStorage } from '../../adapters/storage/open.js'
import { type Studio, createStudio } from '../../core/app/studio.js'
import { writtenOf } from '../../core/app/written.js'
import { recordKey } from '../../core/marketplace/types.js'
import type { ObservedOrder, ObservedSubscription } from '../../core/marketplace/types.js'
import type { SyncStore } from '../../core/psa-ports.js'
import type { Container, PsaLine, Slot } from '../../core/sync/types.js'
import { type FakePsa, fakePsa } from '../support/fake-psa.js'
import { memoryLog } from '../support/memory-log.js'
import { day, decimal, observed, order } from '../support/observed.js'
import { DANA, LEE } from '../support/office.js'
import { deskOver } from '../support/desk-over.js'

const PER_CUSTOMER = 20
const NOW = new Date('2026-03-20T13:00:00Z')
const clock = { now: async () => NOW }

function idOf(index: number): string {
  return String(100_000 + index)
}

function customerOf(index: number): string {
  return `C-${Math.floor(index / PER_CUSTOMER)}`
}

function subscriptionOf(index: number, isChanged: boolean): ObservedSubscription {
  const id = idOf(index)
  const mpn = `P-${index % PER_CUSTOMER}`
  return observed({
    subscriptionId: id,
    key: recordKey(id, mpn),
    mpn,
    customerId: customerOf(index),
    productName: `Product ${index % PER_CUSTOMER}`,
    quantity: decimal(isChanged ? '25' : '20'),
  })
}

function orderOf(index: number): ObservedOrder {
  const id = idOf(index)
  const products = [{ mpn: `P-${index % PER_CUSTOMER}`, quantity: decimal('5') }]
  return order({ id, number: `CH${id}`, subscriptionId: id, customerId: customerOf(index), products })
}

interface World {
  readonly size: number
  readonly customers: number
  /** Subscriptions that changed, spread over all customers. */
  readonly changed: ReadonlySet<number>
}

function worldOf(size: number, changed: number): World {
  const every = Math.floor(size / changed)
  const chosen = Array.from({ length: changed }, (_, index) => index * every)
  return { size, customers: Math.ceil(size / PER_CUSTOMER), changed: new Set(chosen) }
}

function marketplaceOf({ size, customers, changed }: World) {
  const names = Array.from({ length: customers }, (_, index) => ({
    id: `C-${index}`,
    name: `Customer ${index}`,
  }))
  const subscriptions = Array.from({ length: size }, (_, index) => subscriptionOf(index, changed.has(index)))
  const orders = [...changed].map(orderOf)
  return { read: async () => ({ customers: names, subscriptions, orders, requests: 1 }) }
}

/** An agreement for each customer, with a line of 20 seats for each of its subscriptions. */
async function mapAll(studio: Studio, sync: SyncStore, psa: FakePsa): Promise<void> {
  const { bills } = await studio.who()
  for (const [place, bill] of bills.entries()) {
    const own = [...new Set(bill.lines.map(({ subscription }) => subscription.subscription))]
    const lines = own.map((_, index) => lineOf(place, index))
    const container: Container = {
      psa: 'connectwise',
      id: String(700 + place),
      name: `${bill.name} licences`,
      companyId: String(100 + place),
      currency: undefined,
      closed: undefined,
      from: day('2025-01-01'),
      to: null,
      anchorDay: 1,
      lockedTo: day('2026-03-01'),
      mode: 'datedLines',
      lines,
      units: [],
    }
    psa.held.set(container.id, container)
    const slots = own.map(({ lineageId }, index): Slot => {
      const { id = '', itemId = '' } = lines[index] ?? {}
      return {
        id: lineageId,
        psa: 'connectwise',
        containerId: container.id,
        itemId,
        lineId: id,
        lineageIds: [lineageId],
        offset: decimal('0'),
        priceOwner: 'keep',
        routeFrom: day('2026-03-01'),
      }
    })
    const { customerId, name: companyName } = bill
    await sync.saveReading({ container, readAt: NOW }, [])
    await sync.map({
      customer: { customerId, psa: 'connectwise', companyId: container.companyId, companyName },
      slots,
      written: slots.map((slot) => writtenOf(slot, container, slots)),
      audit: { at: NOW, actor: DANA.id, action: 'map.accepted', subject: customerId, details: {} },
    })
  }
}

function lineOf(place: number, index: number): PsaLine {
  return {
    id: String(1_000_000 + place * PER_CUSTOMER + index),
    itemId: String(500 + index),
    quantity: decimal('20'),
    unitPrice: decimal('22'),
    from: day('2025-01-01'),
    to: null,
    marker: undefined,
    words: '',
    ownAmount: undefined,
  }
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [value: T, seconds: number]> {
  const started = performance.now()
  const value = await work()
  return [value, (performance.now() - started) / 1000]
}

/** Longest time in which nothing else could be answered while `work` went on. */
async function longestStall(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now()
  let longest = 0
  const beat = setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }, 5)
  try {
    await work()
  } finally {
    clearInterval(beat)
  }
  return longest
}

function sizesOf(): World {
  const { values } = parseArgs({
    options: { size: { type: 'string', default: '15000' }, changed: { type: 'string', default: '100' } },
  })
  const [size, changed] = [Number(values.size), Number(values.changed)]
  if (!Number.isInteger(size) || !Number.isInteger(changed) || changed < 1 || size < changed)
    throw new Error('--size and --changed take whole numbers, and no more change than there are.')
  return worldOf(size, changed)
}

async function main(): Promise<void> {
  const world = sizesOf()
  const log = memoryLog()
  const storage = await openStorage({ mspId: 'bench', log })
  const psa = fakePsa()
  const people = [DANA, LEE]
  let ids = 0
  const studio = createStudio(
    {
      marketplace: marketplaceOf(world),
      ledger: storage.ledger,
      billing: storage.billing,
      sync: storage.sync,
      people: storage.people,
      psas: new Map([['connectwise', psa]]),
      clock,
      ids: { next: () => `id-${(ids += 1)}`, code: () => 'ACDE3467' },
      log,
    },
    {
      timeZone: 'America/New_York',
      opensOn: day('2026-03-01'),
      lines: {},
      people,
    },
  )
  await studio.begin()
  await studio.observe()
  await mapAll(studio, storage.sync, psa)
  const [, loadSeconds] = await timed(() => studio.who())
  const [asked, planSeconds] = await timed(() => studio.billing.sync(DANA, []))
  if (asked.type !== 'asked') throw new Error('nothing was asked for')
  const { approval } = asked.record
  const desk = deskOver(studio, () => NOW)
  const [, cardSeconds] = await timed(() => desk.cardOf(asked.record))
  await studio.billing.decide(LEE, approval.id, {
    verdict: 'approved',
    reason: undefined,
    seen: approval.fingerprint,
  })
  let stallMilliseconds = 0
  const [, writeSeconds] = await timed(async () => {
    stallMilliseconds = await longestStall(() => studio.dispatch())
  })
  const [again, againSeconds] = await timed(() => studio.billing.sync(DANA, []))
  const { writes } = await studio.status()
  if (again.type !== 'nothing' || writes.open > 0 || writes.parked.length > 0)
    throw new Error('not everything was written')
  if (psa.effects.length !== world.changed.size) throw new Error(`${psa.effects.length} writes took effect`)
  await storage.close()
  const peakMebibytes = process.resourceUsage().maxRSS / 1024
  const measures = {
    loadSeconds,
    planSeconds,
    cardSeconds,
    writeMilliseconds: (writeSeconds * 1000) / world.changed.size,
    stallMilliseconds,
    againSeconds,
    peakMebibytes,
  }
  const facts = { subscriptions: world.size, agreements: world.customers, writes: psa.effects.length }
  process.stdout.write(`${JSON.stringify({ measures, facts })}\n`)
}

await main()
