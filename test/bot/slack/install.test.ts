import { afterAll, describe, expect, test } from 'vitest'
import type * as product from '../../../bot/slack/app.js'
import { Problem } from '../../../core/problem.js'
import type { SlackEmulator } from '../../emulators/slack/server.js'
import { createSlackSender } from '../../emulators/slack/sender.js'
import { checkLeaks } from '../../support/leaks.js'
import { mutant } from '../../support/mutant.js'
import { rawRequest } from '../../support/raw-request.js'
import { openBrowser } from './browser.js'
import {
  APP,
  SIGNING_SECRET,
  type SlackHouse,
  type SlackHouseOptions,
  slackHouse,
  wordsOf,
} from './harness.js'

checkLeaks()

const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

async function house(options: SlackHouseOptions = {}): Promise<SlackHouse> {
  const made = await slackHouse({ install: true, ...options })
  closing.push(() => made.close())
  return made
}

const T1 = { team: 'T1', user: 'U9' }
const T2 = { team: 'T2', user: 'U21' }

/** Another workspace, and somebody who types there. */
function second(given: SlackHouse, more: { readonly team?: string; readonly enterprise?: string } = {}) {
  const emulator = given.emulator.addWorkspace({
    team: 'T2',
    name: 'Fabrikam <b>&',
    users: ['U21', 'U22'],
    channels: [{ id: 'C2', withBot: true }],
    ...more,
  })
  return { emulator, slack: senderIn(given, emulator) }
}

function senderIn({ server, now }: SlackHouse, emulator: SlackEmulator) {
  return createSlackSender({
    target: `${server.url}/slack/events`,
    signingSecret: SIGNING_SECRET,
    emulator,
    now,
  })
}

function saidIn({ world }: SlackEmulator, channel: string) {
  return world.channels.get(channel)?.messages.filter(({ user }) => user === world.botUser) ?? []
}

describe('a workspace installs the app by itself', () => {
  test('two of them, each is answered with its own token', async () => {
    const given = await house({ people: 'slack:T1:U1=biller:Dana,slack:T2:U21=approver:Lee' })
    const { emulator, slack } = second(given)
    expect((await openBrowser(given).install(T1)).status).toBe(200)
    const page = await openBrowser(given).install(T2)
    expect(page.status).toBe(200)
    expect(page.body).toContain('Fabrikam &lt;b&gt;&amp;')
    expect(page.body).toContain('/billing help')
    expect(page.body).toContain('Nobody there can see or do anything yet')
    expect(page.body).not.toContain('xoxb')
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    })
    expect([...given.workspaces.kept.keys()]).toEqual(['T:T1', 'T:T2'])
    expect(given.workspaces.trail).toMatchObject([
      { actor: 'slack:T1:U9', action: 'slack.installed', subject: 'slack:T1' },
      { actor: 'slack:T2:U21', action: 'slack.installed', subject: 'slack:T2' },
    ])
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    await slack.command('U21', 'C2', 'status')
    await given.settled()
    expect(saidIn(given.emulator, 'C1')).toHaveLength(1)
    expect(saidIn(emulator, 'C2')).toHaveLength(1)
    const posts = given.emulator.calls.filter(({ method }) => method === 'chat.postMessage')
    const tokens = ['T:T1', 'T:T2'].map((key) => given.workspaces.kept.get(key)?.token)
    expect(new Set(tokens).size).toBe(2)
    expect(posts.map(({ token }) => token)).toEqual(tokens)
  })

  test('nobody there has a role before an admin gives one', async () => {
    const given = await house()
    const { emulator, slack } = second(given)
    await openBrowser(given).install(T2)
    await slack.command('U21', 'C2', 'propose march')
    await given.settled()
    expect(await given.billing.open()).toEqual([])
    expect(emulator.world.ephemerals.map(wordsOf)).toEqual([expect.stringContaining('slack:T2:U21')])
  })

  test('a card is updated where it stands, with the token of its workspace', async () => {
    const people = 'slack:T1:U1=biller:Dana,slack:T2:U21=approver:Lee,slack:T2:U22=approver:Sam'
    const given = await house({ people })
    const { emulator, slack } = second(given)
    await openBrowser(given).install(T1)
    await openBrowser(given).install(T2)
    await given.slack.command('U1', 'C1', 'propose march')
    await given.settled()
    await slack.command('U21', 'C2', 'approval APR-0001')
    await given.settled()
    const [here] = saidIn(given.emulator, 'C1')
    const [there] = saidIn(emulator, 'C2')
    if (here === undefined || there === undefined) throw new Error('no cards')
    await slack.click('U21', there, 'approve')
    await given.settled()
    for (const card of [here, there]) expect(wordsOf(card)).toContain('Approved by Lee')
    expect(given.posted.cards.map(({ address }) => JSON.parse(address) as object)).toEqual([
      { channel: 'C1', stamp: here.ts, workspace: 'T:T1' },
      { channel: 'C2', stamp: there.ts, workspace: 'T:T2' },
    ])
    const updates = given.emulator.calls.filter(({ method }) => method === 'chat.update')
    const tokens = ['T:T1', 'T:T2'].map((key) => given.workspaces.kept.get(key)?.token)
    expect(new Set(updates.map(({ token }) => token))).toEqual(new Set(tokens))
    expect(updates.filter(({ error }) => error !== undefined)).toEqual([])
  })

  test('a whole organisation, whose workspaces need nothing more', async () => {
    const given = await house({ people: 'slack:T2:U21=approver:Lee' })
    const { emulator, slack } = second(given, { enterprise: 'E1' })
    await openBrowser(given).install({ ...T2, forAll: true })
    expect(given.workspaces.kept.get('E:E1')).toMatchObject({ name: 'Organisation', botUser: 'UBOT1' })
    const { body } = slack.request.command('U21', 'C2', 'status')
    const fields = new URLSearchParams(body)
    fields.set('enterprise_id', 'E1')
    fields.set('is_enterprise_install', 'true')
    await slack.send(slack.sign(fields.toString(), 'form'))
    await given.settled()
    expect(saidIn(emulator, 'C2')).toHaveLength(1)
  })
})

