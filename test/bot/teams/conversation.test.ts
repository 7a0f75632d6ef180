import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../../bot/commands/catalog.js'
import { createTeamsSurface } from '../../../bot/teams/app.js'
import type * as product from '../../../bot/teams/app.js'
import { lineRef } from '../../../core/app/who.js'
import { buttonsOf } from '../../emulators/teams/cards.js'
import type { ConversationType } from '../../emulators/teams/world.js'
import { mutant } from '../../support/mutant.js'
import { type Office, TENANT, patient, read, startOffice } from './office.js'

async function anyLine({ studio }: Office): Promise<string> {
  const { bills } = await studio.who(undefined, '')
  const [line] = bills.flatMap(({ lines }) => lines)
  if (line === undefined) throw new Error('nothing to bill')
  return lineRef(line)
}

test('a click is waited for, what was acknowledged has time', async () => {
  const seen: string[] = []
  const note = (what: string) =>
    seen.push(`${what} ${patient.getStore() === true ? 'has time' : 'is waited for'}`)
  const office = await startOffice(({ desk }) => ({
    desk: {
      ...desk,
      ask: (...asked) => {
        note(asked[1])
        return desk.ask(...asked)
      },
    },
  }))
  const posted = await office.say(office.dana, office.channel, 'propose march')
  await office.click(office.lee, posted.id, 'Approve')
  expect(seen).toEqual(['propose march has time', 'approval APR-0001 is waited for'])
})

const PLACES: readonly ConversationType[] = ['personal', 'groupChat', 'channel']

describe.each(PLACES)('in a %s', (type) => {
  test('every command is answered there', async () => {
    const office = await startOffice()
    const { dana, lee, sam } = office
    const place = office.emulator.world.addConversation(type, [lee, dana, sam])
    const ask = async (text: string) => {
      office.world.now = new Date(office.world.now.getTime() + 60_000)
      const posted = await office.say(lee, place, text)
      expect(office.emulator.world.conversation(posted.conversation)?.id).toBe(place.id)
      return read(posted.card)
    }
    const asked = new Map<string, string>()
    for (const [text, words] of [
      ['help', 'What you can ask'],
      ['help who', 'who [month] [filter]'],
      ['who march', 'To bill in USD: $514.52 from 1 customer'],
      ['customer contoso', 'Total $514.52 (2 lines)'],
      [`explain ${await anyLine(office)}`, 'Customer: Contoso'],
      ['changes since 1 march', 'Contoso: Microsoft 365 Business Premium 20 → 25 seats from 11 Mar'],
      ['upcoming', 'Upcoming, 20 Mar – 18 Apr 2026'],
      ['calendar april', 'Calendar of April 2026'],
      ['status', 'Last observation: 1,'],
      ['observe', 'Nothing changed since the last observation.'],
      ['map', 'No PSA is connected.'],
      ['sync', 'No customer is billed in a PSA.'],
      ['people', 'Who may do what'],
      ['settings', 'increases prorate: added seats prorated'],
      ['price', 'Prices of your own'],
      ['describe', 'Descriptions of your own'],
      ['approvals', 'Nothing waits for a decision.'],
      ['propose march', 'Total $514.52 (2 lines)'],
      ['approval APR-0001', 'Trail'],
      ['reject APR-0001 because the seats are wrong', 'Rejected by Lee'],
      ['who do I bill this month?', 'Who to bill in March 2026'],
      ['audit', 'The trail of 2 entries is whole.'],
    ] as const) {
      asked.set(text.split(' ')[0] ?? '', text)
      expect(await ask(text)).toContain(words)
    }
    await office.say(dana, office.personal(dana), 'propose march')
    for (const [text, words] of [
      ['approve APR-0002', 'Approved by Lee'],
      ['export csv BR-0002', 'BR-0002.csv'],
      ['void BR-0002 because sent twice', 'Makes $514.52 (2 lines) due again.'],
    ] as const) {
      asked.set(text.split(' ')[0] ?? '', text)
      expect(await ask(text)).toContain(words)
    }
    // A home is for the eyes of one: in company it comes to them alone.
    const home = await office.say(lee, place, 'home')
    asked.set('home', 'home')
    expect(read(home.card)).toContain('Today for Lee, 20 Mar 2026')
    expect(office.emulator.world.conversation(home.conversation)?.type).toBe('personal')
    expect([...COMMANDS].map(({ name }) => name).filter((name) => !asked.has(name))).toEqual([])
    expect(office.log.lines).toEqual([])
  })
})

