/** A local date "2026-03-11". */
export type DateText = string

/** A decimal as text, "22.5": exact, never a float. */
export type Decimal = string

export type BillingOption =
  | 'BiMonthly'
  | 'BiWeekly'
  | 'Monthly'
  | 'NotRecurring'
  | 'Quarterly'
  | 'SemiAnnual'
  | 'Weekly'
  | 'Yearly'

export type BillCustomer = 'Billable' | 'DoNotBill' | 'NoCharge'

export interface Company {
  readonly id: number
  readonly identifier: string
  readonly name: string
  readonly status: string
  readonly deletedFlag: boolean
  readonly lastUpdated: string
}

export interface CatalogItem {
  readonly id: number
  readonly identifier: string
  readonly description: string
  readonly customerDescription: string
  readonly productClass: 'Agreement' | 'Bundle' | 'Inventory' | 'NonInventory' | 'Service'
  readonly inactiveFlag: boolean
  readonly price: Decimal
  readonly cost: Decimal
  readonly vendorSku: string
  readonly manufacturerPartNumber: string
  readonly integrationXRef: string
  readonly lastUpdated: string
}

export interface Agreement {
  readonly id: number
  readonly name: string
  readonly companyId: number
  readonly type: string
  readonly billingCycle: BillingOption
  readonly prorateFlag: boolean
  readonly invoiceProratedAdditionsFlag: boolean
  readonly currency: string
  readonly startDate: DateText
  /** First day that is ever billed; periods are counted from it. */
  readonly billStartDate: DateText
  /** Periods invoiced so far. */
  readonly invoicedPeriods: number
  /** Last day; null: no end. */
  readonly endDate: DateText | null
  readonly cancelledFlag: boolean
  readonly reasonCancelled: string
  readonly customerPO: string
  readonly internalNotes: string
  readonly lastUpdated: string
}

export interface Addition {
  readonly id: number
  readonly agreementId: number
  readonly productId: number
  readonly quantity: Decimal
  readonly lessIncluded: Decimal
  readonly unitPrice: Decimal
  readonly unitCost: Decimal
  readonly billCustomer: BillCustomer
  /** First billed day. */
  readonly effectiveDate: DateText
  /** Last billed day; null: open. */
  readonly cancelledDate: DateText | null
  readonly taxableFlag: boolean
  readonly serialNumber: string
  readonly description: string
  readonly invoiceDescription: string
  readonly purchaseItemFlag: boolean
  readonly specialOrderFlag: boolean
  /** Days that are on an invoice already, half-open and in order of invoicing. */
  readonly invoiced: readonly Span[]
  readonly lastUpdated: string
  readonly updatedBy: Author
}

/** Local dates from (included) to (excluded). */
export interface Span {
  readonly from: DateText
  readonly to: DateText
}

export interface InvoiceLine extends Span {
  readonly additionId: number
  /** Billed quantity, less what is included. */
  readonly quantity: Decimal
  readonly unitPrice: Decimal
  readonly amount: Decimal
}

/** Of one agreement and one period; lines of earlier periods are what was caught up. */
export interface Invoice {
  readonly id: number
  readonly invoiceNumber: string
  readonly agreementId: number
  readonly date: DateText
  readonly period: Span
  readonly lines: readonly InvoiceLine[]
  readonly total: Decimal
  /** The days it settled, of additions that are not billed too. */
  readonly settled: readonly { readonly additionId: number; readonly spans: readonly Span[] }[]
  readonly lastUpdated: string
}

/** Who changed something: a program through the API, or a person at the screen. */
export type Author = 'api' | 'hand'
