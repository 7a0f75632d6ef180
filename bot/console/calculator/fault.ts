import { closest, distance } from 'fastest-levenshtein'

/** Where in the input, from its root: `['subscription', 'events', 1, 'quantity']`. */
export type Path = readonly (string | number)[]

/** One mistake in what was given: where it is, and a sentence on what is wrong and what to do. */
export interface Fault {
  readonly path: Path
  readonly sentence: string
}

export type Reading<T> = { readonly value: T } | { readonly faults: readonly Fault[] }

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** "subscription.events[1].quantity"; the root itself is "input". */
export function pathWords(path: Path): string {
  const words = path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`
      return PLAIN_NAME.test(step) ? `.${step}` : `[${shown(step)}]`
    })
    .join('')
  if (words === '') return 'input'
  return words.startsWith('.') ? words.slice(1) : words
}

const SHOWN_CHARACTERS = 40
/** Control, bidirectional and invisible characters would rewrite the terminal line that shows them. */
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/g

/** A value as a refusal quotes it: short, on one line, and with nothing invisible in it. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'A list'
  if (typeof value === 'object' && value !== null) return 'An object'
  const whole = typeof value === 'string' ? value : String(value)
  const short = whole.length > SHOWN_CHARACTERS ? `${whole.slice(0, SHOWN_CHARACTERS)}…` : whole
  const text = typeof value === 'string' ? JSON.stringify(short) : short
  return text.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The known word somebody probably meant; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || word.length > SHOWN_CHARACTERS) return undefined
  const lower = word.toLowerCase()
  const same = known.find((name) => name.toLowerCase() === lower)
  if (same !== undefined) return same
  const best = closest(word, known)
  return distance(word, best) <= Math.max(2, Math.floor(best.length / 3)) ? best : undefined
}
