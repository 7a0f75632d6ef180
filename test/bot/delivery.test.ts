import { describe, expect, test } from 'vitest'
import { waitAfter } from '../../bot/commands/deliver.js'
import type { SlackMessageRecord } from '../emulators/slack/workspace.js'
import { buttonsOf as teamsButtons } from '../emulators/teams/cards.js'
import { later, tick } from '../support/ticking.js'
import type { ChatDesk } from '../support/chat-desk.js'
import { type SlackHouse, buttonsOf, wordsOf } from './slack/harness.js'
import { housesOfSuite } from './slack/houses.js'
import { type Office, read, startOffice } from './teams/office.js'

const house = housesOfSuite()

function onlyOne<T>(all: readonly T[]): T {
  const [only, ...more] = all
  if (only === undefined || more.length > 0) throw new Error(`there are ${all.length} where one should be`)
  return only
}

async function comeBack({ emulator }: SlackHouse): Promise<void> {
  emulator.setOutage()
  await emulator.comeBack()
}

/** Everything that decides about money, as it is after the same commands with and without an outage. */
async function booksOf({ billing }: ChatDesk): Promise<object> {
  const { approval } = (await billing.approval('APR-0001')) ?? {}
  return { books: await billing.books(), trail: await billing.trail(), approval }
}

async function direct({ emulator }: SlackHouse, user: string): Promise<readonly SlackMessageRecord[]> {
  return [...emulator.world.channels.values()]
    .filter(({ direct: isDirect, members }) => isDirect && members.has(user))
    .flatMap(({ messages }) => messages)
}

describe('Slack is away', () => {
  test.each(['error', 'refused'] as const)(
    '%s: a request’s card follows once, says how late it is, and is followed from then on',
    async (outage) => {
      const given = await house()
      await given.settled()
      if (outage === 'error') given.emulator.setOutage(outage)
      else await given.emulator.leave()
      await given.slack.command('U1', 'C1', 'propose march')
      await given.settled()
      later(given, 10)
      await tick(given)
      expect(given.said()).toEqual([])
      await comeBack(given)
      later(given, 10)
      await Promise.all([tick(given), tick(given)])
      await tick(given)
      const card = onlyOne(given.said())
      expect(wordsOf(card)).toContain('Late: this answer is from 20 Mar 2026 09:00')
      expect(buttonsOf(card)).toEqual(['approve', 'reject'])
      await given.slack.command('U2', 'C1', 'approve APR-0001')
      await given.settled()
      expect(wordsOf(card)).toContain('Approved by Lee')
    },
  )

  test('decided meanwhile, its card comes without buttons; the books are what they are without an outage', async () => {
    const books = []
    for (const isAway of [false, true]) {
      const given = await house()
      await given.settled()
      if (isAway) await given.emulator.leave()
      await given.slack.command('U1', 'C1', 'propose march')
      await given.settled()
      await given.slack.command('U2', 'C1', 'approve APR-0001')
      await given.settled()
      await comeBack(given)
      later(given, 10)
      await tick(given)
      later(given, 10)
      await tick(given)
      expect(given.said().length).toBeGreaterThan(0)
      for (const card of given.said()) {
        expect(wordsOf(card)).toContain('Approved by Lee')
        expect(buttonsOf(card)).toEqual(['download'])
      }
      books.push(await booksOf(given))
    }
    expect(books[1]).toEqual(books[0])
  })

  test('a card that missed its update gets it, once', async () => {
    const given = await house()
    await given.slack.command('U1', 'C1', 'propose march')
    await given.settled()
    const card = onlyOne(given.said())
    await given.emulator.leave()
    await given.slack.click('U2', card, 'approve')
    await given.settled()
    expect(buttonsOf(card)).toEqual(['approve', 'reject'])
    await comeBack(given)
    later(given, 10)
    await tick(given)
    await tick(given)
    expect(wordsOf(card)).toContain('Approved by Lee')
    expect(card.updates).toBe(1)
  })

  test('what one person was to hear alone follows directly, also when their way back has ended', async () => {
    const given = await house()
    await given.settled()
    await given.emulator.leave()
    await given.slack.command('U4', 'C1', 'propose march')
    await given.settled()
    await comeBack(given)
    later(given, 45)
    await tick(given)
    expect(given.said()).toEqual([])
    expect(wordsOf(onlyOne(await direct(given, 'U4')))).toContain('may not do that')
  })

  test('a line that was cut: nothing is posted a second time; status says so', async () => {
    const given = await house()
    await given.settled()
    given.emulator.setOutage('cut')
    await given.slack.command('U1', 'C1', 'propose march')
    await given.settled()
    expect(given.emulator.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(1)
    await comeBack(given)
    later(given, 10)
    await tick(given)
    expect(given.said()).toEqual([])
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(wordsOf(onlyOne(given.said()))).toContain('1 answer may not have arrived in the last 7 days')
  })

  test('after a day it is given up, which the log and status tell', async () => {
    const given = await house()
    await given.settled()
    await given.emulator.leave()
    await given.slack.command('U1', 'C1', 'who march')
    await given.settled()
    later(given, 23 * 60)
    await tick(given)
    expect(given.deliveries.kept.map(({ state }) => state)).toEqual(['waiting'])
    later(given, 60)
    await tick(given)
    await comeBack(given)
    later(given, 60)
    await tick(given)
    expect(given.said()).toEqual([])
    expect(given.log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'an answer is given up' }),
    )
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(wordsOf(onlyOne(given.said()))).toContain('1 answer could not be delivered in the last 7 days')
  })

  test('429 longer than our patience: it follows when Slack said, not before', async () => {
    const given = await house()
    given.emulator.limitRate({ method: 'chat.postMessage', calls: 1, retryAfterSeconds: 3600 })
    await given.slack.command('U1', 'C1', 'who march')
    await given.settled()
    later(given, 59)
    await tick(given)
    expect(given.said()).toEqual([])
    later(given, 1)
    await tick(given)
    expect(wordsOf(onlyOne(given.said()))).toContain('Contoso')
  })

  test.each([undefined, 0, 30])(
    '429 with a wish of %s seconds is asked again in time, and answered once',
    async (seconds) => {
      const given = await house()
      given.emulator.limitRate({ method: 'chat.postMessage', calls: 2, retryAfterSeconds: seconds })
      await given.slack.command('U1', 'C1', 'who march')
      await given.settled()
      expect(wordsOf(onlyOne(given.said()))).toContain('Contoso')
      expect(given.deliveries.kept).toEqual([])
    },
  )

  test('many answers in one channel come in their order, each once', async () => {
    const given = await house()
    await given.settled()
    await given.emulator.leave()
    for (const about of ['who', 'help', 'status', 'changes']) {
      await given.slack.command('U1', 'C1', about)
      await given.settled()
    }
    await comeBack(given)
    later(given, 10)
    await tick(given)
    expect(given.said().map((card) => wordsOf(card).split('\n')[0])).toHaveLength(4)
    expect(wordsOf(given.said()[1])).toContain('What you can ask')
    expect(wordsOf(given.said()[3])).toContain('Changes')
  })
})

