import { MARKUP_PERCENT, PERCENT_PLACES, UNIT_PRICE } from '../limits.js'
import { isCurrency } from '../money/currency.js'
import { type Decimal, DECIMAL_ONE, DECIMAL_PLACES, parseDecimal } from '../money/decimal.js'
import { Problem } from '../problem.js'
import type { OverrideRule } from './overrides.js'

/** A price rule as a person said it; of a fixed price the currency can be left to be found. */
export type AskedRule =
  | Exclude<OverrideRule, { kind: 'fixed' }>
  | {
      readonly kind: 'fixed'
      readonly price: Decimal
      readonly currency: string | undefined
      /** The number as it was typed where it could as well be the end of a name: "365". */
      readonly bare: string | undefined
      /** What it is said to be for; undefined: for what is billed there. */
      readonly per: AskedPeriod | undefined
    }

/** A period people name beside a price. */
export type AskedPeriod = 'month' | 'year'

/** How a price is written, for refusals. */
const EXAMPLES = '`20.50`, `$20.50`, `20.50 EUR`, `discount 10%`, `markup 15%` or `margin 20%`'
const NOTHING = 'No price was set.'

const KINDS = ['discount', 'markup', 'margin'] as const
type PercentKind = (typeof KINDS)[number]

/** Signs people type, the longer ones first. */
const SIGNS: readonly (readonly [sign: string, currency: string])[] = [
  ['CA$', 'CAD'],
  ['A$', 'AUD'],
  ['NZ$', 'NZD'],
  ['$', 'USD'],
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['¥', 'JPY'],
]

/**
 * Reads the price rule at the end of some words; `used` is how many of them it took. Problem `input` for what is none, or
 * says something no price can be.
 */
export function ruleAtEnd(words: readonly string[]): { readonly rule: AskedRule; readonly used: number } {
  const { rest, per } = periodAtEnd(words)
  const { rule, used } = plainRuleAtEnd(rest)
  const all = used + words.length - rest.length
  if (rule.kind === 'fixed') return { rule: { ...rule, per }, used: all }
  if (per === undefined) return { rule, used: all }
  throw refusal(
    `A ${rule.kind} is a part of the price, whatever it is for: it takes no month and no year.`,
    'Leave that out, or type the price itself, as in `20.50 a month`.',
  )
}

/** "20.50 a month", "$25 per seat and year", "25/mo", "240 yearly" */
const PERIOD =
  /(?<=\d\D{0,4})(?:\s*(?:\b(?:a|per)|\/)\s*(?:seat|user|licen[cs]e)(?:\s*(?:\b(?:and|a|per)\b|\/))?|\s*\b(?:a|per|each)|\s*\/)\s*(month|mo|year|yr)$|(?<=\d\D{0,4})\s+(monthly|yearly|annually)$/i

/** Words without the period that is named behind a number at their end. */
export function periodAtEnd(words: readonly string[]): {
  readonly rest: readonly string[]
  readonly per: AskedPeriod | undefined
} {
  const text = words.join(' ')
  const found = PERIOD.exec(text)
  if (found === null) return { rest: words, per: undefined }
  const rest = text.slice(0, found.index).trim().split(' ')
  return { rest, per: /^m/i.test(found[1] ?? found[2] ?? '') ? 'month' : 'year' }
}

function plainRuleAtEnd(words: readonly string[]): { readonly rule: AskedRule; readonly used: number } {
  const [last = ''] = words.slice(-1)
  const kindAt = (from: number) => KINDS.find((known) => known === words.at(from)?.toLowerCase())
  const kind = kindAt(-2)
  if (kind !== undefined) return { rule: percentRule(kind, last), used: 2 }
  // "10 %" and "10%" are the same.
  const number = last === '%' ? `${words.at(-2) ?? ''}%` : last
  const spaced = last === '%' ? kindAt(-3) : undefined
  if (spaced !== undefined) return { rule: percentRule(spaced, number), used: 3 }
  const behind = kindBehind(words)
  if (behind !== undefined) return behind
  if (/^[-−+].*%$/.test(number)) {
    const plain = number.slice(1)
    const meant = number.startsWith('+') ? `markup ${plain}\` on cost` : `discount ${plain}\` off list`
    throw refusal(`“${number}” is not how a price is said.`, `Type \`${meant}.`)
  }
  if (number.endsWith('%')) {
    throw refusal(
      `“${number}” of what, is not said.`,
      `Type \`discount ${number}\` off list, \`markup ${number}\` on cost or \`margin ${number}\`.`,
    )
  }
  return fixedAtEnd(words, last)
}

/** "5% discount", "10 % off", "10% off list", "20% margin": as people say it. */
function kindBehind(
  words: readonly string[],
): { readonly rule: AskedRule; readonly used: number } | undefined {
  const found = /(?:^|\s)(\S+?)(\s?%)\s(?:(discount|markup|margin)|off(?: list)?)$/i.exec(words.join(' '))
  if (found === null) return undefined
  const [whole, typed = '', sign = '', kind = 'discount'] = found
  const known = KINDS.find((one) => one === kind.toLowerCase()) ?? 'discount'
  return { rule: percentRule(known, `${typed}${sign.trim()}`), used: whole.trim().split(/\s/).length }
}

