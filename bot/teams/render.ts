import { assert, unreachable } from '../../core/assert.js'
import { chartWords, withChartWords } from '../cards/chart.js'
import type { Field, Form, Mistakes } from '../cards/form.js'
import type { Action, Block, Card, Column, More } from '../cards/model.js'
import type {
  ActionSet,
  AdaptiveCard,
  Element,
  Execute,
  Input,
  Refresh,
  RichText,
  Table,
  TableRow,
  TextRun,
} from './adaptive.js'
import { actionRows, execute } from './buttons.js'
import { chartElement } from './chart.js'
import { BREAKS, LIMITS, SHOWN } from './limits.js'
import { refreshOf } from './refresh.js'
import { CARRIED, isAsked } from './schema.js'
import { breakable, cut, cutMiddle, inert, plain, plainLines } from './text.js'

/** What a message of the bot shows. `summary` is what notifications say. */
export interface TeamsMessage {
  readonly summary: string
  readonly card: AdaptiveCard
}

/** A card as Teams shows it. @param viewers Teams' ids of people who each see it as it fits them, where it can do so */
export function renderTeams(card: Card, viewers: readonly string[] = []): TeamsMessage {
  return message(card, [], card.actions.slice(0, LIMITS.actions).map(button), refreshOf(card, viewers))
}

/** The card of a file, with the link that leads to it. @param url one of our own; never one from outside. */
export function renderFile(card: Card, file: string, url: string): TeamsMessage {
  assert(/^https?:\/\/\S+\/files\/[\w.~-]+$/.test(url), 'a link to a file is one of our own')
  const note = richText([styled('The link works for a limited time.', { isSubtle: true })])
  return message(
    card,
    [note],
    [{ type: 'Action.OpenUrl', title: cut(`Download ${plain(file)}`, SHOWN.button), url }],
  )
}

/**
 * What is asked before it is done, below everything the card says: Adaptive Cards know no confirmation dialog, so the
 * first click is answered with this.
 */
export function renderQuestion(card: Card, action: Action): TeamsMessage {
  const { name, target, confirm, label, tone } = action
  assert(isAsked(name), `nothing is asked before ${name}`)
  const yes = execute(confirm?.yes ?? label, `${name}Sure`, target, tone)
  const back = {
    ...execute(confirm?.no ?? 'Back', name === 'map' ? 'mapShow' : 'show', target, 'default'),
    associatedInputs: 'none',
  } as const
  return message(card, confirmWords(confirm), [yes, back])
}

function confirmWords(confirm: Action['confirm']): Element[] {
  if (confirm === undefined) return []
  const title = styled(cut(plain(confirm.title), SHOWN.text), { weight: 'Bolder', color: 'Warning' })
  return [
    richText([title], { separator: true, spacing: 'Medium' }),
    richText(literal(cut(plain(confirm.text), SHOWN.text), { weight: 'Bolder' })),
  ]
}

/**
 * A form in place of the card it was opened on: what it is about, its fields, and the ways out.
 *
 * @param key of this one form, which comes back with it.
 * @param mistakes said above their fields.
 */
export function renderForm(form: Form, key: string, mistakes: Mistakes = new Map()): TeamsMessage {
  const { name, title, introduction: blocks, fields, submit, target } = form
  assert(!fields.some(({ id }) => CARRIED.has(id)), 'no field is called like what a button carries')
  const own = { data: { id: target.id, revision: target.revision, form: name, key } }
  const send = { ...execute(submit.label, 'submit', target, submit.tone), ...own }
  // An empty field that must be filled stops nobody from going back.
  const back = { ...execute('Back', 'back', target, 'default'), ...own, associatedInputs: 'none' } as const
  const card = { title, tone: 'plain', blocks, actions: [] } as const
  const withChoices = (length: number) => {
    const inputs = fields.flatMap((field) => inputElements(field, length, mistakes.get(field.id)))
    return message(card, inputs, [send, back])
  }
  // Choices are never left out: where they are many, each is said in fewer words.
  const length = SHOWN.choices.find((each) => size(withChoices(each).card) <= LIMITS.cardBytes)
  return withChoices(length ?? SHOWN.fewest)
}

