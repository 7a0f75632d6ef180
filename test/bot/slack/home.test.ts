import { describe, expect, test } from 'vitest'
import { renderHome } from '../../../bot/slack/render.js'
import { createHomes } from '../../../bot/slack/home.js'
import { Problem } from '../../../core/problem.js'
import { SLACK_HOMES } from '../../../core/limits-ahead.js'
import { shown } from '../../../bot/commands/reply.js'
import { memoryLog } from '../../support/memory-log.js'
import { type SlackHouse, buttonsOf, wordsOf } from './harness.js'
import { housesOfSuite } from './houses.js'

const house = housesOfSuite()

type Page = { readonly blocks: readonly unknown[] } | undefined

function pageOf({ emulator }: SlackHouse, user: string): Page {
  return emulator.world.homes.get(user) as Page
}

/** What the bot told one person in their direct messages, in order. */
function toldDirectly({ emulator }: SlackHouse, user: string): string[] {
  const { world } = emulator
  return [...world.channels.values()]
    .filter(({ direct, members }) => direct && members.has(user))
    .flatMap(({ messages }) => messages.filter((message) => message.user === world.botUser).map(wordsOf))
}

function published({ emulator }: SlackHouse): number {
  return emulator.calls.filter(({ method }) => method === 'views.publish').length
}

/** A button with these words on somebody's page. */
function buttonNamed(page: Page, label: string): string {
  const blocks = (page?.blocks ?? []) as {
    readonly type: string
    readonly elements?: readonly { readonly action_id?: string; readonly text: { readonly text: string } }[]
  }[]
  const buttons = blocks.filter(({ type }) => type === 'actions').flatMap(({ elements = [] }) => elements)
  return buttons.find(({ text }) => text.text === label)?.action_id ?? ''
}

describe('the page of the app, when somebody opens it', () => {
  test('is their home', async () => {
    const subject = await house()
    expect(await subject.slack.openHome('U1')).toEqual({ status: 200, body: '' })
    await subject.settled()
    const words = wordsOf(pageOf(subject, 'U1'))
    expect(words).toContain('Today for Dana, 20 Mar 2026')
    expect(words).toContain('$514.52 from 1 customer')
    expect(words).toContain('Nothing waits for you.')
    expect(pageOf(subject, 'U2')).toBeUndefined()
    expect(subject.said()).toEqual([])
    expect(toldDirectly(subject, 'U1')).toEqual([])
  })

  test('says to somebody without a role only how to get one', async () => {
    const subject = await house()
    await subject.slack.openHome('U9')
    await subject.settled()
    const words = wordsOf(pageOf(subject, 'U9'))
    expect(words).toContain('You have no role here yet.')
    expect(words).toContain('slack:T1:U9')
    expect(words).not.toContain('Contoso')
    expect(words).not.toContain('$')
    expect(buttonsOf(pageOf(subject, 'U9'))).toEqual([])
  })

  test('refuses somebody without a role, and notes so, once an hour however often they open it', async () => {
    const subject = await house()
    const refusals = async () => (await subject.billing.trail()).length
    const before = await refusals()
    const openAgain = async () => {
      await subject.slack.openHome('U9')
      await subject.settled()
    }
    for (let times = 0; times < 3; times += 1) await openAgain()
    expect(await refusals()).toBe(before + 1)
    expect(wordsOf(pageOf(subject, 'U9'))).toContain('You have no role here yet.')
    subject.world.now = new Date(subject.world.now.getTime() + 3_600_000)
    await openAgain()
    expect(await refusals()).toBe(before + 2)
  })

  test('is nothing of ours when it is another tab', async () => {
    const subject = await house()
    expect(await subject.slack.openHome('U1', 'messages')).toMatchObject({ status: 200 })
    await subject.settled()
    expect(published(subject)).toBe(0)
    expect(subject.once.keys.size).toBe(0)
  })

  test('is published once for one opening, however often Slack says so, and for whoever replays it', async () => {
    const subject = await house()
    const request = subject.slack.request.openHome('U1', 'home', 'Ev1')
    await subject.slack.send(request)
    await subject.slack.send(request)
    await subject.settled()
    expect(published(subject)).toBe(1)
    subject.world.now = new Date('2026-03-20T13:01:00Z')
    await subject.slack.send(subject.slack.request.openHome('U1', 'home', 'Ev1'))
    await subject.settled()
    expect(published(subject)).toBe(1)
    await subject.slack.send(subject.slack.request.openHome('U1', 'home', 'Ev2'))
    await subject.settled()
    expect(published(subject)).toBe(2)
  })

  test('that Slack does not take disturbs nobody', async () => {
    const subject = await house({ emulator: { users: ['U2'] } })
    await subject.slack.openHome('U1')
    await subject.settled()
    expect(pageOf(subject, 'U1')).toBeUndefined()
    expect(toldDirectly(subject, 'U1')).toEqual([])
    expect(subject.log.lines.map(({ message }) => message)).toContain('a Home could not be published')
  })
})

