import { z } from 'zod'
import { type LocalDate, parseLocalDate } from '../../core/calendar/date.js'
import { DEFAULT_POLICY, type Policy } from '../../core/charges/types.js'

/** A rule of a policy: the values that were ever recorded. One left out was added to the product later. */
function rule<const V extends string>(usual: V, ...values: readonly V[]) {
  return z.enum(values).default(usual)
}

const month = z.string().transform((value, context): LocalDate => {
  const date = parseLocalDate(value)
  if (date === undefined) context.addIssue('no date')
  return date ?? z.NEVER
})

/**
 * Policies as they were recorded, apart from what the product says about them: words may change, what is stored may
 * not. Unlike elsewhere a name that is not known is refused: a rule that is passed over changes what is billed.
 */
const POLICY = z.strictObject({
  cycle: rule(DEFAULT_POLICY.cycle, 'calendar', 'anniversary'),
  anchorDay: z.int().min(1).max(31).optional(),
  firstPeriod: rule(DEFAULT_POLICY.firstPeriod, 'prorate', 'full'),
  lastPeriod: rule(DEFAULT_POLICY.lastPeriod, 'full', 'prorate'),
  increases: rule(DEFAULT_POLICY.increases, 'prorate', 'full', 'nextPeriod'),
  decreases: rule(DEFAULT_POLICY.decreases, 'nextPeriod', 'credit'),
  suspended: rule(DEFAULT_POLICY.suspended, 'bill', 'pause'),
  priceChange: rule(DEFAULT_POLICY.priceChange, 'nextPeriod', 'immediate'),
  timing: rule(DEFAULT_POLICY.timing, 'advance', 'arrears'),
  dayCount: rule(DEFAULT_POLICY.dayCount, 'actual', 'actualOver30', 'thirty', 'calendarMonths', 'baseMonth'),
  baseMonth: month.optional(),
  durationDecimals: z
    .union([z.literal('exact'), z.int().min(2).max(12)])
    .default(DEFAULT_POLICY.durationDecimals),
  roundAt: rule(DEFAULT_POLICY.roundAt, 'line', 'unit'),
  roundMode: rule(DEFAULT_POLICY.roundMode, 'halfAway', 'down'),
})

/**
 * Reads a recorded policy, parsed from JSON in which dates are texts. `fault`: the rule that is not understood with its
 * value, `roundAt = "seat"`.
 */
export function parsePolicy(stored: unknown): { readonly policy: Policy } | { readonly fault: string } {
  const parsed = POLICY.safeParse(stored)
  if (parsed.success) {
    const { anchorDay, baseMonth, ...rules } = parsed.data
    return { policy: { ...rules, anchorDay, baseMonth } }
  }
  const [issue] = parsed.error.issues
  const name = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0]
  const rules: Readonly<Record<string, unknown>> = { ...(stored as object) }
  return { fault: `${String(name)} = ${JSON.stringify(rules[String(name)])}` }
}
