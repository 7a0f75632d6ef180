import { createHash } from 'node:crypto'
import type { types } from '@slack/bolt'
import { assert, unreachable } from '../../core/assert.js'
import { chartWords, withChartWords } from '../cards/chart.js'
import type { Action, Block, Card, Column, Fact, More } from '../cards/model.js'
import { type DataVisualization, chartBlock } from './chart.js'
import { LIMITS, SHOWN } from './limits.js'
import { buttonId } from './button-id.js'
import { cut, cutMiddle, escapeMarkup, plain } from './text.js'

/** A card as Slack shows it. `text` is what notifications and screen readers say. */
export interface SlackMessage {
  readonly text: string
  readonly blocks: SlackBlock[]
}

export type SlackBlock = types.KnownBlock | DataVisualization

/** Characters of the hash that makes block ids differ whenever the content does. */
const REVISION_CHARACTERS = 12
/** Kept free for the line that says how much did not fit. */
const MORE_CHARACTERS = 400
const MARKS = { plain: '', good: '✅ ', attention: '🟡 ', problem: '⛔ ' } as const

/**
 * A card as Block Kit. Text from outside stands only where Slack reads no markup: in `plain_text`, in table cells of
 * `raw_text`, and in `text` elements of rich text, so that `<!channel>`, `<@U1>`, links and asterisks stay what they
 * are without being altered. Lists and tables that do not fit say how much is missing.
 */
export function renderSlack(card: Card): SlackMessage {
  const text = fallback(card)
  const head: types.HeaderBlock = {
    type: 'header',
    text: plainText(`${MARKS[card.tone]}${plain(card.title)}`, LIMITS.headerText),
  }
  const actions = actionBlocks(card.actions)
  const room = LIMITS.message - size([head, ...actions])
  const middle = fit(bodyBlocks(card.blocks, room), room, LIMITS.blocks - 1 - actions.length)
  const blocks = [head, ...middle, ...actions]
  const revision = createHash('sha256')
    .update(JSON.stringify([text, blocks]))
    .digest('hex')
    .slice(0, REVISION_CHARACTERS)
  // Slack wants other block ids when a message is updated.
  return { text, blocks: blocks.map((block, index) => ({ ...block, block_id: `${index}-${revision}` })) }
}

/** The words of a window, above as many fields. */
export function renderBody(blocks: readonly Block[], fields: number): types.KnownBlock[] {
  const told = blocks.map((block) => (block.type === 'chart' ? chartWords(block) : block))
  return withoutDrawings(fit(bodyBlocks(told, LIMITS.message), LIMITS.message, LIMITS.viewBlocks - fields))
}

/** The page of the app itself. It takes no table and draws no chart: both are told. */
export function renderHome(card: Card): types.HomeView {
  const blocks = card.blocks.map((block): Block => {
    if (block.type === 'chart') return chartWords(block)
    return block.type === 'table' ? asList(block) : block
  })
  return { type: 'home', blocks: withoutDrawings(renderSlack({ ...card, blocks }).blocks) }
}

/** Drawings stand in messages only. */
function withoutDrawings(blocks: readonly SlackBlock[]): types.KnownBlock[] {
  return blocks.filter((block) => block.type !== 'data_visualization')
}

function size(blocks: readonly SlackBlock[]): number {
  return blocks.reduce((sum, block) => sum + (block.type === 'table' ? 0 : JSON.stringify(block).length), 0)
}

/** Everything a card says; lists share the room that texts, facts and tables leave. */
function bodyBlocks(given: readonly Block[], room: number): SlackBlock[] {
  const blocks = withChartWords(given)
  const firstTable = blocks.find((block) => block.type === 'table')
  const fixed = blocks.map((block) =>
    block.type === 'list' || (block.type === 'table' && block !== firstTable)
      ? undefined
      : fixedBlocks(block),
  )
  let left = room - size(fixed.flatMap((rendered) => rendered ?? []))
  let waiting = fixed.filter((rendered) => rendered === undefined).length
  return blocks.flatMap((block, index) => {
    const rendered = fixed[index]
    if (rendered !== undefined) return rendered
    const list = listBlocks(asList(block), left - (waiting - 1) * MORE_CHARACTERS)
    left -= size(list)
    waiting -= 1
    return list
  })
}

function fixedBlocks(block: Block): SlackBlock[] {
  switch (block.type) {
    case 'text':
      return [textBlock(block.text, block.style)]
    case 'facts':
      return block.facts.length === 0 ? [] : [factsBlock(block.facts)]
    case 'table':
      return tableBlocks(block)
    case 'list':
      return []
    case 'chart':
      return [chartBlock(block)]
    default:
      return unreachable(block, 'fixedBlocks')
  }
}

