import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Ajv, type AnySchema } from 'ajv'
import AjvDraft04 from 'ajv-draft-04'
import { unzipSync } from 'fflate'
import { type Breakage, type Checked, judge } from './judge.js'
import { slackManifest, teamsPackage } from '../support/manifest/packages.js'

/** Slack's schema of app manifests, a file in the folder `--specs` names. */
export const SLACK_MANIFEST_SCHEMA = 'slack-manifest-2.0.0.schema.json'
const require = createRequire(import.meta.url)

const ADDRESS = new URL('https://billing.example.com')
const APP_ID = '0f3b2c1d-4e5f-4a6b-8c7d-9e0f1a2b3c4d'

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
      shown: [{ label: '', content: JSON.parse(slackManifest(ADDRESS)) }],
      accepts: new Ajv(options).compile(slackSchema),
      broken: SLACK_BREAKAGES,
    },
    {
      name: 'teams manifest',
      shown: [{ label: '', content: JSON.parse(new TextDecoder().decode(zip['manifest.json'])) }],
      accepts: new AjvDraft04.default(options).compile(teamsSchema),
      broken: TEAMS_BREAKAGES,
    },
  ]
}
