import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Action, Block, Card } from '../../../bot/cards/model.js'
import { LIMITS } from '../../../bot/teams/limits.js'
import type * as product from '../../../bot/teams/render.js'
import {
  type TeamsMessage,
  renderFile,
  renderQuestion,
  renderTeams,
  renderWords,
} from '../../../bot/teams/render.js'
import { addressesOf, buttonsOf, cardMistakes, linesOf, markdownOf } from '../../emulators/teams/cards.js'
import { HOSTILE_NAMES, SAMPLE_NAMES } from '../../support/card-samples.js'
import { mutant } from '../../support/mutant.js'
import { FILE_URL, allTeamsCards, teamsMessages } from './cards.js'

/** A card as JSON, the way the emulated Teams reads it. */
function shownBy({ card }: TeamsMessage): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(card)) as Record<string, unknown>
}

/** One line an element; whole JSON where a person can still read it. */
function golden(label: string, message: TeamsMessage, whole: boolean): string {
  const shown = shownBy(message)
  const lines = whole ? message.card.body.map((element) => JSON.stringify(element)) : outline(shown)
  const { refresh } = message.card
  const renewed =
    refresh === undefined
      ? []
      : [`(renewed by ${refresh.action.verb} ${refresh.action.data.id} for ${refresh.userIds.length} people)`]
  const hash = createHash('sha256').update(JSON.stringify(message)).digest('hex').slice(0, 16)
  return [`## ${label} (${hash})`, JSON.stringify(message.summary), ...lines, ...renewed, ''].join('\n')
}

function outline(card: Readonly<Record<string, unknown>>): string[] {
  const lines = linesOf(card)
  const shown =
    lines.length > 12 ? [...lines.slice(0, 6), `(${lines.length - 12})`, ...lines.slice(-6)] : lines
  return [...shown, ...buttonsOf(card).map(({ title, verb }) => `[${title}] ${verb ?? ''}`)]
}

describe.each(SAMPLE_NAMES)('every card in the world “%s”', async (name) => {
  const messages = await teamsMessages(name)

  test('is what it was', async () => {
    const text = [...messages].map(([label, message]) => golden(label, message, name !== 'many')).join('\n')
    await expect(`${text}\n`).toMatchFileSnapshot(`../../goldens/teams/${name}.txt`)
  })

  test.each([...messages.keys()])(
    '%s: Teams takes it, and nothing in it is Markdown or an address',
    (label) => {
      const message = messages.get(label)
      if (message === undefined) throw new Error('no card')
      const card = shownBy(message)
      expect(cardMistakes(card)).toEqual([])
      expect(markdownOf(card)).toEqual([])
      expect(addressesOf(card)).toEqual(
        label === 'file' && card['body'] !== undefined ? expectedLinks(card) : [],
      )
      expect(message.summary.length).toBeLessThanOrEqual(LIMITS.summary)
    },
  )
})

/** The one address a card may hold: that of a file, where there is one. */
function expectedLinks(card: Readonly<Record<string, unknown>>): string[] {
  return buttonsOf(card).length === 0 ? [] : [FILE_URL]
}

test('all cards of all worlds, each under a name of its own', async () => {
  const all = await allTeamsCards()
  expect(all.size).toBeGreaterThan(180)
  expect([...all.keys()]).toEqual(
    expect.arrayContaining(['typical: pending, Approve?', 'hostile: file', 'many: who']),
  )
})

function card(changes: Partial<Card>): Card {
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
const REJECT: Action = {
  name: 'reject',
  label: 'Reject',
  tone: 'danger',
  target: APPROVE.target,
  command: 'reject APR-0001 because <reason>',
}

const TABLE_COLUMNS = [
  { heading: 'Customer', align: 'left' },
  { heading: 'To bill', align: 'right' },
] as const

const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE_NAMES),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc
    .array(
      fc.constantFrom(
        '<at>',
        '</at>',
        '[',
        '](',
        ')',
        'http://x',
        '*',
        '`',
        '_',
        '{{',
        'DATE(',
        ' ',
        '\n',
        '\\',
      ),
    )
    .map((parts) => parts.join('')),
)

const anyBlock: fc.Arbitrary<Block> = fc.oneof(
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
    columns: fc.constant(TABLE_COLUMNS),
    rows: fc.array(fc.tuple(hostile, hostile), { maxLength: 130 }),
  }),
  fc.record({
    type: fc.constant('list' as const),
    heading: hostile,
    items: fc.array(hostile, { maxLength: 200 }),
    more: fc.record({ hidden: fc.integer({ min: 1, max: 9999 }), command: hostile }),
  }),
)

