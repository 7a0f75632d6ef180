import { startRecordedAutotask } from '../../contract/recorded-autotask.js'
import type { AutotaskEmulator } from '../../emulators/autotask/server.js'
import { type AutotaskClient, speakTo } from '../../emulators/shared/autotask.js'
import { addDays, addMonths } from '../../emulators/shared/dates.js'
import type { StoryClock } from './clock.js'
import { type PsaOffice, type Telling, tellPsa, vendorNumber, withCents } from './tell-psa.js'
import type { Said } from './story.js'

interface Office {
  readonly emulator: AutotaskEmulator
  readonly client: AutotaskClient
  readonly clock: StoryClock
  /** Ids by name. */
  readonly companies: Map<string, number>
  readonly contracts: Map<string, { readonly id: number; readonly companyId: number }>
  readonly services: Map<string, number>
}

/** An emulated Autotask in which nobody has anything yet, on a story's clock. */
export async function openAutotask(clock: StoryClock): Promise<PsaOffice> {
  const emulator = await startRecordedAutotask({ now: clock.now })
  const office: Office = {
    emulator,
    client: speakTo(emulator),
    clock,
    companies: new Map(),
    contracts: new Map(),
    services: new Map(),
  }
  const { userName, secret, integrationCode } = emulator.credentials
  return {
    settings: {
      AUTOTASK_ZONE_URL: `${emulator.url}/ATServicesRest`,
      AUTOTASK_USERNAME: userName,
      AUTOTASK_SECRET: secret,
      AUTOTASK_INTEGRATION_CODE: integrationCode,
    },
    tell: (sentence) => tellPsa(TELLINGS, office, sentence),
    holds: async () => {
      const lines: string[] = []
      for (const [name, { id }] of office.contracts) lines.push(...(await contractLines(office, name, id)))
      return lines
    },
    close: () => emulator.close(),
  }
}

const TELLINGS: readonly Telling<Office>[] = [
  {
    pattern: /^(.+?) has contract “(.+?)” from (\d{4}-\d\d-\d\d) through (\d{4}-\d\d-\d\d)$/,
    example: 'Contoso has contract “Contoso Cloud” from 2026-01-01 through 2026-12-31',
    tell: (office, [company = '', name = '', startDate = '', endDate = '']) => {
      const companyId = companyOf(office, company)
      const id = office.emulator.world.createContract({ companyId, name, startDate, endDate })
      office.contracts.set(name, { id, companyId })
      return []
    },
  },
  {
    pattern: /^“(.+?)” holds (\d+) × (.+?) at (\d+\.\d\d)$/,
    example: '“Contoso Cloud” holds 20 × Microsoft 365 Business Premium at 22.00',
    tell: (office, [contract = '', units = '', product = '', price = '']) => {
      const contractId = contractOf(office, contract).id
      const serviceId = serviceOf(office, product, price)
      office.emulator.world.addContractService({ contractId, serviceId, units: Number(units), price })
      return []
    },
  },
  {
    pattern: /^“(.+?)” · (.+?) · by hand ([+-]\d+) on (\d{4}-\d\d-\d\d)$/,
    example: '“Contoso Cloud” · Microsoft 365 Business Premium · by hand +2 on 2026-03-15',
    tell: (office, [contract = '', product = '', change = '', effectiveDate = '']) => {
      office.emulator.world.adjust({
        contractId: contractOf(office, contract).id,
        serviceId: serviceOf(office, product, '0'),
        unitChange: Number(change),
        effectiveDate,
      })
      return []
    },
  },
  {
    pattern: /^approves and posts “(.+?)” through (\d{4}-\d\d-\d\d)$/,
    example: 'approves and posts “Contoso Cloud” through 2026-03-31',
    tell: (office, [contract = '', through = '']) => postAndInvoice(office, contract, through),
  },
  {
    pattern: /^loses the next answer$/,
    example: 'loses the next answer',
    tell: ({ emulator }) => {
      emulator.setFaults([{ kind: 'lostResponse', only: 'writes', times: 1 }])
      return []
    },
  },
]

