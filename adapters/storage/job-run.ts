import type { Deadline, Deadlines } from '../../core/chat-ports.js'
import { numberedId } from './billing-books.js'
import { addDelivery } from './chat-delivery.js'
import { type Cell, type Database, inTransaction, readConsistently } from './database.js'
import { integer, writeInstant, writeText } from './values.js'

/** When what is due: the reminder from half of a request's time to its end, the end from then on. */
const DUE: Readonly<Record<Deadline, string>> = {
  remind: `$2::timestamptz >= approval.requested_at + (approval.expires_at - approval.requested_at) / 2
    AND $2::timestamptz < approval.expires_at`,
  expire: '$2::timestamptz >= approval.expires_at',
}

/** What has its hour in the life of a request, taken once by whoever writes its row first. */
export function deadlines(database: Database, mspId: string): Deadlines {
  return {
    due: async (deadline, now, most) =>
      await readConsistently(database, (query) =>
        query(
          `SELECT approval.number FROM approval
           LEFT JOIN decision ON decision.msp_id = approval.msp_id AND decision.approval_number = approval.number
           LEFT JOIN supersession ON supersession.msp_id = approval.msp_id AND supersession.approval_number = approval.number
           WHERE approval.msp_id = $1 AND decision.approval_number IS NULL AND supersession.approval_number IS NULL
             AND ${DUE[deadline]} AND NOT EXISTS (
               SELECT 1 FROM job_run AS done WHERE done.msp_id = approval.msp_id AND done.job = $3
                 AND done.slot = 'APR-' || lpad(approval.number::text, greatest(4, length(approval.number::text)), '0'))
           ORDER BY approval.number LIMIT $4::integer`,
          [mspId, writeInstant(now), deadline, most],
          ([number]: readonly [Cell]) => numberedId('APR', integer(number)),
        ),
      ),
    take: (deadline, approvalId, at, deliveries) =>
      inTransaction(database, async (tx) => {
        const taken = await tx.$executeRaw`
          INSERT INTO job_run (msp_id, job, slot, at)
          VALUES (${mspId}, ${deadline}, ${writeText(approvalId, 'slot of a job')}, ${writeInstant(at)}::timestamptz)
          ON CONFLICT DO NOTHING`
        if (taken === 0) return false
        for (const delivery of deliveries) await addDelivery(tx, mspId, delivery)
        return true
      }),
  }
}
