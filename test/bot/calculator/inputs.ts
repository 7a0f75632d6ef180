import { calculate } from '../../../bot/console/calculator/calculate.js'
import type { CalculatorOutput } from '../../../bot/console/calculator/output.js'

type Json = Readonly<Record<string, unknown>>

/** What an example changes about {@link example}. `events` are added to the opening one. */
export interface Change {
  readonly policy?: Json
  readonly subscription?: Json
  readonly events?: readonly Json[]
  readonly input?: Json
}

export const OPENING = { on: '2026-03-01', quantity: '20', unitPrice: '22.00' }
export const FIVE_MORE = { on: '2026-03-11', quantity: '25' }

/** 20 seats at $22.00 from 1 March 2026, window of March; each example states only what differs. */
export function example({ policy, subscription, events = [], input }: Change): Json {
  return {
    currency: 'USD',
    ...(policy === undefined ? {} : { policy }),
    subscription: {
      billingPeriod: { type: 'month', duration: 1 },
      start: '2026-03-01',
      end: null,
      events: [OPENING, ...events],
      ...subscription,
    },
    from: '2026-03-01',
    to: '2026-04-01',
    ...input,
  }
}

/** The parsed result of an input that must be accepted. */
export function calculated(input: unknown): CalculatorOutput {
  const { exitCode, output } = calculate(JSON.stringify(input))
  if (exitCode !== 0) throw new Error(`refused: ${output}`)
  return JSON.parse(output) as CalculatorOutput
}

/** What is wrong · the input · the path named · words the sentence must have. */
export type Bad = readonly [string, Change, string, string]

/** Words of which a refusal has one: it says what to do, not only what is wrong. */
export const WAY_OUT = /\b(Give|State|Use|Did you mean|Remove|Correct|Divide|write|needs it)\b/

export function answered(change: Change): { readonly exitCode: number; readonly lines: readonly string[] } {
  const { exitCode, output } = calculate(JSON.stringify(example(change)))
  return { exitCode, lines: output.trimEnd().split('\n') }
}
