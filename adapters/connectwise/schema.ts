import { z } from 'zod'
import { type LocalDate, parseLocalDate } from '../../core/calendar/date.js'
import { CONNECTWISE_DESCRIPTION_CHARACTERS, MAXIMUM_ID_LENGTH } from '../../core/limits.js'
import { isCurrency } from '../../core/money/currency.js'
import { type Decimal, DECIMAL_PLACES, DECIMAL_ZERO, parseDecimal } from '../../core/money/decimal.js'
import { dottedPath, field, optionalField, parserOf, readText } from '../http/schema.js'

const parser = parserOf(dottedPath)

/** The parts of ConnectWise's answers that are used, read exactly; everything else in them is ignored. */

/** Whatever cannot be used counts as not there: for what is only shown. */
function lenient<T>(read: (value: unknown) => T | undefined) {
  return z
    .unknown()
    .optional()
    .transform((value): T | undefined => read(value))
}

/** Ids are 32-bit numbers; as text everywhere else here. */
function readId(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 0x7fffffff
    ? String(value)
    : undefined
}

/** Significant digits a double keeps of a decimal, whatever it is. */
const DOUBLE_DIGITS = 15

/** Four units in a double's last place: what adding and multiplying doubles leaves behind, and no written digit. */
const DOUBLE_NOISE = 2 ** -50

/**
 * The decimal behind a JSON number. A number of up to 15 digits is taken as it is written. ConnectWise computes in
 * doubles, so that 0.3 can arrive as 0.30000000000000004: such noise is dropped, every other further digit refused.
 */
export function readDecimal(value: unknown): Decimal | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  const rounded = value.toPrecision(DOUBLE_DIGITS)
  const text = rounded.includes('e') ? value.toFixed(DECIMAL_PLACES) : rounded
  if (Math.abs(Number(text) - value) > Math.abs(value) * DOUBLE_NOISE) return undefined
  return parseDecimal(text)
}

/** A figure that is only shown, to the last place we keep. */
function readFigure(value: unknown): Decimal | undefined {
  return typeof value === 'number' && Number.isFinite(value)
    ? parseDecimal(value.toFixed(DECIMAL_PLACES))
    : undefined
}

/** Dates are typed as instants and mean days: midnight in UTC, or no time at all. */
const DATE = /^(\d{4}-\d{2}-\d{2})(?:T00:00:00(?:\.0+)?Z?)?$/

function readDate(value: unknown): LocalDate | undefined {
  const match = typeof value === 'string' ? DATE.exec(value.trim()) : null
  return match === null ? undefined : parseLocalDate(match[1] ?? '')
}

function readFlag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

function readCurrency(value: unknown): string | undefined {
  return typeof value === 'string' && isCurrency(value) ? value : undefined
}

const ID = 'an id, a whole number from 1'
const DAY = 'a day that exists at midnight, such as 2026-03-11T00:00:00Z'
const NUMBER = `a number of at most ${DECIMAL_PLACES} decimal places`

const id = field(ID, readId)
const flag = optionalField('true or false', readFlag)
const date = field(DAY, readDate)
const optionalDate = optionalField(DAY, readDate)
const name = field('a name', readText)
const shortText = lenient(readText)

/** `GET` of any list. */
const rowsSchema = z.array(z.looseObject({ id }))

const countSchema = z.object({
  count: field('a whole number from 0', (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined,
  ),
})

/** `GET /login/companyinfo/{companyId}`: the part of the address that changes with each release, "v2025_1/". */
const companyInfoSchema = z.object({
  Codebase: field('a part of an address, such as "v2025_1/"', (value) => {
    const part = typeof value === 'string' ? value.replace(/^\/+|\/+$/g, '') : ''
    return /^[A-Za-z0-9_-]{1,40}$/.test(part) ? part : undefined
  }),
})

const reference = z.object({ name: shortText }).nullish()

const companySchema = z.object({
  id,
  name,
  identifier: shortText,
  status: reference,
  deletedFlag: flag,
  website: shortText,
})

const catalogItemSchema = z.object({
  id,
  identifier: shortText,
  description: shortText,
  inactiveFlag: flag,
  productClass: shortText,
  price: lenient(readDecimal),
  manufacturerPartNumber: shortText,
  vendorSku: shortText,
  integrationXRef: shortText,
})

const agreementSchema = z.object({
  id,
  name,
  company: z.object({ id }),
  startDate: date,
  endDate: optionalDate,
  noEndingDateFlag: flag,
  cancelledFlag: flag,
  agreementStatus: shortText,
  prorateFlag: field('true or false', readFlag),
  billingCycle: z.object({ id }).nullish(),
  billStartDate: optionalDate,
  nextInvoiceDate: optionalDate,
  currency: z
    .object({
      currencyCode: optionalField('an ISO 4217 currency code, such as "USD"', readCurrency),
    })
    .nullish(),
})

const billingCycleSchema = z.object({ id, billingOptions: shortText })

const BILL_CUSTOMER = ['Billable', 'DoNotBill', 'NoCharge'] as const

const additionSchema = z.object({
  id,
  product: z.object({ id }),
  quantity: field(NUMBER, readDecimal),
  lessIncluded: optionalField(NUMBER, readDecimal).transform((included) => included ?? DECIMAL_ZERO),
  unitPrice: field(NUMBER, readDecimal),
  billCustomer: field(`one of ${BILL_CUSTOMER.join(', ')}`, (value) =>
    BILL_CUSTOMER.find((known) => known === value),
  ),
  effectiveDate: optionalDate,
  cancelledDate: optionalDate,
  serialNumber: lenient((value) => readText(value, MAXIMUM_ID_LENGTH)),
  invoiceDescription: lenient((value) => readText(value, CONNECTWISE_DESCRIPTION_CHARACTERS)),
  description: lenient((value) => readText(value, CONNECTWISE_DESCRIPTION_CHARACTERS)),
  prorateCurrentPeriodFlag: flag,
  extendedProratePrice: lenient(readFigure),
})

const invoiceSchema = z.object({ id, invoiceNumber: shortText, type: shortText, date })

/** A refusal; read leniently, because a refusal that cannot be read is one all the same. */
const refusalSchema = z.object({
  message: shortText,
  errors: z
    .array(z.object({ message: shortText, field: shortText }).catch({ message: undefined, field: undefined }))
    .catch([]),
})

export const parseRows = parser(rowsSchema)
export const parseCount = parser(countSchema)
export const parseCompanyInfo = parser(companyInfoSchema)
export const parseCompany = parser(companySchema)
export const parseCatalogItem = parser(catalogItemSchema)
export const parseAgreement = parser(agreementSchema)
export const parseBillingCycle = parser(billingCycleSchema)
export const parseAddition = parser(additionSchema)
export const parseInvoice = parser(invoiceSchema)
export const parseRefusal = parser(refusalSchema)

export type Invoice = z.infer<typeof invoiceSchema>
export type Company = z.infer<typeof companySchema>
export type CatalogItem = z.infer<typeof catalogItemSchema>
export type Agreement = z.infer<typeof agreementSchema>
export type Addition = z.infer<typeof additionSchema>
