import { calculate } from '../../bot/console/calculator/calculate.js'
import type { CalculatorOutput } from '../../bot/console/calculator/output.js'
import type { OurCase, OurSide } from './ours.js'
import type { PublishedCase, PublishedValue } from './published.js'
import { parseRational, placesOf, rounded, same } from './rational.js'
import { type Outputs, type Taken, take } from './read.js'

/** One line of the table. */
export interface Row {
  readonly case: string
  readonly label: string
  readonly published: string
  readonly ours: string
  readonly verdict: string
}

export interface Judgement {
  readonly rows: readonly Row[]
  /** Cases whose every published value is ours to the published digit. */
  readonly reproduced: readonly string[]
  /** Sentences; any of them makes the run fail. */
  readonly faults: readonly string[]
}

/** Fewer cases than this reproduced is a failure, whatever the rest says. */
export const LEAST_REPRODUCED = 45

/** Puts every published case to the calculator's public JSON, and says which came out to the published digit. */
export function judge(published: readonly PublishedCase[], ours: OurSide): Judgement {
  const rows: Row[] = []
  const reproduced: string[] = []
  const faults: string[] = []
  for (const truth of published) {
    const our = ours.cases.find((entry) => entry.case === truth.id)
    const lack = ours.notReproduced.find((entry) => entry.case === truth.id)
    if (our !== undefined && lack !== undefined) faults.push(`${truth.id} is in both lists.`)
    if (our === undefined && lack === undefined) faults.push(`${truth.id} is in neither list.`)
    const judged = our === undefined ? unjudged(truth, lack?.lacks) : judgeCase(truth, our)
    rows.push(...judged)
    if (our === undefined) continue
    if (judged.every((row) => row.verdict === SAME)) reproduced.push(truth.id)
    else faults.push(`${truth.id} does not come out as published.`)
  }
  faults.push(...strangers(published, ours))
  if (reproduced.length < LEAST_REPRODUCED) {
    faults.push(`${reproduced.length} cases are reproduced; at least ${LEAST_REPRODUCED} must be.`)
  }
  return { rows, reproduced, faults }
}

const SAME = 'same'

function strangers(published: readonly PublishedCase[], ours: OurSide): readonly string[] {
  const known = new Set(published.map((truth) => truth.id))
  const named = [...ours.cases, ...ours.notReproduced].map((entry) => entry.case)
  const unnamed = ours.notReproduced.filter((entry) => entry.lacks.trim() === '')
  return [
    ...named.filter((id) => !known.has(id)).map((id) => `${id} is not among the published cases.`),
    ...unnamed.map((entry) => `${entry.case} does not name the concept it lacks.`),
  ]
}

function unjudged(truth: PublishedCase, lacks: string | undefined): readonly Row[] {
  const verdict = lacks === undefined ? 'in neither list' : `lacks: ${lacks}`
  return truth.values.map(({ label, text }) => ({
    case: truth.id,
    label,
    published: text,
    ours: '–',
    verdict,
  }))
}

function judgeCase(truth: PublishedCase, our: OurCase): readonly Row[] {
  const outputs = outputsOf(our)
  const rows = truth.values.map((value, index): Row => {
    const reads = our.values.filter((entry) => entry.expected === index)
    const [only] = reads
    const row = { case: truth.id, label: value.label, published: value.text }
    if (only === undefined || reads.length > 1)
      return { ...row, ours: '–', verdict: `${reads.length} reads, not one` }
    return { ...row, ...compared(value, () => take(only.read, outputs)) }
  })
  const beyond = our.values.filter((entry) => entry.expected >= truth.values.length)
  const stray = {
    case: truth.id,
    label: '',
    published: '–',
    ours: '–',
    verdict: 'reads a value that is not published',
  }
  return [...rows, ...beyond.map(() => stray)]
}

function compared(value: PublishedValue, taking: () => Taken): Pick<Row, 'ours' | 'verdict'> {
  let taken: Taken
  try {
    taken = taking()
  } catch (error) {
    return { ours: '–', verdict: `not calculated: ${error instanceof Error ? error.message : String(error)}` }
  }
  if (taken.kind === 'words')
    return { ours: taken.text, verdict: taken.text === value.text ? SAME : 'differs' }
  const places = placesOf(value.text)
  const expected = parseRational(value.text)
  const text = rounded(taken.value, places)
  // A sum of printed numbers has its own last digit: it must be the published number itself, not round to it.
  const equal = taken.exact ? text === value.text : expected !== undefined && same(taken.value, expected)
  return {
    ours: equal ? text : rounded(taken.value, Math.max(places, SHOWN_PLACES)),
    verdict: equal ? SAME : 'differs',
  }
}

const SHOWN_PLACES = 4

/** Runs each input of a case once, through text, as a person would. */
function outputsOf(our: OurCase): Outputs {
  const known = new Map<string, CalculatorOutput>()
  const outputs: Outputs = (name) => {
    const before = known.get(name)
    if (before !== undefined) return before
    const input = our.inputs[name]
    if (input === undefined) throw new Error(`there is no input called ${name}`)
    const biller = our.billedBy?.[name]
    const billed = biller === undefined ? {} : { billed: outputs(biller).lines }
    const { exitCode, output } = calculate(JSON.stringify({ ...input, ...billed }))
    if (exitCode !== 0) throw new Error(output.replaceAll('\n', ' ').trim())
    const result = JSON.parse(output) as CalculatorOutput
    known.set(name, result)
    return result
  }
  return outputs
}
