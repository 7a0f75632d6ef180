import type { SlotChange } from '../../core/app/map-accept.js'
import type { LineageSaid } from '../../core/app/map-lineage.js'
import type { AskedStart } from '../../core/app/map-start.js'
import type { MappingChoice } from '../../core/app/map-types.js'
import type { LocalDate } from '../../core/calendar/date.js'
import { MAPPING_OFFSET_SEATS } from '../../core/limits.js'
import { isOffset } from '../../core/mapping/offset.js'
import { MAP_WORDS } from '../../core/mapping/typed.js'
import { type Decimal, parseDecimal } from '../../core/money/decimal.js'
import { Problem } from '../../core/problem.js'
import type { PriceOwner, PsaName } from '../../core/sync/types.js'
import { dayAtStart, monthAtStart } from './dates.js'
import { pageNumber } from './parse-words.js'
import { type Token, isWord, textOf, tokensOf } from './tokens.js'

/** Who is whom in a PSA, as it was asked or said. */
export type MapCommand = { readonly name: 'map' } & MapAction

export type MapAction =
  | ({ readonly action: 'overview' } & Paged)
  | ({ readonly action: 'suggest'; readonly customer: string; readonly choice: MappingChoice } & Paged)
  | {
      readonly action: 'accept'
      readonly customer: string
      readonly choice: MappingChoice
      readonly from: AskedStart | undefined
    }
  | { readonly action: 'set'; readonly customer: string; readonly change: SlotChange }
  | { readonly action: 'answer'; readonly customer: string; readonly said: LineageSaid }
  | { readonly action: 'remove'; readonly customer: string; readonly from: AskedStart | undefined }

interface Paged {
  /** From 1; undefined: none was named. */
  readonly page: number | undefined
}

/**
 * "page 2", "contoso", "contoso page 2", "contoso to fabrikam in licences accept from april",
 * "contoso set visio to line 90001 offset 3", "contoso continue k7q2mdxa from mftqaf57", "contoso new k7q2mdxa".
 */
export function parseMap(words: readonly string[], today: LocalDate): MapCommand {
  const { tokens, page } = pageAtEnd(tokensOf(words))
  if (tokens.length === 0) return { name: 'map', action: 'overview', page }
  const command = actionOf(tokens, today)
  if (page === undefined) return command
  if (command.action === 'suggest') return { ...command, page }
  throw usage('map [customer] [to <company>] page <n>', 'nothing else: only what is shown has pages')
}

/** What a name ends with in quotes is no page. */
function pageAtEnd(tokens: readonly Token[]): { readonly tokens: readonly Token[] } & Paged {
  const [word, number] = tokens.slice(-2)
  if (!isWord(word, 'page') || number?.quoted !== false) return { tokens, page: undefined }
  return { tokens: tokens.slice(0, -2), page: pageNumber(number.text, 'map page 2') }
}

function actionOf(tokens: readonly Token[], today: LocalDate): MapCommand {
  const at = tokens.findIndex((token, index) => index > 0 && isAny(token, MAP_WORDS))
  const customer = textOf(at < 0 ? tokens : tokens.slice(0, at))
  const verb = at < 0 ? undefined : tokens[at]?.text.toLowerCase()
  const rest = tokens.slice(at + 1)
  switch (verb) {
    case 'set':
      return { name: 'map', action: 'set', customer, change: changeOf(rest) }
    case 'remove':
      return { name: 'map', action: 'remove', customer, from: startOf(rest, 'remove', today) }
    case 'accept':
      return { name: 'map', action: 'accept', customer, choice: {}, from: startOf(rest, 'accept', today) }
    case 'continue':
      return { name: 'map', action: 'answer', customer, said: continuedBy(rest) }
    case 'new':
      return { name: 'map', action: 'answer', customer, said: { line: lineOf(rest), from: undefined } }
    case 'to':
      return { name: 'map', customer, ...placeOf(rest, today) }
    default:
      return { name: 'map', action: 'suggest', customer, choice: {}, page: undefined }
  }
}

function isAny(token: Token, words: ReadonlySet<string>): boolean {
  return !token.quoted && words.has(token.text.toLowerCase())
}

const PSA_WORDS: ReadonlyMap<string, PsaName> = new Map([
  ['connectwise', 'connectwise'],
  ['autotask', 'autotask'],
])

/** "[connectwise] <company> [in <agreement>] [accept [from <month>]]" */
function placeOf(tokens: readonly Token[], today: LocalDate) {
  const accept = tokens.findIndex((token) => isWord(token, 'accept'))
  const named = accept < 0 ? tokens : tokens.slice(0, accept)
  const [first] = named
  const psa = first === undefined || first.quoted ? undefined : PSA_WORDS.get(first.text.toLowerCase())
  const place = psa === undefined || named.length === 1 ? named : named.slice(1)
  const at = place.findIndex((token, index) => index > 0 && isWord(token, 'in'))
  const company = textOf(at < 0 ? place : place.slice(0, at))
  const container = at < 0 ? '' : textOf(place.slice(at + 1))
  if (company === '' || (at >= 0 && container === '')) {
    throw usage('map <customer> to <company> [in <agreement or contract>]', 'a name, or an id')
  }
  const choice: MappingChoice = {
    ...(place === named || psa === undefined ? {} : { psa }),
    company,
    ...(container === '' ? {} : { container }),
  }
  if (accept < 0) return { action: 'suggest', choice, page: undefined } as const
  return { action: 'accept', choice, from: startOf(tokens.slice(accept + 1), 'accept', today) } as const
}

