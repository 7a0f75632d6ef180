import { createHash } from 'node:crypto'
import { isObject, type Json } from './bodies.js'
import { type Entity, queryableField } from './fields.js'
import { createFilter } from './filter.js'
import { PAGE_ROWS } from './limits.js'
import type { Tenant } from './records.js'
import { Refusal } from './refusal.js'
import { type Wire, wiresOf } from './render.js'

const QUERY_KEYS = new Set(['maxRecords', 'includeFields', 'filter'])

/** What a page's address carries: after which row it begins, and which query it belongs to. */
interface Place {
  readonly after: number
  readonly before: readonly number[]
  readonly query: string
}

interface Question {
  readonly entity: Entity
  readonly body: Json
  /** `https://…/V1.0/Companies/query`: where further pages are. */
  readonly address: string
  /** The parameter `paging` of the address; undefined: the first page. */
  readonly paging?: string | undefined
}

function checkQuery(
  entity: Entity,
  body: Json,
): { maxRecords: number; fields: readonly string[] | undefined } {
  const unknown = Object.keys(body).filter((key) => !QUERY_KEYS.has(key))
  if (unknown.length > 0) throw new Refusal(`Unknown property "${unknown.join('", "')}" in the query.`)
  const { maxRecords = PAGE_ROWS, includeFields } = body
  if (!Number.isInteger(maxRecords) || Number(maxRecords) < 1 || Number(maxRecords) > PAGE_ROWS) {
    throw new Refusal(`maxRecords must be between 1 and ${PAGE_ROWS}.`)
  }
  if (includeFields === undefined) return { maxRecords: Number(maxRecords), fields: undefined }
  if (!Array.isArray(includeFields) || includeFields.length === 0) {
    throw new Refusal('includeFields must be a list of field names.')
  }
  const fields = includeFields.map(String)
  const strange = fields.filter((name) => queryableField(entity, name) === undefined)
  if (strange.length > 0) throw new Refusal(`Unable to find ${strange.join(', ')} in the ${entity} Entity.`)
  return { maxRecords: Number(maxRecords), fields }
}

function matching(tenant: Tenant, entity: Entity, body: Json): readonly Wire[] {
  return wiresOf(tenant, entity).filter(createFilter(entity, body['filter']))
}

export function countRows(tenant: Tenant, entity: Entity, body: Json): Json {
  checkQuery(entity, body)
  return { queryCount: matching(tenant, entity, body).length }
}

/** Pages are cut by id, so that a row added meanwhile is in a later page and moves no other. */
export function queryRows(tenant: Tenant, { entity, body, address, paging }: Question): Json {
  const { maxRecords, fields } = checkQuery(entity, body)
  const all = matching(tenant, entity, body)
  if (fields !== undefined && !fields.includes('id') && all.length > PAGE_ROWS) {
    throw new Refusal(`includeFields must contain id when more than ${PAGE_ROWS} records match.`)
  }
  const query = createHash('sha256').update(JSON.stringify(body)).digest('base64url')
  const place = paging === undefined ? { after: 0, before: [], query } : readPlace(paging, query)
  const rest = all.filter(({ id }) => id > place.after)
  const page = rest.slice(0, maxRecords)
  const last = page.at(-1)
  const link = (to: Place): string => `${address}/next?paging=${writePlace(to)}`
  const previous = place.before.at(-1)
  return {
    items: page.map((row) => (fields === undefined ? row : only(row, fields))),
    pageDetails: {
      count: page.length,
      requestCount: maxRecords,
      prevPageUrl:
        previous === undefined ? null : link({ after: previous, before: place.before.slice(0, -1), query }),
      nextPageUrl:
        last === undefined || rest.length <= page.length
          ? null
          : link({ after: last.id, before: [...place.before, place.after], query }),
    },
  }
}

function only(row: Wire, fields: readonly string[]): Json {
  return Object.fromEntries(fields.map((name) => [name, row[name] ?? null]))
}

function writePlace(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

function readPlace(paging: string, query: string): Place {
  let place: unknown
  try {
    place = JSON.parse(Buffer.from(paging, 'base64url').toString())
  } catch {
    place = undefined
  }
  if (!isObject(place) || typeof place['after'] !== 'number' || !Array.isArray(place['before'])) {
    throw new Refusal('The value of paging is not valid.')
  }
  if (place['query'] !== query)
    throw new Refusal('A page must be asked for with the body of its first query.')
  return { after: place['after'], before: place['before'].map(Number), query }
}