function cardsIn({ emulator }: Office): string[] {
  return emulator.world.posted.map(({ card }) => read(card))
}

describe('Teams is away', () => {
  const AWAY = { kind: 'status', status: 503 } as const

  test('a request’s card follows once; decided meanwhile it has no buttons, and the books are the same', async () => {
    const books = []
    for (const fault of [undefined, AWAY]) {
      const office = await startOffice()
      office.emulator.setFault(fault)
      await office.sayInVain(office.dana, office.channel, 'propose march')
      await office.sayInVain(office.lee, office.channel, 'approve APR-0001')
      later(office, 10)
      await tick(office)
      office.emulator.setFault(undefined)
      later(office, 10)
      await Promise.all([tick(office), tick(office)])
      await tick(office)
      // The request, and the answer to who approved it: as without an outage.
      expect(office.emulator.world.posted).toHaveLength(2)
      for (const { card } of office.emulator.world.posted) {
        expect(read(card)).toContain('Approved by Lee')
        expect(teamsButtons(card ?? {}).map(({ title }) => title)).toEqual(['Download CSV'])
      }
      books.push(await booksOf(office))
    }
    expect(books[1]).toEqual(books[0])
  })

  test('a card that missed its update gets it', async () => {
    const office = await startOffice()
    const card = await office.say(office.dana, office.channel, 'propose march')
    office.emulator.setFault({ kind: 'dropped' })
    await office.sayInVain(office.lee, office.personal(office.lee), 'approve APR-0001')
    office.emulator.setFault(undefined)
    later(office, 10)
    await tick(office)
    expect(read(office.emulator.world.find(card.id)?.card)).toContain('Approved by Lee')
    expect(office.emulator.world.find(card.id)?.updates).toBe(1)
  })

  test('private answers stay private, and a link to a file is asked for again', async () => {
    const office = await startOffice()
    await office.say(office.dana, office.channel, 'propose march')
    await office.say(office.lee, office.channel, 'approve APR-0001')
    const before = office.emulator.world.posted.length
    office.emulator.setFault(AWAY)
    await office.sayInVain(office.vic, office.channel, 'propose march')
    await office.sayInVain(office.dana, office.channel, 'export csv BR-0001')
    office.emulator.setFault(undefined)
    later(office, 10)
    await tick(office)
    const late = office.emulator.world.posted.slice(before)
    const alone = office.personal(office.vic).id
    expect(late).toHaveLength(2)
    const [refusal, file] = [true, false].map((isAlone) =>
      read(late.find(({ conversation }) => (conversation === alone) === isAlone)?.card),
    )
    expect(refusal).toContain('may not do that')
    expect(file).toContain('Type export csv BR-0001 again.')
  })

  test.each(['', '0', '5', 'Fri, 20 Mar 2026 13:00:05 GMT'])(
    '429 with a wish of “%s” is asked again in time, and answered once',
    async (retryAfter) => {
      const office = await startOffice()
      office.emulator.setFault({ kind: 'rateLimit', times: 2, retryAfter })
      await office.say(office.dana, office.channel, 'who march')
      expect(office.emulator.calls).toHaveLength(3)
      expect(cardsIn(office)).toHaveLength(1)
    },
  )

  test('told to wait for an hour, it waits that long and says it once', async () => {
    const office = await startOffice()
    office.emulator.setFault({ kind: 'rateLimit', times: 1, retryAfter: '3600' })
    await office.sayInVain(office.dana, office.channel, 'who march')
    later(office, 59)
    await tick(office)
    expect(office.emulator.world.posted).toEqual([])
    later(office, 1)
    await tick(office)
    expect(cardsIn(office)).toEqual([expect.stringContaining('Contoso')])
  })
})

