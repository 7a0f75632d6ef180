import { type Entity, type Field, fieldsOf } from './fields.js'
import { LARGEST_INTEGER } from './limits.js'
import type { Picklists } from './picklists.js'
import { Refusal } from './refusal.js'

export type Json = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A JSON object; anything else is refused. */
export function parseBody(text: string): Json {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refusal('The request body is not valid JSON.')
  }
  if (!isObject(value)) throw new Refusal('The request body must be a JSON object.')
  return value
}

/** "2026-03-11" of "2026-03-11T00:00:00.000Z": the time is cut off and no zone is reckoned with. */
export function dateOfText(value: unknown): string | undefined {
  const match =
    typeof value === 'string'
      ? /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}(\.\d{1,7})?(Z|[+-]\d{2}:\d{2})?)?$/.exec(value)
      : null
  const date = match?.[1]
  if (date === undefined) return undefined
  const moment = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(date) ? date : undefined
}

function isWhole(value: unknown, largest: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= largest
}

function fits(field: Field, value: unknown): boolean {
  if (field.type === 'integer') return isWhole(value, LARGEST_INTEGER)
  if (field.type === 'long') return isWhole(value, Number.MAX_SAFE_INTEGER)
  if (field.type === 'decimal') return typeof value === 'number' && Number.isFinite(value)
  if (field.type === 'boolean') return typeof value === 'boolean'
  if (field.type === 'datetime') return dateOfText(value) !== undefined
  return typeof value === 'string'
}

function complaint(field: Field, value: unknown, picklists: Picklists): string | undefined {
  if (value === null) {
    return field.type === 'string' && field.required !== true ? undefined : `${field.name} cannot be null.`
  }
  if (!fits(field, value)) return `${field.name} must be of type ${field.type}.`
  if (typeof value === 'string' && field.length !== undefined && value.length > field.length) {
    return `${field.name} exceeds the maximum length of ${field.length}.`
  }
  if (field.picklist !== undefined && !picklists.has(field.picklist, Number(value))) {
    return `${Number(value)} is not a valid picklist value of ${field.name}.`
  }
  return undefined
}

function isWritable(field: Field, verb: 'create' | 'update'): boolean {
  return field.write === 'always' || field.write === verb
}

/**
 * A body as the service takes it: known fields only, writable ones, of the right type. Everything wrong is said at once.
 * An update names its row by `id`; `parent` may be repeated in it, and must then be the address's.
 */
export function checkBody(
  body: Json,
  expected: {
    readonly entity: Entity
    readonly verb: 'create' | 'update'
    readonly picklists: Picklists
    readonly parent?: number
  },
): void {
  const { entity, verb, picklists, parent } = expected
  const errors: string[] = []
  const fields = fieldsOf(entity)
  for (const [name, value] of Object.entries(body)) {
    const field = fields.find((each) => each.name === name)
    if (field === undefined) errors.push(`Unknown field "${name}" on ${entity}.`)
    else if (name === 'id' && (verb === 'update' || value === 0)) {
      if (!fits(field, value)) errors.push('id must be of type long.')
    } else if (name === 'contractID' && parent !== undefined) {
      if (value !== parent) errors.push('contractID differs from the parent in the address.')
    } else if (!isWritable(field, verb)) errors.push(`${name} is read-only on ${entity}.`)
    else {
      const wrong = complaint(field, value, picklists)
      if (wrong !== undefined) errors.push(wrong)
    }
  }
  for (const field of fields) {
    const missing = verb === 'create' && field.required === true && body[field.name] === undefined
    if (missing) errors.push(`Missing Required Field: ${field.name}.`)
  }
  if (verb === 'update' && body['id'] === undefined) errors.push('Missing Required Field: id.')
  if (errors.length > 0) throw new Refusal(errors)
}

/** The value when the body has the field and it is not null. */
export function numberIn(body: Json, name: string): number | undefined {
  const value = body[name]
  return typeof value === 'number' ? value : undefined
}

/** The text of the field; null: to be emptied; undefined: not in the body. */
export function textIn(body: Json, name: string): string | null | undefined {
  const value = body[name]
  return typeof value === 'string' || value === null ? value : undefined
}
