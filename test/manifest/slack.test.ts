import { describe, expect, it } from 'vitest'
import { createSlackSurface } from '../../bot/slack/app.js'
import { SCOPES } from '../../bot/slack/install.js'
import type { Route } from '../../bot/http.js'
import { slackManifest } from '../support/manifest/packages.js'
import { projectFiles } from '../house/files.js'
import { projectRoot } from '../support/root.js'
import { slackHouse } from '../bot/slack/harness.js'
import { type SlackManifest, askedBy, needsOf, usesOf } from './slack-needs.js'

const ADDRESS = new URL('https://billing.example.com')
const text = slackManifest(ADDRESS)
const manifest = JSON.parse(text) as SlackManifest
const sources = projectFiles(projectRoot).filter(({ path }) => /^bot\/slack\/.*\.ts$/.test(path))
const uses = usesOf(sources.map((source) => source.text).join('\n'))

/** Every address in the manifest. */
function addressesIn(value: unknown): string[] {
  if (typeof value === 'string') return /^https?:/.test(value) ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(addressesIn) : []
}

describe('what Slack is asked for', () => {
  it('is exactly what the code uses: scopes, events and features', () => {
    expect(askedBy(manifest)).toEqual(needsOf(uses))
  })

  it('is the same where a workspace installs the app by itself', () => {
    expect(SCOPES.toSorted()).toEqual(askedBy(manifest).scopes)
    const routes = manifest.oauth_config?.redirect_urls
    expect(routes).toEqual(['https://billing.example.com/slack/oauth_redirect'])
  })

  it('is found in the code: every method and listener', () => {
    expect(uses).toEqual([
      'action',
      'auth.test',
      'chat.postEphemeral',
      'chat.postMessage',
      'chat.update',
      'command',
      'conversations.open',
      'event app_home_opened',
      'event app_mention',
      'event app_uninstalled',
      'event message',
      'event tokens_revoked',
      'files.uploadV2',
      'view',
      'views.open',
      'views.publish',
      'views.update',
    ])
  })

  it('is all there is: one client, and no listener that answers through another', () => {
    const withClient = sources.filter((source) => /\bWebClient\(|\.apiCall\(/.test(source.text))
    expect(withClient.map(({ path }) => path)).toEqual(['bot/slack/client.ts'])
    const taken = sources.flatMap((source) => [...source.text.matchAll(/async \(\{([^}]*)\}\) =>/g)])
    const fromBolt = taken.flatMap(([, names = '']) => names.split(',').map((name) => name.trim()))
    expect(fromBolt.filter((name) => /^(client|say|respond|complete|fail)$/.test(name))).toEqual([])
  })

  it('goes red for a method without its scope, a scope without use, and a use nobody has looked up', () => {
    const without = (method: string) => needsOf(uses.filter((use) => use !== method))
    expect(askedBy(manifest).scopes).not.toEqual(without('files.uploadV2').scopes)
    expect(askedBy(manifest).events).not.toEqual(without('event message').events)
    expect(askedBy(manifest).events).not.toEqual(without('event app_home_opened').events)
    expect(() => needsOf(usesOf('await web.users.info({ user })'))).toThrow('users.info is not in the table')
    expect(() => needsOf(usesOf("bolt.event('team_join', take)"))).toThrow('event team_join')
    expect(() => needsOf(usesOf('bolt.shortcut(/x/, take)'))).toThrow('shortcut')
    const more = { ...manifest, oauth_config: { scopes: { bot: ['chat:write'], user: ['search:read'] } } }
    expect(askedBy(more as SlackManifest).scopes).toEqual(['chat:write', 'search:read'])
  })
})

describe('where Slack is sent to', () => {
  it('are addresses the bot answers, and no others', async () => {
    let routes: readonly Route[] = []
    const house = await slackHouse({
      install: true,
      create: (options) => {
        const surface = createSlackSurface(options)
        routes = surface.routes
        return surface
      },
    })
    await house.close()
    const answered = (method: string) =>
      routes.filter((route) => route.method === method).map(({ path }) => `${ADDRESS.origin}${path}`)
    expect(answered('POST')).toEqual(['https://billing.example.com/slack/events'])
    const browsers = manifest.oauth_config?.redirect_urls ?? []
    expect(answered('GET')).toEqual(expect.arrayContaining(browsers))
    const called = addressesIn(manifest).filter((address) => !browsers.includes(address))
    expect(called).toHaveLength(3)
    expect(new Set(called)).toEqual(new Set(answered('POST')))
  })

  it('people can write to the bot directly, and are told the words it knows', () => {
    expect(manifest.features?.app_home).toEqual({
      home_tab_enabled: true,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: false,
    })
    const [command] = manifest.features?.slash_commands ?? []
    expect(command?.command).toBe('/billing')
    expect(command?.usage_hint).toMatch(/^who \| customer \| .* \| help$/)
  })
})
