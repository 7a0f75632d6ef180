import { z } from 'zod'
import { type LocalDate, parseLocalDate } from '../../core/calendar/date.js'
import { isTimeZone } from '../../core/calendar/zone.js'
import { BILLING_PERIOD_YEARS, CALCULATOR_EVENTS, SEATS, UNIT_PRICE } from '../../core/limits.js'
import { isCurrency } from '../../core/money/currency.js'
import { DECIMAL_ONE, DECIMAL_PLACES, type Decimal, decimalFromUnits } from '../../core/money/decimal.js'
import { type Fault, nearest, type Reading, shown } from './calculator/fault.js'

/** What a field accepts: the value read, or the end of a sentence that begins with the value given. */
type Read<T> = (value: unknown) => { readonly value: T } | { readonly why: string }

/** A field with a sentence of ours for each way to get it wrong. `wanted` completes "Give …". */
function field<T>(wanted: string, read: Read<T>) {
  return z.unknown().transform((value, context): T => {
    const reading = value === undefined ? undefined : read(value)
    if (reading !== undefined && 'value' in reading) return reading.value
    const wrong = reading === undefined ? 'It is missing' : `${shown(value)} ${reading.why}`
    context.issues.push({ code: 'custom', message: `${wrong}. Give ${wanted}.`, input: value })
    return z.NEVER
  })
}

/** An object that refuses names it does not know, each with the nearest one it does. */
function strict<S extends z.core.$ZodLooseShape>(wanted: string, shape: S) {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => unknownField(key, known)).join('\n')
      return wrongShape(issue.input, 'an object', wanted)
    },
  })
}

function wrongShape(given: unknown, shape: string, wanted: string): string {
  return `${given === undefined ? 'It is missing' : `${shown(given)} is not ${shape}`}. Give ${wanted}.`
}

function unknownField(name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  if (meant !== undefined) return `There is no field ${shown(name)}. Did you mean "${meant}"?`
  return `There is no field ${shown(name)}. Remove it; known here: ${known.join(', ')}.`
}

function listOf<T extends z.core.SomeType>(item: T, wanted: string) {
  return z
    .array(item, { error: (issue) => wrongShape(issue.input, 'a list', wanted) })
    .max(CALCULATOR_EVENTS, {
      error: `It has more than ${CALCULATOR_EVENTS} entries. Give fewer, or divide the input into several.`,
    })
}

function choice<const V extends string>(...values: readonly V[]) {
  return field<V>(`one of ${values.map((value) => `"${value}"`).join(', ')}`, (value) => {
    const match = values.find((known) => known === value)
    if (match !== undefined) return { value: match }
    const meant = typeof value === 'string' ? nearest(value, values) : undefined
    return { why: meant === undefined ? 'is not known here' : `is not known here (did you mean "${meant}"?)` }
  })
}

function wholeNumber(wanted: string, minimum: number, maximum: number) {
  return field<number>(wanted, (value) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return { why: 'is not a whole number' }
    if (value < minimum) return { why: `is below ${minimum}` }
    return value > maximum ? { why: `is above ${maximum}` } : { value }
  })
}

const DATE_SHAPE = /^\d{4}-\d{2}-\d{2}$/

function date(wanted = 'a day such as "2026-03-11"') {
  return field<LocalDate>(wanted, (value) => {
    if (typeof value !== 'string' || !DATE_SHAPE.test(value)) return { why: 'is not a date' }
    const read = parseLocalDate(value)
    return read === undefined ? { why: 'is no day of the calendar from 1900 to 2199' } : { value: read }
  })
}

const month = field<LocalDate>('a month such as "2026-01"', (value) => {
  const read = typeof value === 'string' ? parseLocalDate(`${value}-01`) : undefined
  return read === undefined ? { why: 'is not a month' } : { value: read }
})

const INSTANT =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

const instant = field<Date>('a moment with its offset, such as "2026-03-11T02:00Z"', (value) => {
  const day = typeof value === 'string' ? INSTANT.exec(value)?.[1] : undefined
  if (typeof value !== 'string' || day === undefined) return { why: 'is not a moment with an offset' }
  if (parseLocalDate(day) === undefined) return { why: 'is no day of the calendar from 1900 to 2199' }
  return { value: new Date(value) }
})

/** Digits before the point that are read at all: sums over the largest inputs have fewer. */
const NUMBER = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?$/

/** Reads "22.00" or 22 exactly. A JSON number with places is already inexact when it reaches us, so it is refused. */
function readDecimal(value: unknown): { readonly value: Decimal } | { readonly why: string } {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    return { why: 'is a JSON number that may have lost digits; write it as text, in quotes' }
  }
  if (typeof value !== 'number' && typeof value !== 'string') return { why: 'is not a number' }
  const match = NUMBER.exec(String(value))
  if (match === null) return { why: 'is not a number' }
  const [, sign, whole = '0', places = ''] = match
  const kept = places.replace(/0+$/, '')
  if (kept.length > DECIMAL_PLACES) return { why: `has more than ${DECIMAL_PLACES} places` }
  const units = BigInt(whole) * DECIMAL_ONE + BigInt(kept.padEnd(DECIMAL_PLACES, '0'))
  return { value: decimalFromUnits(sign === '-' ? -units : units) }
}

