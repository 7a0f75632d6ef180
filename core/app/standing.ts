import { type ApprovalSubject, stateOf } from '../approval/approval.js'
import { requestContent } from '../approval/request.js'
import { type Staleness, staleness } from '../approval/stale.js'
import { type BillRun, fingerprintOf } from '../billrun/run.js'
import type { LocalDate } from '../calendar/date.js'
import type { ApprovalRecord, BilledLine, BillingStore } from '../ports.js'
import { Problem } from '../problem.js'
import type { BillException } from './exceptions.js'
import type { DataAge } from './data-age.js'
import { type Account, type BillingView, accountKey, billedKeys, freezeBills, whoOf } from './run-content.js'
import { grouped } from './grouped.js'
import { type StepProgress, progressOf } from './progress.js'
import {
  type NamedBeside,
  type NamedDrift,
  type NamedPrice,
  besideLines,
  namedDrifts,
  namedPrices,
} from './psa-standing.js'
import { stepLines } from './step-lines.js'
import type { SyncState } from '../sync/intent.js'
import type { StepLine } from '../sync/words.js'
import { type SyncRequestPorts, syncChanges } from './sync-request.js'
import type { Who } from './who.js'

/** What a person has to know of an undecided request before they decide it. */
export interface Standing extends Compared {
  /** How old the data is that it was compared with; undefined: with none, as a void. */
  readonly age: DataAge | undefined
}

/** What comparing a request with what is due now came to. */
interface Compared {
  /** How the lines of now differ from those it shows; undefined: not at all. */
  readonly changes: Staleness | undefined
  /** What to look at first of the customers it is about. */
  readonly exceptions: readonly (BillException & { readonly customerName: string })[]
  /** Of a sync: what somebody changed by hand where it would write (SYNC S9). */
  readonly drifts?: readonly NamedDrift[]
  /** Of a sync: where it writes at another price than ours (SYNC S15). */
  readonly prices?: readonly NamedPrice[]
  /** Of a sync: what somebody put beside the lines it would write. */
  readonly beside?: readonly NamedBeside[]
  /** Why neither could be looked up; undefined: they were. */
  readonly unchecked: string | undefined
}

/** A request with where it stands; undefined when it does not wait any more. */
export type StandingRecord = ApprovalRecord & {
  readonly standing: Standing | undefined
  /** Of an approved sync: how far each step is. */
  readonly progress?: readonly StepProgress[]
  /** Of a sync: ids of the undecided requests whose place it took. */
  readonly replaced?: readonly string[]
  /** Of a sync: the lines its steps change or take back, by the steps' keys. */
  readonly stepLines?: ReadonlyMap<string, StepLine>
}

interface Known {
  readonly observation: number
  readonly version: number
  readonly sync: number
  readonly today: LocalDate
  readonly compared: Compared
}

/**
 * Looks up where requests stand that still wait, and keeps it for each run until an observation, a decision or a new day
 * may have changed it: every card and click of a run asks.
 */