function textBlock(text: string, style: 'plain' | 'strong' | 'quiet'): types.KnownBlock {
  if (style === 'quiet') {
    // Grey and small exists as a context only, and that knows no literal code: commands stand in quotes there.
    const quoted = plain(text).replace(/`([^`]*)`/g, '“$1”')
    return { type: 'context', elements: [plainText(quoted, LIMITS.contextText)] }
  }
  return richText([section(cut(plain(text), LIMITS.blockText), style === 'strong')])
}

function factsBlock(facts: readonly Fact[]): types.KnownBlock {
  const elements = facts.flatMap(({ label, value }, index) => [
    { type: 'text' as const, text: `${index === 0 ? '' : '\n'}${plain(label)}: `, style: { bold: true } },
    ...section(cut(plain(value), SHOWN.fact)).elements,
  ])
  return richText([{ type: 'rich_text_section', elements }])
}

type TableCard = Extract<Block, { type: 'table' }>
type ListCard = Extract<Block, { type: 'list' }>

function tableBlocks({ columns, rows, more }: TableCard): types.KnownBlock[] {
  assert(columns.length > 0 && columns.length <= LIMITS.tableColumns, 'a card table has 1 to 20 columns')
  if (rows.length === 0) return [textBlock('Nothing to list.', 'quiet')]
  const all = [columns.map(({ heading }) => heading), ...rows].map((row) => row.map(cell))
  const shown: types.RawTextElement[][] = []
  let length = 0
  for (const row of all.slice(0, LIMITS.tableRows)) {
    length += row.reduce((sum, { text }) => sum + text.length, 0)
    if (length > LIMITS.tableText) break
    shown.push(row)
  }
  const hidden = all.length - shown.length
  const settings = columns.map(({ align }: Column) => ({ align, is_wrapped: align === 'left' }))
  return [{ type: 'table', rows: shown, column_settings: settings }, ...moreBlocks(more, hidden)]
}

/** Slack refuses an empty cell. */
function cell(text: string): types.RawTextElement {
  const shown = cut(plain(text), SHOWN.cell)
  return { type: 'raw_text', text: shown.trim() === '' ? '–' : shown }
}

/** A message holds one table: a second one is listed. */
function asList(block: Block): ListCard {
  if (block.type === 'list') return block
  assert(block.type === 'table', 'only lists and tables are listed')
  const { columns, rows, more } = block
  return {
    type: 'list',
    heading: columns.map(({ heading }) => heading).join(' · '),
    items: rows.map((row) => row.join(' · ')),
    ...(more === undefined ? {} : { more }),
  }
}

/** As many items as fit into `room`; the rest is counted. */
function listBlocks({ heading, items, more }: ListCard, room: number): types.KnownBlock[] {
  const head = heading === undefined ? [] : [section(cut(plain(heading), LIMITS.blockText), true)]
  const lists: types.RichTextSection[][] = [[]]
  let left = room - JSON.stringify(richText(head)).length - MORE_CHARACTERS
  let length = 0
  let shown = 0
  for (const item of items) {
    const rendered = section(cutMiddle(plain(item), SHOWN.item))
    const cost = JSON.stringify(rendered).length + 1
    if (cost > left) break
    if (length > 0 && length + cost > LIMITS.blockText) {
      lists.push([])
      length = 0
      left -= JSON.stringify(richText([bullets([])])).length
    }
    lists.at(-1)?.push(rendered)
    length += cost
    left -= cost
    shown += 1
  }
  const blocks = lists.map((entries, index) =>
    richText([...(index === 0 ? head : []), ...(entries.length > 0 ? [bullets(entries)] : [])]),
  )
  return [...blocks.filter(({ elements }) => elements.length > 0), ...moreBlocks(more, items.length - shown)]
}

/** How much is not shown: what the card left out and what did not fit here. */
function moreBlocks(more: More | undefined, cutHere: number): types.KnownBlock[] {
  const hidden = (more?.hidden ?? 0) + cutHere
  if (hidden <= 0) return []
  const next = more === undefined ? 'do not fit into one message' : `\`${plain(more.command)}\``
  return [richText([section(cut(`… and ${hidden} more${more === undefined ? ' ' : ': '}${next}`, 300))])]
}

