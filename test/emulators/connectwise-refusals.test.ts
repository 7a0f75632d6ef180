import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ConnectWiseEmulator, startConnectWiseEmulator } from './connectwise/server.js'
import { field } from './shared/api-client.js'
import { type ConnectWiseClient, connectWiseClient } from './shared/connectwise-client.js'
import { seedTwoCustomers, type TwoCustomers } from './shared/connectwise-world.js'

// What is wrong on purpose is not recorded: against the vendor's document it would be a fault.

let emulator: ConnectWiseEmulator
let client: ConnectWiseClient
let ids: TwoCustomers

beforeEach(async () => {
  emulator = await startConnectWiseEmulator({ now: () => new Date('2026-03-20T13:00:00Z') })
  client = connectWiseClient(emulator)
  ids = seedTwoCustomers(emulator.world)
})

afterEach(async () => await emulator.close())

const additions = (): string => `/finance/agreements/${ids.contoso}/additions`

/** Sends, expects a refusal in the vendor's shape and that nothing took effect. */
async function expectRefused(
  status: number,
  words: string,
  ...[method, path, body, headers]: Parameters<ConnectWiseClient['send']>
): Promise<void> {
  const before = emulator.ledger().length
  const answer = await client.send(method, path, body, headers)
  expect(answer.text).toContain(words)
  expect(answer.status).toBe(status)
  const { code, message, errors, ...unknown } = answer.json as Record<string, unknown>
  expect([typeof code, typeof message, Array.isArray(errors), unknown]).toEqual([
    'string',
    'string',
    true,
    {},
  ])
  expect(answer.headers.get('content-type')).toContain('application/json')
  expect(emulator.ledger()).toHaveLength(before)
}

describe('signing in', () => {
  it.each<[string, Record<string, string | undefined>]>([
    ['no Authorization', { authorization: undefined }],
    ['a wrong key', { authorization: `Basic ${Buffer.from('emulated_msp+a:b').toString('base64')}` }],
    ['another scheme', { authorization: 'Bearer x' }],
    ['no clientId', { clientid: undefined }],
    ['a wrong clientId', { clientid: 'x' }],
  ])('is refused with %s', async (_name, headers) => {
    await expectRefused(401, '', 'GET', '/system/info', undefined, headers)
    await expectRefused(401, '', 'PATCH', `${additions()}/${ids.main}`, [], headers)
  })

  it('is not needed to find the installation, whose other companies are unknown', async () => {
    expect((await fetch(`${emulator.url}/login/companyinfo/nobody`)).status).toBe(404)
    expect((await fetch(`${emulator.url}/login/companyinfo/Emulated_MSP`)).status).toBe(200)
  })
})

describe('a header', () => {
  it('that is not known is refused', async () => {
    await expectRefused(400, 'x-idempotency-key', 'GET', '/system/info', undefined, {
      'x-idempotency-key': '1',
    })
    await expectRefused(400, 'if-match', 'GET', '/system/info', undefined, { 'if-match': '1' })
  })

  it('Accept that nothing fits is refused', async () => {
    for (const accept of [
      'text/html',
      'application/vnd.connectwise.com+json; version=2031.1',
      'application/vnd.connectwise.com+json; version=newest',
    ]) {
      await expectRefused(406, '', 'GET', '/system/info', undefined, { accept })
    }
  })

  it('Content-Type must be JSON', async () => {
    await expectRefused(415, 'Content-Type', 'POST', additions(), '{}', { 'content-type': 'text/plain' })
  })

  it('pagination-type must be one that exists', async () => {
    await expectRefused(400, 'forward-only', 'GET', additions(), undefined, { 'pagination-type': 'backward' })
  })
})

describe('a place', () => {
  it('that does not exist is 404', async () => {
    await expectRefused(404, 'Addition 999 not found', 'GET', `${additions()}/999`)
    await expectRefused(404, 'Agreement 999 not found', 'GET', '/finance/agreements/999/additions')
    await expectRefused(404, 'Addition', 'GET', `/finance/agreements/${ids.fabrikam}/additions/${ids.main}`)
    await expectRefused(
      404,
      'Addition',
      'PATCH',
      `/finance/agreements/${ids.fabrikam}/additions/${ids.main}`,
      [],
    )
    await expectRefused(404, 'Resource', 'GET', '/finance/nothing')
    const outside = await fetch(`${emulator.url}/v1_0/apis/3.0/system/info`)
    expect(outside.status).toBe(404)
  })

  it('moves with a release of the cloud', async () => {
    const moved = connectWiseClient(emulator, 'v2025_1/')
    expect((await moved.get('/system/info')).status).toBe(200)
    emulator.world.moveCodebase({ codebase: 'v2025_2/' })
    expect((await moved.get('/system/info')).status).toBe(404)
    expect((await connectWiseClient(emulator, 'v2025_2/').get('/system/info')).status).toBe(200)
  })

  it('does not know every method; a record is never replaced', async () => {
    await expectRefused(405, 'replaced as a whole', 'PUT', `${additions()}/${ids.main}`, { quantity: 5 })
    await expectRefused(405, 'replaced as a whole', 'PUT', `/finance/agreements/${ids.contoso}`, {
      name: 'x',
    })
    await expectRefused(405, 'not allowed', 'DELETE', '/system/info')
    await expectRefused(405, 'not allowed', 'POST', '/company/companies', {})
  })
})