function inputElements(field: Field, choiceLength: number, mistake: string | undefined): Element[] {
  const wrong = mistake === undefined ? [] : [styled(cut(plain(mistake), SHOWN.text), TONES.problem)]
  return [
    ...wrong.map((run) => richText([run])),
    inputElement(field, choiceLength),
    ...(field.hint === undefined
      ? []
      : [richText(literal(cut(plain(field.hint), SHOWN.text), { isSubtle: true }), { spacing: 'None' })]),
  ]
}

function inputElement(field: Field, choiceLength: number): Input {
  const { id, label, required: isRequired, missing: needed = 'This is needed.', value = '' } = field
  const base = {
    id,
    label: cut(plain(label), SHOWN.text),
    isRequired,
    ...(isRequired ? { errorMessage: needed } : {}),
    ...(value === '' ? {} : { value: plainLines(value) }),
  }
  switch (field.type) {
    case 'text':
      return { type: 'Input.Text', ...base, isMultiline: field.lines === 'many', maxLength: field.most }
    case 'number':
    case 'person':
      return { type: 'Input.Text', ...base, isMultiline: false }
    case 'date':
      return { type: 'Input.Date', ...base }
    case 'choice': {
      const choices = field.options.map((option) => {
        return { title: cutMiddle(plain(option.label), choiceLength) || '–', value: option.value }
      })
      return { type: 'Input.ChoiceSet', ...base, style: 'compact', choices }
    }
  }
}

/** A card in a few plain words, for the one who clicked: a refusal, or where to look. */
export function renderWords({ title, blocks }: Card): string {
  const lines = [title, ...blocks.flatMap(wordLines)].map((line) =>
    inert(cutMiddle(quoted(line), SHOWN.words)),
  )
  // What to do next comes last, so the middle goes.
  const last = lines.length > 1 ? lines.pop() : undefined
  const count = lines.length
  const text = () =>
    [...lines, ...missing(count - lines.length), ...(last === undefined ? [] : [last])].join('\n')
  while (lines.length > 1 && text().length > LIMITS.message) lines.pop()
  return cut(text(), LIMITS.message)
}

function missing(count: number): string[] {
  return count === 0 ? [] : [`… and ${count} more lines`]
}

