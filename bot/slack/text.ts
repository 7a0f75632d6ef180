/**
 * Outside text on one line and inert: control characters and direction overrides, which could make a name read as
 * something else, become a visible mark.
 */
export function plain(text: string): string {
  return text.replace(/[\t\n\r]+/g, ' ').replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
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

/**
 * Text for Slack's own markup, where `&`, `<` and `>` alone can name people, channels and links: escaped, they cannot.
 * Asterisks and the like may still look bold; that is why only the words of notifications are written this way.
 */
export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/**
 * What a person typed, out of what Slack makes of it: `<@U1|lee>`, `<#C1|general>`, links it found by itself
 * (`<http://contoso.com|contoso.com>`) and the three escaped characters.
 */
export function typedText(text: string): string {
  return text
    .replace(/<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g, (_, mark: string, target: string, label?: string) => {
      if (mark === '') return label ?? target
      return `${mark === '#' ? '#' : '@'}${label ?? target}`
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** People a text mentions: how {@link typedText} writes each, and who it is in the asker's own team. */
export function mentionsIn(text: string, asker: string): readonly { text: string; identity: string }[] {
  const team = asker.split(':').slice(0, 2).join(':')
  return [...text.matchAll(/<@([UW][A-Z0-9]+)(?:\|([^<>]*))?>/g)].map(([mention, user = '']) => {
    return { text: typedText(mention), identity: `${team}:${user}` }
  })
}
