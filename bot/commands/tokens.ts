/** A word, or several in quotes: those are a name and nothing else. */
export interface Token {
  readonly text: string
  readonly quoted: boolean
}

const QUOTED = /"([^"]+)"|“([^”]+)”|‘([^’]+)’(?=\s|$)|(?<=^|\s)'([^']+)'(?=\s|$)|(\S+)/gu

export function tokensOf(words: readonly string[]): readonly Token[] {
  return [...words.join(' ').matchAll(QUOTED)].map((match) => {
    const inside = match.slice(1, 5).find((text) => text !== undefined)
    return { text: inside ?? match[0], quoted: inside !== undefined }
  })
}

export function isWord(token: Token | undefined, word: string): boolean {
  return token?.quoted === false && token.text.toLowerCase() === word
}

export function textOf(tokens: readonly Token[]): string {
  return tokens
    .map(({ text }) => text)
    .join(' ')
    .trim()
}
