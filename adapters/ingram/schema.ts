import { z } from 'zod'
import type { BillingPeriod } from '../../core/calendar/billing-period.js'
import { type LocalDate, parseLocalDate } from '../../core/calendar/date.js'
import { BILLING_PERIOD_YEARS, MAXIMUM_ID_LENGTH, SEATS, UNIT_PRICE } from '../../core/limits.js'
import type { UnitPrice } from '../../core/marketplace/types.js'
import { isCurrency } from '../../core/money/currency.js'
import { type Decimal, DECIMAL_ONE, parseDecimal } from '../../core/money/decimal.js'
import { field, optionalField, parserOf, readExactNumber, readText as readLine } from '../http/schema.js'

/** "products[0].unitPrice.amount". */
function bracketedPath(path: readonly PropertyKey[]): string {
  return path.map((step, index) => stepText(step, index)).join('')
}

function stepText(step: PropertyKey, index: number): string {
  if (typeof step === 'number') return `[${step}]`
  return index === 0 ? String(step) : `.${String(step)}`
}

const parser = parserOf(bracketedPath)

/** The parts of the marketplace's answers that are used, read exactly; everything else in them is ignored. */

/** A word of a known list, in any case; whatever else is sent means `unknown` and is held until a person looks. */
function word<const W extends string>(known: readonly W[]) {
  return z
    .unknown()
    .optional()
    .transform((value): W | 'unknown' => {
      const text = typeof value === 'string' ? value.trim().toLowerCase() : ''
      return known.find((candidate) => candidate.toLowerCase() === text) ?? 'unknown'
    })
}

