import { type Words, buttonLine, wordsOf } from './words.js'

type Node = Readonly<Record<string, unknown>>

/** What an Adaptive Card shows, as words. An element of another kind is a mistake: nobody would notice it missing. */
export function teamsWords(card: Node): Words {
  const body = nodes(card['body'])
  const buttons = body.filter(({ type }) => type === 'ActionSet').flatMap((set) => nodes(set['actions']))
  return wordsOf([
    ...body.filter(({ type }) => type !== 'ActionSet').flatMap(elementLines),
    ...buttonLine(buttons.map((button) => String(button['title']))),
  ])
}

/** The answer to a click: a few plain words. */
export function messageWords(text: string): Words {
  const lines = text.split('\n')
  return wordsOf(
    lines.map((line, index) => {
      if (line.startsWith('• ')) return line.replace('• ', '- ')
      return lines[index + 1]?.startsWith('• ') === true ? line.replace(/:$/, '') : line
    }),
  )
}

function elementLines(element: Node): string[] {
  switch (element['type']) {
    case 'RichTextBlock':
      return [inlineText(element).replace(/^• /, '- ')]
    case 'Table':
      return nodes(element['rows']).map((row) => nodes(row['cells']).map(cellText).join(' · '))
    // Bars: what they say stands in words below them.
    case 'Chart.VerticalBar':
    case 'Chart.VerticalBar.Grouped':
      return [String(element['title'])]
    case 'Input.Text':
    case 'Input.Date':
    case 'Input.ChoiceSet':
      return [String(element['label'])]
    default:
      throw new Error(`Teams was sent an element nobody can read here: ${JSON.stringify(element['type'])}`)
  }
}

function cellText(cell: Node): string {
  // Long words may break there; nobody reads that.
  return nodes(cell['items']).flatMap(elementLines).join(' ').replaceAll('\u200b', '')
}

function inlineText(element: Node): string {
  const inlines = (element['inlines'] ?? []) as readonly (string | Node)[]
  return inlines
    .map((inline) => {
      if (typeof inline === 'string') return inline
      const text = String(inline['text'])
      return inline['fontType'] === 'Monospace' ? `"${text}"` : text
    })
    .join('')
}

function nodes(value: unknown): readonly Node[] {
  return (value ?? []) as readonly Node[]
}
