import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { Storage, StorageOptions } from '../../adapters/storage/open.js'
import type { Block, Card } from '../../bot/cards/model.js'
import { renderConsole } from '../../bot/console/render.js'
import { renderSlack } from '../../bot/slack/render.js'
import { renderTeams } from '../../bot/teams/render.js'
import { sampleCards } from '../support/card-samples.js'
import { consoleWords } from '../support/story/console-words.js'
import { differenceOf } from '../support/story/difference.js'
import { parseStory, writeStory } from '../support/story/parse.js'
import { slackWords } from '../support/story/slack-words.js'
import type { Said } from '../support/story/story.js'
import type { SurfaceName } from '../support/story/surface.js'
import { teamsWords } from '../support/story/teams-words.js'
import { type Opening, PLAY_MILLISECONDS, SURFACES, createTheatre } from '../support/story/theatre.js'

// Each surface can be made to show another card than it was given.
const shown = vi.hoisted(() => {
  const asGiven = (card: Card) => card
  return { asGiven, console: asGiven, slack: asGiven, teams: asGiven }
})
vi.mock(import('../../bot/console/render.js'), async (original) => {
  const real = await original()
  return { ...real, renderConsole: (card: Card) => real.renderConsole(shown.console(card)) }
})
vi.mock(import('../../bot/slack/render.js'), async (original) => {
  const real = await original()
  return { ...real, renderSlack: (card: Card) => real.renderSlack(shown.slack(card)) }
})
vi.mock(import('../../bot/teams/render.js'), async (original) => {
  const real = await original()
  return { ...real, renderTeams: (card: Card) => real.renderTeams(shown.teams(card)) }
})

const opening = vi.hoisted<Opening>(() => ({
  open: () => Promise.reject(new Error('nothing is played yet')),
}))
vi.mock(import('../../adapters/storage/open.js'), async (original) => ({
  ...(await original()),
  openStorage: (options: StorageOptions) => opening.open(options),
}))

const play = createTheatre(opening)

const TALE = `# 20 × $22.00 = $440.00
clock    2026-03-02 09:00 America/New_York
people   Dana biller, Lee approver
policy   opensOn 2026-03-01

ingram   Contoso buys 20 × Microsoft 365 Business Premium at 22.00 a month on 2025-02-01
observe
bot      Observation 1
         First observation: 1 customer, 1 licence line, 0 orders.

@dana    who march
bot      Who to bill in March 2026
         To bill in USD: $440.00 from 1 customer
         Customer · To bill
         Contoso · 1–31 Mar 2026 · bill on 1 Mar 2026 · 1 line · $440.00
         Data from less than a minute ago (observation 1). Next: "customer <name>" shows the lines.

@dana    bill contoso
bot to @dana
         That did not work
         "bill" is not a command.
         Nothing was done.
         Type "help" to see all commands.

auditor  Through March 2026, from scratch:
         Contoso: due $440.00, billed $0.00 in 0 lines, still to bill $440.00
         decided: 0 approved, 0 rejected; refused: 0; the trail of 2 entries is whole
`

function told(text: string) {
  return parseStory('tale', text)
}

describe('a story goes red, with the lines that differ', { timeout: PLAY_MILLISECONDS }, () => {
  let said: readonly (readonly Said[])[] = []

  it.each(SURFACES)('and is green on %s as it is', async (surface) => {
    said = await play(told(TALE), surface)
    expect(differenceOf(told(TALE), said)).toBeUndefined()
  })

  it('when an amount is another', () => {
    const wrong = TALE.replace('1 line · $440.00', '1 line · $440.01')
    expect(differenceOf(told(wrong), said)?.split('\n')).toEqual([
      'line 12:',
      '  bot      Who to bill in March 2026',
      '           To bill in USD: $440.00 from 1 customer',
      '           Customer · To bill',
      '-          Contoso · 1–31 Mar 2026 · bill on 1 Mar 2026 · 1 line · $440.01',
      '+          Contoso · 1–31 Mar 2026 · bill on 1 Mar 2026 · 1 line · $440.00',
      '           Data from less than a minute ago (observation 1). Next: "customer <name>" shows the lines.',
      '',
      '  @dana    bill contoso',
    ])
  })

  it('when the bot says a line that is not told', () => {
    const wrong = TALE.replace('         To bill in USD: $440.00 from 1 customer\n', '')
    expect(differenceOf(told(wrong), said)).toContain(
      '\n+          To bill in USD: $440.00 from 1 customer\n',
    )
  })

  it('when a line is told that the bot does not say', () => {
    const wrong = TALE.replace(
      '1 line · $440.00\n',
      '1 line · $440.00\n         Fabrikam · 1–31 Mar 2026 · 1 line · $125.00\n',
    )
    expect(differenceOf(told(wrong), said)).toContain(
      '\n-          Fabrikam · 1–31 Mar 2026 · 1 line · $125.00\n',
    )
  })

  it('when the bot answers where no answer is told', () => {
    const wrong = TALE.replace(/bot to @dana\n(?: +.*\n)+/, '')
    expect(differenceOf(told(wrong), said)).toContain('\n+ bot to @dana\n+          That did not work\n')
  })

  it('when an answer is told that nobody gets', () => {
    const wrong = TALE.replace(
      'ingram   Contoso',
      'ingram   customer Umbrella in JPY\nbot      Welcome!\n\ningram   Contoso',
    )
    expect(differenceOf(told(wrong), said)).toContain('\n- bot      Welcome!\n')
  })

  it('when an answer for one person is shown to everybody', () => {
    const wrong = TALE.replace('bot to @dana\n         That did', 'bot      That did')
    expect(differenceOf(told(wrong), said)).toContain('- bot      That did not work\n+ bot to @dana\n')
  })

  it('when what is owed is another', () => {
    const wrong = TALE.replace('still to bill $440.00', 'still to bill $400.00')
    expect(differenceOf(told(wrong), said)).toContain(
      '-          Contoso: due $440.00, billed $0.00 in 0 lines, still to bill $400.00\n+          Contoso: due $440.00,',
    )
  })
})

