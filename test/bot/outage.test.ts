import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { StorageOptions } from '../../adapters/storage/open.js'
import { buttonsOf, linesOf } from '../emulators/teams/cards.js'
import { type Outside, type Served, openOutside, serveProduct } from '../support/both-platforms.js'
import { type CommonDatabase, testDatabases } from '../support/database.js'
import { createStoryClock } from '../support/story/clock.js'
import { settled } from '../support/story/settle.js'
import type { Opening } from '../support/story/theatre.js'

const opening = vi.hoisted<Opening>(() => ({ open: () => Promise.reject(new Error('not open yet')) }))
vi.mock(import('../../adapters/storage/open.js'), async (original) => ({
  ...(await original()),
  openStorage: (options: StorageOptions) => opening.open(options),
}))

const databases = testDatabases()
const CHANNEL = 'C1'
const SETTINGS = { BILLING_OPENS_ON: '2026-03-01' }

let database: CommonDatabase
let outside: Outside
let running: Program[]

/** One process of the product, whose jobs tick when a test says so. */
interface Program extends Served {
  tick(): Promise<void>
}

/** Dana asks and Lee approves; Contoso is due 20 × $22.00. */
async function openWorld(): Promise<Outside> {
  const opened = await openOutside({
    people: new Map([
      ['Dana', 'biller'],
      ['Lee', 'approver'],
    ]),
    slackChannels: [CHANNEL],
    clock: createStoryClock('2026-03-20', '09:00', 'America/New_York'),
  })
  opened.tell('Contoso buys 20 × Business Premium at 22.00 a month on 2025-02-01')
  return opened
}

beforeEach(async () => {
  database = await databases.create()
  opening.open = ({ mspId }) => database.open({ mspId })
  running = []
  outside = await openWorld()
})
afterEach(async () => {
  for (const program of running) await program.close()
  await outside.close()
})

async function begin(): Promise<Program> {
  const ticks: (() => Promise<void>)[] = []
  const served = await serveProduct(outside, SETTINGS, {
    ticking: (tick) => {
      ticks.push(tick)
      return async () => undefined
    },
  })
  const program: Program = {
    ...served,
    tick: async () => {
      for (const tick of ticks) await tick()
    },
    close: async () => {
      running = running.filter((one) => one !== program)
      await served.close()
    },
  }
  running.push(program)
  await settled(served.server.url)
  return program
}

async function inSlack({ sender, server }: Program, handle: string, text: string): Promise<void> {
  expect((await sender.command(outside.member(handle).slackUser, CHANNEL, text)).status).toBe(200)
  await settled(server.url)
}

async function inTeams({ player, server }: Program, handle: string, text: string): Promise<void> {
  expect((await player.say(outside.teamsUser(handle), outside.teamsChannel, text)).status).toBe(200)
  await settled(server.url)
}

/** Everything Slack's channel holds of the bot, as text. */
function slackCards(): string[] {
  const { world } = outside.slack
  const messages = world.channels.get(CHANNEL)?.messages ?? []
  return messages.filter(({ user }) => user === world.botUser).map(({ blocks }) => JSON.stringify(blocks))
}

function teamsCards(): { readonly words: string; readonly buttons: string[] }[] {
  return outside.teams.world.posted.map(({ card = {} }) => ({
    words: linesOf(card).join('\n'),
    buttons: buttonsOf(card).map(({ title }) => title),
  }))
}

/** What money depends on: decisions, what is billed, and the trail without its instants. */
async function booksOf({ running: { studio } }: Program): Promise<object> {
  const { approval } = await studio.billing.request('APR-0001')
  const { run } = await studio.billing.approvedRun(approval.subject.runId)
  const trail = await studio.billing.trail()
  return {
    verdict: approval.decision?.verdict,
    by: approval.decision?.byName,
    lines: run.lines.map(({ key, amount }) => [key, amount]),
    trail: trail.map(({ action, subject, details }) => [action, subject, details]),
  }
}

