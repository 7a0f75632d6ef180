import { assert } from '../assert.js'
import { millisecondsAfter } from '../calendar/zone.js'
import type { AuditDetails } from '../audit/chain.js'
import { CLAIM_MINUTES, DISPATCH_ATTEMPTS, DISPATCH_CLAIMS, SETTLE_SECONDS } from '../limits.js'
import type { Log } from '../ports.js'
import type { Claim, WriteOutcome } from '../psa-ports.js'
import { Problem } from '../problem.js'
import { type Intent, type Written, isOpen } from '../sync/intent.js'
import { slotUnits } from '../sync/held.js'
import { placeOf, standingAtDoor, standingOf } from '../sync/judge.js'
import type { Container, Slot } from '../sync/types.js'
import type { LoadContainer } from './loader.js'
import { type ReadPsaPorts, psaOf, readContainer } from './read-psa.js'
import { memoryOf } from './routed.js'
import { writtenText } from './written.js'

export interface DispatchPorts extends ReadPsaPorts {
  readonly log: Log
}

/** Requests whose intents moved, for their cards. */
export interface Dispatched {
  readonly approvals: readonly string[]
}

/**
 * Carries out what was approved (S7, S8): container by container under a claim, each step read, compared, written and
 * read back. What needs a person is parked and stops nobody else (S16). Safe to call at any time, from any process.
 *
 * @param owner of this process, as no other one is called.
 * @param isEnding true: this process is to end soon. No other write is begun, and what is left is given back.
 */
export async function dispatch(
  ports: DispatchPorts,
  load: LoadContainer,
  owner: string,
  isEnding: () => boolean = () => false,
): Promise<Dispatched> {
  const moved = new Set<string>()
  for (let round = 0; round < DISPATCH_CLAIMS && !isEnding(); round += 1) {
    const now = await ports.clock.now()
    const claim = await ports.sync.claim(owner, now, after(now, CLAIM_MINUTES * 60))
    if (claim === undefined) break
    try {
      await workOn(ports, load, claim, moved, isEnding)
    } finally {
      await ports.sync.release(claim)
    }
  }
  return { approvals: [...moved] }
}

function after(instant: Date, seconds: number): Date {
  return millisecondsAfter(instant, seconds * 1000)
}

/** One container with everything that is to be done for it. */
interface Work {
  readonly ports: DispatchPorts
  readonly claim: Claim
  readonly slots: readonly Slot[]
  readonly moved: Set<string>
  /** As read last. */
  container: Container
  /** Reads again, and keeps what was read. */
  readonly read: () => Promise<Container>
}

async function workOn(
  ports: DispatchPorts,
  load: LoadContainer,
  claim: Claim,
  moved: Set<string>,
  isEnding: () => boolean,
): Promise<void> {
  const place = { psa: claim.psa, id: claim.containerId }
  const loaded = await load(place)
  const intents = loaded.sync.intents.filter(isOpen)
  const read = async () => {
    const { slots, sync } = await load(place)
    return readContainer(ports, slots, place, memoryOf(sync), 'approved')
  }
  let container: Container
  try {
    container = await read()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    await unreadable(ports, claim, intents, error, moved)
    return
  }
  const work: Work = { ports, claim, slots: loaded.sync.slots, moved, container, read }
  const waits = new Set<string>()
  for (const intent of intents) {
    const { slotId } = intent.step
    if (isEnding()) return
    if (waits.has(slotId)) continue
    if (!(await carryOut(work, intent))) waits.add(slotId)
  }
}

/** Nothing is known of the container: what can wait waits, a container that is gone needs a person. */
async function unreadable(
  ports: DispatchPorts,
  claim: Claim,
  intents: readonly Intent[],
  problem: Problem,
  moved: Set<string>,
): Promise<void> {
  const isGone = problem.kind === 'notFound'
  const at = await ports.clock.now()
  for (const intent of intents) {
    moved.add(intent.approvalId)
    const state = isGone ? 'parked' : intent.state === 'sending' ? 'unknown' : intent.state
    const outcome = { state, why: problem.what, notBefore: isGone ? undefined : after(at, SETTLE_SECONDS) }
    const audit = isGone ? auditOf(intent, 'parked', at, problem.what) : undefined
    await ports.sync.settle(claim, intent.id, { ...outcome, audit })
  }
}

