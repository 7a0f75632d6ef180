import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeManifests } from '../support/manifest/command.js'
import { slackManifest, teamsPackage } from '../support/manifest/packages.js'

const URL_GIVEN = 'https://billing.example.com'
const APP_ID = '0F3B2C1D-4e5f-4a6b-8c7d-9e0f1a2b3c4d'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'manifest-'))))
afterEach(() => rmSync(folder, { recursive: true }))

async function run(...args: string[]) {
  let [out, err] = ['', '']
  const code = await writeManifests(args, { out: (text) => (out += text), err: (text) => (err += text) })
  return { code, out, err }
}

describe('npm run manifest', () => {
  it('writes both, whole, and says where', async () => {
    const place = path.join(folder, 'new', 'place')
    const { code, out, err } = await run('--url', URL_GIVEN, '--teams-app-id', APP_ID, '--out', place)
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(readdirSync(place).toSorted()).toEqual(['slack-manifest.json', 'teams-app.zip'])
    for (const name of readdirSync(place)) expect(out).toContain(`Written: ${path.join(place, name)}\n`)
    const slack = readFileSync(path.join(place, 'slack-manifest.json'), 'utf8')
    expect(slack).toBe(slackManifest(new URL(URL_GIVEN)))
    const zip = readFileSync(path.join(place, 'teams-app.zip'))
    const wanted = teamsPackage(new URL(URL_GIVEN), APP_ID.toLowerCase())
    expect(Buffer.compare(zip, wanted)).toBe(0)
  })

  it('takes the place of what it wrote before', async () => {
    writeFileSync(path.join(folder, 'slack-manifest.json'), 'old')
    expect((await run('--url', `${URL_GIVEN}/`, '--out', folder)).code).toBe(0)
    expect(readFileSync(path.join(folder, 'slack-manifest.json'), 'utf8')).not.toContain('old')
  })

  it('without an app id writes Slack’s alone, and says why', async () => {
    const { code, out } = await run('--url', URL_GIVEN, '--out', folder)
    expect(code).toBe(0)
    expect(readdirSync(folder)).toEqual(['slack-manifest.json'])
    expect(out).toContain('No Teams package: it needs --teams-app-id')
  })

  it.each([
    ['', '--url is missing'],
    ['billing.example.com', 'is no full address'],
    ['http://billing.example.com', 'does not begin with https://'],
    ['ftp://billing.example.com', 'does not begin with https://'],
    ['https://billing.example.com/slack/events', 'more than a host'],
    ['https://billing.example.com/?a=b', 'more than a host'],
    ['https://billing.example.com/?', 'more than a host'],
    ['https://billing.example.com/#', 'more than a host'],
    ['https://somebody:secret@billing.example.com', 'more than a host'],
    ['https://localhost', 'no name that Slack and Microsoft can reach'],
    ['https://localhost:3978', 'no name that Slack and Microsoft can reach'],
    ['https://billing.localhost', 'no name that Slack and Microsoft can reach'],
    ['https://server.local', 'no name that Slack and Microsoft can reach'],
    ['https://billing', 'no name that Slack and Microsoft can reach'],
    ['https://127.0.0.1', 'no name that Slack and Microsoft can reach'],
    ['https://10.1.2.3:443', 'no name that Slack and Microsoft can reach'],
    ['https://[::1]', 'no name that Slack and Microsoft can reach'],
    ['https://', 'is no full address'],
  ])('refuses %j in a sentence and writes nothing', async (url, why) => {
    const place = path.join(folder, 'place')
    const { code, out, err } = await run('--url', url, '--teams-app-id', APP_ID, '--out', place)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(why)
    expect(err).toContain('Nothing was written.')
    expect(err.trim().split('\n')).toHaveLength(1)
    expect(existsSync(place)).toBe(false)
  })

  it.each([
    ['nothing at all', [], '--url is missing'],
    ['an unknown word', ['--url', URL_GIVEN, '--team', APP_ID], '--team'],
    ['a word too many', ['--url', URL_GIVEN, APP_ID], APP_ID],
    ['an option without its value', ['--url', URL_GIVEN, '--teams-app-id'], '--teams-app-id'],
    ['a blank app id', ['--url', URL_GIVEN, '--teams-app-id', ''], '--teams-app-id is blank'],
    ['an app id that is none', ['--url', URL_GIVEN, '--teams-app-id', '1234'], '1234 is no id'],
  ])('refuses %s', async (_, args, why) => {
    const place = path.join(folder, 'place')
    const { code, err } = await run(...args, ...(args.at(-1) === '--teams-app-id' ? [] : ['--out', place]))
    expect(code).toBe(2)
    expect(err).toContain(why)
    expect(err).toContain('Nothing was written.')
    expect(existsSync(place)).toBe(false)
  })

  it('leaves no part of a file where it cannot write', async () => {
    writeFileSync(path.join(folder, 'file'), '')
    const taken = await run('--url', URL_GIVEN, '--out', path.join(folder, 'file'))
    expect(taken.code).toBe(1)
    expect(taken.err).toContain('cannot be written to')
    expect(taken.err).toContain('Choose another folder with --out.')
    // The name of a file is a folder's: the parts written before are gone again.
    const place = path.join(folder, 'place')
    expect((await run('--url', URL_GIVEN, '--out', place)).code).toBe(0)
    rmSync(path.join(place, 'slack-manifest.json'))
    mkdirSync(path.join(place, 'slack-manifest.json', 'x'), { recursive: true })
    expect((await run('--url', URL_GIVEN, '--teams-app-id', APP_ID, '--out', place)).code).toBe(1)
    expect(readdirSync(place)).toEqual(['slack-manifest.json'])
  })
})
