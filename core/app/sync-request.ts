import type { Person } from '../access/rights.js'
import { expiryOf } from '../approval/approval.js'
import type { ChangedStep, Staleness } from '../approval/stale.js'
import { staleness } from '../approval/stale.js'
import type { BillRun } from '../billrun/run.js'
import type { Period } from '../calendar/period.js'
import type { ApprovalRecord, BillingStore } from '../ports.js'
import type { Problem } from '../problem.js'
import { otherWords } from '../sync/beside.js'
import { stepWords } from '../sync/words.js'
import { stepContent } from '../sync/plan.js'
import type { ContainerPlan, Step } from '../sync/types.js'
import type { Load } from './loader.js'
import { type ReadPsaPorts, refresh } from './read-psa.js'
import type { BillingView } from './run-content.js'
import { type SlotFault, type SyncContent, syncContent, syncFingerprint } from './sync-plan.js'
import { undoContent, undoneRun } from './undo.js'
import { onUnmovedBooks } from './unmoved.js'

export interface SyncRequestPorts extends ReadPsaPorts {
  readonly billing: BillingStore
}

/** How asking for a sync ended. */
export type SyncOutcome =
  | { readonly type: 'asked'; readonly record: ApprovalRecord; readonly trouble: SyncTrouble }
  /** Everything PSAs should hold is there, but for what trouble names. */
  | { readonly type: 'nothing'; readonly containers: number; readonly trouble: SyncTrouble }

/** What could not be read or planned; it stops nothing else. */
export interface SyncTrouble {
  readonly faults: readonly SlotFault[]
  readonly unread: readonly Problem[]
  /** Names of customers that were asked for and are billed by file; absent: none. */
  readonly byFile?: readonly string[]
}

/**
 * Reads what PSAs hold now, and asks for the approval of the steps to what they should hold (S3). Makes no request when
 * there is nothing to write.
 *
 * @param asked ids of customers; empty: all that are billed in a PSA.
 */
export async function requestSync(
  ports: SyncRequestPorts,
  load: Load,
  person: Person,
  month: Period,
  asked: readonly string[],
): Promise<SyncOutcome> {
  const wanted = asked.length === 0 ? undefined : new Set(asked)
  const unread = await refresh(ports, await load(), wanted)
  return onUnmovedBooks(async () => {
    const view = await load()
    const content = syncContent(view, month, asked)
    const byFile = byFileOf(view, asked)
    const trouble = { faults: content.faults, unread, ...(byFile.length === 0 ? {} : { byFile }) }
    if (content.plan.length === 0) return { type: 'nothing', containers: countOf(view, wanted), trouble }
    const record = await makeRequest(ports, view, person, month, asked, content)
    return { type: 'asked', record, trouble }
  })
}

async function makeRequest(
  { billing, clock }: SyncRequestPorts,
  view: BillingView,
  person: Person,
  month: Period,
  asked: readonly string[],
  { faults: _, plan, ...content }: SyncContent,
): Promise<ApprovalRecord> {
  const proposedAt = await clock.now()
  const run: Omit<BillRun, 'id'> = {
    month,
    proposedBy: person.id,
    proposedAt,
    observation: view.age.observation.sequence,
    asked,
    ...content,
  }
  const draft = { run, plan, requestedByName: person.name, expiresAt: expiryOf(proposedAt) }
  return billing.propose(draft, view.books.version)
}

/** Customers that were asked for and have no place in a PSA. */
function byFileOf({ portfolio, slots, sync }: BillingView, asked: readonly string[]): readonly string[] {
  const routed = new Set([...slots, ...sync.customers].map(({ customerId }) => customerId))
  return asked.filter((id) => !routed.has(id)).map((id) => portfolio.customers.get(id)?.name ?? id)
}

function countOf({ slots }: BillingView, wanted: ReadonlySet<string> | undefined): number {
  const own = slots.filter(({ customerId }) => wanted === undefined || wanted.has(customerId))
  return new Set(own.map(({ reading }) => `${reading.container.psa} ${reading.container.id}`)).size
}

/** How the steps and lines of now differ from those a request shows; undefined: a yes to it is a yes to now. */
export function syncChanges(
  view: BillingView,
  { approval, run, plan = [] }: ApprovalRecord,
): Staleness | undefined {
  const customers = [...new Set(plan.map(({ customerId }) => customerId))]
  const undone = undoneRun(plan)
  const now =
    undone === undefined
      ? syncContent(view, run.month, customers)
      : undoContent(view, run.month, undone, new Set(customers))
  if (syncFingerprint(run.month, now) === approval.fingerprint) return undefined
  const lines = staleness(run.lines, now.lines) ?? { added: [], gone: [], reworded: [] }
  return { ...lines, steps: stepChanges(plan, now.plan) }
}

function stepChanges(
  shown: readonly ContainerPlan[],
  now: readonly ContainerPlan[],
): NonNullable<Staleness['steps']> {
  const [before, after] = [stepsOf(shown), stepsOf(now)]
  return {
    added: [...after].filter(([content]) => !before.has(content)).map(([, step]) => step),
    gone: [...before].filter(([content]) => !after.has(content)).map(([, step]) => step),
  }
}

function stepsOf(plan: readonly ContainerPlan[]): ReadonlyMap<string, ChangedStep> {
  return new Map(
    plan.flatMap(({ customerId, customerName, currency, steps }) =>
      steps.map((step) => {
        const words = `${customerName} · ${step.product}: ${stepWords(step, currency)}`
        return [stepContent(step), { customerId, words: `${words}${besideWords(step, currency)}` }] as const
      }),
    ),
  )
}

/** ", beside a line of 5 × $22.00 from 11 Mar 2026 (line 108) of somebody else": it is part of what a yes is to. */
function besideWords({ beside = [] }: Step, currency: string): string {
  const lines = beside.map((line) => otherWords(line, { currency }))
  return lines.length === 0 ? '' : `, beside ${lines.join(' and ')} of somebody else`
}
