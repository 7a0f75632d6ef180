import { describe, expect, test } from 'vitest'
import type * as product from '../../../bot/slack/app.js'
import { Problem } from '../../../core/problem.js'
import { mutant } from '../../support/mutant.js'
import { rawRequest } from '../../support/raw-request.js'
import { openBrowser } from './browser.js'
import { APP, wordsOf } from './harness.js'
import { housesOfSuite } from './houses.js'
import { T1, T2, saidIn, second } from './second.js'

const house = housesOfSuite({ install: true })

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
