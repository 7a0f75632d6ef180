import { currencyDigits } from '../../../core/money/currency.js'

/**
 * Recomputes the amount of a line from the words of its explanation alone, in exact fractions, and complains when the
 * words do not add up. It knows how amounts are written and how rounding works, and nothing of the engine.
 */

interface Exact {
  readonly numerator: bigint
  readonly denominator: bigint
}

const SIGNS = /CA\$|A\$|NZ\$|[A-Z]{3} |[$€£¥,]/g

/** "1,234.50", "-0.5", "22" as an exact fraction. */
function exact(text: string): Exact {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.replace(SIGNS, '').trim())
  if (match === null) throw new Error(`not a number: "${text}"`)
  const [, sign = '', whole = '0', places = ''] = match
  const units = BigInt(whole + places)
  return { numerator: sign === '-' ? -units : units, denominator: 10n ** BigInt(places.length) }
}

function times(left: Exact, right: Exact): Exact {
  return { numerator: left.numerator * right.numerator, denominator: left.denominator * right.denominator }
}

function plus(left: Exact, right: Exact): Exact {
  const numerator = left.numerator * right.denominator + right.numerator * left.denominator
  return { numerator, denominator: left.denominator * right.denominator }
}

const ONE: Exact = { numerator: 1n, denominator: 1n }
const ZERO: Exact = { numerator: 0n, denominator: 1n }

/** Rounds to `places`, half away from zero or cutting. */
function rounded({ numerator, denominator }: Exact, places: number, down: boolean): Exact {
  const scaled = numerator * 10n ** BigInt(places)
  const negative = scaled < 0n
  const absolute = negative ? -scaled : scaled
  const whole = down ? absolute / denominator : (absolute * 2n + denominator) / (denominator * 2n)
  return { numerator: negative ? -whole : whole, denominator: 10n ** BigInt(places) }
}

function minorOf({ numerator, denominator }: Exact, digits: number): bigint {
  const scaled = numerator * 10n ** BigInt(digits)
  if (scaled % denominator !== 0n) throw new Error(`${numerator}/${denominator} is not a whole amount`)
  return scaled / denominator
}

function same(left: Exact, right: Exact, what: string): void {
  if (left.numerator * right.denominator === right.numerator * left.denominator) return
  throw new Error(
    `${what}: ${left.numerator}/${left.denominator} is not ${right.numerator}/${right.denominator}`,
  )
}

/** "21/31", "12/31 + 6/28" */
function sumOfParts(text: string): Exact {
  return text.split(' + ').reduce((total, part) => {
    const [days, of] = part.split('/')
    if (days === undefined || of === undefined) throw new Error(`not a fraction: "${part}"`)
    return plus(total, { numerator: BigInt(days), denominator: BigInt(of) })
  }, ZERO)
}

/** "21/31", "(12/31 + 6/28)" or "0.68 (21/31)" */
function fraction(text: string): Exact {
  const decimals = /^(\d+\.\d+) \((.+)\)$/.exec(text)
  if (decimals !== null) {
    const stated = exact(decimals[1] ?? '')
    const places = (decimals[1] ?? '').split('.')[1]?.length ?? 0
    same(stated, rounded(sumOfParts(decimals[2] ?? ''), places, false), text)
    return stated
  }
  return sumOfParts(text.replace(/^\((.*)\)$/, '$1'))
}

/** "$22.00 × 21/31" */
function priceTimesFraction(text: string): Exact {
  const at = text.indexOf(' × ')
  return at === -1 ? exact(text) : times(exact(text.slice(0, at)), fraction(text.slice(at + 3)))
}

/** "$22.00 × 21/31", or "$14.90 ($22.00 × 21/31)" with the price of one seat rounded first. */
function unitAmount(text: string, digits: number, down: boolean): Exact {
  const stated = /^([^()×]+) \((.+)\)$/.exec(text)
  if (stated === null) return priceTimesFraction(text)
  const unit = exact(stated[1] ?? '')
  same(unit, rounded(priceTimesFraction(stated[2] ?? ''), digits, down), text)
  return unit
}

/** "due $514.52 ($440.00 + $74.52)" */
function statedSum(text: string): Exact {
  const match = /^(?:due|settled) (\S+(?: [\d.,]+)?)(?: \((.+)\))?$/.exec(text)
  if (match === null) throw new Error(`not a sum: "${text}"`)
  const total = exact(match[1] ?? '')
  if (match[2] !== undefined) {
    same(total, match[2].split(' + ').map(exact).reduce(plus, ZERO), text)
  }
  return total
}

function correction(words: string): Exact {
  const match = /^Correction for [^:]+: (due .+) less (settled .+) = (.+)$/.exec(words)
  if (match === null) throw new Error(`not a correction: "${words}"`)
  const [due, settled, result] = [statedSum(match[1] ?? ''), statedSum(match[2] ?? ''), exact(match[3] ?? '')]
  same(result, plus(due, times(settled, { numerator: -1n, denominator: 1n })), words)
  return result
}

/** The amount in minor units; throws when a stated step is not what its own words give. */
export function recomputeExplanation(explanation: string, currency: string): bigint {
  const digits = currencyDigits(currency) ?? 0
  if (explanation.startsWith('Correction for ')) return minorOf(correction(explanation), digits)
  const [words = '', ...notes] = explanation.split(' · ')
  const down = notes.includes('rounded down')
  const match = /^(?:.*: )?(-?[\d.]+) × (.+) = (.+)$/.exec(words)
  if (match === null) throw new Error(`no arithmetic in "${explanation}"`)
  const amount = rounded(times(exact(match[1] ?? ''), unitAmount(match[2] ?? '', digits, down)), digits, down)
  same(exact(match[3] ?? ''), amount, words)
  const heldAt = notes
    .map((note) => /^held at (\S+(?: [\d.,]+)?),/.exec(note)?.[1])
    .find((text) => text !== undefined)
  return minorOf(times(heldAt === undefined ? amount : exact(heldAt), ONE), digits)
}