/** Something to type stands in quotes where there is no code. */
function quoted(text: string): string {
  return text.replace(/`([^`]*)`/g, '“$1”')
}

function wordLines(block: Block): string[] {
  switch (block.type) {
    case 'text':
      return [block.text]
    case 'facts':
      return block.facts.map(({ label, value }) => `${label}: ${value}`)
    case 'table':
      return [...block.rows.map((row) => row.join(' · ')), ...moreWords(block.more, 0)]
    case 'list':
      return [
        ...(block.heading === undefined ? [] : [`${block.heading}:`]),
        ...block.items.map((item) => `• ${item}`),
        ...moreWords(block.more, 0),
      ]
    case 'chart':
      return wordLines(chartWords(block))
    default:
      return unreachable(block, 'wordLines')
  }
}

const TONES = {
  plain: {},
  good: { color: 'Good' },
  attention: { color: 'Warning' },
  problem: { color: 'Attention' },
} as const

function message(
  card: Card,
  below: readonly Element[],
  actions: ActionSet['actions'],
  refresh?: Refresh,
): TeamsMessage {
  const title = cut(plain(card.title), SHOWN.title) || '–'
  const head = richText([styled(title, { weight: 'Bolder', size: 'Medium', ...TONES[card.tone] })])
  const foot: Element[] = [...below, ...actionRows(actions)]
  const room = LIMITS.cardBytes - size(whole([head, ...foot], refresh))
  const body = fit(bodyOf(card.blocks, room), room)
  return { summary: cut(inert(card.title), LIMITS.summary), card: whole([head, ...body, ...foot], refresh) }
}

function whole(body: readonly Element[], refresh: Refresh | undefined): AdaptiveCard {
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: LIMITS.version,
    // Read as Markdown by clients too old for the card, so nothing from outside stands here.
    fallbackText: 'This version of Teams is too old to show this card.',
    msteams: { width: 'Full' },
    ...(refresh === undefined ? {} : { refresh }),
    body,
  }
}

/** Bytes of a value as JSON, and of the comma before it. */
function size(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1
}

function sizeOf(values: readonly unknown[]): number {
  return values.reduce<number>((sum, value) => sum + size(value), 0)
}

type Growing = Extract<Block, { type: 'table' | 'list' }>

/** Everything a card says; lists and tables share the room that texts and facts leave. */
function bodyOf(given: readonly Block[], room: number): Element[] {
  const blocks = withChartWords(given)
  const fixed = blocks.map((block) => (isGrowing(block) ? growing(block, 0) : fixedElements(block)))
  let left = room - sizeOf(fixed.flat())
  let waiting = blocks.filter(isGrowing).length
  return blocks.flatMap((block, index) => {
    const smallest = fixed[index] ?? []
    if (!isGrowing(block)) return smallest
    const grown = growing(block, sizeOf(smallest) + Math.floor(left / waiting))
    left -= Math.max(0, sizeOf(grown) - sizeOf(smallest))
    waiting -= 1
    return grown
  })
}

function isGrowing(block: Block): block is Growing {
  return block.type === 'table' || block.type === 'list'
}

function fixedElements(block: Exclude<Block, Growing>): Element[] {
  switch (block.type) {
    case 'text':
      return [textElement(block.text, block.style)]
    case 'facts':
      return block.facts.map(({ label, value }) =>
        richText(
          [styled(`${plain(label)}: `, { weight: 'Bolder' }), ...literal(cut(plain(value), SHOWN.fact))],
          { spacing: 'Small' },
        ),
      )
    case 'chart':
      return [chartElement(block)]
    default:
      return unreachable(block, 'fixedElements')
  }
}

/** A digit of Teams' text, rounded up for its bold headings, and the free space of a cell. */
const DIGIT_PIXELS = 7.8
const CELL_PIXELS = 18
/** Longer numbers than this have words in them, and wrap. */
const NUMBER_CHARACTERS = 15

function textElement(text: string, style: 'plain' | 'strong' | 'quiet'): RichText {
  const looks = { plain: {}, strong: { weight: 'Bolder' }, quiet: { isSubtle: true } } as const
  return richText(literal(cut(plain(text), SHOWN.text), looks[style]))
}

/** As many rows or items as fit into `room`; the rest is counted. */
function growing(block: Growing, room: number): Element[] {
  return block.type === 'table' ? tableElements(block, room) : listElements(block, room)
}

function tableElements(block: Extract<Block, { type: 'table' }>, room: number): Element[] {
  const { columns, rows, more } = block
  if (rows.length === 0) return [textElement('Nothing to list.', 'quiet')]
  const rendered = rows.map((row) => tableRow(row, columns))
  const table = (count: number): Table => ({
    type: 'Table',
    columns: widths(columns, rows),
    rows: [
      tableRow(
        columns.map(({ heading }) => heading),
        columns,
      ),
      ...rendered.slice(0, count),
    ],
  })
  const note = (count: number) => moreElements(more, rows.length - count)
  const base = sizeOf([table(0), ...note(0)])
  const count = howMany(rendered, room - base)
  return count === 0 ? note(0) : [table(count), ...note(count)]
}

function tableRow(cells: readonly string[], columns: readonly Column[]): TableRow {
  return {
    type: 'TableRow',
    cells: columns.map(({ align }, index) => ({
      type: 'TableCell',
      items: [
        align === 'right'
          ? richText(literal(cellText(cells[index])), { horizontalAlignment: 'Right' })
          : richText(literal(breakable(cellText(cells[index]), BREAKS.cell))),
      ],
    })),
  }
}

/** Some clients draw a row without a cell that is empty. */
function cellText(text = ''): string {
  const shown = cut(plain(text), SHOWN.cell)
  return shown.trim() === '' ? '–' : shown
}

/**
 * Numbers get the width they need, so that no amount is broken or drawn over its neighbour, also on a telephone; words
 * share the rest by their longest text.
 */
function widths(columns: readonly Column[], rows: readonly (readonly string[])[]): Table['columns'] {
  return columns.map(({ heading, align }, index) => {
    const longest = rows.reduce((most, row) => Math.max(most, row[index]?.length ?? 0), heading.length)
    return align === 'right'
      ? { width: `${Math.ceil(CELL_PIXELS + Math.min(longest, NUMBER_CHARACTERS) * DIGIT_PIXELS)}px` }
      : { width: Math.min(18, Math.max(10, longest)) }
  })
}

function listElements({ heading, items, more }: Extract<Block, { type: 'list' }>, room: number): Element[] {
  const head =
    heading === undefined ? [] : [richText(literal(cut(plain(heading), SHOWN.text), { weight: 'Bolder' }))]
  const rendered = items.map((item) =>
    richText(['• ', ...literal(breakable(cutMiddle(plain(item), SHOWN.item), BREAKS.item))], {
      spacing: 'Small',
    }),
  )
  const note = (count: number) => moreElements(more, items.length - count)
  const count = howMany(rendered, room - sizeOf([...head, ...note(0)]))
  return [...head, ...rendered.slice(0, count), ...note(count)]
}

function howMany(values: readonly unknown[], room: number): number {
  let left = room
  const stop = values.findIndex((value) => (left -= size(value)) < 0)
  return stop < 0 ? values.length : stop
}

/** How much is not shown: what the card left out and what did not fit here. */
function moreElements(more: More | undefined, cutHere: number): Element[] {
  return moreWords(more, cutHere).map((words) => richText(literal(plain(words)), { spacing: 'Small' }))
}

function moreWords(more: More | undefined, cutHere: number): string[] {
  const hidden = (more?.hidden ?? 0) + cutHere
  if (hidden <= 0) return []
  return [
    more === undefined ? `… and ${hidden} more do not fit here` : `… and ${hidden} more: \`${more.command}\``,
  ]
}

