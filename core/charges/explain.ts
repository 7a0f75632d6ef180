import { unreachable } from '../assert.js'
import { dayMonth, periodWords } from '../calendar/words.js'
import { formatDecimal } from '../money/decimal.js'
import { formatMoney, formatUnitPrice } from '../money/money.js'
import { OWN_PRICE_RULE } from '../pricing/price.js'
import { sumOf } from './settle.js'
import type { ChargeLine, Fraction, SettledLine } from './types.js'

/** Rules that need no words: the price is the subscription's own, as everybody expects. */
const OWN_PRICE = new Set([OWN_PRICE_RULE, 'own price', ''])

/**
 * B26: the arithmetic of one line in words from which it can be recomputed, amounts in `currency`:
 * `20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52`, and after a dot what else shaped it: a rounding down, the
 * hold at 0, the rule that set the price, an estimated date.
 */
export function explainLine(line: ChargeLine, currency: string): string {
  return [`${leadOf(line, currency)}${arithmeticOf(line, currency)}`, ...notesOf(line, currency)].join(' · ')
}

/** B21: what a line of the forecast will do: `20 → 25 seats from 25 Mar: would add $24.84 (5 × $22.00 × 7/31)`. */
export function forecastWords(line: ChargeLine, currency: string): string {
  const { amount, reason } = line
  const verb = amount < 0n ? 'take away' : 'add'
  const does = `would ${verb} ${inMoney(amount < 0n ? -amount : amount, currency)}`
  if (reason.type === 'correction') {
    const [before, after] = [reason.settled, reason.due].map((lines) => inMoney(sumOf(lines), currency))
    return `${before} → ${after} for ${periodWords(line.period)}: ${does}`
  }
  return `${leadOf(line, currency)}${[`${does} (${factorsOf(line, currency)})`, ...notesOf(line, currency)].join(' · ')}`
}

/** What happened, before the arithmetic. */
function leadOf({ reason, from, to, days, daysInPeriod }: ChargeLine, currency: string): string {
  switch (reason.type) {
    case 'correction':
      return ''
    case 'base':
      return days === daysInPeriod ? '' : `${periodWords({ from, to })}: `
    case 'rise':
    case 'decrease':
      return `${formatDecimal(reason.before)} → ${formatDecimal(reason.after)} seats from ${dayMonth(reason.on)}: `
    case 'price': {
      const [before, after] = [
        formatUnitPrice(reason.before, currency),
        formatUnitPrice(reason.after, currency),
      ]
      return `${before} → ${after} from ${dayMonth(reason.on)}: `
    }
    case 'oneTime':
      return `${reason.description} on ${dayMonth(reason.on)}: `
    default:
      return unreachable(reason, 'leadOf')
  }
}

function arithmeticOf(line: ChargeLine, currency: string): string {
  const { amount, amountBeforeCap, reason } = line
  if (reason.type === 'correction') {
    const words = `${sumWords('due', reason.due, currency)} less ${sumWords('settled', reason.settled, currency)}`
    return `Correction for ${periodWords(line.period)}: ${words} = ${inMoney(amount, currency)}`
  }
  return `${factorsOf(line, currency)} = ${inMoney(amountBeforeCap ?? amount, currency)}`
}

function factorsOf({ quantity, unitPrice, unitAmount, fraction }: ChargeLine, currency: string): string {
  const ofPrice = [formatUnitPrice(unitPrice, currency), ...fractionWords(fraction)].join(' × ')
  const price = unitAmount === undefined ? ofPrice : unitWords(ofPrice, unitAmount, currency)
  return `${formatDecimal(quantity)} × ${price}`
}

/** B2 `roundAt=unit`: the rounded price of one seat, then where it comes from, unless that is the same price. */
function unitWords(ofPrice: string, unitAmount: bigint, currency: string): string {
  const rounded = inMoney(unitAmount, currency)
  return ofPrice === rounded ? rounded : `${rounded} (${ofPrice})`
}

/** Nothing for a full period; else `21/31`, `(12/31 + 6/28)`, or what it was rounded to: `0.68 (21/31)`. */
function fractionWords({ days, of, parts, rounded }: Fraction): readonly string[] {
  if (days === of) return []
  const exact =
    parts === undefined ? `${days}/${of}` : parts.map((part) => `${part.days}/${part.of}`).join(' + ')
  if (rounded !== undefined) return [`${decimalWords(rounded.units, rounded.places)} (${exact})`]
  return [parts === undefined ? exact : `(${exact})`]
}

/** `units` × 10^-places, with all its places: 68, 2 → "0.68". */
function decimalWords(units: bigint, places: number): string {
  const digits = units.toString().padStart(places + 1, '0')
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`
}

/** "due $514.52 ($440.00 + $74.52)" */
function sumWords(what: string, lines: readonly SettledLine[], currency: string): string {
  const parts = lines.map(({ amount }) => inMoney(amount, currency)).join(' + ')
  return `${what} ${inMoney(sumOf(lines), currency)}${lines.length > 1 ? ` (${parts})` : ''}`
}

function notesOf(line: ChargeLine, currency: string): readonly string[] {
  const { amount, amountBeforeCap, roundedDown, priceRule, reason, estimated, from, to, days } = line
  if (reason.type === 'correction') return []
  const isOwn = OWN_PRICE.has(priceRule)
  const paused = to - from - days
  return [
    ...(reason.type === 'rise' && from < reason.on ? [`charged from ${dayMonth(from)}`] : []),
    ...(paused > 0 ? [paused === 1 ? '1 day paused' : `${paused} days paused`] : []),
    ...(roundedDown === true ? ['rounded down'] : []),
    ...(amountBeforeCap === undefined
      ? []
      : [`held at ${inMoney(amount, currency)}, so that the period is not below zero`]),
    ...(isOwn ? [] : [priceRule]),
    ...(estimated ? ['date estimated'] : []),
  ]
}

function inMoney(minor: bigint, currency: string): string {
  return formatMoney({ currency, minor })
}
