import { readFileSync } from 'node:fs'
import path from 'node:path'
import { zipSync } from 'fflate'
import { projectFolder } from '../../../adapters/system/project.js'
import { COMMANDS, type CommandInfo } from '../../../bot/commands/catalog.js'
import { assert } from '../../../core/assert.js'

/** Files as they lie in the zip: the manifest is made, the icons are as they are. */
const MANIFEST = 'manifest.json'
const ICONS = ['color.png', 'outline.png']

/** Used now and then, by few: Teams shows twelve commands, and these have to be typed. */
const SELDOM: ReadonlySet<CommandInfo['name']> = new Set([
  'map',
  'describe',
  'people',
  'settings',
  'audit',
  'observe',
])

/** The commands a menu offers. A request, run or line is reached from a card, where its id stands. */
export function menuCommands(commands: readonly CommandInfo[] = COMMANDS): readonly CommandInfo[] {
  return commands.filter(
    ({ name, usage }) => !SELDOM.has(name) && !/^[a-z]+( [a-z]+)? <(id|run|line)>/.test(usage),
  )
}

/** The Slack app manifest (schema 2.0.0) of a bot that is reached at `address`, as text of a file. */
export function slackManifest(address: URL): string {
  const menu = menuCommands().map(({ name }) => name)
  return filled('slack', { url: address.origin, menu: menu.join(' | ') })
}

/** The Teams app package of that bot, whose app registration is `appId`: a zip of the manifest (1.25) and two icons. */
export function teamsPackage(address: URL, appId: string): Uint8Array {
  const commands = menuCommands().map(({ name, does }) => ({ title: name, description: does }))
  const manifest = filled('teams', { url: address.origin, host: address.host, appId, commands })
  const icons = ICONS.map((name) => [name, new Uint8Array(readFileSync(source('teams', name)))] as const)
  const files = Object.fromEntries([[MANIFEST, new TextEncoder().encode(manifest)] as const, ...icons])
  // The first moment a zip can name: same input, same bytes. A zip keeps the fields of a local time and no zone.
  return zipSync(files, { level: 9, mtime: new Date(1980, 0, 1) })
}

/** Where the app package of a surface keeps one of its files. */
export function source(surface: 'slack' | 'teams', name: string): string {
  return path.join(projectFolder(import.meta.dirname), 'manifest', surface, name)
}

type Values = Readonly<Record<string, unknown>>

function filled(surface: 'slack' | 'teams', values: Values): string {
  const template: unknown = JSON.parse(readFileSync(source(surface, MANIFEST), 'utf8'))
  return `${JSON.stringify(fill(template, values), null, 2)}\n`
}

/** Puts values where `{{name}}` stands; a text that is nothing else becomes the value itself, whatever it is. */
export function fill(template: unknown, values: Values): unknown {
  if (typeof template === 'string') return fillText(template, values)
  if (Array.isArray(template)) return template.map((one) => fill(one, values))
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, fill(value, values)]))
}

function fillText(text: string, values: Values): unknown {
  const valueOf = (name: string) => {
    assert(Object.hasOwn(values, name), `a manifest asks for {{${name}}}, which nobody gives`)
    return values[name]
  }
  const [, whole] = /^\{\{(\w+)\}\}$/.exec(text) ?? []
  if (whole !== undefined) return valueOf(whole)
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(valueOf(name)))
}
