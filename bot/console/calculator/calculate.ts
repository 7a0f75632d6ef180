import { chargeTimeline } from '../../../core/charges/charge.js'
import type { ChargeInput } from '../../../core/charges/types.js'
import { CALCULATOR_FAULTS, CALCULATOR_INPUTS, CALCULATOR_PERIODS } from '../../../core/limits.js'
import { Problem } from '../../../core/problem.js'
import { type Fault, type Path, pathWords, type Reading } from './fault.js'
import { readInput } from './input.js'
import { readBoundedJson } from './json.js'
import { type CalculatorOutput, writeOutput } from './output.js'

export interface Calculation {
  /** 0: `output` is the result as JSON. 2: `output` says what is wrong with the input, and nothing was calculated. */
  readonly exitCode: 0 | 2
  readonly output: string
}

/**
 * Charges what one input, or each input of a list, describes (BILLING, "The calculator"). A fault anywhere refuses
 * everything: one line for each, its path first. Ends with a line break. Throws for a bug of ours only.
 */
export function calculate(text: string): Calculation {
  const json = readBoundedJson(text)
  if ('faults' in json) return refusal(json.faults)
  const isList = Array.isArray(json.value)
  const values: readonly unknown[] = isList ? (json.value as unknown[]) : [json.value]
  const results = calculateAll(values, isList)
  if ('faults' in results) return refusal(results.faults)
  const output = isList ? results.value : results.value[0]
  return { exitCode: 0, output: `${JSON.stringify(output, undefined, 2)}\n` }
}

function calculateAll(values: readonly unknown[], isList: boolean): Reading<readonly CalculatorOutput[]> {
  if (values.length > CALCULATOR_INPUTS) {
    return {
      faults: [
        { path: [], sentence: `It lists more than ${CALCULATOR_INPUTS} inputs. Divide it into several.` },
      ],
    }
  }
  const root = (index: number): Path => (isList ? [index] : [])
  const inputs = gather(values, (value, index) => under(root(index), readInput(value)))
  if ('faults' in inputs) return inputs
  const crowded = firstOverPeriods(inputs.value)
  if (crowded !== undefined) {
    const sentence = `Up to here there are more than ${CALCULATOR_PERIODS} billing periods. Give a shorter window, or fewer inputs.`
    return { faults: [{ path: [...root(crowded), 'to'], sentence }] }
  }
  return gather(inputs.value, (input, index) => under(root(index), charge(input)))
}

/** All values, or all faults. */
function gather<A, B>(
  items: readonly A[],
  read: (item: A, index: number) => Reading<B>,
): Reading<readonly B[]> {
  const faults: Fault[] = []
  const values: B[] = []
  for (const [index, item] of items.entries()) {
    const reading = read(item, index)
    if ('faults' in reading) faults.push(...reading.faults)
    else values.push(reading.value)
  }
  return faults.length > 0 ? { faults } : { value: values }
}

function under<T>(root: Path, reading: Reading<T>): Reading<T> {
  if ('value' in reading) return reading
  return { faults: reading.faults.map(({ path, sentence }) => ({ path: [...root, ...path], sentence })) }
}

/** The core refuses what only its calendar can judge, such as a term longer than its billing period (D2). */
function charge(input: ChargeInput): Reading<CalculatorOutput> {
  try {
    return { value: writeOutput(chargeTimeline(input)) }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const sentence = [error.what, error.next].filter((part) => part !== undefined).join(' ')
    return { faults: [{ path: (error.where ?? '').split('.').filter((step) => step !== ''), sentence }] }
  }
}

const SHORTEST_DAYS = { day: 1, month: 28, year: 365 }

/** The input at which all together select more periods than one call may. */
function firstOverPeriods(inputs: readonly ChargeInput[]): number | undefined {
  let periods = 0
  const index = inputs.findIndex(({ window, timeline }) => {
    const { type, duration } = timeline.billingPeriod
    const days = Math.min(window.to, timeline.end ?? window.to) - Math.max(window.from, timeline.start)
    periods += Math.max(0, Math.ceil(days / (SHORTEST_DAYS[type] * duration))) + 1
    return periods > CALCULATOR_PERIODS
  })
  return index < 0 ? undefined : index
}

function refusal(faults: readonly Fault[]): Calculation {
  const lines = faults
    .slice(0, CALCULATOR_FAULTS)
    .map(({ path, sentence }) => `${pathWords(path)}: ${sentence}`)
  const more = faults.length - lines.length
  if (more > 0) lines.push(`… and ${more} more.`)
  return { exitCode: 2, output: `${lines.join('\n')}\nNothing was calculated.\n` }
}
