import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startRecordedConnectWise } from '../contract/recorded-connectwise.js'
import type { ConnectWiseEmulator } from './connectwise/server.js'
import { type ConnectWiseClient, connectWiseClient } from './shared/connectwise-client.js'
import { field } from './shared/api-client.js'
import { seedTwoCustomers, type TwoCustomers } from './shared/connectwise-world.js'

// Everything said here is what a good client says: it is recorded and held against the vendor's document.

const CLOCK = '2026-03-20T13:00:00Z'

let directory: string
let emulator: ConnectWiseEmulator
let client: ConnectWiseClient
let ids: TwoCustomers
let now: string

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'connectwise-'))
  now = CLOCK
  emulator = await startRecordedConnectWise({
    now: () => new Date(now),
    ledgerPath: path.join(directory, 'ledger.jsonl'),
  })
  client = connectWiseClient(emulator)
  ids = seedTwoCustomers(emulator.world)
})

afterEach(async () => {
  await emulator.close()
  rmSync(directory, { recursive: true })
})

const additions = (): string => `/finance/agreements/${ids.contoso}/additions`

const FIVE_MORE = {
  quantity: 5,
  lessIncluded: 0,
  unitPrice: 22,
  unitCost: 17.6,
  billCustomer: 'Billable',
  taxableFlag: true,
  effectiveDate: '2026-03-11T00:00:00Z',
  serialNumber: 'CBS:L1:c1',
  invoiceDescription: 'Business Premium, +5 from 11 Mar 2026',
} as const

describe('finding the installation', () => {
  it('tells where the API is without a sign-in, and serves it there and at the stable place', async () => {
    const found = await fetch(`${emulator.url}/login/companyinfo/${emulator.credentials.companyId}`)
    const { Codebase: codebase } = (await found.json()) as { Codebase: string }
    expect(codebase).toBe('v2025_1/')
    for (const place of [codebase, 'v4_6_release/']) {
      const { status, json, headers } = await connectWiseClient(emulator, place).get('/system/info')
      expect(status).toBe(200)
      expect(json).toMatchObject({ isCloud: true, serverTimeZone: 'Eastern Standard Time' })
      expect(headers.get('content-type')).toBe('application/vnd.connectwise.com+json; version=2025.8')
      expect(headers.get('api-current-version')).toBe('2025.8')
    }
  })

  it('answers in the version that Accept asks for', async () => {
    const asked = await client.get('/system/info', {
      accept: 'application/vnd.connectwise.com+json; version=2022.1',
    })
    expect(asked.headers.get('content-type')).toBe('application/vnd.connectwise.com+json; version=2022.1')
    const anything = await client.get('/system/info', { accept: '*/*' })
    expect(anything.headers.get('content-type')).toBe('application/vnd.connectwise.com+json; version=2025.8')
  })
})

describe('reading', () => {
  it('shows companies, agreements, types, cycles, products and their counts', async () => {
    const names = await client.get('/company/companies?fields=identifier,name')
    expect(names.json).toEqual([
      { identifier: 'CONTOSO', name: 'Contoso' },
      { identifier: 'FABRIKAM', name: "Fabrikam's" },
    ])
    const companies = await client.get('/company/companies')
    expect((await client.get('/company/companies/count')).json).toEqual({ count: 2 })
    const company = field(companies.json, 0, 'id')
    expect((await client.get(`/company/companies/${String(company)}`)).json).toMatchObject({
      deletedFlag: false,
    })
    expect((await client.get('/finance/agreements/types')).json).toHaveLength(2)
    expect((await client.get('/finance/billingCycles')).json).toContainEqual(
      expect.objectContaining({ name: 'Quarterly', billingOptions: 'Quarterly' }),
    )
    expect((await client.get('/procurement/catalog')).json).toHaveLength(4)
    expect((await client.get(`/procurement/catalog/${ids.seatProduct}`)).json).toMatchObject({
      identifier: 'M365BP',
      price: 22,
      cost: 17.6,
      vendorSku: 'BP',
    })
    const agreement = await client.get(`/finance/agreements/${ids.contoso}`)
    expect(agreement.json).toMatchObject({
      company: { identifier: 'CONTOSO' },
      prorateFlag: true,
      billingCycle: { name: 'Monthly' },
      nextInvoiceDate: '2026-03-01T00:00:00Z',
      agreementStatus: 'Active',
      noEndingDateFlag: true,
    })
    const listed = await client.get('/finance/agreements?conditions=company/identifier="CONTOSO"')
    expect(listed.json).toEqual([agreement.json])
  })

  it('leads from page to page where the client already is, by number and by id', async () => {
    const next = ({ headers }: { headers: Headers }): string =>
      /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? ''
    for (const headers of [{}, { 'pagination-type': 'forward-only' }] as Record<string, string>[]) {
      const first = await client.get('/procurement/catalog?pageSize=3', headers)
      expect(first.json).toHaveLength(3)
      const root = `${emulator.url}/v4_6_release/apis/3.0`
      expect(next(first).startsWith(root)).toBe(true)
      const second = await client.get(next(first).slice(root.length), headers)
      expect(second.json).toMatchObject([{ identifier: 'OLD' }])
      expect(second.headers.has('link')).toBe(false)
    }
  })

  it('cuts a record to the fields asked for, nested ones too', async () => {
    const cut = await client.get(`${additions()}?fields=id,quantity,product/identifier`)
    expect(cut.json).toEqual([{ id: ids.main, quantity: 20, product: { identifier: 'M365BP' } }])
    expect((await client.get(`${additions()}/${ids.main}?fields=cancelledDate,id`)).json).toEqual({
      id: ids.main,
    })
  })
})

