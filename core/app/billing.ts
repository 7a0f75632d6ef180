import { type Person, isOf } from '../access/rights.js'
import type { Attempt } from '../approval/approval.js'
import { replacedIn } from '../approval/replaces.js'
import type { AuditEntry } from '../audit/chain.js'
import type { BillRun } from '../billrun/run.js'
import type { Period } from '../calendar/period.js'
import type { ApprovalRecord } from '../ports.js'
import { Problem } from '../problem.js'
import { type DecideOutcome, type Decider, approvalNotFound, decide } from './decide.js'
import type { Load } from './loader.js'
import type { ReadEverybody } from './people.js'
import { monthOf } from './who.js'
import { type ProposeOutcome, idsOf, propose } from './propose.js'
import type { BillingView } from './run-content.js'
import { type StandingRecord, createStandings } from './standing.js'
import { toldKey, toldSteps } from './told-steps.js'
import { requestUndo } from './request-undo.js'
import { type SyncOutcome, type SyncRequestPorts, requestSync } from './sync-request.js'
import { proposeVoid } from './void-run.js'

export type BillingPorts = SyncRequestPorts

/** What is still billed of a run. */
export interface ApprovedRun {
  /** With the lines that are billed. */
  readonly run: BillRun
  /** Lines that were voided since it was approved. */
  readonly voided: number
}

/** Proposing, deciding and looking back: the part of the product that needs a person's yes. */
export interface Billing {
  propose(person: Person, month: Period | undefined, customers: readonly string[]): Promise<ProposeOutcome>
  /** Asks for the steps that bring PSAs to what they should hold, for customers by name or all. */
  sync(person: Person, customers: readonly string[]): Promise<SyncOutcome>
  void(person: Person, runId: string, customer: string | undefined, reason: string): Promise<ApprovalRecord>
  decide(person: Person, approvalId: string, attempt: Attempt): Promise<DecideOutcome>
  /** What waits for a decision, the oldest first, each with where it stands. */
  open(): Promise<readonly StandingRecord[]>
  /** One request. Problem `notFound` when there is none. */
  request(id: string): Promise<ApprovalRecord>
  /** A request with where it stands. */
  standing(record: ApprovalRecord): Promise<StandingRecord>
  /** One request with where it stands and its whole trail. */
  approval(id: string): Promise<StandingRecord & { readonly trail: readonly AuditEntry[] }>
  /** An approved run, for files. Problem `notFound` when there is none of that name, or nothing of it is billed. */
  approvedRun(runId: string): Promise<ApprovedRun>
  trail(): Promise<readonly AuditEntry[]>
  /** What the steps did that entries of the trail are about, by {@link toldKey}. */
  toldSteps(entries: readonly AuditEntry[]): Promise<ReadonlyMap<string, string>>
  /** Notes an attempt to use a right a person does not have. */
  noteRefused(actor: string, right: string, what: string): Promise<void>
  /** Notes that the file of a run goes into a person's own storage. */
  noteSent(actor: string, runId: string): Promise<void>
}

export function createBilling(ports: BillingPorts, load: Load, everybody: ReadEverybody): Billing {
  const { billing, clock } = ports
  const view = (): Promise<BillingView> => load()
  const lookUp = createStandings(ports, view)
  const standing = async (record: ApprovalRecord): Promise<StandingRecord> => {
    const [found = { ...record, standing: undefined }] = await lookUp([record])
    const replaced = record.plan === undefined ? [] : replacedIn(await billing.trail(record.approval.id))
    return replaced.length === 0 ? found : { ...found, replaced }
  }
  const request = async (id: string): Promise<ApprovalRecord> => {
    const record = await billing.approval(id)
    if (record === undefined) throw approvalNotFound(id)
    return record
  }
  return {
    propose: async (person, month, customers) => {
      const asked = month ?? monthOf((await view()).today)
      return propose(ports, load, person, asked, customers)
    },
    sync: async (person, customers) => {
      const { portfolio, today } = await load()
      return requestSync(ports, load, person, monthOf(today), idsOf(portfolio, customers))
    },
    void: async (person, runId, customer, reason) => {
      const { intents } = await ports.sync.state()
      return intents.some((intent) => intent.runId === runId)
        ? requestUndo(ports, load, person, runId, customer, reason)
        : proposeVoid(ports, person, runId, customer, reason)
    },
    decide: (person, approvalId, attempt) =>
      decide(ports, view, deciderOf(everybody, person), approvalId, attempt),
    open: async () => (await lookUp(await billing.open())).filter((record) => record.standing !== undefined),
    standing,
    request,
    approval: async (id) => {
      const record = await request(id)
      const trails = await Promise.all([billing.trail(record.run.id), billing.trail(id)])
      const trail = trails.flat().sort((left, right) => left.sequence - right.sequence)
      return { ...(await standing(record)), trail }
    },
    approvedRun: (runId) => approvedRun(ports, runId),
    trail: () => billing.trail(),
    toldSteps: async (entries) => {
      const ids = new Set(entries.flatMap((entry) => (toldKey(entry) === undefined ? [] : [entry.subject])))
      const records = await Promise.all([...ids].map((id) => billing.approval(id)))
      return new Map(records.flatMap((record) => (record === undefined ? [] : [...toldSteps(record)])))
    },
    noteRefused: async (actor, right, what) => {
      await billing.note({
        at: await clock.now(),
        actor,
        action: 'right.refused',
        subject: what,
        details: { right },
      })
    },
    noteSent: async (actor, runId) => {
      await billing.note({ at: await clock.now(), actor, action: 'file.sent', subject: runId, details: {} })
    },
  }
}

/** Somebody by the role they have now, whatever it was when they began. Problem `forbidden` when they have none any more. */
function deciderOf(everybody: ReadEverybody, { id }: Person): Decider {
  return async () => {
    const { people, version } = await everybody()
    const person = people.find((each) => isOf(each, id))
    if (person !== undefined) return { person, people, version }
    throw new Problem({
      kind: 'forbidden',
      what: 'You have no role here any more.',
      notDone: 'Nothing was decided.',
      next: 'Ask an admin.',
    })
  }
}

async function approvedRun({ billing, sync }: BillingPorts, runId: string): Promise<ApprovedRun> {
  const run = await billing.run(runId)
  const { billed } = await billing.books()
  const keys = new Set(billed.filter((line) => line.runId === runId).map(({ key }) => key))
  // What was voided since is due again, or billed by another run: it is in no file of this one.
  if (run !== undefined && keys.size > 0)
    return {
      run: { ...run, lines: run.lines.filter(({ key }) => keys.has(key)) },
      voided: run.lines.length - keys.size,
    }
  const { intents } = await sync.state()
  const written = intents.find((intent) => intent.runId === runId)
  if (written !== undefined) {
    throw new Problem({
      kind: 'notFound',
      what: `${runId} was written into a PSA, which bills it: there is no file of it.`,
      notDone: 'No file was made.',
      next: `Type \`approval ${written.approvalId}\` to see how it ended.`,
    })
  }
  throw new Problem({
    kind: 'notFound',
    what: `There is no approved bill run “${runId}”: it was not approved, is voided, or does not exist.`,
    notDone: 'No file was made.',
    next: 'Type `approvals` to see what waits.',
  })
}