/** A decimal from 0 to `maximum` whole units. */
function decimalUpTo(wanted: string, maximum: bigint) {
  return field<Decimal>(wanted, (value) => {
    const reading = readDecimal(value)
    if ('why' in reading) return reading
    if (reading.value < 0n) return { why: 'is below zero' }
    return reading.value > maximum * DECIMAL_ONE ? { why: `is above the limit of ${maximum}` } : reading
  })
}

const signedDecimal = field<Decimal>('a number as text, such as "-74.52"', readDecimal)
/** Fields of an output line that settling does not compare: taken along, never read. */
const notRead = z.unknown().optional()

const currency = field<string>('an ISO 4217 code in capitals, such as "USD"', (value) =>
  typeof value === 'string' && isCurrency(value) ? { value } : { why: 'is not a currency we know' },
)

const timeZone = field<string>('an IANA time zone, such as "America/New_York"', (value) =>
  typeof value === 'string' && isTimeZone(value) ? { value } : { why: 'is not a time zone we know' },
)

const durationDecimals = field<number | 'exact'>('a whole number from 2 to 12, or "exact"', (value) => {
  if (value === 'exact') return { value }
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= 2 && value <= 12
  return fits ? { value } : { why: 'is not a number of decimals we can keep' }
})

const policy = strict('an object with the policies that are not at their default', {
  cycle: choice('calendar', 'anniversary').optional(),
  anchorDay: wholeNumber('a day of the month, from 1 to 31', 1, 31).optional(),
  firstPeriod: choice('prorate', 'full').optional(),
  lastPeriod: choice('full', 'prorate').optional(),
  increases: choice('prorate', 'full', 'nextPeriod').optional(),
  decreases: choice('nextPeriod', 'credit').optional(),
  suspended: choice('bill', 'pause').optional(),
  priceChange: choice('nextPeriod', 'immediate').optional(),
  timing: choice('advance', 'arrears').optional(),
  dayCount: choice('actual', 'actualOver30', 'thirty', 'calendarMonths', 'baseMonth').optional(),
  baseMonth: month.optional(),
  durationDecimals: durationDecimals.optional(),
  roundAt: choice('line', 'unit').optional(),
  roundMode: choice('halfAway', 'down').optional(),
})

const billingPeriod = strict('an object such as {"type": "month", "duration": 1}', {
  type: choice('day', 'month', 'year'),
  duration: wholeNumber('a whole number of days, months or years, such as 1', 1, 366 * BILLING_PERIOD_YEARS),
})

const event = strict('an object such as {"on": "2026-03-11", "quantity": "25"}', {
  on: date().optional(),
  instant: instant.optional(),
  type: choice('quantity', 'price', 'suspend', 'resume', 'cancel', 'oneTime').optional(),
  quantity: decimalUpTo('a count of seats as text, such as "25"', SEATS).optional(),
  unitPrice: decimalUpTo('the price of one seat as text, such as "22.00"', UNIT_PRICE).optional(),
  observedOn: date().optional(),
  amount: signedDecimal.optional(),
})

const subscription = strict('an object with billingPeriod, start and events', {
  billingPeriod,
  start: date('the first day of service, such as "2026-03-01"'),
  end: date('the first day without service, or null while it runs').nullable().optional(),
  term: strict('an object with to, and from where it is not the start', {
    from: date().optional(),
    to: date(),
  })
    .nullable()
    .optional(),
  trialEnd: date('the first day that is not free').nullable().optional(),
  events: listOf(event, 'a list of events, the first with quantity and unitPrice'),
})

const period = strict('an object with from and to', { from: date(), to: date() })

const billedLine = strict('a line as an earlier output shows it', {
  kind: choice('recurring', 'prorated', 'credit', 'correction', 'usage', 'oneTime').optional(),
  period,
  from: date(),
  to: date(),
  billOn: date().optional(),
  quantity: signedDecimal,
  unitPrice: signedDecimal,
  amount: signedDecimal,
  days: notRead,
  daysInPeriod: notRead,
  fraction: notRead,
  unitAmount: notRead,
  priceRule: notRead,
  explanation: notRead,
})

const calculatorInput = strict('an object with currency, subscription, from and to', {
  currency,
  policy: policy.optional(),
  timeZone: timeZone.optional(),
  subscription,
  from: date('the first day on which a selected period may start'),
  to: date('the day after the last on which a selected period may start'),
  asOf: date().nullable().optional(),
  ends: choice('inclusive', 'exclusive').optional(),
  billed: listOf(billedLine, 'a list of lines of an earlier output').optional(),
})

/** One input as it was written, each field on its own right; how fields fit together is not checked yet. */
export type WrittenInput = z.infer<typeof calculatorInput>
export type WrittenEvent = z.infer<typeof event>
export type WrittenBilledLine = z.infer<typeof billedLine>

/** Reads one parsed JSON value as calculator input, or says every field that is wrong. Never throws. */
export function readWrittenInput(value: unknown): Reading<WrittenInput> {
  const result = calculatorInput.safeParse(value)
  if (result.success) return { value: result.data }
  return { faults: result.error.issues.flatMap(issueFaults) }
}

function issueFaults(issue: z.core.$ZodIssue): readonly Fault[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
  if (issue.code !== 'unrecognized_keys') return [{ path, sentence: issue.message }]
  const sentences = issue.message.split('\n')
  return issue.keys.map((key, index) => ({
    path: [...path, key],
    sentence: sentences[index] ?? issue.message,
  }))
}
