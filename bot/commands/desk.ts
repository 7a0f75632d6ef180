import type { Person } from '../../core/access/people.js'
import type { LocalDate } from '../../core/calendar/date.js'
import { monthYear } from '../../core/calendar/words.js'
import type { Attempt } from '../../core/approval/approval.js'
import { assert } from '../../core/assert.js'
import type { DecideOutcome } from '../../core/app/decide.js'
import type { RunCustomer } from '../../core/billrun/run.js'
import { findRunCustomer } from '../../core/app/find-customer.js'
import type { ProposeOutcome } from '../../core/app/propose.js'
import type { Observed } from '../../core/app/observe.js'
import type { Studio } from '../../core/app/studio.js'
import type { SyncOutcome } from '../../core/app/sync-request.js'
import type { ApprovalRecord, Clock, ExportFile, FileMaker, Progress } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import { approvalTrailCard, approvalsCard, withTrail } from '../cards/approvals.js'
import { REVISION_LENGTH, approvalCard } from '../cards/bill-run.js'
import { changesCard } from '../cards/changes.js'
import { customerCard } from '../cards/customer.js'
import { explainCard } from '../cards/explain.js'
import { fileCard } from '../cards/file.js'
import { allHeldCard } from '../cards/held.js'
import { type RequestCustomer, requestPageCard } from '../cards/pages.js'
import { refusalCard, staleCard } from '../cards/not-decided.js'
import type { ActionName, ActionTarget, Card } from '../cards/model.js'
import { helpCard, observedCard, problemCard, statusCard } from '../cards/status.js'
import { alertCard, nothingToSyncCard, troubleBlocks } from '../cards/sync.js'
import { auditCard, shownEntries } from '../cards/trail.js'
import { whoCard } from '../cards/who.js'
import { againOf } from './again.js'
import { authorise, rightFor, rightToClick } from './authorise.js'
import { acceptClicked, mapCard, mapPageClicked } from './desk-map.js'
import { type Mention, linkReply, peopleReply, withIdentities } from './desk-people.js'
import { type Command, parseCommand } from './parse.js'

/** What a command or a click ended in, for a surface to show. */
export interface Reply {
  readonly card: Card
  /** `asker`: a refusal or a hint, for the one who asked only. */
  readonly audience: 'everyone' | 'asker'
  /** undefined: it did what was asked. */
  readonly problem: Problem | undefined
  /** The request this card shows: its cards everywhere follow its fate. */
  readonly approval: ApprovalRecord | undefined
  /** The request was decided just now: update every card of it. */
  readonly decided: boolean
  readonly file: ExportFile | undefined
  /** More cards, for what is asked apart from the first (SYNC S3). */
  readonly also?: readonly Reply[]
  /** What remains to be done when the answer was given; returns the requests whose cards have changed by it. */
  readonly after?: () => Promise<readonly ApprovalRecord[]>
}

/** A click: an action on a target, by an authenticated identity, with a reason where one was asked for. */
export interface Click {
  readonly name: ActionName
  readonly target: ActionTarget
  readonly reason: string | undefined
}

export interface DeskParts {
  readonly studio: Studio
  readonly files: FileMaker
  readonly clock: Clock
  readonly timeZone: string
}

/** Where every surface brings what people say and click. Rights are checked here, every time. */
export interface Desk {
  /**
   * @param identity as the surface authenticated it: "slack:T1:U1", "console:dana".
   * @param mentions people the text names by mention, where the surface knows who they are.
   */
  ask(
    identity: string,
    text: string,
    onProgress?: (progress: Progress) => void,
    mentions?: readonly Mention[],
  ): Promise<Reply>
  click(identity: string, click: Click): Promise<Reply>
  /** The card of a request as it is now, for updating what was posted. */
  cardOf(record: ApprovalRecord): Promise<Card>
}

export function createDesk(parts: DeskParts): Desk {
  const { studio } = parts
  return {
    ask: (identity, typed, onProgress, mentions = []) =>
      refuseNicely(async () => {
        const today = await studio.today()
        const text = withIdentities(typed, mentions)
        const command = parseCommand(text, today)
        if (command.name === 'people' && command.action === 'link' && command.code !== undefined) {
          return { ...shown(await linkReply(studio, identity, command.code)), audience: 'asker' }
        }
        const person = await authorise(studio, identity, rightFor(command), command.name)
        try {
          return await answer(parts, person, await withNames(studio, command, text, today), onProgress)
        } catch (error) {
          throw withReading(command, error)
        }
      }),
    click: (identity, click) => refuseNicely(() => carryOut(parts, identity, click)),
    cardOf: (record) => cardOf(parts, record),
  }
}

/** An expected failure becomes a card for the one who asked; a bug is thrown on. */
async function refuseNicely(work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { ...shown(problemCard(error)), audience: 'asker', problem: error }
  }
}

/** What was read as a month may be the end of a name: names are looked at only where it matters. */
async function withNames(studio: Studio, command: Command, text: string, today: LocalDate): Promise<Command> {
  const hasMonth = 'month' in command && command.month !== undefined
  return hasMonth ? parseCommand(text, today, await studio.names()) : command
}

