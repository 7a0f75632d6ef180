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
  /** Seats or units that go on, on a day: of an addition with those beside it, or of an item in a contract. */
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
  const additions = new Map<number, { readonly agreement: number; readonly addition: Addition }>()
  const effects: Effect[] = []
  for (const { by, method, agreement, addition, before, after } of entries) {
    if (addition === null || method === 'INVOICE') continue
    if (after === null) additions.delete(addition)
    else additions.set(addition, { agreement, addition: after })
    effects.push({
      by,
      containerId: String(agreement),
      kind: CONNECTWISE_KINDS[method],
      id: String(addition),
      marker: (after ?? before)?.serialNumber || undefined,
      before: before?.quantity,
      after: after?.quantity,
      on: undefined,
      delta: undefined,
    })
  }
  return {
    effects,
    seatsOf: ({ containerId, itemId }, on) =>
      [...additions.values()]
        .filter(({ agreement, addition }) => {
          const { product, effectiveDate, cancelledDate } = addition
          const isThere = effectiveDate.slice(0, 10) <= on && (cancelledDate ?? '9999').slice(0, 10) >= on
          return String(agreement) === containerId && String(product.id) === itemId && isThere
        })
        .reduce((sum, { addition }) => sum + addition.quantity, 0),
  }
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
    seatsOf: ({ containerId, itemId }, on) =>
      effects
        .filter(
          (effect) => effect.kind === 'count' && effect.containerId === containerId && effect.id === itemId,
        )
        .filter((effect) => (effect.on ?? '') <= on)
        .reduce((sum, { delta = 0 }) => sum + delta, 0),
  }
}
