import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMMANDS } from '../../../bot/commands/catalog.js'
import type * as product from '../../../bot/slack/app.js'
import { renderSlack } from '../../../bot/slack/render.js'
import { lineRef } from '../../../core/app/who.js'
import { mutant } from '../../support/mutant.js'
import { observed } from '../../support/observed.js'
import { type SlackHouse, buttonsOf, slackHouse, wordsOf } from './harness.js'

const open: SlackHouse[] = []
afterAll(async () => {
  for (const each of open) await each.close()
})

async function house(options: Parameters<typeof slackHouse>[0] = {}): Promise<SlackHouse> {
  const made = await slackHouse(options)
  open.push(made)
  return made
}

/** What the bot told one person alone, the last first. */
function whispered({ emulator }: SlackHouse, user: string): string[] {
  return emulator.world.ephemerals
    .filter((one) => one.user === user)
    .map(wordsOf)
    .reverse()
}

describe('every command, as a slash command, after the bot’s name, and in a direct message', () => {
  /** In an order in which each finds what it needs. */
  const CASES: readonly (readonly [command: string, user: string, text: string, shows: string])[] = [
    ['help', 'U1', 'help', 'What you can ask'],
    ['who', 'U1', 'who march', '$514.52 from 1 customer'],
    ['customer', 'U1', 'customer contoso march', 'Total $514.52 (2 lines)'],
    ['explain', 'U1', 'explain {line}', '20 × $22.00 = $440.00'],
    ['changes', 'U1', 'changes since 2026-03-01', '20 → 25'],
    ['upcoming', 'U1', 'upcoming', 'Upcoming, 20 Mar – 18 Apr 2026'],
    ['calendar', 'U1', 'calendar april', 'Calendar of April 2026'],
    ['home', 'U1', 'home', 'Today for Dana, 20 Mar 2026'],
    ['status', 'U1', 'status', 'Running subscriptions'],
    ['observe', 'U1', 'observe', 'Nothing changed since the last observation.'],
    ['propose', 'U1', 'propose march', 'Bill run BR-0001 · Contoso · 1–31 Mar 2026'],
    ['map', 'U1', 'map', 'No PSA is connected'],
    ['sync', 'U1', 'sync', 'No customer is billed in a PSA'],
    ['people', 'U1', 'people', 'Who may do what'],
    ['settings', 'U1', 'settings', 'increases prorate: added seats prorated'],
    ['price', 'U1', 'price', 'Prices of your own'],
    ['describe', 'U1', 'describe', 'Descriptions of your own'],
    ['approvals', 'U1', 'approvals', 'Approvals: 1 waiting'],
    ['approval', 'U1', 'approval APR-0001', 'asked to bill BR-0001'],
    ['reject', 'U2', 'reject APR-0001 because the seats are wrong', 'Rejected by Lee'],
    ['propose', 'U1', 'propose march', 'Bill run BR-0002'],
    ['approve', 'U2', 'approve APR-0002', 'Approved by Lee'],
    ['export', 'U1', 'export csv BR-0002', ''],
    ['void', 'U2', 'void BR-0002 because sent twice', 'Makes $514.52 (2 lines) due again'],
    ['audit', 'U2', 'audit', 'The trail of'],
  ]

  test('no command is missing here', () => {
    expect(new Set(CASES.map(([command]) => command))).toEqual(new Set(COMMANDS.map(({ name }) => name)))
  })

  /** A line can be explained while it is due: its reference is known then only. */
  async function withLine({ studio }: SlackHouse, text: string): Promise<string> {
    if (!text.includes('{line}')) return text
    const { bills } = await studio.customer('contoso')
    const [line] = bills.flatMap(({ lines }) => lines)
    return text.replace('{line}', line === undefined ? 'none' : lineRef(line))
  }

  const WAYS = {
    command: (given: SlackHouse, user: string, text: string) => given.slack.command(user, 'C1', text),
    mention: (given: SlackHouse, user: string, text: string) => given.slack.mention(user, 'C1', text),
    direct: (given: SlackHouse, user: string, text: string) => given.slack.direct(user, text),
  } as const

  test.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('by %s', async (way) => {
    const given = await house()
    for (const [command, user, text, shows] of CASES) {
      given.world.now = new Date(given.world.now.getTime() + 60_000)
      const before = answersOf(given, user, way).length
      const sent = await WAYS[way](given, user, await withLine(given, text))
      expect([command, sent]).toEqual([command, { status: 200, body: '' }])
      await given.settled()
      const answers = answersOf(given, user, way)
      // A file is its own answer; a long reading is announced, in a direct message by a message.
      // In a channel a home is for the eyes of one.
      const isAlone = command === 'home' && way !== 'direct'
      const count = command === 'export' || isAlone ? 0 : command === 'observe' && way === 'direct' ? 2 : 1
      expect([command, answers.length - before]).toEqual([command, count])
      expect(isAlone ? whispered(given, user)[0] : wordsOf(answers.at(-1))).toContain(shows)
    }
    expect(given.emulator.world.files).toMatchObject([{ name: 'BR-0002.csv' }])
    expect(given.log.lines).toEqual([])
  })

  function answersOf(given: SlackHouse, user: string, way: keyof typeof WAYS) {
    return given.said(way === 'direct' ? given.emulator.world.direct(user).id : 'C1')
  }
})