describe('writing', () => {
  it('creates a line, and shows what the PSA computes of it', async () => {
    const made = await client.send('POST', additions(), { product: { id: ids.seatProduct }, ...FIVE_MORE })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({
      ...FIVE_MORE,
      product: { id: ids.seatProduct, identifier: 'M365BP' },
      agreementId: ids.contoso,
      billedQuantity: 5,
      extPrice: 110,
      extCost: 88,
      // 22 × 21/31 = 14.903…, 110 × 21/31 = 74.516…
      proratePrice: 14.9,
      extendedProratePrice: 74.52,
      prorateCurrentPeriodFlag: true,
      agreementStatus: 'Active',
    })
    const id = Number(field(made.json, 'id'))
    expect((await client.get(`${additions()}/${id}`)).json).toEqual(made.json)
    const marked = await client.get(
      `${additions()}?conditions=${encodeURIComponent('serialNumber = "CBS:L1:c1"')}`,
    )
    expect(marked.json).toEqual([made.json])
    expect(await count('serialNumber contains "CBS:L1"')).toBe(2)
    expect(emulator.world.invoice(ids.contoso).total).toBe('514.52')
  })

  async function count(conditions: string): Promise<unknown> {
    const { json } = await client.get(`${additions()}/count?conditions=${encodeURIComponent(conditions)}`)
    return field(json, 'count')
  }

  it("takes the catalog's price and today's date when nothing is said", async () => {
    const { json } = await client.send('POST', additions(), {
      product: { identifier: 'E3' },
      billCustomer: 'Billable',
    })
    expect(json).toMatchObject({
      quantity: 1,
      unitPrice: 36,
      unitCost: 28.8,
      effectiveDate: '2026-03-20T00:00:00Z',
      prorateCurrentPeriodFlag: true,
    })
    expect(json).not.toHaveProperty('cancelledDate')
  })

  it('shows no proration without a prorateFlag, or for a whole period', async () => {
    const { json } = await client.send('POST', `/finance/agreements/${ids.fabrikam}/additions`, {
      product: { id: ids.seatProduct },
      ...FIVE_MORE,
      quantity: 5,
      lessIncluded: 2,
    })
    expect(json).toMatchObject({ billedQuantity: 3, extPrice: 66, prorateCurrentPeriodFlag: false })
    expect((await client.get(`${additions()}/${ids.main}`)).json).toMatchObject({
      prorateCurrentPeriodFlag: false,
      extPrice: 440,
    })
  })

  it('patches by a list of operations, with or without a slash, and takes an end away', async () => {
    const main = `${additions()}/${ids.main}`
    const patched = await client.send('PATCH', main, [
      { op: 'replace', path: 'quantity', value: 25 },
      { op: 'replace', path: '/invoiceDescription', value: 'Business Premium' },
      { op: 'add', path: 'cancelledDate', value: '2026-04-30T00:00:00Z' },
    ])
    expect(patched.status).toBe(200)
    expect(patched.json).toMatchObject({
      quantity: 25,
      invoiceDescription: 'Business Premium',
      cancelledDate: '2026-04-30T00:00:00Z',
      _info: { lastUpdated: CLOCK, updatedBy: 'api' },
    })
    const open = await client.send('PATCH', main, [{ op: 'remove', path: 'cancelledDate' }])
    expect(open.json).not.toHaveProperty('cancelledDate')
    const agreement = await client.send('PATCH', `/finance/agreements/${ids.contoso}`, [
      { op: 'replace', path: 'customerPO', value: 'PO-7' },
      { op: 'replace', path: 'endDate', value: '2026-12-31T00:00:00Z' },
    ])
    expect(agreement.json).toMatchObject({
      customerPO: 'PO-7',
      endDate: '2026-12-31T00:00:00Z',
      noEndingDateFlag: false,
    })
  })

  it('deletes a line that is on no invoice', async () => {
    expect((await client.send('DELETE', `${additions()}/${ids.main}`)).status).toBe(204)
    expect((await client.get(`${additions()}/${ids.main}`)).status).toBe(404)
  })

  it('invoices an agreement, after which the invoice can be read and the next date has moved', async () => {
    const made = await client.send('POST', `/finance/agreements/${ids.contoso}/invoice`)
    expect(made.status).toBe(201)
    emulator.world.invoice(ids.contoso)
    const query = encodeURIComponent(`agreement/id = ${ids.contoso}`)
    const read = await client.get(`/finance/invoices?conditions=${query}&orderBy=id desc`)
    expect(read.json).toMatchObject([
      { total: 440, date: '2026-04-01T00:00:00Z' },
      { id: made.json, type: 'Agreement', total: 440, date: '2026-03-01T00:00:00Z' },
    ])
    expect((await client.get(`/finance/invoices/${String(made.json)}`)).json).toMatchObject({
      invoiceNumber: String(10_000 + Number(made.json)),
    })
    expect((await client.get(`/finance/agreements/${ids.contoso}`)).json).toMatchObject({
      nextInvoiceDate: '2026-05-01T00:00:00Z',
    })
  })
})

