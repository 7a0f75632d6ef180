import { readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../bot/config.js'
import { SETTINGS } from '../../core/settings/catalog.js'
import { EVERY_RULE } from '../support/every-rule.js'
import { day } from '../support/observed.js'
import { GOOD_SETTINGS as GOOD, refusedSettings as refusal } from '../support/settings.js'

test('what is required is enough; the rest has defaults', () => {
  const config = parseConfig(GOOD)
  expect(config.settings).toMatchObject({
    timeZone: 'America/New_York',
    opensOn: undefined,
    lines: {},
  })
  expect(config.settings.people).toEqual([
    { id: 'console:me', name: 'Me', role: 'admin', identities: ['console:me'] },
  ])
  expect(config).toMatchObject({
    mspId: 'msp',
    databaseUrl: undefined,
    dataDirectory: '.data',
    logLevel: undefined,
  })
  expect(config.marketplace.auth).toMatchObject({ kind: 'basic-token', marketplace: 'us' })
})

test('the day of the marketplace’s invoices is one of a month, or nobody says it', () => {
  expect(parseConfig({ ...GOOD, INVOICE_DAY: '31' }).settings.lines.invoiceDay).toBe(31)
  expect(parseConfig({ ...GOOD, INVOICE_DAY: '' }).settings.lines.invoiceDay).toBeUndefined()
  for (const wrong of ['0', '32', '8th', '-1', '1.5']) {
    expect(refusal({ ...GOOD, INVOICE_DAY: wrong })).toContain('INVOICE_DAY must be a day from 1 to 31')
  }
  expect(refusal({ ...GOOD, INVOICE_DATE: '8' })).toContain('INVOICE_DATE is not a setting')
})

test('an empty line means the default', () => {
  expect(parseConfig({ ...GOOD, BILLING_CYCLE: '', BILLING_OPENS_ON: ' ', DATABASE_URL: '' })).toEqual(
    parseConfig(GOOD),
  )
})

test('every policy can be set', () => {
  const { lines, opensOn } = parseConfig({
    ...GOOD,
    BILLING_OPENS_ON: '2026-03-01',
    BILLING_CYCLE: 'anniversary',
    BILLING_ANCHOR_DAY: '31',
    BILLING_FIRST_PERIOD: 'full',
    BILLING_LAST_PERIOD: 'prorate',
    BILLING_INCREASES: 'nextPeriod',
    BILLING_DECREASES: 'credit',
    BILLING_SUSPENDED: 'pause',
    BILLING_PRICE_CHANGE: 'immediate',
    BILLING_TIMING: 'arrears',
    BILLING_DAY_COUNT: 'baseMonth',
    BILLING_BASE_MONTH: '2026-02',
    BILLING_DURATION_DECIMALS: '4',
    BILLING_ROUND_AT: 'unit',
    BILLING_ROUND_MODE: 'down',
  }).settings
  expect(opensOn).toBe(day('2026-03-01'))
  expect(lines).toEqual(EVERY_RULE)
})

describe('every mistake is listed at once, with its fix', () => {
  test('an empty configuration names all that is missing', () => {
    const message = refusal({})
    for (const name of [
      'INGRAM_URL',
      'INGRAM_SUBSCRIPTION_KEY',
      'INGRAM_USERNAME',
      'INGRAM_PASSWORD',
      'BILLING_TIME_ZONE',
    ]) {
      expect(message).toContain(`${name} is missing`)
    }
    expect(message).toContain('.env.example')
  })

  test.each([
    ['INGRAM_URL', 'api.cloud.im', 'must be a full address'],
    ['BILLING_TIME_ZONE', 'New York', 'must be a time zone'],
    ['BILLING_OPENS_ON', '2026-02-30', 'must be a date that exists'],
    ['BILLING_CYCLE', 'monthly', 'must be one of: calendar, anniversary'],
    ['BILLING_ANCHOR_DAY', '32', 'must be a day from 1 to 31'],
    ['BILLING_DURATION_DECIMALS', '13', 'must be exact, or a whole number from 2 to 12'],
    ['BILLING_BASE_MONTH', '2026-13', 'must be a month'],
    ['DATABASE_URL', 'mysql://x', 'must start with postgres://'],
    ['INGRAM_MARKETPLACE', 'USA', 'must be a country code'],
    ['MSP_ID', 'My MSP', 'must be 1 to 40 small letters'],
    ['BILLING_CYCEL', 'calendar', 'is not a setting'],
    ['LOG_LEVEL', 'loud', 'must be one of'],
    ['PEOPLE', 'console:me=boss', 'use one of viewer, biller, approver, admin'],
    ['PEOPLE', 'lee=admin', 'write it like'],
    ['PEOPLE', 'console:me=admin,console:me=viewer', 'twice'],
    ['PEOPLE', 'console:me=biller', 'nobody could decide'],
    ['CONSOLE_USER', 'dana', 'PEOPLE has no console:dana'],
    ['PORT', '70000', 'must be a port'],
    ['BILLING_BOUND_PERCENT', '-5', 'must be a whole number of percent'],
  ])('%s=%s', (name, value, expected) => {
    const message = refusal({ ...GOOD, [name]: value })
    expect(message).toContain(name)
    expect(message).toContain(expected)
    expect(message).toContain('1 mistake')
    expect(message).not.toContain('secret')
  })

  test('Slack needs both of its settings', () => {
    const message = refusal({ ...GOOD, SLACK_BOT_TOKEN: 'abc' })
    expect(message).toContain('SLACK_BOT_TOKEN must start with xoxb-')
    expect(message).toContain('SLACK_SIGNING_SECRET is missing (Slack needs both): write the Signing Secret')
  })

  test('Teams needs all of its settings', () => {
    const message = refusal({ ...GOOD, TEAMS_APP_PASSWORD: 'secret', FILES_KEY: 'short' })
    for (const name of ['TEAMS_APP_ID', 'TEAMS_TENANT_ID', 'PUBLIC_URL'])
      expect(message).toContain(`${name} is missing`)
    expect(message).toContain('FILES_KEY must have at least 32 characters')
    expect(message).toContain('4 mistakes')
  })

  test('mistakes between settings do not wait until each of them is right', () => {
    const message = refusal({
      BILLING_CYCLE: 'x',
      PEOPLE: 'console:me=biller,console:lee=viewer',
      SLACK_BOT_TOKEN: 'xoxb-1',
      TEAMS_APP_PASSWORD: 'secret',
      BILLING_CYCEL: 'calendar',
    })
    for (const line of [
      'INGRAM_URL is missing: write the address of the API',
      'BILLING_CYCLE must be one of',
      'INGRAM_MARKETPLACE is missing (INGRAM_AUTH is basic-token): write the country code',
      'PEOPLE names no approver',
      'CONSOLE_USER is missing',
      'SLACK_SIGNING_SECRET is missing',
      'TEAMS_APP_ID is missing',
      'BILLING_CYCEL is not a setting',
    ]) {
      expect(message).toContain(`  - ${line}`)
    }
    expect(refusal({ PEOPLE: 'console:me=boss' })).toContain('use one of viewer, biller')
  })

  test('every missing setting comes with what to write', () => {
    const message = refusal({ SLACK_BOT_TOKEN: 'xoxb-1', TEAMS_APP_PASSWORD: 'x' })
    const bare = message.split('\n').filter((line) => / is missing(?!.*: write )/.test(line))
    expect(bare).toEqual([])
  })

  test('two people at terminals: whom this one speaks for must be said', () => {
    const PEOPLE = 'console:me+console:mine=admin:Me,slack:T1:U1+console:lee=approver:Lee'
    expect(refusal({ ...GOOD, PEOPLE })).toContain(
      'CONSOLE_USER is missing (PEOPLE has 2 people for a terminal): set it to me or lee',
    )
    expect(refusal({ ...GOOD, PEOPLE, CONSOLE_USER: 'dana' })).toContain('set it to me or lee')
    expect(parseConfig({ ...GOOD, PEOPLE, CONSOLE_USER: 'mine' }).consoleIdentity).toBe('console:mine')
    expect(parseConfig(GOOD).consoleIdentity).toBe('console:me')
    expect(parseConfig({ ...GOOD, PEOPLE: 'slack:T1:U1=admin' }).consoleIdentity).toBe('')
  })

  test('several at once', () => {
    expect(refusal({ ...GOOD, BILLING_CYCLE: 'x', BILLING_TIMING: 'y' })).toContain('2 mistakes')
  })

  test('the other way to sign in needs its own settings', () => {
    const message = refusal({ ...GOOD, INGRAM_AUTH: 'keycloak-password' })
    expect(message).toContain('INGRAM_TOKEN_URL is missing')
    expect(message).toContain('INGRAM_CLIENT_SECRET is missing')
  })
})

test('the example file names every setting and no other', async () => {
  const example = parseEnv(await readFile('.env.example', 'utf8'))
  expect(() => parseConfig({ ...example, ...GOOD })).not.toThrow()
  const source = await readFile('bot/config.ts', 'utf8')
  const names = [...source.matchAll(/^ {2}([A-Z][A-Z_]+): (?!undefined)/gm)].map(([, name]) => name)
  const lines = SETTINGS.map(({ line }) => line)
  expect(new Set(Object.keys(example))).toEqual(new Set([...names, ...lines]))
})
