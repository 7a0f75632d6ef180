import { assert } from '../assert.js'
import type { LocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import type { Decimal } from '../money/decimal.js'
import { daysApart, differenceOf, opposite } from './apart.js'
import { coveredLines } from './covered.js'
import { adjustedDays, heldUnits } from './held.js'
import type { Intent } from './intent.js'
import { lineNamer, markerOf } from './marker.js'
import { monthPeriods } from './months.js'
import { moneyDrafts } from './plan.js'
import { planUnits } from './plan-units.js'
import { undueSeatPrice } from './prices.js'
import { isOnInvoice } from './settled.js'
import { allocate } from './target.js'
import type { Container, SettledCharge, SlotDue, Step, StepAction, UnitSteps } from './types.js'
import { afterChange, combineSteps, daysOf, sameSteps, stepsFrom, sumOfSpans, unitsOn } from './units.js'

/** A write that takes others back. */
export type Inverse = StepAction & Pick<Step, 'settles' | 'count'>

/** What takes back the writes of one slot, in the order of writing, and what cannot be taken back, with why. */
export interface SlotUndo {
  readonly backs: readonly { readonly intent: Intent; readonly back: Inverse }[]
  readonly left: readonly { readonly intent: Intent; readonly why: string }[]
}

export const EDITED = 'somebody changed it since'
export const INVOICED = 'it was invoiced; `sync` says what is to be corrected'

type NameLine = ReturnType<typeof lineNamer>

/**
 * Takes back adjustments and charges of one slot. The day of an adjustment takes no other (S12): the count goes back on
 * the next day that has none, and what it is billed with until then is credited.
 *
 * @param intents confirmed ones of the slot, the newest first.
 */
export function undoUnits(intents: readonly Intent[], container: Container, due: SlotDue): SlotUndo {
  const nameLine = lineNamer(
    due.slot.id,
    container.lines.flatMap(({ marker }) => marker ?? []),
  )
  const backs: SlotUndo['backs'][number][] = []
  const left: SlotUndo['left'][number][] = []
  const undone: Intent[] = []
  const have = heldUnits(container, due.slot, due.until)
  let wanted = have
  for (const intent of intents) {
    const { step } = intent
    if (step.type === 'add') {
      const back = chargeBack(step, container)
      if (typeof back === 'string') left.push({ intent, why: back })
      else backs.push({ intent, back })
      continue
    }
    assert(step.type === 'adjust', `${step.type} is no step of a PSA that counts units`)
    const why = keptWhy(step, container, wanted)
    if (why !== undefined) {
      left.push({ intent, why })
      continue
    }
    const span = { from: step.on, to: null, units: step.delta }
    wanted = combineSteps(wanted, sumOfSpans([span]), (units, added) => units - added)
    undone.push(intent)
  }
  const [newest] = undone
  if (newest === undefined) return { backs, left }
  const counted = countBack({ have, wanted }, container, due, nameLine)
  return { backs: [...backs, ...counted.map((back) => ({ intent: newest, back }))], left }
}

/** A charge is taken back by its opposite, while no invoice can have it. */
function chargeBack(step: Extract<Step, { type: 'add' }>, container: Container): Inverse | string {
  const isThere = (text: string) => container.lines.some((line) => line.marker === text)
  const marker = markerOf(step.slotId, true, `back|${step.marker}`)
  if (!isThere(step.marker)) return 'it is not there any more'
  if (isThere(marker)) return 'it was taken back already'
  if (isOnInvoice({ from: step.from, lockedTo: step.lockedTo }, container)) return INVOICED
  const { type, oneTime, quantity, unitPrice, from, to, lineWords } = step
  const content = { type, oneTime, quantity, unitPrice: -unitPrice as Decimal, from, to, lineWords }
  return { ...content, marker, settles: step.settles.map(opposite), count: undefined }
}

/** Why an adjustment stays; undefined: it can be taken back. @param now all counts, without what was taken back already. */
function keptWhy(
  { on, count }: Extract<Step, { type: 'adjust' }>,
  { lockedTo }: Container,
  now: UnitSteps,
): string | undefined {
  if (on < lockedTo) return 'its month is posted; `sync` says what is to be corrected'
  if (count === undefined) return EDITED
  const from = Math.max(count.from, lockedTo) as LocalDate
  return sameSteps(stepsFrom(now, from), stepsFrom(count.after, from)) ? undefined : EDITED
}

function countBack(
  counts: { readonly have: UnitSteps; readonly wanted: UnitSteps },
  container: Container,
  due: SlotDue,
  nameLine: NameLine,
): readonly Inverse[] {
  const { have } = counts
  const openFrom = Math.max(container.lockedTo, container.from) as LocalDate
  const want = counts.wanted
  const steps = planUnits({
    have,
    adjustedOn: adjustedDays(container, due.slot),
    want,
    openFrom,
    container,
    unitPrice: undefined,
  })
  const after = afterChange(have, steps.at(-1)?.count)
  const money = apartPeriods({ want, after }, openFrom, container).flatMap((period) => {
    const open = { from: Math.max(period.from, openFrom) as LocalDate, to: period.to }
    const days = daysApart(want, after, open)
    if (days === undefined) return []
    return moneyDrafts(due, container, differenceIn({ want, after }, period, due, container), days, nameLine)
  })
  return [...money, ...steps.map((step) => ({ ...step, settles: [] }))]
}

interface Counts {
  readonly want: UnitSteps
  readonly after: UnitSteps
}

/** Months up to the day from which on the counts are the same, or to the end of the container. */
function apartPeriods({ want, after }: Counts, from: LocalDate, container: Container): readonly Period[] {
  const last = daysOf([want, after]).at(-1) ?? from
  const isApart = unitsOn(want, last) !== unitsOn(after, last)
  return monthPeriods(container.anchorDay ?? 1, from, isApart ? (container.to ?? last) : last)
}

/** What a month is billed with by one count and not by the other, of each subscription. */
function differenceIn(
  { want, after }: Counts,
  period: Period,
  due: SlotDue,
  container: Container,
): readonly SettledCharge[] {
  const { slot, periods, currency } = due
  return slot.lineageIds.flatMap((lineageId) => {
    const known = periods.find((entry) => entry.lineageId === lineageId && entry.period.from === period.from)
    const entry = known ?? { lineageId, period, lines: [] }
    const price = undueSeatPrice(due, container, entry)
    const linesOf = (steps: UnitSteps) =>
      coveredLines(entry, allocate(due, steps, 'units').get(lineageId) ?? [], currency, 'units', price)
    return differenceOf(linesOf(want), linesOf(after))
  })
}