describe('the hours of a request', () => {
  test('half way one reminder stands in the thread of its card, quiet, whoever ticks', async () => {
    const given = await house()
    await given.slack.command('U1', 'C1', 'propose march')
    await given.settled()
    const card = onlyOne(given.said())
    later(given, 36 * 60 - 1)
    await tick(given)
    expect(given.said()).toHaveLength(1)
    later(given, 1)
    await Promise.all([tick(given), tick(given)])
    later(given, 60)
    await tick(given)
    const [, reminder, ...more] = given.said()
    expect(more).toEqual([])
    expect(reminder).toMatchObject({ threadTs: card.ts, mentions: [] })
    expect(wordsOf(reminder)).toContain('APR-0001 still waits for a decision')
    expect(wordsOf(reminder)).toContain('expires 23 Mar 2026 09:00')
  })

  test('below a card that stands in a thread itself, it goes into that thread', async () => {
    const given = await house()
    await given.slack.mention('U1', 'C1', 'propose march')
    await given.settled()
    const card = onlyOne(given.said())
    expect(card.threadTs).toBeDefined()
    later(given, 36 * 60)
    await tick(given)
    expect(given.said()[1]?.threadTs).toBe(card.threadTs)
  })

  test('a reminder that could not be said is made up for, but not when it is decided or over', async () => {
    for (const [minutes, decided, said] of [
      [30, false, 2],
      [30, true, 1],
      [36 * 60, false, 1],
    ] as const) {
      const given = await house()
      await given.slack.command('U1', 'C1', 'propose march')
      await given.settled()
      later(given, 37 * 60)
      await given.emulator.leave()
      await tick(given)
      if (decided) await given.desk.ask('slack:T1:U2', 'approve APR-0001')
      await comeBack(given)
      later(given, minutes)
      await tick(given)
      expect(given.said()).toHaveLength(said)
    }
  })

  test('at its end every card says so without anybody clicking, once, and offers to ask again', async () => {
    const given = await house()
    await given.slack.command('U1', 'C1', 'propose march')
    await given.slack.command('U3', 'C1', 'approval APR-0001')
    await given.settled()
    later(given, 72 * 60)
    await Promise.all([tick(given), tick(given)])
    later(given, 60)
    await tick(given)
    expect(given.said()).toHaveLength(2)
    for (const card of given.said()) {
      expect(wordsOf(card)).toContain('Expired on 23 Mar 2026 09:00')
      expect([buttonsOf(card), card.updates]).toEqual([['again'], 1])
    }
  })

  test('in Teams the reminder is a reply, and the card ends by itself', async () => {
    const office = await startOffice()
    const card = await office.say(office.dana, office.channel, 'propose march')
    later(office, 40 * 60)
    await tick(office)
    await tick(office)
    const [, reminder, ...more] = office.emulator.world.posted
    expect(more).toEqual([])
    expect(read(reminder?.card)).toContain('APR-0001 still waits for a decision')
    expect(reminder?.conversation).toBe(card.conversation)
    expect(reminder?.activity['replyToId']).toBe(card.id)
    later(office, 40 * 60)
    await tick(office)
    expect(read(office.emulator.world.find(card.id)?.card)).toContain('Expired on')
  })
})

test('tries are further and further apart, five minutes at most', () => {
  expect([1, 2, 3, 4, 5, 50].map(waitAfter)).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000])
})