const ID = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,${MAXIMUM_ID_LENGTH - 1}}$`)

/** Ids are text of digits in the specification; a number is taken as its digits. */
function readId(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  return typeof text === 'string' && ID.test(text) ? text : undefined
}

/** Numbers of vendors and of purchase orders are sometimes sent as what they look like. */
function readText(value: unknown): string | undefined {
  return readLine(typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value)
}

/** Reads "2.0", "22.1" or the number 2 exactly; never through arithmetic on a float. */
function readDecimal(value: unknown): Decimal | undefined {
  return typeof value === 'string' ? parseDecimal(value) : readExactNumber(value)
}

function readSeats(value: unknown): Decimal | undefined {
  const seats = readDecimal(value)
  if (seats === undefined || seats < 0n || seats % DECIMAL_ONE !== 0n) return undefined
  return seats < SEATS * DECIMAL_ONE ? seats : undefined
}

/** Orders state signed differences; metered ones may be fractions. */
function readSeatDifference(value: unknown): Decimal | undefined {
  const seats = readDecimal(value)
  if (seats === undefined) return undefined
  const size = seats < 0n ? -seats : seats
  return size < SEATS * DECIMAL_ONE ? seats : undefined
}

function readUnitAmount(value: unknown): Decimal | undefined {
  const amount = readDecimal(value)
  return amount !== undefined && amount >= 0n && amount < UNIT_PRICE * DECIMAL_ONE ? amount : undefined
}

/** Dates carry no time; a midnight written behind one changes nothing. */
const DATE = /^(\d{4}-\d{2}-\d{2})(?:T00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?)?$/

function readDate(value: unknown): LocalDate | undefined {
  const match = typeof value === 'string' ? DATE.exec(value.trim()) : null
  return match === null ? undefined : parseLocalDate(match[1] ?? '')
}

/** An end in or after the year 2200 ("9999-12-31") is the vendors' way to write that there is none. */
const ENDLESS = /^(?:2[2-9]|[3-9]\d)\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T|$)/

function readEnd(value: unknown): { readonly on: LocalDate | undefined } | undefined {
  if (typeof value === 'string' && DATE.test(value.trim()) && ENDLESS.test(value.trim()))
    return { on: undefined }
  const on = readDate(value)
  return on === undefined ? undefined : { on }
}

const INSTANT =
  /^(\d{4}-\d{2}-\d{2})T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?)(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/

/** Instants of orders are UTC, also where the zone is left out (seen on the live marketplace). */
function readInstant(value: unknown): Date | undefined {
  const match = typeof value === 'string' ? INSTANT.exec(value.trim()) : null
  if (match === null || parseLocalDate(match[1] ?? '') === undefined) return undefined
  const zone = (match[3] ?? 'Z').replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2')
  const instant = new Date(`${match[1]}T${match[2]}${zone}`)
  return Number.isNaN(instant.getTime()) ? undefined : instant
}

function readBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  return value === 'true' ? true : value === 'false' ? false : undefined
}

const LONGEST_PERIOD: Readonly<Record<BillingPeriod['type'], number>> = {
  day: 366 * BILLING_PERIOD_YEARS,
  month: 12 * BILLING_PERIOD_YEARS,
  year: BILLING_PERIOD_YEARS,
}

/** A period of days, months or years; `period` undefined for a kind that is not billed (statement day, a new word). */
function readBillingPeriod(value: unknown): { readonly period: BillingPeriod | undefined } | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { type, duration } = value as { type?: unknown; duration?: unknown }
  if (type !== 'day' && type !== 'month' && type !== 'year') return { period: undefined }
  const length = readDecimal(duration)
  if (length === undefined || length <= 0n || length % DECIMAL_ONE !== 0n) return undefined
  if (length > BigInt(LONGEST_PERIOD[type]) * DECIMAL_ONE) return undefined
  return { period: { type, duration: Number(length / DECIMAL_ONE) } }
}

const id = field('an id of letters and digits', readId)
const productNumber = field('a product number', readText)
const date = field('a date that exists, such as 2026-03-11', readDate)
const optionalDate = optionalField('a date that exists, such as 2026-03-11', readDate)
const optionalEnd = optionalField('a date that exists, such as 2026-03-11', readEnd)
const instant = field('an instant in UTC, such as 2026-03-11T08:00:00Z', readInstant)

const unitPrice = z
  .object({
    currency: field('an ISO 4217 currency code, such as "USD"', (value) =>
      typeof value === 'string' && isCurrency(value) ? value : undefined,
    ),
    amount: field(
      'an amount of at most 8 decimal places from 0 to below 10^12, such as "22.00"',
      readUnitAmount,
    ),
  })
  .transform(({ currency, amount }): UnitPrice => ({ currency, amount }))
const optionalUnitPrice = unitPrice.nullish().transform((price) => price ?? undefined)

const STATUSES = ['pending', 'active', 'hold', 'terminated', 'removed'] as const
const BILLING_MODELS = [
  'chargeBeforeBillingPeriod',
  'chargeAfterBillingPeriod',
  'chargeBeforeSubscriptionPeriod',
  'chargeExternalRating',
] as const
const ORDER_TYPES = ['sales', 'change', 'renewal', 'cancellation', 'migration'] as const
const ORDER_STATUSES = ['submitted', 'processing', 'error', 'completed', 'cancelled'] as const

/** A count the marketplace states about itself: rows of a list, seconds of a token. */
const count = field('a whole number from 0', (value) => {
  const amount = readDecimal(value)
  return amount !== undefined && amount >= 0n && amount % DECIMAL_ONE === 0n
    ? Number(amount / DECIMAL_ONE)
    : undefined
})

/** `GET` of any list. */
const pageSchema = z.object({
  data: z.array(z.unknown()),
  pagination: z.object({ total: count }),
})

/** `POST /token`. */
const tokenSchema = z.object({ token: field('a token', readToken), expiresInSeconds: count })

/** The OpenID token endpoint of panels run by CloudBlue. */
const keycloakTokenSchema = z.object({ access_token: field('a token', readToken), expires_in: count })

/** Only what fits into a header: anything else would be quoted by the error of the one who tries to send it. */
function readToken(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x21-\x7e]{1,16000}$/.test(value) ? value : undefined
}

/** A row of `GET /customers`, or `GET /customers/{id}`. */
const customerSchema = z.object({ id, name: field('a name', readText) })

/** What a row of `GET /subscriptions` says about whether its details matter. */
const subscriptionRowSchema = z.object({
  id,
  status: word(STATUSES),
  lastModifiedDate: optionalDate,
  expirationDate: optionalEnd,
})

const subscriptionProduct = z.object({
  mpn: productNumber,
  name: optionalField('a name', readText),
  quantity: field('a whole number of seats from 0 to below 10^12', readSeats),
  unitPrice: optionalUnitPrice,
  unitCost: optionalUnitPrice,
  vendorSubscriptionId: optionalField('a short text', readText),
})

/** `GET /subscriptions/{id}`. */
const subscriptionSchema = z.object({
  id,
  name: optionalField('a name', readText),
  customerId: id,
  status: word(STATUSES),
  renewalStatus: optionalField('true or false', readBoolean),
  creationDate: date,
  renewalDate: optionalEnd,
  lastModifiedDate: optionalDate,
  expirationDate: optionalEnd,
  billingModel: word(BILLING_MODELS),
  billingPeriod: optionalField(
    `a period of days, months or years up to ${BILLING_PERIOD_YEARS} years, such as {"type":"month","duration":1}`,
    readBillingPeriod,
  ),
  products: z.array(subscriptionProduct).nullish(),
})

/** A row of `GET /orders`; `GET /orders/{id}` has the same fields and more. */
const orderRowSchema = z.object({
  id,
  orderNumber: optionalField('a short text', readText),
  type: word(ORDER_TYPES),
  status: word(ORDER_STATUSES),
  customerId: id,
  subscriptionId: optionalField('an id of letters and digits', readId),
  creationDate: instant,
  provisioningDate: optionalField('an instant in UTC, such as 2026-03-11T08:00:00Z', readInstant),
  scheduledOn: word(['renewal']),
  poNumber: optionalField('a short text', readText),
})

/** `GET /orders/{id}`. */
const orderSchema = orderRowSchema.extend({
  products: z
    .array(
      z.object({
        mpn: productNumber,
        quantity: field('a number of seats, negative when removed, within 10^12', readSeatDifference),
      }),
    )
    .nullish(),
  details: z.array(z.looseObject({ type: word(['setup']) })).nullish(),
})

/** A detail of type `setup` of an order. */
const setupSchema = z.object({
  mpn: optionalField('a short text', readText),
  description: optionalField('a description', readText),
  quantity: field('a number from 0 to below 10^12', (value) => {
    const quantity = readSeatDifference(value)
    return quantity !== undefined && quantity >= 0n ? quantity : undefined
  }),
  unitPrice,
})

export const parsePage = parser(pageSchema)
export const parseToken = parser(tokenSchema)
export const parseKeycloakToken = parser(keycloakTokenSchema)
export const parseCustomer = parser(customerSchema)
export const parseSubscriptionRow = parser(subscriptionRowSchema)
export const parseSubscription = parser(subscriptionSchema)
export const parseOrderRow = parser(orderRowSchema)
export const parseOrder = parser(orderSchema)
export const parseSetup = parser(setupSchema)

export type SubscriptionRow = z.infer<typeof subscriptionRowSchema>
export type Subscription = z.infer<typeof subscriptionSchema>
export type OrderRow = z.infer<typeof orderRowSchema>
export type Order = z.infer<typeof orderSchema>