/** Brings one intent as far as it goes now; false: it is not at its end, so what follows in its slot waits. */
async function carryOut(work: Work, intent: Intent): Promise<boolean> {
  const { ports, container } = work
  const now = await ports.clock.now()
  if (intent.notBefore !== undefined && now < intent.notBefore) return false
  const standing = standingAtDoor(intent.step, container, work.slots)
  if (standing.type === 'done') return end(work, intent, 'confirmed', undefined)
  if (standing.type === 'other') return end(work, intent, 'parked', standing.why)
  // One that was only asked to wait did nothing, and may be asked as often as it takes.
  if (intent.state !== 'waiting' && intent.attempts >= DISPATCH_ATTEMPTS) {
    return end(work, intent, 'parked', intent.why ?? 'it was sent several times and is not there')
  }
  const isOurs = await ports.sync.sending(work.claim, intent.id, now, after(now, SETTLE_SECONDS))
  if (!isOurs) return false
  work.moved.add(intent.approvalId)
  return readBack(work, intent, await sent(work, intent))
}

/** A bug in one write stops no other one (S16): nobody knows what it did, and what it did is looked up. */
async function sent({ ports, claim }: Work, { id, step }: Intent): Promise<WriteOutcome> {
  try {
    return await psaOf(ports.psas, claim.psa).write(step)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    ports.log.error({ intent: id, reason }, 'a write failed on our side')
    return { type: 'unknown', why: 'it failed on our side before an answer came' }
  }
}

/** What the answer to a write says is looked at in the PSA itself; without one nothing is believed for a while (S8). */
async function readBack(work: Work, intent: Intent, outcome: WriteOutcome): Promise<boolean> {
  const now = await work.ports.clock.now()
  switch (outcome.type) {
    case 'refused':
      return end(work, intent, 'parked', outcome.why)
    case 'later':
      return wait(work, intent, 'waiting', outcome.why, millisecondsAfter(now, outcome.waitMilliseconds))
    case 'unknown':
      return wait(work, intent, 'unknown', outcome.why, after(now, SETTLE_SECONDS))
    case 'accepted':
      break
  }
  try {
    work.container = await work.read()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return wait(work, intent, 'unknown', error.what, after(now, SETTLE_SECONDS))
  }
  const { container, slots } = work
  const standing = standingOf(intent.step, container, placeOf(intent.step, slots))
  if (standing.type === 'done') return end(work, intent, 'confirmed', undefined)
  if (standing.type === 'other') return end(work, intent, 'parked', standing.why)
  return wait(
    work,
    intent,
    'unknown',
    'it answered that it is done, and shows nothing of it yet',
    after(now, SETTLE_SECONDS),
  )
}

async function end(
  work: Work,
  intent: Intent,
  state: 'confirmed' | 'parked',
  why: string | undefined,
): Promise<boolean> {
  const { ports, claim, moved } = work
  const audit = auditOf(intent, state, await ports.clock.now(), why)
  const written = state === 'confirmed' ? writtenBy(work, intent) : undefined
  const outcome = { state, why, notBefore: undefined, audit, ...(written === undefined ? {} : { written }) }
  const isOurs = await ports.sync.settle(claim, intent.id, outcome)
  if (isOurs) moved.add(intent.approvalId)
  return isOurs
}

/**
 * What the slot of a confirmed step is by our own hand now (S9): one that takes another back says no counts, so they are as
 * read. What came beside it while it was written stays a person's edit: it was approved beside something else.
 */
function writtenBy({ slots, container }: Work, { step }: Intent): Written | undefined {
  const { count, slotId, beside, undoes } = step
  if (count !== undefined) return { slotId, text: writtenText(count.after, beside) }
  const slot = slots.find(({ id }) => id === slotId)
  if (undoes === undefined || slot === undefined) return undefined
  const counts = slotUnits(container, slot, container.lockedTo)
  return { slotId, text: writtenText(counts, beside) }
}

/** Not at its end. What nobody knows the outcome of is noted, what only waits is not. */
async function wait(
  { ports, claim, moved }: Work,
  intent: Intent,
  state: 'waiting' | 'unknown',
  why: string,
  notBefore: Date,
): Promise<false> {
  const at = await ports.clock.now()
  const audit = state === 'unknown' ? auditOf(intent, state, at, why) : undefined
  await ports.sync.settle(claim, intent.id, { state, why, notBefore, audit })
  moved.add(intent.approvalId)
  ports.log.warn({ intent: intent.id, why }, `a write is ${state}`)
  return false
}

function auditOf(
  { id, approvalId, step }: Intent,
  state: 'confirmed' | 'parked' | 'unknown',
  at: Date,
  why: string | undefined,
) {
  assert(id !== '', 'an intent has an id')
  const details: AuditDetails = {
    intent: id,
    key: step.key,
    psa: step.psa,
    container: step.containerId,
    step: step.type,
    product: step.product,
    ...(why === undefined ? {} : { why }),
  }
  return { at, actor: 'system', action: `sync.${state}`, subject: approvalId, details }
}
