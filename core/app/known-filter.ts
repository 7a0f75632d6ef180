import { distance } from 'fastest-levenshtein'
import { MONTH_NAMES, WEEKDAY_NAMES } from '../calendar/names.js'
import { Problem } from '../problem.js'
import { nearestNames } from './find-customer.js'
import type { Portfolio } from './portfolio.js'

/** Words of dates that somebody may have meant and mistyped. */
const DATE_WORDS = [...MONTH_NAMES, ...WEEKDAY_NAMES, 'month', 'week', 'today', 'yesterday', 'since']
/** Shorter words are near to everything. */
const SHORTEST_MISTYPED = 4

/**
 * A filter that no name contains is a typing mistake, and no answer to it is "nothing": Problem `notFound` with what
 * may have been meant.
 */
export function requireKnownFilter(
  { customers, subscriptions }: Pick<Portfolio, 'customers' | 'subscriptions'>,
  filter: string | undefined,
): void {
  const wanted = filter?.trim().toLowerCase() ?? ''
  if (wanted === '') return
  const names = [...customers.values()].map(({ name }) => name)
  const products = new Set(subscriptions.map(({ subscription }) => subscription.productName))
  const all = [...names, ...products]
  if (all.some((name) => name.toLowerCase().includes(wanted))) return
  const meant = [...dateMeant(wanted), ...nearestNames(all, wanted)]
  const [first] = meant
  throw new Problem({
    kind: 'notFound',
    what: `No customer or product has “${wanted}” in its name.`,
    notDone: 'Nothing was looked up.',
    next:
      first === undefined
        ? 'Type `who` to see all customers. Write a month as `march` or `2026-03`, a day as `2026-03-11`.'
        : `Did you mean “${first}”?`,
  })
}

/** "contoso febuary" with the word put right that is nearly one of a date. */
function dateMeant(wanted: string): readonly string[] {
  const words = wanted.split(/\s+/)
  const corrected = words.map((word) => nearDateWord(word) ?? word)
  return corrected.some((word, index) => word !== words[index]) ? [corrected.join(' ')] : []
}

function nearDateWord(word: string): string | undefined {
  if (word.length < SHORTEST_MISTYPED) return undefined
  const limit = Math.floor(word.length / 3)
  const near = DATE_WORDS.map((name) => ({ name, far: distance(name, word) })).filter(
    ({ far }) => far <= limit,
  )
  return near.sort((left, right) => left.far - right.far)[0]?.name
}
