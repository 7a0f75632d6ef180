import { expect } from 'vitest'
import { createConnectWise } from '../../adapters/connectwise/client.js'
import type { Psa } from '../../core/psa-ports.js'
import { startRecordedConnectWise } from '../contract/recorded-connectwise.js'
import type { ConnectWiseEmulator } from '../emulators/connectwise/server.js'
import type { NewAddition } from '../emulators/connectwise/world.js'
import { memoryLog } from '../support/memory-log.js'
import { closeAfterwards } from '../support/closing.js'
import { type Scene, sceneWith, synced } from './scene.js'

/** Contoso’s agreement in an emulated ConnectWise, with the product over its real client. */
export interface Agreement extends Scene {
  readonly emulator: ConnectWiseEmulator
  readonly psa: Psa
  readonly agreementId: number
  /** Business Premium in the catalog, at $22.00. */
  readonly product: number
  /** Totals of the invoices made so far, in order. */
  readonly invoices: string[]
}

/**
 * @param invoiced periods, from the first on, that are invoiced in advance before anything changes.
 * @param line differs so from 20 seats since 2025; undefined: there is none.
 * @param days the story begins on `today`; `first` is the first day that is invoiced, on whose day of the month all
 * periods begin.
 */
export async function agreement(
  prorateFlag: boolean,
  invoiced: number,
  line: Partial<NewAddition> | undefined,
  { today, first = '2026-03-01' }: { readonly today?: string; readonly first?: string } = {},
): Promise<Agreement> {
  const scene = await sceneWith(async (now) => {
    const emulator = closeAfterwards(await startRecordedConnectWise({ now }))
    const site = { site: emulator.url, ...emulator.credentials, log: memoryLog() }
    return { emulator, psa: createConnectWise(site) }
  }, today)
  const { world } = scene.emulator
  const product = world.createCatalogItem({
    identifier: 'M365BP',
    description: 'Microsoft 365 Business Premium',
    manufacturerPartNumber: 'BP',
    price: '22.00',
  })
  const companyId = world.createCompany({ identifier: 'CONTOSO', name: 'Contoso' })
  const name = 'Contoso Cloud'
  const agreementId = world.createAgreement({ companyId, name, prorateFlag, nextInvoiceDate: first })
  const seatsSince2025 = { agreementId, product, quantity: 20, effectiveDate: '2025-06-01' }
  if (line !== undefined) world.createAddition({ ...seatsSince2025, ...line })
  const made: Agreement = { ...scene, agreementId, product, invoices: [] }
  for (let month = 0; month < invoiced; month += 1) invoice(made)
  return made
}

/** Makes the next invoice, as the person does who runs the agreement invoicing. */
export function invoice({ emulator, agreementId, invoices }: Agreement): void {
  invoices.push(emulator.world.invoice(agreementId).total)
}

const MONTHS = ['2026-03-02', '2026-04-01', '2026-05-01', '2026-06-01']

/** The month's invoices to come, with a sync around each of them that finds nothing to do. */
export async function throughMay(scene: Agreement): Promise<readonly string[]> {
  for (const day of MONTHS.slice(scene.invoices.length)) {
    scene.moveTo(day)
    await scene.office.observe()
    expect(await synced(scene)).toEqual([])
    invoice(scene)
  }
  expect(await synced(scene)).toEqual([])
  return scene.invoices
}

/** "20 × 22 from 2025-06-01", the last billed day included. */
export function held({ emulator: { world }, agreementId }: Agreement): readonly string[] {
  return world.additionsOf(agreementId).map(({ quantity, unitPrice, effectiveDate, cancelledDate }) => {
    const end = cancelledDate === null ? '' : ` through ${cancelledDate}`
    return `${quantity} × ${unitPrice} from ${effectiveDate}${end}`
  })
}
