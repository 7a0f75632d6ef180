import { describe, expect, test } from 'vitest'
import type * as product from '../../../bot/slack/app.js'
import { Problem } from '../../../core/problem.js'
import type { SlackEmulator } from '../../emulators/slack/server.js'
import { memoryWorkspaces } from '../../support/memory-chat.js'
import { mutant } from '../../support/mutant.js'
import { rawRequest } from '../../support/raw-request.js'
import { later, tick } from '../../support/ticking.js'
import { openBrowser } from './browser.js'
import { type SlackHouse, wordsOf } from './harness.js'
import { housesOfSuite } from './houses.js'
import { T1, T2, saidIn, second } from './second.js'

const house = housesOfSuite({ install: true })

function whispersIn({ world }: SlackEmulator): readonly string[] {
  return world.ephemerals.map(({ text }) => text.replace('\n', '. ').replaceAll('\n', ' '))
}

describe('a workspace without the app', () => {
  test('is answered with 200, nothing is done, the asker hears it, and the log names it', async () => {
    const given = await house()
    const { emulator, slack } = second(given)
    await openBrowser(given).install(T1)
    expect(await slack.command('U21', 'C2', 'propose march')).toEqual({ status: 200, body: '' })
    await given.settled()
    expect(await given.billing.open()).toEqual([])
    expect(whispersIn(emulator)).toEqual([
      'That did not work. This workspace has not installed the app. Nothing was done. Have it installed again at /slack/install.',
    ])
    expect(saidIn(emulator, 'C2')).toEqual([])
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

describe('a workspace whose token cannot be opened', () => {
  const unreadable = () =>
    house({
      store: {
        ...memoryWorkspaces(),
        installed: async () => {
          throw new Problem({ kind: 'conflict', what: 'It was sealed with another key (k1).' })
        },
      },
    })

  test('is told that nothing was done, without what is wrong with the key, which the log says', async () => {
    const given = await unreadable()
    await given.slack.command('U1', 'C1', 'propose march')
    await given.settled()
    expect(await given.billing.open()).toEqual([])
    expect(whispersIn(given.emulator)).toEqual([
      'That did not work. What I need to answer in this workspace cannot be read. Nothing was done. Tell whoever runs this bot: its log says why.',
    ])
    const [logged, ...more] = given.log.lines.filter(({ level }) => level === 'error')
    expect(logged?.fields['workspace']).toBe('T:T1')
    expect(logged?.fields['reason']).toContain('another key (k1)')
    expect(more).toEqual([])
  })

  test('is told once, however often the same request comes', async () => {
    const given = await unreadable()
    const request = given.slack.request.command('U1', 'C1', 'status')
    await given.slack.send(request)
    await given.slack.send(request)
    await given.settled()
    expect(whispersIn(given.emulator)).toHaveLength(1)
  })

  test('a mention brings no way back along: it stays unanswered, and nothing breaks', async () => {
    const given = await unreadable()
    await given.slack.mention('U1', 'C1', 'status')
    await given.settled()
    expect([...whispersIn(given.emulator), ...given.said()]).toEqual([])
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

  test('that it is gone counts at once, also while Slack still takes its token', async () => {
    const given = await house()
    await openBrowser(given).install(T1)
    await given.slack.gone('app_uninstalled')
    await given.settled()
    expect(given.workspaces.kept.size).toBe(0)
  })

  test('news of an older installation does not take the newer one away', async () => {
    const given = await house()
    await openBrowser(given).install(T1)
    await given.slack.gone('app_uninstalled', 60)
    await given.settled()
    expect([...given.workspaces.kept.keys()]).toEqual(['T:T1'])
  })

  test('this machine’s clock is ahead: news that only looks old counts, for Slack does not take the token', async () => {
    const given = await house()
    await openBrowser(given).install(T1)
    given.emulator.oauth.end(given.emulator.world, 'account_inactive')
    await given.slack.gone('app_uninstalled', 60)
    await given.settled()
    expect(given.workspaces.kept.size).toBe(0)
  })

  test('without asking Slack, the newer one would be taken away', async () => {
    const { createSlackSurface } = await mutant<typeof product>({
      file: 'bot/slack/workspaces.ts',
      from: 'if (isOld && (await isTaken(found.client))) {',
      to: 'if (Math.random() > 2) {',
      entry: 'app.ts',
    })
    const given = await house({ create: createSlackSurface })
    await openBrowser(given).install(T1)
    await given.slack.gone('app_uninstalled', 60)
    await given.settled()
    expect(given.workspaces.kept.size).toBe(0)
  })

  test('of one workspace: its organisation’s installation stays as long as Slack takes that token', async () => {
    const given = await house()
    const { emulator, slack } = second(given, { enterprise: 'E1' })
    await openBrowser(given).install({ ...T2, forAll: true })
    await slack.gone('app_uninstalled')
    await given.settled()
    expect([...given.workspaces.kept.keys()]).toEqual(['E:E1'])
    given.emulator.setOutage('error')
    await slack.gone('app_uninstalled')
    await given.settled()
    expect([...given.workspaces.kept.keys()]).toEqual(['E:E1'])
    given.emulator.setOutage()
    given.emulator.oauth.end(emulator.world, 'token_revoked')
    await slack.gone('tokens_revoked')
    await given.settled()
    expect(given.workspaces.kept.size).toBe(0)
  })

  test('without asking Slack, the whole organisation’s would be taken away', async () => {
    const { createSlackSurface } = await mutant<typeof product>({
      file: 'bot/slack/workspaces.ts',
      from: 'if (key === named || (await isRefusedAt(state, key)))',
      to: 'if (key === named || Math.random() < 2)',
      entry: 'app.ts',
    })
    const given = await house({ create: createSlackSurface })
    const { slack } = second(given, { enterprise: 'E1' })
    await openBrowser(given).install({ ...T2, forAll: true })
    await slack.gone('app_uninstalled')
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

describe('Slack is away while an installed workspace asks', () => {
  test('its answer follows there, with its own token, and is a card like any other', async () => {
    const given = await house({
      people: 'slack:T1:U1=biller:Dana,slack:T2:U21=biller:Dan,slack:T2:U22=approver:Lee',
    })
    const { emulator, slack } = second(given)
    const browser = openBrowser(given)
    await browser.install(T1)
    await browser.install(T2)
    given.emulator.setOutage('error')
    await slack.command('U21', 'C2', 'propose march')
    await given.settled()
    expect(saidIn(emulator, 'C2')).toEqual([])
    given.emulator.setOutage()
    later(given, 10)
    await tick(given)
    const [card, ...more] = saidIn(emulator, 'C2')
    if (card === undefined) throw new Error('nothing followed')
    expect([...more, ...given.said()]).toEqual([])
    const post = given.emulator.calls.findLast(({ method }) => method === 'chat.postMessage')
    expect(post?.token).toBe(given.workspaces.kept.get('T:T2')?.token)
    await slack.click('U22', card, 'approve')
    await given.settled()
    expect(wordsOf(card)).toContain('Approved by Lee')
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
    const { emulator, slack } = second(given)
    await slack.command('U21', 'C2', 'status')
    await given.settled()
    expect(given.emulator.calls.map(({ method }) => method)).not.toContain('chat.postMessage')
    expect(whispersIn(emulator)).toEqual([
      expect.stringContaining('This workspace has not installed the app.'),
    ])
  })
})
