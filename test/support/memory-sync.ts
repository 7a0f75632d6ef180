import { assert } from '../../core/assert.js'
import type { Claim, IntentOutcome, SyncStore } from '../../core/psa-ports.js'
import {
  type CustomerMapping,
  type Intent,
  type LockedPeriod,
  type Reading,
  isOpen,
} from '../../core/sync/intent.js'
import { lockKey } from '../../core/sync/settled.js'
import type { Slot } from '../../core/sync/types.js'
import { type MemoryBooks, type MemoryClaim, containerKey, memoryBooks, note } from './memory-books.js'

interface Tables {
  readonly customers: Map<string, CustomerMapping>
  readonly slots: Map<string, Slot & { readonly customerId: string }>
  readonly readings: Map<string, Reading>
  readonly locked: Map<string, LockedPeriod>
  readonly written: Map<string, string>
}

/** Mappings, readings, intents and claims in memory, with the rules of the real store. */
export function memorySync(books: MemoryBooks = memoryBooks()): SyncStore {
  const tables: Tables = {
    customers: new Map(),
    slots: new Map(),
    readings: new Map(),
    locked: new Map(),
    written: new Map(),
  }
  const moveOn = () => {
    books.version += 1
    books.syncVersion += 1
  }
  return {
    version: async () => books.syncVersion,
    state: async () => copied(stateOf(books, tables)),
    stateOf: async ({ psa, id }) => copied(partOf(books, tables, { psa, containerId: id })),
    map: async ({ customer, slots, written, audit }) => {
      const { customerId } = customer
      tables.customers.set(customerId, customer)
      for (const slot of slots) tables.slots.set(slot.id, { ...slot, customerId })
      for (const { slotId, text } of written) tables.written.set(slotId, text)
      note(books, audit)
      moveOn()
    },
    unmap: async (customerId, audit) => {
      for (const slot of [...tables.slots.values()].filter((one) => one.customerId === customerId)) {
        tables.slots.delete(slot.id)
        tables.written.delete(slot.id)
      }
      tables.customers.delete(customerId)
      note(books, audit)
      moveOn()
    },
    saveReading: async (reading, locked) => {
      const { psa, id: containerId } = reading.container
      tables.readings.set(containerKey({ psa, containerId }), structuredClone(reading))
      for (const period of locked) {
        const key = lockKey(period.lineageId, period.period)
        tables.locked.set(key, structuredClone(period))
      }
      books.syncVersion += 1
    },
    claim: async (owner, now, until) => claim(books, owner, now, until),
    release: async (given) => {
      const held = books.claims.get(containerKey(given))
      if (held?.fence !== given.fence) return
      books.claims.set(containerKey(given), { ...held, holder: undefined })
    },
    sending: async (held, intentId, at, notBefore) => sending(books, held, intentId, at, notBefore),
    settle: async (held, intentId, outcome) => {
      const isOurs = settle(books, held, intentId, outcome)
      if (isOurs && outcome.written !== undefined) {
        tables.written.set(outcome.written.slotId, outcome.written.text)
      }
      return isOurs
    },
  }
}

/** Whoever is given a copy cannot change what is stored. `structuredClone` takes several times as long for plain rows. */
function copied<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copied) as T
  if (value instanceof Date) return new Date(value) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copied(part)])) as T
}

function stateOf({ syncVersion: version, intents }: MemoryBooks, tables: Tables) {
  return {
    version,
    customers: sorted(tables.customers),
    slots: sorted(tables.slots).map(({ customerId: _, ...slot }) => slot),
    readings: sorted(tables.readings),
    locked: sorted(tables.locked),
    intents: intents.filter(({ state }) => state !== 'replaced'),
    written: sorted(new Map([...tables.written].map(([slotId, text]) => [slotId, { slotId, text }]))),
  }
}

