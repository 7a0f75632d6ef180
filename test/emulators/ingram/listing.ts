import type { FaultPlan } from './faults.js'
import type { Quirks } from './quirks.js'

/** The request cannot be answered: the status and what the error body says. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** How a query parameter narrows a list. */
export interface Filter<Row> {
  readonly parameter: string
  readonly accepts: (row: Row, value: string) => boolean
  /** Refuses values the parameter cannot have. */
  readonly check?: (value: string) => void
}

/** A whole number of a query parameter, at least `minimum`; refused with 400 otherwise. */
function wholeNumber(query: URLSearchParams, name: string, minimum: number): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^\d{1,9}$/.test(text) || Number(text) < minimum) {
    throw new Refusal(400, `Parameter '${name}' must be a whole number of at least ${minimum}.`)
  }
  return Number(text)
}

export interface Listing<Row> {
  readonly path: '/customers' | '/subscriptions' | '/orders' | '/products' | '/reports'
  /** Oldest first. */
  readonly rows: readonly Row[]
  readonly filters: readonly Filter<Row>[]
  readonly render: (row: Row) => unknown
}

function checkParameters<Row>(query: URLSearchParams, filters: readonly Filter<Row>[]): void {
  const known = new Set(['offset', 'limit', ...filters.map((filter) => filter.parameter)])
  for (const name of query.keys()) {
    if (!known.has(name)) throw new Refusal(400, `Unknown parameter '${name}'.`)
  }
}

/** Filters, orders and pages rows as the marketplace does: `{ data, pagination: { offset, limit, total } }`. */
export function answerList<Row>(
  listing: Listing<Row>,
  query: URLSearchParams,
  by: { readonly quirks: Quirks; readonly plan: FaultPlan },
): unknown {
  const { quirks, plan } = by
  const { path, filters, render } = listing
  if (!quirks.ignoreUnknownParameters) checkParameters(query, filters)
  const offset = wholeNumber(query, 'offset', 0) ?? 0
  const limit = Math.min(wholeNumber(query, 'limit', 1) ?? quirks.defaultLimit, quirks.maximumLimit)
  let rows = listing.rows
  for (const { parameter, accepts, check } of filters) {
    const value = query.get(parameter)
    if (value === null) continue
    check?.(value)
    rows = rows.filter((row) => accepts(row, value))
  }
  const ordered = quirks.newestFirst ? rows.toReversed() : rows
  const fault = plan.pageFault(path, Math.floor(offset / limit))
  const start =
    fault === 'loopingPages' ? 0 : fault === 'duplicatePage' ? Math.max(0, offset - limit) : offset
  const page = fault === 'missingPage' ? [] : ordered.slice(start, start + limit)
  const total = fault === 'loopingPages' ? offset + 2 * limit : rows.length
  return { data: page.map(render), pagination: { offset, limit, total } }
}
