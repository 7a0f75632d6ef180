import { multiply } from '../shared/decimal.js'
import { billedQuantity, digitsOf, shownProration } from './invoicing.js'
import { nextInvoiceDate } from './periods.js'
import type {
  Addition,
  Agreement,
  BillingOption,
  CatalogItem,
  Company,
  DateText,
  Invoice,
} from './records.js'
import { existing, type Store } from './store.js'

/** One record as the API shows it. */
export type Shown = Readonly<Record<string, unknown>>

function instant(date: DateText): string {
  return `${date}T00:00:00Z`
}

/** Fields whose value is empty are left out of an answer. */
function filled(record: Shown): Shown {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== null && value !== undefined),
  )
}

export function showCompany(company: Company): Shown {
  return {
    id: company.id,
    identifier: company.identifier,
    name: company.name,
    status: { id: company.status === 'Active' ? 1 : 2, name: company.status },
    deletedFlag: company.deletedFlag,
    _info: { lastUpdated: company.lastUpdated },
  }
}

export function showCatalogItem(item: CatalogItem): Shown {
  return {
    id: item.id,
    identifier: item.identifier,
    description: item.description,
    inactiveFlag: item.inactiveFlag,
    subcategory: { id: 1, name: 'Licences' },
    type: { id: 1, name: 'Software' },
    productClass: item.productClass,
    price: Number(item.price),
    cost: Number(item.cost),
    taxableFlag: true,
    customerDescription: item.customerDescription,
    manufacturerPartNumber: item.manufacturerPartNumber,
    vendorSku: item.vendorSku,
    integrationXRef: item.integrationXRef,
    _info: { lastUpdated: item.lastUpdated },
  }
}

const CYCLES: readonly { readonly id: number; readonly identifier: string; readonly name: BillingOption }[] =
  [
    { id: 1, identifier: 'W', name: 'Weekly' },
    { id: 2, identifier: 'M', name: 'Monthly' },
    { id: 3, identifier: 'Q', name: 'Quarterly' },
    { id: 4, identifier: 'Y', name: 'Yearly' },
    { id: 5, identifier: 'BM', name: 'BiMonthly' },
    { id: 6, identifier: 'SA', name: 'SemiAnnual' },
    { id: 7, identifier: 'BW', name: 'BiWeekly' },
    { id: 8, identifier: '1', name: 'NotRecurring' },
  ]

export function showBillingCycles(): Shown[] {
  return CYCLES.map(({ id, identifier, name }) => ({
    id,
    identifier,
    name,
    defaultFlag: name === 'Monthly',
    billingOptions: name,
  }))
}

const TYPES: readonly { readonly id: number; readonly name: string; readonly prorateFlag: boolean }[] = [
  { id: 1, name: 'Managed Services', prorateFlag: true },
  { id: 2, name: 'Cloud Licences', prorateFlag: false },
]

/** The types of agreement the installation knows. */
export const AGREEMENT_TYPES: readonly string[] = TYPES.map(({ name }) => name)

export function showAgreementTypes(): Shown[] {
  return TYPES.map(({ id, name, prorateFlag }) => ({
    id,
    name,
    inactiveFlag: false,
    employeeCompRate: 'Actual',
    employeeCompNotExceed: 'Billing',
    invoicingCycle: 'CalendarYear',
    billTime: 'NoDefault',
    billExpenses: 'NoDefault',
    billProducts: 'NoDefault',
    prorateFlag,
    invoiceProratedAdditionsFlag: false,
  }))
}

/** Active, or why it bills no more. */
export function statusOf(
  agreement: Agreement,
  today: DateText,
): 'Active' | 'Cancelled' | 'Expired' | 'Inactive' {
  if (agreement.cancelledFlag) return 'Cancelled'
  if (agreement.endDate !== null && agreement.endDate < today) return 'Expired'
  return agreement.startDate > today ? 'Inactive' : 'Active'
}

export function today({ now }: Store): DateText {
  return now().toISOString().slice(0, 10)
}