/** The last resort for a card no message can hold: whole blocks go, and it says so. */
function fit(blocks: SlackBlock[], room: number, most: number): SlackBlock[] {
  const fits = (some: readonly SlackBlock[]) => some.length <= most && size(some) <= room
  if (fits(blocks)) return blocks
  const kept = [...blocks]
  const note = () =>
    textBlock(`… and ${blocks.length - kept.length} more parts do not fit into one message`, 'plain')
  while (kept.length > 0 && !fits([...kept, note()])) kept.pop()
  return [...kept, note()]
}

function richText(elements: types.RichTextBlock['elements']): types.RichTextBlock {
  return { type: 'rich_text', elements }
}

function bullets(elements: types.RichTextSection[]): types.RichTextList {
  return { type: 'rich_text_list', style: 'bullet', elements }
}

/** Literal text; what stands between a pair of backticks is shown as code, because it is something to type. */
function section(text: string, bold = false): types.RichTextSection {
  const parts = text.split('`')
  const literal = parts.length % 2 === 0 ? [text] : parts
  const elements = literal.flatMap((part, index) => {
    if (part === '') return []
    const code = index % 2 === 1
    const style = { ...(bold ? { bold } : {}), ...(code ? { code } : {}) }
    return [{ type: 'text' as const, text: part, ...(bold || code ? { style } : {}) }]
  })
  // Slack refuses a section of nothing.
  return {
    type: 'rich_text_section',
    elements: elements.length === 0 ? [{ type: 'text', text: '–' }] : elements,
  }
}

function plainText(text: string, limit: number): types.PlainTextElement {
  return { type: 'plain_text', text: cut(text.trim() === '' ? '–' : text, limit), emoji: false }
}

function actionBlocks(actions: readonly Action[]): types.ActionsBlock[] {
  const blocks: types.ActionsBlock[] = []
  for (let from = 0; from < actions.length; from += LIMITS.actions) {
    const part = actions.slice(from, from + LIMITS.actions)
    const elements = part.map((action, index) => {
      const before = part.slice(0, index).filter(({ name }) => name === action.name).length
      return button(action, before)
    })
    blocks.push({ type: 'actions', elements })
  }
  return blocks
}

/**
 * The payload of a button is what it is about and which content was seen; never an amount.
 *
 * @param before how many buttons of the same action stand before it: Slack wants each to have an id of its own.
 */
function button({ name, label, tone, target, confirm }: Action, before: number): types.Button {
  const value = JSON.stringify({ id: target.id, revision: target.revision })
  assert(value.length <= LIMITS.buttonValue, 'a button names its target in a few characters')
  return {
    type: 'button',
    action_id: buttonId(name, before),
    text: plainText(plain(label), LIMITS.buttonText),
    value,
    ...(tone === 'default' ? {} : { style: tone }),
    ...(confirm === undefined
      ? {}
      : {
          confirm: {
            title: plainText(plain(confirm.title), LIMITS.confirmTitle),
            text: plainText(plain(confirm.text), LIMITS.confirmText),
            confirm: plainText(plain(confirm.yes), LIMITS.confirmButton),
            deny: plainText(plain(confirm.no), LIMITS.confirmButton),
            ...(tone === 'default' ? {} : { style: tone }),
          },
        }),
  }
}

/** The card in plain words, shortened visibly. Slack reads markup here, so its three characters are escaped. */
function fallback({ title, blocks }: Card): string {
  const lines = [title, ...blocks.flatMap(fallbackLines)].map(plain)
  let text = ''
  for (const [index, line] of lines.entries()) {
    const next = `${text}${index === 0 ? '' : '\n'}${escapeMarkup(cut(line, SHOWN.item))}`
    if (next.length > LIMITS.text - MORE_CHARACTERS)
      return `${text}\n… and ${lines.length - index} more lines`
    text = next
  }
  return text
}

function fallbackLines(block: Block): string[] {
  switch (block.type) {
    case 'text':
      return [block.text]
    case 'facts':
      return block.facts.map(({ label, value }) => `${label}: ${value}`)
    case 'table':
      return [...block.rows.map((row) => row.join(' · ')), ...fallbackMore(block.more)]
    case 'list':
      return [
        ...(block.heading === undefined ? [] : [`${block.heading}:`]),
        ...block.items.map((item) => `- ${item}`),
        ...fallbackMore(block.more),
      ]
    case 'chart':
      return fallbackLines(chartWords(block))
    default:
      return unreachable(block, 'fallbackLines')
  }
}

function fallbackMore(more: More | undefined): string[] {
  return more === undefined ? [] : [`… and ${more.hidden} more: ${more.command}`]
}
