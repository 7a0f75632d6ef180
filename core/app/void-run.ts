import type { Person } from '../access/rights.js'
import { expiryOf } from '../approval/approval.js'
import { voidFingerprint } from '../billrun/run.js'
import type { ApprovalRecord, BillingStore, Clock } from '../ports.js'
import { Problem } from '../problem.js'
import { billedOf } from './decide.js'
import { findCustomer } from './find-customer.js'

/** Asks to make what a run billed due again (BILLING B22): for one customer or all, with a reason, by approval. */
export async function proposeVoid(
  { billing, clock }: { readonly billing: BillingStore; readonly clock: Clock },
  person: Person,
  runId: string,
  customerName: string | undefined,
  reason: string,
): Promise<ApprovalRecord> {
  const { billed } = await billing.books()
  const ofRun = billedOf(billed, runId, undefined)
  const names = new Map(ofRun.map(({ customerId, customerName: name }) => [customerId, { name }]))
  const customerId = customerName === undefined ? undefined : findCustomer(names, customerName).id
  const lines = billedOf(ofRun, runId, customerId)
  if (lines.length === 0) {
    throw new Problem({
      kind: 'notFound',
      what: `Nothing of “${runId}” is billed: it was not approved, is voided already, or does not exist.`,
      notDone: 'Nothing was voided.',
      next: 'Type `approvals` to see what waits.',
    })
  }
  if (reason.trim() === '') {
    throw new Problem({
      kind: 'input',
      what: 'A void needs a reason.',
      notDone: 'Nothing was voided.',
      next: `Type \`void ${runId} because <reason>\`.`,
    })
  }
  const requestedAt = await clock.now()
  const fingerprint = voidFingerprint(
    runId,
    lines.map(({ key }) => key),
  )
  return billing.proposeVoid({
    runId,
    customerId,
    reason: reason.trim(),
    fingerprint,
    requestedBy: person.id,
    requestedByName: person.name,
    requestedAt,
    expiresAt: expiryOf(requestedAt),
  })
}
