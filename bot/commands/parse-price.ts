import type { AskedAbout, AskedSays } from '../../core/app/override-about.js'
import type { AskedOverride } from '../../core/app/prices.js'
import type { OverrideKind } from '../../core/app/override-words.js'
import { type LocalDate, addDays, parseLocalDate } from '../../core/calendar/date.js'
import { DATABASE_INTEGER_MAXIMUM, DESCRIPTION_LENGTH } from '../../core/limits.js'
import { isCurrency } from '../../core/money/currency.js'
import { periodAtEnd, ruleAtEnd } from '../../core/pricing/typed-rule.js'
import { Problem } from '../../core/problem.js'
import { DESCRIBE_COMMAND, PRICE_COMMAND } from '../cards/price-form.js'
import { dayAtStart, monthAtStart, unreadDate } from './dates.js'
import { bare, pageNumber, refuseExtra, required } from './parse-words.js'
import { type Token, isWord, textOf, tokensOf } from './tokens.js'

/** What is asked of prices and descriptions of the MSP's own. */
export type PriceCommand = { readonly name: 'price' | 'describe' } & (
  | { readonly action: 'list'; readonly page: number }
  | { readonly action: 'set'; readonly asked: AskedOverride }
  /** What is paid now by whom is named. */
  | {
      readonly action: 'paid'
      readonly about: AskedAbout
      readonly asked: string
      readonly page: number
    }
  /** Says yes to a price that was shown first. */
  | { readonly action: 'confirm'; readonly id: string; readonly seen: string | undefined }
  | { readonly action: 'end'; readonly number: number; readonly on: LocalDate | undefined }
)

/** Which kind of override each command is about. */
export const OVERRIDE_KINDS: Readonly<Record<PriceCommand['name'], OverrideKind>> = {
  price: 'price',
  describe: 'description',
}

const USAGES: Readonly<Record<PriceCommand['name'], string>> = {
  price: PRICE_COMMAND,
  describe: DESCRIBE_COMMAND,
}

/**
 * "", "page 2", "contoso premium 20.50 from 1 april until june", "all premium discount 10%", "k7q2mdxa margin 20%",
 * "remove 3 from may"; for `describe` the same with words in quotes in the place of the rule.
 */
export function parsePrice(
  name: PriceCommand['name'],
  words: readonly string[],
  today: LocalDate,
): PriceCommand {
  const tokens = tokensOf(words)
  const [first, second, ...more] = tokens
  if (first === undefined) return { name, action: 'list', page: 1 }
  if (isWord(first, 'page') && (second === undefined || more.length === 0)) {
    return { name, action: 'list', page: pageNumber(second?.text, `${name} page 2`) }
  }
  if (name === 'price' && isWord(first, 'yes')) {
    refuseExtra(
      'price yes <id>',
      more.map(({ text }) => text),
    )
    const id = required(bare(second?.text), 'price yes <id>', 'the id that was shown with the price')
    return { name, action: 'confirm', id, seen: undefined }
  }
  const asked = name === 'price' ? askedNames(tokens) : undefined
  if (asked !== undefined) return asked
  const { rest, from, to } = datesAtEnd(name, tokens, today)
  if (isWord(first, 'remove')) return removeWith(name, rest, from, to)
  const { says, about } = name === 'price' ? withRule(rest) : withWords(rest)
  return { name, action: 'set', asked: { about: aboutOf(name, about), says, from, to } }
}

/** Names alone, with no rule and no day behind them: what is paid there. undefined: something is to be set. */
function askedNames(tokens: readonly Token[]): PriceCommand | undefined {
  const [word, number] = tokens.slice(-2)
  const hasPage = tokens.length > 2 && isWord(word, 'page') && /^\d+$/.test(number?.text ?? '')
  const names = hasPage ? tokens.slice(0, -2) : tokens
  const isRule = names.some((token) => !token.quoted && RULE_WORDS.test(token.text))
  if (isRule || isWord(names[0], 'remove') || hasNumberAtEnd(names)) return undefined
  const page = hasPage ? pageNumber(number?.text, 'price contoso page 2') : 1
  return { name: 'price', action: 'paid', about: aboutOf('price', names), asked: textOf(names), page }
}

/** "20.50", "20.50 a month", "20.50 EUR"; in quotes it is a name, unless it is nothing but a number. */
function hasNumberAtEnd(names: readonly Token[]): boolean {
  const quoted = names.findLastIndex((token) => token.quoted)
  const behind = names.slice(quoted + 1).map(({ text }) => text)
  if (behind.length === 0) return /^\d+(?:[.,]\d+)?$/.test(names[quoted]?.text ?? '')
  const { rest } = periodAtEnd(behind)
  const [before = '', last = ''] = ['', '', ...rest].slice(-2)
  return /\d/.test(last) || (isCurrency(last.toUpperCase()) && /\d/.test(before))
}

