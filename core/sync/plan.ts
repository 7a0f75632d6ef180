import { createHash } from 'node:crypto'
import { canonical } from '../audit/chain.js'
import { type LocalDate, formatLocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { amountOf, scaleOf } from '../charges/amount.js'
import { matchLines, settlePeriod } from '../charges/settle.js'
import type { ChargeLine } from '../charges/types.js'
import { DECIMAL_ONE, DECIMAL_ZERO, type Decimal, formatDecimal } from '../money/decimal.js'
import { type MoneyLine, daysApart, moneyFor, uncountedSeats } from './beside.js'
import { settledOf } from './covered.js'
import { adjustedDays, heldUnits, recurringLines } from './held.js'
import { lineNamer } from './marker.js'
import { monthPeriod } from './months.js'
import { planLines } from './plan-lines.js'
import { planUnits } from './plan-units.js'
import { type CoveredPeriod, type SlotMemory, coveredOf } from './settled.js'
import { isCounted, priceOn, slotTarget } from './target.js'
import type {
  Container,
  DuePeriod,
  SettledCharge,
  Slot,
  SlotDue,
  Step,
  StepAction,
  UnitSteps,
} from './types.js'
import { stepsFrom } from './units.js'

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
  const covered = coveredOf(due, container, memory)
  const nameLine = lineNamer(
    due.slot.id,
    container.lines.flatMap(({ marker }) => marker ?? []),
  )
  const counts = countDrafts(due, container, nameLine)
  const apart = apartPeriods(due, container, memory, counts)
  const drafts: readonly Draft[] = [
    ...oneTimeDrafts(due, container, covered, nameLine, new Set(apart.map(({ entry }) => entry.due))),
    ...apart.flatMap(({ entry, days }) => {
      const settles = uncountedSeats(entry.due, entry.counted, entry.oneTime)
      return moneyDrafts(due, container, settles, days, nameLine)
    }),
    ...counts,
  ]
  return { due, covered, steps: drafts.map((draft) => stepOf(due, container, draft, memory.keys)) }
}

type NameLine = (oneTime: boolean, facts: string) => string

/** Lines with our amounts: what locked periods still owe, and what no count can say (S11, S12, S13). */
function oneTimeDrafts(
  due: SlotDue,
  container: Container,
  covered: readonly CoveredPeriod[],
  nameLine: NameLine,
  apart: ReadonlySet<DuePeriod>,
): readonly Draft[] {
  return covered.flatMap((entry) =>
    leftOf(due, container, entry, apart.has(entry.due))
      .filter(({ amount }) => amount !== 0n)
      .map((line) => ({
        ...oneTimeLine(due, container, line, nameLine),
        settles: [{ ...settledOf(line), lineageId: entry.due.lineageId }],
        count: undefined,
      })),
  )
}

/**
 * What is left to settle of a period by lines of their own: all of a locked one, of an open one what is not a count.
 *
 * @param isApart its one-time lines settle seats, too.
 */
function leftOf(
  { currency }: SlotDue,
  { mode }: Container,
  { due, isLocked, counted, oneTime }: CoveredPeriod,
  isApart: boolean,
): readonly ChargeLine[] {
  const { period, lines } = due
  const scale = scaleOf(currency)
  if (isLocked) return settlePeriod(scale, period, lines, [...counted, ...oneTime])
  const beside = lines.filter((line) => !isCounted(line, mode))
  return isApart ? matchLines(oneTime, beside).unmatched : settlePeriod(scale, period, beside, oneTime)
}

/** An open period in which the count cannot be what is wanted, because a day of it is adjusted already (S12). */
interface ApartPeriod {
  /** As the PSA will hold it: what it lacks is money. */
  readonly entry: CoveredPeriod
  /** From the first day of the difference to the last. */
  readonly days: Period
}

function apartPeriods(
  due: SlotDue,
  container: Container,
  memory: SlotMemory,
  counts: readonly Draft[],
): readonly ApartPeriod[] {
  const { mode, to: end } = container
  if (mode !== 'units') return []
  const steps = counts.at(-1)?.count?.after ?? heldUnits(container, due.slot, due.until)
  const want = slotTarget(due, mode)
  const opens = openDay(due, container)
  return coveredOf(due, withUnits(container, due.slot, steps), memory).flatMap((entry): ApartPeriod[] => {
    const { from, to } = entry.due.period
    if (to <= opens || (end !== null && end <= from)) return []
    const days = daysApart(steps, want, { from: Math.max(from, opens) as LocalDate, to })
    return days === undefined ? [] : [{ entry, days }]
  })
}

