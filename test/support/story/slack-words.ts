import { type Words, buttonLine, wordsOf } from './words.js'

type Node = Readonly<Record<string, unknown>>

/** Marks Slack's titles begin with, for want of colours. */
const MARKS = /^(?:✅|🟡|⛔) /

/** What the blocks of a message show, as words. A block of another kind is a mistake: nobody would notice it missing. */
export function slackWords(blocks: readonly unknown[]): Words {
  const all = blocks as readonly Node[]
  const buttons = all.filter(({ type }) => type === 'actions').flatMap((block) => nodes(block['elements']))
  return wordsOf([
    ...all.filter(({ type }) => type !== 'actions').flatMap(blockLines),
    ...buttonLine(buttons.map((button) => textOf(button['text']))),
  ])
}

/** What stands above an uploaded file, in Slack's own markup. */
export function markupWords(text: string): Words {
  const plain = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  return wordsOf(plain.split('\n'))
}

/** What a window asks for, without what the card it was opened on says already. */
export function windowWords(view: Node, card: Words): Words {
  const known = new Set(card)
  const lines = wordsOf(
    nodes(view['blocks']).flatMap((block) => {
      if (block['type'] !== 'input') return blockLines(block)
      return [textOf(block['label']), ...(block['hint'] === undefined ? [] : [textOf(block['hint'])])]
    }),
  )
  return wordsOf([
    textOf(view['title']),
    ...lines.filter((line) => !known.has(line)),
    ...buttonLine([textOf(view['submit']), textOf(view['close'])]),
  ])
}

function blockLines(block: Node): string[] {
  switch (block['type']) {
    case 'header':
      return [textOf(block['text']).replace(MARKS, '')]
    case 'context':
      return nodes(block['elements']).map(textOf)
    case 'rich_text':
      return nodes(block['elements']).flatMap(richLines)
    // Bars: what they say stands in words below them.
    case 'data_visualization':
      return [String(block['title'])]
    case 'table':
      return lists(block['rows']).map((row) => row.map(textOf).join(' · '))
    default:
      throw new Error(`Slack was sent a block nobody can read here: ${JSON.stringify(block['type'])}`)
  }
}

function richLines(element: Node): string[] {
  switch (element['type']) {
    case 'rich_text_section':
      return inlineText(element).split('\n')
    case 'rich_text_list':
      return nodes(element['elements']).map((item) => `- ${inlineText(item)}`)
    default:
      throw new Error(`Slack was sent rich text nobody can read here: ${JSON.stringify(element['type'])}`)
  }
}

function inlineText(section: Node): string {
  return nodes(section['elements'])
    .map((inline) => {
      if (inline['type'] !== 'text')
        throw new Error(`Slack was sent a live ${JSON.stringify(inline['type'])}`)
      const code = (inline['style'] as Node | undefined)?.['code'] === true
      return code ? `"${String(inline['text'])}"` : String(inline['text'])
    })
    .join('')
}

/** The text of a plain text object, or of a table's cell. */
function textOf(value: unknown): string {
  return String((value as Node)['text'])
}

function nodes(value: unknown): readonly Node[] {
  return (value ?? []) as readonly Node[]
}

function lists(value: unknown): readonly (readonly Node[])[] {
  return (value ?? []) as readonly (readonly Node[])[]
}
