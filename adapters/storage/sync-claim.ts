import type { Claim } from '../../core/psa-ports.js'
import type { Transaction } from './database.js'
import { PSA_NAMES } from './psa-customer.js'
import { word, writeInstant, writeText } from './values.js'

interface ClaimRow {
  readonly psa: string
  readonly container_id: string
  readonly fence: number
}

/**
 * Gives one container with something to do to `owner`: one nobody holds at `now` before one of its own, and of those the
 * one that was claimed least often, so that a container that never gets done keeps no other waiting. A step has nothing to
 * do while an earlier one of its slot has to wait: claimed for it, a container would be read over and over for nothing.
 * One statement; rows that somebody else is claiming at this moment are passed over.
 */
export async function takeClaim(
  tx: Transaction,
  mspId: string,
  owner: string,
  now: Date,
  until: Date,
): Promise<Claim | undefined> {
  const [name, at] = [writeText(owner, 'owner of a claim'), writeInstant(now)]
  const [row] = await tx.$queryRaw<ClaimRow[]>`
    WITH picked AS MATERIALIZED (
      SELECT msp_id, psa, container_id FROM sync_claim AS free
      WHERE msp_id = ${mspId} AND (owner IS NULL OR owner = ${name} OR until <= ${at}::timestamptz)
        AND EXISTS (
          SELECT 1 FROM sync_intent AS intent JOIN sync_step AS step USING (msp_id, run_number, position)
          WHERE intent.msp_id = free.msp_id AND intent.psa = free.psa AND intent.container_id = free.container_id
            AND intent.state IN ('waiting', 'sending', 'unknown')
            AND (intent.not_before IS NULL OR intent.not_before <= ${at}::timestamptz)
            AND NOT EXISTS (
              SELECT 1 FROM sync_intent AS earlier JOIN sync_step AS before USING (msp_id, run_number, position)
              WHERE earlier.msp_id = free.msp_id AND earlier.psa = free.psa
                AND earlier.container_id = free.container_id AND before.slot_id = step.slot_id
                AND earlier.state IN ('waiting', 'sending', 'unknown') AND earlier.not_before > ${at}::timestamptz
                AND (earlier.run_number, earlier.position) < (intent.run_number, intent.position)))
      ORDER BY (owner IS NOT NULL AND until > ${at}::timestamptz), fence, psa COLLATE "C", container_id
      LIMIT 1 FOR UPDATE SKIP LOCKED)
    UPDATE sync_claim AS claim
    SET owner = ${name}, until = ${writeInstant(until)}::timestamptz, fence = claim.fence + 1
    FROM picked
    WHERE claim.msp_id = picked.msp_id AND claim.psa = picked.psa AND claim.container_id = picked.container_id
    RETURNING claim.psa, claim.container_id, claim.fence`
  if (row === undefined) return undefined
  return { psa: word(PSA_NAMES, row.psa), containerId: row.container_id, fence: row.fence }
}

/** Gives a container back; one that somebody else has by now stays theirs. */
export async function giveBack(
  tx: Transaction,
  mspId: string,
  { psa, containerId, fence }: Claim,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE sync_claim SET owner = NULL, until = NULL
    WHERE msp_id = ${mspId} AND psa = ${psa} AND container_id = ${containerId} AND fence = ${fence}`
}

/**
 * True while the claim is the container's latest and was not given back; nobody takes it before our transaction ends. It
 * is lost to others, not to the clock: until another owner has it, what this one found out is worth keeping.
 */
export async function isHeld(
  tx: Transaction,
  mspId: string,
  { psa, containerId, fence }: Claim,
): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM sync_claim
    WHERE msp_id = ${mspId} AND psa = ${psa} AND container_id = ${containerId} AND fence = ${fence}
      AND owner IS NOT NULL FOR UPDATE`
  return rows.length > 0
}
