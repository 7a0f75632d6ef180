import type { KnownBlock } from '@slack/types'

/** Checks a value; returns what is wrong with it, each with its place. */
type Check = (value: unknown, place: string) => string[]

type Shape = Readonly<Record<string, Check>>

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(most: number, least = 1): Check {
  return (value, place) => {
    if (typeof value !== 'string') return [`${place}: must be text`]
    if (value.length < least) return [`${place}: must have ${least} characters or more`]
    return value.length > most ? [`${place}: must have ${most} characters or fewer`] : []
  }
}

function word(...words: readonly unknown[]): Check {
  return (value, place) => (words.includes(value) ? [] : [`${place}: must be one of ${words.join(', ')}`])
}

const flag: Check = (value, place) => (typeof value === 'boolean' ? [] : [`${place}: must be true or false`])

const count: Check = (value, place) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? [] : [`${place}: must be a number`]

function list(item: Check, least: number, most: number): Check {
  return (value, place) => {
    if (!Array.isArray(value)) return [`${place}: must be a list`]
    if (value.length < least || value.length > most)
      return [`${place}: must have ${least} to ${most} entries`]
    return value.flatMap((entry, index) => item(entry, `${place}/${index}`))
  }
}

/** An object with these fields and no others; a name that ends in `?` may be missing. */
function shape(fields: Shape): Check {
  return (value, place) => {
    if (!isObject(value)) return [`${place}: must be an object`]
    const known = Object.keys(fields).map((name) => name.replace('?', ''))
    const extra = Object.keys(value).filter((name) => !known.includes(name))
    const wrong = Object.entries(fields).flatMap(([name, check]) => {
      const key = name.replace('?', '')
      if (value[key] === undefined) return name.endsWith('?') ? [] : [`${place}/${key}: is missing`]
      return check(value[key], `${place}/${key}`)
    })
    return [...extra.map((name) => `${place}/${name}: is no field here`), ...wrong]
  }
}

/** One of several shapes, told apart by `type`. */
function byType(kinds: Readonly<Record<string, Shape>>): Check {
  return (value, place) => {
    const type = isObject(value) ? value['type'] : undefined
    const fields = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined
    if (fields === undefined) return [`${place}: "${String(type)}" is no type here`]
    return shape({ ...fields, type: word(type) })(value, place)
  }
}

const plainText = (most: number): Check => byType({ plain_text: { text: text(most), 'emoji?': flag } })
const anyText = (most: number): Check =>
  byType({
    plain_text: { text: text(most), 'emoji?': flag },
    mrkdwn: { text: text(most), 'verbatim?': flag },
  })

const STYLE = shape({ 'bold?': flag, 'italic?': flag, 'strike?': flag, 'code?': flag })

const INLINE = byType({
  text: { text: text(12_000), 'style?': STYLE },
  link: { url: text(3000), 'text?': text(12_000), 'style?': STYLE },
  user: { user_id: text(255), 'style?': STYLE },
  channel: { channel_id: text(255), 'style?': STYLE },
  usergroup: { usergroup_id: text(255), 'style?': STYLE },
  broadcast: { range: word('here', 'channel', 'everyone'), 'style?': STYLE },
  emoji: { name: text(255) },
})
const SECTION = { elements: list(INLINE, 1, 1000) }
const RICH = {
  elements: list(
    byType({
      rich_text_section: SECTION,
      rich_text_preformatted: { ...SECTION, 'border?': count },
      rich_text_quote: { ...SECTION, 'border?': count },
      rich_text_list: {
        style: word('bullet', 'ordered'),
        elements: list(byType({ rich_text_section: SECTION }), 1, 1000),
        'indent?': count,
        'border?': count,
      },
    }),
    1,
    1000,
  ),
}

const CONFIRM = shape({
  'title?': plainText(100),
  text: anyText(300),
  'confirm?': plainText(30),
  'deny?': plainText(30),
  'style?': word('primary', 'danger'),
})

const BUTTON: Shape = {
  text: plainText(75),
  'action_id?': text(255),
  'value?': text(2000),
  'url?': text(3000),
  'style?': word('primary', 'danger'),
  'confirm?': CONFIRM,
  'accessibility_label?': text(75),
}

const ID: Shape = { 'block_id?': text(255) }

