import type { HttpAnswer } from '../http/judge.js'
import { Problem } from '../../core/problem.js'
import type { ConnectWiseApi } from './api.js'
import { type Condition, conditionsOf } from './conditions.js'
import { CONNECTWISE_LIST_ROWS, CONNECTWISE_LIST_WALKS, CONNECTWISE_PAGE_ROWS } from '../../core/limits.js'
import { NOTHING_READ, read } from './reading.js'
import { parseCount, parseRows } from './schema.js'

/** One record of a list, not read yet beyond its id. */
export interface Row {
  readonly id: string
  readonly raw: unknown
  /** Method and address of the page it came with. */
  readonly where: string
}

export interface ListQuestion {
  readonly path: readonly string[]
  /** "additions of agreement 77" */
  readonly subject: string
  readonly conditions?: readonly Condition[]
  /** The fields that are wanted; all of them when none are named. */
  readonly fields?: readonly string[]
}

/**
 * A whole list, in order of ids. Pages go forward only: each begins behind the last id of the one before, so that what
 * is added or taken away meanwhile moves nothing. Where ConnectWise does not know that, the same is asked for by
 * conditions.
 *
 * @throws Problem `unavailable` for a list that does not go forward or has no end.
 */
export async function readList(api: ConnectWiseApi, question: ListQuestion): Promise<readonly Row[]> {
  const walk = createWalk(api, question, false)
  const headers = { 'pagination-type': 'forward-only' }
  const query = queryOf(question)
  let answer = await api.get({ ...question, query, headers })
  for (;;) {
    const rows = walk.take(answer)
    const address = nextOf(answer.header('link'))
    // A full page without a next one is either the last or of a list that does not know this way of paging.
    if (address === undefined) {
      return rows < CONNECTWISE_PAGE_ROWS ? walk.rows() : await readBehind(api, question)
    }
    answer = await api.get({ path: { address }, headers, subject: question.subject })
  }
}

/** The whole list by conditions: each page is what lies behind the last id. */
async function readBehind(api: ConnectWiseApi, question: ListQuestion): Promise<readonly Row[]> {
  const walk = createWalk(api, question, true)
  for (;;) {
    const behind: Condition = { field: 'id', operator: '>', value: walk.lastId() }
    const query = { ...queryOf(question, [behind]), orderBy: 'id' }
    if (walk.take(await api.get({ ...question, query })) === 0) return walk.rows()
  }
}

/**
 * The same, with its count asked for afterwards: a list of lines that comes cut short would have them written twice.
 *
 * @throws Problem `unavailable` when the two never agree.
 */
export async function readCountedList(api: ConnectWiseApi, question: ListQuestion): Promise<readonly Row[]> {
  let words = ''
  for (let time = 0; time < CONNECTWISE_LIST_WALKS; time += 1) {
    const rows = await readList(api, question)
    const conditions = conditionsOf(question.conditions ?? [])
    const { body, where } = await api.get({
      path: [...question.path, 'count'],
      subject: question.subject,
      query: conditions === '' ? {} : { conditions },
    })
    const { count } = read(parseCount, body, api.reading(`the count of ${question.subject}`, where))
    if (count === rows.length) return rows
    words = `${rows.length} came and ${count} were counted`
  }
  throw broken(question, `${words}, and reading them ${CONNECTWISE_LIST_WALKS} times did not help`)
}

function queryOf(
  { conditions = [], fields = [] }: ListQuestion,
  more: readonly Condition[] = [],
): Readonly<Record<string, string>> {
  const filter = conditionsOf([...conditions, ...more])
  return {
    pageSize: String(CONNECTWISE_PAGE_ROWS),
    ...(filter === '' ? {} : { conditions: filter }),
    ...(fields.length === 0 ? {} : { fields: fields.join(',') }),
  }
}

interface Walk {
  /** Takes a page and says how many rows it had. */
  take(answer: HttpAnswer): number
  /** In order of ids. */
  rows(): readonly Row[]
  /** 0: there is none yet. */
  lastId(): number
}

/** @param ascending each row has to have a larger id than the one before; otherwise only another one. */
function createWalk(api: ConnectWiseApi, question: ListQuestion, ascending: boolean): Walk {
  const rows = new Map<number, Row>()
  let last = 0
  return {
    take({ body, where }) {
      const page = read(parseRows, body, api.reading(question.subject, where))
      // The rows as they came: what the parts of a record mean is read later.
      const raws = body as readonly unknown[]
      for (const [index, { id }] of page.entries()) {
        const number = Number(id)
        if (rows.has(number)) throw broken(question, `${id} came twice`)
        if (ascending && number <= last) throw broken(question, `${id} comes behind ${last}`)
        rows.set(number, { id, raw: raws[index], where })
        last = Math.max(last, number)
      }
      if (rows.size > CONNECTWISE_LIST_ROWS) throw broken(question, `it goes on after ${rows.size} rows`)
      return page.length
    },
    rows: () => [...rows].sort(([left], [right]) => left - right).map(([, row]) => row),
    lastId: () => last,
  }
}

function broken({ subject }: ListQuestion, fault: string): Problem {
  return new Problem({
    kind: 'unavailable',
    what: `ConnectWise's list of ${subject} does not add up: ${fault}.`,
    notDone: NOTHING_READ,
    next: 'Run it again in a few minutes; if it stays, ask ConnectWise.',
  })
}

/** The address of the next page in a Link header: `<https://…>; rel="next", <https://…>; rel="last"`. */
function nextOf(header: string | null): string | undefined {
  for (const [, address, parameters = ''] of (header ?? '').matchAll(/<([^>]*)>([^<]*)/g)) {
    if (/;\s*rel\s*=\s*"?next"?\s*(?:[;,]|$)/i.test(parameters)) return address
  }
  return undefined
}
