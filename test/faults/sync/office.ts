import type { PsaName } from '../../../core/sync/types.js'
import type { Emulator } from './emulator.js'

/**
 * One licence as the scenario has it: seats until 10 March and from 11 March on, at 22.00 a month. The amounts are worked
 * out by hand, in cents: 5 × 22.00 × 21 of 31 days = 74.516… → 74.52.
 */
export interface Licence {
  readonly before: number
  readonly after: number
  /** A whole month of the seats of before, of what came by 31 March, and of the seats of after. */
  readonly base: bigint
  readonly part: bigint
  readonly whole: bigint
}

const LICENCES: readonly Licence[] = [
  { before: 20, after: 25, base: 44_000n, part: 7452n, whole: 55_000n },
  { before: 10, after: 12, base: 22_000n, part: 2981n, whole: 26_400n },
  { before: 7, after: 8, base: 15_400n, part: 1490n, whole: 17_600n },
  { before: 30, after: 34, base: 66_000n, part: 5961n, whole: 74_800n },
  { before: 15, after: 18, base: 33_000n, part: 4471n, whole: 39_600n },
]

/** A customer with one agreement or contract, and how many of the licences it has. */
interface Customer {
  readonly name: string
  /** ConnectWise only: whether the agreement prorates by dates. */
  readonly prorates: boolean
  /** March is invoiced there already. */
  readonly invoiced: boolean
  readonly licences: number
}

function customer(name: string, prorates: boolean, invoiced: boolean, licences: number): Customer {
  return { name, prorates, invoiced, licences }
}

/** 40 writes: one for each licence where March is open and dates decide (or counts do), two everywhere else. */
const CUSTOMERS: Readonly<Record<PsaName, readonly Customer[]>> = {
  connectwise: [
    customer('A1', true, false, 4),
    customer('A2', true, false, 3),
    customer('A3', true, false, 2),
    customer('A4', true, false, 1),
    customer('B1', true, true, 3),
    customer('B2', true, true, 2),
    customer('C1', false, true, 3),
    customer('C2', false, true, 2),
    customer('D1', false, false, 3),
    customer('D2', false, false, 2),
  ],
  autotask: [
    customer('A1', true, false, 5),
    customer('A2', true, false, 5),
    customer('A3', true, false, 5),
    customer('A4', true, false, 5),
    customer('B1', true, true, 4),
    customer('B2', true, true, 3),
    customer('B3', true, true, 2),
    customer('B4', true, true, 1),
  ],
}

/** All customers have 40 writes; some of them, with one of each kind, about 14: enough for a short run. */
export type Size = 'all' | 'some'

const SOME: Readonly<Record<PsaName, readonly string[]>> = {
  connectwise: ['A3', 'B2', 'C2', 'D2'],
  autotask: ['A1', 'B2', 'B3'],
}

/** Writes that bring customers to what is due. */
export function writesOf(customers: readonly PlacedCustomer[]): number {
  return customers.reduce((sum, { prorates, invoiced, placed }) => {
    return sum + placed.length * (prorates && !invoiced ? 1 : 2)
  }, 0)
}

/** A licence with its ids in the PSA. */
export interface PlacedLicence extends Licence {
  /** Vendor's product number, by which the marketplace's line is told: "A1-2". */
  readonly mpn: string
  readonly itemId: string
  /** The addition, or the service of the contract. */
  readonly lineId: string
}

export interface PlacedCustomer extends Omit<Customer, 'licences'> {
  readonly companyId: string
  readonly containerId: string
  readonly placed: readonly PlacedLicence[]
}

/** Makes the customers in a new, empty PSA; the same calls give the same ids, however often. */
export async function furnish(emulator: Emulator, size: Size): Promise<readonly PlacedCustomer[]> {
  const furnishOne = emulator.psa === 'connectwise' ? inConnectWise : inAutotask
  const items: number[] = []
  for (const index of LICENCES.keys()) items.push(await createItem(emulator, `P${index}`))
  const placed: PlacedCustomer[] = []
  for (const one of CUSTOMERS[emulator.psa]) {
    if (size === 'some' && !SOME[emulator.psa].includes(one.name)) continue
    placed.push(await furnishOne(emulator, one, items))
  }
  return placed
}

