import { createHash } from 'node:crypto'
import { canonical } from '../audit/chain.js'
import { type LocalDate, addDays, formatLocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { scaleOf } from '../charges/amount.js'
import type { ChargeLine } from '../charges/types.js'
import { DECIMAL_ONE, DECIMAL_ZERO, type Decimal, formatDecimal } from '../money/decimal.js'
import { type MoneyLine, daysApart, moneyFor, uncountedSeats } from './apart.js'
import { besideOf } from './beside.js'
import { adjustedDays, heldUnits, recurringLines } from './held.js'
import { chargedAt } from './left.js'
import { lineNamer } from './marker.js'
import { monthPeriod } from './months.js'
import { planLines } from './plan-lines.js'
import { planUnits } from './plan-units.js'
import { theirPrice } from './prices.js'
import { type CoveredPeriod, type SlotMemory, coveredOf } from './settled.js'
import { isCounted, priceOn, slotTarget } from './target.js'
import type { Container, SettledCharge, Slot, SlotDue, Step, StepAction, UnitSteps } from './types.js'
import { afterChange, stepsFrom } from './units.js'

/** What is asked to be written into a container for one slot, and what it holds already. */
export interface SlotPlan {
  readonly due: SlotDue
  readonly covered: readonly CoveredPeriod[]
  /** In the order in which they are written: money for what is invoiced first, counts after it (S11). */
  readonly steps: readonly Step[]
}

type Draft = StepAction & Pick<Step, 'settles' | 'count'>

/** The steps that bring a slot to its target (S7, S10–S13); none when it is there. */
export function planSlot(due: SlotDue, container: Container, memory: SlotMemory): SlotPlan {
  const nameLine = lineNamer(
    due.slot.id,
    container.lines.flatMap(({ marker }) => marker ?? []),
  )
  const counts = countDrafts(due, container, nameLine)
  const days = daysOfApart(due, container, counts)
  const covered = coveredOf(due, container, memory, new Set(days.keys()))
  const drafts: readonly Draft[] = [
    ...oneTimeDrafts(due, container, covered, nameLine),
    ...apartDrafts(due, container, memory, { counts, days }, nameLine),
    ...counts,
  ]
  return { due, covered, steps: drafts.map((draft) => stepOf(due, container, draft, memory)) }
}

type NameLine = (oneTime: boolean, facts: string) => string

/** Lines with our amounts: what locked periods still owe, and what no count can say (S11, S12, S13). */
function oneTimeDrafts(
  due: SlotDue,
  container: Container,
  covered: readonly CoveredPeriod[],
  nameLine: NameLine,
): readonly Draft[] {
  return covered.flatMap(({ left }) =>
    left.map(({ line, settles }) => ({
      ...oneTimeLine(due, container, line, nameLine),
      settles: [settles],
      count: undefined,
    })),
  )
}

/** Days of each open period, by its start, on which the count cannot be what is wanted: one of them is adjusted already (S12). */
function daysOfApart(
  due: SlotDue,
  container: Container,
  counts: readonly Draft[],
): ReadonlyMap<LocalDate, Period> {
  const { mode, to: end } = container
  if (mode !== 'units') return new Map()
  const [held, want, opens] = [
    heldAfter(due, container, counts),
    slotTarget(due, mode),
    openDay(due, container),
  ]
  return new Map(
    due.periods.flatMap(({ period: { from, to } }) => {
      if (to <= opens || (end !== null && end <= from)) return []
      const days = daysApart(held, want, { from: Math.max(from, opens) as LocalDate, to })
      return days === undefined ? [] : [[from, days] as const]
    }),
  )
}

/** The count as the PSA will hold it. */
function heldAfter({ slot, until }: SlotDue, container: Container, counts: readonly Draft[]): UnitSteps {
  return afterChange(heldUnits(container, slot, until), counts.at(-1)?.count)
}

/** What is due of seats in periods whose counts cannot be what is wanted, less what the PSA will bill by its counts. */
function apartDrafts(
  due: SlotDue,
  container: Container,
  memory: SlotMemory,
  { counts, days }: { readonly counts: readonly Draft[]; readonly days: ReadonlyMap<LocalDate, Period> },
  nameLine: NameLine,
): readonly Draft[] {
  if (days.size === 0) return []
  const after = withUnits(container, due.slot, heldAfter(due, container, counts))
  return coveredOf(due, after, memory, new Set(days.keys())).flatMap(({ due: entry, counted, oneTime }) => {
    const apart = days.get(entry.period.from)
    if (apart === undefined) return []
    return moneyDrafts(due, container, uncountedSeats(entry, counted, oneTime), apart, nameLine)
  })
}

/** A container that holds other counts of a slot. */
function withUnits(container: Container, { itemId }: Slot, steps: UnitSteps): Container {
  const known = container.units.find((units) => units.itemId === itemId)
  const others = container.units.filter((units) => units !== known)
  return { ...container, units: [...others, { unitPrice: undefined, ...known, itemId, steps }] }
}

/** One one-time line for these days that settles these lines; none where they add up to nothing. */
export function moneyDrafts(
  { slot, currency, words }: SlotDue,
  container: Container,
  lines: readonly SettledCharge[],
  days: Period,
  nameLine: NameLine,
): readonly (MoneyLine & Pick<Step, 'settles' | 'count'>)[] {
  const settles = chargedAt(currency, lines, theirPrice(slot, container, days))
  const content = moneyFor(settles, currency)
  if (content === undefined) return []
  const { from, to } = days
  const facts = [formatLocalDate(from), formatLocalDate(to), formatDecimal(content.unitPrice)]
  const marker = nameLine(true, ['beside', ...facts].join('|'))
  const line = { type: 'add', marker, oneTime: true, lineWords: words, ...content, from, to } as const
  return [{ ...line, settles, count: undefined }]
}

function oneTimeLine(due: SlotDue, container: Container, line: ChargeLine, nameLine: NameLine): StepAction {
  const { mode, lockedTo } = container
  const byDates = mode === 'datedLines' && line.quantity > 0n && isCounted(line, mode)
  const content = byDates
    ? { quantity: line.quantity, unitPrice: line.unitPrice, from: line.from, to: line.to }
    : { ...moneyOf(due, line), ...daysFor(line, container) }
  const facts = [
    formatLocalDate(line.period.from),
    formatLocalDate(line.from),
    line.kind,
    formatDecimal(line.quantity),
    line.amount.toString(),
    formatLocalDate(content.from < lockedTo ? content.from : line.from),
  ].join('|')
  return { type: 'add', marker: nameLine(true, facts), oneTime: true, lineWords: due.words, ...content }
}

/** Quantity × price where that is the amount exactly, else 1 × amount. */
function moneyOf(
  { currency }: SlotDue,
  { quantity, unitPrice, amount }: ChargeLine,
): { readonly quantity: Decimal; readonly unitPrice: Decimal } {
  const { perMinor, pricePerMinor } = scaleOf(currency)
  if (quantity > 0n && quantity * unitPrice === amount * perMinor) return { quantity, unitPrice }
  return { quantity: DECIMAL_ONE, unitPrice: (amount * pricePerMinor) as Decimal }
}

/**
 * The days of a line with our amount. Where dates decide, it covers a whole period, else its own days of an invoiced
 * one; a credit waits for the next open period (S11, S13), and a charge beside counts is dated where it is still open.
 */
function daysFor(
  line: ChargeLine,
  { mode, lockedTo, anchorDay, from, to }: Container,
): { readonly from: LocalDate; readonly to: LocalDate } {
  const isLocked = line.period.to <= lockedTo
  const opens = lockedTo > from ? lockedTo : from
  const open = monthPeriod(anchorDay ?? 1, opens)
  const last = to !== null && to < open.to ? to : open.to
  if (mode === 'units') return isLocked ? { from: opens, to: last } : { from: line.from, to: line.to }
  if (line.amount < 0n && isLocked) return { from: opens, to: last }
  if (mode === 'datedLines') return { from: line.period.from, to: line.period.to }
  return { from: line.from, to: line.to }
}

/** Changes of what the PSA counts, from the first day that no invoice covers. */
function countDrafts(due: SlotDue, container: Container, nameLine: NameLine): readonly Draft[] {
  const { slot, periods, until } = due
  const openFrom = openDay(due, container)
  if (openFrom >= until) return []
  const want = stepsFrom(slotTarget(due, container.mode), openFrom).filter(({ on }) => on < until)
  const priceFor = (day: LocalDate) =>
    theirPrice(slot, container, { from: day, to: addDays(day, 1) }) ?? priceOn(periods, day) ?? DECIMAL_ZERO
  const actions =
    container.mode === 'units'
      ? planUnits({
          have: heldUnits(container, slot, until),
          adjustedOn: adjustedDays(container, slot),
          want,
          openFrom,
          container,
          unitPrice: newItemPrice(due, container, priceFor),
        })
      : planLines({
          slot,
          lines: recurringLines(container, slot),
          want,
          openFrom,
          invoicedTo: invoicedDay(container),
          until,
          priceOn: priceFor,
          priceDays: priceDays(due, container, openFrom),
          words: due.words,
          nameLine,
        })
  return actions.map((action) => ({ ...action, settles: [] }))
}

/**
 * Where the price is set from here: the first open day, the starts of periods, which may bring another one (B15, S15),
 * and those of lines that wait for their first day.
 */
function priceDays(
  { slot, periods }: SlotDue,
  container: Container,
  openFrom: LocalDate,
): readonly LocalDate[] {
  if (slot.priceOwner === 'keep') return []
  const priced = periods.filter(({ lines }) => lines.length > 0).map(({ period }) => period)
  const starts = [...priced, ...recurringLines(container, slot)]
  return [openFrom, ...starts.map(({ from }) => from).filter((day) => day > openFrom)]
}

/** Nothing before the route, the container or the last invoice is ours to count. */
function openDay({ slot }: SlotDue, { lockedTo, from }: Container): LocalDate {
  return Math.max(slot.routeFrom, lockedTo, from) as LocalDate
}

/** Days before it are on an invoice, or nothing can bill them. */
function invoicedDay({ lockedTo, from }: Container): LocalDate {
  return lockedTo > from ? lockedTo : from
}

function newItemPrice(
  { slot, periods }: SlotDue,
  { units }: Container,
  priceFor: (day: LocalDate) => Decimal,
): Decimal | undefined {
  const isThere = units.some(({ itemId, steps }) => itemId === slot.itemId && steps.length > 0)
  const first = periods.find(({ lines }) => lines.length > 0)?.period.from
  return isThere || first === undefined ? undefined : priceFor(first)
}

function stepOf(
  { slot, words: product }: SlotDue,
  container: Container,
  draft: Draft,
  { keys, slots }: SlotMemory,
): Step {
  const { psa, id: containerId, lockedTo } = container
  const { id: slotId, itemId } = slot
  const beside = besideOf(draft, container, itemId, slots)
  const step = { psa, containerId, slotId, itemId, product, lockedTo, ...beside, ...draft }
  let ordinal = 0
  while (keys.has(stepKey(step, ordinal))) ordinal += 1
  return { ...step, key: stepKey(step, ordinal) }
}

/** A step before it has a name. */
export type Unkeyed<T> = T extends unknown ? Omit<T, 'key'> : never

/** The identity of a write: where, what, from what to what, and how many equal ones were confirmed before it (S5). */
export function stepKey(step: Unkeyed<Step>, ordinal: number): string {
  return createHash('sha256')
    .update(`${stepContent(step)}|${ordinal}`)
    .digest('hex')
    .slice(0, 32)
}

/** A step as one text: what fingerprints and comparisons are made of. */
export function stepContent(step: Unkeyed<Step>): string {
  return canonical(plain(step))
}

type Plain = string | boolean | null | undefined | readonly Plain[] | { readonly [name: string]: Plain }

/** Big integers have no place in canonical text: numbers of all kinds become their digits. */
function plain(value: unknown): Plain {
  if (typeof value === 'bigint' || typeof value === 'number') return value.toString()
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (value === null || value === undefined) return value
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]))
}
