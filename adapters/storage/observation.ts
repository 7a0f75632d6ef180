import { assert } from '../../core/assert.js'
import type { ObservationHeader, ObservationRecord } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { Cell, Query, Transaction } from './database.js'
import type { Observation } from './generated/client.js'
import { instant, instantColumn, integer, text } from './values.js'

/** The header of an observation: 1, 2, 3 … per MSP, without gaps. */
export function headerOf(row: Observation): ObservationHeader {
  const { sequence, id, observedAt, customers, subscriptions, orders, requests } = row
  return { sequence, id, observedAt, customers, subscriptions, orders, requests }
}

/**
 * Makes whoever records for this MSP wait until our transaction ends: comparing with the latest observation and adding
 * the next one are then one step. The key of the row stays free for foreign keys, so nobody else waits.
 */
export async function takeTurn(tx: Transaction, mspId: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT id FROM msp WHERE id = ${mspId} FOR NO KEY UPDATE`
  assert(rows.length === 1, `MSP ${mspId} was not registered when the storage was opened`)
}

export async function findHeader(
  tx: Transaction,
  mspId: string,
  id: string,
): Promise<ObservationHeader | undefined> {
  const row = await tx.observation.findUnique({ where: { mspId_id: { mspId, id } } })
  return row === null ? undefined : headerOf(row)
}

export async function latestHeader(tx: Transaction, mspId: string): Promise<ObservationHeader | undefined> {
  const row = await tx.observation.findFirst({ where: { mspId }, orderBy: { sequence: 'desc' } })
  return row === null ? undefined : headerOf(row)
}

/** Adds the header after the observation it was compared with. Problem `conflict` when that is not the latest. */
export async function addHeader(
  tx: Transaction,
  mspId: string,
  record: ObservationRecord,
  latest: ObservationHeader | undefined,
): Promise<ObservationHeader> {
  if (record.previous !== latest?.sequence) {
    throw new Problem({
      kind: 'conflict',
      what: `Another observation was recorded meanwhile (the latest is ${latest?.sequence ?? 'none'}, this one was compared with ${record.previous ?? 'none'}).`,
      notDone: 'Nothing of this one was stored.',
      next: 'Observe again.',
    })
  }
  const { id, observedAt, counts } = record
  const previous = latest?.sequence ?? null
  const sequence = (latest?.sequence ?? 0) + 1
  return headerOf(
    await tx.observation.create({ data: { mspId, sequence, id, previous, observedAt, ...counts } }),
  )
}

type HeaderRow = readonly [
  sequence: Cell,
  id: Cell,
  observedAt: Cell,
  customers: Cell,
  subscriptions: Cell,
  orders: Cell,
  requests: Cell,
]

/** The latest header, undefined before the first observation, and the instants of all in order. */
export async function readHeaders(
  query: Query,
  mspId: string,
): Promise<{ readonly latest: ObservationHeader | undefined; readonly observedAt: readonly Date[] }> {
  const [latest] = await query(
    `SELECT sequence, id, ${instantColumn('observed_at')}, customers, subscriptions, orders, requests FROM observation
     WHERE msp_id = $1 ORDER BY sequence DESC LIMIT 1`,
    [mspId],
    ([sequence, id, observedAt, customers, subscriptions, orders, requests]: HeaderRow) => ({
      sequence: integer(sequence),
      id: text(id),
      observedAt: instant(observedAt),
      customers: integer(customers),
      subscriptions: integer(subscriptions),
      orders: integer(orders),
      requests: integer(requests),
    }),
  )
  const observedAt = await query(
    `SELECT ${instantColumn('observed_at')} FROM observation WHERE msp_id = $1 ORDER BY sequence`,
    [mspId],
    ([at]: readonly [Cell]) => instant(at),
  )
  return { latest, observedAt }
}