const GOOD = { product: { identifier: 'M365BP' }, billCustomer: 'Billable' }

describe('a new addition', () => {
  it.each<[string, unknown, string]>([
    ['without a product', { billCustomer: 'Billable' }, 'product is required'],
    ['with a product by name', { ...GOOD, product: 'M365BP' }, 'product is required'],
    ['with an empty product', { ...GOOD, product: {} }, 'product is required'],
    ['with a product described otherwise', { ...GOOD, product: { sku: 'x' } }, 'sku is unknown'],
    ['with a product nobody sells', { ...GOOD, product: { id: 999 } }, 'no such product'],
    ['with a bundle', { ...GOOD, product: { identifier: 'BUNDLE' } }, 'bundle cannot be'],
    ['with an inactive product', { ...GOOD, product: { identifier: 'OLD' } }, 'is inactive'],
    ['without billCustomer', { product: GOOD.product }, 'billCustomer is required'],
    ['with another billCustomer', { ...GOOD, billCustomer: 'Yes' }, 'must be Billable'],
    ['with an unknown field', { ...GOOD, qty: 5 }, 'qty is no field'],
    ['with a field of every object', { ...GOOD, toString: 'x' }, 'toString is no field'],
    ['with a computed field', { ...GOOD, extPrice: 5 }, 'extPrice is no field'],
    ['with an id', { ...GOOD, id: 5 }, 'id is no field'],
    ['with a bare date', { ...GOOD, effectiveDate: '2026-03-11' }, 'must be a date-time'],
    ['with a time of day', { ...GOOD, effectiveDate: '2026-03-11T10:00:00Z' }, 'must be a date-time'],
    [
      'with a day that does not exist',
      { ...GOOD, cancelledDate: '2026-02-30T00:00:00Z' },
      'must be a date-time',
    ],
    ['with a quantity in words', { ...GOOD, quantity: '5' }, 'quantity must be a number'],
    ['with a price of too many places', { ...GOOD, unitPrice: 1e-9 }, 'too many places'],
    ['with a flag that is a text', { ...GOOD, taxableFlag: 'true' }, 'must be true or false'],
    ['with a long marker', { ...GOOD, serialNumber: 'x'.repeat(51) }, 'longer than 50'],
    ['with a long text', { ...GOOD, invoiceDescription: 'x'.repeat(6001) }, 'longer than 6000'],
    ['with a number for a text', { ...GOOD, serialNumber: 5 }, 'must be a text'],
    [
      'that ends before it begins',
      { ...GOOD, effectiveDate: '2026-03-11T00:00:00Z', cancelledDate: '2026-03-10T00:00:00Z' },
      'before effectiveDate',
    ],
    ['as a list', [GOOD], 'must be an object'],
    ['as broken JSON', '{"product":', 'no JSON'],
  ])('is refused %s', async (_name, body, words) => {
    await expectRefused(400, words, 'POST', additions(), body)
  })

  it('of the longest texts is accepted', async () => {
    const longest = { ...GOOD, serialNumber: 'x'.repeat(50), invoiceDescription: 'x'.repeat(6000) }
    expect((await client.send('POST', additions(), longest)).status).toBe(201)
  })

  it('is refused in an agreement that bills no more', async () => {
    emulator.world.endAgreement({ agreementId: ids.contoso, endDate: '2026-03-19' })
    await expectRefused(400, 'expired', 'POST', additions(), GOOD)
    emulator.world.editAgreement({ agreementId: ids.fabrikam, cancelledFlag: true })
    await expectRefused(400, 'cancelled', 'POST', `/finance/agreements/${ids.fabrikam}/additions`, GOOD)
    await expectRefused(404, 'Agreement', 'POST', '/finance/agreements/999/additions', GOOD)
  })

  it('has no parameters', async () => {
    await expectRefused(400, 'no parameters', 'POST', `${additions()}?fields=id`, GOOD)
  })
})

