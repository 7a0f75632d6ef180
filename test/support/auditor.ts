import { type StorageOptions, openOn } from '../../adapters/storage/open.js'
import { openEngine } from '../../adapters/storage/engine.js'
import { createLog } from '../../adapters/system/log.js'
import type { PsaName } from '../../core/sync/types.js'
import { type Effect, type Told, readLedger } from './auditor-effects.js'

/** What somebody said yes to, worked out without the product, and where to look for what became of it. */
export interface AuditCase {
  readonly psa: PsaName
  /** The ledger its emulator wrote. */
  readonly ledgerFile: string
  readonly database: Pick<StorageOptions, 'dataDirectory' | 'databaseUrl'>
  readonly mspId: string
  /** People who may say yes. */
  readonly approvers: readonly string[]
  readonly seats: readonly ExpectedSeats[]
  /** Ids of intents that were seen without a known outcome at any time. */
  readonly doubtful: ReadonlySet<string>
  /** What the PSA bills by its own arithmetic beside what is due, in cents; undefined: nothing was billed. */
  readonly invoices: readonly {
    readonly containerId: string
    readonly billed: bigint
    readonly due: bigint
  }[]
  /** A person's edits fell between our last look and our write: a PSA without conditions cannot tell us. */
  readonly unseenEdits?: boolean
}

/** Seats of one licence when everything approved was written. */
export interface ExpectedSeats {
  readonly containerId: string
  readonly itemId: string
  readonly target: number
}

/** The seven counts every run with faults ends in; all but the last four have to be 0. */
export interface AuditReport {
  /** Approved, neither there nor visibly waiting or parked. */
  readonly lost: number
  /** Effects beyond the first of a promise, and licences with other seats than approved. */
  readonly doubled: number
  /** Effects nobody approved, or over a person's edit. */
  readonly unexplained: number
  /** Neither at its end nor waiting for anybody. */
  readonly stuck: number
  /** Cents between what the PSA bills and what is due, without sign. */
  readonly drift: bigint
  /** What is wrong with the trail, and with what is remembered of our own writes. */
  readonly audit: number
  readonly unknown: number
  readonly resolved: number
  readonly confirmed: number
  readonly parked: number
  /** Each fault in words. */
  readonly faults: readonly string[]
}

export const NO_FAULTS: AuditReport = {
  lost: 0,
  doubled: 0,
  unexplained: 0,
  stuck: 0,
  drift: 0n,
  audit: 0,
  unknown: 0,
  resolved: 0,
  confirmed: 0,
  parked: 0,
  faults: [],
}

export function sumOf(reports: readonly AuditReport[]): AuditReport {
  return reports.reduce(
    (sum, one) => ({
      lost: sum.lost + one.lost,
      doubled: sum.doubled + one.doubled,
      unexplained: sum.unexplained + one.unexplained,
      stuck: sum.stuck + one.stuck,
      drift: sum.drift + one.drift,
      audit: sum.audit + one.audit,
      unknown: sum.unknown + one.unknown,
      resolved: sum.resolved + one.resolved,
      confirmed: sum.confirmed + one.confirmed,
      parked: sum.parked + one.parked,
      faults: [...sum.faults, ...one.faults],
    }),
    NO_FAULTS,
  )
}

export function isClean({ faults, unknown, resolved }: AuditReport): boolean {
  return faults.length === 0 && unknown === resolved
}

/** "0 lost, 0 doubled, 0 unexplained, 0¢ drift, audit ok, 41 unknown → 41 resolved, 0 stuck" */
export function reportLine(report: AuditReport): string {
  const { lost, doubled, unexplained, drift, audit, unknown, resolved, stuck } = report
  const trail = audit === 0 ? 'audit ok' : `audit ${audit} wrong`
  const counts = `${lost} lost, ${doubled} doubled, ${unexplained} unexplained, ${drift}¢ drift, ${trail}`
  return `${counts}, ${unknown} unknown → ${resolved} resolved, ${stuck} stuck`
}

