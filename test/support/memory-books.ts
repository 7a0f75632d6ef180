import { assert } from '../../core/assert.js'
import { type AuditEntry, type AuditFact, chain } from '../../core/audit/chain.js'
import type { Claim } from '../../core/psa-ports.js'
import { Problem } from '../../core/problem.js'
import { type Intent, isOpen } from '../../core/sync/intent.js'
import { stepContent } from '../../core/sync/plan.js'
import type { ContainerPlan } from '../../core/sync/types.js'

/** A container's claim: whose it is, if anybody's, and until when. */
export interface MemoryClaim extends Claim {
  readonly holder: { readonly owner: string; readonly until: Date } | undefined
}

/** What the stores of one MSP in memory share, as the real ones share their books. */
export interface MemoryBooks {
  version: number
  syncVersion: number
  peopleVersion: number
  readonly trail: AuditEntry[]
  /** Content of every step ever planned, by key. */
  readonly planned: Map<string, string>
  /** All ever promised, in order of run and place, also replaced ones. */
  intents: readonly Intent[]
  /** By {@link containerKey}. */
  readonly claims: Map<string, MemoryClaim>
}

export function memoryBooks(): MemoryBooks {
  return {
    version: 0,
    syncVersion: 0,
    peopleVersion: 0,
    trail: [],
    planned: new Map(),
    intents: [],
    claims: new Map(),
  }
}

export function note(books: MemoryBooks, fact: AuditFact): void {
  books.trail.push(chain(fact, books.trail.at(-1)))
}

export function containerKey({ psa, containerId }: Pick<Claim, 'psa' | 'containerId'>): string {
  return `${psa} ${containerId}`
}

/** Remembers the steps of a plan, with the rules of the real store. */
export function keepSteps(books: MemoryBooks, plan: readonly ContainerPlan[]): void {
  const planned = new Map(books.planned)
  const keys = new Set<string>()
  for (const part of plan) {
    assert(part.steps.length > 0, `plan for ${containerKey(part)} has no steps`)
    for (const { key, ...step } of part.steps) {
      assert(containerKey(step) === containerKey(part), `step ${key} is not for ${containerKey(part)}`)
      assert(!keys.has(key), `step ${key} is twice in one plan`)
      keys.add(key)
      const content = stepContent(step)
      const known = planned.get(key)
      assert(known === undefined || known === content, `step ${key} was planned before with other content`)
      planned.set(key, content)
    }
  }
  for (const [key, content] of planned) books.planned.set(key, content)
}

/** True when a container of the plan has an intent that is neither done nor given up. */
export function isBusy({ intents }: MemoryBooks, plan: readonly ContainerPlan[]): boolean {
  const containers = new Set(plan.map(containerKey))
  return intents.some((intent) => isOpen(intent) && containers.has(containerKey(intent.step)))
}

/** Makes the steps of a plan intents, in the place of parked ones of the same slots. */
export function promise(
  books: MemoryBooks,
  plan: readonly ContainerPlan[],
  runId: string,
  approvalId: string,
): void {
  const steps = plan.flatMap((part) => part.steps)
  const slots = new Set(steps.map(({ slotId }) => slotId))
  const kept = books.intents.map((intent) =>
    intent.state === 'parked' && slots.has(intent.step.slotId)
      ? { ...intent, state: 'replaced' as const }
      : intent,
  )
  const taken = new Set(kept.filter(isPromised).map(({ step }) => step.key))
  if (steps.some(({ key }) => taken.has(key))) {
    throw new Problem({ kind: 'conflict', what: 'Some of these changes were approved and written before.' })
  }
  const fresh = steps.map((step, index) => ({
    id: `${runId}/${index + 1}`,
    runId,
    approvalId,
    step,
    state: 'waiting' as const,
    attempts: 0,
    sentAt: undefined,
    notBefore: undefined,
    why: undefined,
  }))
  books.intents = [...kept, ...fresh].sort(byPlace)
  for (const { psa, containerId } of plan) {
    const key = containerKey({ psa, containerId })
    if (!books.claims.has(key)) books.claims.set(key, { psa, containerId, fence: 0, holder: undefined })
  }
}

function isPromised({ state }: Intent): boolean {
  return state !== 'parked' && state !== 'replaced'
}

function byPlace(left: Intent, right: Intent): number {
  const place = ({ runId, id }: Intent) => [Number(runId.slice(3)), Number(id.split('/')[1])] as const
  const [leftRun, leftStep] = place(left)
  const [rightRun, rightStep] = place(right)
  return leftRun - rightRun || leftStep - rightStep
}
