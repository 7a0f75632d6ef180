import type { Person } from '../../core/access/people.js'
import { assert } from '../../core/assert.js'
import type { DecideOutcome } from '../../core/app/decide.js'
import type { RunCustomer } from '../../core/billrun/run.js'
import { findRunCustomer } from '../../core/app/find-customer.js'
import type { ProposeOutcome } from '../../core/app/propose.js'
import type { Observed } from '../../core/app/observe.js'
import type { Studio } from '../../core/app/studio.js'
import type { SyncOutcome } from '../../core/app/sync-request.js'
import type { ApprovalRecord } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import { approvalTrailCard, approvalsCard, withTrail } from '../cards/approvals.js'
import { REVISION_LENGTH, approvalCard } from '../cards/bill-run.js'
import { fileCard } from '../cards/file.js'
import { allHeldCard } from '../cards/held.js'
import { type RequestCustomer, requestPageCard } from '../cards/pages.js'
import { refusalCard, staleCard } from '../cards/not-decided.js'
import type { Card } from '../cards/model.js'
import { observedCard } from '../cards/status.js'
import { alertCard, nothingToSyncCard, troubleBlocks } from '../cards/sync.js'
import { auditCard, shownEntries } from '../cards/trail.js'
import { type Command } from './parse.js'
import { type DeskParts, type Reply, shown } from './reply.js'

export async function answerBilling(
  parts: DeskParts,
  person: Person,
  command: Exclude<
    Command,
    {
      name:
        | 'help'
        | 'who'
        | 'customer'
        | 'explain'
        | 'changes'
        | 'status'
        | 'observe'
        | 'map'
        | 'price'
        | 'describe'
        | 'people'
        | 'settings'
        | 'upcoming'
        | 'calendar'
        | 'home'
    }
  >,
): Promise<Reply> {
  const { billing } = parts.studio
  const clock = { now: await parts.clock.now(), timeZone: parts.timeZone }
  switch (command.name) {
    case 'propose':
      return proposeReply(parts, await billing.propose(person, command.month, command.customers))
    case 'sync':
      return syncReply(parts, await billing.sync(person, command.customers))
    case 'void':
      return requestReply(parts, await billing.void(person, command.run, command.customer, command.reason))
    case 'approvals':
      return shown(approvalsCard(await billing.open(), clock))
    case 'approval': {
      if (command.page !== undefined || command.customer !== undefined) return pageReply(parts, command)
      const record = await billing.approval(command.id)
      const { named } = await parts.studio.everybody()
      return { ...shown(approvalTrailCard(record, named, clock)), approval: record }
    }
    case 'approve':
    case 'reject': {
      const reason = command.name === 'reject' ? command.reason : undefined
      const { fingerprint } = (await billing.request(command.id)).approval
      const isThis = command.seen === undefined || command.seen === fingerprint.slice(0, REVISION_LENGTH)
      const seen = isThis ? fingerprint : (command.seen ?? '')
      const verdict = command.name === 'approve' ? 'approved' : 'rejected'
      return decisionReply(parts, person, await billing.decide(person, command.id, { verdict, reason, seen }))
    }
    case 'export':
      return fileReply(parts, command.run)
    case 'audit': {
      const trail = await billing.trail()
      const steps = await billing.toldSteps(shownEntries(trail))
      const { named } = await parts.studio.everybody()
      return shown(auditCard(trail, named, clock, steps))
    }
  }
}

/** Everything held is a refusal for the one who asked: nothing was made that others could decide. */
async function proposeReply(parts: DeskParts, outcome: ProposeOutcome): Promise<Reply> {
  if (outcome.type === 'asked') {
    const first = await requestReply(parts, outcome.record)
    return outcome.also === undefined ? first : { ...first, also: [await requestReply(parts, outcome.also)] }
  }
  const card = allHeldCard(outcome.month, outcome.held)
  return { ...shown(card), audience: 'asker', problem: new Problem({ kind: 'held', what: card.title }) }
}

