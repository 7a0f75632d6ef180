import { assert, unreachable } from '../../core/assert.js'
import { type LocalDate, formatLocalDate, parseLocalDate } from '../../core/calendar/date.js'
import type { Period } from '../../core/calendar/period.js'
import { type Decimal, formatDecimal, parseDecimal } from '../../core/money/decimal.js'
import type {
  CatalogPrice,
  Container,
  CountChange,
  InPsa,
  OtherLine,
  PsaLine,
  PsaUnits,
  SettledCharge,
  Step,
  UnitSteps,
} from '../../core/sync/types.js'
import type { Cell } from './database.js'
import { type Parsed, type StepContent, parseContainer, parseSettled, parseStep } from './schema.js'
import { checkTexts, text } from './values.js'

// What PSAs hold and what is to be written there, as JSON: numbers and dates are text, what is undefined is null. Every
// field is named, so that nothing more than the type says is ever stored. Read again it is the same value (schema.ts).

/** @throws Problem `input` when a text cannot be stored; a number or date that could not be read back is a bug. */
export function writeContainer(container: Container): string {
  const {
    psa,
    id,
    name,
    companyId,
    currency,
    closed,
    from,
    to,
    anchorDay,
    lockedTo,
    lastInvoice,
    mode,
    lines,
    units,
    catalog,
  } = container
  const json = {
    psa,
    id,
    name,
    companyId,
    currency: currency ?? null,
    closed: closed ?? null,
    from: dateText(from),
    to: openDate(to),
    anchorDay: anchorDay ?? null,
    lockedTo: dateText(lockedTo),
    ...(lastInvoice === undefined ? {} : { lastInvoice }),
    mode,
    lines: lines.map(lineJson),
    units: units.map(unitsJson),
    ...(catalog === undefined ? {} : { catalog: catalog.map(catalogJson) }),
  }
  return storable(json, `reading of ${psa} ${id}`)
}

/** @param where what is read, for the failure: a reading that is not understood is a bug. */
export function readContainer(cell: Cell, where: string): Container {
  return understood(parseContainer(JSON.parse(text(cell))), where)
}

export function writeSettled(lines: readonly SettledCharge[], where: string): string {
  return storable(lines.map(settledJson), where)
}

export function readSettled(cell: Cell, where: string): readonly SettledCharge[] {
  return understood(parseSettled(JSON.parse(text(cell))), where)
}

/** All of a step but its key and its place, which stand in columns. */
export function writeStep(step: Step): string {
  const { itemId, product, settles, lockedTo, beside, undoes, count } = step
  const part = {
    itemId,
    product,
    settles: settles.map(settledJson),
    ...(lockedTo === undefined ? {} : { lockedTo: dateText(lockedTo) }),
    ...(beside === undefined ? {} : { beside: beside.map(otherJson) }),
    ...(undoes === undefined ? {} : { undoes }),
    count: countJson(count),
  }
  return storable({ ...part, ...actionJson(step) }, `step ${step.key}`)
}

export function readStep(cell: Cell, where: string): StepContent {
  return understood(parseStep(JSON.parse(text(cell))), where)
}

function understood<T>(parsed: Parsed<T>, where: string): T {
  assert('value' in parsed, `stored ${where} cannot be read: ${'fault' in parsed ? parsed.fault : ''}`)
  return parsed.value
}

function storable(json: object, where: string): string {
  checkTexts(json, where)
  return JSON.stringify(json)
}

function otherJson({ id, quantity, unitPrice, from, to }: OtherLine) {
  const numbers = { quantity: decimalText(quantity), unitPrice: decimalText(unitPrice) }
  return { id, ...numbers, from: dateText(from), to: openDate(to) }
}

function lineJson(line: PsaLine) {
  const { itemId, marker, words, ownAmount } = line
  return {
    ...otherJson(line),
    itemId,
    marker: marker ?? null,
    words,
    ownAmount: ownAmount?.toString() ?? null,
  }
}

function unitsJson({ itemId, steps, adjustedOn, unitPrice }: PsaUnits) {
  return {
    itemId,
    steps: stepsJson(steps),
    ...(adjustedOn === undefined ? {} : { adjustedOn: adjustedOn.map(dateText) }),
    unitPrice: unitPrice === undefined ? null : decimalText(unitPrice),
  }
}

function catalogJson({ itemId, unitPrice, isThere }: CatalogPrice) {
  return { itemId, unitPrice: unitPrice === undefined ? null : decimalText(unitPrice), isThere }
}

function stepsJson(steps: UnitSteps) {
  return steps.map(({ on, units }) => ({ on: dateText(on), units: decimalText(units) }))
}

function countJson(count: CountChange | undefined) {
  if (count === undefined) return null
  const { from, before, after } = count
  return { from: dateText(from), before: stepsJson(before), after: stepsJson(after) }
}

function settledJson(line: SettledCharge) {
  const { kind, period, from, to, billOn, quantity, unitPrice, amount, lineageId, inPsa } = line
  return {
    kind,
    period: periodJson(period),
    from: dateText(from),
    to: dateText(to),
    billOn: dateText(billOn),
    quantity: decimalText(quantity),
    unitPrice: decimalText(unitPrice),
    amount: amount.toString(),
    lineageId,
    ...(inPsa === undefined ? {} : { inPsa: inPsaJson(inPsa) }),
  }
}

function inPsaJson({ unitPrice, amount }: InPsa) {
  return { unitPrice: decimalText(unitPrice), amount: amount.toString() }
}

function periodJson({ from, to }: Period) {
  return { from: dateText(from), to: dateText(to) }
}

function actionJson(step: Step): object {
  const { type } = step
  switch (type) {
    case 'add': {
      const { marker, oneTime, quantity, unitPrice, from, to, lineWords } = step
      const numbers = { quantity: decimalText(quantity), unitPrice: decimalText(unitPrice) }
      return { type, marker, oneTime, ...numbers, from: dateText(from), to: openDate(to), lineWords }
    }
    case 'setQuantity':
    case 'setPrice':
      return {
        type,
        lineId: step.lineId,
        before: decimalText(step.before),
        after: decimalText(step.after),
      }
    case 'end':
      return { type, lineId: step.lineId, before: openDate(step.before), after: openDate(step.after) }
    case 'remove':
      return { type, lineId: step.lineId, quantity: decimalText(step.quantity) }
    case 'adjust': {
      const { on, delta, unitPrice } = step
      const price = unitPrice === undefined ? null : decimalText(unitPrice)
      return { type, on: dateText(on), delta: decimalText(delta), unitPrice: price }
    }
    default:
      return unreachable(type, 'actionJson')
  }
}

function decimalText(value: Decimal): string {
  const written = formatDecimal(value)
  assert(parseDecimal(written) === value, `number ${written} could not be read back`)
  return written
}

function dateText(value: LocalDate): string {
  const written = formatLocalDate(value)
  assert(parseLocalDate(written) === value, `date ${written} could not be read back`)
  return written
}

function openDate(value: LocalDate | null): string | null {
  return value === null ? null : dateText(value)
}
