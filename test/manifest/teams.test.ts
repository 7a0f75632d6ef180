import { describe, expect, it } from 'vitest'
import { unzipSync } from 'fflate'
import { COMMANDS } from '../../bot/commands/catalog.js'
import { fill, menuCommands, teamsPackage } from '../support/manifest/packages.js'
import { projectFiles } from '../house/files.js'
import { projectRoot } from '../support/root.js'

const APP_ID = '0f3b2c1d-4e5f-4a6b-8c7d-9e0f1a2b3c4d'
const ADDRESS = new URL('https://billing.example.com')

interface Manifest {
  readonly id: string
  readonly accentColor: string
  readonly validDomains: readonly string[]
  readonly icons: { readonly color: string; readonly outline: string }
  readonly bots: readonly {
    readonly botId: string
    readonly scopes: readonly string[]
    readonly supportsFiles: boolean
    readonly commandLists: readonly {
      readonly scopes: readonly string[]
      readonly commands: readonly { readonly title: string; readonly description: string }[]
    }[]
  }[]
}

const files = unzipSync(teamsPackage(ADDRESS, APP_ID))
const manifest = JSON.parse(new TextDecoder().decode(files['manifest.json'])) as Manifest
const [bot] = manifest.bots

describe('the Teams app package', () => {
  it('holds the manifest and the two icons it names, and nothing else', () => {
    const { color, outline } = manifest.icons
    expect(Object.keys(files).toSorted()).toEqual([color, 'manifest.json', outline].toSorted())
  })

  it('is the same to the byte each time, in every time zone', () => {
    const zone = process.env['TZ']
    const packages = ['UTC', 'Pacific/Kiritimati', 'America/St_Johns'].map((name) => {
      process.env['TZ'] = name
      return Buffer.from(teamsPackage(ADDRESS, APP_ID)).toString('base64')
    })
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
    expect(new Set(packages).size).toBe(1)
  })

  it('names this bot and this host', () => {
    expect(manifest.id).toBe(APP_ID)
    expect(bot?.botId).toBe(APP_ID)
    expect(manifest.validDomains).toEqual(['billing.example.com'])
  })

  it('says where the bot listens, and whether it handles files, as the code does', () => {
    expect(bot?.scopes).toEqual(['personal', 'team', 'groupChat'])
    const teams = projectFiles(projectRoot).filter(({ path }) => path.startsWith('bot/teams/'))
    const takesFiles = teams.some(({ text }) => /fileConsent|file\.consent/i.test(text))
    expect(bot?.supportsFiles).toBe(takesFiles)
  })
})

describe('its menu', () => {
  it('is the bot’s own catalogue, within what Teams shows', () => {
    const [list] = bot?.commandLists ?? []
    expect(list?.scopes).toEqual(bot?.scopes)
    const does = new Map<string, string>(COMMANDS.map(({ name, does }) => [name, does]))
    expect(list?.commands.length).toBeGreaterThan(5)
    expect(list?.commands.length).toBeLessThanOrEqual(12)
    for (const { title, description } of list?.commands ?? []) {
      expect(description).toBe(does.get(title))
      expect(title.length).toBeLessThanOrEqual(128)
      expect(description.length).toBeLessThanOrEqual(128)
    }
  })

  it('offers everything but what is reached from the card of a request, run or line, and what few use', () => {
    const menu = menuCommands().map(({ name }) => name)
    const left = COMMANDS.map(({ name }) => name).filter((name) => !menu.includes(name))
    expect(left).toEqual([
      'explain',
      'map',
      'describe',
      'approval',
      'approve',
      'reject',
      'void',
      'export',
      'people',
      'settings',
      'audit',
      'observe',
    ])
  })
})

describe('a template', () => {
  it('is filled wherever a name stands, with text or with the value itself', () => {
    const filled = fill(
      { a: ['{{url}}/x', '{{url}}/y'], b: '{{list}}', c: 1 },
      { url: 'u', list: [{ d: 2 }] },
    )
    expect(filled).toEqual({ a: ['u/x', 'u/y'], b: [{ d: 2 }], c: 1 })
  })

  it('that asks for what nobody gives is a bug', () => {
    expect(() => fill({ a: '{{b}}' }, {})).toThrow('asks for {{b}}')
    expect(() => fill('{{b}}/c', {})).toThrow('asks for {{b}}')
    expect(() => fill('{{constructor}}', {})).toThrow('asks for {{constructor}}')
  })
})
