import { expect } from 'vitest'
import type { Psa } from '../../core/psa-ports.js'
import { createAutotask } from '../../adapters/autotask/client.js'
import { startRecordedAutotask } from '../contract/recorded-autotask.js'
import type { AutotaskEmulator } from '../emulators/autotask/server.js'
import { speakTo } from '../emulators/shared/autotask.js'
import { memoryLog } from '../support/memory-log.js'
import { closeAfterwards } from '../support/closing.js'
import { type Scene, sceneWith, synced } from './scene.js'

/** Contoso's contract in an emulated Autotask, with the product over its real client. */
export interface Contract extends Scene {
  readonly emulator: AutotaskEmulator
  readonly psa: Psa
  readonly contractId: number
  readonly serviceId: number
  readonly companyId: number
  /** Totals of the periods posted so far. */
  readonly posted: string[]
}

export const MONTHS = [
  { on: '2026-03-12', through: '2026-03-31' },
  { on: '2026-04-01', through: '2026-04-30' },
  { on: '2026-05-01', through: '2026-05-31' },
  { on: '2026-06-01', through: '2026-06-30' },
] as const

export interface Terms {
  /** 0: the service is not on the contract. */
  readonly units: number
  /** Of a unit on the contract. */
  readonly price: string
  readonly startDate: string
  readonly endDate: string
}

/** The day before the first of the periods that a story looks at, and the last days of those that are posted before. */
interface Posted {
  readonly today?: string
  readonly before: string
  readonly through: readonly string[]
}

/** Contoso's contract, with the product over its real client; what is posted is posted before anything changes. */
export async function contractOf(
  terms: Partial<Terms>,
  { today, before, through }: Posted,
): Promise<Contract> {
  const { units = 20, price = '22.00', startDate = '2026-01-01', endDate = '2026-12-31' } = terms
  const scene = await sceneWith(async (now) => {
    const emulator = closeAfterwards(await startRecordedAutotask({ now }))
    const zoneUrl = `${emulator.url}/ATServicesRest`
    const options = { zoneUrl, ...emulator.credentials, log: memoryLog(), now: () => now().getTime() }
    return { emulator, psa: createAutotask(options) }
  }, today)
  const { world } = scene.emulator
  const companyId = world.createCompany({ name: 'Contoso', number: 'C-1' })
  const service = { name: 'Microsoft 365 Business Premium', unitPrice: '22.00', sku: 'BP' }
  const serviceId = world.createService(service)
  const contractId = world.createContract({ companyId, name: 'Contoso Cloud', startDate, endDate })
  if (units > 0) world.addContractService({ contractId, serviceId, units, price })
  if (startDate <= before) postThrough({ ...scene, contractId, companyId }, before)
  const made: Contract = { ...scene, contractId, serviceId, companyId, posted: [] }
  for (const last of through) made.posted.push(postThrough(made, last))
  return made
}

/** @param months from March on, that are posted before anything changes. */
export function contract(months: number, terms: Partial<Terms> = {}): Promise<Contract> {
  const through = MONTHS.slice(0, months).map(({ through: last }) => last)
  return contractOf(terms, { before: '2026-02-28', through })
}

/** The total of what is invoiced then; "0.00" where nothing was posted and so there is no invoice. */
export function postThrough(
  { emulator: { world }, contractId, companyId }: Omit<Contract, 'posted' | 'serviceId'>,
  through: string,
): string {
  const { items } = world.approveAndPost({ contractId, through })
  return items.length === 0 ? '0.00' : world.invoice({ companyId }).total
}

/** The months to come, with a sync around each posting that finds nothing to do. */
export async function throughJune(scene: Contract): Promise<readonly string[]> {
  const posted = [...scene.posted]
  for (const { on, through } of MONTHS.slice(posted.length)) {
    scene.moveTo(on)
    await scene.office.observe()
    expect(await synced(scene)).toEqual([])
    posted.push(postThrough(scene, through))
  }
  expect(await synced(scene)).toEqual([])
  return posted
}

/** "2026-03-11 25" for each stretch of units from March through May, and charges "2026-04-01 1 × 74.52". */
export async function held({ emulator, contractId }: Contract): Promise<readonly string[]> {
  const client = speakTo(emulator)
  const own = { op: 'eq', field: 'contractID', value: contractId }
  const day = (value: unknown) => String(value).slice(0, 10)
  const rows = await client.rows('ContractServiceUnits', own)
  const charges = await client.rows('ContractCharges', own)
  return [
    ...rows
      .filter(({ startDate }) => day(startDate) >= '2026-03-01' && day(startDate) < '2026-06-01')
      .map(({ startDate, units }) => `${day(startDate)} ${String(units)}`)
      .sort(),
    ...charges.map(
      ({ datePurchased, unitQuantity, unitPrice }) =>
        `${day(datePurchased)} ${String(unitQuantity)} × ${String(unitPrice)}`,
    ),
  ]
}

/** Somebody adjusts the service in the PSA itself. */
export function adjustedByHand(scene: Contract, unitChange: number, effectiveDate: string): void {
  const { emulator, contractId, serviceId } = scene
  emulator.world.adjust({ contractId, serviceId, unitChange, effectiveDate })
}
