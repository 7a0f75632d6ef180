import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { slackManifest } from '../support/manifest/packages.js'
import { projectFiles } from '../house/files.js'
import { projectRoot } from '../support/root.js'
import { type SlackManifest, askedBy } from './slack-needs.js'

const readme = readFileSync(path.join(projectRoot, 'manifest', 'README.md'), 'utf8')
const settings = readFileSync(path.join(projectRoot, '.env.example'), 'utf8')

function found(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))]
}

describe('how the apps are installed', () => {
  it('names settings that exist, and every one that Slack and Teams need', () => {
    const known = found(settings, /^([A-Z_]+)=/gm)
    const named = found(readme, /\b((?:SLACK|TEAMS|PUBLIC|FILES)_[A-Z_]+|PEOPLE|HOST|PORT)\b/g)
    expect(named.filter((name) => !known.includes(name))).toEqual([])
    const needed = ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'TEAMS_APP_ID', 'TEAMS_APP_PASSWORD']
    expect(named).toEqual(expect.arrayContaining([...needed, 'TEAMS_TENANT_ID', 'PUBLIC_URL', 'FILES_KEY']))
  })

  it('explains each scope that is asked for, and no other', () => {
    const asked = askedBy(JSON.parse(slackManifest(new URL('https://billing.example.com'))) as SlackManifest)
    const [, table = ''] = readme.split('### What each scope is for')
    const [rows = ''] = table.split('\n## ')
    expect(found(rows, /^\| `([a-z:_]+)` \|/gm).toSorted()).toEqual(asked.scopes)
    for (const event of asked.events) expect(rows).toContain(`(event \`${event}\`)`)
  })

  it('quotes what the bot really says', () => {
    const bot = projectFiles(projectRoot).filter((file) => /^bot\/.*\.ts$/.test(file.path))
    const said = bot.map(({ text }) => text).join('\n')
    const quoted = found(readme, /“([^”]+)”/g)
    expect(quoted.length).toBeGreaterThan(15)
    expect(quoted.filter((words) => !said.includes(words))).toEqual([])
  })
})
