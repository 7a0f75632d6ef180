import type { Psa } from '../../core/ports.js'
import { createAutotask } from '../../adapters/autotask/client.js'
import { startRecordedAutotask } from '../contract/recorded-autotask.js'
import type { AutotaskEmulator } from '../emulators/autotask/server.js'
import { memoryLog } from '../support/memory-log.js'
import { type Scene, closeAfterwards, sceneWith } from './scene.js'

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

export function postThrough(
  { emulator: { world }, contractId, companyId }: Omit<Contract, 'posted' | 'serviceId'>,
  through: string,
): string {
  world.approveAndPost({ contractId, through })
  return world.invoice({ companyId }).total
}
