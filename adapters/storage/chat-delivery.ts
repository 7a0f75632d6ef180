import { createHash, randomUUID } from 'node:crypto'
import type {
  ChatSurface,
  ClaimedDelivery,
  Deliveries,
  DeliveryContent,
  DeliveryOutcome,
  NewDelivery,
} from '../../core/chat-ports.js'
import { type Cell, type Database, type Transaction, inTransaction, readConsistently } from './database.js'
import { integer, optionalText, text, word, writeInstant, writeOptionalText, writeText } from './values.js'

const SURFACES = ['slack', 'teams'] as const
const KINDS = ['request', 'update', 'reminder', 'card'] as const

/** What is still to be said in chat, and what became of it. */
export function deliveries(database: Database, mspId: string): Deliveries {
  return {
    keep: (delivery) => inTransaction(database, (tx) => addDelivery(tx, mspId, delivery)),
    lose: (delivery, reason) =>
      inTransaction(database, async (tx) => {
        await addDelivery(tx, mspId, delivery, writeText(reason, 'why an answer is lost'))
      }),
    claim: (surfaces, now, until) =>
      inTransaction(database, (tx) => claimDelivery(tx, mspId, surfaces, now, until)),
    settle: (claimed, outcome, at) =>
      inTransaction(database, (tx) => settleDelivery(tx, mspId, claimed, outcome, at)),
    standing: (since) => readStanding(database, mspId, since),
  }
}

/**
 * Adds one. Updates of one card are one row, so that it is replaced once however often it missed a change: one that waits
 * or is being sent at this moment is wanted once more, by then with newer content.
 *
 * @param lost why nobody knows whether it arrived, so that its card is not kept; undefined: it is to be sent.
 */
export async function addDelivery(
  tx: Transaction,
  mspId: string,
  delivery: NewDelivery,
  lost?: string,
): Promise<void> {
  const { surface, address, content, createdAt, notBefore } = delivery
  const { approvalId, card } = cellsOf(content)
  const [state, endedAt] = lost === undefined ? ['waiting', undefined] : ['unknown', createdAt]
  const reason = lost ?? writeOptionalText(delivery.reason, 'why an answer waits')
  await tx.$executeRaw`
    INSERT INTO chat_delivery AS known (msp_id, id, surface, address, kind, approval_id, content, created_at, not_before,
      attempts, lease_until, state, reason, ended_at)
    VALUES (${mspId}, ${idOf(delivery)}, ${surface}, ${writeText(address, 'address of an answer')}, ${content.kind},
      ${approvalId}, ${lost === undefined ? card : ''}, ${writeInstant(createdAt)}::timestamptz, ${writeInstant(notBefore)}::timestamptz, 0, NULL,
      ${state}, ${reason}, ${writeInstant(endedAt)}::timestamptz)
    ON CONFLICT (msp_id, id) DO UPDATE SET state = excluded.state, created_at = excluded.created_at,
      not_before = excluded.not_before, lease_until = NULL, reason = excluded.reason, ended_at = excluded.ended_at`
}

function idOf({ surface, address, content }: NewDelivery): string {
  if (content.kind !== 'update') return randomUUID()
  return createHash('sha256')
    .update(JSON.stringify([surface, address, content.approvalId]))
    .digest('hex')
}

function cellsOf(content: DeliveryContent): { readonly approvalId: string | null; readonly card: string } {
  return content.kind === 'card'
    ? { approvalId: null, card: writeText(content.card, 'card of an answer') }
    : { approvalId: writeText(content.approvalId, 'request of an answer'), card: '' }
}

interface ClaimRow {
  readonly id: string
  readonly surface: string
  readonly address: string
  readonly kind: string
  readonly approval_id: string | null
  readonly content: string
  readonly created_at: Date
  readonly not_before: Date
  readonly attempts: number
  readonly reason: string | null
  readonly interrupted: boolean
}

/**
 * One statement; rows that somebody else is claiming at this moment are passed over, and so is a place where something is
 * being said: a slow one holds up no other.
 */
