import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseConfig } from '../../bot/config.js'
import { readEnvironment } from '../../bot/environment.js'
import { GOOD_SETTINGS as GOOD, refusedSettings as refusal } from '../support/settings.js'

const KEY = randomBytes(32)
const HTTP = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99' }
const INSTALL = {
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99',
  SLACK_CLIENT_ID: '123.456',
  SLACK_CLIENT_SECRET: 'a0b1c2d3e4f5a0b1c2d3e4f5',
  SECRETS_KEY: KEY.toString('hex'),
  PUBLIC_URL: 'https://billing.example.com/',
}
const SOCKET = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1-A1-2-abc' }

describe('how Slack is reached', () => {
  test('not at all, over HTTP with one workspace, with several, over a socket', () => {
    expect(parseConfig(GOOD).slack).toBeUndefined()
    expect(parseConfig({ ...GOOD, SECRETS_KEY: KEY.toString('hex') }).slack).toBeUndefined()
    const nothing = { apiUrl: undefined, appToken: undefined, install: undefined }
    expect(parseConfig({ ...GOOD, ...HTTP }).slack).toEqual({
      ...nothing,
      botToken: 'xoxb-1',
      signingSecret: HTTP.SLACK_SIGNING_SECRET,
    })
    const several = {
      ...nothing,
      botToken: undefined,
      signingSecret: HTTP.SLACK_SIGNING_SECRET,
      install: {
        clientId: '123.456',
        clientSecret: INSTALL.SLACK_CLIENT_SECRET,
        publicUrl: 'https://billing.example.com',
      },
    }
    const config = parseConfig({ ...GOOD, ...INSTALL })
    expect(config.slack).toEqual(several)
    expect(config.secretsKey).toEqual(KEY)
    expect(config.teams).toBeUndefined()
    const both = parseConfig({ ...GOOD, ...INSTALL, ...HTTP })
    expect(both.slack).toEqual({ ...several, botToken: 'xoxb-1' })
    expect(parseConfig({ ...GOOD, ...SOCKET }).slack).toEqual({
      ...nothing,
      botToken: 'xoxb-1',
      signingSecret: undefined,
      appToken: 'xapp-1-A1-2-abc',
    })
  })

  test.each(Object.keys(INSTALL).filter((name) => name !== 'SLACK_CLIENT_ID'))(
    'several workspaces without %s are refused, with what to write',
    (name) => {
      const message = refusal({ ...GOOD, ...INSTALL, [name]: '' })
      expect(message).toContain(
        `${name} is missing (installing in Slack workspaces needs all of them): write `,
      )
      expect(message).toContain('1 mistake')
    },
  )

  test('a client id alone asks for everything else', () => {
    expect(refusal({ ...GOOD, SLACK_CLIENT_ID: '123.456' })).toContain('4 mistakes')
    expect(refusal({ ...GOOD, ...INSTALL, SLACK_CLIENT_ID: '' })).toContain('SLACK_CLIENT_ID is missing')
  })

  test('a socket needs a bot token', () => {
    const message = refusal({ ...GOOD, SLACK_APP_TOKEN: 'xapp-1-A1-2-abc' })
    expect(message).toContain('SLACK_BOT_TOKEN is missing (Socket Mode needs it beside SLACK_APP_TOKEN)')
    expect(message).toContain('1 mistake')
  })

  test.each(['SLACK_SIGNING_SECRET', 'SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET'] as const)(
    'a socket and %s are two ways: one has to go',
    (name) => {
      const message = refusal({ ...GOOD, ...SOCKET, [name]: INSTALL[name] })
      expect(message).toContain(`SLACK_APP_TOKEN and ${name} are both set`)
      expect(message).toContain('1 mistake')
    },
  )

  test.each([
    ['SLACK_APP_TOKEN', 'xoxb-1', 'must start with xapp-'],
    ['SLACK_CLIENT_ID', 'A0123', 'must be two numbers with a dot between'],
    ['SLACK_CLIENT_SECRET', 'short', 'must be the client secret'],
    ['PUBLIC_URL', 'http://billing.example.com', 'must begin with https://'],
    ['PUBLIC_URL', 'https://billing.example.com/?a=b', 'must begin with https://'],
    ['PUBLIC_URL', 'billing.example.com', 'must be a full address'],
    ['SECRETS_KEYS', 'x', 'is not a setting'],
  ])('%s=%s', (name, value, words) => {
    const given = name === 'SLACK_APP_TOKEN' ? { SLACK_BOT_TOKEN: 'xoxb-1' } : INSTALL
    const message = refusal({ ...GOOD, ...given, [name]: value })
    expect(message).toContain(`${name} ${words}`)
    expect(message).toContain('1 mistake')
  })

  test('PUBLIC_URL for Slack does not ask for Teams, alone it does', () => {
    expect(() => parseConfig({ ...GOOD, ...INSTALL })).not.toThrow()
    expect(refusal({ ...GOOD, PUBLIC_URL: 'https://billing.example.com' })).toContain(
      'TEAMS_APP_ID is missing',
    )
    expect(refusal({ ...GOOD, ...INSTALL, FILES_KEY: 'x'.repeat(32) })).toContain('TEAMS_APP_ID is missing')
  })
})

