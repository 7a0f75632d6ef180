import { type LocalDate, parseLocalDate } from '../../../core/calendar/date.js'
import type { Period } from '../../../core/calendar/period.js'
import { chargeTimeline } from '../../../core/charges/charge.js'
import { explainLine } from '../../../core/charges/explain.js'
import {
  type ChargeInput,
  type ChargeResult,
  DEFAULT_POLICY,
  type Policy,
} from '../../../core/charges/types.js'
import { type Decimal, parseDecimal } from '../../../core/money/decimal.js'
import { amountDigits } from '../../../core/money/money.js'
import type { PriceGap, Timeline, TimelineEvent } from '../../../core/timeline/types.js'

/** "2026-03-11" as a date; tests write dates as people do. */
export function day(text: string): LocalDate {
  const date = parseLocalDate(text)
  if (date === undefined) throw new Error(`not a date: ${text}`)
  return date
}

export function decimal(text: string): Decimal {
  const value = parseDecimal(text)
  if (value === undefined) throw new Error(`not a decimal: ${text}`)
  return value
}

export function period(from: string, to: string): Period {
  return { from: day(from), to: day(to) }
}

/** `[date, seats or word, price]`: a seat count and/or a price, or 'suspend', 'resume', 'cancel'. */
export type EventWords =
  | readonly [on: string, seats: number | string, price?: string]
  | readonly [on: string, seats: undefined, price: string]

export function event([on, what, price]: EventWords): TimelineEvent {
  if (what === 'suspend' || what === 'resume' || what === 'cancel') return { on: day(on), type: what }
  return {
    on: day(on),
    type: 'change',
    ...(what === undefined ? {} : { quantity: decimal(String(what)) }),
    ...(price === undefined ? {} : { unitPrice: decimal(price) }),
  }
}

export interface CaseWords {
  readonly policy?: Partial<Policy>
  readonly currency?: string
  readonly every?: Timeline['billingPeriod']
  readonly start?: string
  readonly end?: string
  readonly term?: readonly [from: string, to: string]
  /** Several stated terms, instead of one `term`. */
  readonly terms?: readonly (readonly [from: string, to: string])[]
  readonly trialEnd?: string
  readonly events?: readonly EventWords[]
  /** Days without a price, or with one in a foreign currency. */
  readonly gaps?: readonly (readonly [from: string, to: string | null, currency?: string])[]
  readonly oneTimes?: readonly TimelineEvent[]
  readonly window?: readonly [from: string, to: string]
  readonly asOf?: string
  readonly billed?: ChargeInput['billed']
  readonly policyChanges?: ChargeInput['policyChanges']
}

export const MONTHLY = { type: 'month', duration: 1 } as const
export const YEARLY = { type: 'year', duration: 1 } as const

/** Unless said otherwise: 20 seats at $22.00 from 1 March 2026, +5 on 11 March, charged in March. */
export const TWENTY_THEN_25: readonly EventWords[] = [
  ['2026-03-01', 20, '22.00'],
  ['2026-03-11', 25],
]

function gap([from, to, currency]: readonly [string, string | null, string?]): PriceGap {
  const days = { from: day(from), to: to === null ? null : day(to) }
  return currency === undefined
    ? { ...days, kind: 'noPrice', why: 'no price' }
    : { ...days, kind: 'otherCurrency', why: `in ${currency}`, currency }
}

export function timelineOf(words: CaseWords): Timeline {
  const { start = '2026-03-01', end, term, trialEnd, events = TWENTY_THEN_25, oneTimes = [] } = words
  const terms = words.terms ?? (term === undefined ? [] : [term])
  return {
    billingPeriod: words.every ?? MONTHLY,
    start: day(start),
    end: end === undefined ? null : day(end),
    ...(terms.length === 0 ? {} : { terms: terms.map((stated) => period(...stated)) }),
    ...(trialEnd === undefined ? {} : { trialEnd: day(trialEnd) }),
    ...(words.gaps === undefined ? {} : { priceGaps: words.gaps.map(gap) }),
    events: [...events.map(event), ...oneTimes],
  }
}

export function inputOf(words: CaseWords): ChargeInput {
  const { asOf, billed, policyChanges } = words
  return {
    currency: words.currency ?? 'USD',
    policy: { ...DEFAULT_POLICY, ...words.policy },
    ...(policyChanges === undefined ? {} : { policyChanges }),
    timeline: timelineOf(words),
    window: period(...(words.window ?? (['2026-03-01', '2026-04-01'] as const))),
    ...(asOf === undefined ? {} : { asOf: day(asOf) }),
    ...(billed === undefined ? {} : { billed }),
  }
}

export function charge(words: CaseWords): ChargeResult {
  return chargeTimeline(inputOf(words))
}

export function totalOf(words: CaseWords): string {
  return amountDigits(charge(words).total, words.currency ?? 'USD')
}

/** The explanations of a case, line by line: the shortest complete statement of what it charges. */
export function explained(words: CaseWords): string[] {
  return charge(words).lines.map((line) => explainLine(line, words.currency ?? 'USD'))
}