/** The last resort for a card that fits into no message: its end goes, and it says so. */
function fit(elements: readonly Element[], room: number): readonly Element[] {
  if (sizeOf(elements) <= room) return elements
  const note = (count: number) =>
    textElement(`… and ${elements.length - count} more parts do not fit into one message`, 'strong')
  const count = howMany(elements, room - size(note(0)))
  return [...elements.slice(0, count), note(count)]
}

type Looks = Omit<TextRun, 'type' | 'text'>

function styled(text: string, looks: Looks): TextRun {
  return { type: 'TextRun', text, ...looks }
}

/** Literal text; what stands between a pair of backticks is shown as code, because it is something to type. */
function literal(text: string, looks: Looks = {}): RichText['inlines'] {
  const parts = text.split('`')
  const words = parts.length % 2 === 0 ? [text] : parts
  const inlines = words.flatMap((part, index): (string | TextRun)[] => {
    if (part === '') return []
    if (index % 2 === 1) return [styled(part, { ...looks, fontType: 'Monospace' })]
    return [Object.keys(looks).length === 0 ? part : styled(part, looks)]
  })
  return inlines.length === 0 ? ['–'] : inlines
}

function richText(inlines: RichText['inlines'], looks: Omit<RichText, 'type' | 'inlines'> = {}): RichText {
  return { type: 'RichTextBlock', inlines, ...looks }
}

function button({ name, label, tone, target }: Action): Execute {
  return execute(label, name, target, tone)
}
