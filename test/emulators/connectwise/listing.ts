import type { Call } from './call.js'
import { type Condition, parseConditions } from './conditions.js'
import { badRequest } from './refusal.js'
import type { Shown } from './render.js'

/** Rows of a page when nothing is said; what third parties report. */
const DEFAULT_PAGE_SIZE = 25

/** The vendor's guide calls it a hard limit: more is lowered to it. */
const MAXIMUM_PAGE_SIZE = 1000

const PARAMETERS = new Set([
  'conditions',
  'childConditions',
  'customFieldConditions',
  'orderBy',
  'fields',
  'page',
  'pageSize',
  'pageId',
])

/** A page of records, and the Link header; undefined: none. */
export interface Page {
  readonly rows: readonly Shown[]
  readonly link: string | undefined
}

export interface Paging {
  /** Where the next page is asked for: origin and path of this request. */
  readonly address: string
  readonly linkOnLastPage: boolean
  /** False: the header that asks for forward-only paging is not understood, and no Link is given to who sends it. */
  readonly knowsForwardOnly: boolean
}

/** Refuses parameters that no list has, and those that are not emulated. */
function checkParameters(query: URLSearchParams): void {
  for (const [name, value] of query) {
    if (!PARAMETERS.has(name)) throw badRequest(`There is no parameter ${name}`)
    if (value === '') throw badRequest(`The parameter ${name} is empty`)
    if (query.getAll(name).length > 1) throw badRequest(`The parameter ${name} is given twice`)
  }
  for (const name of ['childConditions', 'customFieldConditions']) {
    if (query.has(name)) throw badRequest(`${name} is not supported here`)
  }
}

/** A whole number from 1; `undefined` when the parameter is not given. */
function countOf(query: URLSearchParams, name: string, least = 1): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw badRequest(`${name} must be a number from ${least}`)
  return Number(text)
}

/** The field names of an entity: "id", "company/identifier". */
export type Fields = ReadonlySet<string>

/** The fields of records, nested ones as paths. */
export function fieldsOf(names: readonly string[], samples: readonly Shown[]): Fields {
  const fields = new Set(names)
  for (const sample of samples) {
    for (const [name, value] of Object.entries(sample)) {
      fields.add(name)
      if (typeof value !== 'object' || value === null) continue
      for (const inner of Object.keys(value)) fields.add(`${name}/${inner}`)
    }
  }
  return fields
}

function filterOf(query: URLSearchParams, fields: Fields): Condition {
  const text = query.get('conditions')
  return text === null ? () => true : parseConditions(text, (name) => fields.has(name))
}

/** Records that fit the conditions. */
export function filtered(call: Call, records: readonly Shown[], fields: Fields): Shown[] {
  checkParameters(call.query)
  return records.filter(filterOf(call.query, fields))
}

function ordered(query: URLSearchParams, records: readonly Shown[], fields: Fields): Shown[] {
  const keys = (query.get('orderBy') ?? 'id').split(',').map((part) => {
    const [, name = '', direction = 'asc'] = /^\s*([\w/]+)(?:\s+(asc|desc))?\s*$/i.exec(part) ?? []
    if (!fields.has(name)) throw badRequest(`orderBy: there is no field ${part.trim()}`)
    return { path: name.split('/'), sign: direction.toLowerCase() === 'desc' ? -1 : 1 }
  })
  return records.toSorted((left, right) => {
    for (const { path, sign } of keys) {
      const order = orderOf(at(left, path), at(right, path))
      if (order !== 0) return order * sign
    }
    return 0
  })
}

function at(record: unknown, path: readonly string[]): unknown {
  return path.reduce(
    (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
    record,
  )
}

/** Numbers by size, everything else by its text, nothing first. */
function orderOf(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  const [one, other] = [JSON.stringify(left) ?? '', JSON.stringify(right) ?? '']
  return one === other ? 0 : one < other ? -1 : 1
}

/** One page of records: filtered, in order, cut to the fields asked for. */
export function listPage(call: Call, records: readonly Shown[], fields: Fields, paging: Paging): Page {
  const { query } = call
  const fitting = filtered(call, records, fields)
  const size = Math.min(countOf(query, 'pageSize') ?? DEFAULT_PAGE_SIZE, MAXIMUM_PAGE_SIZE)
  const wantsForward = call.headers['pagination-type'] !== undefined
  const page =
    wantsForward && paging.knowsForwardOnly
      ? forwardPage(call, fitting, size, paging)
      : countedPage(call, ordered(query, fitting, fields), size, paging)
  const link = wantsForward && !paging.knowsForwardOnly ? undefined : page.link
  return { rows: page.rows.map((row) => withFields(query, row, fields)), link }
}

function forwardPage(call: Call, records: readonly Shown[], size: number, { address }: Paging): Page {
  const { query, headers } = call
  if (headers['pagination-type'] !== 'forward-only') throw badRequest('pagination-type must be forward-only')
  for (const name of ['page', 'orderBy']) {
    if (query.has(name)) throw badRequest(`${name} does not go with forward-only paging`)
  }
  const after = countOf(query, 'pageId', 0) ?? 0
  const rest = records
    .filter(({ id }) => Number(id) > after)
    .toSorted((left, right) => Number(left['id']) - Number(right['id']))
  const rows = rest.slice(0, size)
  const last = rows.at(-1)?.['id']
  const link =
    rest.length > rows.length
      ? linkTo(address, query, { pageId: String(last), pageSize: String(size) }, 'next')
      : undefined
  return { rows, link }
}

function countedPage(call: Call, records: readonly Shown[], size: number, paging: Paging): Page {
  const { query } = call
  if (query.has('pageId')) throw badRequest('pageId goes with forward-only paging only')
  const page = countOf(query, 'page') ?? 1
  const last = Math.max(1, Math.ceil(records.length / size))
  const rows = records.slice((page - 1) * size, page * size)
  const to = (number: number, relation: string): string =>
    linkTo(paging.address, query, { page: String(number), pageSize: String(size) }, relation)
  if (page < last) return { rows, link: `${to(page + 1, 'next')}, ${to(last, 'last')}` }
  return { rows, link: paging.linkOnLastPage && page > 1 ? to(1, 'first') : undefined }
}

function linkTo(
  address: string,
  query: URLSearchParams,
  changes: Readonly<Record<string, string>>,
  relation: string,
): string {
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(changes)) next.set(name, value)
  return `<${address}?${next.toString()}>; rel="${relation}"`
}

/** The record with the fields asked for only; all of them when none are named. */
export function withFields(query: URLSearchParams, record: Shown, fields: Fields): Shown {
  const text = query.get('fields')
  if (text === null) return record
  const chosen: Record<string, unknown> = {}
  for (const name of text.split(',').map((part) => part.trim())) {
    if (!fields.has(name)) throw badRequest(`fields: there is no field ${name}`)
    const [outer = '', inner] = name.split('/')
    const value = record[outer]
    if (value === undefined) continue
    const before = chosen[outer]
    chosen[outer] =
      inner === undefined
        ? value
        : { ...(typeof before === 'object' ? before : {}), [inner]: at(value, [inner]) }
  }
  return chosen
}
