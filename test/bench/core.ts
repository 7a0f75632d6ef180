/**
 * `node dist/test/bench/core.js --size N`: the core bill run of a month for N distinct subscriptions, 30 % with a change
 * and 10 % annual. Timed: from each subscription's history to its price, its due lines, and the totals of its customer.
 * Subscriptions are made in batches outside the time; every line is kept until the end, as a bill run keeps them.
 * Before them 10,000 other subscriptions are billed, which is what the first answer of a process takes (`firstSeconds`):
 * most of that is the engine getting to know the code, and no size is measured with more of it than another.
 * At 10,000 the lines are compared with the slow path, day by day in rationals, and every line is explained.
 */
import { parseArgs } from 'node:util'
import { addDays, formatLocalDate } from '../../core/calendar/date.js'
import { dueAsKnown } from '../../core/charges/due.js'
import { explainLine } from '../../core/charges/explain.js'
import { type ChargeLine, DEFAULT_POLICY } from '../../core/charges/types.js'
import { formatDecimal } from '../../core/money/decimal.js'
import { amountDigits } from '../../core/money/money.js'
import { priceSubscription } from '../../core/pricing/timeline.js'
import type { FoldedSubscription } from '../../core/timeline/fold.js'
import { recompute } from '../support/recompute/recompute.js'
import { MONTH_FROM, MONTH_TO, OVERRIDES, slowInputOf, subscriptionOf } from './core-portfolio.js'

/** Small, so that collecting what made the input is not counted as work on it. */
const BATCH = 500
/** Other subscriptions billed first: after them the code is as it is in a program that goes on. */
const FIRST = 10_000
/** Up to here the slow path is walked, too. */
const COMPARED = 10_000
const LAST_DAY = addDays(MONTH_TO, -1)

interface BillRun {
  readonly lines: ChargeLine[]
  /** Minor units by customer. */
  readonly totals: Map<string, bigint>
}

/** What is measured: one batch of subscriptions becomes lines and totals. */
function bill(run: BillRun, subscriptions: readonly FoldedSubscription[]): void {
  for (const subscription of subscriptions) {
    const { timeline, currency } = priceSubscription(subscription, OVERRIDES, 'USD')
    if (timeline === undefined) continue
    const { lines } = dueAsKnown(
      { currency, policy: DEFAULT_POLICY, timeline },
      MONTH_FROM,
      LAST_DAY,
      LAST_DAY,
    )
    let total = run.totals.get(subscription.customerId) ?? 0n
    for (const line of lines) {
      total += line.amount
      run.lines.push(line)
    }
    run.totals.set(subscription.customerId, total)
  }
}

/** Every field that is money or a date, as text. */
type LineText = readonly [
  from: string,
  to: string,
  billOn: string,
  quantity: string,
  unitPrice: string,
  amount: string,
]

function fastText({ from, to, billOn, quantity, unitPrice, amount }: ChargeLine): LineText {
  return [
    formatLocalDate(from),
    formatLocalDate(to),
    formatLocalDate(billOn),
    formatDecimal(quantity),
    formatDecimal(unitPrice),
    amountDigits(amount, 'USD'),
  ]
}

function slowTexts(index: number): LineText[] {
  return recompute(slowInputOf(index))
    .lines.filter(({ billOn }) => billOn >= formatLocalDate(MONTH_FROM))
    .map(({ from, to, billOn, quantity, unitPrice, amount }) => [
      from,
      to,
      billOn,
      quantity,
      unitPrice,
      amount,
    ])
}

/** FNV-1a over the text of every line: 32 bits are plenty to see that two runs differ. */
function checksumOf(lines: Iterable<LineText>): string {
  let hash = 0x811c9dc5
  for (const line of lines) {
    for (const character of line.join('|'))
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}

function compare(
  size: number,
  lines: readonly ChargeLine[],
  checksum: string,
): Record<string, string | number> {
  if (size > COMPARED) return {}
  const slow = checksumOf(Array.from({ length: size }, (_, index) => slowTexts(index)).flat())
  if (slow !== checksum) throw new Error(`The fast path has checksum ${checksum}, the slow path ${slow}.`)
  const explained = lines.filter((line) => explainLine(line, 'USD').includes(' = ')).length
  if (explained !== lines.length)
    throw new Error(`${lines.length - explained} lines do not explain themselves.`)
  return { slowPath: 'same checksum', explained }
}

/** Bills `size` subscriptions from number `from` on; the seconds it took, without making them. */
function secondsFor(run: BillRun, from: number, size: number): number {
  let seconds = 0
  for (let first = 0; first < size; first += BATCH) {
    const length = Math.min(BATCH, size - first)
    const batch = Array.from({ length }, (_, index) => subscriptionOf(from + first + index))
    const started = process.hrtime.bigint()
    bill(run, batch)
    seconds += Number(process.hrtime.bigint() - started) / 1e9
  }
  return seconds
}

function main(): void {
  const { values } = parseArgs({ options: { size: { type: 'string', default: String(COMPARED) } } })
  const size = Number(values.size)
  if (!Number.isInteger(size) || size < 1)
    throw new Error(`--size takes a whole number of 1 or more, not ${values.size}.`)
  const firstSeconds = secondsFor({ lines: [], totals: new Map() }, size, FIRST)
  const run: BillRun = { lines: [], totals: new Map() }
  const seconds = secondsFor(run, 0, size)
  const peakMebibytes = process.resourceUsage().maxRSS / 1024
  const checksum = checksumOf(lineTexts(run.lines))
  const facts = {
    lines: run.lines.length,
    customers: run.totals.size,
    total: amountDigits(
      [...run.totals.values()].reduce((total, amount) => total + amount, 0n),
      'USD',
    ),
    checksum,
    ...compare(size, run.lines, checksum),
  }
  process.stdout.write(`${JSON.stringify({ measures: { seconds, firstSeconds, peakMebibytes }, facts })}\n`)
}

function* lineTexts(lines: readonly ChargeLine[]): Generator<LineText> {
  for (const line of lines) yield fastText(line)
}

main()