describe('its buttons', () => {
  test('answer in direct messages, and the page says what is true then', async () => {
    const subject = await house()
    await subject.slack.openHome('U1')
    await subject.settled()
    const propose = buttonNamed(pageOf(subject, 'U1'), 'Propose March 2026')
    expect(propose).toBe('propose')
    await subject.slack.clickHome('U1', propose)
    await subject.settled()
    expect(toldDirectly(subject, 'U1').join('\n')).toContain('Bill run BR-0001')
    expect(subject.said()).toEqual([])
    expect(wordsOf(pageOf(subject, 'U1'))).toContain('Your requests, which wait for others')
    await subject.slack.clickHome('U1', buttonNamed(pageOf(subject, 'U1'), 'Upcoming'))
    await subject.settled()
    expect(toldDirectly(subject, 'U1').at(-1)).toContain('Upcoming, 20 Mar – 18 Apr 2026')
    expect(published(subject)).toBe(3)
  })

  test('each has an id of its own, and leads where it says', async () => {
    const subject = await house()
    await subject.slack.openHome('U1')
    await subject.settled()
    expect(buttonsOf(pageOf(subject, 'U1'))).toEqual(['look', 'look~2', 'look~3', 'propose'])
    await subject.slack.clickHome('U1', 'look~2')
    await subject.settled()
    expect(toldDirectly(subject, 'U1').at(-1)).toContain('Who to bill in March 2026')
  })

  test('a request opened from it is decided in the direct message, and leaves the page', async () => {
    const subject = await house()
    await subject.slack.command('U1', 'C1', 'propose march')
    await subject.slack.openHome('U2')
    await subject.settled()
    expect(wordsOf(pageOf(subject, 'U2'))).toContain('Waits for your decision')
    await subject.slack.clickHome('U2', buttonNamed(pageOf(subject, 'U2'), 'Open APR-0001'))
    await subject.settled()
    const before = published(subject)
    const direct = subject.emulator.world.direct('U2')
    const card = direct.messages.findLast((message) => buttonsOf(message).includes('approve'))
    if (card === undefined) throw new Error('no card was sent')
    await subject.slack.click('U2', card, 'approve')
    await subject.settled()
    expect(published(subject)).toBe(before + 1)
    expect(wordsOf(pageOf(subject, 'U2'))).toContain('Nothing waits for you.')
  })

  test('what somebody types decides, too, and their page follows; nobody’s does who has not opened it', async () => {
    const subject = await house()
    await subject.slack.openHome('U2')
    await subject.slack.command('U1', 'C1', 'propose march')
    await subject.settled()
    await subject.slack.command('U2', 'C1', 'approve APR-0001')
    await subject.settled()
    expect(published(subject)).toBe(2)
    await subject.slack.command('U1', 'C1', 'propose april')
    await subject.settled()
    await subject.slack.command('U3', 'C1', 'approve APR-0002')
    await subject.settled()
    expect(published(subject)).toBe(2)
  })

  test('a viewer is not offered to propose, and is refused when the button is forged', async () => {
    const subject = await house()
    await subject.slack.openHome('U4')
    await subject.settled()
    expect(buttonNamed(pageOf(subject, 'U4'), 'Propose March 2026')).toBe('')
    await subject.slack.openHome('U1')
    await subject.settled()
    const page = subject.emulator.world.homes.get('U1')
    if (page === undefined) throw new Error('no page')
    subject.emulator.world.homes.set('U4', page)
    await subject.slack.clickHome('U4', 'propose')
    await subject.settled()
    expect(toldDirectly(subject, 'U4').join('\n')).toContain('Your role (viewer) may not do that.')
    expect(await subject.billing.approval('APR-0001')).toBeUndefined()
  })
})

test('of many people who opened it, the one of longest ago is forgotten first', async () => {
  const told: string[] = []
  const card = { title: 'x', tone: 'plain', blocks: [], actions: [] } as const
  const homes = createHomes({
    client: { publishHome: async (user) => void told.push(user) },
    desk: { ask: async () => shown(card) },
    log: memoryLog(),
    now: () => new Date(0),
  })
  for (let index = 0; index <= SLACK_HOMES; index += 1) {
    await homes.publish({ identity: `slack:T1:U${index}`, user: `U${index}` })
  }
  told.length = 0
  await homes.refresh({ identity: 'slack:T1:U0', user: 'U0' })
  expect(told).toEqual([])
  await homes.refresh({ identity: 'slack:T1:U1', user: 'U1' })
  expect(told).toEqual(['U1'])
})

test('a page nobody could make is logged with its reason', async () => {
  const log = memoryLog()
  const homes = createHomes({
    client: { publishHome: async () => undefined },
    desk: { ask: () => Promise.reject(new Problem({ kind: 'unavailable', what: 'It is off.' })) },
    log,
    now: () => new Date(0),
  })
  await homes.publish({ identity: 'slack:T1:U1', user: 'U1' })
  expect(JSON.stringify(log.lines)).toContain('It is off.')
})

test('the page takes no table and draws no chart: both are told', () => {
  const { blocks } = renderHome({
    title: 'Home',
    tone: 'plain',
    actions: [],
    blocks: [
      { type: 'table', columns: [{ heading: 'Customer', align: 'left' }], rows: [['Contoso']] },
      {
        type: 'chart',
        title: 'Net',
        labels: ['March'],
        series: [{ name: 'net', points: [{ words: '$1.00', height: 1 }] }],
      },
    ],
  })
  expect(blocks.map(({ type }) => type)).toEqual(['header', 'rich_text', 'rich_text'])
  expect(wordsOf({ blocks })).toContain('March: net $1.00')
})
