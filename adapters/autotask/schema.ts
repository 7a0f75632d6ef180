import { z } from 'zod'
import { type LocalDate, parseLocalDate } from '../../core/calendar/date.js'
import { type Decimal, DECIMAL_ONE, parseDecimal } from '../../core/money/decimal.js'
import { dottedPath, field, optionalField, parserOf, readExactNumber, readText } from '../http/schema.js'

const parser = parserOf(dottedPath, () => 'what the vendor describes')

/** The parts of Autotask's answers that are used, read exactly; everything else in them is ignored. */

/** Ids are whole numbers on the wire, and text here. The MSP's own company has the id 0. */
function readId(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined
}

/** A value of a pick list: a number in rows, text in the list itself. */
function readPicked(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? value : undefined
}

/** What Autotask computes may carry digits behind those it keeps: eight places are more than any of it means. */
function readComputed(value: unknown): Decimal | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? parseDecimal(value.toFixed(8)) : undefined
}

function readWhole(value: unknown): Decimal | undefined {
  const whole = readExactNumber(value)
  return whole !== undefined && whole % DECIMAL_ONE === 0n ? whole : undefined
}

/** Dates come as midnights of UTC; the time says nothing and no zone is reckoned with. */
const DATE = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})?)?$/

function readDate(value: unknown): LocalDate | undefined {
  const match = typeof value === 'string' ? DATE.exec(value) : null
  return match === null ? undefined : parseLocalDate(match[1] ?? '')
}

function readBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

/** Not cleaned: only what the adapter wrote itself is looked for in it. */
function readRaw(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

const id = field('a whole number', readId)
const optionalId = optionalField('a whole number', readId)
const picked = optionalField('a value of a pick list', readPicked)
const date = field('a date that exists, such as 2026-03-11T00:00:00Z', readDate)
const optionalDate = optionalField('a date that exists, such as 2026-03-11T00:00:00Z', readDate)
const optionalText = optionalField('a text', readText)
const optionalDecimal = optionalField('a number with at most 15 digits', readExactNumber)
const computed = optionalField('a number', readComputed)
const optionalBoolean = optionalField('true or false', readBoolean)

/** `GET …/zoneInformation`. */
const zoneSchema = z.object({ url: field('a web address', readRaw) })

/** `GET …/ThresholdInformation`. */
const thresholdSchema = z.object({
  externalRequestThreshold: field('a whole number', readWhole),
  requestThresholdTimeframe: field('a whole number', readWhole),
  currentTimeframeRequestCount: field('a whole number', readWhole),
})

/** `POST …/query` and the pages after it. */
const pageSchema = z.object({
  items: z.array(z.unknown()),
  pageDetails: z.object({ nextPageUrl: optionalField('a web address', readRaw) }),
})

const fieldsSchema = z.object({
  fields: z.array(
    z.object({
      name: field('a name', readText),
      picklistValues: z
        .array(
          z.object({
            value: field('a value of a pick list', readPicked),
            label: optionalText,
            isActive: optionalBoolean,
            isDefaultValue: optionalBoolean,
          }),
        )
        .nullish(),
    }),
  ),
})

const companySchema = z.object({
  id,
  companyName: field('a name', readText),
  companyNumber: optionalText,
  isActive: optionalBoolean,
  currencyID: optionalId,
  webAddress: optionalText,
})

const currencySchema = z.object({ id, name: optionalText })

const contractSchema = z.object({
  id,
  companyID: id,
  contractName: field('a name', readText),
  contractType: picked,
  contractPeriodType: picked,
  status: picked,
  startDate: date,
  endDate: optionalDate,
})

const serviceSchema = z.object({
  id,
  name: field('a name', readText),
  unitPrice: optionalDecimal,
  periodType: picked,
  isActive: optionalBoolean,
  sku: optionalText,
  catalogNumberPartNumber: optionalText,
  manufacturerServiceProviderProductNumber: optionalText,
  externalID: optionalText,
})

const contractServiceSchema = z.object({
  id,
  serviceID: id,
  adjustedPrice: optionalDecimal,
  unitPrice: optionalDecimal,
  internalCurrencyUnitPrice: computed,
  internalCurrencyAdjustedPrice: computed,
})

const unitsSchema = z.object({
  id,
  contractServiceID: id,
  serviceID: id,
  startDate: date,
  endDate: date,
  units: field('a whole number of units', readWhole),
  approveAndPostDate: optionalDate,
})

const chargeSchema = z.object({
  id,
  name: optionalText,
  description: optionalText,
  notes: optionalField('a text', readRaw),
  contractServiceID: optionalId,
  datePurchased: date,
  unitQuantity: field('a number with at most 15 digits', readExactNumber),
  unitPrice: optionalDecimal,
  billableAmount: computed,
  isBillableToCompany: optionalBoolean,
})

/** A create says the id it made, or null where what it made has none. */
const createdSchema = z.object({ itemId: z.union([z.number(), z.null()]) })

export const parseZone = parser(zoneSchema)
export const parseThreshold = parser(thresholdSchema)
export const parsePage = parser(pageSchema)
export const parseFields = parser(fieldsSchema)
export const parseCompany = parser(companySchema)
export const parseCurrency = parser(currencySchema)
export const parseContract = parser(contractSchema)
export const parseService = parser(serviceSchema)
export const parseContractService = parser(contractServiceSchema)
export const parseUnits = parser(unitsSchema)
export const parseCharge = parser(chargeSchema)
export const parseCreated = parser(createdSchema)

export type Company = z.infer<typeof companySchema>
export type Contract = z.infer<typeof contractSchema>
export type Service = z.infer<typeof serviceSchema>
export type ContractService = z.infer<typeof contractServiceSchema>
export type UnitsRow = z.infer<typeof unitsSchema>
export type Charge = z.infer<typeof chargeSchema>
