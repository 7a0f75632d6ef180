/** What one bench program is asked for, and what it must not exceed. */
export interface BenchCase {
  /** What is measured, in words: "10,000 subscriptions". */
  readonly label: string
  readonly arguments: readonly string[]
  /** How much work it is; growth compares cases of one bench by it. */
  readonly size: number
  /** Highest allowed value by name of measure; measures without a target are shown beside it. */
  readonly targets: Readonly<Record<string, number>>
}

export interface Bench {
  readonly name: string
  /** What it is about, in words. */
  readonly title: string
  /** Compiled program under dist/test/bench. */
  readonly program: string
  readonly cases: readonly BenchCase[]
  /** Highest exponent of size by which `measure` may grow from the smallest case to the largest. */
  readonly growth?: { readonly measure: string; readonly exponent: number }
}

/** What one process printed: numbers whose name ends in their unit, and anything worth seeing. */
export interface BenchResult {
  readonly measures: Readonly<Record<string, number>>
  readonly facts: Readonly<Record<string, string | number>>
}

/** One line of the table. `target` is undefined for what is only shown. */
export interface Row {
  readonly label: string
  readonly measure: string
  readonly median: number
  readonly lowest: number
  readonly highest: number
  readonly target: number | undefined
}

/** Reads a program's output: exactly one line, a JSON object with `measures` and, if it likes, `facts`. */
export function parseResult(output: string): BenchResult {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  if (lines.length !== 1)
    throw new Error(`A bench prints one JSON line on stdout; this one printed ${lines.length}.`)
  const value: unknown = JSON.parse(lines[0] ?? '')
  if (typeof value !== 'object' || value === null || !('measures' in value)) {
    throw new Error('The JSON line of a bench has an object "measures" with a number by name.')
  }
  const facts = 'facts' in value ? value.facts : {}
  return { measures: numbersOf(value.measures), facts: wordsOf(facts) }
}

function numbersOf(value: unknown): Record<string, number> {
  const measures: Record<string, number> = {}
  for (const [name, measured] of Object.entries(Object(value) as object) as [string, unknown][]) {
    if (typeof measured !== 'number' || !Number.isFinite(measured) || measured < 0) {
      throw new Error(`The measure "${name}" is not a number of 0 or more.`)
    }
    measures[name] = measured
  }
  return measures
}

function wordsOf(value: unknown): Record<string, string | number> {
  const entries = Object.entries(Object(value) as object) as [string, unknown][]
  return Object.fromEntries(
    entries.map(([name, fact]) => [name, typeof fact === 'number' ? fact : String(fact)] as const),
  )
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle]
  if (upper === undefined) throw new Error('The median of nothing.')
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

/** One row per measure of a case: those with a target first, in the order of the targets. */
export function rowsOf({ label, targets }: BenchCase, results: readonly BenchResult[]): Row[] {
  const measured = new Set(results.flatMap(({ measures }) => Object.keys(measures)))
  const names = new Set([...Object.keys(targets), ...measured])
  return [...names].map((measure) => {
    const values = results.map(({ measures }) => measures[measure])
    const present = values.filter((value) => value !== undefined)
    if (present.length < values.length) throw new Error(`${label}: no measure "${measure}" in every run.`)
    const [lowest, highest] = [Math.min(...present), Math.max(...present)]
    return { label, measure, median: median(present), lowest, highest, target: targets[measure] }
  })
}

/** The exponent e of time ~ size^e between the smallest and the largest case. */
export function growthRow(
  bench: Bench,
  rows: readonly (readonly [BenchCase, readonly Row[]])[],
): Row | undefined {
  const { growth } = bench
  const sorted = rows.toSorted(([left], [right]) => left.size - right.size)
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (growth === undefined || first === undefined || last === undefined || first[0].size === last[0].size)
    return undefined
  const valueOf = (of: readonly Row[]): number =>
    of.find(({ measure }) => measure === growth.measure)?.median ?? Number.NaN
  const exponent = Math.log(valueOf(last[1]) / valueOf(first[1])) / Math.log(last[0].size / first[0].size)
  const label = `growth ${first[0].label} → ${last[0].label}`
  return {
    label,
    measure: 'exponent',
    median: exponent,
    lowest: exponent,
    highest: exponent,
    target: growth.exponent,
  }
}

export function isMissed({ median: measured, target }: Row): boolean {
  return target !== undefined && !(measured <= target)
}

const COLUMNS = ['what', 'measure', 'median', 'lowest', 'highest', 'target', 'of target', ''] as const

/** The table as text: numbers right, words left. */
export function tableText(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.label,
    row.measure,
    numberText(row.median),
    numberText(row.lowest),
    numberText(row.highest),
    row.target === undefined ? '' : numberText(row.target),
    row.target === undefined ? '' : `${Math.round((row.median / row.target) * 100)} %`,
    row.target === undefined ? '' : isMissed(row) ? 'MISSED' : 'met',
  ])
  const all = [[...COLUMNS], ...cells]
  const widths = COLUMNS.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)))
  const isNumber = (column: number): boolean => column >= 2 && column <= 6
  return all
    .map((line) =>
      line
        .map((cell, column) =>
          isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Three digits that matter, no exponent: 0.0831, 12.4, 1,020. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(value, 0.001))))
  return value.toFixed(digits).replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',')
}