const OUTAGES = [
  {
    platform: 'Slack',
    away: () => outside.slack.leave(),
    back: () => outside.slack.comeBack(),
    say: inSlack,
    cards: () =>
      slackCards().map((text) => ({ words: text, isLive: text.includes('"action_id":"approve"') })),
  },
  {
    platform: 'Teams',
    away: async () => outside.teams.setFault({ kind: 'status', status: 503 }),
    back: async () => outside.teams.setFault(undefined),
    say: inTeams,
    cards: () => teamsCards().map(({ words, buttons }) => ({ words, isLive: buttons.includes('Approve') })),
  },
] as const

describe.each(OUTAGES)('$platform is away while somebody approves', ({ away, back, say, cards }) => {
  /** Asked for and approved, perhaps while the platform is away and in a program that ends before it is back. */
  async function story(isAway: boolean): Promise<object> {
    const first = await begin()
    await say(first, 'dana', 'observe')
    const before = cards().length
    if (isAway) await away()
    await say(first, 'dana', 'propose march')
    await say(first, 'lee', 'approve APR-0001')
    await first.tick()
    await first.close()
    outside.clock.moveOn(600_000)
    // It starts again while the platform is still away.
    const second = await begin()
    await second.tick()
    expect(cards()).toHaveLength(before + (isAway ? 0 : 2))
    await back()
    outside.clock.moveOn(600_000)
    const third = await begin()
    await Promise.all([second.tick(), third.tick(), second.tick()])
    await third.tick()
    const said = cards().slice(before)
    expect(said.filter(({ isLive }) => isLive)).toEqual([])
    expect(said.map(({ words }) => words.includes('Approved by Lee'))).toEqual([true, true])
    const books = await booksOf(second)
    for (const program of running) await program.close()
    return books
  }

  test('decision, lines and trail are as without; afterwards each card stands there once, resolved', async () => {
    const usual = await story(false)
    await outside.close()
    database = await databases.create()
    outside = await openWorld()
    expect(await story(true)).toEqual(usual)
    expect(usual).toMatchObject({ verdict: 'approved', lines: [[expect.any(String), 44_000n]] })
  })
})

test('a program that ends says what waited for its turn by the one that follows, each once', async () => {
  const first = await begin()
  await inSlack(first, 'dana', 'observe')
  const before = slackCards().length
  outside.slack.limitRate({ method: 'chat.postMessage', calls: 1, retryAfterSeconds: 600 })
  for (const word of ['help', 'status', 'approvals']) await inSlack(first, 'dana', word)
  await first.close()
  outside.clock.moveOn(900_000)
  const second = await begin()
  await second.tick()
  await second.tick()
  expect(slackCards().slice(before)).toHaveLength(3)
})

test('two processes: one reminder on each platform, and every card ends by itself', async () => {
  const [one, other] = [await begin(), await begin()]
  await inSlack(one, 'dana', 'observe')
  await inSlack(one, 'dana', 'propose march')
  await inTeams(other, 'dana', 'approval APR-0001')
  const [slackBefore, teamsBefore] = [slackCards().length, teamsCards().length]
  outside.clock.moveOn(37 * 3_600_000)
  await Promise.all([one.tick(), other.tick()])
  await Promise.all([one.tick(), other.tick()])
  const reminders = [
    ...slackCards().slice(slackBefore),
    ...teamsCards()
      .slice(teamsBefore)
      .map(({ words }) => words),
  ]
  expect(reminders).toHaveLength(2)
  for (const words of reminders) expect(words).toContain('APR-0001 still waits for a decision')
  outside.clock.moveOn(36 * 3_600_000)
  await Promise.all([one.tick(), other.tick()])
  await one.tick()
  const ended = [...slackCards(), ...teamsCards().map(({ words }) => words)].filter((words) =>
    words.includes('Expired on 23 Mar 2026'),
  )
  expect(ended).toHaveLength(2)
  expect(teamsCards().some(({ buttons }) => buttons.includes('Approve'))).toBe(false)
  expect(slackCards().some((text) => text.includes('"action_id":"approve"'))).toBe(false)
})