function partOf(
  books: MemoryBooks,
  tables: Tables,
  place: Pick<Slot, 'psa' | 'containerId'>,
): ReturnType<typeof stateOf> {
  const state = stateOf(books, tables)
  const key = containerKey(place)
  const slots = state.slots.filter((slot) => containerKey(slot) === key)
  const lineages = new Set(slots.flatMap(({ lineageIds }) => lineageIds))
  const ids = new Set(slots.map(({ id }) => id))
  const owners = new Set(slots.map(({ id }) => tables.slots.get(id)?.customerId))
  return {
    ...state,
    slots,
    customers: state.customers.filter(({ customerId }) => owners.has(customerId)),
    readings: state.readings.filter(
      ({ container: { psa, id } }) => containerKey({ psa, containerId: id }) === key,
    ),
    locked: state.locked.filter(({ lineageId }) => lineages.has(lineageId)),
    intents: state.intents.filter(({ step }) => containerKey(step) === key),
    written: state.written.filter(({ slotId }) => ids.has(slotId)),
  }
}

function sorted<T>(rows: ReadonlyMap<string, T>): readonly T[] {
  return [...rows].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row)
}

/** Where there is a step that may be worked on: it need not wait, and no earlier one of its slot has to. */
function dueContainers(intents: readonly Intent[], now: Date): ReadonlySet<string> {
  const due = new Set<string>()
  const waits = new Set<string>()
  for (const { state, notBefore, step } of intents) {
    const slot = `${containerKey(step)} ${step.slotId}`
    if (!isOpen({ state }) || waits.has(slot)) continue
    if (notBefore !== undefined && notBefore > now) waits.add(slot)
    else due.add(containerKey(step))
  }
  return due
}

function claim({ claims, intents }: MemoryBooks, owner: string, now: Date, until: Date): Claim | undefined {
  const due = dueContainers(intents, now)
  const isLive = ({ holder }: MemoryClaim) => holder !== undefined && holder.until > now
  const [next] = [...claims]
    .filter(([key, one]) => due.has(key) && (!isLive(one) || one.holder?.owner === owner))
    .sort(([leftKey, left], [rightKey, right]) => {
      return (
        Number(isLive(left)) - Number(isLive(right)) ||
        left.fence - right.fence ||
        (leftKey < rightKey ? -1 : 1)
      )
    })
  if (next === undefined) return undefined
  const [key, { psa, containerId, fence }] = next
  const taken = { psa, containerId, fence: fence + 1 }
  claims.set(key, { ...taken, holder: { owner, until } })
  return taken
}

function isHeld({ claims }: MemoryBooks, held: Claim): boolean {
  const latest = claims.get(containerKey(held))
  return latest?.fence === held.fence && latest.holder !== undefined
}

function claimedIntent({ intents }: MemoryBooks, held: Claim, intentId: string): Intent {
  const found = intents.find(({ id, step }) => id === intentId && containerKey(step) === containerKey(held))
  assert(found !== undefined, `${containerKey(held)} has no intent ${intentId}`)
  return found
}

function change(books: MemoryBooks, intent: Intent, by: Partial<Intent>): void {
  books.intents = books.intents.map((one) => (one.id === intent.id ? { ...one, ...by } : one))
  books.syncVersion += 1
}

function sending(books: MemoryBooks, held: Claim, intentId: string, at: Date, notBefore: Date): boolean {
  if (!isHeld(books, held)) return false
  const intent = claimedIntent(books, held, intentId)
  assert(isOpen(intent), `${intentId} is ${intent.state}: it is not sent again`)
  const attempts = intent.attempts + 1
  change(books, intent, { state: 'sending', attempts, sentAt: at, notBefore, why: undefined })
  return true
}

function settle(books: MemoryBooks, held: Claim, intentId: string, outcome: IntentOutcome): boolean {
  if (!isHeld(books, held)) return false
  const intent = claimedIntent(books, held, intentId)
  const { state, why, notBefore, audit } = outcome
  assert(state !== 'sending' && state !== 'replaced', `${intentId} cannot become ${state}`)
  if (!isOpen(intent) && intent.state === state && intent.why === why) return true
  assert(isOpen(intent), `${intentId} is ${intent.state}: it cannot become ${state}`)
  change(books, intent, { state, why, notBefore })
  if (audit !== undefined) note(books, audit)
  return true
}