describe('what people write', () => {
  test.each([
    ['<at>Billing</at> who march', 'who march'],
    ['  <at>Billing</at>&nbsp;who\u00a0march  ', 'who march'],
    ['who <at>Billing</at> march', 'who  march'],
    ['<at>Billing</at> who <at id="1">Lee</at>', 'who Lee'],
    ['<at>Billing</at>', ''],
    ['<at>Billing</at> who A & B <C>', 'who A & B <C>'],
  ])('%j in a channel is the command %j', async (text, command) => {
    const heard: string[] = []
    const office = await startOffice(({ desk }) => ({
      desk: {
        ...desk,
        ask: (identity, said) => {
          heard.push(identity, said)
          return desk.ask(identity, said)
        },
      },
    }))
    const message = office.player.message(office.dana, office.channel, '')
    expect((await office.player.deliver({ ...message, text })).status).toBe(200)
    await office.work.finish()
    expect(heard).toEqual([`teams:${TENANT}:${office.dana.aadObjectId}`, command])
  })

  test('in a channel the answer hangs below the question', async () => {
    const office = await startOffice()
    const posted = await office.say(office.dana, office.channel, 'who march')
    expect(posted.conversation).toMatch(new RegExp(`^${office.channel.id};messageid=\\d+$`))
    expect(posted.activity).toMatchObject({
      replyToId: posted.conversation.split('=')[1],
      summary: /Who to bill/,
    })
  })

  test('reading the marketplace shows a sign of life', async () => {
    const office = await startOffice()
    await office.say(office.dana, office.personal(office.dana), 'observe')
    expect(office.emulator.calls).toHaveLength(2)
  })

  test('capital letters in an id of Entra make no other person', async () => {
    const office = await startOffice()
    const { from, ...message } = office.player.message(office.lee, office.personal(office.lee), 'approvals')
    const shouted = { ...(from as object), aadObjectId: office.lee.aadObjectId.toUpperCase() }
    await office.player.deliver({ ...message, from: shouted })
    await office.work.finish()
    expect(read(office.emulator.world.posted[0]?.card)).toContain('Nothing waits')
  })
})

describe('answers for the asker only', () => {
  test('in a personal chat they stand there', async () => {
    const office = await startOffice()
    const posted = await office.say(office.dana, office.personal(office.dana), 'propoze march')
    expect(read(posted.card)).toContain('Did you mean propose?')
  })

  test('asked in a channel, they go to the personal chat and nowhere else', async () => {
    const office = await startOffice()
    const posted = await office.say(office.vic, office.channel, 'propose march')
    expect(posted.conversation).toBe(office.personal(office.vic).id)
    expect(read(posted.card)).toContain('Your role (viewer) may not do that.')
    expect(office.emulator.world.posted).toHaveLength(1)
  })

  test('a person unknown to the bot is told how to become known', async () => {
    const office = await startOffice()
    const posted = await office.say(office.kim, office.channel, 'who march')
    expect(posted.conversation).toBe(office.personal(office.kim).id)
    expect(read(posted.card)).toContain(
      `add teams:${TENANT}:${office.kim.aadObjectId} with the role admin to PEOPLE`,
    )
    const [entry] = await office.billing.trail()
    expect(entry).toMatchObject({ action: 'right.refused', subject: 'who' })
  })

  test('where the personal chat is closed, the channel hears only that', async () => {
    const office = await startOffice()
    office.emulator.closed.add(office.vic.id)
    const posted = await office.say(office.vic, office.channel, 'propose march')
    expect(office.emulator.world.conversation(posted.conversation)?.id).toBe(office.channel.id)
    expect(read(posted.card)).toContain('The answer is for the one who asked only')
    expect(read(posted.card)).not.toContain('viewer')
  })

  test('twin: without asking who may read it, the channel reads along', async () => {
    const { createTeamsSurface: careless } = await mutant<typeof product>({
      file: 'bot/teams/answer.ts',
      from: 'origin.direct ? conversations.post',
      to: 'origin.place !== undefined ? conversations.post',
      entry: 'app.ts',
    })
    const office = await startOffice(() => ({}), careless)
    const posted = await office.say(office.vic, office.channel, 'propose march')
    expect(office.emulator.world.conversation(posted.conversation)?.id).toBe(office.channel.id)
  })
})