/** One one-time line for these days that settles these lines; none where they add up to nothing. */
export function moneyDrafts(
  due: SlotDue,
  container: Container,
  settles: readonly SettledCharge[],
  days: Period,
  nameLine: NameLine,
): readonly (MoneyLine & Pick<Step, 'settles' | 'count'>)[] {
  const content = moneyFor(settles, due.currency, (price) => sellPrice(due, container, price))
  if (content === undefined) return []
  const { from, to } = days
  const facts = [formatLocalDate(from), formatLocalDate(to), formatDecimal(content.unitPrice)]
  const marker = nameLine(true, ['beside', ...facts].join('|'))
  const line = { type: 'add', marker, oneTime: true, lineWords: due.words, ...content, from, to } as const
  return [{ ...line, settles, count: undefined }]
}

/** A container that holds other counts of a slot. */
function withUnits(container: Container, { itemId }: Slot, steps: UnitSteps): Container {
  const known = container.units.find((units) => units.itemId === itemId)
  const others = container.units.filter((units) => units !== known)
  return { ...container, units: [...others, { unitPrice: undefined, ...known, itemId, steps }] }
}

function oneTimeLine(due: SlotDue, container: Container, line: ChargeLine, nameLine: NameLine): StepAction {
  const { mode, lockedTo } = container
  const byDates = mode === 'datedLines' && line.quantity > 0n && isCounted(line, mode)
  const content = byDates
    ? {
        quantity: line.quantity,
        unitPrice: sellPrice(due, container, line.unitPrice),
        from: line.from,
        to: line.to,
      }
    : { ...moneyOf(due, container, line), ...daysFor(line, container) }
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
  due: SlotDue,
  container: Container,
  line: ChargeLine,
): { readonly quantity: Decimal; readonly unitPrice: Decimal } {
  const scale = scaleOf(due.currency)
  const price = isOfSeats(line) ? sellPrice(due, container, line.unitPrice) : line.unitPrice
  const amount = price === line.unitPrice ? line.amount : amountAt(due, line, price)
  const whole = { days: 1, of: 1 }
  const product = amountOf(
    scale,
    { roundAt: 'line', roundMode: 'halfAway' },
    line.quantity,
    price,
    whole,
  ).amount
  const isExact =
    line.quantity > 0n && product === amount && line.quantity * price === amount * scale.perMinor
  if (isExact) return { quantity: line.quantity, unitPrice: price }
  return { quantity: DECIMAL_ONE, unitPrice: (amount * scale.pricePerMinor) as Decimal }
}

/** Seats cost what the PSA charges for a seat; a fee or a correction is an amount of its own. */
function isOfSeats({ reason: { type } }: ChargeLine): boolean {
  return type === 'base' || type === 'rise' || type === 'decrease'
}

function amountAt({ currency }: SlotDue, line: ChargeLine, price: Decimal): bigint {
  const rounding = { roundAt: 'line', roundMode: 'halfAway' } as const
  return amountOf(scaleOf(currency), rounding, line.quantity, price, line.fraction).amount
}

/** S15: where the price is theirs, what we add costs what the line beside it does. */
function sellPrice({ slot }: SlotDue, container: Container, ours: Decimal): Decimal {
  if (slot.priceOwner !== 'keep') return ours
  const mapped = container.lines.find(({ id }) => id === slot.lineId)
  if (mapped !== undefined) return mapped.unitPrice
  return container.units.find(({ itemId }) => itemId === slot.itemId)?.unitPrice ?? ours
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
  const priceFor = (day: LocalDate) => sellPrice(due, container, priceOn(periods, day) ?? DECIMAL_ZERO)
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
          priceDays: priceDays(due, openFrom),
          words: due.words,
          nameLine,
        })
  return actions.map((action) => ({ ...action, settles: [] }))
}

/** Where the price is ours: the first open day, and the starts of periods that bring another one (B15, S15). */
function priceDays({ slot, periods }: SlotDue, openFrom: LocalDate): readonly LocalDate[] {
  if (slot.priceOwner === 'keep') return []
  const starts = periods.map(({ period }) => period.from).filter((day) => day > openFrom)
  const days = [openFrom, ...starts]
  return days.filter((day, index) => {
    const before = days[index - 1]
    return before === undefined || priceOn(periods, day) !== priceOn(periods, before)
  })
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
  const first = periods[0]?.period.from
  return isThere || first === undefined ? undefined : priceFor(first)
}

function stepOf(
  { slot, words: product }: SlotDue,
  { psa, id: containerId, lockedTo }: Container,
  draft: Draft,
  taken: ReadonlySet<string>,
): Step {
  const step = { psa, containerId, slotId: slot.id, itemId: slot.itemId, product, lockedTo, ...draft }
  let ordinal = 0
  while (taken.has(stepKey(step, ordinal))) ordinal += 1
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
