import { distance } from 'fastest-levenshtein'
import { Problem } from '../../core/problem.js'
import { COMMANDS } from './catalog.js'

export function required(value: string | undefined, usage: string, what: string): string {
  if (value !== undefined && value !== '') return value
  throw new Problem({ kind: 'input', what: `\`${usage}\` needs ${what}.`, notDone: 'Nothing was done.' })
}

export function refuseExtra(usage: string, words: readonly string[]): void {
  if (words.length === 0) return
  throw new Problem({
    kind: 'input',
    what: `\`${usage}\` takes nothing more, but “${words.join(' ')}” follows.`,
    notDone: 'Nothing was done.',
    next: `Type \`${usage}\`.`,
  })
}

/**
 * The number of a page, from 1.
 *
 * @param example what to type, for the refusal.
 */
export function pageNumber(text: string | undefined, example: string): number {
  if (text !== undefined && /^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new Problem({
    kind: 'input',
    what: `“${text ?? ''}” is not the number of a page.`,
    notDone: 'Nothing was done.',
    next: `Write it as in \`${example}\`.`,
  })
}

/** Names may be put in quotes, as other programs want them. */
export function unquoted(text: string): string {
  return (
    /^(?:"(.+)"|“(.+)”|'(.+)'|‘(.+)’)$/
      .exec(text)
      ?.slice(1)
      .find((inside) => inside !== undefined) ?? text
  )
}

/** A reference as cards show it, with the brackets it may have been copied with. */
export function bare(word: string | undefined): string | undefined {
  return word?.replace(/^[[(`"“]+|[\])`"”.,]+$/g, '')
}

export function withoutQuestionMark(words: readonly string[]): readonly string[] {
  return words.map((word) => word.replace(/\?+$/, '')).filter((word) => word !== '')
}

/** Small words around what is asked; inside a name they stay ("Bank of America"). */
export function withoutFillers(words: readonly string[]): readonly string[] {
  const isFiller = (word: string) => FILLERS.has(word.toLowerCase())
  const from = words.findIndex((word) => !isFiller(word))
  const last = words.findLastIndex((word) => !isFiller(word))
  return from < 0 ? [] : words.slice(from, last + 1)
}

const FILLERS: ReadonlySet<string> = new Set(['in', 'for', 'at', 'of', 'the'])

export function unknownCommand(word: string): Problem {
  const wanted = word.toLowerCase()
  const [nearest] = COMMANDS.map(({ name }) => ({ name, far: distance(name, wanted) })).sort(
    (left, right) => left.far - right.far,
  )
  const close = nearest !== undefined && nearest.far <= Math.max(2, Math.floor(wanted.length / 2))
  const shown = word.length > 40 ? `${word.slice(0, 40)}…` : word
  return new Problem({
    kind: 'input',
    what: `“${shown}” is not a command.`,
    notDone: 'Nothing was done.',
    next: close
      ? `Did you mean \`${nearest.name}\`? Type \`help\` to see all commands.`
      : 'Type `help` to see all commands.',
  })
}