describe('files', () => {
  test('an approved run is a link of our own that ends by itself', async () => {
    const office = await startOffice()
    await office.say(office.dana, office.channel, 'propose march')
    await office.say(office.lee, office.channel, 'approve APR-0001')
    const posted = await office.say(office.dana, office.channel, 'export csv BR-0001')
    expect(buttonsOf(posted.card ?? {})).toMatchObject([
      { title: 'Download BR-0001.csv', url: 'https://billing.example/files/BR-0001.csv.signed' },
    ])
    expect(read(posted.card)).toContain('The link works for a limited time.')
  })

  test('the button of a decided card gives the same, below it', async () => {
    const office = await startOffice()
    const asked = await office.say(office.dana, office.channel, 'propose march')
    await office.say(office.lee, office.channel, 'approve APR-0001')
    const clicked = await office.click(office.dana, asked.id, 'Download CSV')
    expect(clicked.words).toBe('BR-0001.csv: see below.')
    const last = office.emulator.world.posted.at(-1)
    expect(last?.conversation).toBe(asked.conversation)
    expect(last?.activity).toMatchObject({ replyToId: asked.id })
    expect(buttonsOf(last?.card ?? {})).toMatchObject([{ title: 'Download BR-0001.csv' }])
  })

  test('a link that is not one of ours is not shown', async () => {
    const office = await startOffice(() => ({ fileLinks: () => 'http://evil.example/BR-0001.csv' }))
    await office.say(office.dana, office.channel, 'propose march')
    await office.say(office.lee, office.channel, 'approve APR-0001')
    await office.sayInVain(office.dana, office.channel, 'export csv BR-0001')
    expect(JSON.stringify(office.emulator.world.posted)).not.toContain('evil')
    expect(office.log.lines).toMatchObject([
      { level: 'error', message: 'an answer could not be made for Teams' },
    ])
  })
})

describe('a request that comes again', () => {
  async function twice(create: typeof createTeamsSurface = createTeamsSurface, forgetful = false) {
    const office = await startOffice(() => (forgetful ? { once: { first: async () => true } } : {}), create)
    const message = office.player.message(office.dana, office.channel, 'propose march')
    for (let times = 0; times < 2; times += 1) {
      expect((await office.player.deliver(message)).status).toBe(200)
      await office.work.finish()
    }
    return office
  }

  test('acts once', async () => {
    const office = await twice()
    expect(office.emulator.world.posted).toHaveLength(1)
    expect(await office.billing.approval('APR-0002')).toBeUndefined()
  })

  test('twin: without remembering it acts twice', async () => {
    const office = await twice(createTeamsSurface, true)
    expect(await office.billing.approval('APR-0002')).toBeDefined()
  })

  test('many at once act once', async () => {
    const office = await startOffice()
    const message = office.player.message(office.dana, office.channel, 'propose march')
    const answers = await Promise.all(Array.from({ length: 20 }, async () => office.player.deliver(message)))
    await office.work.finish()
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(office.emulator.world.posted).toHaveLength(1)
  })
})
