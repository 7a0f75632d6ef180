import type { Clock, Psa, SyncStore } from '../ports.js'
import { READ_AT_ONCE } from '../limits.js'
import { Problem } from '../problem.js'
import type { LockedPeriod, SyncState } from '../sync/intent.js'
import { coveredOf, lockKey } from '../sync/settled.js'
import type { Container, PsaName, SlotDue } from '../sync/types.js'
import type { LocalDate } from '../calendar/date.js'
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
  state: Pick<SyncState, 'locked' | 'intents' | 'slots'>,
  purpose: 'background' | 'approved' = 'background',
): Promise<Container> {
  const container = await psaOf(ports.psas, place.psa).read(place.id, purpose)
  const own = slots.filter(({ reading }) => containerKey(reading.container) === containerKey(place))
  const reading = { container, readAt: await ports.clock.now() }
  await ports.sync.saveReading(reading, lockedNow(own, container, state))
  return container
}

/** Locked periods of a container that are not kept as they are: never seen locked, or open when it was read last. */
function lockedNow(
  slots: readonly RoutedSlot[],
  container: Container,
  state: Pick<SyncState, 'locked' | 'intents' | 'slots'>,
): readonly LockedPeriod[] {
  const memory = memoryOf(state)
  return slots.flatMap(({ due, reading: { container: before } }) => {
    const wasOpen = (to: LocalDate) => to > before.lockedTo
    const locked = new Map([...memory.locked].filter(([key]) => !reopened(due, wasOpen).has(key)))
    return coveredOf(due, container, { ...memory, locked })
      .filter(({ due: own, isLocked }) => isLocked && !locked.has(lockKey(own.lineageId, own.period)))
      .map(({ due: { lineageId, period }, counted }) => ({ lineageId, period, lines: counted }))
  })
}

/** What is kept of periods that were open when they were read last is of an invoice that was taken back. */
function reopened({ periods }: SlotDue, wasOpen: (to: LocalDate) => boolean): ReadonlySet<string> {
  return new Set(
    periods
      .filter(({ period }) => wasOpen(period.to))
      .map(({ lineageId, period }) => lockKey(lineageId, period)),
  )
}

/** Reads every container of the customers asked for; undefined: of all. Failures are returned, they stop nobody else. */
export async function refresh(
  ports: ReadPsaPorts,
  { slots, sync }: Pick<Loaded, 'slots' | 'sync'>,
  customers: ReadonlySet<string> | undefined,
): Promise<readonly Problem[]> {
  const places = new Map(
    slots
      .filter(({ customerId }) => customers === undefined || customers.has(customerId))
      .map(({ reading: { container } }) => [containerKey(container), container]),
  )
  const problems: Problem[] = []
  const waiting = [...places.values()]
  const work = async () => {
    for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) {
      try {
        await readContainer(ports, slots, place, sync)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        problems.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: READ_AT_ONCE }, work))
  return problems
}
