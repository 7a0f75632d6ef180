import { MARKETPLACE_LIST_ROWS, MARKETPLACE_LIST_WALKS } from '../../core/limits.js'
import { Problem } from '../../core/problem.js'
import { NOTHING_STORED } from './reading.js'

/** One page of a list, its rows already read. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  /** Rows of the whole list, as the marketplace counts them. */
  readonly total: number
  readonly where: string
}

export interface ListWalk<Row> {
  /** "subscriptions". */
  readonly name: string
  readonly fetchPage: (offset: number) => Promise<Page<Row>>
  readonly onRows?: (done: number, total: number) => void
  /**
   * When a list is newest first and was asked from an instant on: how old a row is, and that instant. The walk ends at
   * the first older row, in case the marketplace ignored the question (it ignores parameters it does not know).
   */
  readonly newestFirst?: { readonly createdAt: (row: Row) => Date; readonly since: Date }
}

/**
 * Reads a whole list, page by page, while it may grow: rows by id, the first page read again at the end. Counts are
 * compared at every step; when a row is missing or was taken away the list is read again.
 *
 * @throws Problem `unavailable` when no walk adds up.
 */
export async function readList<Row extends { readonly id: string }>(walk: ListWalk<Row>): Promise<Row[]> {
  let failed: FailedWalk | undefined
  for (let time = 0; time < MARKETPLACE_LIST_WALKS; time += 1) {
    const result = await walkOnce(walk)
    if ('rows' in result) return result.rows
    failed = result
  }
  throw new Problem({
    kind: 'unavailable',
    what:
      `The marketplace's list of ${walk.name} does not add up: ${failed?.fault ?? ''}, ` +
      `and reading it ${MARKETPLACE_LIST_WALKS} times did not help.`,
    ...(failed === undefined ? {} : { where: failed.where }),
    notDone: NOTHING_STORED,
    next: 'Observe again in a few minutes; if it stays, give the correlation id to its support.',
  })
}

interface FailedWalk {
  readonly fault: string
  readonly where: string
}

async function walkOnce<Row extends { readonly id: string }>(
  walk: ListWalk<Row>,
): Promise<{ readonly rows: Row[] } | FailedWalk> {
  const rows = new Map<string, Row>()
  const first = await walk.fetchPage(0)
  let page = first
  let offset = 0
  let endedEarly = false
  for (;;) {
    const known = rows.size
    for (const row of page.rows) rows.set(row.id, row)
    offset += page.rows.length
    walk.onRows?.(rows.size, page.total)
    // Rows that arrive while reading push known ones onto later pages: as many repeats as rows have arrived.
    const arrived = page.total - first.total
    if (rows.size !== offset - arrived) {
      return {
        fault: `${rows.size} different rows came in ${offset}, while ${arrived} arrived`,
        where: page.where,
      }
    }
    // No list grows by a page between two requests: such a walk would never end.
    if (rows.size === known && page.rows.length > 0) {
      return { fault: `the page at ${offset - page.rows.length} repeats the one before`, where: page.where }
    }
    endedEarly = reachesOlder(page, walk)
    if (endedEarly || page.rows.length === 0 || offset >= page.total) break
    if (offset > MARKETPLACE_LIST_ROWS) return { fault: `it goes on after ${offset} rows`, where: page.where }
    page = await walk.fetchPage(offset)
  }
  const head = page === first ? first : await walk.fetchPage(0)
  const before = rows.size
  for (const row of head.rows) rows.set(row.id, row)
  const fresh = rows.size - before
  if (fresh !== head.total - first.total || (!endedEarly && rows.size !== head.total)) {
    return { fault: `${rows.size} rows came and ${head.total} were announced`, where: head.where }
  }
  return { rows: [...rows.values()] }
}

/** True when the page ends with a row older than asked for. A page out of order says nothing about those behind it. */
function reachesOlder<Row>({ rows }: Page<Row>, { newestFirst }: ListWalk<Row>): boolean {
  if (newestFirst === undefined) return false
  const { createdAt, since } = newestFirst
  const last = rows.at(-1)
  if (last === undefined || createdAt(last) >= since) return false
  return rows.every((row, index) => {
    const before = rows[index - 1]
    return before === undefined || createdAt(before) >= createdAt(row)
  })
}
