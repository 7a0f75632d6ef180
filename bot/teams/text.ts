/** Takes no width and joins what stands beside it: between two characters it keeps them from meaning something. */
const JOINER = '\u2060'

/**
 * Outside text on one line and inert where Teams reads no Markdown: control characters and direction overrides, which
 * could make a name read as something else, become a visible mark; `{{DATE(…)}}` and `{{TIME(…)}}`, which every text of
 * an Adaptive Card knows, are not computed.
 */
export function plain(text: string): string {
  return text
    .replace(/[\t\n\r]+/g, ' ')
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
    .replace(/\{(?=\{)/g, `{${JOINER}`)
}

/** The same for what stands in an input, whose lines stay lines. */
export function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n')
}

/** Where a word may be broken when it must be; takes no width and changes nothing while there is room. */
const BREAK = '\u200b'
/**
 * Lets words break after every `length` characters, if they must: Teams would draw a long one across what stands beside
 * it. Words hardly longer than that stay whole, and so does everything while there is room.
 */
export function breakable(text: string, length: number): string {
  const part = new RegExp(`[^\\s${BREAK}]{${length}}(?=[^\\s${BREAK}]{4})`, 'gu')
  return text.replace(part, (found) => found + BREAK)
}

/** Text for places where Teams may read Markdown or mentions: looks the same, but makes no link and no mention. */
export function inert(text: string): string {
  return plain(text)
    .replace(/\]\(/g, `]${JOINER}(`)
    .replace(/<(?=[a-z/!])/gi, `<${JOINER}`)
    .replace(/:\/\//g, `:${JOINER}//`)
    .replace(/\bwww\./gi, (www) => `${www.slice(0, -1)}${JOINER}.`)
}

/** At most `limit` UTF-16 units, in whole characters, with an ellipsis where something is missing. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  return `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** The same, but the middle goes: a line ends with its amount, and a long name must not push that off. */
export function cutMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text
  const end = Math.floor(limit / 3)
  return `${cut(text, limit - end)}${text.slice(-end).replace(/^[\uDC00-\uDFFF]/, '')}`
}

/** What a person typed, out of what Teams makes of it: mentions as names, spaces that do not break as spaces. */
export function typedText(text: string): string {
  return text
    .replace(/<at\b[^<>]*>([^<>]*)<\/at>/gi, '$1')
    .replace(/&nbsp;|\u00a0/g, ' ')
    .replace(/[\u200b\u2060\ufeff]/g, '')
    .trim()
}
