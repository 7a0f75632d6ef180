import type { Ledger, LedgerStore, ObservationHeader, ObservationRecord } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'

/** A ledger in memory with the rules of the real one: idempotent by id, refused when not compared with the latest. */
export function memoryLedger(): LedgerStore & { readonly records: readonly ObservationRecord[] } {
  const records: ObservationRecord[] = []
  const headers: ObservationHeader[] = []
  return {
    records,
    latest: async () => headers.at(-1),
    ledger: async () => foldRecords(records, headers),
    record: async (record) => {
      const repeated = headers.find(({ id }) => id === record.id)
      if (repeated !== undefined) return { header: repeated, repeated: true }
      if (headers.at(-1)?.sequence !== record.previous) {
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

function foldRecords(records: readonly ObservationRecord[], headers: readonly ObservationHeader[]): Ledger {
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