export function createStandings(
  { billing, clock, sync }: Pick<SyncRequestPorts, 'billing' | 'clock' | 'sync'>,
  view: () => Promise<BillingView>,
): (records: readonly ApprovalRecord[]) => Promise<readonly StandingRecord[]> {
  const known = new WeakMap<BillRun, Known>()
  const billStandings = async (records: readonly ApprovalRecord[]) => {
    const standings = new Map<string, Standing>()
    if (records.length === 0) return standings
    try {
      const moment = await view()
      const fresh = records.filter(({ run }) => !isOf(known.get(run), moment))
      const found = runStandings(moment, fresh)
      for (const { approval, run } of records) {
        const compared = found.get(approval.id) ?? known.get(run)?.compared ?? NOTHING
        const { age, books, today } = moment
        const versions = {
          observation: age.observation.sequence,
          version: books.version,
          sync: moment.sync.version,
        }
        known.set(run, { ...versions, today, compared })
        standings.set(approval.id, { ...compared, age })
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      for (const { approval } of records) standings.set(approval.id, { ...NOTHING, unchecked: error.what })
    }
    return standings
  }
  return async (records) => {
    const now = await clock.now()
    const waiting = records.filter(({ approval }) => stateOf(approval, now) === 'pending')
    const ofType = (type: ApprovalSubject['type']) =>
      waiting.filter(({ approval }) => approval.subject.type === type)
    const voids = await voidStandings(billing, ofType('void'), now)
    const bills = await billStandings([...ofType('bill'), ...ofType('sync')])
    const state = records.some(({ plan }) => plan !== undefined) ? await sync.state() : undefined
    const found = records.map(async (record) => {
      const { id } = record.approval
      return voids.get(id) ?? (await stillStanding(billing, record, bills.get(id), now))
    })
    return (await Promise.all(found)).map((each) => (state === undefined ? each : withSteps(each, state)))
  }
}

/**
 * The books were read after the request: one that looks out of date is read again, because its lines may be gone for having
 * been billed by its own approval.
 */
async function stillStanding(
  billing: BillingStore,
  record: ApprovalRecord,
  standing: Standing | undefined,
  now: Date,
): Promise<StandingRecord> {
  if (standing?.changes === undefined) return { ...record, standing }
  const latest = (await billing.approval(record.approval.id)) ?? record
  const waits = stateOf(latest.approval, now) === 'pending'
  return waits ? { ...record, standing } : { ...latest, standing: undefined }
}

/** A sync with what its steps are about, and how far they are once it is approved. */
function withSteps(record: StandingRecord, state: SyncState): StandingRecord {
  const { approval, run, plan } = record
  if (plan === undefined) return record
  const withLines = { ...record, stepLines: stepLines(plan, state) }
  const isWritten = approval.decision?.verdict === 'approved'
  return isWritten ? { ...withLines, progress: progressOf(run.id, state) } : withLines
}

/**
 * Requests to void with where they stand, by their id. The books are read after the requests: one of which something is
 * voided is read again, so that it says by whom, or that it was decided itself.
 */
async function voidStandings(
  billing: BillingStore,
  records: readonly ApprovalRecord[],
  now: Date,
): Promise<ReadonlyMap<string, StandingRecord>> {
  const standings = new Map<string, StandingRecord>()
  if (records.length === 0) return standings
  const { billed } = await billing.books()
  for (const record of records) {
    const { id } = record.approval
    const changes = voidChanges(record, billed)
    const latest = changes === undefined ? record : ((await billing.approval(id)) ?? record)
    const waits = stateOf(latest.approval, now) === 'pending'
    standings.set(id, { ...latest, standing: waits ? { ...NOTHING, changes } : undefined })
  }
  return standings
}

const NOTHING: Standing = { changes: undefined, exceptions: [], unchecked: undefined, age: undefined }

function isOf(known: Known | undefined, { age, books, sync, today }: BillingView): boolean {
  return (
    known?.observation === age.observation.sequence &&
    known.version === books.version &&
    known.sync === sync.version &&
    known.today === today
  )
}

/** Where requests to bill stand, by their id. Each month is charged once, however many of them are about it. */
export function runStandings(
  view: BillingView,
  records: readonly ApprovalRecord[],
): ReadonlyMap<string, Compared> {
  const [syncs, bills] = [records.filter(isSync), records.filter((record) => !isSync(record))]
  const months = grouped(bills, ({ run }) => run.month.from)
  const taken = billedKeys(view)
  const standings = new Map<string, Compared>(
    syncs.map((record) => [record.approval.id, syncStanding(view, record)]),
  )
  for (const sameMonth of months.values()) {
    const [first] = sameMonth
    const who = whoOf(view, first.run.month, scopeOf(sameMonth))
    const due = grouped(freezeBills(who.bills, taken), ({ customerId }) => customerId)
    for (const record of sameMonth) {
      const { run } = record
      const lines = customersOf(run).flatMap((customerId) => due.get(customerId) ?? [])
      const changes = staleness(run.lines, lines.filter(isNotHeldOut(run)))
      standings.set(record.approval.id, {
        changes,
        exceptions: exceptionsFor(view, run, who),
        unchecked: undefined,
      })
    }
  }
  return standings
}

function isSync({ approval }: ApprovalRecord): boolean {
  return approval.subject.type === 'sync'
}

/** Of the customers whose PSAs it would write into. */
function syncStanding(view: BillingView, record: ApprovalRecord): Compared {
  const asked = [...new Set(record.plan?.map(({ customerId }) => customerId))]
  const who = whoOf(view, record.run.month, new Set(asked))
  const exceptions = exceptionsFor(view, { ...record.run, asked }, who)
  const drifts = namedDrifts(view, new Set(asked))
  const beside = besideLines(view, new Set(asked))
  const slotIds = (record.plan ?? []).flatMap(({ steps }) => steps.map(({ slotId }) => slotId))
  const prices = namedPrices(view, new Set(slotIds))
  return { changes: syncChanges(view, record), exceptions, drifts, beside, prices, unchecked: undefined }
}

/** Whom requests are about; undefined: everybody, because one of them was asked for without names. */
function scopeOf(records: readonly ApprovalRecord[]): ReadonlySet<string> | undefined {
  if (records.some(({ run }) => run.asked.length === 0)) return undefined
  return new Set(records.flatMap(({ run }) => run.asked))
}

/** How the lines of now differ from those a request to bill shows: what a yes is checked against, word for word. */
export function runChanges(view: BillingView, { approval, run }: ApprovalRecord): Staleness | undefined {
  const { bills } = whoOf(view, run.month, new Set(customersOf(run)))
  const lines = freezeBills(bills.filter(isNotHeldOut(run)), billedKeys(view))
  if (fingerprintOf(run.month, lines) === approval.fingerprint) return undefined
  return staleness(run.lines, lines) ?? { added: [], gone: [], reworded: lines }
}

/** Each once, also when it has lines in several currencies. */
function customersOf({ asked, customers }: BillRun): readonly string[] {
  return asked.length > 0 ? asked : [...new Set(customers.map(({ customerId }) => customerId))]
}

/** What a customer is billed in one currency can be held out of a run that bills them in another (B17, B25). */
function isNotHeldOut({ held }: BillRun): (account: Account) => boolean {
  const keys = new Set(held.map(accountKey))
  return (account) => !keys.has(accountKey(account))
}

/** A run over everybody answers for everybody, but for customers who are held and so no part of it. */
function exceptionsFor(view: BillingView, run: BillRun, who: Who): Standing['exceptions'] {
  const billed = new Set(run.customers.map(({ customerId }) => customerId))
  const held = new Set(run.held.flatMap(({ customerId }) => (billed.has(customerId) ? [] : [customerId])))
  const asked = new Set(run.asked)
  return who.exceptions
    .filter(({ customerId }) => (asked.size > 0 ? asked.has(customerId) : !held.has(customerId)))
    .map((exception) => {
      const { customerId } = exception
      return { ...exception, customerName: view.portfolio.customers.get(customerId)?.name ?? customerId }
    })
}

/** Lines a void would make due again that are not billed any more. */
export function voidChanges(record: ApprovalRecord, billed: readonly BilledLine[]): Staleness | undefined {
  const keys = new Set(billed.filter(({ runId }) => runId === record.run.id).map(({ key }) => key))
  const gone = requestContent(record).lines.filter(({ key }) => !keys.has(key))
  return gone.length === 0 ? undefined : { added: [], gone, reworded: [] }
}