/** A step of a plan as it is stored, with the promise it became, if it did. */
export interface StoredStep {
  /** "BR-1/3" */
  readonly id: string
  readonly approval: number
  readonly key: string
  readonly containerId: string
  readonly slotId: string
  readonly verdict: string | null
  readonly decidedBy: string | null
  readonly inTime: boolean | null
  readonly state: string | null
  readonly content: StepText
}

interface StepText {
  readonly type: string
  readonly itemId: string
  readonly marker?: string
  readonly lineId?: string
  readonly before?: string
  readonly after?: string
  readonly on?: string
  readonly delta?: string
}

export interface TrailEntry {
  readonly action: string
  readonly subject: string
  readonly intent: string | null
}

/** Everything our database says about it. */
export interface Records {
  readonly steps: readonly StoredStep[]
  readonly trail: readonly TrailEntry[]
  /** What is wrong with the chain of the trail; undefined: it verifies. */
  readonly chain: string | undefined
  /** What is remembered of our last write into a slot: "2026-03-01 20|2026-03-11 25". */
  readonly written: ReadonlyMap<string, string>
}

/** Reads what is stored as it is stored: the product's own reading of it may be what is wrong. */
async function readRecords({ database, mspId }: AuditCase): Promise<Records> {
  const log = createLog({ level: 'silent', secrets: [] })
  const options = { ...database, mspId, shortLived: true, log }
  const engine = await openEngine(options)
  const storage = await openOn(engine, options)
  try {
    const rows = async <T>(sql: string) => (await engine.pool.query(sql, [mspId])).rows as T[]
    const { fault } = await storage.verifyAudit()
    const written = await rows<{ slot_id: string; text: string }>(
      'SELECT slot_id, text FROM psa_written WHERE msp_id = $1',
    )
    return {
      steps: await rows<StoredStep>(STEPS),
      trail: await rows<TrailEntry>(TRAIL),
      chain: fault?.what,
      written: new Map(written.map(({ slot_id: slotId, text }) => [slotId, text])),
    }
  } finally {
    await storage.close()
  }
}

const STEPS = `SELECT 'BR-' || lpad(s.run_number::text, 4, '0') || '/' || s.position AS id, a.number AS approval, s.key,
    s.container_id AS "containerId", s.slot_id AS "slotId", d.verdict, d.decided_by AS "decidedBy",
    d.decided_at < a.expires_at AS "inTime", i.state, s.content
  FROM sync_step s
  JOIN approval a ON a.msp_id = s.msp_id AND a.run_number = s.run_number AND a.type = 'sync'
  LEFT JOIN decision d ON d.msp_id = a.msp_id AND d.approval_number = a.number
  LEFT JOIN sync_intent i ON i.msp_id = s.msp_id AND i.run_number = s.run_number AND i.position = s.position
  WHERE s.msp_id = $1 ORDER BY s.run_number, s.position`

const TRAIL = `SELECT action, subject, details->>'intent' AS intent FROM audit_entry WHERE msp_id = $1 ORDER BY sequence`

/** Compares the PSA's own ledger, our database and what was approved. */
export async function audit(given: AuditCase): Promise<AuditReport> {
  return compare(given, readLedger(given.psa, given.ledgerFile), await readRecords(given))
}