/** What was seen, and an alert with its approval for each customer whose PSA has to follow. */
export async function observedReply(parts: DeskParts, observed: Observed): Promise<Reply> {
  const { raised, moved, unread } = await parts.studio.raiseAlerts()
  const alerts = await Promise.all(raised.map((record) => alertReply(parts, record)))
  const card = observedCard(observed)
  const blocks = [...card.blocks, ...troubleBlocks({ faults: [], unread })]
  const reply = { ...shown({ ...card, blocks }), also: alerts }
  return moved ? { ...reply, after: () => carryOn(parts.studio) } : reply
}

async function alertReply(parts: DeskParts, record: ApprovalRecord): Promise<Reply> {
  const reply = await requestReply(parts, record)
  return { ...reply, card: alertCard(await parts.studio.billing.standing(record), reply.card) }
}

/** The plan's card, with what could not be planned below it; nothing to do is for the one who asked. */
async function syncReply(parts: DeskParts, outcome: SyncOutcome): Promise<Reply> {
  if (outcome.type === 'nothing') {
    const card = nothingToSyncCard(outcome)
    const problem = card.tone === 'good' ? undefined : new Problem({ kind: 'held', what: card.title })
    return { ...shown(card), audience: problem === undefined ? 'everyone' : 'asker', problem }
  }
  const reply = await requestReply(parts, outcome.record)
  const { card } = reply
  return { ...reply, card: { ...card, blocks: [...card.blocks, ...troubleBlocks(outcome.trouble)] } }
}

async function requestReply(parts: DeskParts, record: ApprovalRecord): Promise<Reply> {
  return { ...shown(await cardOf(parts, record)), approval: record }
}

export async function cardOf({ studio, clock, timeZone }: DeskParts, record: ApprovalRecord): Promise<Card> {
  return approvalCard(await studio.billing.standing(record), { now: await clock.now(), timeZone })
}

/** A page is no card of the request: it is not replaced when that is decided. */
export async function pageReply(parts: DeskParts, command: Command): Promise<Reply> {
  assert(command.name === 'approval', 'pages are those of a request')
  const { studio, timeZone } = parts
  const clock = { now: await parts.clock.now(), timeZone }
  const { named } = await studio.everybody()
  const record = withTrail(await studio.billing.approval(command.id), named, clock)
  const { customer, page = 1 } = command
  const found = customer === undefined ? undefined : customerOf(record, customer)
  return shown(requestPageCard(record, page, timeZone, found))
}

/** The customer a person means: of the run, or of what it would write, also where that settles no line. */
function customerOf({ run, plan = [] }: ApprovalRecord, typed: string): RequestCustomer {
  const known = new Set(run.customers.map(({ customerId }) => customerId))
  const others = plan
    .filter(({ customerId }) => !known.has(customerId))
    .map(({ customerId, customerName: name, currency }): RunCustomer => {
      return { customerId, name, currency, amount: 0n, lines: 0, comparison: { type: 'firstBill' } }
    })
  return findRunCustomer({ ...run, customers: [...run.customers, ...others] }, typed)
}

export async function decisionReply(
  parts: DeskParts,
  person: Person,
  outcome: DecideOutcome,
): Promise<Reply> {
  const at = { now: await parts.clock.now(), timeZone: parts.timeZone }
  const { record } = outcome
  if (outcome.type === 'decided') {
    const reply = { ...(await requestReply(parts, record)), decided: true }
    const isWritten =
      record.approval.subject.type === 'sync' && record.approval.decision?.verdict === 'approved'
    return isWritten ? { ...reply, after: () => carryOn(parts.studio) } : reply
  }
  const card =
    outcome.type === 'stale'
      ? staleCard(outcome.changes, record, at)
      : refusalCard(outcome.refusal, record, person, at)
  const problem = new Problem({ kind: outcome.type === 'stale' ? 'held' : 'conflict', what: card.title })
  return { ...shown(card), audience: 'asker', problem, approval: record }
}

/** Writes what is approved, and gives back the requests whose cards say something else now. */
export async function carryOn({ billing, dispatch }: Studio): Promise<readonly ApprovalRecord[]> {
  const { approvals } = await dispatch()
  return Promise.all(approvals.map((id) => billing.request(id)))
}

export async function fileReply({ studio, files }: DeskParts, runId: string): Promise<Reply> {
  const approved = await studio.billing.approvedRun(runId)
  const file = files.csv(approved.run)
  return { ...shown(fileCard(approved, file)), file }
}