/** A name that is not found may have lost a word to the month: the refusal says how both were read. */
function withReading(command: Command, error: unknown): unknown {
  const { name } = command
  if (name === 'sync') return nothingSynced(error)
  if (name !== 'who' && name !== 'propose' && name !== 'customer') return error
  if (!(error instanceof Problem) || error.where !== undefined || command.month === undefined) return error
  const names = name === 'propose' ? command.customers : [name === 'who' ? command.filter : command.customer]
  const named = names.filter((text) => text !== '').map((text) => `“${text}”`)
  if (named.length === 0) return error
  const where = `Understood as ${monthYear(command.month.from)} and ${named.join(', ')}`
  const { kind, what, notDone, next } = error
  return new Problem({
    kind,
    what,
    where,
    ...(notDone === undefined ? {} : { notDone }),
    ...(next === undefined ? {} : { next }),
    cause: error,
  })
}

/** A name that no customer has was no wish to sync all: that is said. */
function nothingSynced(error: unknown): unknown {
  if (!(error instanceof Problem) || (error.kind !== 'notFound' && error.kind !== 'input')) return error
  const { kind, what, where, next } = error
  const all = '`sync` alone is for all customers that are billed in a PSA.'
  return new Problem({
    kind,
    what,
    notDone: 'Nothing was asked for.',
    next: next === undefined ? all : `${next} ${all}`,
    ...(where === undefined ? {} : { where }),
    cause: error,
  })
}

function shown(card: Card): Reply {
  return {
    card,
    audience: 'everyone',
    problem: undefined,
    approval: undefined,
    decided: false,
    file: undefined,
  }
}

async function answer(
  parts: DeskParts,
  person: Person,
  command: Command,
  onProgress?: (progress: Progress) => void,
): Promise<Reply> {
  const { studio } = parts
  switch (command.name) {
    case 'help':
      return shown(helpCard(command.about))
    case 'who':
      return shown(whoCard({ ...(await studio.who(command.month, command.filter)), filter: command.filter }))
    case 'customer':
      return shown(customerCard(await studio.customer(command.customer, command.month)))
    case 'explain':
      return shown(explainCard(await studio.explain(command.line)))
    case 'changes':
      return shown(changesCard(await studio.changes(command.since, command.filter), command.filter))
    case 'status':
      return shown(statusCard(await studio.status()))
    case 'observe':
      return observedReply(parts, await studio.observe(onProgress))
    case 'map':
      return shown(await mapCard(studio.mapping, person, command))
    case 'people': {
      const { card, audience } = await peopleReply(studio, person, command)
      return { ...shown(card), audience }
    }
    default:
      return answerBilling(parts, person, command)
  }
}

async function answerBilling(
  parts: DeskParts,
  person: Person,
  command: Exclude<
    Command,
    { name: 'help' | 'who' | 'customer' | 'explain' | 'changes' | 'status' | 'observe' | 'map' | 'people' }
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
      const seen = (await billing.request(command.id)).approval.fingerprint
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

async function carryOut(parts: DeskParts, identity: string, { name, target, reason }: Click): Promise<Reply> {
  const person = await authorise(parts.studio, identity, rightToClick(name), `${name} ${target.id}`)
  const { billing } = parts.studio
  switch (name) {
    case 'approve':
    case 'reject': {
      const { approval } = await billing.request(target.id)
      const sameContent = target.revision === approval.fingerprint.slice(0, REVISION_LENGTH)
      const attempt: Attempt = {
        verdict: name === 'approve' ? 'approved' : 'rejected',
        reason,
        seen: sameContent ? approval.fingerprint : target.revision,
      }
      return decisionReply(parts, person, await billing.decide(person, target.id, attempt))
    }
    case 'download':
      return fileReply(parts, target.id)
    case 'again':
      return answerBilling(parts, person, againOf(await billing.request(target.id)))
    case 'page':
      return pageReply(parts, parseCommand(`approval ${target.id}`, await parts.studio.today()))
    case 'map':
      return shown(await acceptClicked(parts.studio.mapping, person, target))
    case 'mapPage':
      return shown(await mapPageClicked(parts.studio.mapping, target))
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
async function observedReply(parts: DeskParts, observed: Observed): Promise<Reply> {
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

async function cardOf({ studio, clock, timeZone }: DeskParts, record: ApprovalRecord): Promise<Card> {
  return approvalCard(await studio.billing.standing(record), { now: await clock.now(), timeZone })
}

/** A page is no card of the request: it is not replaced when that is decided. */
async function pageReply(parts: DeskParts, command: Command): Promise<Reply> {
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

async function decisionReply(parts: DeskParts, person: Person, outcome: DecideOutcome): Promise<Reply> {
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

async function fileReply({ studio, files }: DeskParts, runId: string): Promise<Reply> {
  const approved = await studio.billing.approvedRun(runId)
  const file = files.csv(approved.run)
  return { ...shown(fileCard(approved, file)), file }
}