describe('text from outside stays text', () => {
  test('any card of any words is taken by Teams, and holds no Markdown, no mention and no address', () => {
    fc.assert(
      fc.property(hostile, fc.array(anyBlock, { maxLength: 60 }), hostile, (title, blocks, label) => {
        const action = { ...APPROVE, label: `x${label}` }
        const asked = card({ title, blocks, actions: [action] })
        for (const message of [renderTeams(asked), renderQuestion(asked, action)]) {
          const shown = shownBy(message)
          expect(cardMistakes(shown)).toEqual([])
          expect(markdownOf(shown)).toEqual([])
          expect(addressesOf(shown)).toEqual([])
          expect(JSON.stringify(shown)).not.toMatch(/[\u202a-\u202e\u2066-\u2069]|\{\{|"entities"/)
          expect(message.summary).not.toMatch(/\]\(|<at|:\/\//)
        }
        expect(renderWords(asked)).not.toMatch(/\]\(|<\/?at|:\/\//)
      }),
      { numRuns: 200 },
    )
  })

  test.each(HOSTILE_NAMES)('%j is shown as it is', (name) => {
    const facts = [{ label: 'Name', value: name }]
    const text = linesOf(shownBy(renderTeams(card({ blocks: [{ type: 'facts', facts }] })))).join('\n')
    const visible = name
      .replace(/[\t\n\r]+/g, ' ')
      .replace(/[\u0000\u001b\u202e\u2066\u2069]/g, '\ufffd')
      .slice(0, 600)
    // Only what stands between two backticks is shown without them, as code.
    expect(text.replaceAll('\u2060', '')).toContain(visible.includes('`') ? 'code' : visible)
  })

  test('what stands between backticks is code to type', () => {
    const { card: shown } = renderTeams(
      card({ blocks: [{ type: 'text', style: 'plain', text: 'Next: `who`.' }] }),
    )
    expect(shown.body[1]).toEqual({
      type: 'RichTextBlock',
      inlines: ['Next: ', { type: 'TextRun', text: 'who', fontType: 'Monospace' }, '.'],
    })
  })

  test('a link leads to a file of our own or nowhere', () => {
    expect(buttonsOf(shownBy(renderFile(card({}), 'BR-0001.csv', FILE_URL)))).toMatchObject([
      { type: 'Action.OpenUrl', title: 'Download BR-0001.csv', url: FILE_URL },
    ])
    for (const url of ['javascript:alert(1)', 'http://evil.example/x', 'https://evil.example/files/a?b', ''])
      expect(() => renderFile(card({}), 'BR-0001.csv', url)).toThrow('one of our own')
  })
})

describe('what does not fit is counted, never cut silently', () => {
  const ROWS = Array.from({ length: 400 }, (_, index) => [`Customer ${index}`, '$1.00'])

  test('rows of a table, together with those the card left out', () => {
    const more = { hidden: 7, command: 'who march' }
    const shown = shownBy(
      renderTeams(card({ blocks: [{ type: 'table', columns: TABLE_COLUMNS, rows: ROWS, more }] })),
    )
    const lines = linesOf(shown)
    const rows = lines.filter((line) => line.startsWith('Customer ') && line.endsWith('$1.00')).length
    expect(rows).toBeGreaterThan(60)
    expect(lines).toContain(`… and ${400 - rows + 7} more: who march`)
    expect(cardMistakes(shown)).toEqual([])
  })

  test('a list and a table share the room; the state of a request and its buttons are never left out', () => {
    const blocks: Block[] = [
      { type: 'list', items: Array.from({ length: 400 }, (_, index) => `line ${index} ${'ä'.repeat(200)}`) },
      { type: 'table', columns: TABLE_COLUMNS, rows: ROWS },
      { type: 'text', style: 'strong', text: 'Approved by Lee on 20 Mar 2026 09:00.' },
    ]
    const shown = shownBy(renderTeams(card({ blocks, actions: [APPROVE, REJECT] })))
    const lines = linesOf(shown)
    const items = lines.filter((line) => line.startsWith('• line')).length
    const rows = lines.filter((line) => line.endsWith('$1.00')).length
    expect([items > 10, rows > 30]).toEqual([true, true])
    expect(lines).toContain(`… and ${400 - items} more do not fit here`)
    expect(lines).toContain(`… and ${400 - rows} more do not fit here`)
    expect(lines).toContain('Approved by Lee on 20 Mar 2026 09:00.')
    expect(buttonsOf(shown).map(({ title }) => title)).toEqual(['Approve', 'Reject'])
  })

  test('a card of nothing but texts loses its end, and says so; question and buttons stay', () => {
    const blocks = Array.from({ length: 40 }, (_, index): Block => {
      return { type: 'text', style: 'plain', text: `${index} ${'x'.repeat(2000)}` }
    })
    const shown = shownBy(renderQuestion(card({ blocks }), APPROVE))
    const lines = linesOf(shown)
    const texts = lines.filter((line) => line.endsWith('xxx')).length
    expect(lines).toContain(`… and ${40 - texts} more parts do not fit into one message`)
    expect(lines).toContain('This bills $514.52.')
    expect(buttonsOf(shown)).toHaveLength(2)
    expect(cardMistakes(shown)).toEqual([])
  })

  test('the words for a clicker keep their beginning and what to do next', () => {
    const blocks: Block[] = [
      { type: 'text', style: 'strong', text: '90 lines changed since it was shown.' },
      { type: 'list', items: Array.from({ length: 90 }, (_, index) => `line ${index} of Contoso`) },
      { type: 'text', style: 'plain', text: 'Next: `propose march` shows it as it is now.' },
    ]
    const words = renderWords(card({ title: 'APR-0001 is out of date', blocks })).split('\n')
    expect(words.slice(0, 3)).toEqual([
      'APR-0001 is out of date',
      '90 lines changed since it was shown.',
      '• line 0 of Contoso',
    ])
    expect(words.at(-1)).toBe('Next: “propose march” shows it as it is now.')
    expect(words.at(-2)).toBe(`… and ${92 - (words.length - 2)} more lines`)
    expect(words.join('\n').length).toBeLessThanOrEqual(LIMITS.message)
  })

  test('a name however long does not push an amount off its line', () => {
    const item = `${'😀'.repeat(400)} · Business Premium: 5 × $22.00 × 21/31 = $74.52`
    const asked = card({ blocks: [{ type: 'list', items: [item] }] })
    const [, shown = ''] = linesOf(shownBy(renderTeams(asked)))
    expect(shown.replaceAll('\u200b', '')).toMatch(
      /^• (😀)+…(😀)* · Business Premium: 5 × \$22\.00 × 21\/31 = \$74\.52$/u,
    )
    expect(renderWords(asked)).toMatch(/(😀)+…(😀)* · Business Premium: .* = \$74\.52$/u)
  })

  test('a long word in a table may break, a number never does and has the width it needs', () => {
    const columns = [
      { heading: 'Customer', align: 'left' },
      { heading: 'Amount', align: 'right' },
    ] as const
    const rows = [['Donaudampfschifffahrt', '$1,523,447.04']]
    const shown = shownBy(renderTeams(card({ blocks: [{ type: 'table', columns, rows }] })))
    expect(linesOf(shown)).toContain('Donaudam\u200bpfschiff\u200bfahrt · $1,523,447.04')
    expect(JSON.stringify(shown)).toContain('"columns":[{"width":18},{"width":"120px"}]')
  })

  test('a long title ends in an ellipsis, in whole characters', () => {
    const [title = ''] = linesOf(shownBy(renderTeams(card({ title: '😀'.repeat(200) }))))
    expect(title).toMatch(/^(😀)+…$/u)
  })
})

describe('buttons', () => {
  test('carry an id and a revision and nothing else', () => {
    expect(renderTeams(card({ actions: [APPROVE, REJECT] })).card.body.at(-1)).toEqual({
      type: 'ActionSet',
      actions: [
        {
          type: 'Action.Execute',
          title: 'Approve',
          verb: 'approve',
          data: { id: 'APR-0001', revision: '0123456789abcdef' },
          style: 'positive',
        },
        {
          type: 'Action.Execute',
          title: 'Reject',
          verb: 'reject',
          data: { id: 'APR-0001', revision: '0123456789abcdef' },
          style: 'destructive',
        },
      ],
    })
  })

  test('money is repeated before it is confirmed; the way back is there', () => {
    const shown = shownBy(renderQuestion(card({}), APPROVE))
    expect(linesOf(shown)).toEqual(['Title', 'Approve BR-0001?', 'This bills $514.52.'])
    expect(buttonsOf(shown).map(({ title, verb }) => [title, verb])).toEqual([
      ['Approve', 'approveSure'],
      ['Back', 'show'],
    ])
  })
})

describe('without its guard, a card does what it must not', () => {
  const FILE = 'bot/teams/render.ts'
  const rows = Array.from({ length: 400 }, (_, index) => [`Customer ${index}`, '$1.00'])
  const long = card({ blocks: [{ type: 'table', columns: TABLE_COLUMNS, rows }] })

  test('rows are not counted against the room', async () => {
    const { renderTeams: unbound } = await mutant<typeof product>({
      file: FILE,
      from: '(left -= size(value)) < 0',
      to: '(left -= size(value)) < -1e9',
    })
    expect(cardMistakes(shownBy(unbound(long)))).toContain('it is larger than 28 KB')
  })

  test('text stands in an element that reads Markdown', async () => {
    const { renderTeams: markdown } = await mutant<typeof product>({
      file: FILE,
      from: "return { type: 'RichTextBlock', inlines, ...looks }",
      to: "return { type: 'TextBlock', text: inlines.join(''), ...looks } as never",
    })
    expect(markdownOf(shownBy(markdown(card({ title: '[a](http://evil.example)' }))))).not.toEqual([])
  })

  test('any address becomes a link', async () => {
    const { renderFile: careless } = await mutant<typeof product>({
      file: FILE,
      from: "assert(/^https?:\\/\\/\\S+\\/files\\/[\\w.~-]+$/.test(url), 'a link to a file is one of our own')",
      to: '',
    })
    expect(addressesOf(shownBy(careless(card({}), 'a', 'http://evil.example/x')))).toEqual([
      'http://evil.example/x',
    ])
  })

  test('words for a clicker make a link', async () => {
    const { renderWords: careless } = await mutant<typeof product>({
      file: FILE,
      from: 'inert(cutMiddle(quoted(line), SHOWN.words))',
      to: 'quoted(line)',
    })
    expect(careless(card({ title: '[a](http://evil.example)' }))).toContain('](http://')
  })
})
