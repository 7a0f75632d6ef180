import { assert } from '../../core/assert.js'
import { formatLocalDate, type LocalDate } from '../../core/calendar/date.js'
import { Problem } from '../../core/problem.js'

/** What a field can be compared with; `{ day }` is the first instant of a local date, as ConnectWise writes it. */
export type ConditionValue = string | number | boolean | { readonly day: LocalDate }

/** One comparison; the field may be nested: "company/id". */
export type Condition =
  | {
      readonly field: string
      readonly operator: '=' | '>' | '>='
      readonly value: ConditionValue
    }
  /** One of several, at least one. */
  | { readonly field: string; readonly operator: 'in'; readonly value: readonly number[] }

/**
 * The filter of a list, as ConnectWise reads it: `agreement/id = 77 and date >= [2026-03-01T00:00:00Z]`. All of the
 * conditions have to hold.
 *
 * @throws Problem `input` for a text that its grammar cannot hold: there is no escape for quotes, so a text with one
 * could say something else than it means.
 */
export function conditionsOf(conditions: readonly Condition[]): string {
  return conditions
    .map(({ field, operator, value }) => {
      assert(/^[A-Za-z]\w*(\/[A-Za-z]\w*)*$/.test(field), 'a field of a condition is a name')
      return `${field} ${operator} ${literalOf(value)}`
    })
    .join(' and ')
}

function literalOf(value: Condition['value']): string {
  if (typeof value === 'string') return textLiteral(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'object' && 'day' in value) return `[${formatLocalDate(value.day)}T00:00:00Z]`
  if (typeof value === 'object') return `(${value.map(literalOf).join(', ')})`
  assert(Number.isSafeInteger(value), 'a number of a condition is whole')
  return String(value)
}

function textLiteral(text: string): string {
  if (!/["'\\\p{Cc}\p{Cs}]/u.test(text)) return `"${text}"`
  throw new Problem({
    kind: 'input',
    what: `ConnectWise cannot be asked for ${JSON.stringify(text)}: it takes no quotes, backslashes or line breaks in what it looks for.`,
    notDone: 'Nothing was asked.',
    next: 'Take these signs out of the name in ConnectWise, or look for another part of it.',
  })
}
