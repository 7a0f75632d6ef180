import { startRecordedConnectWise } from '../../contract/recorded-connectwise.js'
import type { InvoiceLine, Addition } from '../../emulators/connectwise/records.js'
import type { ConnectWiseEmulator } from '../../emulators/connectwise/server.js'
import type { StoryClock } from './clock.js'
import { type PsaOffice, type Telling, tellPsa, vendorNumber, withCents } from './tell-psa.js'
import type { Said } from './story.js'

interface Office {
  readonly emulator: ConnectWiseEmulator
  /** Ids by name. */
  readonly companies: Map<string, number>
  readonly agreements: Map<string, number>
  readonly items: Map<string, number>
}

/** An emulated ConnectWise in which nobody has anything yet, on a story's clock. */
export async function openConnectWise(clock: StoryClock): Promise<PsaOffice> {
  const emulator = await startRecordedConnectWise({ now: clock.now })
  const office: Office = { emulator, companies: new Map(), agreements: new Map(), items: new Map() }
  const { companyId, publicKey, privateKey, clientId } = emulator.credentials
  return {
    settings: {
      CONNECTWISE_SITE: emulator.url,
      CONNECTWISE_COMPANY: companyId,
      CONNECTWISE_PUBLIC_KEY: publicKey,
      CONNECTWISE_PRIVATE_KEY: privateKey,
      CONNECTWISE_CLIENT_ID: clientId,
    },
    tell: (sentence) => tellPsa(TELLINGS, office, sentence),
    holds: async () => [...office.agreements].flatMap(([name, id]) => agreementLines(office, name, id)),
    close: () => emulator.close(),
  }
}

const TELLINGS: readonly Telling<Office>[] = [
  {
    pattern: /^(.+?) has agreement “(.+?)”, (prorating|not prorating), next invoice (\d{4}-\d\d-\d\d)$/,
    example: 'Contoso has agreement “Contoso Cloud”, prorating, next invoice 2026-04-01',
    tell: (office, [company = '', name = '', prorates, nextInvoiceDate = '']) => {
      const { world } = office.emulator
      const companyId = companyOf(office, company)
      const prorateFlag = prorates === 'prorating'
      office.agreements.set(name, world.createAgreement({ companyId, name, prorateFlag, nextInvoiceDate }))
      return []
    },
  },
  {
    pattern: /^“(.+?)” holds (\d+) × (.+?) at (\d+(?:\.\d+)?) since (\d{4}-\d\d-\d\d)$/,
    example: '“Contoso Cloud” holds 20 × Microsoft 365 Business Premium at 22.00 since 2025-02-01',
    tell: (office, [agreement = '', quantity = '', product = '', unitPrice = '', effectiveDate = '']) => {
      const agreementId = agreementOf(office, agreement)
      const item = itemOf(office, product, unitPrice)
      office.emulator.world.createAddition({ agreementId, product: item, quantity, unitPrice, effectiveDate })
      return []
    },
  },
  {
    pattern: /^sells (.+?) at (\d+(?:\.\d+)?)$/,
    example: 'sells Microsoft 365 Business Premium at 22.00',
    tell: (office, [product = '', price = '']) => {
      itemOf(office, product, price)
      return []
    },
  },
  {
    pattern: /^“(.+?)” · (.+?) · by hand (\d+) → (\d+)$/,
    example: '“Contoso Cloud” · Microsoft 365 Business Premium · by hand 20 → 22',
    tell: (office, [agreement = '', product = '', before = '', after = '']) => {
      const { world } = office.emulator
      const [line, ...others] = world
        .additionsOf(agreementOf(office, agreement))
        .filter(({ productId, quantity }) => office.items.get(product) === productId && quantity === before)
      if (line === undefined || others.length > 0) {
        throw new Error(`${agreement} has not one line of ${before} × ${product}`)
      }
      world.editAddition({ additionId: line.id, quantity: after })
      return []
    },
  },
  {
    pattern: /^(.+?) is (inactive|active again)$/,
    example: 'Power BI Premium is inactive',
    tell: (office, [product = '', state]) => {
      const id = office.items.get(product)
      if (id === undefined) throw new Error(`the catalog has no ${product}`)
      office.emulator.world.editCatalogItem({ id, inactiveFlag: state === 'inactive' })
      return []
    },
  },
  {
    pattern: /^invoices “(.+?)”$/,
    example: 'invoices “Contoso Cloud”',
    tell: (office, [name = '']) => [invoiceSaid(office, name)],
  },
  {
    pattern: /^loses the next answer$/,
    example: 'loses the next answer',
    tell: ({ emulator }) => {
      // The answer to a new line: that one alone would be there twice if it were sent again.
      emulator.setFaults([{ kind: 'lostResponse', method: 'POST', path: '/additions', times: 1 }])
      return []
    },
  },
]

