import { exact } from './amounts.js'
import type { Call } from './call.js'
import type { DateText } from './records.js'
import { badRequest, invalid, Refusal } from './refusal.js'

/** Field lengths the vendor publishes. */
const LENGTHS: Readonly<Record<string, number>> = {
  serialNumber: 50,
  invoiceDescription: 6000,
  name: 100,
  customerPO: 50,
  reasonCancelled: 100,
}

/** How a field that may be written is read. */
type Reader = (value: unknown, resource: string, field: string) => unknown

function text(value: unknown, resource: string, field: string): string {
  if (typeof value !== 'string') throw invalid(resource, field, `${field} must be a text`)
  const most = LENGTHS[field]
  if (most !== undefined && value.length > most)
    throw invalid(resource, field, `${field} is longer than ${most} characters`, 'MaxLength')
  return value
}

function flag(value: unknown, resource: string, field: string): boolean {
  if (typeof value !== 'boolean') throw invalid(resource, field, `${field} must be true or false`)
  return value
}

function amount(value: unknown, resource: string, field: string): string {
  if (typeof value !== 'number') throw invalid(resource, field, `${field} must be a number`)
  try {
    return exact(value)
  } catch {
    throw invalid(resource, field, `${field} has too many places`)
  }
}

/** A date-time at midnight; anything else, a bare date too, does not fit the vendor's description. */
function date(value: unknown, resource: string, field: string): DateText {
  const [, day = ''] =
    typeof value === 'string' ? (/^(\d{4}-\d{2}-\d{2})T00:00:00(?:\.0+)?Z$/.exec(value) ?? []) : []
  const milliseconds = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString().slice(0, 10) !== day)
    throw invalid(resource, field, `${field} must be a date-time such as 2026-03-11T00:00:00Z`)
  return day
}

function billCustomer(value: unknown, resource: string, field: string): unknown {
  if (value === 'Billable' || value === 'DoNotBill' || value === 'NoCharge') return value
  throw invalid(resource, field, 'billCustomer must be Billable, DoNotBill or NoCharge')
}

export type Writable = Readonly<Record<string, Reader>>

/** Fields of an addition that a client may write; all others are computed or not emulated. */
export const ADDITION_FIELDS: Writable = {
  quantity: amount,
  lessIncluded: amount,
  unitPrice: amount,
  unitCost: amount,
  billCustomer,
  effectiveDate: date,
  cancelledDate: date,
  taxableFlag: flag,
  serialNumber: text,
  description: text,
  invoiceDescription: text,
  purchaseItemFlag: flag,
  specialOrderFlag: flag,
}

/** Fields of an agreement that a client may write. */
export const AGREEMENT_FIELDS: Writable = {
  name: text,
  endDate: date,
  cancelledFlag: flag,
  reasonCancelled: text,
  prorateFlag: flag,
  invoiceProratedAdditionsFlag: flag,
  customerPO: text,
  internalNotes: text,
}

/** Fields that may be taken away again. */
const REMOVABLE = new Set(['cancelledDate', 'endDate'])

function jsonOf({ headers, body }: Call): unknown {
  const [type] = (headers['content-type'] ?? '').split(';')
  if (!/^application\/([\w.]+\+)?json$/.test(type?.trim() ?? ''))
    throw new Refusal(415, 'UnsupportedMediaType', 'Content-Type must be application/json')
  try {
    return JSON.parse(body)
  } catch {
    throw badRequest('The body is no JSON')
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The catalog item a new addition names. */
export interface ProductChoice {
  readonly id?: number
  readonly identifier?: string
}

function productOf(value: unknown): ProductChoice {
  const missing = invalid('addition', 'product', 'product is required', 'MissingRequiredField')
  if (!isObject(value)) throw missing
  for (const name of Object.keys(value)) {
    if (name !== 'id' && name !== 'identifier')
      throw invalid('addition', `product/${name}`, `${name} is unknown`)
  }
  const { id, identifier } = value
  if (typeof id === 'number') return { id }
  if (typeof identifier === 'string') return { identifier }
  throw missing
}

export interface ReadAddition {
  readonly product: ProductChoice
  /** Fields by name, as records hold them. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** Reads the body of a new addition; unknown and computed fields are refused. */
export function readAddition(call: Call): ReadAddition {
  const body = jsonOf(call)
  if (!isObject(body)) throw badRequest('The body must be an object')
  const { product, ...rest } = body
  const fields = Object.entries(rest).map(([name, value]) => [
    name,
    readField('addition', ADDITION_FIELDS, name, value),
  ])
  const read = { product: productOf(product), fields: Object.fromEntries(fields) as Record<string, unknown> }
  if (read.fields['billCustomer'] === undefined)
    throw invalid('addition', 'billCustomer', 'billCustomer is required', 'MissingRequiredField')
  return read
}

function readField(resource: string, writable: Writable, name: string, value: unknown): unknown {
  const read = Object.hasOwn(writable, name) ? writable[name] : undefined
  if (read === undefined)
    throw invalid(resource, name, `${name} is no field of ${resource} that can be written`)
  return read(value, resource, name)
}

/** Reads a list of patch operations into the fields they set; null: taken away. */
export function readPatch(
  call: Call,
  resource: string,
  writable: Writable,
): Readonly<Record<string, unknown>> {
  const body = jsonOf(call)
  if (!Array.isArray(body)) throw badRequest('The body must be an array of operations')
  if (body.length === 0) throw badRequest('The body holds no operation')
  const fields: Record<string, unknown> = {}
  for (const operation of body as readonly unknown[]) {
    if (!isObject(operation)) throw badRequest('An operation must be an object')
    const { op, path, value, ...unknown } = operation
    const [surplus] = Object.keys(unknown)
    if (surplus !== undefined) throw badRequest(`An operation has no field ${surplus}`)
    if (typeof path !== 'string') throw badRequest('An operation needs a path')
    const name = path.replace(/^\//, '')
    if (op === 'add' || op === 'replace') {
      fields[name] = readField(resource, writable, name, value)
    } else if (op === 'remove') {
      if (!REMOVABLE.has(name) || !Object.hasOwn(writable, name))
        throw invalid(resource, name, `${name} cannot be removed`)
      if (value !== undefined) throw badRequest('A removal has no value')
      fields[name] = null
    } else {
      throw badRequest('op must be add, replace or remove')
    }
  }
  return fields
}

/** Refuses a body where none belongs. */
export function expectNoBody({ body }: Call): void {
  if (body !== '') throw badRequest('The request has a body where none belongs')
}