function startOf(tokens: readonly Token[], verb: string, today: LocalDate): AskedStart | undefined {
  if (tokens.length === 0) return undefined
  const words = tokens.slice(1).map(({ text }) => text)
  if (isWord(tokens[0], 'from')) {
    const month = monthAtStart(words, today)
    if (month?.rest.length === 0) return { type: 'month', month: month.value }
    const day = dayAtStart(words, today)
    if (day?.rest.length === 0) return { type: 'day', day: day.value }
  }
  throw new Problem({
    kind: 'input',
    what: `“${textOf(tokens)}” is not a month or a day to begin with.`,
    notDone: 'Nothing was mapped.',
    next: `Type it as in \`map <customer> ${verb} from april\` or \`… from 15 april\`.`,
  })
}

/** "<line> from <earlier line>" */
function continuedBy(tokens: readonly Token[]): LineageSaid {
  const at = tokens.findLastIndex((token, index) => index > 0 && isWord(token, 'from'))
  const [line, from] = at < 0 ? ['', ''] : [textOf(tokens.slice(0, at)), textOf(tokens.slice(at + 1))]
  if (line === '' || from === '') {
    throw usage('map <customer> continue <line> from <earlier line>', 'two licence lines')
  }
  return { line, from }
}

function lineOf(tokens: readonly Token[]): string {
  const line = textOf(tokens)
  if (line === '') throw usage('map <customer> new <line>', 'a licence line')
  return line
}

const SET_USAGE = 'map <customer> set <product> to line <id>'
const OWNERS: readonly PriceOwner[] = ['keep', 'ours', 'catalog']

/** "<product> [to line <id> | to item <id or name>] [offset <n>] [price keep|ours|catalog]" */
function changeOf(all: readonly Token[]): SlotChange {
  const { rest: withOffset, value: price } = optionAtEnd(all, 'price', priceOf)
  const { rest: withPrice, value: offset } = optionAtEnd(withOffset, 'offset', offsetOf)
  // In either order.
  const later = price === undefined ? optionAtEnd(withPrice, 'price', priceOf) : undefined
  const tokens = later?.rest ?? withPrice
  const at = tokens.findLastIndex(
    (token, index) =>
      index > 0 &&
      isWord(token, 'to') &&
      (isWord(tokens[index + 1], 'line') || isWord(tokens[index + 1], 'item')),
  )
  const subscription = textOf(at < 0 ? tokens : tokens.slice(0, at))
  const to = at < 0 ? undefined : targetOf(tokens.slice(at + 1))
  const change = { subscription, to, offset, price: price ?? later?.value }
  const isNothing = to === undefined && offset === undefined && change.price === undefined
  if (subscription === '' || isNothing) throw usage(SET_USAGE, 'a product, and a line or an item')
  return change
}

function targetOf([kind, ...tokens]: readonly Token[]): SlotChange['to'] {
  const text = textOf(tokens)
  if (text === '') throw usage(SET_USAGE, 'the id of a line, or an item')
  return isWord(kind, 'line') ? { type: 'line', id: text.replace(/^#/, '') } : { type: 'item', item: text }
}

function optionAtEnd<T>(
  tokens: readonly Token[],
  word: string,
  read: (text: string) => T,
): { readonly rest: readonly Token[]; readonly value: T | undefined } {
  const [name, value] = tokens.slice(-2)
  if (tokens.length < 2 || !isWord(name, word) || value === undefined) {
    return { rest: tokens, value: undefined }
  }
  return { rest: tokens.slice(0, -2), value: read(value.text) }
}

function priceOf(text: string): PriceOwner {
  const owner = OWNERS.find((known) => known === text.toLowerCase())
  if (owner !== undefined) return owner
  throw usage(`${SET_USAGE} price keep|ours|catalog`, `one of ${OWNERS.join(', ')}, not “${text}”`)
}

function offsetOf(text: string): Decimal {
  const seats = parseDecimal(text)
  if (seats !== undefined && isOffset(seats)) return seats
  throw usage(
    `${SET_USAGE} offset <seats>`,
    `a whole number of seats bought elsewhere, from 0 to ${MAPPING_OFFSET_SEATS}, not “${text}”`,
  )
}

function usage(command: string, what: string): Problem {
  return new Problem({
    kind: 'input',
    what: `\`${command}\` needs ${what}.`,
    notDone: 'Nothing was mapped.',
    next: 'Type `help map` to see examples; names with words like to, in, set or new go in quotes.',
  })
}