/** Fields of a block as Slack's own types name them, with our mark for those that may be missing. */
type FieldsOf<B> = Partial<Record<`${keyof B & string}${'' | '?'}`, Check>>

const OPTION = shape({ text: plainText(75), value: text(75), 'description?': plainText(75) })
const DATE: Check = (value, place) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? [] : [`${place}: must be a date`]
const USER: Check = (value, place) =>
  typeof value === 'string' && /^[UW][A-Z0-9]+$/.test(value) ? [] : [`${place}: must be a user`]

/** Block Kit as far as a billing bot could use it (Block Kit reference; the limits are Slack's). */
const BLOCKS = {
  header: { ...ID, text: plainText(150) },
  section: { ...ID, 'text?': anyText(3000), 'fields?': list(anyText(2000), 1, 10), 'expand?': flag },
  context: { ...ID, elements: list(anyText(3000), 1, 10) },
  divider: ID,
  actions: { ...ID, elements: list(byType({ button: BUTTON }), 1, 25) },
  rich_text: { ...ID, ...RICH },
  table: {
    ...ID,
    rows: list(list(byType({ raw_text: { text: text(12_000) }, rich_text: RICH }), 1, 20), 1, 100),
    'column_settings?': list(
      shape({ 'align?': word('left', 'center', 'right'), 'is_wrapped?': flag }),
      1,
      20,
    ),
  },
  input: {
    ...ID,
    label: plainText(2000),
    'hint?': plainText(2000),
    'optional?': flag,
    element: byType({
      plain_text_input: {
        'action_id?': text(255),
        'multiline?': flag,
        'min_length?': count,
        'max_length?': count,
        'initial_value?': text(3000),
        'placeholder?': plainText(150),
      },
      static_select: {
        'action_id?': text(255),
        options: list(OPTION, 1, 100),
        'initial_option?': OPTION,
        'placeholder?': plainText(150),
      },
      datepicker: { 'action_id?': text(255), 'initial_date?': DATE, 'placeholder?': plainText(150) },
      users_select: { 'action_id?': text(255), 'initial_user?': USER, 'placeholder?': plainText(150) },
    }),
  },
} satisfies { [T in KnownBlock['type']]?: FieldsOf<Extract<KnownBlock, { type: T }>> }
const numeral: Check = (value, place) =>
  typeof value === 'number' && Number.isFinite(value) ? [] : [`${place}: must be a number`]

/** Not among Slack's published types yet (Block Kit reference, data visualization block). */
const DRAWING: Shape = {
  ...ID,
  title: text(50),
  chart: byType({
    bar: {
      series: list(
        shape({ name: text(20), data: list(shape({ label: text(20), value: numeral }), 1, 20) }),
        1,
        6,
      ),
      axis_config: shape({
        categories: list(text(20), 1, 20),
        'x_label?': text(50),
        'y_label?': text(50),
      }),
    },
  }),
}
const BLOCK = byType({ ...BLOCKS, data_visualization: DRAWING })

/** What the parts of a chart have to be to each other: names once, and each series at every place of the axis. */
function chartMistakes(blocks: readonly Record<string, unknown>[]): string[] {
  const charts = blocks.filter(({ type }) => type === 'data_visualization')
  const wrong = charts.flatMap(({ chart }) => {
    const { series, axis_config: axis } = chart as {
      readonly series: readonly {
        readonly name: string
        readonly data: readonly { readonly label: string }[]
      }[]
      readonly axis_config: { readonly categories: readonly string[] }
    }
    const places = JSON.stringify(axis.categories)
    return [
      ...repeated(axis.categories, 'category'),
      ...repeated(
        series.map(({ name }) => name),
        'series',
      ),
      ...series.flatMap(({ data }) =>
        JSON.stringify(data.map(({ label }) => label)) === places ? [] : ['blocks: a series misses its axis'],
      ),
    ]
  })
  return [...wrong, ...(charts.length > 2 ? ['blocks: only two charts are allowed'] : [])]
}

/** Slack's limit for everything a message's blocks hold but its table; undocumented, seen at about 13,200. */
const MESSAGE_CHARACTERS = 13_200
const TABLE_CHARACTERS = 10_000

