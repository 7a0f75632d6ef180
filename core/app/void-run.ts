import type { Person } from '../access/rights.js'
import { expiryOf } from '../approval/approval.js'
import { voidFacts } from '../approval/void-facts.js'
import { voidFingerprint } from '../billrun/run.js'
import { monthYear } from '../calendar/words.js'
import type { ApprovalRecord, BillingStore, Clock } from '../ports.js'
import { Problem } from '../problem.js'
import { billedOf } from './decide.js'
import { findRunCustomer } from './find-customer.js'

/** Asks to make what a run billed due again (BILLING B22): for one customer or all, with a reason, by approval. */
export async function proposeVoid(
  { billing, clock }: { readonly billing: BillingStore; readonly clock: Clock },
  person: Person,
  runId: string,
  customerName: string | undefined,
  reason: string,
): Promise<ApprovalRecord> {
  const request = await billing.approval(runId)
  if (request !== undefined) throw notARun(request)
  const { billed } = await billing.books()
  const ofRun = billedOf(billed, runId, undefined)
  if (ofRun.length === 0) throw nothingBilled(runId)
  const customer = customerName === undefined ? undefined : await customerOf(billing, runId, customerName)
  const lines = billedOf(ofRun, runId, customer?.id)
  if (lines.length === 0) throw nothingBilled(runId, customer?.name)
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
    customerId: customer?.id,
    reason: reason.trim(),
    fingerprint,
    requestedBy: person.id,
    requestedByName: person.name,
    requestedAt,
    expiresAt: expiryOf(requestedAt),
    facts: voidFacts(lines, reason.trim()),
  })
}

async function customerOf(
  billing: BillingStore,
  runId: string,
  typed: string,
): Promise<{ readonly id: string; readonly name: string }> {
  const run = await billing.run(runId)
  return findRunCustomer(run ?? { id: runId, customers: [], held: [] }, typed)
}

/** Somebody typed the id of a request. A void is not voided: what it made due is billed by proposing it. */
function notARun({ approval, run }: ApprovalRecord): Problem {
  const { id, subject } = approval
  const isVoid = subject.type === 'void'
  return new Problem({
    kind: 'input',
    what: isVoid
      ? `${id} is the request to void ${run.id}; a void is not voided itself.`
      : `${id} is a request; what can be voided is its run, ${run.id}.`,
    notDone: 'Nothing was voided.',
    next: isVoid
      ? `Type \`propose ${monthYear(run.month.from).toLowerCase()}\` to bill again what it made due.`
      : `Type \`void ${run.id} because <reason>\`.`,
  })
}

function nothingBilled(runId: string, customerName?: string): Problem {
  const [whose, why] =
    customerName === undefined
      ? ['', 'it was not approved, is voided already, or does not exist']
      : [` to ${customerName}`, 'it is voided already']
  return new Problem({
    kind: 'notFound',
    what: `Nothing of “${runId}” is billed${whose}: ${why}.`,
    notDone: 'Nothing was voided.',
    next: 'Type `who <month>` to see what is due, `propose <month>` to bill again what was voided.',
  })
}
