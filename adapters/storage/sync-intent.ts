import { assert } from '../../core/assert.js'
import type { Claim, IntentOutcome } from '../../core/psa-ports.js'
import { Problem } from '../../core/problem.js'
import { type Intent, type IntentState, isOpen } from '../../core/sync/intent.js'
import type { Deciding } from './billing-billed-line.js'
import { numberOf, numberedId } from './billing-books.js'
import type { Cell, Query, Transaction } from './database.js'
import { isUniqueViolation } from './errors.js'
import { type PartOfState, whereOf, valuesOf } from './sync-part.js'
import { STEP_COLUMNS, type StepRow, stepOf } from './sync-step.js'
import {
  instantColumn,
  integer,
  optionalInstant,
  optionalText,
  packedColumns,
  unpack,
  word,
  writeInstant,
  writeOptionalText,
} from './values.js'

const STATES = ['waiting', 'sending', 'unknown', 'confirmed', 'parked', 'replaced'] as const

/** True when a container of the run's plan has an intent that is neither done nor given up. */
export async function hasOpenIntents(tx: Transaction, mspId: string, runNumber: number): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM sync_step AS step
    JOIN sync_intent AS intent
      ON intent.msp_id = step.msp_id AND intent.psa = step.psa AND intent.container_id = step.container_id
    WHERE step.msp_id = ${mspId} AND step.run_number = ${runNumber}
      AND intent.state IN ('waiting', 'sending', 'unknown') LIMIT 1`
  return rows.length > 0
}

/**
 * Makes the steps of a run promises, in the place of parked ones of the same slots. Problem `conflict` when one of them
 * was promised and kept before: nothing is written then.
 */
export async function addIntents(
  tx: Transaction,
  mspId: string,
  { approvalNumber, runNumber }: Deciding,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE sync_intent SET state = 'replaced'
    FROM sync_step AS parked, sync_step AS fresh
    WHERE sync_intent.msp_id = ${mspId} AND sync_intent.state = 'parked'
      AND parked.msp_id = sync_intent.msp_id AND parked.run_number = sync_intent.run_number
      AND parked.position = sync_intent.position
      AND fresh.msp_id = sync_intent.msp_id AND fresh.run_number = ${runNumber} AND fresh.slot_id = parked.slot_id`
  const insert = tx.$executeRaw`
    INSERT INTO sync_intent (msp_id, run_number, position, key, psa, container_id, approval_number, state, attempts)
    SELECT msp_id, run_number, position, key, psa, container_id, ${approvalNumber}, 'waiting', 0
    FROM sync_step WHERE msp_id = ${mspId} AND run_number = ${runNumber}`
  await insert.catch((error: unknown) => {
    throw isUniqueViolation(error) ? promisedAlready(error) : error
  })
  await tx.$executeRaw`
    INSERT INTO sync_claim (msp_id, psa, container_id, fence)
    SELECT DISTINCT msp_id, psa, container_id, 0 FROM sync_step
    WHERE msp_id = ${mspId} AND run_number = ${runNumber} ON CONFLICT DO NOTHING`
}

function promisedAlready(cause: unknown): Problem {
  return new Problem({
    kind: 'conflict',
    what: 'Some of these changes were approved and written before.',
    notDone: 'Nothing was decided or written.',
    next: 'Propose again: what is written is then left out.',
    cause,
  })
}

/** Where an intent stands, for whoever holds its container. */
export type StoredIntent = Pick<Intent, 'state' | 'why'> & {
  readonly runNumber: number
  readonly position: number
}

