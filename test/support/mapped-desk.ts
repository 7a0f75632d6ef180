import { writtenOf } from '../../core/app/written.js'
import type { PsaCompany, PsaItem, SyncStore } from '../../core/psa-ports.js'
import type { PricedSubscription } from '../../core/pricing/timeline.js'
import type { Container, PsaLine, Slot } from '../../core/sync/types.js'
import type { ChatDesk } from './chat-desk.js'
import type { FakePsa } from './fake-psa.js'
import { day, decimal } from './observed.js'

/** Where a test's customers are billed. */
export interface MappedParts {
  readonly chat: ChatDesk
  readonly psa: FakePsa
  readonly sync: SyncStore
}

/** Customers mapped at most: more than any card has room for, and few enough to be written quickly. */
const MAPPED = 40

/**
 * Maps customers with something to bill: an agreement each, of ConnectWise, with a line of 20 seats for each
 * subscription. Every second one does not prorate, and is invoiced to the end of March.
 */
export async function mapCustomers(
  { chat, psa, sync }: MappedParts,
  routeFrom = day('2026-03-01'),
  most = MAPPED,
): Promise<void> {
  const { bills } = await chat.studio.who()
  const customers = new Map(bills.map((bill) => [bill.customerId, bill]))
  for (const [index, bill] of [...customers.values()].slice(0, most).entries()) {
    const own = [...new Set(bill.lines.map(({ subscription }) => subscription))]
    const container = agreement(index, bill.name, own)
    psa.held.set(container.id, container)
    const slots = own.map((priced, place) => slotOf(container, priced, place, routeFrom))
    await sync.saveReading({ container, readAt: chat.now() }, [])
    await sync.map({
      customer: {
        customerId: bill.customerId,
        psa: 'connectwise',
        companyId: container.companyId,
        companyName: bill.name,
      },
      slots,
      written: slots.map((slot) => writtenOf(slot, container, slots)),
      audit: {
        at: chat.now(),
        actor: 'system',
        action: 'map.accepted',
        subject: bill.customerId,
        details: {},
      },
    })
  }
}

/** What the PSA offers for mapping: a company and an item for each name. */
export function offers(names: readonly string[]): {
  readonly companies: PsaCompany[]
  readonly items: PsaItem[]
} {
  return {
    companies: names.map((name, index) => ({
      id: String(100 + index),
      name,
      code: undefined,
      domain: undefined,
    })),
    items: names.map((name, index) => {
      return {
        id: String(500 + index),
        name,
        vendorNumbers: [],
        unitPrice: decimal('22'),
        unusable: undefined,
      }
    }),
  }
}

function agreement(index: number, name: string, own: readonly PricedSubscription[]): Container {
  const prorates = index % 2 === 0
  const id = String(700 + index)
  return {
    psa: 'connectwise',
    id,
    name: `${name} licences`,
    companyId: String(100 + index),
    currency: undefined,
    closed: undefined,
    from: day('2025-01-01'),
    to: null,
    anchorDay: 1,
    lockedTo: day(prorates ? '2026-03-01' : '2026-04-01'),
    mode: prorates ? 'datedLines' : 'wholeLines',
    lines: own.map((_, place) => lineOf(id, place)),
    units: [],
  }
}

function lineOf(containerId: string, place: number): PsaLine {
  return {
    id: `${containerId}${String(place + 1).padStart(2, '0')}`,
    itemId: String(500 + place),
    quantity: decimal('20'),
    unitPrice: decimal('22'),
    from: day('2025-01-01'),
    to: null,
    marker: undefined,
    words: '',
    ownAmount: undefined,
  }
}

function slotOf(
  container: Container,
  { subscription: { lineageId } }: PricedSubscription,
  place: number,
  routeFrom: Slot['routeFrom'],
): Slot {
  return {
    id: lineageId,
    psa: container.psa,
    containerId: container.id,
    itemId: String(500 + place),
    lineId: container.lines[place]?.id,
    lineageIds: [lineageId],
    offset: decimal('0'),
    priceOwner: 'keep',
    routeFrom,
  }
}

/** A hand edit in every agreement: the first line of each has two seats more. */
export function editByHand({ held }: FakePsa): void {
  for (const container of held.values()) {
    const [first, ...others] = container.lines
    if (first === undefined) continue
    const edited = { ...first, quantity: decimal('22') }
    held.set(container.id, { ...container, lines: [edited, ...others] })
  }
}
