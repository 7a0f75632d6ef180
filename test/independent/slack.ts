/**
 * `npm run test:workspaces`: two workspaces of an emulated Slack that is not ours (`emulate`, a process each), and requests
 * signed by openssl, against the product as it is served: the app is installed in both; every command is typed; two people
 * approve at once; a file is uploaded; a rejection is explained in its window; App Home is opened; the app is removed from one.
 * Needs `npm ci --prefix test/clients` and openssl.
 */
import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COMMANDS } from '../../bot/commands/catalog.js'
import { parseConfig } from '../../bot/config.js'
import { start } from '../../bot/main.js'
import { machineStoryClock } from '../support/story/clock.js'
import { happen, openStage } from '../support/story/happenings.js'
import { marketplaceSettings } from '../support/story/house.js'
import { settled } from '../support/story/settle.js'
import { freePorts } from './ports.js'
import { type Front, openFront, teamOf, wordsOf } from './slack/front.js'
import { type ClickedMessage, type Hand, type Place, type View, handOf } from './slack/hand.js'
import { LOOKER_TOKEN, type Workspace, startWorkspace } from './slack/workspace.js'

const SECRET = randomBytes(16).toString('hex')
const CLIENT = { clientId: '12345.67890', clientSecret: randomBytes(16).toString('hex') }
const SCOPES = ['commands', 'chat:write', 'files:write', 'im:write', 'im:history', 'app_mentions:read']
const PEOPLE = ['dana', 'lee', 'sam'] as const

interface World {
  readonly url: string
  readonly front: Front
  readonly workspaces: readonly Workspace[]
  readonly hand: Hand
  /** Folder of the database. */
  readonly data: string
}

let steps = 0
async function step(what: string, work: () => Promise<void>): Promise<void> {
  await work()
  steps += 1
  process.stdout.write(`  ${what}\n`)
}

