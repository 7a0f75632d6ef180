import { assert } from '../assert.js'
import { type LocalDate, formatLocalDate } from '../calendar/date.js'
import { type Decimal, formatDecimal } from '../money/decimal.js'
import { compareId, lineUnits } from './held.js'
import { readMarker } from './marker.js'
import type { CountDraft, PsaLine, Slot, StepAction, UnitSteps } from './types.js'
import { daysOf, unitsOn } from './units.js'

/** What planning the lines of one slot needs to know. */
export interface LinesTask {
  readonly slot: Slot
  /** The lines that hold its count, as read. */
  readonly lines: readonly PsaLine[]
  /** The count wanted from `openFrom` on. */
  readonly want: UnitSteps
  /** First day that no invoice covers. */
  readonly openFrom: LocalDate
  /** First day for which nothing is known. */
  readonly until: LocalDate
  /** Price of new lines from a day on. */
  readonly priceOn: (day: LocalDate) => Decimal
  /** Days on which the price of running lines is to be set; none where the price is theirs (S15). */
  readonly priceDays: readonly LocalDate[]
  readonly words: string
  /** Names a new line; never one that is taken, so that equal lines of different times are told apart. */
  readonly nameLine: (oneTime: boolean, facts: string) => string
}

type Simulated = PsaLine & { readonly isNew: boolean }

/** A task with the ends of the lines it adds, by the order of adding: nothing can end what is not there yet. */
interface Attempt extends LinesTask {
  readonly ends: Map<number, LocalDate>
}

/**
 * The writes that bring dated lines to a count (S11). A rise is a line of its own from its day; where everything before
 * the day is invoiced, the count of the running line is set instead. A decrease ends the newest of our lines first, and
 * adds what is left of it again from that day.
 */
export function planLines(task: LinesTask): readonly CountDraft[] {
  const ends = new Map<number, LocalDate>()
  for (;;) {
    const known = ends.size
    const actions = planOnce({ ...task, ends })
    // Each round ends one more of the lines it adds, so there are no more rounds than lines.
    if (ends.size === known) return named(task, actions)
  }
}

/** Names are given last: a plan that is made anew must not use any up. */
function named({ nameLine }: LinesTask, actions: readonly CountDraft[]): readonly CountDraft[] {
  return actions.map((action) => {
    if (action.type !== 'add') return action
    const { from, quantity } = action
    return { ...action, marker: nameLine(false, `${formatLocalDate(from)}|${formatDecimal(quantity)}`) }
  })
}

/** What is planned when no more is known of the ends of new lines; where `ends` has grown it is to be made anew. */
function planOnce(task: Attempt): readonly CountDraft[] {
  const { openFrom, until, want, ends } = task
  const known = ends.size
  let lines: readonly Simulated[] = task.lines
    .filter(({ to }) => to === null || to > openFrom)
    .map((line) => ({ ...line, isNew: false }))
  const actions: CountDraft[] = []
  const days = daysOf([marks([openFrom, ...task.priceDays]), want, ...lines.map(edges)])
  for (const day of days.filter((on) => on >= openFrom && on < until)) {
    if (ends.size > known) break
    if (task.priceDays.includes(day)) {
      const priced = repriced(task, lines, day)
      lines = priced.lines
      actions.push(...priced.actions)
    }
    const difference = unitsOn(want, day) - countOn(lines, day)
    if (difference === 0n) continue
    const change =
      difference > 0n
        ? rise(task, lines, day, difference as Decimal)
        : decrease(task, lines, day, -difference as Decimal)
    lines = change.lines
    actions.push(...change.actions)
  }
  return actions
}

interface Change {
  readonly lines: readonly Simulated[]
  readonly actions: readonly CountDraft[]
}

/** One action, with what it does to the count. */
function changed(
  { openFrom }: LinesTask,
  before: readonly Simulated[],
  lines: readonly Simulated[],
  action: StepAction,
): Change {
  const count = { from: openFrom, before: lineUnits(before, openFrom), after: lineUnits(lines, openFrom) }
  return { lines, actions: [{ ...action, count }] }
}

function edges({ from, to }: PsaLine): UnitSteps {
  return marks(to === null ? [from] : [from, to])
}

/** Days to look at, whatever holds on them. */
function marks(days: readonly LocalDate[]): UnitSteps {
  return days.map((on) => ({ on, units: 0n as Decimal }))
}

function countOn(lines: readonly Simulated[], day: LocalDate): bigint {
  return lines.reduce((sum, line) => (isOn(line, day) ? sum + line.quantity : sum), 0n)
}

function isOn({ from, to }: PsaLine, day: LocalDate): boolean {
  return from <= day && (to === null || day < to)
}

/** No invoice will bill the line for a day before this one: setting its count changes nothing that is past. */
function isFree({ from }: PsaLine, day: LocalDate, openFrom: LocalDate): boolean {
  return day <= openFrom || from >= day
}

