import { monthYear } from '../calendar/words.js'
import { DEFAULT_POLICY, type Policy } from './types.js'

/** Fields of a policy whose values are words. */
type WordField = {
  [Field in keyof Policy]: Policy[Field] extends string ? Field : never
}[keyof Policy]

/** What each value means, for people; its keys are all the values there are. */
export const POLICY_WORDS: {
  readonly [Field in WordField]: Readonly<Record<Policy[Field], string>>
} = {
  cycle: {
    calendar: 'billed by calendar months',
    anniversary: 'billed by months from the day a subscription began',
  },
  firstPeriod: { prorate: 'month of purchase prorated', full: 'month of purchase in full' },
  lastPeriod: { full: 'last month in full', prorate: 'last month prorated' },
  increases: {
    prorate: 'added seats prorated',
    full: 'added seats in full',
    nextPeriod: 'added seats from the next period',
  },
  decreases: { nextPeriod: 'decreases from the next period', credit: 'decreases credited' },
  suspended: { bill: 'days on hold billed', pause: 'days on hold not billed' },
  priceChange: { nextPeriod: 'new prices from the next period', immediate: 'new prices at once' },
  timing: { advance: 'billed in advance', arrears: 'billed in arrears' },
  dayCount: {
    actual: 'days counted over the days of the period',
    actualOver30: 'days counted over 30',
    thirty: 'days counted as in months of 30',
    calendarMonths: 'days counted over those of their own month',
    baseMonth: 'days counted over those of a base month',
  },
  roundAt: { line: 'each line rounded', unit: 'price of one seat rounded first' },
  roundMode: { halfAway: 'half a cent rounded away from zero', down: 'parts of a cent cut' },
}

/** The other fields: a day, a month and a count of decimals. */
const OTHER_WORDS: {
  readonly [Field in Exclude<keyof Policy, WordField>]: (value: Policy[Field]) => string
} = {
  anchorDay: (day) => (day === undefined ? 'on its own day of the month' : `on day ${day} of the month`),
  baseMonth: (month) =>
    month === undefined ? 'base month that of each period' : `base month ${monthYear(month)}`,
  durationDecimals: (decimals) =>
    decimals === 'exact' ? 'parts of a month exact' : `parts of a month to ${decimals} decimals`,
}

/** What `after` does otherwise than `before`, in words: one for each rule that differs, none when they are the same. */
export function policyDifference(before: Policy, after: Policy): readonly string[] {
  const fields = Object.keys(DEFAULT_POLICY) as (keyof Policy)[]
  return fields.filter((field) => before[field] !== after[field]).map((field) => ruleWords(field, after))
}

/** What `policy` does as it is done by default, in words: for each rule that has a choice of words. */
export function defaultWords(policy: Policy): readonly string[] {
  const fields = Object.keys(POLICY_WORDS) as WordField[]
  return fields
    .filter((field) => policy[field] === DEFAULT_POLICY[field])
    .map((field) => ruleWords(field, policy))
}

export function samePolicy(left: Policy, right: Policy): boolean {
  return policyDifference(left, right).length === 0
}

/** What a policy says of one rule, in words. */
export function ruleWords(field: keyof Policy, policy: Policy): string {
  if (field === 'anchorDay') return OTHER_WORDS.anchorDay(policy.anchorDay)
  if (field === 'baseMonth') return OTHER_WORDS.baseMonth(policy.baseMonth)
  if (field === 'durationDecimals') return OTHER_WORDS.durationDecimals(policy.durationDecimals)
  const words: Readonly<Record<string, string>> = POLICY_WORDS[field]
  return words[policy[field]] ?? policy[field]
}