async function claimDelivery(
  tx: Transaction,
  mspId: string,
  surfaces: readonly ChatSurface[],
  now: Date,
  until: Date,
): Promise<ClaimedDelivery | undefined> {
  const at = writeInstant(now)
  const [row] = await tx.$queryRaw<ClaimRow[]>`
    WITH picked AS MATERIALIZED (
      SELECT msp_id, id, lease_until FROM chat_delivery AS free
      WHERE msp_id = ${mspId} AND state = 'waiting' AND surface = ANY(${[...surfaces]}::text[])
        AND not_before <= ${at}::timestamptz AND (lease_until IS NULL OR lease_until <= ${at}::timestamptz)
        AND NOT EXISTS (
          SELECT 1 FROM chat_delivery AS busy WHERE busy.msp_id = free.msp_id AND busy.surface = free.surface
            AND busy.address = free.address AND busy.state = 'waiting' AND busy.lease_until > ${at}::timestamptz)
      ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    UPDATE chat_delivery AS delivery
    SET attempts = delivery.attempts + 1, lease_until = ${writeInstant(until)}::timestamptz
    FROM picked WHERE delivery.msp_id = picked.msp_id AND delivery.id = picked.id
    RETURNING delivery.id, delivery.surface, delivery.address, delivery.kind, delivery.approval_id, delivery.content,
      delivery.created_at, delivery.not_before, delivery.attempts, delivery.reason,
      picked.lease_until IS NOT NULL AS interrupted`
  return row === undefined ? undefined : claimedOf(row)
}

function claimedOf(row: ClaimRow): ClaimedDelivery {
  return {
    id: row.id,
    surface: word(SURFACES, row.surface),
    address: row.address,
    content: contentOf(row),
    createdAt: row.created_at,
    notBefore: row.not_before,
    attempts: row.attempts,
    interrupted: row.interrupted,
    reason: row.reason ?? undefined,
  }
}

function contentOf({ kind, approval_id: approvalId, content: card }: ClaimRow): DeliveryContent {
  const known = word(KINDS, kind)
  return known === 'card' ? { kind: known, card } : { kind: known, approvalId: text(approvalId) }
}

/** What was wanted once more meanwhile, or claimed by somebody else, stays as it is. The card itself is not kept for ever. */
async function settleDelivery(
  tx: Transaction,
  mspId: string,
  { id, attempts }: ClaimedDelivery,
  outcome: DeliveryOutcome,
  at: Date,
): Promise<boolean> {
  const { state } = outcome
  const isOver = state !== 'waiting'
  const reason = 'reason' in outcome ? writeText(outcome.reason, 'end of an answer') : null
  const notBefore = state === 'waiting' ? outcome.notBefore : at
  const written = await tx.$executeRaw`
    UPDATE chat_delivery SET state = ${state}, reason = ${reason}, lease_until = NULL,
      not_before = ${writeInstant(notBefore)}::timestamptz,
      ended_at = ${writeInstant(isOver ? at : undefined)}::timestamptz,
      content = CASE WHEN ${isOver} THEN '' ELSE content END
    WHERE msp_id = ${mspId} AND id = ${id} AND attempts = ${attempts} AND state = 'waiting' AND lease_until IS NOT NULL`
  return written === 1
}

type CountRow = readonly [waiting: Cell, givenUp: Cell, unknown: Cell]
type LastRow = readonly [surface: Cell, reason: Cell]

/** Counts for `status`, and why the last one did not arrive. */
async function readStanding(database: Database, mspId: string, since: Date) {
  const ended = `state = ANY('{givenUp,unknown}') AND ended_at >= $2::timestamptz`
  const parameters = [mspId, writeInstant(since)]
  return await readConsistently(database, async (query) => {
    const [counts] = await query<CountRow>(
      `SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'givenUp' AND ${ended}),
         count(*) FILTER (WHERE state = 'unknown' AND ${ended})
       FROM chat_delivery WHERE msp_id = $1 AND state = ANY('{waiting,givenUp,unknown}')`,
      parameters,
    )
    const [last] = await query<LastRow>(
      `SELECT surface, reason FROM chat_delivery WHERE msp_id = $1 AND ${ended} ORDER BY ended_at DESC, id LIMIT 1`,
      parameters,
    )
    const [waiting = '0', givenUp = '0', unknown = '0'] = counts ?? []
    return {
      waiting: integer(waiting),
      givenUp: integer(givenUp),
      unknown: integer(unknown),
      last:
        last === undefined
          ? undefined
          : { surface: word(SURFACES, last[0]), reason: optionalText(last[1]) ?? '' },
    }
  })
}
