import { assert } from '../../core/assert.js'
import { addDays, formatLocalDate, type LocalDate } from '../../core/calendar/date.js'
import { type Decimal, decimalFromUnits, formatDecimal } from '../../core/money/decimal.js'
import type { WriteOutcome } from '../../core/psa-ports.js'
import { Problem } from '../../core/problem.js'
import { MARKER_CHARACTERS } from '../../core/sync/marker.js'
import type { Step, StepAction } from '../../core/sync/types.js'
import type { HttpRequest, Sent } from '../http/client.js'
import type { ConnectWiseApi } from './api.js'
import { CONNECTWISE_DESCRIPTION_CHARACTERS, CONNECTWISE_LATER_MILLISECONDS } from '../../core/limits.js'
import { read, SYSTEM } from './reading.js'
import { refusedWords } from './refusals.js'
import { parseAddition, readDecimal } from './schema.js'

/** Ids are whole numbers from 1; as text everywhere else here. */
const ID = /^[1-9]\d{0,9}$/

interface WriteRequest extends Pick<HttpRequest, 'method' | 'json'> {
  readonly path: readonly string[]
}

/** One step as one request; never repeated, and never with a count below zero. */
export async function writeStep(api: ConnectWiseApi, step: Step): Promise<WriteOutcome> {
  assert(step.psa === 'connectwise', 'a step goes to the PSA it was planned for')
  assert(step.type !== 'adjust', 'ConnectWise has lines, not counts that are adjusted')
  const ids = [step.containerId, step.itemId, ...('lineId' in step ? [step.lineId] : [])]
  const wrong = ids.find((id) => !ID.test(id))
  if (wrong !== undefined) return refused(`ConnectWise has no record with the id ${JSON.stringify(wrong)}`)
  try {
    const request = await requestOf(api, step)
    if ('type' in request) return request
    return outcomeOf(await api.send(request), api.secrets)
  } catch (error) {
    // Only preparing a write throws: nothing was sent.
    if (!(error instanceof Problem)) throw error
    if (error.kind !== 'unavailable') return refused(error.what)
    return { type: 'later', why: error.what, waitMilliseconds: CONNECTWISE_LATER_MILLISECONDS }
  }
}

/** The request of a step, or why there is none to send. */
async function requestOf(
  api: ConnectWiseApi,
  step: Exclude<Step, { type: 'adjust' }>,
): Promise<WriteRequest | WriteOutcome> {
  const additions = ['finance', 'agreements', step.containerId, 'additions']
  switch (step.type) {
    case 'add':
      return addRequest(additions, step)
    case 'setQuantity':
      return await quantityRequest(api, additions, step)
    case 'setPrice':
      return numberRequest([...additions, step.lineId], 'unitPrice', step.after)
    case 'end':
      return endRequest([...additions, step.lineId], step.after)
    case 'remove':
      return { method: 'DELETE', path: [...additions, step.lineId] }
  }
}

/** The last billed day; without one the date is taken away, and the line goes on. */
function endRequest(path: readonly string[], after: LocalDate | null): WriteRequest {
  if (after === null) return { method: 'PATCH', path, json: [{ op: 'remove', path: 'cancelledDate' }] }
  return patch(path, 'cancelledDate', instant(addDays(after, -1)))
}

type Action<Type extends StepAction['type']> = Extract<Step, { type: Type }>

function addRequest(path: readonly string[], step: Action<'add'>): WriteRequest | WriteOutcome {
  const { itemId, quantity, unitPrice, from, to, marker, lineWords } = step
  assert(marker.length <= MARKER_CHARACTERS, 'a marker fits into a serial number')
  const [count, price] = [numberOf(quantity), numberOf(unitPrice)]
  if (quantity < 0n) return negative(quantity)
  if (count === undefined) return tooExact(quantity)
  if (price === undefined) return tooExact(unitPrice)
  const json = {
    product: { id: Number(itemId) },
    quantity: count,
    unitPrice: price,
    billCustomer: 'Billable',
    effectiveDate: instant(from),
    ...(to === null ? {} : { cancelledDate: instant(addDays(to, -1)) }),
    serialNumber: marker,
    invoiceDescription: fitting(lineWords),
  }
  return { method: 'POST', path, json }
}

/**
 * A line bills `quantity` less what is included, and our counts are what it bills: what is included is looked up, so
 * that it stays. A line that is not as the step was planned from is not touched.
 */
async function quantityRequest(
  api: ConnectWiseApi,
  additions: readonly string[],
  { containerId, lineId, before, after }: Action<'setQuantity'>,
): Promise<WriteRequest | WriteOutcome> {
  if (after < 0n) return negative(after)
  const path = [...additions, lineId]
  const subject = `addition ${lineId} of agreement ${containerId}`
  const { body, where } = await api.get({ path, subject })
  const { quantity, lessIncluded } = read(parseAddition, body, api.reading(subject, where))
  const now = quantity - lessIncluded
  if (now === after) return { type: 'accepted' }
  if (now !== before) return refused('somebody changed the line since it was shown')
  return numberRequest(path, 'quantity', decimalFromUnits(after + lessIncluded))
}

function numberRequest(path: readonly string[], field: string, value: Decimal): WriteRequest | WriteOutcome {
  const number = numberOf(value)
  return number === undefined ? tooExact(value) : patch(path, field, number)
}

/** Always an array of operations: a single one, and PUT, would be refused or lose what is not sent. */
function patch(path: readonly string[], field: string, value: number | string): WriteRequest {
  return { method: 'PATCH', path, json: [{ op: 'replace', path: field, value }] }
}

/** The JSON number that reads back as exactly this decimal; undefined: there is none. */
function numberOf(value: Decimal): number | undefined {
  const number = Number(formatDecimal(value))
  return readDecimal(number) === value ? number : undefined
}

function instant(date: LocalDate): string {
  return `${formatLocalDate(date)}T00:00:00Z`
}

function fitting(words: string): string {
  if (words.length <= CONNECTWISE_DESCRIPTION_CHARACTERS) return words
  // A cut must not leave half of a character behind.
  return `${words.slice(0, CONNECTWISE_DESCRIPTION_CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

function negative(count: Decimal): WriteOutcome {
  return refused(`a line of ${formatDecimal(count)} would be below zero, which is never written`)
}

function tooExact(value: Decimal): WriteOutcome {
  return refused(`ConnectWise cannot hold ${formatDecimal(value)} exactly: it has too many digits`)
}

function refused(why: string): WriteOutcome {
  return { type: 'refused', why }
}

function outcomeOf(sent: Sent, secrets: readonly string[]): WriteOutcome {
  switch (sent.type) {
    case 'answered':
      return { type: 'accepted' }
    case 'refused':
      return refused(refusedWords(sent.answer, secrets))
    case 'later':
      return { type: 'later', why: `${SYSTEM} ${sent.what}`, waitMilliseconds: sent.waitMilliseconds }
    case 'unknown':
      return { type: 'unknown', why: `${SYSTEM} ${sent.what}` }
  }
}