/** The same on what was read already. */
export function compare(given: AuditCase, told: Told, records: Records): AuditReport {
  const approved = records.steps.filter(({ verdict }) => verdict === 'approved')
  const byKey = effectsByKey(told.effects, approved)
  const explained = explain(given, told.effects, approved)
  const parts = [
    { lost: lostOf(told, approved, byKey) },
    { doubled: doubledOf(given, told, approved, byKey) },
    { unexplained: explained },
    { stuck: stuckOf(approved) },
    { audit: auditOf(records, approved) },
  ]
  const counts = Object.fromEntries(
    parts.flatMap((part) => Object.entries(part).map(([name, faults]) => [name, faults.length])),
  )
  const settled = new Set(approved.filter(isAtItsEnd).map(({ id }) => id))
  const doubtful = new Set([...given.doubtful, ...unknownIn(records)])
  const { drift, faults } = driftOf(given, approved)
  return {
    ...NO_FAULTS,
    ...counts,
    drift,
    unknown: doubtful.size,
    resolved: [...doubtful].filter((id) => settled.has(id)).length,
    confirmed: approved.filter(({ state }) => state === 'confirmed').length,
    parked: approved.filter(({ state }) => state === 'parked').length,
    faults: [
      ...parts.flatMap((part) =>
        Object.entries(part).flatMap(([name, words]) => words.map((one) => `${name}: ${one}`)),
      ),
      ...faults,
    ],
  }
}

function isAtItsEnd({ state }: StoredStep): boolean {
  return state === 'confirmed' || state === 'parked' || state === 'replaced'
}

function unknownIn({ trail }: Records): string[] {
  return trail.flatMap(({ action, intent }) => (action === 'sync.unknown' && intent !== null ? [intent] : []))
}

/** Effects of ours that bring a step about; the same promise may have been made again after it was parked. */
function effectsByKey(
  effects: readonly Effect[],
  steps: readonly StoredStep[],
): ReadonlyMap<string, readonly Effect[]> {
  return new Map(
    steps.map((step) => [step.key, effects.filter((effect) => effect.by === 'api' && isOf(effect, step))]),
  )
}

function isOf(effect: Effect, { containerId, content }: StoredStep): boolean {
  if (effect.containerId !== containerId) return false
  const { type, itemId, marker, lineId, after, on, delta } = content
  switch (type) {
    case 'add':
      return (effect.kind === 'add' || effect.kind === 'charge') && effect.marker === marker
    case 'setQuantity':
      return effect.kind === 'change' && effect.id === lineId && effect.after === Number(after)
    case 'adjust':
      return (
        effect.kind === 'count' && effect.id === itemId && effect.on === on && effect.delta === Number(delta)
      )
    default:
      throw new Error(`no scenario writes a step like ${type}`)
  }
}

function nameOf({ id, containerId, content }: StoredStep): string {
  return `${id} ${content.type} in ${containerId}`
}

function lostOf(
  { effects }: Told,
  approved: readonly StoredStep[],
  byKey: ReadonlyMap<string, readonly Effect[]>,
): string[] {
  const touchedByHand = new Set(
    effects.filter(({ by, kind }) => by === 'hand' && kind !== 'add').map(({ containerId }) => containerId),
  )
  return approved.flatMap((step) => {
    if (step.state === null) return [`${nameOf(step)} was approved and is no promise`]
    const isThere = (byKey.get(step.key) ?? []).length > 0 || touchedByHand.has(step.containerId)
    return step.state === 'confirmed' && !isThere ? [`${nameOf(step)} is confirmed and nothing happened`] : []
  })
}

function doubledOf(
  { seats }: AuditCase,
  told: Told,
  approved: readonly StoredStep[],
  byKey: ReadonlyMap<string, readonly Effect[]>,
): string[] {
  const again = [...byKey].flatMap(([key, effects]) => {
    const name = approved.find((step) => step.key === key)
    return effects.slice(1).map(() => `${name === undefined ? key : nameOf(name)} took effect again`)
  })
  const wrong = seats.flatMap(({ target, ...place }) => {
    const own = approved.filter(
      ({ containerId, content }) => containerId === place.containerId && content.itemId === place.itemId,
    )
    if (own.length === 0 || own.some(({ state }) => state !== 'confirmed' && state !== 'replaced')) return []
    const there = told.seatsOf(place, LATER)
    return there === target
      ? []
      : [`item ${place.itemId} in ${place.containerId} has ${there} seats, not ${target}`]
  })
  return [...again, ...wrong]
}

