import { readFileSync } from 'node:fs'
import type { PsaName } from '../../core/sync/types.js'

/** One write that took effect in an emulated PSA, told by its own ledger. */
export interface Effect {
  readonly by: 'api' | 'hand'
  readonly containerId: string
  /** `line`: it begins or changes one; `count`: units of an item change on a day; `charge`: money beside them. */
  readonly kind: 'add' | 'change' | 'remove' | 'count' | 'charge'
  /** The addition, or the service. */
  readonly id: string
  /** What we wrote into it to find it again; undefined: nothing. */
  readonly marker: string | undefined
  /** Seats of a line before and after, or units of an item after. */
  readonly before: number | undefined
  readonly after: number | undefined
  readonly on: string | undefined
  readonly delta: number | undefined
}

/** What a ledger file says, read as its emulator wrote it. */
export interface Told {
  readonly effects: readonly Effect[]
  /**
   * Seats or units that bill on a day, as they were right after our last write there: of an addition with those beside it,
   * or of an item in a contract. What a person does later is not ours.
   */
  seatsOf(place: SeatPlace, on: string): number
}

export interface SeatPlace {
  readonly containerId: string
  readonly itemId: string
}

/** Everything that took effect on what is billed; texts of agreements and invoices aside. */
export function readLedger(psa: PsaName, file: string): Told {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  const entries = lines.map((line) => JSON.parse(line) as unknown)
  return psa === 'connectwise'
    ? connectWise(entries as ConnectWiseEntry[])
    : autotask(entries as AutotaskEntry[])
}

interface Addition {
  readonly product: { readonly id: number }
  readonly quantity: number
  readonly effectiveDate: string
  readonly cancelledDate?: string
  readonly serialNumber?: string
}

interface ConnectWiseEntry {
  readonly by: 'api' | 'hand'
  readonly method: 'POST' | 'PATCH' | 'DELETE' | 'INVOICE'
  readonly agreement: number
  readonly addition: number | null
  readonly before: Addition | null
  readonly after: Addition | null
}

const CONNECTWISE_KINDS = { POST: 'add', PATCH: 'change', DELETE: 'remove' } as const

function connectWise(entries: readonly ConnectWiseEntry[]): Told {
  const changes = entries.filter(({ addition, method }) => addition !== null && method !== 'INVOICE')
  return {
    effects: changes.map(({ by, method, agreement, addition, before, after }) => ({
      by,
      containerId: String(agreement),
      kind: method === 'INVOICE' ? 'change' : CONNECTWISE_KINDS[method],
      id: String(addition),
      marker: (after ?? before)?.serialNumber || undefined,
      before: before?.quantity,
      after: after?.quantity,
      on: undefined,
      delta: undefined,
    })),
    seatsOf({ containerId, itemId }, on) {
      const own = changes.filter(
        ({ agreement, before, after }) =>
          String(agreement) === containerId && String((after ?? before)?.product.id) === itemId,
      )
      const additions = new Map(untilOurs(own).map(({ addition, after }) => [addition, after]))
      return [...additions.values()].reduce((sum, addition) => sum + seatsOn(addition, on), 0)
    },
  }
}

function seatsOn(addition: Addition | null, on: string): number {
  if (addition === null) return 0
  const { quantity, effectiveDate, cancelledDate = '9999' } = addition
  return effectiveDate.slice(0, 10) <= on && cancelledDate.slice(0, 10) >= on ? quantity : 0
}

/** Up to our last write; all of them where we never wrote. */
function untilOurs<T extends { readonly by: 'api' | 'hand' }>(entries: readonly T[]): readonly T[] {
  const last = entries.findLastIndex(({ by }) => by === 'api')
  return last < 0 ? entries : entries.slice(0, last + 1)
}

interface AutotaskEntry {
  readonly by: 'api' | 'hand'
  readonly action: string
  readonly entity: string
  readonly contract: number | null
  readonly service: number | null
  readonly content: {
    readonly effectiveDate?: string
    readonly unitChange?: number
    readonly notes?: string
    readonly id?: number
  }
  readonly unitsAfter: number | null
}

const MARKER = /CBS:\S+/

function autotask(entries: readonly AutotaskEntry[]): Told {
  const effects = entries.flatMap(
    ({ by, action, entity, contract, service, content, unitsAfter }): Effect[] => {
      const isCount = entity === 'ContractServiceAdjustments'
      if (contract === null || action !== 'create' || (!isCount && entity !== 'ContractCharges')) return []
      return [
        {
          by,
          containerId: String(contract),
          kind: isCount ? 'count' : 'charge',
          id: String(isCount ? service : content.id),
          marker: MARKER.exec(content.notes ?? '')?.[0],
          before: undefined,
          after: unitsAfter ?? undefined,
          on: content.effectiveDate?.slice(0, 10),
          delta: content.unitChange,
        },
      ]
    },
  )
  return {
    effects,
    seatsOf({ containerId, itemId }, on) {
      const own = effects.filter(
        (effect) => effect.kind === 'count' && effect.containerId === containerId && effect.id === itemId,
      )
      return untilOurs(own)
        .filter((effect) => (effect.on ?? '') <= on)
        .reduce((sum, { delta = 0 }) => sum + delta, 0)
    },
  }
}
