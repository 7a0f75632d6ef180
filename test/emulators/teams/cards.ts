import type { Card } from './world.js'

type Node = Readonly<Record<string, unknown>>

/** A button of a card. */
export interface Button {
  readonly type: string
  readonly title: string
  readonly verb: string | undefined
  readonly data: Node
  readonly url: string | undefined
}

/** Elements of Adaptive Cards 1.5 a bot may use in Teams, and the fields that hold text people read. */
const TEXT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  AdaptiveCard: [],
  TextBlock: ['text'],
  RichTextBlock: [],
  TextRun: ['text'],
  FactSet: [],
  Fact: ['title', 'value'],
  Table: [],
  TableRow: [],
  TableCell: [],
  Container: [],
  ColumnSet: [],
  Column: [],
  ActionSet: [],
  'Chart.VerticalBar': ['title'],
  'Chart.VerticalBar.Grouped': ['title'],
  'Input.Text': ['label'],
  'Input.Date': ['label'],
  'Input.ChoiceSet': ['label'],
  'Action.Execute': [],
  'Action.OpenUrl': [],
  'Action.Submit': [],
}

/** Elements in which Teams reads Markdown. */
const MARKDOWN = new Set(['TextBlock', 'Fact'])
const CARD_BYTES = 28 * 1024
const ACTIONS = 6
const VIEWERS = 60

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every element of a card with a type, the outer ones first. */
export function elementsOf(card: Card): Node[] {
  const found: Node[] = []
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk)
    if (!isNode(value)) return
    if (typeof value['type'] === 'string') found.push(value)
    Object.values(value).forEach(walk)
  }
  // How a card is renewed is nothing anybody sees.
  const { refresh: _, ...seen } = card
  walk(seen)
  return found
}

/** How a card wants to be renewed by clients, and for whom (Universal Actions, user-specific views). */
export interface Renewal {
  readonly verb: string
  readonly data: Node
  readonly userIds: readonly string[]
}

export function renewalOf({ refresh }: Card): Renewal | undefined {
  if (!isNode(refresh) || !isNode(refresh['action'])) return undefined
  const { verb, data } = refresh['action']
  const ids = Array.isArray(refresh['userIds']) ? (refresh['userIds'] as unknown[]) : []
  return { verb: String(verb), data: isNode(data) ? data : {}, userIds: ids.map(String) }
}

function renewalMistakes({ refresh }: Card): string[] {
  if (refresh === undefined) return []
  const action = isNode(refresh) ? refresh['action'] : undefined
  const ids = isNode(refresh) && Array.isArray(refresh['userIds']) ? (refresh['userIds'] as unknown[]) : []
  return [
    ...(isNode(action) && action['type'] === 'Action.Execute' && typeof action['verb'] === 'string'
      ? []
      : ['it is renewed by no Action.Execute']),
    ...(ids.length < 1 || ids.length > VIEWERS ? [`it is renewed for ${ids.length} people`] : []),
    ...ids.filter((id) => !/^29:./.test(String(id))).map((id) => `${String(id)} is no person`),
    ...(new Set(ids).size === ids.length ? [] : ['it is renewed for somebody twice']),
  ]
}

/** What a client could not draw, or a rule of Teams forbids. Empty: it is shown. */
export function cardMistakes(card: Card): string[] {
  const elements = elementsOf(card)
  const unknown = elements.map(({ type }) => String(type)).filter((type) => !Object.hasOwn(TEXT_FIELDS, type))
  const actions = elements.filter(({ type }) => String(type).startsWith('Action.'))
  return [
    ...(card['type'] === 'AdaptiveCard' ? [] : ['it is no AdaptiveCard']),
    ...(card['version'] === '1.5' ? [] : ['its version is not 1.5']),
    ...renewalMistakes(card),
    ...unknown.map((type) => `${type} is no element`),
    ...elements.filter(isChart).flatMap(chartMistakes),
    ...(actions.length > ACTIONS ? [`${actions.length} buttons`] : []),
    ...actions
      .filter(({ title }) => typeof title !== 'string' || title === '')
      .map(() => 'a button without title'),
    ...elements.filter(isInput).flatMap(inputMistakes),
    ...(Buffer.byteLength(JSON.stringify(card)) > CARD_BYTES ? ['it is larger than 28 KB'] : []),
  ]
}

function isChart({ type }: Node): boolean {
  return String(type).startsWith('Chart.')
}

