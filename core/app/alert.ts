import type { Person } from '../access/rights.js'
import type { Attempt } from '../approval/approval.js'
import { ALERT_REQUESTS } from '../limits.js'
import { DECIMAL_ONE, type Decimal } from '../money/decimal.js'
import { toMinor } from '../money/money.js'
import type { ApprovalRecord } from '../ports.js'
import { recurringLines } from '../sync/held.js'
import { priceOn } from '../sync/target.js'
import type { ContainerPlan, PsaName, Step } from '../sync/types.js'
import { daysOf, unitsOn } from '../sync/units.js'
import type { RoutedSlot } from './routed.js'
import { grouped } from './grouped.js'
import { type DecideOutcome, decide } from './decide.js'
import type { Load } from './loader.js'
import type { ReadEverybody } from './people.js'
import { namedDrifts } from './psa-standing.js'
import type { BillingView } from './run-content.js'
import { syncContent } from './sync-plan.js'
import type { Problem } from '../problem.js'
import { refresh } from './read-psa.js'
import { type SyncRequestPorts, requestSync, syncChanges } from './sync-request.js'
import { monthOf } from './who.js'
import { cameBeside } from './written.js'

/** What may be written without asking, and by whose word: each use is in the trail. */
export interface AutoApproval {
  /** Name of the rule, as the trail shows it. */
  readonly name: string
  /** Customers by id or name; empty: every one. */
  readonly customers: readonly string[]
  readonly psa: PsaName
  /** The most seats a plan may add or take away in one place. */
  readonly seats: Decimal
  /** The most it may write into one agreement or contract: once, and a month of the seats it moves. */
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
  everybody: ReadEverybody,
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
    const decided = await autoApprove(ports, load, everybody, rules, outcome.record)
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

/** undefined: no rule covers all of it, a person decides. What a person did there is never decided by a rule (S9). */
async function autoApprove(
  ports: SyncRequestPorts,
  load: Load,
  everybody: ReadEverybody,
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
  const decider = async () => ({ ...(await everybody()), person })
  const outcome: DecideOutcome = await decide(ports, load, decider, record.approval.id, attempt)
  return outcome.type === 'decided' ? outcome.record : undefined
}

function covers(rule: AutoApproval, { plan = [] }: ApprovalRecord, view: BillingView): boolean {
  const named = rule.customers.map((name) => name.toLowerCase())
  const isNamed = ({ customerId, customerName }: ContainerPlan) =>
    named.length === 0 ||
    named.includes(customerId.toLowerCase()) ||
    named.includes(customerName.toLowerCase())
  const isSmall = (part: ContainerPlan) => {
    const { seats, amount } = movedBy(view, part)
    return seats <= rule.seats && amount !== undefined && amount <= toMinor(rule.amount, part.currency)
  }
  const isAll = plan.every((part) => part.psa === rule.psa && isNamed(part) && isSmall(part))
  return isAll && !hasDrift(view, plan) && !hasBeside(view, plan)
}

/**
 * What the steps of a container move at most: seats in one place, on any day, and money in minor units: what is written
 * once, and a month of the seats that are added or taken away. `amount` undefined: a price is written, or it is not known.
 */
function movedBy(
  view: BillingView,
  { psa, containerId, steps, currency }: ContainerPlan,
): { readonly seats: bigint; readonly amount: bigint | undefined } {
  const places = grouped(steps, ({ slotId }) => slotId)
  let seats = 0n
  let amount: bigint | undefined = 0n
  for (const [slotId, own] of places) {
    const slot = view.slots.find(
      ({ due, reading: { container } }) =>
        due.slot.id === slotId && container.psa === psa && container.id === containerId,
    )
    const moved = seatsMoved(own)
    seats = moved > seats ? moved : seats
    const price = slot === undefined ? undefined : dearest(slot, own)
    if (own.some(({ type }) => type === 'setPrice') || (moved > 0n && price === undefined)) amount = undefined
    const once = own.reduce(
      (sum, step) => sum + (isOnce(step) ? magnitude(step.quantity * step.unitPrice) : 0n),
      0n,
    )
    const monthly = moved * (price ?? 0n)
    if (amount !== undefined) amount += toMinor(((once + monthly) / DECIMAL_ONE) as Decimal, currency)
  }
  return { seats, amount }
}

type Once = Extract<Step, { type: 'add' }>

function isOnce(step: Step): step is Once {
  return step.type === 'add' && step.oneTime
}

/** The most seats that a place gains or loses against what it has, on any day. */
function seatsMoved(steps: readonly Step[]): bigint {
  const counts = steps.flatMap(({ count }) => count ?? [])
  const [first] = counts
  if (first === undefined) return 0n
  return counts.reduce((most, { before, after }) => {
    const days = daysOf([first.before, before, after])
    return days.reduce((found, day) => {
      const by = magnitude(unitsOn(after, day) - unitsOn(first.before, day))
      return by > found ? by : found
    }, most)
  }, 0n)
}

/** The highest price a seat has there, or is written with. */
function dearest({ due, reading: { container } }: RoutedSlot, steps: readonly Step[]): bigint | undefined {
  const { slot, periods } = due
  const written = steps.flatMap((step) => (step.type === 'add' && !step.oneTime ? [step.unitPrice] : []))
  const there = [
    ...recurringLines(container, slot).map(({ unitPrice }) => unitPrice),
    ...container.units.flatMap(({ itemId, unitPrice }) => (itemId === slot.itemId ? (unitPrice ?? []) : [])),
  ]
  const ours = priceOn(periods, container.lockedTo)
  const all = [...written, ...there, ...(ours === undefined ? [] : [ours])]
  return all.length === 0 ? undefined : all.reduce((most, price) => (price > most ? price : most))
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}

function hasDrift(view: BillingView, plan: NonNullable<ApprovalRecord['plan']>): boolean {
  return namedDrifts(view, new Set(plan.map(({ customerId }) => customerId))).length > 0
}

/** Whether somebody put lines beside the steps since we last wrote or mapped there, as far as that is known: they may be for the same. */
function hasBeside({ sync: { written } }: BillingView, plan: NonNullable<ApprovalRecord['plan']>): boolean {
  const last = new Map(written.map((one) => [one.slotId, one]))
  return plan
    .flatMap(({ steps }) => steps)
    .some(({ slotId, beside = [] }) => {
      const before = last.get(slotId)
      const came = (before === undefined ? undefined : cameBeside(before, beside)) ?? beside
      return came.length > 0
    })
}
