import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Action, Block, Card } from '../../../bot/cards/model.js'
import { type SlackMessage, renderHome, renderSlack } from '../../../bot/slack/render.js'
import { formWindow } from '../../../bot/slack/window.js'
import { mentionsIn, messageMistakes, viewMistakes } from '../../emulators/slack/blocks.js'
import { HOSTILE_NAMES, SAMPLE_NAMES, sampleWorld } from '../../support/card-samples.js'
import { wordsOf } from './harness.js'

/** One line a block; whole JSON where a person can still read it. */
function golden(label: string, message: SlackMessage, whole: boolean): string {
  const lines = whole ? message.blocks.map((block) => JSON.stringify(block)) : message.blocks.map(outline)
  const hash = createHash('sha256').update(JSON.stringify(message)).digest('hex').slice(0, 16)
  return [`## ${label} (${hash})`, ...lines, JSON.stringify(message.text), ''].join('\n')
}

function goldenWindow(label: string, view: ReturnType<typeof formWindow>): string {
  const { blocks, ...rest } = view
  return [
    `## ${label}, a window`,
    JSON.stringify(rest),
    ...blocks.map((block) => JSON.stringify(block)),
    '',
  ].join('\n')
}

function outline(block: SlackMessage['blocks'][number]): string {
  const words = wordsOf({ blocks: [block] }).split('\n')
  const shown = words.length > 8 ? [...words.slice(0, 4), `(${words.length - 8})`, ...words.slice(-4)] : words
  return `${block.type}: ${JSON.stringify(shown)}`
}

describe.each(SAMPLE_NAMES)('every card in the world “%s”', async (name) => {
  const { cards, forms } = await sampleWorld(name)
  const note = { target: { id: 'APR-0001', revision: '' }, channel: 'C1', message: '1774011600.000100' }

  test('is what it was', async () => {
    const text = [...cards]
      .map(([label, card]) => golden(label, renderSlack(card), name !== 'many'))
      .join('\n')
    const windows = [...forms].map(([label, form]) => goldenWindow(label, formWindow(form, note)))
    await expect(`${[text, ...windows].join('\n')}\n`).toMatchFileSnapshot(`../../goldens/slack/${name}.txt`)
  })

  test.each([...forms.keys()])('%s: Slack opens it as a window that calls nobody', (label) => {
    const form = forms.get(label)
    if (form === undefined) throw new Error('no form')
    const view = formWindow(form, note)
    expect(viewMistakes(view)).toEqual([])
    expect(mentionsIn('', view.blocks)).toEqual([])
  })

  test.each([...cards.keys()])('%s: Slack takes it, and it calls nobody', (label) => {
    const card = cards.get(label)
    if (card === undefined) throw new Error('no card')
    const { text, blocks } = renderSlack(card)
    expect(messageMistakes(blocks)).toEqual([])
    expect(mentionsIn(text, blocks)).toEqual([])
    expect(text.length).toBeLessThan(4000)
  })

  test('every home as the page of the app: it is what it was, Slack takes it, and it calls nobody', async () => {
    const homes = [...cards].filter(([label]) => label.startsWith('home'))
    const pages = homes.map(([label, card]) => ({ label, view: renderHome(card) }))
    for (const { view } of pages) {
      expect(viewMistakes(view)).toEqual([])
      expect(mentionsIn('', view.blocks)).toEqual([])
      expect(view.blocks.length).toBeLessThanOrEqual(100)
    }
    const text = pages.map(({ label, view }) =>
      golden(label, { text: '', blocks: view.blocks as SlackMessage['blocks'] }, name !== 'many'),
    )
    expect(homes.length).toBeGreaterThan(3)
    await expect(`${text.join('\n')}\n`).toMatchFileSnapshot(`../../goldens/slack/home-${name}.txt`)
  })
})

function cardWith(changes: Partial<Card>): Card {
  return { title: 'Title', tone: 'plain', blocks: [], actions: [], ...changes }
}

const APPROVE: Action = {
  name: 'approve',
  label: 'Approve',
  tone: 'primary',
  target: { id: 'APR-0001', revision: '0123456789abcdef' },
  command: 'approve APR-0001',
  confirm: { title: 'Approve BR-0001?', text: 'This bills $514.52.', yes: 'Approve', no: 'Back' },
}

