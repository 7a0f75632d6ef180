import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../bot/config.js'
import { GOOD_SETTINGS as GOOD, refusedSettings as refusal } from '../support/settings.js'

const APP = '5d1c7a52-8d0e-4a7b-9a53-0c6f0f3c9a11'
const TENANT = '7f3b1f0a-2f0c-4d5e-8a60-1b7f5f9f2d22'
const ALWAYS = {
  TEAMS_TENANT_ID: TENANT,
  PUBLIC_URL: 'http://127.0.0.1:3978/',
  FILES_KEY: 'a key for links, long enough to be one',
}
const TRYING = { ...GOOD, ...ALWAYS, TEAMS_DEV_ANONYMOUS: '1' }

test('a registered bot is checked, and checks', () => {
  const config = parseConfig({ ...GOOD, ...ALWAYS, TEAMS_APP_ID: APP, TEAMS_APP_PASSWORD: 'secret' })
  expect(config.teams).toMatchObject({ appId: APP, anonymous: false, publicUrl: 'http://127.0.0.1:3978' })
})

describe('trying without a registered bot', () => {
  test.each([undefined, '127.0.0.1', '::1', 'localhost'])('listening on %s it is taken', (HOST) => {
    expect(parseConfig({ ...TRYING, HOST }).teams).toMatchObject({
      appId: '',
      appPassword: '',
      anonymous: true,
      tenantId: TENANT,
    })
  })

  test.each(['0.0.0.0', '::', '192.168.1.5', 'billing.example.com'])('listening on %s it is not', (HOST) => {
    const message = refusal({ ...TRYING, HOST })
    expect(message).toContain(
      `HOST is ${HOST}, but with TEAMS_DEV_ANONYMOUS everybody who reaches the server is believed`,
    )
    expect(message).toContain('1 mistake')
  })

  test.each([
    ['TEAMS_APP_ID', APP],
    ['TEAMS_APP_PASSWORD', 'secret'],
    ['TEAMS_SERVICE_URLS', 'https://smba.trafficmanager.net'],
    ['TEAMS_LOGIN_URL', 'https://login.microsoftonline.us'],
    ['TEAMS_TOKEN_ISSUER', 'https://api.botframework.us'],
    ['TEAMS_OPENID_METADATA_URL', 'https://login.botframework.azure.us/keys'],
  ])('and not beside %s', (name, value) => {
    const message = refusal({ ...TRYING, [name]: value })
    expect(message).toContain(`${name} is there beside TEAMS_DEV_ANONYMOUS`)
    expect(message).not.toContain(value)
  })

  test('a tenant is needed, an address and a key for links, too', () => {
    const message = refusal({ ...GOOD, TEAMS_DEV_ANONYMOUS: '1' })
    for (const name of Object.keys(ALWAYS)) {
      expect(message).toContain(`${name} is missing (TEAMS_DEV_ANONYMOUS needs it)`)
    }
    expect(message).toContain('write any GUID, and the same one as tenantId in the client you try it with')
    expect(message).toContain('such as http://127.0.0.1:3978')
    expect(message).toContain('3 mistakes')
  })

  test('an address that is none is told with one of its own kind', () => {
    expect(refusal({ ...GOOD, PUBLIC_URL: 'billing.example.com' })).toContain(
      'PUBLIC_URL must be a full address such as https://billing.example.com',
    )
  })

  test.each(['yes', '0', 'true', '2'])('%s is no way to ask for it', (value) => {
    expect(refusal({ ...TRYING, TEAMS_DEV_ANONYMOUS: value })).toContain(
      'TEAMS_DEV_ANONYMOUS must be 1, or left empty',
    )
  })

  test('not asked for, a blank app id is a mistake', () => {
    expect(refusal({ ...GOOD, ...ALWAYS })).toContain('TEAMS_APP_ID is missing (Teams needs all of them)')
  })
})
