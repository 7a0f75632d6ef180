import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../bot/config.js'
import { GOOD_SETTINGS as GOOD, refusedSettings as refusal } from '../support/settings.js'

const CONNECTWISE = {
  CONNECTWISE_SITE: 'https://api-na.myconnectwise.net',
  CONNECTWISE_COMPANY: 'acme_msp',
  CONNECTWISE_PUBLIC_KEY: 'publicKey1',
  CONNECTWISE_PRIVATE_KEY: 'privateKey1',
  CONNECTWISE_CLIENT_ID: '00000000-0000-4000-8000-00000c11e971',
}

describe('ConnectWise', () => {
  test('is not used unless it is configured', () => {
    expect(parseConfig(GOOD).connectwise).toBeUndefined()
    expect(parseConfig({ ...GOOD, CONNECTWISE_SITE: ' ' }).connectwise).toBeUndefined()
  })

  test('is used when all of it is there', () => {
    expect(parseConfig({ ...GOOD, ...CONNECTWISE }).connectwise).toEqual({
      site: 'https://api-na.myconnectwise.net',
      companyId: 'acme_msp',
      publicKey: 'publicKey1',
      privateKey: 'privateKey1',
      clientId: '00000000-0000-4000-8000-00000c11e971',
    })
  })

  test.each(Object.keys(CONNECTWISE))('without %s is refused, with what to write', (name) => {
    const message = refusal({ ...GOOD, ...CONNECTWISE, [name]: '' })
    expect(message).toContain(`${name} is missing (ConnectWise needs all of them): write the `)
    expect(message).toContain('1 mistake')
  })

  test.each([
    'http://127.0.0.1:4000',
    'http://localhost:4000',
    'http://[::1]:4000',
    'https://cw.example.com/',
  ])('may be at %s', (site) => {
    expect(parseConfig({ ...GOOD, ...CONNECTWISE, CONNECTWISE_SITE: site }).connectwise?.site).toBe(site)
  })

  test.each([
    'api-na.myconnectwise.net',
    'http://api-na.myconnectwise.net',
    'http://127.0.0.1.example.com',
    'ftp://api-na.myconnectwise.net',
    'https://me:hunter2@api-na.myconnectwise.net',
    'https://api-na.myconnectwise.net/?key=hunter2',
    'https://api-na.myconnectwise.net/#hunter2',
  ])('may not be at %s', (site) => {
    const message = refusal({ ...GOOD, ...CONNECTWISE, CONNECTWISE_SITE: site })
    expect(message).toContain(
      'CONNECTWISE_SITE must be an https address such as https://api-na.myconnectwise.net',
    )
    expect(message).not.toContain('hunter2')
  })

  test.each([
    ['CONNECTWISE_COMPANY', 'acme+hunter2', 'must be the short name'],
    ['CONNECTWISE_PUBLIC_KEY', 'hunter2 2', 'must be a key without spaces'],
    ['CONNECTWISE_PRIVATE_KEY', 'hunter2 ü', 'must be a key without spaces'],
    ['CONNECTWISE_CLIENT_ID', 'hunter2', 'must be the client id'],
    ['CONNECTWISE_PRIVAT_KEY', 'hunter2', 'is not a setting'],
  ])('%s=%s is refused without being repeated', (name, value, words) => {
    const message = refusal({ ...GOOD, ...CONNECTWISE, [name]: value })
    expect(message).toContain(`${name} ${words}`)
    expect(message).not.toContain('hunter2')
  })
})

const AUTOTASK = {
  AUTOTASK_USERNAME: 'billing-api@acme.example',
  AUTOTASK_SECRET: 's3cret~Value',
  AUTOTASK_INTEGRATION_CODE: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ1',
}

describe('Autotask', () => {
  test('is not used unless it is configured', () => {
    expect(parseConfig(GOOD).autotask).toBeUndefined()
    expect(parseConfig({ ...GOOD, AUTOTASK_SECRET: ' ' }).autotask).toBeUndefined()
  })

  test('is used when all of it is there, beside ConnectWise, in the zone the vendor names', () => {
    const config = parseConfig({ ...GOOD, ...AUTOTASK, ...CONNECTWISE })
    expect(config.autotask).toEqual({
      zoneUrl: 'https://webservices.autotask.net/ATServicesRest',
      userName: 'billing-api@acme.example',
      secret: 's3cret~Value',
      integrationCode: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ1',
    })
    expect(config.connectwise).toBeDefined()
  })

  test('may be asked for its zone elsewhere, where keys may travel', () => {
    const at = (address: string) => ({ ...GOOD, ...AUTOTASK, AUTOTASK_ZONE_URL: address })
    const local = 'http://127.0.0.1:4000/ATServicesRest'
    expect(parseConfig(at(local)).autotask?.zoneUrl).toBe(local)
    const message = refusal(at('http://webservices.autotask.net/ATServicesRest'))
    expect(message).toContain(
      'AUTOTASK_ZONE_URL must be an https address such as https://webservices.autotask.net',
    )
  })

  test.each(Object.keys(AUTOTASK))('without %s is refused, with what to write', (name) => {
    const message = refusal({ ...GOOD, ...AUTOTASK, [name]: '' })
    expect(message).toContain(`${name} is missing (Autotask needs all of them): write the `)
    expect(message).toContain('1 mistake')
  })

  test.each([
    ['AUTOTASK_USERNAME', 'hunter2 2', 'must be a user name without spaces'],
    ['AUTOTASK_SECRET', 'hunter2 ü', 'must be a secret without spaces'],
    ['AUTOTASK_INTEGRATION_CODE', 'hunter2\t2', 'must be a code without spaces'],
    ['AUTOTASK_ZONE_URL', 'https://me:hunter2@webservices.autotask.net', 'must be an https address'],
    ['AUTOTASK_SECRT', 'hunter2', 'is not a setting'],
  ])('%s=%s is refused without being repeated', (name, value, words) => {
    const message = refusal({ ...GOOD, ...AUTOTASK, [name]: value })
    expect(message).toContain(`${name} ${words}`)
    expect(message).not.toContain('hunter2')
  })
})
