import { distance } from 'fastest-levenshtein'
import {
  MAPPING_CLEAR_POINTS,
  MAPPING_LEAST_POINTS,
  MAPPING_SHOWN,
  MAPPING_SPELLING_CHARACTERS,
  MAPPING_SURE_POINTS,
} from '../limits.js'
import { type Decimal, formatDecimal } from '../money/decimal.js'
import { type FoldedName, domainName, foldName } from './names.js'

/** How well a thing fits, from 0 to 100, and why, in words. */
export interface Fit<Thing> {
  readonly thing: Thing
  readonly score: number
  /** "same name without its legal form" */
  readonly why: string
  /** Why it may not be taken, however well it fits; undefined: it may. */
  readonly refusal: string | undefined
}

/** What fits, the best first, and whether the first may be taken without asking. */
export interface Choice<Thing> {
  readonly fits: readonly Fit<Thing>[]
  /** Things that fit less well than those in `fits`. */
  readonly hidden: number
  /** The first that may be taken; undefined: none. */
  readonly best: Fit<Thing> | undefined
  /** Why it is not taken without asking; undefined: it is sure. */
  readonly doubt: string | undefined
}

/** A company, as far as it is compared. */
export interface CompanyLike {
  readonly id: string
  readonly name: string
  readonly code: string | undefined
  readonly domain: string | undefined
}

/** Something a PSA sells, as far as it is compared. */
export interface ItemLike {
  readonly id: string
  readonly name: string
  readonly vendorNumbers: readonly string[]
  readonly unusable: string | undefined
}

/** A line of a container, as far as it is compared. */
export interface LineLike {
  readonly id: string
  readonly quantity: Decimal
}

type Scored = readonly [score: number, why: string]

/** Companies that could be a customer. Ties and weak likeness are doubts, never a silent choice. */
export function fitCompanies<Company extends CompanyLike>(
  customerName: string,
  companies: readonly Company[],
): Choice<Company> {
  const wanted = foldName(customerName)
  const fits = companies.map((thing): Fit<Company> => {
    const [score, why] = companyScore(wanted, thing)
    return { thing, score, why, refusal: undefined }
  })
  return choose(fits, ({ name, id }) => [name, id])
}

function companyScore(wanted: FoldedName, { name, code, domain }: CompanyLike): Scored {
  const compact = wanted.coreSpellings.map((spelling) => spelling.replaceAll(' ', ''))
  const registered = domain === undefined ? undefined : domainName(domain)
  return bestOf([
    nameScore(wanted, foldName(name), true),
    registered !== undefined && compact.includes(registered.replaceAll('-', ''))
      ? [85, `its domain ${domain ?? ''} is the name`]
      : NOTHING,
    code !== undefined && code !== '' && compact.includes(foldName(code).words.join(''))
      ? [70, `its short code ${code} is the name`]
      : NOTHING,
  ])
}

/** What is bought, as far as it is compared. */
export interface ProductLike {
  readonly name: string
  readonly mpn: string
}

/** Finds items that could be a product: by the vendor's number before all names. Items are taken apart once for all. */
export function itemFitter<Item extends ItemLike>(
  items: readonly Item[],
): (product: ProductLike) => Choice<Item> {
  const folded = items.map((thing) => ({ thing, name: foldName(thing.name) }))
  return (product) => {
    const wanted = foldName(product.name)
    const fits = folded.map(({ thing, name }): Fit<Item> => {
      const numbers = thing.vendorNumbers.map((number) => numberScore(product.mpn, number))
      const [score, why] = bestOf([...numbers, itemNameScore(wanted, name, thing.vendorNumbers)])
      return { thing, score, why, refusal: thing.unusable }
    })
    return choose(fits, ({ name, id }) => [name, id])
  }
}

/** A name says less where the item has a vendor's number of its own, and it is another one: a term, a country. */
function itemNameScore(wanted: FoldedName, name: FoldedName, numbers: readonly string[]): Scored {
  const [score, why] = nameScore(wanted, name, false)
  const isNumbered = numbers.some((number) => number.trim() !== '')
  if (!isNumbered || score < OTHER_NUMBER_POINTS) return [score, why]
  return [OTHER_NUMBER_POINTS, `${why}, but with another vendor number`]
}

/** Below what is suggested as the one: a person has to look. */
const OTHER_NUMBER_POINTS = 70

/** Characters from which on the beginning of a number says something. */
const TELLING_NUMBER = 6

function numberScore(mpn: string, number: string): Scored {
  const [wanted, found] = [mpn.trim(), number.trim()]
  if (wanted === '' || found === '') return NOTHING
  if (wanted === found) return [100, `same vendor number ${found}`]
  const [left, right] = [compactNumber(wanted), compactNumber(found)]
  if (left === '' || right === '') return NOTHING
  if (left === right) return [95, `same vendor number ${found} but for its punctuation`]
  const isBeginning = right.length >= TELLING_NUMBER && left.startsWith(right)
  return isBeginning ? [60, `its vendor number ${found} begins the same`] : NOTHING
}

