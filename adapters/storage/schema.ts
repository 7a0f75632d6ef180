import { z } from 'zod'
import { type LocalDate, parseLocalDate } from '../../core/calendar/date.js'
import { type Decimal, parseDecimal } from '../../core/money/decimal.js'
import type { SomeSettings } from '../../core/settings/types.js'
import type { Container, SettledCharge, Step, StepAction } from '../../core/sync/types.js'

const date = z.string().transform((value, context): LocalDate => {
  const day = parseLocalDate(value)
  if (day === undefined) context.addIssue('no date')
  return day ?? z.NEVER
})

/** A day of a month, or none. */
const dayOfMonth = z.int().min(1).max(31).nullable()

/**
 * Settings as they were recorded, apart from what the product says about them: words may change, what is stored may not.
 * One left out is not said there, null is none. Unlike elsewhere a name that is not known is refused: a rule that is
 * passed over changes what is billed.
 */
const SETTINGS = z
  .strictObject({
    cycle: z.enum(['calendar', 'anniversary']),
    anchorDay: dayOfMonth,
    firstPeriod: z.enum(['prorate', 'full']),
    lastPeriod: z.enum(['full', 'prorate']),
    increases: z.enum(['prorate', 'full', 'nextPeriod']),
    decreases: z.enum(['nextPeriod', 'credit']),
    suspended: z.enum(['bill', 'pause']),
    priceChange: z.enum(['nextPeriod', 'immediate']),
    timing: z.enum(['advance', 'arrears']),
    dayCount: z.enum(['actual', 'actualOver30', 'thirty', 'calendarMonths', 'baseMonth']),
    baseMonth: date.nullable(),
    durationDecimals: z.union([z.literal('exact'), z.int().min(2).max(12)]),
    roundAt: z.enum(['line', 'unit']),
    roundMode: z.enum(['halfAway', 'down']),
    boundPercent: z.int().min(0),
    invoiceDay: dayOfMonth,
  })
  .partial()

/**
 * Reads recorded settings, parsed from JSON in which dates are texts. `fault`: the one that is not understood with its
 * value, `roundAt = "seat"`.
 */
export function parseSettings(
  stored: unknown,
): { readonly settings: SomeSettings } | { readonly fault: string } {
  const parsed = SETTINGS.safeParse(stored)
  if (parsed.success) {
    const said = Object.entries(parsed.data).map(([name, value]) => [name, value ?? undefined] as const)
    return { settings: Object.fromEntries(said) }
  }
  const [issue] = parsed.error.issues
  const name = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0]
  const rules: Readonly<Record<string, unknown>> = { ...(stored as object) }
  return { fault: `${String(name)} = ${JSON.stringify(rules[String(name)])}` }
}

const decimal = z.string().transform((value, context): Decimal => {
  const number = parseDecimal(value)
  if (number === undefined) context.addIssue('no number')
  return number ?? z.NEVER
})

/** Minor units: as many digits as the database's own column of amounts takes. */
const minor = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform((digits) => BigInt(digits))

const period = z.strictObject({ from: date, to: date })

/** JSON knows no undefined: what may be undefined is stored as null. Nothing of ours may be both. */
function unset<T extends z.ZodType>(type: T) {
  return type.nullable().transform((value) => value ?? undefined)
}

const SETTLED = z.strictObject({
  kind: z.enum(['recurring', 'prorated', 'credit', 'correction', 'usage', 'oneTime']),
  period,
  from: date,
  to: date,
  billOn: date,
  quantity: decimal,
  unitPrice: decimal,
  amount: minor,
  lineageId: z.string(),
  inPsa: z.strictObject({ unitPrice: decimal, amount: minor }).exactOptional(),
})

const UNIT_STEPS = z.array(z.strictObject({ on: date, units: decimal }))

const OTHER_LINE = {
  id: z.string(),
  quantity: decimal,
  unitPrice: decimal,
  from: date,
  to: date.nullable(),
}

