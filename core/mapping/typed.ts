/** Words behind a customer's name that say what is to be mapped: in a name they need quotes. */
export const MAP_WORDS: ReadonlySet<string> = new Set(['to', 'set', 'accept', 'remove', 'continue', 'new'])

/** A name as it is typed behind `map`: in quotes where a word of it would be taken for the next part of the command. */
export function typedName(name: string): string {
  const [, ...later] = name.toLowerCase().split(/\s+/u)
  if (!later.some((word) => MAP_WORDS.has(word))) return name
  return name.includes('"') ? `“${name}”` : `"${name}"`
}