/** An extension of Teams: older clients draw its fallback, and would draw nothing without one. */
function chartMistakes({ type, title, data, fallback }: Node): string[] {
  const all = Array.isArray(data) ? (data as Node[]) : []
  const groups = type === 'Chart.VerticalBar' ? [all] : all.map(({ values }) => values as Node[])
  const bars = groups.flat()
  const isBar = ({ x, y }: Node) => typeof x === 'string' && typeof y === 'number' && Number.isFinite(y)
  return [
    ...(isNode(fallback) ? [] : [`${String(type)} has no fallback`]),
    ...(typeof title === 'string' && title !== '' ? [] : [`${String(type)} has no title`]),
    ...(bars.length > 0 && bars.every(isBar) ? [] : [`${String(type)} has a bar that is none`]),
    ...(type === 'Chart.VerticalBar' || all.every(({ legend }) => typeof legend === 'string')
      ? []
      : [`${String(type)} has a group without a legend`]),
  ]
}

/** An input needs a name, says what it asks for, and offers what it holds. */
function inputMistakes({ type, id, label, value, choices }: Node): string[] {
  const offered = Array.isArray(choices) ? (choices as Node[]) : undefined
  const unnamed = offered?.some((choice) => choice['title'] === '' || typeof choice['value'] !== 'string')
  return [
    ...(typeof id === 'string' && /^[a-z]+$/i.test(id) ? [] : ['an input without a name']),
    ...(typeof label === 'string' && label !== '' ? [] : ['an input that asks nothing']),
    ...(type === 'Input.ChoiceSet' && (offered === undefined || offered.length === 0)
      ? ['a choice without choices']
      : []),
    ...(unnamed === true ? ['a choice without title or value'] : []),
    ...(offered !== undefined && value !== undefined && !offered.some((choice) => choice['value'] === value)
      ? ['a choice that is not offered is chosen']
      : []),
    ...(type === 'Input.Date' &&
    value !== undefined &&
    !(typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value))
      ? ['a date that is none']
      : []),
  ]
}

/** The lines a person reads, without buttons: one for each block of text and each row of a table. */
export function linesOf(card: Card): string[] {
  const lines: string[] = []
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(walk)
    if (!isNode(value)) return
    const { type } = value
    if (type === 'TextBlock') lines.push(String(value['text']))
    else if (type === 'RichTextBlock') lines.push(inlineText(value))
    else if (type === 'Fact') lines.push(`${String(value['title'])} ${String(value['value'])}`)
    else if (type === 'TableRow') lines.push(rowText(value))
    // It draws bars below its title, and not its fallback.
    else if (isChart(value)) lines.push(String(value['title']))
    else if (isInput(value)) lines.push(`${String(value['label'])} ____`)
    else Object.values(value).forEach(walk)
  }
  walk(card['body'])
  return lines
}

function isInput({ type }: Node): boolean {
  return String(type).startsWith('Input.')
}

function inlineText({ inlines }: Node): string {
  const all = Array.isArray(inlines) ? (inlines as unknown[]) : []
  return all.map((inline) => (isNode(inline) ? String(inline['text']) : String(inline))).join('')
}

function rowText({ cells }: Node): string {
  const all = Array.isArray(cells) ? (cells as Node[]) : []
  return all.map((cell) => linesOf({ body: cell['items'] }).join(' ')).join(' · ')
}

export function buttonsOf(card: Card): Button[] {
  return elementsOf(card)
    .filter(({ type }) => String(type).startsWith('Action.'))
    .map((action) => ({
      type: String(action['type']),
      title: String(action['title']),
      verb: typeof action['verb'] === 'string' ? action['verb'] : undefined,
      data: isNode(action['data']) ? action['data'] : {},
      url: typeof action['url'] === 'string' ? action['url'] : undefined,
    }))
}

/** Texts in which Teams would read Markdown. */
export function markdownOf(card: Card): string[] {
  return elementsOf(card)
    .filter(({ type }) => MARKDOWN.has(String(type)))
    .flatMap((element) => (TEXT_FIELDS[String(element['type'])] ?? []).map((field) => String(element[field])))
}

/** Every address in a card that a click or the client itself would open. */
export function addressesOf(card: Card): string[] {
  return elementsOf(card).flatMap((element) =>
    ['url', 'iconUrl', 'backgroundImage'].flatMap((field) =>
      typeof element[field] === 'string' ? [element[field]] : [],
    ),
  )
}