describe('the key that seals', () => {
  test.each([
    ['hex', KEY.toString('hex')],
    ['hex in capitals', KEY.toString('hex').toUpperCase()],
    ['base64', Buffer.concat([Buffer.from([1]), KEY.subarray(1)]).toString('base64')],
    [
      'base64 without its end',
      Buffer.concat([Buffer.from([1]), KEY.subarray(1)])
        .toString('base64')
        .replace('=', ''),
    ],
  ])('in %s', (form, text) => {
    const { secretsKey } = parseConfig({ ...GOOD, SECRETS_KEY: text })
    expect(secretsKey?.subarray(1)).toEqual(KEY.subarray(1))
    expect(secretsKey?.length, form).toBe(32)
  })

  test.each([
    ['a password', 'correct horse battery staple'],
    ['too short in hex', KEY.toString('hex').slice(2)],
    ['too short in base64', `A${KEY.subarray(0, 30).toString('base64')}`],
    ['half a byte', `${KEY.toString('hex')}a`],
    ['one character again and again', 'a'.repeat(64)],
    ['a row of digits', '0123456789'.repeat(8)],
    ['with a space', `${KEY.toString('hex')} ${KEY.toString('hex')}`],
    ['the path of a file nobody has read', '/run/secrets/key'],
  ])('is refused: %s', (_, text) => {
    const message = refusal({ ...GOOD, SECRETS_KEY: text })
    expect(message).toContain('SECRETS_KEY must be at least 32 random bytes as hex or base64')
    expect(message).not.toContain(text)
  })

  describe('in a file', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'key-'))
    afterAll(() => rmSync(folder, { recursive: true }))
    const named = (name: string, content: string) => {
      writeFileSync(path.join(folder, name), content)
      return path.join(folder, name)
    }

    test('is read from there', async () => {
      const file = named('key', `${KEY.toString('hex')}\n`)
      const settings = await readEnvironment({ ...GOOD, SECRETS_KEY: file })
      expect(parseConfig(settings).secretsKey).toEqual(KEY)
    })

    test.each([
      ['is not there', () => path.join(folder, 'missing')],
      ['is a folder', () => folder],
      ['is empty', () => named('empty', ' \n')],
      ['is too large', () => named('large', 'a'.repeat(5000))],
      ['is no file but a key', () => `/${KEY.toString('base64')}`],
    ])('that %s: refused beside other mistakes, without a word of what it says', async (_, make) => {
      const given = make()
      const settings = await readEnvironment({
        ...GOOD,
        SECRETS_KEY: given,
        MSP_ID: 'Not good',
      })
      const said = refusal(settings)
      expect(said).toContain('2 mistakes')
      expect(said).toContain('MSP_ID must be')
      expect(said).toContain('SECRETS_KEY names a file that cannot be read')
      expect(said).not.toContain(given)
    })
  })
})