describe('text from outside stays text', () => {
  const hostile = fc.oneof(
    fc.constantFrom(...HOSTILE_NAMES),
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc
      .array(
        fc.constantFrom('<', '>', '&', '!channel', '@U1', '|', '*', '`', '_', '#', ' ', '\n', '~', ':x:'),
      )
      .map((parts) => parts.join('')),
  )
  const block: fc.Arbitrary<Block> = fc.oneof(
    fc.record({
      type: fc.constant('text' as const),
      text: hostile,
      style: fc.constantFrom('plain' as const, 'strong' as const, 'quiet' as const),
    }),
    fc.record({
      type: fc.constant('facts' as const),
      facts: fc.array(fc.record({ label: hostile, value: hostile }), { maxLength: 12 }),
    }),
    fc.record({
      type: fc.constant('table' as const),
      columns: fc.constant([
        { heading: 'Name', align: 'left' as const },
        { heading: 'Amount', align: 'right' as const },
      ]),
      rows: fc.array(fc.tuple(hostile, hostile), { maxLength: 130 }),
    }),
    fc.record({
      type: fc.constant('list' as const),
      heading: hostile,
      items: fc.array(hostile, { maxLength: 200 }),
      more: fc.record({ hidden: fc.integer({ min: 1, max: 9999 }), command: hostile }),
    }),
  )

  test('any card of any words is taken by Slack and calls nobody', () => {
    fc.assert(
      fc.property(
        hostile,
        fc.array(block, { maxLength: 60 }),
        fc.constantFrom('plain' as const, 'good' as const, 'attention' as const, 'problem' as const),
        fc.array(hostile, { maxLength: 1 }),
        (title, blocks, tone, labels) => {
          const actions = labels.map((label) => ({ ...APPROVE, label }))
          const message = renderSlack({ title, tone, blocks, actions })
          expect(messageMistakes(message.blocks)).toEqual([])
          expect(mentionsIn(message.text, message.blocks)).toEqual([])
          expect(JSON.stringify(message)).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
        },
      ),
      { numRuns: 300 },
    )
  })

  test.each(HOSTILE_NAMES)('%j is shown as it is, not altered by invisible characters', (name) => {
    const { blocks } = renderSlack(
      cardWith({ blocks: [{ type: 'facts', facts: [{ label: 'Name', value: name }] }] }),
    )
    const visible = name.replace(/[\t\n\r]+/g, ' ').replace(/[\u0000\u001b\u202e\u2066\u2069]/g, '\ufffd')
    // Only what stands between two backticks is shown without them, as code.
    expect(wordsOf({ blocks })).toContain(visible.includes('`') ? 'code' : visible.split('\n')[0])
  })
})

describe('what does not fit is counted, never cut silently', () => {
  test('rows of a table beyond what one may hold, together with those the card left out', () => {
    const rows = Array.from({ length: 150 }, (_, index) => [`Customer ${index}`, '$1.00'])
    const columns = [
      { heading: 'Customer', align: 'left' as const },
      { heading: 'To bill', align: 'right' as const },
    ]
    const more = { hidden: 7, command: 'who march' }
    const { blocks } = renderSlack(cardWith({ blocks: [{ type: 'table', columns, rows, more }] }))
    const table = blocks.find(({ type }) => type === 'table')
    expect(table).toMatchObject({ rows: { length: 100 } })
    expect(wordsOf({ blocks })).toContain(`… and ${150 - 99 + 7} more: \nwho march`)
  })

  test('cells of ten thousand characters: the rows that fit, and how many do not', () => {
    const rows = Array.from({ length: 90 }, () => ['x'.repeat(500), 'y'.repeat(500)])
    const columns = [
      { heading: 'A', align: 'left' as const },
      { heading: 'B', align: 'left' as const },
    ]
    const { blocks } = renderSlack(cardWith({ blocks: [{ type: 'table', columns, rows }] }))
    expect(messageMistakes(blocks)).toEqual([])
    expect(wordsOf({ blocks })).toMatch(/… and 66 more do not fit into one message/)
  })

  test('items of a long list: the state of a request and its buttons are never among what is left out', () => {
    const blocks: Block[] = [
      { type: 'list', items: Array.from({ length: 400 }, (_, index) => `line ${index} ${'x'.repeat(200)}`) },
      { type: 'text', style: 'strong', text: 'Approved by Lee on 20 Mar 2026 09:00.' },
    ]
    const message = renderSlack(cardWith({ blocks, actions: [APPROVE] }))
    const words = wordsOf(message)
    const shown = (words.match(/^line /gm) ?? []).length
    expect(shown).toBeGreaterThan(20)
    expect(words).toContain(`… and ${400 - shown} more do not fit into one message`)
    expect(words).toContain('Approved by Lee')
    expect(message.blocks.at(-1)?.type).toBe('actions')
  })

  test('a second table is listed, since a message holds one', () => {
    const table: Block = {
      type: 'table',
      columns: [{ heading: 'Name', align: 'left' }],
      rows: [['Contoso']],
    }
    const { blocks } = renderSlack(cardWith({ blocks: [table, { ...table, rows: [['Fabrikam']] }] }))
    expect(blocks.filter(({ type }) => type === 'table')).toHaveLength(1)
    expect(wordsOf({ blocks })).toContain('Fabrikam')
  })

  test('a name longer than a heading ends in an ellipsis, in whole characters', () => {
    const { blocks } = renderSlack(cardWith({ title: '😀'.repeat(200), tone: 'good' }))
    const title = wordsOf({ blocks: blocks.slice(0, 1) })
    expect(title.length).toBeLessThanOrEqual(150)
    expect(title).toMatch(/^✅ (😀)+…$/u)
  })
})

describe('buttons', () => {
  test('carry an id and a revision and nothing else; money is repeated before it is confirmed', () => {
    const { blocks } = renderSlack(cardWith({ actions: [APPROVE] }))
    const [block] = blocks.filter(({ type }) => type === 'actions')
    expect(block).toMatchObject({
      elements: [
        {
          action_id: 'approve',
          style: 'primary',
          value: '{"id":"APR-0001","revision":"0123456789abcdef"}',
          confirm: { title: { text: 'Approve BR-0001?' }, text: { text: 'This bills $514.52.' } },
        },
      ],
    })
  })

  test('block ids differ whenever the content does, and only then', () => {
    const ids = (changes: Partial<Card>) =>
      renderSlack(cardWith(changes)).blocks.map(({ block_id: id }) => id)
    expect(ids({})).toEqual(ids({}))
    expect(ids({ title: 'Other' })).not.toEqual(ids({}))
    expect(ids({ actions: [APPROVE] })[0]).not.toBe(ids({})[0])
  })
})