describe('who has not set out here does not come in', () => {
  test.each([
    ['without anything', (path: string) => path.replace(/\?.*/, '')],
    ['without a state', (path: string) => path.replace(/state=[^&]*/, '')],
    ['without a code', (path: string) => path.replace(/code=[^&]*&/, '')],
    ['with another state', (path: string) => path.replace(/state=[^&]*/, 'state=abc.def.ghi')],
    ['with a state of nothing', (path: string) => path.replace(/state=[^&]*/, 'state=')],
    ['with a state changed by a letter', (path: string) => `${path}x`],
  ])('%s', async (_, change) => {
    const given = await house()
    const browser = openBrowser(given)
    const back = await browser.consent(await browser.begin(), T1)
    const page = await browser.get(change(back))
    expect(page.status).toBe(400)
    expect(page.body).toContain('Nothing was installed, and nothing was kept.')
    expect(page.body).toContain('/slack/install')
    expect(given.workspaces.kept.size).toBe(0)
    expect(given.emulator.calls).toEqual([])
  })

  test('another browser than the one that set out: the link of an attacker installs nothing', async () => {
    const given = await house()
    const attacker = openBrowser(given)
    const link = await attacker.consent(await attacker.begin(), T1)
    const victim = openBrowser(given)
    expect((await victim.get(link)).status).toBe(400)
    // Also not when the victim set out before.
    await victim.begin()
    expect((await victim.get(link)).status).toBe(400)
    expect(given.workspaces.kept.size).toBe(0)
    expect(given.emulator.calls).toEqual([])
  })

  test('too late: a state is good for ten minutes', async () => {
    const given = await house()
    const browser = openBrowser(given)
    const back = await browser.consent(await browser.begin(), T1)
    given.world.now = new Date(given.world.now.getTime() + 600_000)
    expect((await browser.get(back)).status).toBe(400)
    expect(given.workspaces.kept.size).toBe(0)
  })

  test.each([
    ['a state that is too old', 'if (now().getTime() >= Number(until))', 'if (false)'],
    ['a state that is not ours', 'if (!genuine)', 'if (false)'],
    [
      'a state that was used before',
      'if (!(await once.first(',
      'if (!(await (async (_: string, __: Date) => true)(',
    ],
  ])('without the check, %s would come in', async (what, from, to) => {
    const { createSlackSurface } = await mutant<typeof product>({
      file: 'bot/slack/state.ts',
      from,
      to,
      entry: 'app.ts',
    })
    const given = await house({ create: createSlackSurface })
    const browser = openBrowser(given)
    const page = await browser.begin()
    const cookies = new Map(browser.cookies)
    let back = await browser.consent(page, T1)
    if (what.includes('old')) given.world.now = new Date(given.world.now.getTime() + 599_999_999)
    if (what.includes('used')) {
      await browser.get(back)
      back = await browser.consent(page, T1)
      for (const [name, value] of cookies) browser.cookies.set(name, value)
    }
    if (what.includes('ours')) {
      back = back.replace(/state=[^&]*/, 'state=made.9999999999999.up')
      browser.cookies.set('slack-app-oauth-state', 'made.9999999999999.up')
    }
    // The code, too, was given at another time: what is asked is whether the state lets it through to Slack.
    await browser.get(back)
    expect(given.emulator.calls.some(({ method }) => method === 'oauth.v2.access')).toBe(true)
  })

  test('with a state in hand that was used already, nothing is asked of Slack again', async () => {
    const given = await house()
    const browser = openBrowser(given)
    const page = await browser.begin()
    const cookies = new Map(browser.cookies)
    expect((await browser.get(await browser.consent(page, T1))).status).toBe(200)
    for (const [name, value] of cookies) browser.cookies.set(name, value)
    expect((await browser.get(await browser.consent(page, T1))).status).toBe(400)
    const exchanges = given.emulator.calls.filter(({ method }) => method === 'oauth.v2.access')
    expect(exchanges).toHaveLength(1)
    expect(given.workspaces.trail).toHaveLength(1)
  })

  test('a code that was used already', async () => {
    const given = await house()
    const browser = openBrowser(given)
    const back = await browser.consent(await browser.begin(), T1)
    expect((await browser.get(back)).status).toBe(200)
    await browser.begin()
    const state = browser.cookies.get('slack-app-oauth-state') ?? ''
    const page = await browser.get(back.replace(/state=[^&]*/, `state=${state}`))
    expect(page.status).toBe(400)
    expect(given.emulator.calls.at(-1)).toMatchObject({
      method: 'oauth.v2.access',
      error: 'code_already_used',
    })
    expect(given.workspaces.trail).toHaveLength(1)
  })

  test.each([
    '/slack/install/',
    '/slack/installed',
    '/slack/oauth_redirect/',
    '/slack/zzz',
    '//slack/install',
  ])('%s is as unknown as any other path', async (path) => {
    const given = await house()
    expect((await rawRequest(given.server.url, { path })).status).toBe(404)
    expect((await rawRequest(given.server.url, { path: '/slack/install', method: 'POST' })).status).toBe(404)
    expect((await rawRequest(given.server.url, { path: '/healthz' })).status).toBe(200)
  })

  test('a Host header that is none ends neither the request nor the process', async () => {
    const given = await house()
    const page = await rawRequest(given.server.url, {
      path: '/slack/oauth_redirect?code=1&state=2',
      headers: { host: 'a b:c' },
    })
    expect([400, 502]).toContain(page.status)
    expect((await rawRequest(given.server.url, { path: '/healthz' })).status).toBe(200)
  })
})

