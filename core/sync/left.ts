import type { LocalDate } from '../calendar/date.js'
import { amountOf, scaleOf } from '../charges/amount.js'
import { isSameLine, settlePeriod, sumOf } from '../charges/settle.js'
import type { ChargeLine } from '../charges/types.js'
import { DECIMAL_ONE, DECIMAL_ZERO, type Decimal } from '../money/decimal.js'
import { amountFor, settledOf } from './covered.js'
import { isSeatsByKind } from './prices.js'
import { isSeatsByReason } from './target.js'
import type { DuePeriod, InPsa, SettledCharge } from './types.js'

/** A line with an amount of money that has to be written beside the counts. */
export interface LeftLine {
  /** As it is written: in the money of whoever owns the price. */
  readonly line: ChargeLine
  /** What it settles: in our money, and in theirs where the price is theirs. */
  readonly settles: SettledCharge
}

/** What money has to do in one period of a subscription. */
export interface PeriodMoney {
  readonly left: readonly LeftLine[]
  /** Differences that exist in our price only: nothing to bill where the price is theirs (S15). */
  readonly unbilled: readonly SettledCharge[]
}

/** What is left to settle of a period by money, where the price is ours. */
export function leftAtOurPrice(
  currency: string,
  { lineageId, period, lines }: DuePeriod,
  settled: readonly SettledCharge[],
): PeriodMoney {
  const left = settlePeriod(scaleOf(currency), period, lines, settled)
    .filter(({ amount }) => amount !== 0n)
    .map((line) => ({ line, settles: { ...settledOf(line), lineageId } }))
  return { left, unbilled: [] }
}

/**
 * The same where the price is theirs (S15). What is written is what is missing in their money: everything due and
 * settled is put at their price and settled there. In our money the same lines settle what they stand for, and what then
 * remains is a difference of prices.
 *
 * @param price what a seat costs there; undefined: it is not known, so ours is taken.
 * @param keepsWritten seats that are settled cost what they were settled at, whatever a seat costs now.
 */
export function leftAtTheirPrice(
  currency: string,
  { lineageId, period, lines }: DuePeriod,
  settled: readonly SettledCharge[],
  price: Decimal | undefined,
  keepsWritten: boolean,
): PeriodMoney {
  const theirs = inTheirMoney(currency, lines, settled, price, keepsWritten)
  const own = new Map(theirs.due.map((line, index) => [line, lines[index]]))
  const scale = scaleOf(currency)
  const missing = sumOf(lines) - sumOf(settled)
  const left = settlePeriod(scale, period, theirs.due, theirs.settled)
    .filter(({ amount }) => amount !== 0n)
    .map((line): LeftLine => {
      const inPsa = { unitPrice: line.unitPrice, amount: line.amount }
      // A correction is made of everything: ours is what is missing of everything here.
      const ours = own.get(line) ?? { ...line, ...amountLine(missing, scale.pricePerMinor) }
      return { line, settles: { ...settledOf(ours), lineageId, inPsa } }
    })
  const rest = missing - sumOf(left.map(({ settles }) => settles))
  if (rest === 0n) return { left, unbilled: [] }
  const days = [...lines, ...settled].map(({ billOn }) => billOn)
  const unbilled: SettledCharge = {
    kind: 'correction',
    lineageId,
    period,
    from: period.from,
    to: period.to,
    billOn: Math.max(...days) as LocalDate,
    ...amountLine(rest, scale.pricePerMinor),
    inPsa: { unitPrice: DECIMAL_ZERO, amount: 0n },
  }
  return { left, unbilled: [unbilled] }
}

function amountLine(amount: bigint, pricePerMinor: bigint) {
  return { quantity: DECIMAL_ONE, unitPrice: (amount * pricePerMinor) as Decimal, amount }
}

interface TheirMoney {
  /** In the order of what is due. */
  readonly due: readonly ChargeLine[]
  readonly settled: readonly SettledCharge[]
}

function inTheirMoney(
  currency: string,
  lines: readonly ChargeLine[],
  settled: readonly SettledCharge[],
  price: Decimal | undefined,
  keepsWritten: boolean,
): TheirMoney {
  const open = [...settled]
  const paired: SettledCharge[] = []
  const due = lines.map((line): ChargeLine => {
    // A change of our price changes nothing there.
    if (line.reason.type === 'price') return { ...line, unitPrice: DECIMAL_ZERO, amount: 0n }
    if (!isSeatsByReason(line)) return line
    const now = price === undefined ? line : { unitPrice: price, amount: amountAt(currency, line, price) }
    const place = keepsWritten
      ? open.findIndex((there) => isSeatsByKind(there) && isSameSeats(line, there))
      : -1
    const [there] = place === -1 ? [] : open.splice(place, 1)
    if (there === undefined) return { ...line, unitPrice: now.unitPrice, amount: now.amount }
    const { unitPrice, amount } = there.inPsa ?? now
    paired.push({ ...there, unitPrice, amount })
    return { ...line, unitPrice, amount }
  })
  return { due, settled: [...paired, ...open.map((line) => ({ ...line, ...line.inPsa }))] }
}

/** At the same price as ours it is our amount, whatever a policy rounds it to. */
function amountAt(currency: string, line: ChargeLine, price: Decimal): bigint {
  if (price === line.unitPrice) return line.amount
  const rounding = { roundAt: 'line', roundMode: 'halfAway' } as const
  return amountOf(scaleOf(currency), rounding, line.quantity, price, line.fraction).amount
}

function isSameSeats(line: ChargeLine, there: SettledCharge): boolean {
  const { unitPrice, amount } = there
  return isSameLine({ ...line, unitPrice, amount }, there)
}

/** Counts with what they were charged at there, where that is not known of them yet. */
export function chargedAt(
  currency: string,
  counted: readonly SettledCharge[],
  price: Decimal | undefined,
): readonly SettledCharge[] {
  if (price === undefined) return counted
  return counted.map((line) => {
    if (line.inPsa !== undefined || !isSeatsByKind(line)) return line
    const { unitPrice, quantity, period } = line
    const amount = price === unitPrice ? line.amount : amountFor(currency, quantity, price, line, period)
    const inPsa: InPsa = { unitPrice: price, amount }
    return { ...line, inPsa }
  })
}
