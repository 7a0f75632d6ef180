import type { CalculatorOutput, OutputLine } from '../../bot/console/calculator/output.js'
import { minus, parseRational, plus, type Rational, ZERO } from './rational.js'

/** Lines whose fields all have these values. */
export type Where = Partial<Pick<OutputLine, 'kind' | 'from' | 'to' | 'billOn'>>

/** What to take from the outputs of a case. Names are those of its inputs. */
export type Read =
  | { readonly total: string }
  | { readonly sum: 'amount' | 'fraction.decimal' | 'fraction'; readonly of: string; readonly where?: Where }
  | { readonly line: string; readonly where?: Where; readonly show: string }
  | { readonly period: string; readonly at: number; readonly show: string }
  | { readonly add: readonly Read[] }
  | { readonly subtract: readonly [Read, Read] }
  | {
      /** From when an event changes what is charged, seen by comparing with the output without it. */
      readonly effective: string
      readonly without: string
      readonly event: string
      readonly show: string
      /** What the source calls a period. */
      readonly span: string
    }

/** A number as text, or words. `exact` numbers have no places of their own: they are rounded to the published ones. */
export type Taken =
  | { readonly kind: 'number'; readonly value: Rational; readonly exact: boolean }
  | { readonly kind: 'words'; readonly text: string }

export type Outputs = (name: string) => CalculatorOutput

/** Takes one value from the outputs; throws with a sentence when it is not there. */
export function take(read: Read, outputs: Outputs): Taken {
  if ('total' in read) return number(decimal(outputs(read.total).total))
  if ('sum' in read) return takeSum(read, outputs)
  if ('line' in read)
    return words(filled(read.show, lineWords(onlyLine(outputs(read.line), read.where ?? {}))))
  if ('period' in read) {
    const period = outputs(read.period).periods[read.at]
    if (period === undefined) throw new Error(`there is no period ${read.at}`)
    return words(filled(read.show, dateWords(period)))
  }
  if ('add' in read) return number(read.add.map((part) => takeNumber(part, outputs)).reduce(plus, ZERO))
  if ('subtract' in read) {
    const [from, what] = read.subtract
    return number(minus(takeNumber(from, outputs), takeNumber(what, outputs)))
  }
  return takeEffective(read, outputs)
}

function number(value: Rational, exact = false): Taken {
  return { kind: 'number', value, exact }
}

function words(text: string): Taken {
  return { kind: 'words', text }
}

function decimal(text: string): Rational {
  const value = parseRational(text)
  if (value === undefined) throw new Error(`${text} is not a decimal`)
  return value
}

function takeNumber(read: Read, outputs: Outputs): Rational {
  const taken = take(read, outputs)
  if (taken.kind === 'words') throw new Error('words cannot be added')
  return taken.value
}

function takeSum(read: Extract<Read, { sum: string }>, outputs: Outputs): Taken {
  const lines = linesOf(outputs(read.of), read.where ?? {})
  if (lines.length === 0) throw new Error('no line to add')
  const parts = lines.map((line): Rational => {
    if (read.sum === 'amount') return decimal(line.amount)
    if (read.sum === 'fraction.decimal') return decimal(line.fraction.decimal)
    return { numerator: BigInt(line.fraction.days), denominator: BigInt(line.fraction.of) }
  })
  return number(parts.reduce(plus, ZERO), read.sum === 'fraction')
}

function linesOf(output: CalculatorOutput, where: Where): readonly OutputLine[] {
  const wanted = Object.entries(where) as readonly (readonly [keyof Where, string])[]
  return output.lines.filter((line) => wanted.every(([name, value]) => line[name] === value))
}

function onlyLine(output: CalculatorOutput, where: Where): OutputLine {
  const lines = linesOf(output, where)
  const [line] = lines
  if (line === undefined || lines.length > 1) throw new Error(`${lines.length} lines where one was expected`)
  return line
}

type Words = Readonly<Record<string, string>>

function filled(template: string, values: Words): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`there is nothing called {${name}}`)
    return value
  })
}

const MILLISECONDS_PER_DAY = 86_400_000

function dayBefore(date: string): string {
  return new Date(Date.parse(date) - MILLISECONDS_PER_DAY).toISOString().slice(0, 10)
}

function monthDay(date: string): string {
  return `${date.slice(5, 7)}/${date.slice(8, 10)}`
}

/** `last` is the last day, for sources that count it in. */
function dateWords({ from, to }: { readonly from: string; readonly to: string }): Words {
  const last = dayBefore(to)
  return { from, to, last, fromMonthDay: monthDay(from), lastMonthDay: monthDay(last) }
}

function lineWords(line: OutputLine): Words {
  return {
    ...dateWords(line),
    days: String(line.days),
    daysInPeriod: String(line.daysInPeriod),
    fractionDays: String(line.fraction.days),
    fractionOf: String(line.fraction.of),
    share: line.kind === 'recurring' ? 'full' : line.kind,
  }
}

function takeEffective(read: Extract<Read, { effective: string }>, outputs: Outputs): Taken {
  const changed = outputs(read.effective)
  const before = new Set(outputs(read.without).lines.map((line) => JSON.stringify(line)))
  const first = changed.lines
    .filter((line) => !before.has(JSON.stringify(line)))
    .map((line) => line.from)
    .sort()[0]
  const next = changed.periods.find((period) => period.from > read.event)?.from
  const refunded = changed.lines.some((line) => line.amount.startsWith('-'))
  return words(
    filled(read.show, {
      effective:
        first === read.event
          ? 'current date'
          : first === next
            ? `first day of next billing ${read.span}`
            : String(first),
      refund: refunded ? 'prorated refund' : 'no prorated refund',
    }),
  )
}