export function showAgreement(store: Store, agreement: Agreement): Shown {
  const company = existing(store.companies, agreement.companyId, 'company')
  const cycle = CYCLES.find(({ name }) => name === agreement.billingCycle)
  const next = nextInvoiceDate(agreement)
  return filled({
    id: agreement.id,
    name: agreement.name,
    type: { id: TYPES.find(({ name }) => name === agreement.type)?.id, name: agreement.type },
    company: { id: company.id, identifier: company.identifier, name: company.name },
    contact: { id: company.id + 1_000_000, name: `Accounts of ${company.name}` },
    customerPO: agreement.customerPO,
    startDate: instant(agreement.startDate),
    endDate: agreement.endDate === null ? null : instant(agreement.endDate),
    noEndingDateFlag: agreement.endDate === null,
    cancelledFlag: agreement.cancelledFlag,
    reasonCancelled: agreement.reasonCancelled,
    internalNotes: agreement.internalNotes,
    billingCycle: { id: cycle?.id, name: agreement.billingCycle },
    invoicingCycle: 'CalendarYear',
    billStartDate: instant(agreement.billStartDate),
    prorateFlag: agreement.prorateFlag,
    invoiceProratedAdditionsFlag: agreement.invoiceProratedAdditionsFlag,
    currency: { id: 7, currencyCode: agreement.currency, name: agreement.currency },
    periodType: 'Current',
    autoInvoiceFlag: false,
    nextInvoiceDate: store.quirks.nextInvoiceDate === 'date' ? next : instant(next),
    agreementStatus: statusOf(agreement, today(store)),
    _info: { lastUpdated: agreement.lastUpdated },
  })
}

export function showAddition(store: Store, addition: Addition): Shown {
  const agreement = existing(store.agreements, addition.agreementId, 'agreement')
  const item = existing(store.catalog, addition.productId, 'catalog item')
  const billed = billedQuantity(addition)
  const digits = digitsOf(agreement)
  const proration = shownProration(agreement, addition)
  return filled({
    id: addition.id,
    product: { id: item.id, identifier: item.identifier },
    quantity: Number(addition.quantity),
    lessIncluded: Number(addition.lessIncluded),
    unitPrice: Number(addition.unitPrice),
    unitCost: Number(addition.unitCost),
    billCustomer: addition.billCustomer,
    effectiveDate: instant(addition.effectiveDate),
    cancelledDate: addition.cancelledDate === null ? null : instant(addition.cancelledDate),
    taxableFlag: addition.taxableFlag,
    serialNumber: addition.serialNumber,
    invoiceDescription: addition.invoiceDescription,
    purchaseItemFlag: addition.purchaseItemFlag,
    specialOrderFlag: addition.specialOrderFlag,
    agreementId: addition.agreementId,
    description: addition.description,
    billedQuantity: Number(billed),
    uom: 'Each',
    extPrice: Number(multiply([billed, addition.unitPrice], digits)),
    extCost: Number(multiply([addition.quantity, addition.unitCost], digits)),
    proratePrice: Number(proration.unit),
    extendedProratePrice: Number(proration.extended),
    prorateCurrentPeriodFlag: proration.isPart,
    agreementStatus: statusOf(agreement, today(store)),
    _info: { lastUpdated: addition.lastUpdated, updatedBy: addition.updatedBy },
  })
}

export function showInvoice(store: Store, invoice: Invoice): Shown {
  const agreement = existing(store.agreements, invoice.agreementId, 'agreement')
  const company = existing(store.companies, agreement.companyId, 'company')
  const total = Number(invoice.total)
  return {
    id: invoice.id,
    invoiceNumber: invoice.invoiceNumber,
    type: 'Agreement',
    status: { id: 1, name: 'New' },
    company: { id: company.id, identifier: company.identifier, name: company.name },
    applyToType: 'Agreement',
    applyToId: agreement.id,
    date: instant(invoice.date),
    currency: { id: 7, currencyCode: agreement.currency, name: agreement.currency },
    dueDate: instant(invoice.date),
    productTotal: total,
    subtotal: total,
    total,
    salesTax: 0,
    balance: total,
    agreement: { id: agreement.id, name: agreement.name, type: agreement.type },
    _info: { lastUpdated: invoice.lastUpdated },
  }
}