describe('an answer', () => {
  test('is the desk’s card, word for word', async () => {
    const given = await house()
    await given.slack.command('U1', 'C1', 'who march')
    await given.settled()
    const { card } = await given.desk.ask('slack:T1:U1', 'who march')
    const [said] = given.said()
    expect({ text: said?.text, blocks: said?.blocks }).toEqual(renderSlack(card))
  })

  test('to a mention hangs below it; in a thread it stays there; a command’s stands in the channel', async () => {
    const given = await house()
    await given.slack.mention('U1', 'C1', 'status')
    await given.settled()
    const [asked] = given.emulator.world.channels.get('C1')?.messages ?? []
    await given.slack.mention('U1', 'C1', 'status', asked?.ts)
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(given.said().map(({ threadTs }) => threadTs)).toEqual([asked?.ts, asked?.ts, undefined])
  })

  test('to a refusal is for the asker’s eyes: by command, by mention in its thread, plainly in a direct message', async () => {
    const given = await house()
    await given.slack.command('U4', 'C1', 'propose')
    await given.slack.mention('U4', 'C1', 'propose')
    await given.slack.direct('U4', 'propose')
    await given.settled()
    expect(given.said()).toEqual([])
    const { ephemerals } = given.emulator.world
    expect(ephemerals.map(({ user, threadTs }) => [user, threadTs !== undefined])).toEqual([
      ['U4', false],
      ['U4', true],
    ])
    for (const words of whispered(given, 'U4')) expect(words).toContain('Your role (viewer) may not do that.')
    expect(wordsOf(given.said(given.emulator.world.direct('U4').id)[0])).toContain('may not do that')
  })

  test('to a stranger tells how to get in, and the attempt is in the trail', async () => {
    const given = await house()
    await given.slack.command('U9', 'C1', 'who')
    await given.settled()
    expect(whispered(given, 'U9')).toEqual([
      expect.stringContaining('add slack:T1:U9 with the role admin to PEOPLE'),
    ])
    const trail = await given.billing.trail()
    expect(trail.at(-1)).toMatchObject({ actor: 'slack:T1:U9' })
  })

  test('to somebody of another workspace in a shared channel is one to a stranger, whatever their id', async () => {
    const said = async (given: SlackHouse): Promise<string[]> => {
      const { body } = given.slack.request.mention('U2', 'C1', 'propose march')
      const shared = body.replaceAll('"team":"T1"', '"team":"T9"')
      await given.slack.send(given.slack.sign(shared, 'json'))
      await given.settled()
      return whispered(given, 'U2')
    }
    expect(await said(await house())).toEqual([expect.stringContaining('add slack:T9:U2 with')])
    const { createSlackSurface } = await mutant<typeof product>({
      file: 'bot/slack/schema.ts',
      from: 'event.user_team ?? event.team ?? data.team_id',
      to: 'data.team_id',
      entry: 'app.ts',
    })
    expect(await said(await house({ create: createSlackSurface }))).toEqual([])
  })

  test('to an unknown word names the nearest command', async () => {
    const given = await house()
    await given.slack.command('U1', 'C1', 'whoo')
    await given.settled()
    expect(whispered(given, 'U1')[0]).toMatch(/Did you mean \nwho\n/)
  })

  test('to nothing at all is help', async () => {
    const given = await house()
    await given.slack.command('U1', 'C1', '')
    await given.slack.mention('U1', 'C1', '')
    await given.settled()
    expect(given.said().map((message) => wordsOf(message).split('\n')[0])).toEqual([
      'What you can ask',
      'What you can ask',
    ])
  })

  test('to a plain question with what Slack makes of it', async () => {
    const given = await house()
    given.world.customers = [{ id: 'C1', name: 'Contoso.com & <Sons>' }]
    given.world.now = new Date('2026-03-20T13:05:00Z')
    await given.studio.observe()
    await given.slack.mention('U1', 'C1', 'customer contoso.com & <sons>')
    await given.slack.mention('U1', 'C1', 'who do I bill this month?')
    await given.slack.direct('U1', `<@${given.emulator.world.botUser}> customer contoso.com & <sons>`)
    await given.settled()
    expect(wordsOf(given.said()[0])).toContain('Contoso.com & <Sons> · March 2026')
    expect(wordsOf(given.said()[1])).toContain('Who to bill in March 2026')
    expect(given.said().flatMap(({ mentions }) => mentions)).toEqual([])
  })

  test('that takes minutes is announced to the asker first', async () => {
    const given = await house()
    given.world.now = new Date('2026-03-20T13:05:00Z')
    await given.slack.command('U1', 'C1', 'observe')
    await given.settled()
    expect(whispered(given, 'U1')).toEqual([expect.stringContaining('Reading the marketplace')])
    expect(given.said()).toHaveLength(1)
  })
})