/** Words only somebody says who sets a price, or means to. */
const RULE_WORDS = /^(?:discount|markup|margin|off|from|until|.*%|[$€£¥].*)$/i

/** The command a form to set a price is sent off as. Problem `input` for a price that is none. */
export function filledPrice(values: ReadonlyMap<string, string>): PriceCommand {
  const value = (id: string) => values.get(id) ?? ''
  const [kind, amount, currency] = [value('rule'), value('amount'), value('currency')]
  const words = kind === 'fixed' ? [amount, ...(currency === '' ? [] : [currency])] : [kind, `${amount}%`]
  const { rule, used } = ruleAtEnd(words)
  if (used !== words.length) throw noCurrency(currency)
  // What stands in a field of its own is no part of a name.
  const says = rule.kind === 'fixed' ? { ...rule, bare: undefined } : rule
  return { name: 'price', action: 'set', asked: { ...filledAbout('price', values), says } }
}

function noCurrency(typed: string): Problem {
  return new Problem({
    kind: 'input',
    what: `“${typed}” is not a currency.`,
    notDone: 'No price was set.',
    next: 'Write its three letters, as in `EUR`, or leave it empty for the currency that is billed there.',
  })
}

/** The same for a description. */
export function filledDescription(values: ReadonlyMap<string, string>): PriceCommand {
  const words = { text: values.get('words') ?? '', quoted: true }
  const { says } = withWords([words])
  return { name: 'describe', action: 'set', asked: { ...filledAbout('describe', values), says } }
}

function filledAbout(
  name: PriceCommand['name'],
  values: ReadonlyMap<string, string>,
): Omit<AskedOverride, 'says'> {
  const [customer = '', product = ''] = [values.get('customer'), values.get('product')]
  const last = parseLocalDate(values.get('until') ?? '')
  return {
    about: {
      ...aboutOf(name, customer === '' ? [] : [{ text: customer, quoted: false }]),
      ...(product === '' ? {} : { product: bare(product) ?? product }),
    },
    from: parseLocalDate(values.get('from') ?? ''),
    to: last === undefined ? undefined : addDays(last, 1),
  }
}