describe('the ledger', () => {
  it('holds every write that took effect, by whom, with before and after, in memory and in its file', async () => {
    const before = emulator.ledger().length
    const main = `${additions()}/${ids.main}`
    await client.send('PATCH', main, [{ op: 'replace', path: 'quantity', value: 25 }])
    now = '2026-03-21T09:00:00Z'
    emulator.world.editAddition({ additionId: ids.main, quantity: 22 })
    const made = await client.send('POST', additions(), { product: { id: ids.seatProduct }, ...FIVE_MORE })
    await client.send('DELETE', `${additions()}/${String(field(made.json, 'id'))}`)
    emulator.world.invoice(ids.contoso)
    const agreement = ids.contoso
    const ours = emulator.ledger().slice(before)
    expect(ours).toMatchObject([
      {
        at: '2026-03-20T13:00:00.000Z',
        by: 'api',
        method: 'PATCH',
        agreement,
        addition: ids.main,
        before: { quantity: 20 },
        after: { quantity: 25 },
      },
      {
        at: '2026-03-21T09:00:00.000Z',
        by: 'hand',
        method: 'PATCH',
        before: { quantity: 25 },
        after: { quantity: 22 },
      },
      { by: 'api', method: 'POST', addition: field(made.json, 'id'), before: null, after: { quantity: 5 } },
      { by: 'api', method: 'DELETE', before: { quantity: 5 }, after: null },
      { by: 'hand', method: 'INVOICE', agreement, addition: null, after: { total: 484 } },
    ])
    const whole = emulator.ledger()
    expect(whole.map(({ sequence }) => sequence)).toEqual(whole.map((_entry, index) => index + 1))
    const file = readFileSync(path.join(directory, 'ledger.jsonl'), 'utf8')
    expect(
      file
        .trimEnd()
        .split('\n')
        .map((text): unknown => JSON.parse(text)),
    ).toEqual(whole)
  })

  it('holds nothing of reads', async () => {
    const before = emulator.ledger().length
    await client.get(additions())
    expect(emulator.ledger()).toHaveLength(before)
  })
})

describe('the count of requests', () => {
  it('counts each, with its time and target', async () => {
    await client.get('/system/info')
    await client.get(`${additions()}/${ids.main}`)
    expect(emulator.requestCount()).toBe(2)
    expect(emulator.requests()[1]).toEqual({
      at: '2026-03-20T13:00:00.000Z',
      method: 'GET',
      target: `${additions()}/${ids.main}`,
    })
  })
})