/** Running lines at another price than is wanted: set where no invoiced day is touched, else ended and added again. */
function repriced(task: Attempt, lines: readonly Simulated[], day: LocalDate): Change {
  const price = task.priceOn(day)
  let now = lines
  const actions: CountDraft[] = []
  for (const line of lines.filter((candidate) => isOn(candidate, day) && candidate.unitPrice !== price)) {
    const change = isFree(line, day, task.openFrom)
      ? priceSet(task, now, line, price)
      : lessOf(task, now, line, day, line.quantity)
    now = change.lines
    actions.push(...change.actions)
  }
  return { lines: now, actions }
}

function priceSet(task: LinesTask, lines: readonly Simulated[], line: Simulated, after: Decimal): Change {
  const action = { type: 'setPrice', lineId: line.id, before: line.unitPrice, after } as const
  return changed(task, lines, replaced(lines, line, { ...line, unitPrice: after }), action)
}

function rise(task: Attempt, lines: readonly Simulated[], day: LocalDate, by: Decimal): Change {
  const { slot, openFrom } = task
  const main =
    lines.find(({ id }) => id === slot.lineId) ?? lines.find(({ marker }) => readMarker(marker) !== undefined)
  const canSet = main !== undefined && !main.isNew && main.to === null && isOn(main, day)
  if (canSet && isFree(main, day, openFrom)) {
    const after = (main.quantity + by) as Decimal
    const action = { type: 'setQuantity', lineId: main.id, before: main.quantity, after } as const
    return changed(task, lines, replaced(lines, main, { ...main, quantity: after }), action)
  }
  return added(task, lines, day, by)
}

function added(task: Attempt, lines: readonly Simulated[], from: LocalDate, quantity: Decimal): Change {
  const unitPrice = task.priceOn(from)
  const to = task.ends.get(ordinalOf(lines)) ?? null
  const action = {
    type: 'add',
    marker: '',
    oneTime: false,
    quantity,
    unitPrice,
    from,
    to,
    lineWords: task.words,
  } as const
  const line: Simulated = {
    id: '',
    itemId: task.slot.itemId,
    quantity,
    unitPrice,
    from,
    to,
    marker: '',
    words: task.words,
    ownAmount: undefined,
    isNew: true,
  }
  return changed(task, lines, [...lines, line], action)
}

/** How many lines a plan has added before another one. */
function ordinalOf(lines: readonly Simulated[]): number {
  return lines.filter(({ isNew }) => isNew).length
}

function decrease(task: Attempt, lines: readonly Simulated[], day: LocalDate, by: Decimal): Change {
  let left = by
  let now = lines
  const actions: CountDraft[] = []
  for (const line of newestFirst(lines, task.slot).filter((candidate) => isOn(candidate, day))) {
    if (left === 0n) break
    const taken = line.quantity < left ? line.quantity : left
    const change = lessOf(task, now, line, day, taken)
    now = change.lines
    actions.push(...change.actions)
    left = (left - taken) as Decimal
  }
  return { lines: now, actions }
}

/** Ours before the one that was there when it was mapped; among them the newest first. */
function newestFirst(lines: readonly Simulated[], { lineId }: Slot): readonly Simulated[] {
  const isMapped = (line: Simulated) => (line.id === lineId ? 1 : 0)
  return lines.toSorted(
    (left, right) =>
      isMapped(left) - isMapped(right) || right.from - left.from || compareId(right.id, left.id),
  )
}

function lessOf(
  task: Attempt,
  lines: readonly Simulated[],
  line: Simulated,
  day: LocalDate,
  by: Decimal,
): Change {
  const { slot, openFrom } = task
  if (line.isNew) {
    assert(line.from < day, 'a line is not added and taken away on one day')
    task.ends.set(lines.filter(({ isNew }) => isNew).indexOf(line), day)
    return { lines, actions: [] }
  }
  const rest = (line.quantity - by) as Decimal
  const isMapped = line.id === slot.lineId
  if (rest > 0n && isMapped && isFree(line, day, openFrom)) {
    const action = { type: 'setQuantity', lineId: line.id, before: line.quantity, after: rest } as const
    return changed(task, lines, replaced(lines, line, { ...line, quantity: rest }), action)
  }
  const isUnbilled = line.from >= day
  const action: StepAction = isUnbilled
    ? { type: 'remove', lineId: line.id, quantity: line.quantity }
    : { type: 'end', lineId: line.id, before: line.to, after: day }
  const without = isUnbilled
    ? lines.filter((other) => other !== line)
    : replaced(lines, line, { ...line, to: day })
  const taken = changed(task, lines, without, action)
  if (rest === 0n) return taken
  const readded = added(task, without, day, rest)
  return { lines: readded.lines, actions: [...taken.actions, ...readded.actions] }
}

function replaced(lines: readonly Simulated[], line: Simulated, by: Simulated): readonly Simulated[] {
  return lines.map((other) => (other === line ? by : other))
}
