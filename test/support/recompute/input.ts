import { type Day, localDay, parseDay } from './days.js'
import { type Fraction, ONE, parseFraction, type RoundMode } from './fraction.js'

/** One event of the calculator's input, as JSON. */
export interface EventInput {
  readonly on?: string
  readonly instant?: string
  readonly type?: 'quantity' | 'price' | 'suspend' | 'resume' | 'cancel' | 'oneTime'
  readonly quantity?: string
  readonly unitPrice?: string
  readonly observedOn?: string
  readonly amount?: string
}

export interface PolicyInput {
  readonly cycle?: 'calendar' | 'anniversary'
  readonly anchorDay?: number
  readonly firstPeriod?: 'prorate' | 'full'
  readonly lastPeriod?: 'full' | 'prorate'
  readonly increases?: 'prorate' | 'full' | 'nextPeriod'
  readonly decreases?: 'nextPeriod' | 'credit'
  readonly suspended?: 'bill' | 'pause'
  readonly priceChange?: 'nextPeriod' | 'immediate'
  readonly timing?: 'advance' | 'arrears'
  readonly dayCount?: 'actual' | 'actualOver30' | 'thirty' | 'calendarMonths' | 'baseMonth'
  readonly baseMonth?: string
  readonly durationDecimals?: number | 'exact'
  readonly roundAt?: 'line' | 'unit'
  readonly roundMode?: RoundMode
}

export interface SubscriptionInput {
  readonly billingPeriod: { readonly type: 'day' | 'month' | 'year'; readonly duration: number }
  readonly start: string
  readonly end?: string | null
  readonly term?: { readonly from?: string; readonly to?: string }
  /** Not of the calculator: the first terms of a lineage's records, one after the other, in place of `term`. */
  readonly terms?: readonly { readonly from: string; readonly to?: string }[]
  readonly trialEnd?: string
  readonly events: readonly EventInput[]
}

/** The calculator's input (BILLING "The calculator"). */
export interface CalculatorInput {
  readonly currency: string
  readonly policy?: PolicyInput
  readonly timeZone?: string
  readonly subscription: SubscriptionInput
  readonly from: string
  readonly to: string
  readonly asOf?: string
  /** Not of the calculator: nothing with an earlier `billOn` is due (B20). */
  readonly dueFrom?: string
  readonly ends?: 'inclusive' | 'exclusive'
  readonly billed?: readonly BilledLine[]
}

/** What the recomputation needs of a line that was billed before; other fields are ignored. */
export interface BilledLine {
  readonly kind: string
  readonly period: { readonly from: string; readonly to: string }
  readonly from: string
  readonly to: string
  readonly billOn: string
  readonly quantity: string
  readonly unitPrice: string
  readonly amount: string
}

/** Half-open: `to` is the first day outside. */
export interface Span {
  readonly from: Day
  readonly to: Day
}

export type Policy = Required<Omit<PolicyInput, 'anchorDay' | 'baseMonth'>> & {
  readonly anchorDay: number | undefined
  readonly baseMonth: Day | undefined
}

export interface Event {
  readonly on: Day
  readonly type: 'change' | 'suspend' | 'resume' | 'cancel' | 'oneTime'
  readonly quantity: Fraction | undefined
  readonly unitPrice: Fraction | undefined
  readonly amount: Fraction | undefined
}

export interface Subscription {
  readonly unit: 'day' | 'month'
  /** Length of the billing period in units; years are 12 months each. */
  readonly length: number
  readonly start: Day
  /** First day without service (B12). */
  readonly end: Day | undefined
  /** Terms that are stated, in order; `to` undefined: one nominal term. */
  readonly terms: readonly { readonly from: Day; readonly to: Day | undefined }[]
  readonly trialEnd: Day | undefined
  /** In date order; those of one day in array order (B6). */
  readonly events: readonly Event[]
}

/** Defaults as the rules name them. */
function readPolicy(input: PolicyInput): Policy {
  return {
    cycle: input.cycle ?? 'calendar',
    anchorDay: input.anchorDay,
    firstPeriod: input.firstPeriod ?? 'prorate',
    lastPeriod: input.lastPeriod ?? 'full',
    increases: input.increases ?? 'prorate',
    decreases: input.decreases ?? 'nextPeriod',
    suspended: input.suspended ?? 'bill',
    priceChange: input.priceChange ?? 'nextPeriod',
    timing: input.timing ?? 'advance',
    dayCount: input.dayCount ?? 'actual',
    baseMonth: input.baseMonth === undefined ? undefined : parseDay(`${input.baseMonth}-01`),
    durationDecimals: input.durationDecimals ?? 'exact',
    roundAt: input.roundAt ?? 'line',
    roundMode: input.roundMode ?? 'halfAway',
  }
}

/** "`type` quantity·price·suspend·resume·cancel·oneTime (inferred when absent)". */
function eventType(event: EventInput): Event['type'] {
  if (event.type === 'quantity' || event.type === 'price') return 'change'
  if (event.type !== undefined) return event.type
  return event.amount === undefined ? 'change' : 'oneTime'
}

function readEvent(event: EventInput, timeZone: string | undefined): Event {
  if (event.instant !== undefined && timeZone === undefined) throw new Error('instant without timeZone (D10)')
  const on =
    event.instant !== undefined && timeZone !== undefined
      ? localDay(event.instant, timeZone)
      : parseDay(event.on ?? '')
  const decimal = (text: string | undefined) => (text === undefined ? undefined : parseFraction(text))
  const type = eventType(event)
  const quantity = decimal(event.quantity) ?? (type === 'oneTime' ? ONE : undefined)
  return { on, type, quantity, unitPrice: decimal(event.unitPrice), amount: decimal(event.amount) }
}

export interface Question {
  readonly currency: string
  readonly policy: Policy
  readonly subscription: Subscription
  readonly window: Span
  readonly asOf: Day | undefined
  readonly dueFrom: Day | undefined
  readonly billed: readonly BilledLine[]
}

export function readInput(input: CalculatorInput): Question {
  const shift = input.ends === 'inclusive' ? 1 : 0
  const end = (text: string | null | undefined) => (text ? parseDay(text) + shift : undefined)
  const { subscription } = input
  const { type, duration } = subscription.billingPeriod
  const events = subscription.events.map((event) => readEvent(event, input.timeZone))
  const question: Question = {
    currency: input.currency,
    policy: readPolicy(input.policy ?? {}),
    subscription: {
      unit: type === 'day' ? 'day' : 'month',
      length: type === 'year' ? duration * 12 : duration,
      start: parseDay(subscription.start),
      end: end(subscription.end),
      terms: (subscription.terms ?? [subscription.term ?? {}]).map((term) => ({
        from: parseDay(term.from ?? subscription.start),
        to: end(term.to),
      })),
      trialEnd: end(subscription.trialEnd),
      events: events.toSorted((left, right) => left.on - right.on),
    },
    window: { from: parseDay(input.from), to: parseDay(input.to) },
    asOf: input.asOf === undefined ? undefined : parseDay(input.asOf),
    dueFrom: input.dueFrom === undefined ? undefined : parseDay(input.dueFrom),
    billed: input.billed ?? [],
  }
  if (question.subscription.unit === 'day' && question.policy.dayCount !== 'actual') {
    throw new Error('for periods of days only `actual` is valid (D2)')
  }
  return question
}