describe('a surface that shows anything else than the others goes red', {
  timeout: PLAY_MILLISECONDS,
}, () => {
  it.each(
    SURFACES.flatMap((surface) => [
      [
        surface,
        'leaves the facts out',
        without('facts'),
        '-          To bill in USD: $440.00 from 1 customer',
      ] as const,
      [
        surface,
        'shows another amount',
        withAmount,
        '+          Contoso · 1–31 Mar 2026 · bill on 1 Mar 2026 · 1 line · $440.10',
      ] as const,
    ]),
  )('%s %s', async (surface, _, change, line) => {
    shown[surface] = change
    try {
      const difference = differenceOf(told(TALE), await play(told(TALE), surface))
      expect(difference?.split('\n')).toContain(line)
    } finally {
      shown[surface] = shown.asGiven
    }
  })
})

function without(type: Block['type']): (card: Card) => Card {
  return (card) => ({ ...card, blocks: card.blocks.filter((block) => block.type !== type) })
}

function withAmount(card: Card): Card {
  return JSON.parse(JSON.stringify(card).replaceAll('$440.00', '$440.10')) as Card
}

describe('the auditor stops a story', { timeout: PLAY_MILLISECONDS }, () => {
  const sum = TALE.replace(
    '@dana    bill contoso',
    '@dana    propose march\n@lee     approve APR-0001\n\n@dana    bill contoso',
  )

  it.each<readonly [string, (storage: Storage) => Storage, string]>([
    [
      'when a line was billed twice',
      (storage) => withBooks(storage, (billed) => [...billed, ...billed]),
      'Contoso: due $440.00, billed $880.00 in 2 lines, still to bill $0.00: $440.00 unexplained',
    ],
    [
      'when a billed line is lost',
      (storage) => withBooks(storage, () => []),
      'Contoso: due $440.00, billed $0.00 in 0 lines, still to bill $0.00: -$440.00 unexplained',
    ],
    [
      'when a cent drifted',
      (storage) =>
        withBooks(storage, (billed) => billed.map((line) => ({ ...line, amount: line.amount + 1n }))),
      'Contoso: due $440.00, billed $440.01 in 1 line, still to bill $0.00: $0.01 unexplained',
    ],
    [
      'when nobody approved what is billed',
      (storage) => ({ ...storage, billing: { ...storage.billing, trail: async () => [] } }),
      'BR-0001 is billed and was approved 0 times',
    ],
    [
      'when the trail is broken',
      (storage) => ({
        ...storage,
        verifyAudit: async () => ({ entries: 0, fault: { sequence: 1, what: 'entry 1 was changed' } }),
      }),
      'the trail is broken at entry 1: entry 1 was changed',
    ],
  ])('%s', async (_, books, sentence) => {
    await expect(play(told(sum), 'console', { books })).rejects.toThrow(sentence)
  })
})

type Billed = Awaited<ReturnType<Storage['billing']['books']>>['billed']

function withBooks(storage: Storage, change: (billed: Billed) => Billed): Storage {
  const changed = async () => {
    const books = await storage.billing.books()
    return { ...books, billed: change(books.billed) }
  }
  return { ...storage, billing: { ...storage.billing, books: changed } }
}

