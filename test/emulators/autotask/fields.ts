import type { PicklistName } from './picklists.js'

type FieldType = 'integer' | 'long' | 'decimal' | 'string' | 'datetime' | 'boolean'

export interface Field {
  readonly name: string
  readonly type: FieldType
  readonly length?: number
  /** Must be given when the row is created. */
  readonly required?: true
  /** `create`: only when the row is made; `always`: by PATCH too; `update`: by PATCH only. Without: read-only. */
  readonly write?: 'create' | 'always' | 'update'
  readonly picklist?: PicklistName
  /** In no query and in no answer. */
  readonly hidden?: true
}

const ID: Field = { name: 'id', type: 'long' }

function integer(name: string, more: Partial<Field> = {}): Field {
  return { name, type: 'integer', ...more }
}
function decimal(name: string, more: Partial<Field> = {}): Field {
  return { name, type: 'decimal', ...more }
}
function datetime(name: string, more: Partial<Field> = {}): Field {
  return { name, type: 'datetime', ...more }
}
function boolean(name: string, more: Partial<Field> = {}): Field {
  return { name, type: 'boolean', ...more }
}
function text(name: string, length: number, more: Partial<Field> = {}): Field {
  return { name, type: 'string', length, ...more }
}

const ALWAYS = { write: 'always' } as const
const UPDATE = { write: 'update' } as const
const CREATE = { write: 'create' } as const
const NEEDED = { write: 'create', required: true } as const

/** The fields that the emulator knows; the real entities have more, which a reader must not need. */
export const FIELDS = {
  Companies: [
    ID,
    text('companyName', 100),
    text('companyNumber', 50),
    boolean('isActive'),
    integer('currencyID'),
    integer('taxRegionID'),
  ],
  Contracts: [
    ID,
    integer('companyID'),
    text('contractName', 100, { required: true, ...UPDATE }),
    text('contractNumber', 50, UPDATE),
    text('description', 2000, UPDATE),
    text('purchaseOrderNumber', 50, UPDATE),
    integer('contractType', { picklist: 'contractType' }),
    integer('contractCategory', { picklist: 'contractCategory', ...UPDATE }),
    integer('contractPeriodType', { picklist: 'contractPeriodType' }),
    integer('billingPreference', { picklist: 'billingPreference', ...UPDATE }),
    integer('status', { picklist: 'contractStatus', ...UPDATE }),
    datetime('startDate'),
    datetime('endDate', UPDATE),
    decimal('setupFee'),
  ],
  Services: [
    ID,
    text('name', 150),
    text('sku', 50),
    text('description', 400),
    text('invoiceDescription', 1000),
    decimal('unitPrice'),
    decimal('unitCost'),
    integer('periodType', { picklist: 'periodType' }),
    integer('billingCodeID'),
    boolean('isActive'),
  ],
  ContractServices: [
    ID,
    integer('contractID', NEEDED),
    integer('serviceID', NEEDED),
    decimal('adjustedPrice', { ...ALWAYS, hidden: true }),
    decimal('unitPrice'),
    decimal('unitCost', CREATE),
    decimal('internalCurrencyUnitPrice'),
    decimal('internalCurrencyAdjustedPrice'),
    text('invoiceDescription', 1000, ALWAYS),
    text('internalDescription', 100, CREATE),
    { name: 'quoteItemID', type: 'long' },
  ],
  ContractServiceAdjustments: [
    ID,
    integer('contractID', CREATE),
    integer('serviceID', CREATE),
    integer('contractServiceID', CREATE),
    integer('unitChange', NEEDED),
    datetime('effectiveDate', NEEDED),
    decimal('adjustedUnitPrice', CREATE),
    decimal('adjustedUnitCost', CREATE),
    boolean('allowRepeatService', CREATE),
    integer('quoteItemID'),
  ],
  ContractServiceUnits: [
    ID,
    integer('contractID'),
    integer('serviceID'),
    integer('contractServiceID'),
    datetime('startDate'),
    datetime('endDate'),
    integer('units'),
    decimal('price'),
    decimal('cost'),
    decimal('internalCurrencyPrice'),
    datetime('approveAndPostDate'),
    integer('organizationalLevelAssociationID'),
    integer('vendorCompanyID'),
  ],
  ContractCharges: [
    ID,
    { name: 'contractID', type: 'long', write: 'create' },
    { name: 'contractServiceID', type: 'long', ...ALWAYS },
    text('name', 100, { required: true, ...ALWAYS }),
    text('description', 2000, ALWAYS),
    text('notes', 2000, ALWAYS),
    text('purchaseOrderNumber', 50, ALWAYS),
    integer('chargeType', { required: true, picklist: 'chargeType', ...ALWAYS }),
    { name: 'status', type: 'long', picklist: 'chargeStatus', ...ALWAYS },
    datetime('datePurchased', { required: true, ...ALWAYS }),
    decimal('unitQuantity', { required: true, ...ALWAYS }),
    decimal('unitPrice', ALWAYS),
    decimal('unitCost', ALWAYS),
    boolean('isBillableToCompany', ALWAYS),
    boolean('isBilled'),
    decimal('billableAmount'),
    decimal('extendedCost'),
    decimal('internalCurrencyBillableAmount'),
    decimal('internalCurrencyUnitPrice'),
    datetime('createDate'),
  ],
  BillingItems: [
    ID,
    integer('companyID'),
    integer('contractID'),
    { name: 'serviceID', type: 'long' },
    { name: 'contractChargeID', type: 'long' },
    integer('invoiceID'),
    integer('billingItemType', { picklist: 'billingItemType' }),
    text('itemName', 300),
    text('description', 2000),
    datetime('itemDate'),
    datetime('postedDate'),
    datetime('postedOnTime'),
    decimal('quantity'),
    decimal('rate'),
    decimal('extendedPrice'),
    decimal('totalAmount'),
    decimal('taxDollars'),
    decimal('ourCost'),
    integer('nonBillable'),
  ],
  Invoices: [
    ID,
    integer('companyID'),
    text('invoiceNumber', 50),
    datetime('invoiceDateTime'),
    datetime('createDateTime'),
    datetime('fromDate'),
    datetime('toDate'),
    decimal('invoiceTotal'),
    decimal('totalTaxValue'),
    boolean('isVoided'),
  ],
  ContractServiceBundles: [
    ID,
    integer('contractID'),
    integer('serviceBundleID'),
    decimal('unitPrice'),
    text('invoiceDescription', 1000),
    text('internalDescription', 100),
  ],
} as const satisfies Readonly<Record<string, readonly Field[]>>

export type Entity = keyof typeof FIELDS

export function isEntity(name: string | undefined): name is Entity {
  return name !== undefined && Object.hasOwn(FIELDS, name)
}

export function fieldsOf(entity: Entity): readonly Field[] {
  return FIELDS[entity]
}

export const ENTITIES: readonly string[] = Object.keys(FIELDS)

/** A field that a query may name. */
export function queryableField(entity: Entity, name: string): Field | undefined {
  return fieldsOf(entity).find((field) => field.name === name && field.hidden !== true)
}