describe('an installation that fails', () => {
  test('not allowed at Slack: said so, with a way to try again', async () => {
    const given = await house()
    const page = await openBrowser(given).install({ ...T1, decision: 'deny' })
    expect(page.status).toBe(403)
    expect(page.body).toContain('It was not allowed at Slack.')
    expect(page.body).toContain('>Try again</a>')
    expect(given.workspaces.kept.size).toBe(0)
  })

  test('the client secret is wrong: no word of it on the page or in the log', async () => {
    const given = await house({ emulator: { app: { ...APP, clientSecret: 'another' } } })
    const page = await openBrowser(given).install(T1)
    expect(page.status).toBe(502)
    expect(page.body).toContain('Slack did not finish the installation.')
    const log = JSON.stringify(given.log.lines)
    expect(log).toContain('bad_client_secret')
    for (const text of [page.body, log]) {
      expect(text).not.toContain(APP.clientSecret)
      expect(text).not.toContain('.ts:')
    }
  })

  test('it cannot be stored: said so, and nobody is served', async () => {
    const down = new Problem({ kind: 'unavailable', what: 'The database does not answer.' })
    const given = await house({
      store: {
        install: () => Promise.reject(down),
        installed: async () => undefined,
        remove: async () => false,
      },
    })
    const page = await openBrowser(given).install(T1)
    expect(page.status).toBe(503)
    expect(page.body).toContain('The database does not answer.')
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(given.said()).toEqual([])
  })

  test('Slack is away', async () => {
    const given = await house()
    const browser = openBrowser(given)
    const back = await browser.consent(await browser.begin(), T1)
    given.emulator.setOutage('cut')
    expect((await browser.get(back)).status).toBe(502)
    expect(given.workspaces.kept.size).toBe(0)
  })
})

