import type { Person } from '../access/rights.js'
import { expiryOf } from '../approval/approval.js'
import type { BillRun } from '../billrun/run.js'
import type { ApprovalRecord } from '../ports.js'
import { Problem } from '../problem.js'
import { type Intent, isOpen } from '../sync/intent.js'
import { findCustomer } from './find-customer.js'
import type { Load, Loaded } from './loader.js'
import { refresh } from './read-psa.js'
import type { SyncRequestPorts } from './sync-request.js'
import { undoContent } from './undo.js'
import { monthOf } from './who.js'

/**
 * Asks for the approval of the writes that take back what a run wrote into PSAs, with a reason. What cannot be taken back
 * is said with the refusal, or left out. Problem `held` when nothing can be, something of it is still being written, or it
 * took back another one itself: its own inverse would be half of what should be there, which a sync plans whole.
 */
export async function requestUndo(
  ports: SyncRequestPorts,
  load: Load,
  person: Person,
  runId: string,
  customer: string | undefined,
  reason: string,
): Promise<ApprovalRecord> {
  const before = await load()
  const own = before.sync.intents.filter((intent) => intent.runId === runId)
  if (own.some(isOpen))
    throw cannotUndo(runId, 'it is still being written', 'Wait until `status` shows that it ended.')
  const undone = own.map(({ step }) => step.undoes).find((id) => id !== undefined)
  if (undone !== undefined) throw isUndo(runId, undone, before, own)
  const containers = new Set(own.map(({ step }) => `${step.psa} ${step.containerId}`))
  const customers = before.slots.filter(({ reading: { container } }) =>
    containers.has(`${container.psa} ${container.id}`),
  )
  const [problem] = await refresh(ports, before, new Set(customers.map(({ customerId }) => customerId)))
  if (problem !== undefined) throw problem
  const view = await load()
  const asked =
    customer === undefined ? undefined : new Set([findCustomer(view.portfolio.customers, customer).id])
  const month = monthOf(view.today)
  const { plan, left, ...content } = undoContent(view, month, runId, asked)
  if (plan.length === 0) {
    const why = left.length === 0 ? 'nothing of it is confirmed' : left.join('; ')
    throw cannotUndo(runId, why, 'Type `sync` to see what is there and what should be.')
  }
  const proposedAt = await ports.clock.now()
  const run: Omit<BillRun, 'id'> = {
    month,
    proposedBy: person.id,
    proposedAt,
    observation: view.age.observation.sequence,
    asked: [...new Set(plan.map(({ customerId }) => customerId))],
    ...content,
  }
  const details = { run: runId, reason: reason.trim(), ...(left.length === 0 ? {} : { left }) }
  const draft = {
    run,
    plan,
    requestedByName: person.name,
    expiresAt: expiryOf(proposedAt),
    note: { action: 'sync.undo', details },
  }
  return ports.billing.propose(draft, view.books.version)
}

/** What a take-back took away is missing there, and a sync says so. */
function isUndo(
  runId: string,
  undone: string,
  { slots, portfolio }: Loaded,
  own: readonly Intent[],
): Problem {
  const places = new Set(own.map(({ step }) => step.slotId))
  const ids = new Set(slots.flatMap(({ due, customerId }) => (places.has(due.slot.id) ? [customerId] : [])))
  const names = [...ids].map((id) => portfolio.customers.get(id)?.name ?? id)
  const sync = ['sync', names.join(', ')].filter((word) => word !== '').join(' ')
  return cannotUndo(
    runId,
    `it took back ${undone.split('/')[0] ?? undone}, and what it took back is planned anew`,
    `Type \`${sync}\`: it plans all that should be there, and asks.`,
  )
}

function cannotUndo(runId: string, why: string, next: string): Problem {
  return new Problem({
    kind: 'held',
    what: `${runId} cannot be taken back: ${why}.`,
    notDone: 'Nothing was asked for.',
    next,
  })
}
