import type { Psa, PsaCompany, PsaItem, WriteOutcome } from '../../core/psa-ports.js'
import { Problem } from '../../core/problem.js'
import type { Decimal } from '../../core/money/decimal.js'
import type { Container, PsaLine, Step } from '../../core/sync/types.js'

/** What happens to the next write: it may be applied and its answer lost, not applied, or refused. */
export type Fate = 'lost' | 'dropped' | 'refused' | 'later' | 'serverError'

/** A PSA in memory that does what it is told, and counts what it did: for the use cases, not for the wire. */
export interface FakePsa extends Psa {
  readonly held: Map<string, Container>
  /** What there is to map to. */
  readonly offered: { companies: readonly PsaCompany[]; items: readonly PsaItem[] }
  /** Prices of its catalog, by item; undefined: the item has none. */
  readonly prices: Map<string, Decimal | undefined>
  /** Every write that took effect, in order. */
  readonly effects: Step[]
  /** What becomes of the next writes, first of them first; afterwards all goes well. */
  readonly fates: Fate[]
  /** Called between a read and the write after it. */
  beforeWrite: ((step: Step) => void) | undefined
}

export function fakePsa(...containers: readonly Container[]): FakePsa {
  const psa: FakePsa = {
    name: 'connectwise',
    title: 'ConnectWise',
    held: new Map(containers.map((container) => [container.id, container])),
    containers: async (companyId) => [...psa.held.values()].filter((one) => one.companyId === companyId),
    effects: [],
    fates: [],
    beforeWrite: undefined,
    offered: { companies: [{ id: '12', name: 'Contoso', code: 'CONTOSO', domain: undefined }], items: [] },
    companies: async () => psa.offered.companies,
    items: async () => psa.offered.items,
    prices: new Map(),
    read: async (id, _purpose, priced = []) => {
      const catalog = priced.map((itemId) => {
        return { itemId, unitPrice: psa.prices.get(itemId), isThere: psa.prices.has(itemId) }
      })
      return { ...found(psa.held, id), ...(priced.length === 0 ? {} : { catalog }) }
    },
    write: async (step: Step): Promise<WriteOutcome> => {
      psa.beforeWrite?.(step)
      const fate = psa.fates.shift()
      if (fate === 'refused')
        return { type: 'refused', why: 'ConnectWise did not accept it: the item is inactive' }
      if (fate === 'later')
        return { type: 'later', why: 'ConnectWise asked to wait', waitMilliseconds: 60_000 }
      if (fate === 'dropped') return { type: 'unknown', why: 'the connection was cut' }
      psa.effects.push(step)
      psa.held.set(step.containerId, applied(found(psa.held, step.containerId), step))
      return fate === undefined ? { type: 'accepted' } : { type: 'unknown', why: 'no answer came' }
    },
  }
  return psa
}

function found(containers: ReadonlyMap<string, Container>, id: string): Container {
  const container = containers.get(id)
  if (container !== undefined) return structuredClone(container)
  throw new Problem({ kind: 'notFound', what: `ConnectWise has no agreement ${id} any more.` })
}

/** The container after one write. */
export function applied(read: Container, step: Step): Container {
  const change = (id: string, by: Partial<PsaLine>) =>
    read.lines.map((line) => (line.id === id ? { ...line, ...by } : line))
  switch (step.type) {
    case 'add': {
      const { quantity, unitPrice, from, to, marker, itemId, lineWords: words } = step
      const line = { itemId, quantity, unitPrice, from, to, marker, words, ownAmount: undefined }
      return { ...read, lines: [...read.lines, { id: String(91_000 + read.lines.length), ...line }] }
    }
    case 'setQuantity':
      return { ...read, lines: change(step.lineId, { quantity: step.after }) }
    case 'setPrice':
      return { ...read, lines: change(step.lineId, { unitPrice: step.after }) }
    case 'end':
      return { ...read, lines: change(step.lineId, { to: step.after }) }
    case 'remove':
      return { ...read, lines: read.lines.filter(({ id }) => id !== step.lineId) }
    case 'adjust': {
      const steps = step.count?.after ?? []
      const others = read.units.filter(({ itemId }) => itemId !== step.itemId)
      const known = read.units.find(({ itemId }) => itemId === step.itemId)
      const unitPrice = step.unitPrice ?? known?.unitPrice
      return { ...read, units: [...others, { itemId: step.itemId, steps, unitPrice }] }
    }
  }
}
