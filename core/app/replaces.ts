import type { ApprovalRecord, BillingStore, ProposalDraft } from '../ports.js'

const REPLACES = 'approval.replaces'

/**
 * Writes a request to write into PSAs, and notes in its trail which undecided ones it took the place of. Problem
 * `conflict` when the books are not at `version` any more.
 */
export async function proposeSync(
  billing: BillingStore,
  draft: ProposalDraft,
  version: number,
): Promise<ApprovalRecord> {
  const own = customersOf(draft)
  const before = (await billing.open()).filter((other) => [...customersOf(other)].some((id) => own.has(id)))
  const record = await billing.propose(draft, version)
  const { id, requestedAt: at, requestedBy: actor } = record.approval
  const replaced: string[] = []
  for (const { approval } of before) {
    const now = await billing.approval(approval.id)
    if (now?.approval.supersededBy === id) replaced.push(approval.id)
  }
  if (replaced.length === 0) return record
  await billing.note({ at, actor, action: REPLACES, subject: id, details: { replaced } })
  return record
}

function customersOf({ plan = [] }: Pick<ProposalDraft, 'plan'>): ReadonlySet<string> {
  return new Set(plan.map(({ customerId }) => customerId))
}

/** Ids of the requests that a request took the place of. */
export async function replacedBy(
  billing: Pick<BillingStore, 'trail'>,
  { approval, plan }: ApprovalRecord,
): Promise<readonly string[]> {
  if (plan === undefined) return []
  const trail = await billing.trail(approval.id)
  return trail.flatMap(({ action, details }) => {
    const { replaced } = details
    return action === REPLACES && Array.isArray(replaced) ? replaced.map(String) : []
  })
}
