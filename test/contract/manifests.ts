import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Ajv, type AnySchema, type ValidateFunction } from 'ajv'
import AjvDraft04 from 'ajv-draft-04'
import { unzipSync } from 'fflate'
import { slackManifest, teamsPackage } from '../support/manifest/packages.js'

/** Slack's schema of app manifests, a file in the folder `--specs` names. */
export const SLACK_MANIFEST_SCHEMA = 'slack-manifest-2.0.0.schema.json'
const require = createRequire(import.meta.url)

const ADDRESS = new URL('https://billing.example.com')
const APP_ID = '0f3b2c1d-4e5f-4a6b-8c7d-9e0f1a2b3c4d'

/** A mistake put into a good manifest: the value at the end of the path, or nothing there. */
interface Breakage {
  readonly what: string
  readonly at: readonly (string | number)[]
  readonly value: unknown
}

interface Checked {
  readonly name: string
  readonly manifest: unknown
  readonly accepts: ValidateFunction
  /** Each has to be rejected, else the schema proves nothing. */
  readonly broken: readonly Breakage[]
}

const SLACK_BREAKAGES: readonly Breakage[] = [
  { what: 'no name', at: ['display_information', 'name'], value: undefined },
  { what: 'a name of 36 letters', at: ['display_information', 'name'], value: 'x'.repeat(36) },
  { what: 'a field nobody knows', at: ['surprise'], value: true },
]

const TEAMS_BREAKAGES: readonly Breakage[] = [
  { what: 'no icons', at: ['icons'], value: undefined },
  { what: 'a scope nobody knows', at: ['bots', 0, 'scopes', 1], value: 'channel' },
  { what: 'a bot without an id', at: ['bots', 0, 'botId'], value: '' },
  {
    what: 'thirteen commands',
    at: ['bots', 0, 'commandLists', 0, 'commands'],
    value: Array.from({ length: 13 }, () => ({ title: 'who', description: 'whom to bill' })),
  },
  {
    what: 'a title of 129 letters',
    at: ['bots', 0, 'commandLists', 0, 'commands', 0, 'title'],
    value: 'x'.repeat(129),
  },
]

/**
 * Checks the app manifests as they are made for people against the platforms' own schemas, and that broken ones are
 * rejected. Returns how many of them are not in order.
 */
export function checkManifests(specs: string, write: (text: string) => void): number {
  return manifests(specs).filter((checked) => !judge(checked, write)).length
}

function manifests(specs: string): readonly Checked[] {
  const slackSchema = JSON.parse(readFileSync(path.join(specs, SLACK_MANIFEST_SCHEMA), 'utf8')) as AnySchema
  // Microsoft publishes the schemas of Teams manifests as a package; nothing of it but this file is used.
  const teamsSchema =
    require('@microsoft/app-manifest/build/json-schemas/teams/v1.25/MicrosoftTeams.schema.json') as AnySchema
  const zip = unzipSync(teamsPackage(ADDRESS, APP_ID))
  const options = { strict: false, validateFormats: false, allErrors: true }
  return [
    {
      name: 'slack manifest',
      manifest: JSON.parse(slackManifest(ADDRESS)),
      accepts: new Ajv(options).compile(slackSchema),
      broken: SLACK_BREAKAGES,
    },
    {
      name: 'teams manifest',
      manifest: JSON.parse(new TextDecoder().decode(zip['manifest.json'])),
      accepts: new AjvDraft04.default(options).compile(teamsSchema),
      broken: TEAMS_BREAKAGES,
    },
  ]
}

function judge({ name, manifest, accepts, broken }: Checked, write: (text: string) => void): boolean {
  write(`\n${name}\n`)
  accepts(manifest)
  const faults = (accepts.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  const blind = broken.filter((breakage) => accepts(withBreakage(manifest, breakage)))
  for (const fault of faults) write(`fault: ${fault}\n`)
  write(`broken on purpose: ${broken.length - blind.length} of ${broken.length} caught\n`)
  for (const { what } of blind) write(`  not caught: ${what}\n`)
  const kept = faults.length + blind.length === 0
  write(`${name}: ${kept ? 'kept' : `broken (${faults.length} faults)`}\n`)
  return kept
}

function withBreakage(manifest: unknown, { at, value }: Breakage): unknown {
  const copy: unknown = structuredClone(manifest)
  const last = at.at(-1) ?? ''
  const parent = at
    .slice(0, -1)
    .reduce<unknown>((node, step) => (node as Record<string, unknown>)[step], copy)
  Object.assign(parent as object, { [last]: value })
  if (value === undefined) delete (parent as Record<string, unknown>)[last]
  return copy
}
