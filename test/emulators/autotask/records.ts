import type { Ledger } from './ledger.js'
import type { Picklists } from './picklists.js'
import type { Quirks } from './quirks.js'

export interface Company {
  readonly id: number
  companyName: string
  companyNumber: string | null
  isActive: boolean
  readonly currencyID: number
  /** Units of the tenant's own currency for one of the customer's, in ten-thousandths. */
  readonly rate: bigint
}

export interface Service {
  readonly id: number
  name: string
  sku: string | null
  description: string | null
  invoiceDescription: string | null
  unitPrice: bigint
  unitCost: bigint | null
  /** Value of the pick list. */
  readonly periodType: number
  /** Months of a billing period: 1, 3, 6 or 12. */
  readonly months: number
  isActive: boolean
}

export interface Contract {
  readonly id: number
  readonly companyID: number
  readonly contractType: number
  contractName: string
  contractNumber: string | null
  description: string | null
  purchaseOrderNumber: string | null
  contractCategory: number | null
  readonly contractPeriodType: number
  billingPreference: number | null
  status: number
  readonly startDate: string
  /** The last day, included. */
  endDate: string
}

/** What changes on a day: units by a difference, prices to a new one. */
export interface Step {
  readonly date: string
  readonly unitChange: number
  readonly price: bigint | null
  readonly cost: bigint | null
  /** Made by an adjustment; the day is then taken. */
  readonly adjustment: boolean
}

/** Units over consecutive days; amounts in cents. */
export interface Row {
  readonly id: number
  readonly start: string
  /** The last day, included. */
  readonly end: string
  readonly units: number
  readonly price: bigint
  readonly cost: bigint
  /** The day it was posted; null: not yet. */
  postedOn: string | null
}

/** A difference raised for a period that was posted before the adjustment came. */
export interface RaisedRow extends Row {
  /** The period it belongs to. */
  readonly period: string
}

/** A service on a contract ("ContractService"). */
export interface Line {
  readonly id: number
  readonly contractID: number
  readonly serviceID: number
  invoiceDescription: string | null
  readonly internalDescription: string | null
  /** In order of date; the first ones set the opening price and units. */
  steps: Step[]
  /** Rows of posted periods by the period's first day: never changed again. */
  readonly posted: Map<string, readonly Row[]>
  readonly raised: RaisedRow[]
  /** Ids of rows by their first day, given once. */
  readonly rowIds: Map<string, number>
}

export interface Charge {
  readonly id: number
  readonly contractID: number
  contractServiceID: number | null
  name: string
  description: string | null
  notes: string | null
  purchaseOrderNumber: string | null
  chargeType: number
  status: number | null
  datePurchased: string
  /** Ten-thousandths: a count may have decimals. */
  unitQuantity: bigint
  unitPrice: bigint
  unitCost: bigint
  isBillableToCompany: boolean
  isBilled: boolean
  readonly createdAt: string
}

/** A line of what was approved and posted. Amounts in cents. */
export interface BillingItem {
  readonly id: number
  readonly companyID: number
  readonly contractID: number
  readonly serviceID: number | null
  readonly contractChargeID: number | null
  readonly itemName: string
  readonly description: string
  readonly itemDate: string
  readonly postedAt: string
  readonly quantity: bigint
  readonly rate: bigint
  readonly totalAmount: bigint
  readonly cost: bigint
  invoiceID: number | null
}

export interface Invoice {
  readonly id: number
  readonly companyID: number
  readonly invoiceNumber: string
  readonly date: string
  readonly fromDate: string
  readonly toDate: string
  readonly total: bigint
  readonly createdAt: string
}

/** A bundle on a contract: shown, so that a reader can refuse to touch it; it bills nothing here. */
export interface Bundle {
  readonly id: number
  readonly contractID: number
  readonly serviceBundleID: number
  readonly unitPrice: bigint
}

/** Everything a database holds. */
export interface Tenant {
  readonly quirks: Quirks
  readonly picklists: Picklists
  readonly ledger: Ledger
  readonly companies: Map<number, Company>
  readonly services: Map<number, Service>
  readonly contracts: Map<number, Contract>
  readonly lines: Map<number, Line>
  readonly charges: Map<number, Charge>
  readonly items: Map<number, BillingItem>
  readonly invoices: Map<number, Invoice>
  readonly bundles: Map<number, Bundle>
  now(): Date
  /** One sequence for everything, so that an id of one entity is never one of another. */
  nextId(): number
}

/** The clock's instant, "2026-03-20T13:00:00.000Z". */
export function instantOf(tenant: Tenant): string {
  return tenant.now().toISOString()
}

/** The clock's UTC date. */
export function today(tenant: Tenant): string {
  return instantOf(tenant).slice(0, 10)
}
