import { formatLocalDate } from '../../../core/calendar/date.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import { type SlotMemory, coveredOf, lockKey } from '../../../core/sync/settled.js'
import type {
  Container,
  DuePeriod,
  PsaLine,
  SettledCharge,
  Slot,
  SlotDue,
  Step,
} from '../../../core/sync/types.js'
import { readMarker } from '../../../core/sync/marker.js'
import { applied } from '../../support/fake-psa.js'
import { type CaseWords, charge, day, decimal } from '../charges/build.js'

export const LINEAGE = 'L-contosopremi'

export const SLOT: Slot = {
  id: LINEAGE,
  psa: 'connectwise',
  containerId: '77',
  itemId: '1234',
  lineId: '90001',
  lineageIds: [LINEAGE],
  offset: decimal('0'),
  priceOwner: 'keep',
  routeFrom: day('2026-03-01'),
}

/** Lines that begin before the story, unless told otherwise. */
export function psaLine(
  words: Partial<Record<keyof PsaLine, string | null>> & { readonly id: string },
): PsaLine {
  const { from = '2026-01-01', to = null, quantity = '20', unitPrice = '22.00', marker } = words
  return {
    id: words.id,
    itemId: words.itemId ?? '1234',
    quantity: decimal(quantity ?? '0'),
    unitPrice: decimal(unitPrice ?? '0'),
    from: day(from ?? ''),
    to: to === null ? null : day(to),
    marker: marker ?? undefined,
    words: '',
    ownAmount: undefined,
  }
}

export function container(words: Partial<Container> & Pick<Container, 'mode' | 'lockedTo'>): Container {
  return {
    psa: 'connectwise',
    id: '77',
    name: 'Contoso licences',
    companyId: '12',
    currency: 'USD',
    closed: undefined,
    from: day('2026-01-01'),
    to: null,
    anchorDay: 1,
    lines: [psaLine({ id: '90001' })],
    units: [],
    ...words,
  }
}

/** What is due of the one subscription in the months `[from, to)`. */
export function due(words: CaseWords, from: string, to: string, slot: Slot = SLOT): SlotDue {
  const { lines } = charge({ ...words, window: [from, to] })
  const periods = new Map<number, DuePeriod>()
  for (const line of lines) {
    const entry = periods.get(line.period.from)
    const before = entry?.lines ?? []
    periods.set(line.period.from, { lineageId: LINEAGE, period: line.period, lines: [...before, line] })
  }
  return { slot, currency: 'USD', words: 'Business Premium', periods: [...periods.values()], until: day(to) }
}

export const NOTHING_KNOWN: SlotMemory = {
  locked: new Map(),
  oneTimes: new Map(),
  keys: new Set(),
  slots: [SLOT],
}

/** What is remembered when every locked period was read as it is in this container, before anything was written. */
export function remember(due: SlotDue, read: Container, oneTimes = NOTHING_KNOWN.oneTimes): SlotMemory {
  const locked = new Map<string, readonly SettledCharge[]>()
  for (const { due: entry, isLocked, counted } of coveredOf(due, read, NOTHING_KNOWN)) {
    if (isLocked) locked.set(lockKey(entry.lineageId, entry.period), counted)
  }
  return { locked, oneTimes, keys: new Set(), slots: [due.slot] }
}

/** A step as people would write it: "add 5 × 22.00 from 2026-03-11 to 2026-04-01, once". */
export function stepText(step: Step): string {
  switch (step.type) {
    case 'add': {
      const end = step.to === null ? 'on' : `to ${formatLocalDate(step.to)}`
      const once = step.oneTime ? ', once' : ''
      const amount = `${formatDecimal(step.quantity)} × ${formatDecimal(step.unitPrice, 2)}`
      return `add ${amount} from ${formatLocalDate(step.from)} ${end}${once}`
    }
    case 'setQuantity':
      return `set ${step.lineId} ${formatDecimal(step.before)} → ${formatDecimal(step.after)}`
    case 'setPrice':
      return `price ${step.lineId} ${formatDecimal(step.before, 2)} → ${formatDecimal(step.after, 2)}`
    case 'end':
      return step.after === null
        ? `go on with ${step.lineId}`
        : `end ${step.lineId} before ${formatLocalDate(step.after)}`
    case 'remove':
      return `remove ${step.lineId}`
    case 'adjust':
      return `adjust ${formatDecimal(step.delta)} on ${formatLocalDate(step.on)}`
  }
}

/** The container after the steps were written: what a second plan has to find nothing in. */
export function written(before: Container, steps: readonly Step[]): Container {
  return steps.reduce(applied, before)
}

/** One-time lines as they are remembered once they were read back. */
export function settledBy(steps: readonly Step[]): SlotMemory['oneTimes'] {
  return new Map(
    steps.flatMap((step) =>
      step.type === 'add' && readMarker(step.marker)?.oneTime === true
        ? [[step.marker, { settles: step.settles, from: step.from, lockedTo: step.lockedTo }]]
        : [],
    ),
  )
}