/** A day by which everything that was approved bills. */
const LATER = '2026-05-15'

function explain(
  { approvers, unseenEdits = false }: AuditCase,
  effects: readonly Effect[],
  approved: readonly StoredStep[],
): string[] {
  return effects.flatMap((effect) => {
    if (effect.by !== 'api') return []
    const words = `${effect.kind} ${effect.id} in ${effect.containerId}`
    const step = approved.find((one) => isOf(effect, one))
    if (step === undefined) return [`${words} was never approved`]
    const { decidedBy, inTime, content } = step
    if (inTime !== true) return [`${words} was approved too late`]
    if (decidedBy === null || !approvers.includes(decidedBy)) return [`${words} was approved by ${decidedBy}`]
    const isOver = effect.kind === 'change' && effect.before !== Number(content.before)
    return isOver && !unseenEdits ? [`${words} went over ${effect.before}, which a person had set`] : []
  })
}

function stuckOf(approved: readonly StoredStep[]): string[] {
  return approved
    .filter((step) => step.state !== null && !isAtItsEnd(step))
    .map((step) => `${nameOf(step)} is ${step.state} for ever`)
}

/** The chain, and for each promise one entry that approved it and one that ended it. */
function auditOf({ trail, chain, written }: Records, approved: readonly StoredStep[]): string[] {
  const count = (action: string, intent: string | null, subject: string) =>
    trail.filter((one) => one.action === action && one.intent === intent && one.subject === subject).length
  const faults = chain === undefined ? [] : [`the trail is broken: ${chain}`]
  for (const approval of new Set(approved.map((step) => step.approval))) {
    const subject = `APR-${String(approval).padStart(4, '0')}`
    const yes = count('sync.approved', null, subject)
    if (yes !== 1) faults.push(`${subject} is approved ${yes} times`)
    for (const step of approved.filter((one) => one.approval === approval && isAtItsEnd(one))) {
      const [done, given] = [
        count('sync.confirmed', step.id, subject),
        count('sync.parked', step.id, subject),
      ]
      const isRight = step.state === 'confirmed' ? done === 1 && given === 0 : done === 0 && given === 1
      if (!isRight) faults.push(`${nameOf(step)} is ${step.state}, told ${done} and ${given} times`)
    }
  }
  return [...faults, ...forgotten(approved, written)]
}

/** Our last write into a slot has to be remembered, or it is taken for a person's edit later. */
function forgotten(approved: readonly StoredStep[], written: ReadonlyMap<string, string>): string[] {
  return [...new Set(approved.map(({ slotId }) => slotId))].flatMap((slotId) => {
    const own = approved.filter((step) => step.slotId === slotId && step.state !== 'replaced')
    const last = own.findLast(({ content }) => 'count' in content && content.count !== null)
    if (last === undefined || own.some(({ state }) => state !== 'confirmed')) return []
    const { after } = (
      last.content as StepText & { count: { after: readonly { units: string; on: string }[] } }
    ).count
    const wanted = after.map(({ on, units }) => `${on} ${units}`).join('|')
    // What stands beside it follows its counts.
    const there = written.get(slotId)?.split(';')[0]
    return there === wanted ? [] : [`slot ${slotId} holds ${wanted}, remembered is ${there}`]
  })
}

function driftOf(
  { invoices }: AuditCase,
  approved: readonly StoredStep[],
): { readonly drift: bigint; readonly faults: readonly string[] } {
  const waiting = new Set(
    approved
      .filter(({ state }) => state !== 'confirmed' && state !== 'replaced')
      .map(({ containerId }) => containerId),
  )
  let drift = 0n
  const faults: string[] = []
  for (const { containerId, billed, due } of invoices.filter((one) => !waiting.has(one.containerId))) {
    if (billed === due) continue
    drift += billed > due ? billed - due : due - billed
    faults.push(`drift: ${containerId} bills ${billed}¢ where ${due}¢ are due`)
  }
  return { drift, faults }
}
