import type { Person } from '../access/rights.js'
import type { Attempt } from '../approval/approval.js'
import { ALERT_REQUESTS } from '../limits.js'
import type { Decimal } from '../money/decimal.js'
import { toMinor } from '../money/money.js'
import type { ApprovalRecord } from '../ports.js'
import type { ContainerPlan, PsaName } from '../sync/types.js'
import { grouped } from './grouped.js'
import { type DecideOutcome, decide } from './decide.js'
import type { Load } from './loader.js'
import { namedDrifts } from './psa-standing.js'
import type { BillingView } from './run-content.js'
import { syncContent } from './sync-plan.js'
import type { Problem } from '../problem.js'
import { refresh } from './read-psa.js'
import { type SyncRequestPorts, requestSync, syncChanges } from './sync-request.js'
import { monthOf } from './who.js'

/** What may be written without asking, and by whose word: each use is in the trail. */
export interface AutoApproval {
  /** Name of the rule, as the trail shows it. */
  readonly name: string
  /** Customers by id or name; empty: every one. */
  readonly customers: readonly string[]
  readonly psa: PsaName
  /** The most seats a plan may add or take away in one place. */
  readonly seats: Decimal
  /** The most a plan may come to in each currency, either way. */
  readonly amount: Decimal
}

/** Who asks when the marketplace changed: nobody in particular, so that every approver may decide. */
const WATCH: Person = { id: 'system', name: 'Cloud Billing Studio', role: 'biller', identities: [] }

export interface Alerts {
  /** Requests that were made for changes nobody was asked about yet. */
  readonly raised: readonly ApprovalRecord[]
  /** Something was approved by a rule: it is to be carried out. */
  readonly moved: boolean
  /** Containers that could not be read. */
  readonly unread: readonly Problem[]
}

/**
 * Asks for the approval of what PSAs have to follow, customer by customer; what is asked already is not asked again. Many
 * at once are one request. What a rule allows is approved by it.
 */
export async function raiseAlerts(
  ports: SyncRequestPorts,
  load: Load,
  people: readonly Person[],
  rules: readonly AutoApproval[],
): Promise<Alerts> {
  const before = await load()
  if (before.slots.length === 0) return { raised: [], moved: false, unread: [] }
  // What somebody did in a PSA, and what it invoiced, is seen as often as the marketplace is.
  const unread = await refresh(ports, before, undefined)
  const view = await load()
  const month = monthOf(view.today)
  const customers = await customersToAsk(ports, view)
  const groups = customers.length > ALERT_REQUESTS ? [customers] : customers.map((id) => [id])
  const raised: ApprovalRecord[] = []
  let moved = false
  for (const asked of groups) {
    const outcome = await requestSync(ports, load, WATCH, month, asked)
    if (outcome.type !== 'asked') continue
    const decided = await autoApprove(ports, load, people, rules, outcome.record)
    moved ||= decided !== undefined
    raised.push(decided ?? outcome.record)
  }
  return { raised, moved, unread }
}

/** Customers with something to write that no waiting request shows as it is. */
async function customersToAsk(
  { billing, clock }: SyncRequestPorts,
  view: BillingView,
): Promise<readonly string[]> {
  const now = await clock.now()
  const open = (await billing.open()).filter(
    ({ approval }) => approval.subject.type === 'sync' && now < approval.expiresAt,
  )
  const current = open.filter((record) => syncChanges(view, record) === undefined)
  const known = new Set(current.flatMap(({ plan = [] }) => plan.map(({ customerId }) => customerId)))
  const { plan } = syncContent(view, monthOf(view.today), [])
  return [...new Set(plan.map(({ customerId }) => customerId))].filter((id) => !known.has(id))
}

/** undefined: no rule covers all of it, a person decides. A drift is never decided by a rule (S9). */
async function autoApprove(
  ports: SyncRequestPorts,
  load: Load,
  people: readonly Person[],
  rules: readonly AutoApproval[],
  record: ApprovalRecord,
): Promise<ApprovalRecord | undefined> {
  const view = await load()
  const rule = rules.find((candidate) => covers(candidate, record, view))
  if (rule === undefined) return undefined
  const person: Person = {
    id: `rule:${rule.name}`,
    name: `rule “${rule.name}”`,
    role: 'approver',
    identities: [],
  }
  const attempt: Attempt = { verdict: 'approved', reason: undefined, seen: record.approval.fingerprint }
  const outcome: DecideOutcome = await decide(ports, load, people, person, record.approval.id, attempt)
  return outcome.type === 'decided' ? outcome.record : undefined
}

function covers(rule: AutoApproval, { plan = [], run }: ApprovalRecord, view: BillingView): boolean {
  const named = rule.customers.map((name) => name.toLowerCase())
  const isNamed = ({ customerId, customerName }: ContainerPlan) =>
    named.length === 0 ||
    named.includes(customerId.toLowerCase()) ||
    named.includes(customerName.toLowerCase())
  const sums = grouped(run.lines, ({ currency }) => currency)
  const isSmall = [...sums].every(([currency, lines]) => {
    const sum = lines.reduce((total, { amount }) => total + (amount < 0n ? -amount : amount), 0n)
    return sum <= toMinor(rule.amount, currency)
  })
  return (
    isSmall &&
    plan.every((part) => part.psa === rule.psa && isNamed(part) && seatsMoved(part) <= rule.seats) &&
    !hasDrift(view, plan)
  )
}

/** The most seats that any place of a container gains or loses. */
function seatsMoved({ steps }: ContainerPlan): bigint {
  const slots = grouped(
    steps.filter(({ count }) => count !== undefined),
    ({ slotId }) => slotId,
  )
  return [...slots.values()].reduce((most, own) => {
    const before = own[0].count?.before.at(-1)?.units ?? 0n
    const moved = (own.at(-1)?.count?.after.at(-1)?.units ?? 0n) - before
    const by = moved < 0n ? -moved : moved
    return by > most ? by : most
  }, 0n)
}

function hasDrift(view: BillingView, plan: NonNullable<ApprovalRecord['plan']>): boolean {
  return namedDrifts(view, new Set(plan.map(({ customerId }) => customerId))).length > 0
}