/** A company nobody named before is created. */
function companyOf({ emulator, companies }: Office, name: string): number {
  const known = companies.get(name)
  if (known !== undefined) return known
  const id = emulator.world.createCompany({ name, number: vendorNumber(name) })
  companies.set(name, id)
  return id
}

function serviceOf({ emulator, services }: Office, product: string, unitPrice: string): number {
  const known = services.get(product)
  if (known !== undefined) return known
  const id = emulator.world.createService({ name: product, unitPrice, sku: vendorNumber(product) })
  services.set(product, id)
  return id
}

function contractOf(
  { contracts }: Office,
  name: string,
): { readonly id: number; readonly companyId: number } {
  const contract = contracts.get(name)
  if (contract === undefined) throw new Error(`there is no contract “${name}”`)
  return contract
}

async function postAndInvoice(office: Office, name: string, through: string): Promise<readonly Said[]> {
  const { emulator, client } = office
  const { id, companyId } = contractOf(office, name)
  const { items } = emulator.world.approveAndPost({ contractId: id, through })
  const { total } = emulator.world.invoice({ companyId })
  const rows = await client.rows('BillingItems', { op: 'in', field: 'id', value: items })
  const lines = rows.map(({ itemDate, quantity, itemName, description, totalAmount }) => {
    const [name, text] = [String(itemName), String(description)]
    const words = text.includes(name) ? text : `${name}: ${text}`
    return `${dayOf(itemDate)} · ${String(quantity)} × ${words} = ${money(totalAmount)}`
  })
  return [{ by: 'invoice', lines: [`“${name}” through ${through}: ${withCents(total)}`, ...lines] }]
}

/** Months that are shown: those of the clock and the two after it. */
const MONTHS = 3

async function contractLines(office: Office, name: string, id: number): Promise<readonly string[]> {
  const { client, clock } = office
  const services = new Map([...office.services].map(([product, serviceId]) => [serviceId, product]))
  const ofContract = { op: 'eq', field: 'contractID', value: id }
  const rows = await client.rows('ContractServiceUnits', ofContract)
  const charges = await client.rows('ContractCharges', ofContract)
  const first = `${clock.now().toISOString().slice(0, 7)}-01`
  const shown = [
    ...rows.map((row) => ({
      day: dayOf(row['startDate']),
      amount: cents(row['price']),
      words: `${String(row['units'])} × ${services.get(Number(row['serviceID'])) ?? 'something'} through ${dayOf(row['endDate'])}`,
      posted: row['approveAndPostDate'] !== null,
    })),
    ...charges.map((row) => ({
      day: dayOf(row['datePurchased']),
      amount: cents(row['billableAmount']),
      words: `charge ${String(row['unitQuantity'])} × ${String(row['name'])}`,
      posted: row['isBilled'] === true,
    })),
  ]
  const months = Array.from({ length: MONTHS }, (_, index) => addMonths(first, index))
  return [`Autotask “${name}”`, ...months.flatMap((month) => monthLines(month, shown))]
}

interface Shown {
  readonly day: string
  readonly amount: bigint
  readonly words: string
  readonly posted: boolean
}

function monthLines(month: string, all: readonly Shown[]): readonly string[] {
  const next = addMonths(month, 1)
  const own = all.filter(({ day }) => day >= month && day < next)
  const total = own.reduce((sum, { amount }) => sum + amount, 0n)
  return [
    `${month} through ${addDays(next, -1)}: ${centsText(total)}`,
    ...own.map(
      ({ day, words, amount, posted }) =>
        `- ${day} · ${words} = ${centsText(amount)}${posted ? ', posted' : ''}`,
    ),
  ]
}

function dayOf(instant: unknown): string {
  return String(instant).slice(0, 10)
}

/** The API's numbers have two decimals at most. */
function money(value: unknown): string {
  return withCents(String(value))
}

function cents(value: unknown): bigint {
  return BigInt(money(value).replace('.', ''))
}

function centsText(amount: bigint): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(3, '0')
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