describe('a patch', () => {
  const replace = { op: 'replace', path: 'quantity', value: 25 }

  it.each<[string, unknown, string]>([
    ['as a single object', replace, 'must be an array'],
    ['without operations', [], 'no operation'],
    ['with an operation that is none', ['x'], 'must be an object'],
    ['with a test', [{ ...replace, op: 'test' }], 'op must be'],
    ['with a move', [{ op: 'move', from: 'a', path: 'quantity' }], 'no field from'],
    ['without a path', [{ op: 'replace', value: 5 }], 'needs a path'],
    ['with a value that is an object', [{ ...replace, value: { amount: 25 } }], 'must be a number'],
    ['without a value', [{ op: 'replace', path: 'quantity' }], 'must be a number'],
    ['of an unknown field', [{ ...replace, path: 'qty' }], 'qty is no field'],
    ['of a computed field', [{ ...replace, path: '/billedQuantity' }], 'billedQuantity is no field'],
    ['of the product', [{ ...replace, path: 'product/id' }], 'is no field'],
    ['that removes a value', [{ op: 'remove', path: 'cancelledDate', value: 'x' }], 'has no value'],
    ['that takes the quantity away', [{ op: 'remove', path: 'quantity' }], 'cannot be removed'],
    ['with a bare date', [{ op: 'add', path: 'cancelledDate', value: '2026-03-31' }], 'must be a date-time'],
    [
      'that ends it too early',
      [{ op: 'add', path: 'cancelledDate', value: '2026-02-01T00:00:00Z' }],
      'is before',
    ],
    ['half of which is wrong', [replace, { ...replace, path: 'qty' }], 'qty is no field'],
  ])('is refused %s', async (_name, body, words) => {
    await expectRefused(400, words, 'PATCH', `${additions()}/${ids.main}`, body)
    expect(emulator.world.addition(ids.main).quantity).toBe('20')
  })

  it('of an agreement knows its own fields only', async () => {
    const agreement = `/finance/agreements/${ids.contoso}`
    await expectRefused(400, 'nextInvoiceDate is no field', 'PATCH', agreement, [
      { op: 'replace', path: 'nextInvoiceDate', value: '2026-04-01T00:00:00Z' },
    ])
  })
})

describe('a deletion', () => {
  it('of what is on an invoice is refused, also by hand', async () => {
    emulator.world.invoice(ids.contoso)
    await expectRefused(400, 'is on an invoice', 'DELETE', `${additions()}/${ids.main}`)
    expect(() => emulator.world.deleteAddition({ additionId: ids.main })).toThrow('is on an invoice')
  })
})

describe('an invoice', () => {
  it('takes no body, and is refused when nothing is left', async () => {
    await expectRefused(400, 'body where none', 'POST', `/finance/agreements/${ids.contoso}/invoice`, {})
    await expectRefused(404, 'Agreement', 'POST', '/finance/agreements/999/invoice')
    emulator.world.endAgreement({ agreementId: ids.fabrikam, endDate: '2026-02-28' })
    await expectRefused(400, 'nothing left', 'POST', `/finance/agreements/${ids.fabrikam}/invoice`)
  })
})

describe('permissions', () => {
  it('say area by area what may be read and written', async () => {
    emulator.world.setPermissions({ additions: 'read', invoices: 'none' })
    expect((await client.get(additions())).status).toBe(200)
    await expectRefused(403, 'permission', 'POST', additions(), GOOD)
    await expectRefused(403, 'permission', 'GET', '/finance/invoices')
    emulator.world.setPermissions({ additions: 'all' })
    expect(field((await client.send('POST', additions(), GOOD)).json, 'id')).toEqual(expect.any(Number))
  })
})

describe('the world', () => {
  it('refuses what a person could not do', () => {
    const { world } = emulator
    expect(() => world.createAddition({ agreementId: 999, product: 'E3', quantity: 1 })).toThrow(
      'no agreement 999',
    )
    expect(() => world.createAddition({ agreementId: ids.contoso, product: 'X', quantity: 1 })).toThrow(
      'no catalog item X',
    )
    expect(() => world.editAddition({ additionId: 999, quantity: 1 })).toThrow('no addition 999')
    const agreement = { companyId: 999, name: 'A', prorateFlag: true, nextInvoiceDate: '2026-03-01' }
    expect(() => world.createAgreement(agreement)).toThrow('no company 999')
  })
})
