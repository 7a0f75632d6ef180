import { type Entity, type Field, queryableField } from './fields.js'
import { isObject, type Json } from './bodies.js'
import { OR_CONDITIONS } from './limits.js'
import { Refusal } from './refusal.js'
import type { Wire } from './render.js'

type Test = (row: Wire) => boolean
type Comparable = number | string | boolean

const CONDITION_KEYS = new Set(['op', 'field', 'value', 'udf'])
const GROUP_KEYS = new Set(['op', 'items'])
const TEXT_OPERATORS = new Set(['beginsWith', 'endsWith', 'contains'])
const OPERATORS = new Set([
  'eq',
  'noteq',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'notIn',
  'exist',
  'notExist',
  ...TEXT_OPERATORS,
])

/** What a query's `filter` selects: its conditions and groups, all of which must hold. */
export function createFilter(entity: Entity, filter: unknown): Test {
  if (!Array.isArray(filter) || filter.length === 0)
    throw new Refusal('The query must have at least one filter.')
  const tests = filter.map((each) => node(entity, each))
  return (row) => tests.every((test) => test(row))
}

function refuseOthers(entry: Json, known: ReadonlySet<string>): void {
  const unknown = Object.keys(entry).filter((key) => !known.has(key))
  if (unknown.length > 0) throw new Refusal(`Unknown property "${unknown.join('", "')}" in a filter.`)
}

function node(entity: Entity, entry: unknown): Test {
  if (!isObject(entry)) throw new Refusal('A filter must be an object.')
  const { op } = entry
  if (op === 'and' || op === 'or') return group(entity, entry, op)
  if (typeof op !== 'string' || !OPERATORS.has(op))
    throw new Refusal(`Unknown filter operator "${String(op)}".`)
  return condition(entity, entry, op)
}

function group(entity: Entity, entry: Json, op: 'and' | 'or'): Test {
  refuseOthers(entry, GROUP_KEYS)
  const { items } = entry
  if (!Array.isArray(items) || items.length === 0) throw new Refusal(`The group "${op}" must have items.`)
  if (op === 'or' && items.length > OR_CONDITIONS) {
    throw new Refusal(`A query cannot have more than ${OR_CONDITIONS} OR conditions.`)
  }
  const tests = items.map((item) => node(entity, item))
  return op === 'and' ? (row) => tests.every((test) => test(row)) : (row) => tests.some((test) => test(row))
}

function condition(entity: Entity, entry: Json, op: string): Test {
  refuseOthers(entry, CONDITION_KEYS)
  const { field: name, value, udf } = entry
  if (udf !== undefined && udf !== false) throw new Refusal('There are no user-defined fields.')
  const field = typeof name === 'string' ? queryableField(entity, name) : undefined
  if (field === undefined) throw new Refusal(`Unable to find ${String(name)} in the ${entity} Entity.`)
  const get = (row: Wire): Comparable | null => comparable(field, row[field.name])
  if (op === 'exist' || op === 'notExist') {
    if (value !== undefined) throw new Refusal(`The operator ${op} takes no value.`)
    return (row) => (get(row) !== null) === (op === 'exist')
  }
  if (op === 'in' || op === 'notIn') {
    if (!Array.isArray(value) || value.length === 0)
      throw new Refusal(`The operator ${op} needs a list of values.`)
    const wanted = new Set(value.map((each) => asked(field, each)))
    return (row) => {
      const has = get(row)
      return has !== null && wanted.has(has) === (op === 'in')
    }
  }
  if (TEXT_OPERATORS.has(op)) return textTest(field, op, value, get)
  const wanted = asked(field, value)
  return (row) => compare(op, get(row), wanted)
}

function textTest(field: Field, op: string, value: unknown, get: (row: Wire) => Comparable | null): Test {
  if (field.type !== 'string')
    throw new Refusal(`The operator ${op} needs a text field; ${field.name} is none.`)
  const wanted = String(asked(field, value))
  return (row) => {
    const has = get(row)
    if (typeof has !== 'string') return false
    if (op === 'beginsWith') return has.startsWith(wanted)
    return op === 'endsWith' ? has.endsWith(wanted) : has.includes(wanted)
  }
}

/** A row without a value is in no comparison, not even in "is not". */
function compare(op: string, has: Comparable | null, wanted: Comparable): boolean {
  if (has === null) return false
  if (op === 'eq') return has === wanted
  if (op === 'noteq') return has !== wanted
  if (op === 'gt') return has > wanted
  if (op === 'gte') return has >= wanted
  return op === 'lt' ? has < wanted : has <= wanted
}

/** Text is compared without case, dates as instants. */
function comparable(field: Field, value: unknown): Comparable | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return field.type === 'datetime' ? Date.parse(value) : value.toLowerCase()
  return typeof value === 'boolean' ? value : Number(value)
}

/** A value as the field needs it; null and values of another kind are errors. */
function asked(field: Field, value: unknown): Comparable {
  const wrong = new Refusal(
    `The value ${JSON.stringify(value)} is not valid for ${field.name} (${field.type}).`,
  )
  if (value === null || value === undefined) throw wrong
  if (field.type === 'boolean') {
    if (typeof value !== 'boolean') throw wrong
    return value
  }
  if (field.type === 'string') {
    if (typeof value !== 'string') throw wrong
    return value.toLowerCase()
  }
  if (field.type === 'datetime') return instant(value) ?? fail(wrong)
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
  return isNumber ? Number(value) : fail(wrong)
}

function fail(refusal: Refusal): never {
  throw refusal
}

/** Milliseconds of a date or an instant; one without a zone is UTC. */
function instant(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(value))
    return undefined
  const milliseconds = Date.parse(
    /(Z|[+-]\d{2}:\d{2})$/.test(value) || value.length === 10 ? value : `${value}Z`,
  )
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}