/** What Slack would refuse about the blocks of a message. Empty: it would take them. */
export function messageMistakes(blocks: unknown): string[] {
  const wrong = list(BLOCK, 1, 50)(blocks, 'blocks')
  if (wrong.length > 0 || !Array.isArray(blocks)) return wrong
  const all = blocks as Record<string, unknown>[]
  const tables = all.filter(({ type }) => type === 'table')
  const rest = all.filter(({ type }) => type !== 'table')
  const cells = tables.flatMap(({ rows }) => (rows as { text?: string }[][]).flat())
  const tableText = cells.reduce((sum, { text: words = '' }) => sum + words.length, 0)
  return [
    ...repeated(
      all.map(({ block_id: id }) => id),
      'block_id',
    ),
    ...all.flatMap(({ elements, type }) =>
      type === 'actions'
        ? repeated(
            (elements as Record<string, unknown>[]).map(({ action_id: id }) => id),
            'action_id',
          )
        : [],
    ),
    ...chartMistakes(all),
    ...all.flatMap(({ type }) => (type === 'input' ? ['blocks: an input stands in windows only'] : [])),
    ...(tables.length > 1 ? ['blocks: only one table is allowed'] : []),
    ...(tableText > TABLE_CHARACTERS ? ['blocks: the cells have more than 10000 characters'] : []),
    ...(JSON.stringify(rest).length > MESSAGE_CHARACTERS ? ['blocks: too long'] : []),
  ]
}

function repeated(ids: readonly unknown[], what: string): string[] {
  const given = ids.filter((id) => id !== undefined)
  return new Set(given).size === given.length ? [] : [`blocks: a ${what} stands twice`]
}

const MODAL = byType({
  modal: {
    title: plainText(24),
    'submit?': plainText(24),
    'close?': plainText(24),
    'callback_id?': text(255),
    'private_metadata?': text(3000, 0),
    'clear_on_close?': flag,
    'notify_on_close?': flag,
    'external_id?': text(255),
    blocks: list(BLOCK, 1, 100),
  },
  home: {
    'private_metadata?': text(3000, 0),
    'callback_id?': text(255),
    blocks: list(BLOCK, 1, 100),
  },
})

/** What Slack would refuse about a window or a home page. */
export function viewMistakes(view: unknown): string[] {
  const wrong = MODAL(view, 'view')
  if (wrong.length > 0 || !isObject(view)) return wrong
  const blocks = view['blocks'] as Record<string, unknown>[]
  // Both blocks are for messages only.
  const foreign = blocks.filter(({ type }) => type === 'table' || type === 'data_visualization')
  if (view['type'] === 'home' && foreign.length > 0)
    return foreign.map(({ type }) => `view: a ${String(type)} stands in messages only`)
  const inputs = blocks.filter(({ type }) => type === 'input')
  const noSubmit = view['type'] === 'modal' && inputs.length > 0 && view['submit'] === undefined
  return [
    ...(noSubmit ? ['view: a window with an input needs a submit'] : []),
    ...repeated(
      blocks.map(({ block_id: id }) => id),
      'block_id',
    ),
    ...inputs.flatMap(({ element }) => initialMistakes(element as Record<string, unknown>)),
  ]
}

/** What is chosen at first must be one of the choices, to the letter, and what is typed must fit. */
function initialMistakes(element: Record<string, unknown>): string[] {
  const { options, initial_option: initial, initial_value: typed, max_length: most } = element
  const values = ((options ?? []) as unknown[]).map((option) => JSON.stringify(option))
  const tooLong = typeof typed === 'string' && typeof most === 'number' && typed.length > most
  return [
    ...repeated(values, 'choice'),
    ...(initial === undefined || values.includes(JSON.stringify(initial))
      ? []
      : ['view: the initial_option is no option']),
    ...(tooLong ? ['view: the initial_value is too long'] : []),
  ]
}

/** Everybody and everything a message would call: mentions in markup, and elements of rich text that mention. */
export function mentionsIn(words: string, blocks: unknown): string[] {
  const found = markupMentions(words)
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(walk)
    if (!isObject(value)) return
    const { type } = value
    if (type === 'mrkdwn' && typeof value['text'] === 'string') found.push(...markupMentions(value['text']))
    if (typeof type === 'string' && ['user', 'channel', 'usergroup', 'broadcast', 'link'].includes(type)) {
      found.push(JSON.stringify(value))
    }
    Object.values(value).forEach(walk)
  }
  walk(blocks)
  return found
}

function markupMentions(words: string): string[] {
  return [...words.matchAll(/<[^<>]+>/g)].map(([mention]) => mention)
}