/** Somebody's place in the channel for billing of a workspace. */
function at({ workspaces, front }: World, workspace: number, person: string): Place {
  const { people, channel } = found(workspaces[workspace], 'a workspace')
  return {
    team: teamOf(workspace),
    user: found(people.get(person), person),
    channel,
    back: `${front.url}/hooks/${workspace}`,
  }
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}`)
  return value
}

/** What the bot said in answer to what is done: the calls the workspaces took meanwhile, and their words. */
async function answers({ url, front }: World, work: () => Promise<void>) {
  const before = front.calls.length
  await work()
  await settled(url)
  const calls = front.calls.slice(before)
  const refused = calls.filter(({ answer }) => !answer.ok)
  assert.deepEqual(
    refused.map(({ method, answer }) => `${method}: ${String(answer['error'])}`),
    [],
    'Slack refused what the bot asked for',
  )
  return { calls, words: calls.map(wordsOf).join('\n') }
}

/** A person's browser: asks to install, says yes in a workspace, and comes back. */
async function install({ url, workspaces }: World, workspace: number): Promise<string> {
  const asked = await fetch(`${url}/slack/install`, { redirect: 'manual' })
  const cookie = (asked.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const authorise = new URL(found(asked.headers.get('location') ?? undefined, 'way to Slack'))
  const { url: there, people } = found(workspaces[workspace], 'workspace')
  const page = await fetch(`${there}${authorise.pathname}${authorise.search}`)
  assert.equal(page.status, 200, 'Slack shows who may install')
  const given = Object.fromEntries(authorise.searchParams)
  const yes = await fetch(`${there}/oauth/v2/authorize/callback`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ user_scope: '', ...given, user_id: found(people.get('dana'), 'dana') }),
  })
  const back = new URL(found(yes.headers.get('location') ?? undefined, 'way back'))
  const withoutCookie = await fetch(back, { redirect: 'manual' })
  assert.ok(withoutCookie.status >= 400, 'another browser cannot finish it')
  const done = await fetch(back, { redirect: 'manual', headers: { cookie } })
  const text = await done.text()
  assert.equal(done.status, 200, text)
  return text
}

async function installBoth(world: World): Promise<void> {
  await step(
    'installed in two workspaces, by the browser that asked, and their tokens stand nowhere in the clear',
    async () => {
      await install(world, 0)
      await install(world, 1)
      const { tokens } = world.front
      assert.equal(tokens.size, 2)
      const stored = bytesIn(world.data)
      assert.ok(stored.includes(teamOf(1)), 'the database was not read')
      for (const token of tokens.values()) {
        assert.ok(token.startsWith('xoxb-'))
        assert.ok(!stored.includes(token), 'a token stands in the database')
        assert.ok(!stored.includes(Buffer.from(token).toString('base64')), 'a token stands in the database')
      }
    },
  )
  for (const [workspace, { call, channel }] of world.workspaces.entries()) {
    const { user_id: bot } = await call('auth.test', {}, world.front.tokens.get(workspace))
    const invited = await call('conversations.invite', { channel, users: String(bot) })
    assert.ok(
      invited.ok || invited['error'] === 'already_in_channel',
      `the bot is no member: ${JSON.stringify(invited)}`,
    )
  }
}

async function everyCommand(world: World): Promise<void> {
  const dana = at(world, 0, 'dana')
  const ways = ['command', 'mention', 'direct'] as const
  let typed = 0
  for (const { name, examples } of COMMANDS) {
    for (const example of examples) {
      const way = found(ways[typed % ways.length], 'way')
      const place = way === 'direct' ? await directly(world, 0, 'dana') : dana
      const { calls, words } = await answers(world, () => world.hand[way](place, example))
      assert.ok(calls.length > 0, `“${example}” was not answered`)
      assert.ok(
        calls.every(({ workspace }) => workspace === 0),
        'another workspace was told',
      )
      assert.doesNotMatch(words, /broke on our side|nearest|Nothing like it/, `${name}: ${words}`)
      typed += 1
    }
  }
  await step(`${COMMANDS.length} commands in ${typed} wordings, each answered`, async () => undefined)
}

/** Everything the database has written so far, as bytes. */
function bytesIn(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
  return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))))
}

/** The conversation of one person with the bot. */
async function directly(world: World, workspace: number, person: string): Promise<Place> {
  const { call } = found(world.workspaces[workspace], 'workspace')
  const place = at(world, workspace, person)
  const opened = await call('conversations.open', { users: place.user }, world.front.tokens.get(workspace))
  return { ...place, channel: (opened['channel'] as { id: string }).id }
}

function posted(calls: Front['calls'], words: RegExp): ClickedMessage {
  const call = calls.findLast((one) => one.method === 'chat.postMessage' && words.test(wordsOf(one)))
  return found(call?.answer['message'] as ClickedMessage | undefined, `message with ${words.source}`)
}

async function decideTogether(world: World): Promise<void> {
  const { hand } = world
  await step('observe reads the marketplace', async () => {
    const { words } = await answers(world, () => world.hand.command(at(world, 0, 'dana'), 'observe'))
    assert.match(words, /1 customer/)
  })
  let request: ClickedMessage | undefined
  await step('a request of $440.00', async () => {
    const { calls, words } = await answers(world, () => hand.command(at(world, 0, 'dana'), 'propose'))
    assert.match(words, /\$440\.00/)
    request = posted(calls, /APR-/)
  })
  const message = found(request, 'request')
  await step('the one who asked may not approve it', async () => {
    const { words } = await answers(world, () => hand.click(at(world, 0, 'dana'), message, 'approve'))
    assert.match(words, /somebody else has to approve/)
  })
  await step('two people approve it at once: one decides, the other is told who did', async () => {
    const { calls } = await answers(world, async () => {
      await Promise.all(['lee', 'sam'].map((person) => hand.click(at(world, 0, person), message, 'approve')))
    })
    const told = calls.filter((call) => /decided already: approved by (Lee|Sam)/.test(wordsOf(call)))
    assert.deepEqual(
      told.map(({ method }) => method),
      ['response_url'],
      'one is told, and nobody else',
    )
    const updated = found(
      calls.findLast(({ method }) => method === 'chat.update'),
      'update',
    )
    assert.match(wordsOf(updated), /Approved by (Lee|Sam)/)
    const there = await historyOf(world, message.ts)
    assert.deepEqual(buttonsOf(there), ['download'], 'the card in the channel has lost its answers')
  })
  await step('its file is uploaded in three steps, and is the run', async () => {
    const card = await historyOf(world, message.ts)
    const { calls } = await answers(world, () => hand.click(at(world, 0, 'sam'), card, 'download'))
    const done = found(
      calls.find(({ method }) => method === 'files.completeUploadExternal'),
      'upload',
    )
    const [file] = done.answer['files'] as { id: string; name: string; url_private?: string }[]
    const text = await download(world, found(file, 'file'))
    assert.match(text, /Contoso/)
    assert.match(text, /440\.00/)
  })
}

async function historyOf(world: World, ts: string): Promise<ClickedMessage> {
  const { call, channel } = found(world.workspaces[0], 'workspace')
  const { messages } = (await call('conversations.history', { channel, limit: '200' })) as unknown as {
    messages: ClickedMessage[]
  }
  return found(
    messages.find((message) => message.ts === ts),
    `message ${ts}`,
  )
}

function buttonsOf({ blocks }: ClickedMessage): string[] {
  return blocks
    .filter(({ type }) => type === 'actions')
    .flatMap(({ elements = [] }) => elements.map(({ action_id: action = '' }) => action))
}

async function download({ workspaces }: World, { id, name }: { id: string; name: string }): Promise<string> {
  const answer = await fetch(`${workspaces[0]?.url}/files-pri/${id}/${encodeURIComponent(name)}`, {
    headers: { authorization: `Bearer ${LOOKER_TOKEN}` },
  })
  assert.equal(answer.status, 200, 'the file is not there')
  return await answer.text()
}

async function rejectInWindow(world: World): Promise<void> {
  await step('another request is rejected in its window, with a reason', async () => {
    const dana = at(world, 0, 'dana')
    const request = await answers(world, () => world.hand.command(dana, 'void BR-0001 because sent twice'))
    const asked = posted(request.calls, /APR-0002/)
    const lee = at(world, 0, 'lee')
    const { call } = found(world.workspaces[0], 'workspace')
    const token = found(world.front.tokens.get(0), 'token')
    const { trigger_id: trigger } = await call('views.generateTriggerId', { user_id: lee.user }, token)
    const opened = await answers(world, () => world.hand.click(lee, asked, 'reject', String(trigger)))
    const view = found(
      opened.calls.findLast(({ method }) => method.startsWith('views.'))?.answer['view'] as View | undefined,
      'window',
    )
    const { words } = await answers(world, () => world.hand.submit(lee, view, 'It was sent once.'))
    assert.match(words, /Rejected by Lee/)
    assert.match(words, /It was sent once\./)
  })
}

async function openHome(world: World): Promise<void> {
  await step('App Home shows who it is for what there is', async () => {
    const sam = at(world, 0, 'sam')
    const { calls, words } = await answers(world, () =>
      world.hand.event(sam, { type: 'app_home_opened', tab: 'home' }),
    )
    const view = found(
      calls.find(({ method }) => method === 'views.publish'),
      'home',
    ).answer['view'] as { type: string; blocks: unknown[] }
    assert.equal(view.type, 'home')
    assert.ok(view.blocks.length > 3, 'an empty home')
    assert.match(words, /Data from/)
  })
}

async function otherWorkspace(world: World): Promise<void> {
  const { hand } = world
  const there = at(world, 1, 'lee')
  await step('in the other workspace nobody has a role until an admin gives one', async () => {
    const { calls, words } = await answers(world, () => hand.command(there, 'who'))
    assert.match(words, /You have no role here yet/)
    assert.ok(calls.every(({ workspace }) => workspace === 1))
    const add = `people add Robin viewer slack:${there.team}:${there.user}`
    await answers(world, () => hand.command(at(world, 0, 'dana'), add))
    const asked = await answers(world, () => hand.command(there, 'who'))
    assert.match(asked.words, /To bill|Nothing (more )?to bill/)
    assert.ok(
      asked.calls.every(({ workspace }) => workspace === 1),
      'the first workspace was told',
    )
  })
  await step(
    'removed from one workspace it does nothing there but tell whoever asks, and goes on in the other',
    async () => {
      await answers(world, () => hand.event(there, { type: 'app_uninstalled' }))
      const told = await answers(world, () => hand.command(there, 'who'))
      assert.deepEqual(
        told.calls.map(({ method }) => method),
        ['response_url'],
      )
      assert.match(told.words, /This workspace has not installed the app/)
      const { words } = await answers(world, () => hand.command(at(world, 0, 'dana'), 'who'))
      assert.ok(words.length > 0, 'the other workspace is silent too')
    },
  )
}

/** Contoso: 20 × $22.00 for this month, so $440.00. */
async function openMarketplace() {
  const clock = machineStoryClock()
  const stage = await openStage(clock)
  const month = new Date().toISOString().slice(0, 7)
  happen(stage, `Contoso buys 20 × Microsoft 365 Business Premium at 22.00 a month on 2025-02-01`)
  return { ingram: stage.ingram, clock, opensOn: `${month}-01` }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cloud-billing-workspaces-'))
  const closing: (() => Promise<unknown>)[] = []
  try {
    const [botPort, frontPort, ...ports] = await freePorts(4)
    const url = `http://127.0.0.1:${botPort}`
    const frontUrl = `http://127.0.0.1:${frontPort}`
    const workspaces: Workspace[] = []
    for (const [index, name] of ['north', 'south'].entries()) {
      const workspace = await startWorkspace({
        port: found(ports[index], 'port'),
        name,
        people: PEOPLE,
        app: { ...CLIENT, redirect: `${url}/slack/oauth_redirect` },
        scopes: SCOPES,
        baseUrl: `${frontUrl}/${index}`,
        folder,
      })
      closing.push(workspace.close)
      workspaces.push(workspace)
    }
    const front = await openFront(
      frontPort ?? 0,
      workspaces.map((workspace) => workspace.url),
    )
    closing.push(front.close)
    const market = await openMarketplace()
    const data = join(folder, 'data')
    closing.push(() => market.ingram.close())
    const config = parseConfig({
      MSP_ID: 'workspaces',
      ...marketplaceSettings(market.ingram),
      BILLING_TIME_ZONE: market.clock.timeZone,
      BILLING_OPENS_ON: market.opensOn,
      PEOPLE: peopleOf(found(workspaces[0], 'workspace')),
      PORT: String(botPort),
      PUBLIC_URL: url,
      SLACK_CLIENT_ID: CLIENT.clientId,
      SLACK_CLIENT_SECRET: CLIENT.clientSecret,
      SLACK_SIGNING_SECRET: SECRET,
      SLACK_API_URL: `${frontUrl}/api/`,
      SECRETS_KEY: randomBytes(32).toString('base64'),
      LOG_LEVEL: 'error',
      DATA_DIR: data,
    })
    const running = await start(config)
    closing.push(() => running.close())
    const server = await running.serve()
    closing.push(() => server.close())
    const world: World = { url: server.url, front, workspaces, hand: handOf(server.url, SECRET), data }
    await installBoth(world)
    await decideTogether(world)
    await rejectInWindow(world)
    await everyCommand(world)
    await openHome(world)
    await otherWorkspace(world)
    process.stdout.write(`workspaces: ${steps} steps, ${front.calls.length} calls of Slack's Web API\n`)
  } finally {
    for (const close of closing.reverse()) await close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** All three may approve, so nobody decides alone; Dana is the admin. */
function peopleOf({ people }: Workspace): string {
  const roles = { dana: 'admin', lee: 'approver', sam: 'approver' }
  return Object.entries(roles)
    .map(
      ([name, role]) =>
        `slack:${teamOf(0)}:${people.get(name)}=${role}:${name[0]?.toUpperCase()}${name.slice(1)}`,
    )
    .join(',')
}

await main()