const CONTAINER = z.strictObject({
  psa: z.enum(['connectwise', 'autotask']),
  id: z.string(),
  name: z.string(),
  companyId: z.string(),
  currency: unset(z.string()),
  closed: unset(z.string()),
  from: date,
  to: date.nullable(),
  anchorDay: unset(z.int().min(1).max(31)),
  lockedTo: date,
  lastInvoice: z.string().exactOptional(),
  mode: z.enum(['datedLines', 'wholeLines', 'units']),
  lines: z.array(
    z.strictObject({
      ...OTHER_LINE,
      itemId: z.string(),
      marker: unset(z.string()),
      words: z.string(),
      ownAmount: unset(minor),
    }),
  ),
  units: z.array(
    z.strictObject({
      itemId: z.string(),
      steps: UNIT_STEPS,
      adjustedOn: z.array(date).exactOptional(),
      unitPrice: unset(decimal),
    }),
  ),
  catalog: z
    .array(z.strictObject({ itemId: z.string(), unitPrice: unset(decimal), isThere: z.boolean() }))
    .exactOptional(),
})

/** What a step says beyond where it stands: the place is in columns. */
const STEP_PART = {
  itemId: z.string(),
  product: z.string(),
  settles: z.array(SETTLED),
  lockedTo: date.exactOptional(),
  beside: z.array(z.strictObject(OTHER_LINE)).exactOptional(),
  undoes: z.string().exactOptional(),
  count: unset(z.strictObject({ from: date, before: UNIT_STEPS, after: UNIT_STEPS })),
}

const STEP = z.discriminatedUnion('type', [
  z.strictObject({
    ...STEP_PART,
    type: z.literal('add'),
    marker: z.string(),
    oneTime: z.boolean(),
    quantity: decimal,
    unitPrice: decimal,
    from: date,
    to: date.nullable(),
    lineWords: z.string(),
  }),
  z.strictObject({
    ...STEP_PART,
    type: z.enum(['setQuantity', 'setPrice']),
    lineId: z.string(),
    before: decimal,
    after: decimal,
  }),
  z.strictObject({
    ...STEP_PART,
    type: z.literal('end'),
    lineId: z.string(),
    before: date.nullable(),
    after: date.nullable(),
  }),
  z.strictObject({ ...STEP_PART, type: z.literal('remove'), lineId: z.string(), quantity: decimal }),
  z.strictObject({
    ...STEP_PART,
    type: z.literal('adjust'),
    on: date,
    delta: decimal,
    unitPrice: unset(decimal),
  }),
])

/** A step without what stands in columns of its own. */
export type StepContent = StepAction &
  Pick<Step, 'itemId' | 'product' | 'settles' | 'lockedTo' | 'beside' | 'undoes' | 'count'>

/** A value read exactly, or the first thing in it that is not understood: `lines.0.quantity = "x"`. */
export type Parsed<T> = { readonly value: T } | { readonly fault: string }

export function parseContainer(stored: unknown): Parsed<Container> {
  return exactly(CONTAINER, stored)
}

export function parseSettled(stored: unknown): Parsed<readonly SettledCharge[]> {
  return exactly(z.array(SETTLED), stored)
}

/** By lineage, the first day that PSAs did not hold when an override was recorded. */
export function parseHeld(stored: unknown): Parsed<ReadonlyMap<string, LocalDate>> {
  const read = exactly(z.record(z.string(), date), stored)
  return 'value' in read ? { value: new Map(Object.entries(read.value)) } : read
}

export function parseStep(stored: unknown): Parsed<StepContent> {
  return exactly(STEP, stored)
}

function exactly<T>(type: z.ZodType<T>, stored: unknown): Parsed<T> {
  const result = type.safeParse(stored)
  if (result.success) return { value: result.data }
  const [issue] = result.error.issues
  const path = [
    ...(issue?.path ?? []),
    ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []),
  ]
  let found = stored
  for (const name of path) found = (found as Readonly<Record<PropertyKey, unknown>> | null)?.[name]
  return { fault: `${path.join('.')} = ${JSON.stringify(found)}` }
}