function removeWith(
  name: PriceCommand['name'],
  [, number, ...more]: readonly Token[],
  on: LocalDate | undefined,
  to: LocalDate | undefined,
): PriceCommand {
  const usage = `${name} remove <number> [from <date>]`
  refuseExtra(usage, [...more.map(({ text }) => text), ...(to === undefined ? [] : ['until …'])])
  const typed = number?.text.replace(/^#/, '') ?? ''
  if (/^[1-9]\d{0,9}$/.test(typed) && Number(typed) <= DATABASE_INTEGER_MAXIMUM) {
    return { name, action: 'end', number: Number(typed), on }
  }
  throw new Problem({
    kind: 'input',
    what: `\`${usage}\` needs the number of one.`,
    notDone: 'Nothing was ended.',
    next: `Type \`${name}\` to see them, each with its number.`,
  })
}

interface Dated {
  readonly rest: readonly Token[]
  readonly from: LocalDate | undefined
  readonly to: LocalDate | undefined
}

/** "from <date>" and "until <date>" behind everything else, in either order. */
function datesAtEnd(name: PriceCommand['name'], tokens: readonly Token[], today: LocalDate): Dated {
  let rest = tokens
  const said: { from?: readonly Token[]; until?: readonly Token[] } = {}
  for (;;) {
    const at = rest.findLastIndex(
      (token, index) => index > 0 && (isWord(token, 'from') || isWord(token, 'until')),
    )
    const found = at < 0 ? undefined : dateOf(rest.slice(at), today)
    if (found === undefined) break
    if (said[found.word] !== undefined) throw badDate(name, textOf(rest.slice(at)))
    said[found.word] = rest.slice(at)
    rest = rest.slice(0, at)
  }
  const left = rest.findLastIndex(
    (token, index) => index > 1 && (isWord(token, 'from') || isWord(token, 'until')),
  )
  // In a name it stays; where a rule stands before it, what follows was meant as a date.
  if (left > 0 && hasRuleBefore(name, rest.slice(0, left))) throw badDate(name, textOf(rest.slice(left)))
  const from = dateOf(said.from ?? [], today)?.day
  return { rest, from, to: dateOf(said.until ?? [], today, from)?.day }
}

/** Prices are said for what comes, and put right for what is billed now: not for what was months ago. */
const MONTHS_BACK = 2

/** @param begins what ends, if it was said: it ends in the months behind that, else in those behind today. */
function dateOf([keyword, ...tokens]: readonly Token[], today: LocalDate, begins = today) {
  const words = tokens.map(({ text }) => text)
  if (keyword === undefined || tokens.some(({ quoted }) => quoted)) return undefined
  const near = isWord(keyword, 'until') ? { day: begins, back: 0 } : { day: today, back: MONTHS_BACK }
  if (isWord(keyword, 'until')) {
    const month = monthAtStart(words, today, near)
    if (month?.rest.length === 0) return { word: 'until', day: month.value.to } as const
  }
  const day = tomorrow(words, today) ?? dayAtStart(words, today, near)
  if (day?.rest.length !== 0) return undefined
  // People name the last day, we the first one behind it.
  return isWord(keyword, 'until')
    ? ({ word: 'until', day: addDays(day.value, 1) } as const)
    : ({ word: 'from', day: day.value } as const)
}

/** Here days lie ahead as often as behind. */
function tomorrow(words: readonly string[], today: LocalDate): ReturnType<typeof dayAtStart> {
  const isIt = words[0]?.toLowerCase() === 'tomorrow'
  return isIt ? { value: addDays(today, 1), rest: words.slice(1) } : undefined
}

function hasRuleBefore(name: PriceCommand['name'], tokens: readonly Token[]): boolean {
  if (name === 'describe') return tokens.at(-1)?.quoted === true
  if (isWord(tokens[0], 'remove')) return true
  const last = tokens.at(-1)?.text ?? ''
  return /\d|^(?:%|month|year|monthly|yearly|off)$/i.test(last)
}

function badDate(name: PriceCommand['name'], typed: string): Problem {
  return new Problem({
    kind: 'input',
    what: `“${typed}” is not a day to begin or end with.`,
    notDone: 'Nothing was recorded.',
    next: nextDate(name, typed),
  })
}

/** "1/4/2026" is one of two days, depending on who writes it: both are told. */
function nextDate(name: PriceCommand['name'], typed: string): string {
  const readings = unreadDate(typed.split(/\s+/))?.readings ?? []
  const [keyword = 'from'] = typed.split(/\s+/)
  if (readings.length === 0) return `Type it as in \`${name} … from 1 april until 30 june\`.`
  return `Write it as ${readings.map((day) => `\`${keyword} ${day}\``).join(' or ')}.`
}

function withRule(tokens: readonly Token[]): { readonly says: AskedSays; readonly about: readonly Token[] } {
  const plain = tokens.slice(tokens.findLastIndex(({ quoted }) => quoted) + 1)
  const { rule, used } = ruleAtEnd(plain.map(({ text }) => text))
  return { says: rule, about: tokens.slice(0, tokens.length - used) }
}

function withWords(tokens: readonly Token[]): { readonly says: AskedSays; readonly about: readonly Token[] } {
  const last = tokens.at(-1)
  const description = last?.text.trim() ?? ''
  const isText = last?.quoted === true && description !== '' && !/\p{Cc}/u.test(description)
  if (isText && description.length <= DESCRIPTION_LENGTH) {
    return { says: { kind: 'words', description }, about: tokens.slice(0, -1) }
  }
  throw new Problem({
    kind: 'input',
    what: isText
      ? `That description has ${description.length} characters; at most ${DESCRIPTION_LENGTH} fit.`
      : /^["“‘']\s*["”’']$/.test(description) || (last?.quoted === true && description === '')
        ? 'There are no words between the quotes.'
        : `\`${USAGES.describe}\` needs the words, in quotes.`,
    notDone: 'Nothing was recorded.',
    next: 'Type it as in `describe contoso premium "Cloud office"`.',
  })
}

function aboutOf(name: PriceCommand['name'], tokens: readonly Token[]): AskedAbout {
  const [first, ...others] = tokens
  const everyone = isWord(first, 'all')
  const words = (everyone ? others : tokens).map(({ text }) => text)
  if (everyone || words.length > 0) {
    const [only = ''] = words
    return { everyone, words: words.length === 1 ? [bare(only) ?? only] : words }
  }
  throw new Problem({
    kind: 'input',
    what: `\`${USAGES[name]}\` needs whom it is for.`,
    notDone: 'Nothing was recorded.',
    next: `Type a customer, the reference of a line, or \`all\`; \`help ${name}\` shows examples.`,
  })
}