describe('where the bot is no member', () => {
  const elsewhere = {
    emulator: {
      channels: [
        { id: 'C1', withBot: true },
        { id: 'C2', withBot: false },
      ],
    },
  }

  test('the answer comes directly, the asker is told so, and the card still follows its fate', async () => {
    const given = await house(elsewhere)
    await given.slack.command('U1', 'C2', 'propose march')
    await given.settled()
    expect(given.said('C2')).toEqual([])
    const direct = given.said(given.emulator.world.direct('U1').id)
    expect(buttonsOf(direct[0])).toEqual(['approve', 'reject'])
    expect(whispered(given, 'U1')).toEqual([expect.stringContaining('I am not a member of this channel')])
    await given.slack.command('U2', 'C1', 'approve APR-0001')
    await given.settled()
    expect(wordsOf(direct[0])).toContain('Approved by Lee')
    expect(buttonsOf(direct[0])).toEqual(['download'])
  })

  test('a file comes directly, too', async () => {
    const given = await house(elsewhere)
    await given.slack.command('U1', 'C1', 'propose march')
    await given.slack.command('U2', 'C1', 'approve APR-0001')
    await given.settled()
    await given.slack.command('U1', 'C2', 'export csv BR-0001')
    await given.settled()
    expect(given.emulator.world.files.filter(({ channel }) => channel !== undefined)).toMatchObject([
      { name: 'BR-0001.csv', channel: given.emulator.world.direct('U1').id },
    ])
    expect(whispered(given, 'U1')).toEqual([expect.stringContaining('in our direct messages')])
  })
})

describe('a file', () => {
  let given: SlackHouse
  beforeAll(async () => {
    given = await house()
    given.world.subscriptions = [observed({ productName: '=HYPERLINK("x") <!channel>' })]
    await given.slack.command('U1', 'C1', 'propose march')
    await given.slack.command('U2', 'C1', 'approve APR-0001')
    await given.settled()
  })

  test('by its button lands below the card; the same run has the same bytes', async () => {
    const [card] = given.said()
    if (card === undefined) throw new Error('no card')
    await given.slack.click('U1', card, 'download')
    await given.settled()
    given.world.now = new Date('2026-09-01T00:00:00Z')
    await given.slack.click('U2', card, 'download')
    await given.settled()
    const [first, second] = given.emulator.world.files
    expect(first).toMatchObject({ name: 'BR-0001.csv', channel: 'C1', threadTs: card.ts })
    expect(first?.bytes?.toString('utf8')).toContain('BR-0001')
    expect(second?.bytes?.equals(first?.bytes ?? Buffer.alloc(0))).toBe(true)
  })

  test('is refused to whoever may not have it', async () => {
    const [card] = given.said()
    if (card === undefined) throw new Error('no card')
    const before = given.emulator.world.files.length
    await given.slack.click('U4', card, 'download')
    await given.settled()
    expect(given.emulator.world.files).toHaveLength(before)
    expect(whispered(given, 'U4')[0]).toContain('may not do that')
  })
})

test('Slack takes everything the bot sends', async () => {
  for (const given of open) {
    const refused = given.emulator.calls.filter(
      ({ error }) => error !== undefined && error !== 'not_in_channel',
    )
    expect(refused.map(({ method, error }) => `${method} ${error}`)).toEqual([])
  }
})