function createItem(emulator: Emulator, name: string): Promise<number> {
  return emulator.psa === 'connectwise'
    ? emulator.call<number>('createCatalogItem', { identifier: name, price: '22.00' })
    : emulator.call<number>('createService', { name, unitPrice: '22.00' })
}

function licencesOf({ name, licences }: Customer) {
  return LICENCES.slice(0, licences).map((licence, index) => ({ ...licence, mpn: `${name}-${index}`, index }))
}

async function inConnectWise(
  emulator: Emulator,
  one: Customer,
  items: readonly number[],
): Promise<PlacedCustomer> {
  const { name, prorates: prorateFlag, invoiced } = one
  const companyId = await emulator.call<number>('createCompany', { identifier: name })
  const agreement = { companyId, name, prorateFlag, nextInvoiceDate: '2026-03-01' }
  const agreementId = await emulator.call<number>('createAgreement', agreement)
  const placed: PlacedLicence[] = []
  for (const { index, ...licence } of licencesOf(one)) {
    const addition = { agreementId, product: items[index], quantity: licence.before }
    const lineId = await emulator.call<number>('createAddition', addition)
    placed.push({ ...licence, itemId: String(items[index]), lineId: String(lineId) })
  }
  if (invoiced) await emulator.call('invoice', agreementId)
  return {
    name,
    prorates: prorateFlag,
    invoiced,
    companyId: String(companyId),
    containerId: String(agreementId),
    placed,
  }
}

async function inAutotask(
  emulator: Emulator,
  one: Customer,
  items: readonly number[],
): Promise<PlacedCustomer> {
  const { name, prorates, invoiced } = one
  const companyId = await emulator.call<number>('createCompany', { name })
  const dates = { startDate: '2026-03-01', endDate: '2027-02-28' }
  const contractId = await emulator.call<number>('createContract', { companyId, name, ...dates })
  const placed: PlacedLicence[] = []
  for (const { index, ...licence } of licencesOf(one)) {
    const service = { contractId, serviceId: items[index], units: licence.before }
    const lineId = await emulator.call<number>('addContractService', service)
    placed.push({ ...licence, itemId: String(items[index]), lineId: String(lineId) })
  }
  if (invoiced) await invoiceAutotask(emulator, contractId, companyId, '2026-03-01')
  return { name, prorates, invoiced, companyId: String(companyId), containerId: String(contractId), placed }
}

async function invoiceAutotask(
  emulator: Emulator,
  contractId: number,
  companyId: number,
  through: string,
): Promise<bigint> {
  await emulator.call('approveAndPost', { contractId, through })
  return cents((await emulator.call<{ total: string }>('invoice', { companyId })).total)
}

/** What the PSA itself bills next, and the month after, for a customer; beside what is due, worked out by hand. */
export async function nextInvoices(
  emulator: Emulator,
  { invoiced, companyId, containerId, placed }: PlacedCustomer,
): Promise<readonly { readonly billed: bigint; readonly due: bigint }[]> {
  const sum = (amount: (licence: Licence) => bigint) =>
    placed.reduce((total, licence) => total + amount(licence), 0n)
  const dues = [sum(({ base, part, whole }) => (invoiced ? whole : base) + part), sum(({ whole }) => whole)]
  const months = invoiced ? ['2026-04-30', '2026-05-31'] : ['2026-03-31', '2026-04-30']
  const invoices: { billed: bigint; due: bigint }[] = []
  for (const [index, due] of dues.entries()) {
    const billed =
      emulator.psa === 'autotask'
        ? await invoiceAutotask(emulator, Number(containerId), Number(companyId), months[index] ?? '')
        : cents((await emulator.call<{ total: string }>('preview', Number(containerId))).total)
    if (emulator.psa === 'connectwise') await emulator.call('invoice', Number(containerId))
    invoices.push({ billed, due })
  }
  return invoices
}

/** "514.52" → 51452n */
function cents(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(2, '0').slice(0, 2))
}
