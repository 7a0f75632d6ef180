import { assert, AssertionFailed } from '../../core/assert.js'
import { formatLocalDate, type LocalDate } from '../../core/calendar/date.js'
import { AUTOTASK_NAME_LENGTH, AUTOTASK_TEXT_LENGTH, AUTOTASK_UNIT_CHANGE } from '../../core/limits.js'
import { DECIMAL_ONE, type Decimal, formatDecimal } from '../../core/money/decimal.js'
import type { WriteOutcome } from '../../core/psa-ports.js'
import type { Step } from '../../core/sync/types.js'
import type { Api } from './api.js'
import { chosen, type Picklists } from './picklists.js'
import { SYSTEM } from './reading.js'
import { chargeWords, noteText } from './translate.js'

type Refused = Extract<WriteOutcome, { type: 'refused' }>

/**
 * Sends one step, once. What Autotask could not hold exactly is refused before anything is sent.
 *
 * @param chargePicklists asked for only where a charge is made.
 * @throws Problem only before anything is sent.
 */
export async function sendStep(
  api: Api,
  step: Step,
  chargePicklists: () => Promise<Picklists>,
): Promise<WriteOutcome> {
  switch (step.type) {
    case 'adjust':
      return await sendAdjustment(api, step)
    case 'add':
      return await sendCharge(api, step, chargePicklists)
    case 'setQuantity':
    case 'setPrice':
    case 'end':
    case 'remove':
      throw new AssertionFailed(`${step.type} is no step of a PSA that counts units`)
  }
}

/** The last day excluded. */
interface ServedDays {
  readonly from: LocalDate
  readonly to: LocalDate
}

async function sendAdjustment(api: Api, step: Extract<Step, { type: 'adjust' }>): Promise<WriteOutcome> {
  const { delta, unitPrice } = step
  const [contractID, serviceID] = [idNumber(step.containerId), idNumber(step.itemId)]
  if (contractID === undefined || serviceID === undefined) return refused('its ids are whole numbers')
  const size = delta < 0n ? -delta : delta
  if (delta === 0n || delta % DECIMAL_ONE !== 0n || size > AUTOTASK_UNIT_CHANGE * DECIMAL_ONE) {
    return refused(`it counts whole units, and ${formatDecimal(delta)} is no such change`)
  }
  const price = unitPrice === undefined ? undefined : exactNumber(unitPrice)
  if (unitPrice !== undefined && price === undefined) return tooFine(unitPrice)
  return await api.post('ContractServiceAdjustments', ['ContractServiceAdjustments'], {
    contractID,
    serviceID,
    unitChange: Number(delta / DECIMAL_ONE),
    effectiveDate: midnight(step.on),
    ...(price === undefined ? {} : { adjustedUnitPrice: price }),
  })
}

async function sendCharge(
  api: Api,
  step: Extract<Step, { type: 'add' }>,
  chargePicklists: () => Promise<Picklists>,
): Promise<WriteOutcome> {
  const { oneTime, from, to, quantity, unitPrice, marker } = step
  assert(oneTime && to !== null, 'what goes on is a count of units, not a line')
  assert(quantity > 0n, 'a credit has a negative price, not a negative count')
  const contractID = idNumber(step.containerId)
  if (contractID === undefined) return refused('its ids are whole numbers')
  const [unitQuantity, price] = [exactNumber(quantity), exactNumber(unitPrice)]
  if (unitQuantity === undefined) return tooFine(quantity)
  if (price === undefined) return tooFine(unitPrice)
  const picklists = await chargePicklists()
  const type = chosen(picklists, 'chargeType', /^operational$/i)
  if (type === undefined) return refused('it offers no type of charge that could be used')
  // A licence is delivered when it is billed; charges that wait for goods are not billed everywhere.
  const status = chosen(picklists, 'status', /^delivered/i)
  return await api.post('ContractCharges', ['Contracts', step.containerId, 'Charges'], {
    contractID,
    name: cut(step.product, AUTOTASK_NAME_LENGTH),
    description: cut(chargeWords(step.lineWords, servedDays(step)), AUTOTASK_TEXT_LENGTH),
    notes: noteText(marker, from, to),
    chargeType: Number(type.value),
    ...(status === undefined ? {} : { status: Number(status.value) }),
    datePurchased: midnight(from),
    unitQuantity,
    unitPrice: price,
    isBillableToCompany: true,
  })
}

/** The days a charge pays for: its own, or of a posted month, in which it cannot be billed, those of what it settles. */
function servedDays({ settles, from, to }: Extract<Step, { type: 'add' }>): ServedDays {
  const [first, ...others] = settles
  const isOwn = settles.every(({ period }) => period.from <= from && from < period.to)
  if (first === undefined || isOwn) return { from, to: to ?? from }
  return others.reduce<ServedDays>(
    (days, line) => ({
      from: line.from < days.from ? line.from : days.from,
      to: line.to > days.to ? line.to : days.to,
    }),
    first,
  )
}

/** Autotask cuts the time off and reckons with no zone. */
function midnight(day: LocalDate): string {
  return `${formatLocalDate(day)}T00:00:00.000Z`
}

/** Ids of Autotask are whole numbers; they go into addresses and bodies. */
export function idNumber(id: string): number | undefined {
  return /^\d{1,15}$/.test(id) ? Number(id) : undefined
}

/** A JSON number keeps fifteen digits of a decimal exactly; undefined: it has more. */
function exactNumber(value: Decimal): number | undefined {
  const text = formatDecimal(value)
  return text.replace(/\D/g, '').length > 15 ? undefined : Number(text)
}

function tooFine(value: Decimal): Refused {
  return refused(`${formatDecimal(value)} has more digits than its numbers keep`)
}

function refused(why: string): Refused {
  return { type: 'refused', why: `Nothing was sent to ${SYSTEM}: ${why}` }
}

function cut(text: string, length: number): string {
  const points = [...text]
  return points.length > length ? `${points.slice(0, length - 1).join('')}…` : text
}