function fixedAtEnd(words: readonly string[], last: string) {
  const before = words.at(-2) ?? ''
  const after = last.toUpperCase()
  if (isCurrency(after) && /\d/.test(before)) return { rule: fixedRule(before, after), used: 2 }
  // In capitals, and not the first word: “pen” is a product, and “all” is everybody, before they are currencies.
  const isCode = isCurrency(before) && words.length > 2 && /^\d/.test(last)
  if (isCode) return { rule: fixedRule(last, before), used: 2 }
  return { rule: fixedRule(last, undefined), used: 1 }
}

function percentRule(kind: PercentKind, text: string): AskedRule {
  const typed = text.replace(/%$/, '')
  const percent = numberOf(typed, `the percent of a ${kind}`)
  if (placesOf(typed) > PERCENT_PLACES) {
    throw refusal(`“${typed}” has more than ${PERCENT_PLACES} decimals.`, 'Round the percent.')
  }
  if (kind === 'markup') {
    if (percent <= MARKUP_PERCENT * DECIMAL_ONE) return { kind, percent }
    throw refusal(
      `A markup of ${typed}% is more than ${MARKUP_PERCENT}%.`,
      'Type the price itself, as in `20.50`.',
    )
  }
  if (percent >= 100n * DECIMAL_ONE) {
    throw kind === 'margin'
      ? refusal(
          'A margin is less than 100%: no price is high enough for it.',
          'Type `markup` for a part of the cost on top of it.',
        )
      : refusal(
          'A discount is less than 100%: nothing would be left to bill.',
          'Type a price of `0` to give it away.',
        )
  }
  if (kind === 'discount' && percent === 0n) {
    throw refusal('A discount of 0% changes nothing.', 'Type how much it is, as in `discount 10%`.')
  }
  return { kind, percent }
}

/** "$20.50", "20.50", with the currency that was said beside it. */
function fixedRule(text: string, said: string | undefined): AskedRule {
  const sign = SIGNS.find(([known]) => text.toUpperCase().startsWith(known))
  const behind = SIGNS.find(([known]) => text.length > known.length && text.toUpperCase().endsWith(known))
  const glued = /^([a-z]{3})(?=\d)|(?<=\d)([a-z]{3})$/i.exec(text)?.[0]
  const code = glued !== undefined && isCurrency(glued.toUpperCase()) ? glued : undefined
  const typed = numberPart(
    text,
    sign?.[0] ?? code ?? '',
    sign === undefined && code === undefined ? (behind?.[0] ?? '') : '',
  )
  const own = sign?.[1] ?? code?.toUpperCase() ?? behind?.[1]
  if (said !== undefined && own !== undefined && said !== own) {
    throw refusal(
      `“${text}” is a price in ${own}, and ${said} is said beside it.`,
      'Write the price with the one currency it is in, as in `20.50 EUR`.',
    )
  }
  const currency = said ?? own
  const price = numberOf(typed, 'a price')
  if (price > UNIT_PRICE * DECIMAL_ONE) {
    throw refusal(`A price of “${typed}” is more than anything costs.`, 'Look for a digit too many.')
  }
  const isBare = currency === undefined && /^\d+$/.test(typed)
  return { kind: 'fixed', price, currency, bare: isBare ? typed : undefined, per: undefined }
}

/** What is left of a price without its currency, wherever that stands. */
function numberPart(text: string, mark: string, behind: string): string {
  if (behind !== '') return text.slice(0, -behind.length)
  if (mark === '') return text
  return text.toUpperCase().startsWith(mark.toUpperCase())
    ? text.slice(mark.length)
    : text.slice(0, -mark.length)
}

/** A number of zero or more. Problem `input` with what is wrong about any other text. */
function numberOf(typed: string, what: string): Decimal {
  if (/^[-−]/.test(typed))
    throw refusal(`${what[0]?.toUpperCase()}${what.slice(1)} is not negative.`, `Write it as ${EXAMPLES}.`)
  if (/^[\d.]*,[\d.,]*$/.test(typed)) {
    throw refusal(
      `“${typed}” has a comma.`,
      'Write the decimals behind a point, and nothing between thousands: `1234.50`.',
    )
  }
  const number = /^\d+(\.\d+)?$/.test(typed) ? parseDecimal(typed) : undefined
  if (number !== undefined) return number
  if (placesOf(typed) > DECIMAL_PLACES) {
    throw refusal(`“${typed}” has more than ${DECIMAL_PLACES} decimals.`, 'Round it.')
  }
  if (/^\d{20,}(\.\d+)?$/.test(typed))
    throw refusal(`“${typed.slice(0, 40)}” is more than anything costs.`, 'Look for digits too many.')
  throw refusal(
    typed === '' ? `A number is missing for ${what}.` : `“${typed.slice(0, 40)}” is not ${what}.`,
    `Write it as ${EXAMPLES}, behind what it is for.`,
  )
}

function placesOf(typed: string): number {
  return (/^\d+\.(\d+?)0*$/.exec(typed)?.[1] ?? '').length
}

function refusal(what: string, next: string): Problem {
  return new Problem({ kind: 'input', what, notDone: NOTHING, next })
}
