import { MAPPING_SHOWN } from '../limits.js'
import { foldName } from '../mapping/names.js'
import { Problem } from '../problem.js'

/** Something a person can name: in full, by the beginning or a part of its name, or by its id or code. */
export interface Named {
  readonly id: string
  readonly name: string
  readonly code?: string | undefined
}

/** The one thing that is meant. Problem `notFound` or `input` with what there is otherwise. */
export function pickNamed<Thing extends Named>(
  things: readonly Thing[],
  typed: string,
  what: { readonly one: string; readonly many: string },
  notDone = 'Nothing was mapped.',
): Thing {
  const matches = matching(things, typed)
  const [match, ...others] = matches
  if (match !== undefined && others.length === 0) return match
  if (match === undefined) {
    throw new Problem({
      kind: 'notFound',
      what: `No ${what.one} is called “${typed}”.`,
      notDone,
      next: things.length === 0 ? `There is no ${what.one}.` : `There is ${listed(things)}.`,
    })
  }
  throw new Problem({
    kind: 'input',
    what: `“${typed}” fits ${matches.length} ${what.many}.`,
    notDone,
    next: `Type the id of one: ${listed(matches)}.`,
  })
}

/** Whether what was typed names at least one of them. */
export function isNamed(things: readonly Named[], typed: string): boolean {
  return matching(things, typed).length > 0
}

/** All it can mean: by id, by name in full, by its beginning, by a part of it. */
export function matching<Thing extends Named>(things: readonly Thing[], typed: string): readonly Thing[] {
  const text = typed.trim()
  const wanted = foldName(text).words.join(' ')
  const all = things.map((thing) => ({ thing, folded: foldName(thing.name).words.join(' ') }))
  const ways: readonly ((one: (typeof all)[number]) => boolean)[] = [
    ({ thing }) => thing.id === text,
    ({ thing }) => thing.code !== undefined && thing.code === text,
    ({ thing }) => thing.id.toLowerCase() === text.toLowerCase(),
    ({ thing }) => thing.name.trim() === text,
    ({ folded }) => wanted !== '' && folded === wanted,
    ({ folded }) => wanted !== '' && folded.startsWith(wanted),
    ({ folded }) => wanted !== '' && folded.includes(wanted),
  ]
  for (const way of ways) {
    const found = all.filter(way).map(({ thing }) => thing)
    if (found.length > 0) return found
  }
  return []
}

/** "“Contoso” (12), “Contoso Holding” (13) and 4 more" */
function listed(things: readonly Named[]): string {
  const shown = things.slice(0, MAPPING_SHOWN).map(({ id, name }) => `“${name}” (${id})`)
  const hidden = things.length - shown.length
  return hidden > 0 ? `${shown.join(', ')} and ${hidden} more` : shown.join(', ')
}
