import type { Clock } from '../ports.js'
import type { Psa, SyncStore } from '../psa-ports.js'
import { READ_AT_ONCE } from '../limits.js'
import { Problem } from '../problem.js'
import type { LockedPeriod } from '../sync/intent.js'
import { type SlotMemory, coveredOf, lockKey } from '../sync/settled.js'
import type { Container, PsaName, Slot, SlotDue } from '../sync/types.js'
import type { LocalDate } from '../calendar/date.js'
import { grouped } from './grouped.js'
import type { Loaded } from './loader.js'
import { PSA_TITLES, type RoutedSlot, containerKey, memoryOf } from './routed.js'

/** The PSAs that are connected. */
export type Psas = ReadonlyMap<PsaName, Psa>

export interface ReadPsaPorts {
  readonly sync: SyncStore
  readonly psas: Psas
  readonly clock: Clock
}

/** The client of a PSA. Problem `input` when it is not connected. */
export function psaOf(psas: Psas, name: PsaName): Psa {
  const psa = psas.get(name)
  if (psa !== undefined) return psa
  throw new Problem({
    kind: 'input',
    what: `${PSA_TITLES[name]} is not connected.`,
    notDone: 'Nothing was read or written there.',
    next: `Fill in the ${name.toUpperCase()}_… lines of .env and start again.`,
  })
}

/**
 * Reads a container and keeps what was read. What its locked periods were billed at is kept when they are first seen
 * locked, and anew when an invoice was taken back and made again: before anything is written, because the PSA does not
 * tell the counts of earlier times.
 */
export async function readContainer(
  ports: ReadPsaPorts,
  slots: readonly RoutedSlot[],
  place: Pick<Container, 'psa' | 'id'>,
  memory: SlotMemory,
  purpose: 'background' | 'approved' = 'background',
): Promise<Container> {
  const priced = pricedItems(slots.map(({ due }) => due.slot))
  const container = await psaOf(ports.psas, place.psa).read(place.id, purpose, priced)
  const reading = { container, readAt: await ports.clock.now() }
  await ports.sync.saveReading(reading, lockedNow(slots, container, memory))
  return container
}

/** The items of slots whose price is the one of the PSA's catalog (S15). */
export function pricedItems(slots: readonly Slot[]): readonly string[] {
  const own = slots.filter(({ priceOwner }) => priceOwner === 'catalog')
  return [...new Set(own.map(({ itemId }) => itemId))]
}

/** Locked periods of a container that are not kept as they are: never seen locked, or open when it was read last. */
function lockedNow(
  slots: readonly RoutedSlot[],
  container: Container,
  memory: SlotMemory,
): readonly LockedPeriod[] {
  return slots.flatMap(({ due, reading: { container: before } }) => {
    const wasOpen = (to: LocalDate) => to > before.lockedTo
    const locked = keptOf(due, memory.locked, wasOpen)
    return (
      coveredOf(due, container, { ...memory, locked })
        .filter(({ due: own, isLocked }) => isLocked && !locked.has(lockKey(own.lineageId, own.period)))
        // Of a month in which nothing is due and nothing was billed there is nothing to remember.
        .filter(({ due: own, counted }) => own.lines.length > 0 || counted.length > 0)
        .map(({ due: { lineageId, period }, counted }) => ({ lineageId, period, lines: counted }))
    )
  })
}

/** What is kept of a slot's periods; of those that were open when they were read last it is of an invoice that was taken back. */
function keptOf(
  { periods }: SlotDue,
  locked: SlotMemory['locked'],
  wasOpen: (to: LocalDate) => boolean,
): SlotMemory['locked'] {
  return new Map(
    periods.flatMap(({ lineageId, period }) => {
      const key = lockKey(lineageId, period)
      const lines = wasOpen(period.to) ? undefined : locked.get(key)
      return lines === undefined ? [] : [[key, lines] as const]
    }),
  )
}

/** Reads every container of the customers asked for; undefined: of all. Failures are returned, they stop nobody else. */
export async function refresh(
  ports: ReadPsaPorts,
  { slots, sync }: Pick<Loaded, 'slots' | 'sync'>,
  customers: ReadonlySet<string> | undefined,
): Promise<readonly Problem[]> {
  const places = grouped(slots, ({ reading }) => containerKey(reading.container))
  const isAsked = ({ customerId }: RoutedSlot) => customers === undefined || customers.has(customerId)
  const memory = memoryOf(sync)
  const problems: Problem[] = []
  const waiting = [...places.values()].filter((own) => own.some(isAsked))
  const work = async () => {
    for (let own = waiting.shift(); own !== undefined; own = waiting.shift()) {
      const [{ reading }] = own
      try {
        await readContainer(ports, own, reading.container, memory)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        problems.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: READ_AT_ONCE }, work))
  return problems
}
