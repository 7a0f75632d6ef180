import { type Amount, exact } from './amounts.js'
import type { Changes } from './changes.js'
import { addDays } from '../shared/dates.js'
import type {
  Addition,
  Agreement,
  BillCustomer,
  BillingOption,
  CatalogItem,
  DateText,
  Invoice,
  InvoiceLine,
} from './records.js'
import { bill, totalOf } from './invoicing.js'
import { AGREEMENT_TYPES } from './render.js'
import { additionsOf, type Area, existing, type Permission, type Store } from './store.js'

export interface NewAddition {
  readonly agreementId: number
  /** The catalog item's id or its identifier. */
  readonly product: number | string
  readonly quantity: Amount
  /** Default: the catalog's. */
  readonly unitPrice?: Amount
  readonly unitCost?: Amount
  readonly lessIncluded?: Amount
  readonly billCustomer?: BillCustomer
  /** Default: the agreement's first billed day. */
  readonly effectiveDate?: DateText
  /** Last billed day. Default: open. */
  readonly cancelledDate?: DateText | null
  readonly serialNumber?: string
  readonly invoiceDescription?: string
}

export interface NewAgreement {
  readonly companyId: number
  readonly name: string
  readonly prorateFlag: boolean
  /** First day of the period that is invoiced next; nothing before it is ever billed. */
  readonly nextInvoiceDate: DateText
  /** Default: Monthly. */
  readonly billingCycle?: BillingOption
  /** Default: USD. */
  readonly currency?: string
  /** Default: a year before the first billed day. */
  readonly startDate?: DateText
  /** Last day. Default: no end. */
  readonly endDate?: DateText | null
  readonly type?: string
}

export interface NewCatalogItem extends Partial<Omit<CatalogItem, 'id' | 'price' | 'cost' | 'lastUpdated'>> {
  readonly identifier: string
  readonly price?: Amount
  readonly cost?: Amount
}

/** A whole installation in one go; see `World.seed`. */
export interface WorldDescription {
  readonly catalog?: readonly NewCatalogItem[]
  readonly companies?: readonly {
    readonly identifier: string
    readonly name?: string
    readonly agreements?: readonly (Omit<NewAgreement, 'companyId'> & {
      readonly additions?: readonly Omit<NewAddition, 'agreementId'>[]
    })[]
  }[]
}

/** The ids given to what a description named; additions in its order. */
export interface Seeded {
  readonly catalog: Readonly<Record<string, number>>
  readonly companies: Readonly<Record<string, number>>
  readonly agreements: Readonly<Record<string, number>>
  readonly additions: readonly number[]
}

/**
 * The installation as a person sits before it. Each method acts at the emulator's clock; what changes an agreement or an
 * addition is written to the ledger as done by hand. What does not exist is an error.
 */
export interface World {
  createCompany(company: {
    readonly identifier: string
    readonly name?: string
    readonly status?: string
    readonly deletedFlag?: boolean
  }): number
  createCatalogItem(item: NewCatalogItem): number
  editCatalogItem(change: { readonly id: number } & Partial<NewCatalogItem>): void
  createAgreement(agreement: NewAgreement): number
  editAgreement(
    change: { readonly agreementId: number } & Partial<
      Pick<Agreement, 'prorateFlag' | 'name' | 'cancelledFlag'>
    >,
  ): void
  /** `endDate` is the last day. */
  endAgreement(change: { readonly agreementId: number; readonly endDate: DateText }): void
  createAddition(addition: NewAddition): number
  editAddition(
    change: { readonly additionId: number } & Partial<Omit<NewAddition, 'agreementId' | 'product'>>,
  ): void
  /** `cancelledDate` is the last billed day. */
  cancelAddition(change: { readonly additionId: number; readonly cancelledDate: DateText }): void
  deleteAddition(choice: { readonly additionId: number }): void
  /** Makes the next invoice of an agreement, as the person does who runs the agreement invoicing. */
  invoice(agreementId: number): Invoice
  /** Takes back the newest invoice of an agreement: its days are due again, and its date is the next one. */
  deleteInvoice(choice: { readonly invoiceId: number }): void
  /** What the next invoice would be, without making it. */
  preview(agreementId: number): { readonly lines: readonly InvoiceLine[]; readonly total: string }
  /** What the API's user may do in an area; what is not named stays. Everything is allowed at first. */
  setPermissions(permissions: Partial<Record<Area, Permission>>): void
  /** A new release of the vendor's cloud: the old path answers 404 from now on. */
  moveCodebase(move: { readonly codebase: string }): void
  seed(description: WorldDescription): Seeded
  /** Carries out every write whose effect was delayed, whatever the clock says. Returns how many there were. */
  settle(): number
  company(id: number): unknown
  agreement(id: number): Agreement
  addition(id: number): Addition
  /** Oldest first. */
  additionsOf(agreementId: number): readonly Addition[]
  /** Oldest first. */
  invoicesOf(agreementId: number): readonly Invoice[]
}