/** An intent of a claimed container; any other id is a bug of the caller. */
export async function claimedIntent(
  tx: Transaction,
  mspId: string,
  { psa, containerId }: Claim,
  intentId: string,
): Promise<StoredIntent> {
  const [, runId = '', place = ''] = /^(BR-\d+)\/(\d{1,9})$/.exec(intentId) ?? []
  const [runNumber, position] = [numberOf('BR', runId) ?? 0, Number(place)]
  const [row] = await tx.$queryRaw<{ readonly state: string; readonly why: string | null }[]>`
    SELECT state, why FROM sync_intent
    WHERE msp_id = ${mspId} AND run_number = ${runNumber} AND position = ${position}
      AND psa = ${psa} AND container_id = ${containerId} FOR UPDATE`
  assert(row !== undefined, `${psa} ${containerId} has no intent ${intentId}`)
  return { runNumber, position, state: word(STATES, row.state), why: optionalText(row.why) }
}

/** Marks an open intent as about to be sent and counts the attempt. */
export async function markSending(
  tx: Transaction,
  mspId: string,
  { runNumber, position, state }: StoredIntent,
  at: Date,
  notBefore: Date,
): Promise<void> {
  assert(isOpen({ state }), `${numberedId('BR', runNumber)}/${position} is ${state}: it is not sent again`)
  await tx.$executeRaw`
    UPDATE sync_intent SET state = 'sending', attempts = attempts + 1, sent_at = ${writeInstant(at)}::timestamptz,
      not_before = ${writeInstant(notBefore)}::timestamptz, why = NULL
    WHERE msp_id = ${mspId} AND run_number = ${runNumber} AND position = ${position}`
}

/** What an intent can come to; `sending` is {@link markSending}'s, `replaced` a decision's. */
const OUTCOMES: readonly IntentState[] = ['waiting', 'unknown', 'confirmed', 'parked']

/** Records what became of an open intent; false: exactly that is recorded already. Any other change is a bug. */
export async function markSettled(
  tx: Transaction,
  mspId: string,
  intent: StoredIntent,
  { state, why, notBefore }: IntentOutcome,
): Promise<boolean> {
  const { runNumber, position } = intent
  const id = `${numberedId('BR', runNumber)}/${position}`
  assert(OUTCOMES.includes(state), `${id} cannot become ${state}`)
  if (!isOpen(intent) && intent.state === state && intent.why === why) return false
  assert(isOpen(intent), `${id} is ${intent.state}: it cannot become ${state}`)
  await tx.$executeRaw`
    UPDATE sync_intent SET state = ${state}, not_before = ${writeInstant(notBefore)}::timestamptz,
      why = ${writeOptionalText(why, `why of ${id}`)}
    WHERE msp_id = ${mspId} AND run_number = ${runNumber} AND position = ${position}`
  return true
}

const PACKED = [
  'intent.approval_number',
  'intent.state',
  'intent.attempts',
  instantColumn('intent.sent_at'),
  instantColumn('intent.not_before'),
]

const SELECT = `SELECT ${STEP_COLUMNS}, ${packedColumns(PACKED)}, intent.why FROM sync_intent AS intent
  JOIN sync_step AS step
    ON step.msp_id = intent.msp_id AND step.run_number = intent.run_number AND step.position = intent.position`

type IntentRow = readonly [...StepRow, packed: Cell, why: Cell]

type PackedCells = [approval: Cell, state: Cell, attempts: Cell, sentAt: Cell, notBefore: Cell]

/** All but replaced ones, in order of run and place. */
export function readIntents(query: Query, part: PartOfState): Promise<readonly Intent[]> {
  const where = `${whereOf(part, 'intent.')} AND intent.state <> 'replaced'`
  const select = `${SELECT} ${where} ORDER BY intent.run_number, intent.position`
  return query(select, valuesOf(part), (row: IntentRow) => {
    const [run, place, psa, containerId, slotId, key, content, packed, why] = row
    const [approval, state, attempts, sentAt, notBefore] = unpack<PackedCells>(packed, 5)
    return {
      ...stepOf([run, place, psa, containerId, slotId, key, content]),
      approvalId: numberedId('APR', integer(approval)),
      state: word(STATES, state),
      attempts: integer(attempts),
      sentAt: optionalInstant(sentAt),
      notBefore: optionalInstant(notBefore),
      why: optionalText(why),
    }
  })
}
