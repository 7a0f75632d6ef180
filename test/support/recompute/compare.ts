import { formatFraction, parseFraction } from './fraction.js'
import type { BilledLine, CalculatorInput, EventInput } from './input.js'
import type { RandomTimeline } from './timelines.js'

/** The part of an answer that is compared: the calculator's and the recomputation's both have it. */
export interface Answer {
  readonly lines: readonly BilledLine[]
  readonly due: string
  readonly billed: string
  readonly total: string
}

/** Answers one input; throws when it refuses it. */
export type Answerer = (input: CalculatorInput) => Answer

const shortest = (numeral: string) => formatFraction(parseFraction(numeral))

/** One line as text; the order of lines and the zeros at the end of numerals carry no meaning. */
export function describeLine(line: BilledLine): string {
  const period = `[${line.period.from}, ${line.period.to})`
  const numbers = `${shortest(line.quantity)} x ${shortest(line.unitPrice)} = ${line.amount}`
  return `${line.kind} ${period} from ${line.from} to ${line.to} billOn ${line.billOn}: ${numbers}`
}

function describe(answer: Answer): readonly string[] {
  // D10: lines of zero are printed and never compared.
  const lines = answer.lines.filter((line) => parseFraction(line.amount).numerator !== 0n).map(describeLine)
  return [...lines.toSorted(), `due ${answer.due}`, `billed ${answer.billed}`, `total ${answer.total}`]
}

/** Every line and total that only one of the two has. */
export function differences(expected: Answer, actual: Answer): readonly string[] {
  const rest = [...describe(actual)]
  const missing = describe(expected).filter((text) => {
    const index = rest.indexOf(text)
    if (index >= 0) rest.splice(index, 1)
    return index < 0
  })
  return [...missing.map((text) => `expected: ${text}`), ...rest.map((text) => `actual:   ${text}`)]
}

/**
 * Plays a timeline: each run is answered by both, given as `billed` what the second answered in the runs before.
 * Returns the input and the differences of the first run that differs.
 */
export function playBoth(timeline: RandomTimeline, expect: Answerer, act: Answerer): Difference | undefined {
  let billed: readonly BilledLine[] = []
  for (const run of timeline.runs) {
    const input: CalculatorInput = billed.length > 0 ? { ...run, billed } : run
    const answer = act(input)
    const found = differences(expect(input), answer)
    if (found.length > 0) return { number: timeline.number, input, differences: found }
    billed = [...billed, ...answer.lines]
  }
  return undefined
}

export interface Difference {
  readonly number: number
  readonly input: CalculatorInput
  readonly differences: readonly string[]
}

function withEvents(input: CalculatorInput, events: readonly EventInput[]): CalculatorInput {
  return { ...input, subscription: { ...input.subscription, events } }
}

function without<Field extends string>(value: object, field: Field): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== field))
}

/** Every input that is one step simpler: an event less, a policy less, an option less, a rounder number. */
function* simpler(input: CalculatorInput): Generator<CalculatorInput> {
  const { events } = input.subscription
  for (const [index] of events.entries()) {
    if (index > 0) yield withEvents(input, events.toSpliced(index, 1))
  }
  for (const name of ['billed', 'asOf', 'ends', 'policy'] as const) {
    if (input[name] !== undefined) yield without(input, name) as CalculatorInput
  }
  for (const name of Object.keys(input.policy ?? {})) {
    yield { ...input, policy: without(input.policy ?? {}, name) }
  }
  for (const name of ['term', 'trialEnd'] as const) {
    if (input.subscription[name] === undefined) continue
    yield { ...input, subscription: without(input.subscription, name) as CalculatorInput['subscription'] }
  }
  if (input.subscription.end) yield { ...input, subscription: { ...input.subscription, end: null } }
  for (const [index] of (input.billed ?? []).entries()) {
    yield { ...input, billed: (input.billed ?? []).toSpliced(index, 1) }
  }
  for (const [index, event] of events.entries()) {
    for (const field of ['observedOn', 'quantity', 'unitPrice'] as const) {
      if (event[field] === undefined || (index === 0 && field !== 'observedOn')) continue
      yield withEvents(input, events.with(index, without(event, field)))
    }
    if (event.unitPrice !== undefined && event.unitPrice !== '22.00' && event.unitPrice !== '24.00') {
      yield withEvents(input, events.with(index, { ...event, unitPrice: '22.00' }))
      yield withEvents(input, events.with(index, { ...event, unitPrice: '24.00' }))
    }
  }
  if (input.currency !== 'USD') yield { ...input, currency: 'USD' }
}

/** The smallest input that still differs; steps that one side refuses are not taken. */
export function shrink(difference: Difference, expect: Answerer, act: Answerer): Difference {
  let smallest = difference
  for (let smaller = true; smaller; ) {
    smaller = false
    for (const input of simpler(smallest.input)) {
      const found = tryDifferences(input, expect, act)
      if (found.length === 0) continue
      smallest = { ...smallest, input, differences: found }
      smaller = true
      break
    }
  }
  return smallest
}

function tryDifferences(input: CalculatorInput, expect: Answerer, act: Answerer): readonly string[] {
  try {
    return differences(expect(input), act(input))
  } catch {
    return []
  }
}

/** A difference for a person: what was asked, and what each of the two answered alone. */
export function explainDifference(difference: Difference): string {
  const { number, input, differences: found } = difference
  return [`timeline ${number} differs:`, JSON.stringify(input), ...found].join('\n  ')
}
