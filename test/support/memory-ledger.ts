import type { LineageAnswer } from '../../core/timeline/types.js'
import { type MemoryBooks, memoryBooks, note } from './memory-books.js'
import type { Ledger, LedgerStore, ObservationHeader, ObservationRecord } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'

/**
 * A ledger in memory with the rules of the real one: idempotent by id, refused when not compared with the latest.
 *
 * @param books shared with the store of bill runs, where there is one.
 */
export function memoryLedger(
  books: MemoryBooks = memoryBooks(),
): LedgerStore & { readonly records: readonly ObservationRecord[] } {
  const records: ObservationRecord[] = []
  const headers: ObservationHeader[] = []
  const answers: LineageAnswer[] = []
  const answered = () => answers.at(-1)?.version ?? 0
  return {
    answered: async () => answered(),
    answer: async ({ recordKey, continues, audit, version, observation }) => {
      if (books.version !== version || headers.at(-1)?.sequence !== observation) {
        throw new Problem({ kind: 'conflict', what: 'Something was observed, said or decided meanwhile.' })
      }
      books.version += 1
      answers.push({ recordKey, continues, by: audit.actor, at: audit.at, version: books.version })
      note(books, audit)
    },
    records,
    latest: async () => headers.at(-1),
    ledger: async () => ({ ...foldRecords(records, headers), answers: [...answers] }),
    record: async (record) => {
      const repeated = headers.find(({ id }) => id === record.id)
      if (repeated !== undefined) return { header: repeated, repeated: true }
      if (headers.at(-1)?.sequence !== record.previous || record.answered !== answered()) {
        throw new Problem({ kind: 'conflict', what: 'Another observation was stored first.' })
      }
      const header = {
        sequence: headers.length + 1,
        id: record.id,
        observedAt: record.observedAt,
        ...record.counts,
      }
      records.push(record)
      headers.push(header)
      return { header, repeated: false }
    },
  }
}

function foldRecords(
  records: readonly ObservationRecord[],
  headers: readonly ObservationHeader[],
): Omit<Ledger, 'answers'> {
  const customers = new Map<string, Ledger['customers'][number]>()
  const orders = new Map<string, Ledger['orders'][number]>()
  const states: Ledger['states'][number][] = []
  for (const [index, record] of records.entries()) {
    const sequence = index + 1
    for (const customer of record.customers) customers.set(customer.id, customer)
    for (const state of record.states) states.push({ ...state, sequence, observedAt: record.observedAt })
    for (const order of record.orders) {
      orders.set(order.id, { ...order, firstSequence: orders.get(order.id)?.firstSequence ?? sequence })
    }
  }
  states.sort(
    (left, right) =>
      compareText(left.subscription.key, right.subscription.key) || left.sequence - right.sequence,
  )
  return {
    latest: headers.at(-1),
    observedAt: headers.map(({ observedAt }) => observedAt),
    customers: [...customers.values()],
    states,
    orders: [...orders.values()],
    memberships: records.flatMap(({ memberships }) => memberships),
  }
}

function compareText(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