describe('a workspace without the app', () => {
  test('is answered with 200, nothing is done, and the log names it', async () => {
    const given = await house()
    const { slack } = second(given)
    await openBrowser(given).install(T1)
    expect(await slack.command('U21', 'C2', 'propose march')).toEqual({ status: 200, body: '' })
    await given.settled()
    expect(await given.billing.open()).toEqual([])
    expect(given.once.keys.size).toBe(1)
    expect(given.log.lines.filter(({ level }) => level !== 'info')).toMatchObject([
      { level: 'warn', fields: { workspace: 'T:T2' } },
    ])
  })

  test('is ready all the same: nobody has installed it yet', async () => {
    const given = await house()
    const answer = await rawRequest(given.server.url, { path: '/readyz' })
    expect(answer.status).toBe(200)
    expect(given.emulator.calls).toEqual([])
  })
})

describe('the app is taken out', () => {
  test.each(['app_uninstalled', 'tokens_revoked'] as const)('%s: its token is gone', async (type) => {
    const given = await house()
    await openBrowser(given).install(T1)
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    given.emulator.oauth.end(given.emulator.world, 'token_revoked')
    expect((await given.slack.gone(type)).status).toBe(200)
    await given.settled()
    expect(given.workspaces.kept.size).toBe(0)
    expect(given.workspaces.trail.at(-1)).toMatchObject({ actor: 'system', action: 'slack.removed' })
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(given.said()).toHaveLength(1)
    expect(given.log.lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('installed again: it is served again, with its new token', async () => {
    const given = await house()
    const browser = openBrowser(given)
    await browser.install(T1)
    given.emulator.oauth.end(given.emulator.world, 'account_inactive')
    await given.slack.gone('app_uninstalled')
    await given.settled()
    await browser.install(T1)
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(given.said()).toHaveLength(1)
    expect(new Set(given.emulator.oauth.tokens).size).toBe(2)
  })

  test('news of an older installation does not take the newer one away', async () => {
    const given = await house()
    await openBrowser(given).install(T1)
    await given.slack.gone('app_uninstalled')
    await given.settled()
    expect([...given.workspaces.kept.keys()]).toEqual(['T:T1'])
  })

  test('without asking Slack, it would', async () => {
    const { createSlackSurface } = await mutant<typeof product>({
      file: 'bot/slack/workspaces.ts',
      from: 'if (await isTaken(found.client)) {',
      to: 'if (Math.random() > 2) {',
      entry: 'app.ts',
    })
    const given = await house({ create: createSlackSurface })
    await openBrowser(given).install(T1)
    await given.slack.gone('app_uninstalled')
    await given.settled()
    expect(given.workspaces.kept.size).toBe(0)
  })

  test('of a workspace that is not kept: nothing happens', async () => {
    const given = await house()
    const { slack } = second(given)
    await slack.gone('app_uninstalled')
    await given.settled()
    expect(given.workspaces.trail).toEqual([])
  })

  test('unsigned news is no news', async () => {
    const given = await house()
    await openBrowser(given).install(T1)
    given.emulator.oauth.end(given.emulator.world, 'token_revoked')
    const body = JSON.stringify({ type: 'event_callback', team_id: 'T1', event: { type: 'app_uninstalled' } })
    const headers = { 'content-type': 'application/json' }
    const request = { method: 'POST', path: '/slack/events', body, headers }
    expect((await rawRequest(given.server.url, request)).status).toBe(401)
    await given.settled()
    expect(given.workspaces.kept.size).toBe(1)
  })
})

describe('another process changed it', () => {
  /** Ends the token Slack knows and puts another one into the store, behind the back of this process. */
  async function renewed(given: SlackHouse): Promise<void> {
    await openBrowser(given).install(T1)
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    const before = given.workspaces.kept.get('T:T1')
    if (before === undefined) throw new Error('it is not installed')
    given.emulator.oauth.end(given.emulator.world, 'token_revoked')
    given.emulator.oauth.give('xoxb-of-another-process', given.emulator.world)
    await given.workspaces.install(
      { ...before, token: 'xoxb-of-another-process' },
      given.workspaces.trail[0] as never,
    )
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
  }

  test('a token Slack does not take any more is read again, and the answer said with the new one', async () => {
    const given = await house()
    await renewed(given)
    expect(given.said()).toHaveLength(2)
    expect(given.emulator.calls.at(-1)).toMatchObject({
      method: 'chat.postMessage',
      token: 'xoxb-of-another-process',
      error: undefined,
    })
  })

  test('without reading it again, the answer would be lost there', async () => {
    const { createSlackSurface } = await mutant<typeof product>({
      file: 'bot/slack/workspaces.ts',
      from: 'if (!isTokenRefused(error)) throw error',
      to: 'if (!isTokenRefused(error) || Math.random() < 2) throw error',
      entry: 'app.ts',
    })
    const given = await house({ create: createSlackSurface })
    await renewed(given)
    expect(given.said()).toHaveLength(1)
  })

  test('taken out between a command and its answer: the log says so, and nothing is tried for ever', async () => {
    const given = await house()
    await openBrowser(given).install(T1)
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    const calls = given.emulator.calls.length
    given.emulator.oauth.end(given.emulator.world, 'account_inactive')
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(given.said()).toHaveLength(1)
    expect(given.emulator.calls.length - calls).toBeLessThan(8)
    expect(JSON.stringify(given.log.lines)).toContain('account_inactive')
  })
})

describe('a token of the configuration beside installed workspaces', () => {
  test('serves its own workspace, the others are served with theirs', async () => {
    const given = await house({
      change: (options) => ({ ...options, botToken: 'xoxb-emulated-token' }),
      people: 'slack:T1:U1=biller:Dana,slack:T2:U21=approver:Lee',
    })
    const { emulator, slack } = second(given)
    await openBrowser(given).install(T2)
    await given.slack.command('U1', 'C1', 'status')
    await slack.command('U21', 'C2', 'status')
    await given.settled()
    expect(given.said()).toHaveLength(1)
    expect(saidIn(emulator, 'C2')).toHaveLength(1)
    const posts = given.emulator.calls.filter(({ method }) => method === 'chat.postMessage')
    expect(new Set(posts.map(({ token }) => token))).toEqual(
      new Set(['xoxb-emulated-token', given.workspaces.kept.get('T:T2')?.token]),
    )
  })

  test('serves no other workspace', async () => {
    const given = await house({ change: (options) => ({ ...options, botToken: 'xoxb-emulated-token' }) })
    const { slack } = second(given)
    await slack.command('U21', 'C2', 'status')
    await given.settled()
    expect(given.emulator.calls.map(({ method }) => method)).not.toContain('chat.postMessage')
    expect(given.once.keys.size).toBe(0)
  })
})