describe('a story that cannot be told says in which line, and why', () => {
  const BEGINNING = 'clock    2026-03-02 09:00 America/New_York\npeople   Dana biller, Lee approver\n'

  it.each([
    ['', 'line 1: a story begins with its clock'],
    ['clock    2026-03-02 09:00\n', 'line 1: a story begins with its clock'],
    ['clock    2026-03-02 09:00 America/New_York\nobserve\n', 'line 2: then come its people'],
    [`${BEGINNING}observe\npeople   Vic viewer\n`, 'line 4: people and rules stand at the beginning'],
    [`${BEGINNING}observe\nrules    small=connectwise:5:100.00\n`, 'line 4: people and rules stand'],
    [`${BEGINNING}psa      quickbooks bills\n`, 'line 3: “quickbooks bills” cannot follow “psa”'],
    [`${BEGINNING}tick     twice\n`, 'line 3: “twice” cannot follow “tick”'],
    [`${BEGINNING}dana says hello\n`, 'line 3: “dana” begins no line of a story'],
    [`${BEGINNING}later    soon\n`, 'line 3: “soon” cannot follow “later”'],
    [`${BEGINNING}observe   everything\n`, 'line 3: “everything” cannot follow “observe”'],
    [`${BEGINNING}@dana\n`, 'line 3: somebody says nothing'],
    [`${BEGINNING}\n         Total $1.00\n`, 'line 4: this belongs to no line above'],
    ['bot      Hello\n', 'line 1: “bot” before anything happened'],
  ])('%#', (text, sentence) => {
    expect(() => told(text)).toThrow(sentence)
  })

  it.each([
    [
      'ingram   Contoso grows',
      'line 3: nobody understands “Contoso grows”; what is understood: “customer Globex',
    ],
    ['ingram   Contoso · Exchange · 1 → 2 seats', 'line 3: no customer is named Contoso'],
    ['ingram   Contoso buys 2 × Exchange at 4.00 a month on 2026-04-01', 'line 3: 2026-04-01 is not yet'],
    ['psa      connectwise bills', 'line 3: nobody understands “bills”; what is understood: “Contoso has'],
    ['psa      connectwise invoices “Cloud”', 'line 3: there is no agreement “Cloud”'],
    ['psa      connectwise Visio is inactive', 'line 3: the catalog has no Visio'],
    [
      'psa      autotask approves and posts “Cloud” through 2026-03-31',
      'line 3: there is no contract “Cloud”',
    ],
    ['clock    2026-03-01 09:00', 'line 3: the clock would go back'],
    ['@lee     clicks Approve', 'line 3: there is no card with [Approve]'],
    ['@lee     clicks Approve on APR-0001', 'line 3: there is no card with [Approve] of APR-0001'],
  ])('%s', async (line, sentence) => {
    await expect(play(told(`${BEGINNING}${line}\n`), 'console')).rejects.toThrow(sentence)
  })

  it.each(SURFACES)('on %s, where nobody sees a button to click', async (surface) => {
    const text = `${BEGINNING}observe\n@lee     clicks Approve\n`
    await expect(play(told(text), surface)).rejects.toThrow('line 4: there is no card with [Approve]')
  })
})

describe('what stands in a story is what the command writes', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.chat'))

  it.each(files)('%s', (file) => {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8')
    const story = told(text)
    const bare = writeStory(
      story,
      story.steps.map(({ action: { type } }) =>
        type === 'auditor' || type === 'holds' ? [{ by: type, lines: [] }] : [],
      ),
    )
    expect(bare).not.toMatch(/^(bot|card|asks|file|invoice)\b/m)
    expect(
      writeStory(
        told(bare),
        story.steps.map(({ expected }) => expected),
      ),
    ).toBe(text)
  })
})

const READERS: readonly (readonly [SurfaceName, (card: Card) => readonly string[]])[] = [
  ['console', (card) => consoleWords(renderConsole(card))],
  ['slack', (card) => slackWords(renderSlack(card).blocks)],
  ['teams', (card) => teamsWords({ ...renderTeams(card).card })],
]

// Longer lists and names than these are shortened, by each surface in its own way.
describe.each(['empty', 'one', 'typical'])('every card reads the same everywhere: %s', (name) => {
  it.each(READERS.slice(1))('in %s as on the console', async (_, read) => {
    const cards = await sampleCards(name)
    expect(cards.size).toBeGreaterThan(20)
    for (const [label, card] of cards) {
      expect(read(card), label).toEqual(consoleWords(renderConsole(card)))
    }
  })
})

describe.each(READERS)('nothing on a card escapes the reader of %s', (_, read) => {
  const CARD: Card = {
    title: 'Title',
    tone: 'attention',
    blocks: [
      { type: 'text', style: 'strong', text: 'A strong text' },
      { type: 'text', style: 'quiet', text: 'A quiet text with `code`' },
      { type: 'facts', facts: [{ label: 'Label', value: 'Value' }] },
      { type: 'list', heading: 'Heading', items: ['Item'], more: { hidden: 7, command: 'more' } },
      {
        type: 'table',
        columns: ['First', 'Second', 'Third'].map((heading) => ({ heading, align: 'left' as const })),
        rows: [['One', 'Two', 'Three']],
        more: { hidden: 8, command: 'rows' },
      },
    ],
    actions: [
      {
        name: 'approve',
        label: 'Approve',
        tone: 'primary',
        target: { id: 'A', revision: '' },
        command: 'approve A',
      },
      {
        name: 'download',
        label: 'Save',
        tone: 'default',
        target: { id: 'B', revision: '' },
        command: 'save B',
      },
    ],
  }

  it('reads all of it', () => {
    expect(read(CARD)).toEqual([
      'Title',
      'A strong text',
      'A quiet text with "code"',
      'Label: Value',
      'Heading',
      '- Item',
      '… and 7 more: "more"',
      'First · Second · Third',
      'One · Two · Three',
      '… and 8 more: "rows"',
      '[Approve] [Save]',
    ])
  })
})
