import type { Person } from '../access/rights.js'
import type { AuditFact } from '../audit/chain.js'
import { type LocalDate, addDays } from '../calendar/date.js'
import { dayMonthYear } from '../calendar/words.js'
import type { OverrideScope } from '../pricing/overrides.js'
import type { RecordedOverride } from '../pricing/recorded.js'
import { saysWords } from '../pricing/rule-words.js'
import { Problem } from '../problem.js'
import { scopeWords } from './override-about.js'
import type { Portfolio } from './portfolio.js'

/** What an override is of. */
export type OverrideKind = 'price' | 'description'

export function kindOf({ says }: Pick<RecordedOverride, 'says'>): OverrideKind {
  return says.kind === 'words' ? 'description' : 'price'
}

/** What is said of an override, or of its end. */
export interface Said {
  readonly override: RecordedOverride
  readonly instead: string | undefined
  /** Whose place it takes. */
  readonly replaced: readonly RecordedOverride[]
  readonly isEnd: boolean
  readonly on: LocalDate
}

/** Old and new in words, as they were said. */
export function auditOf(
  portfolio: Portfolio,
  person: Person,
  at: Date,
  { override, instead, replaced, isEnd, on }: Said,
): AuditFact {
  const kind = kindOf(override)
  const says = saysWords(override.says)
  const none = kind === 'price' ? 'no price of its own' : 'no description of its own'
  const other = instead ?? none
  const [before, after] = isEnd ? [says, other] : [other, says]
  const until = isEnd || override.to === null ? {} : { through: dayMonthYear(addDays(override.to, -1)) }
  return {
    at,
    actor: person.id,
    action: `${kind}.${isEnd ? 'ended' : 'set'}`,
    subject: `override ${override.number}`,
    details: {
      about: scopeWords(portfolio, override.scope),
      ...scopeIds(override.scope),
      before,
      after,
      from: dayMonthYear(on),
      ...until,
      ...(replaced.length === 0 ? {} : { replaces: replaced.map(({ number }) => number).join(', ') }),
    },
  }
}

function scopeIds({ lineageId, customerId, mpn }: OverrideScope): Readonly<Record<string, string>> {
  return {
    ...(lineageId === undefined ? {} : { subscription: lineageId }),
    ...(customerId === undefined ? {} : { customer: customerId }),
    ...(mpn === undefined ? {} : { product: mpn }),
  }
}

const WORDS: Readonly<Record<OverrideKind, { readonly command: string; readonly one: string }>> = {
  price: { command: 'price', one: 'price' },
  description: { command: 'describe', one: 'description' },
}

export function endsBefore(from: LocalDate): Problem {
  return new Problem({
    kind: 'input',
    what: `It would end before it begins, on ${dayMonthYear(from)}.`,
    notDone: 'Nothing was recorded.',
    next: 'Type a day behind `until` that is not before the one behind `from`; without `from` it begins today.',
  })
}

export function noSuchOverride(kind: OverrideKind, number: number): Problem {
  const { command, one } = WORDS[kind]
  return new Problem({
    kind: 'notFound',
    what: `There is no ${one} with the number ${number}.`,
    notDone: 'Nothing was ended.',
    next: `Type \`${command}\` to see those there are.`,
  })
}

export function endedBefore(kind: OverrideKind, number: number, until: LocalDate): Problem {
  const { command, one } = WORDS[kind]
  return new Problem({
    kind: 'input',
    what: `The ${one} ${number} does not hold from ${dayMonthYear(until)} on anyway.`,
    notDone: 'Nothing was ended.',
    next: `Type \`${command}\` to see what holds.`,
  })
}

export function replacedBefore(kind: OverrideKind, number: number, by: number): Problem {
  const { command, one } = WORDS[kind]
  return new Problem({
    kind: 'input',
    what: `The ${one} ${number} was replaced by ${by}, and does not hold any more.`,
    notDone: 'Nothing was ended.',
    next: `Type \`${command} remove ${by}\` to end that; \`${command}\` shows what holds.`,
  })
}
