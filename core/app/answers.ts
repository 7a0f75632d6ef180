import { KEPT_ANSWERS } from '../limits.js'
import { isSame } from './remember.js'

/**
 * Keeps the last answers to one kind of question. What they are computed from never changes but is replaced, so an answer
 * holds for as long as it would be computed from the very same things.
 *
 * The first of these is the portfolio: when it is another, nothing computed from the former is held on to.
 */
export function keepAnswers<T>(): (from: readonly unknown[], question: string, make: () => T) => T {
  const kept = new Map<string, { readonly from: readonly unknown[]; readonly answer: T }>()
  let portfolio: unknown
  return (from, question, make) => {
    if (from[0] !== portfolio) kept.clear()
    portfolio = from[0]
    const known = kept.get(question)
    if (known !== undefined && isSame(known.from, from)) return known.answer
    const answer = make()
    kept.delete(question)
    kept.set(question, { from, answer })
    const [oldest] = kept.keys()
    if (oldest !== undefined && kept.size > KEPT_ANSWERS) kept.delete(oldest)
    return answer
  }
}