export function createWorld(store: Store, changes: Changes, settle: () => number): World {
  const agreementAt = (id: number): Agreement => existing(store.agreements, id, 'agreement')
  const additionAt = (id: number): Addition => existing(store.additions, id, 'addition')
  const world: World = {
    ...createRecords(store, changes),
    editCatalogItem({ id, price, cost, ...change }) {
      changes.putCatalogItem({
        ...existing(store.catalog, id, 'catalog item'),
        ...change,
        ...(price === undefined ? {} : { price: exact(price) }),
        ...(cost === undefined ? {} : { cost: exact(cost) }),
      })
    },
    editAgreement({ agreementId, ...change }) {
      changes.putAgreement({ ...agreementAt(agreementId), ...change }, 'hand')
    },
    endAgreement({ agreementId, endDate }) {
      changes.putAgreement({ ...agreementAt(agreementId), endDate }, 'hand')
    },
    editAddition({ additionId, quantity, unitPrice, unitCost, lessIncluded, ...change }) {
      const amounts = Object.entries({ quantity, unitPrice, unitCost, lessIncluded }).flatMap(
        ([name, amount]) => (amount === undefined ? [] : [[name, exact(amount)] as const]),
      )
      changes.putAddition({ ...additionAt(additionId), ...change, ...Object.fromEntries(amounts) }, 'hand')
    },
    cancelAddition({ additionId, cancelledDate }) {
      changes.putAddition({ ...additionAt(additionId), cancelledDate }, 'hand')
    },
    deleteAddition: ({ additionId }) => changes.removeAddition(additionId, 'hand'),
    invoice: (agreementId) => changes.makeInvoice(agreementId, 'hand'),
    deleteInvoice: ({ invoiceId }) => changes.removeInvoice(invoiceId, 'hand'),
    preview(agreementId) {
      const agreement = agreementAt(agreementId)
      const { lines } = bill(agreement, additionsOf(store, agreementId))
      return { lines, total: totalOf(agreement, lines) }
    },
    setPermissions(permissions) {
      for (const [area, permission] of Object.entries(permissions)) {
        store.permissions.set(area as Area, permission)
      }
    },
    moveCodebase({ codebase }) {
      store.quirks = { ...store.quirks, codebase }
    },
    seed: (description) => seed(world, description),
    settle,
    company: (id) => existing(store.companies, id, 'company'),
    agreement: agreementAt,
    addition: additionAt,
    additionsOf: (agreementId) => additionsOf(store, agreementId),
    invoicesOf: (agreementId) =>
      [...store.invoices.values()].filter((invoice) => invoice.agreementId === agreementId),
  }
  return world
}

type Created = Pick<World, 'createCompany' | 'createCatalogItem' | 'createAgreement' | 'createAddition'>