/** A company nobody named before is created. */
function companyOf({ emulator, companies }: Office, name: string): number {
  const known = companies.get(name)
  if (known !== undefined) return known
  const id = emulator.world.createCompany({ identifier: vendorNumber(name), name })
  companies.set(name, id)
  return id
}

function itemOf({ emulator, items }: Office, product: string, price: string): number {
  const known = items.get(product)
  if (known !== undefined) return known
  const identifier = vendorNumber(product)
  const content = { identifier, description: product, manufacturerPartNumber: identifier, price }
  const id = emulator.world.createCatalogItem(content)
  items.set(product, id)
  return id
}

function agreementOf({ agreements }: Office, name: string): number {
  const id = agreements.get(name)
  if (id === undefined) throw new Error(`there is no agreement “${name}”`)
  return id
}

function invoiceSaid(office: Office, name: string): Said {
  const { world } = office.emulator
  const before = names(office, agreementOf(office, name))
  const { lines, total, period } = world.invoice(agreementOf(office, name))
  return {
    by: 'invoice',
    lines: [
      `“${name}” for the month from ${period.from}: ${withCents(total)}`,
      ...lines.map((line) => invoiceLine(before, line)),
    ],
  }
}

/** What is sold, by addition. */
function names({ emulator: { world }, items }: Office, agreementId: number): ReadonlyMap<number, string> {
  const products = new Map([...items].map(([product, id]) => [id, product]))
  return new Map(
    world.additionsOf(agreementId).map(({ id, productId }) => [id, products.get(productId) ?? 'something']),
  )
}

function invoiceLine(
  products: ReadonlyMap<number, string>,
  { additionId, from, to, quantity, unitPrice, amount }: InvoiceLine,
): string {
  const product = products.get(additionId) ?? 'something'
  return `${from} to ${to} · ${quantity} × ${product} at ${withCents(unitPrice)} = ${withCents(amount)}`
}

function agreementLines(office: Office, name: string, id: number): readonly string[] {
  const { world } = office.emulator
  const { prorateFlag } = world.agreement(id)
  const products = names(office, id)
  const { lines, total } = world.preview(id)
  return [
    `ConnectWise “${name}”, ${prorateFlag ? 'prorating' : 'not prorating'}`,
    ...world.additionsOf(id).map((addition) => additionLine(products, addition)),
    `its next invoice: ${withCents(total)}`,
    ...lines.map((line) => `- ${invoiceLine(products, line)}`),
  ]
}

function additionLine(
  products: ReadonlyMap<number, string>,
  { id, quantity, unitPrice, effectiveDate, cancelledDate }: Addition,
): string {
  const last = cancelledDate === null ? 'from' : 'only'
  const days = cancelledDate === null ? effectiveDate : `${effectiveDate} through ${cancelledDate}`
  return `line ${id}: ${quantity} × ${products.get(id) ?? 'something'} at ${withCents(unitPrice)}, ${last} ${days}`
}