function compactNumber(number: string): string {
  return number.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/** Lines of the product's item that could hold its seats: the same count first. */
export function fitLines<Line extends LineLike>(count: Decimal, lines: readonly Line[]): Choice<Line> {
  const fits = lines.map((thing): Fit<Line> => {
    const there = formatDecimal(thing.quantity)
    return thing.quantity === count
      ? { thing, score: 100, why: `same item, same count ${there}`, refusal: undefined }
      : { thing, score: 80, why: `same item, ${there} there for ${formatDecimal(count)}`, refusal: undefined }
  })
  return choose(fits, ({ id }) => [id.padStart(20, '0'), id])
}

const NOTHING: Scored = [0, 'nothing in common']

function bestOf(all: readonly Scored[]): Scored {
  return all.reduce((best, scored) => (scored[0] > best[0] ? scored : best), NOTHING)
}

/** @param ofCompany legal forms at the end are no part of what a company is called. */
function nameScore(wanted: FoldedName, found: FoldedName, ofCompany: boolean): Scored {
  if (wanted.words.length === 0 || found.words.length === 0) {
    return wanted.text !== '' && wanted.text === found.text ? [100, 'same name'] : NOTHING
  }
  if (wanted.text === found.text) return [100, 'same name']
  if (haveCommon(wanted.spellings, found.spellings))
    return [95, 'same name but for case, punctuation or accents']
  if (ofCompany && haveCommon(wanted.coreSpellings, found.coreSpellings)) {
    if (wanted.legal === found.legal) return [90, 'same name with its legal form written otherwise']
    return wanted.legal === '' || found.legal === ''
      ? [88, 'same name without its legal form']
      : [75, 'same name with another legal form']
  }
  const [left, right] = ofCompany ? [wanted.core, found.core] : [wanted.words, found.words]
  return bestOf([containedScore(left, right), spellingScore(left, right), sharedScore(left, right)])
}

function haveCommon(left: readonly string[], right: readonly string[]): boolean {
  return left.some((spelling) => right.includes(spelling))
}

/** Characters from which on a name inside another one says something. */
const TELLING_NAME = 4

function containedScore(left: readonly string[], right: readonly string[]): Scored {
  const [one, other] = [left.join(' '), right.join(' ')]
  const [short, long] = one.length <= other.length ? [one, other] : [other, one]
  if (short.length < TELLING_NAME || !` ${long} `.includes(` ${short} `)) return NOTHING
  return [55 + Math.floor((20 * short.length) / long.length), 'one name is part of the other']
}

/** A letter in six may be another one. */
const LETTERS_PER_SLIP = 6

function spellingScore(left: readonly string[], right: readonly string[]): Scored {
  const [one, other] = [left.join(''), right.join('')]
  const shorter = Math.min(one.length, other.length)
  const longer = Math.max(one.length, other.length)
  const slips = Math.floor(shorter / LETTERS_PER_SLIP)
  if (slips === 0 || longer > MAPPING_SPELLING_CHARACTERS || longer - shorter > slips) return NOTHING
  return distance(one, other) <= slips ? [70, 'spelled nearly alike'] : NOTHING
}

function sharedScore(left: readonly string[], right: readonly string[]): Scored {
  const [one, other] = [new Set(left), new Set(right)]
  const shared = [...one].filter((word) => other.has(word))
  if (shared.length === 0) return NOTHING
  const score = 20 + Math.floor((70 * shared.length) / (one.size + other.size))
  const words = shared.slice(0, MAPPING_SHOWN).join(', ')
  return [score, `shares ${shared.length === 1 ? 'the word' : 'the words'} ${words}`]
}

/**
 * Puts fits in a lasting order, and says whether the first is sure: strong, and clearly ahead of the next.
 *
 * @param orderOf what decides between equal points.
 */
export function choose<Thing>(
  all: readonly Fit<Thing>[],
  orderOf: (thing: Thing) => readonly [string, string],
): Choice<Thing> {
  const fits = all
    .filter(({ score }) => score >= MAPPING_LEAST_POINTS)
    .sort((left, right) => right.score - left.score || inOrder(orderOf(left.thing), orderOf(right.thing)))
  const usable = fits.filter(({ refusal }) => refusal === undefined)
  const [best] = usable
  const shown = fits.slice(0, MAPPING_SHOWN)
  return {
    fits: best === undefined || shown.includes(best) ? shown : [...shown.slice(0, -1), best],
    hidden: Math.max(0, fits.length - MAPPING_SHOWN),
    best,
    doubt: doubtOf(usable),
  }
}

function inOrder(
  [left, leftId]: readonly [string, string],
  [right, rightId]: readonly [string, string],
): number {
  if (left !== right) return left < right ? -1 : 1
  return leftId < rightId ? -1 : leftId > rightId ? 1 : 0
}

function doubtOf([best, ...others]: readonly Fit<unknown>[]): string | undefined {
  if (best === undefined) return 'nothing fits'
  if (best.score < MAPPING_SURE_POINTS) return `the best is only ${best.score} of 100`
  const near = others.filter(({ score }) => best.score - score < MAPPING_CLEAR_POINTS)
  return near.length === 0 ? undefined : `${near.length + 1} fit about equally well`
}

/** Where there is nothing to choose from. */
export function noChoice<Thing>(doubt: string): Choice<Thing> {
  return { fits: [], hidden: 0, best: undefined, doubt }
}