function createRecords(store: Store, changes: Changes): Created {
  return {
    createCompany({ identifier, name = identifier, status = 'Active', deletedFlag = false }) {
      const id = store.nextId()
      changes.putCompany({ id, identifier, name, status, deletedFlag })
      return id
    },
    createCatalogItem({ identifier, price = 0, cost = 0, ...item }) {
      const id = store.nextId()
      changes.putCatalogItem({
        id,
        identifier,
        description: identifier,
        customerDescription: identifier,
        productClass: 'NonInventory',
        inactiveFlag: false,
        vendorSku: '',
        manufacturerPartNumber: '',
        integrationXRef: '',
        ...item,
        price: exact(price),
        cost: exact(cost),
      })
      return id
    },
    createAgreement: (wanted) => createAgreement(store, changes, wanted),
    createAddition: (wanted) => createAddition(store, changes, wanted),
  }
}

function createAgreement(store: Store, changes: Changes, wanted: NewAgreement): number {
  existing(store.companies, wanted.companyId, 'company')
  const { nextInvoiceDate, billingCycle = 'Monthly', type = AGREEMENT_TYPES[0] ?? '' } = wanted
  if (!AGREEMENT_TYPES.includes(type)) throw new Error(`no type of agreement is named ${type}`)
  if (billingCycle === 'NotRecurring') throw new Error('an agreement that does not recur has no periods')
  const id = store.nextId()
  const agreement = {
    id,
    name: wanted.name,
    companyId: wanted.companyId,
    type,
    billingCycle,
    prorateFlag: wanted.prorateFlag,
    invoiceProratedAdditionsFlag: false,
    currency: wanted.currency ?? 'USD',
    startDate: wanted.startDate ?? addDays(nextInvoiceDate, -365),
    billStartDate: nextInvoiceDate,
    invoicedPeriods: 0,
    endDate: wanted.endDate ?? null,
    cancelledFlag: false,
    reasonCancelled: '',
    customerPO: '',
    internalNotes: '',
  }
  changes.putAgreement(agreement, 'hand')
  return id
}

function createAddition(store: Store, changes: Changes, wanted: NewAddition): number {
  const agreement = existing(store.agreements, wanted.agreementId, 'agreement')
  const item = itemNamed(store, wanted.product)
  const id = store.nextId()
  const addition = {
    id,
    agreementId: agreement.id,
    productId: item.id,
    quantity: exact(wanted.quantity),
    lessIncluded: exact(wanted.lessIncluded ?? 0),
    unitPrice: exact(wanted.unitPrice ?? item.price),
    unitCost: exact(wanted.unitCost ?? item.cost),
    billCustomer: wanted.billCustomer ?? 'Billable',
    effectiveDate: wanted.effectiveDate ?? agreement.billStartDate,
    cancelledDate: wanted.cancelledDate ?? null,
    taxableFlag: true,
    serialNumber: wanted.serialNumber ?? '',
    description: item.description,
    invoiceDescription: wanted.invoiceDescription ?? item.customerDescription,
    purchaseItemFlag: false,
    specialOrderFlag: false,
    invoiced: [],
  }
  changes.putAddition(addition, 'hand')
  return id
}

function itemNamed(store: Store, product: number | string): CatalogItem {
  const found = [...store.catalog.values()].find(
    ({ id, identifier }) => id === product || identifier === product,
  )
  if (found === undefined) throw new Error(`no catalog item ${product}`)
  return found
}

function seed(world: World, { catalog = [], companies = [] }: WorldDescription): Seeded {
  const items = catalog.map((item) => [item.identifier, world.createCatalogItem(item)] as const)
  const agreementIds: (readonly [string, number])[] = []
  const additionIds: number[] = []
  const companyIds = companies.map(({ agreements = [], ...company }) => {
    const companyId = world.createCompany(company)
    for (const { additions = [], ...agreement } of agreements) {
      const agreementId = world.createAgreement({ ...agreement, companyId })
      agreementIds.push([agreement.name, agreementId])
      for (const addition of additions) additionIds.push(world.createAddition({ ...addition, agreementId }))
    }
    return [company.identifier, companyId] as const
  })
  return {
    catalog: Object.fromEntries(items),
    companies: Object.fromEntries(companyIds),
    agreements: Object.fromEntries(agreementIds),
    additions: additionIds,
  }
}
