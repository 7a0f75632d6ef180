import { afterEach, describe, expect, it } from 'vitest'
import { field } from './shared/api-client.js'
import { type AutotaskClient, closeAutotask, startContoso } from './shared/autotask.js'

afterEach(closeAutotask)

/** Four companies beside Contoso; the last one is inactive, and only the first has a number. */
async function startCompanies(): Promise<{
  client: AutotaskClient
  names: (...filter: unknown[]) => Promise<unknown>
}> {
  const { client, emulator } = await startContoso()
  const { world } = emulator
  world.createCompany({ name: 'Fabrikam', number: 'F-1', currencyId: 2 })
  world.createCompany({ name: 'Northwind Traders', currencyId: 3 })
  world.createCompany({ name: 'northern Lights', currencyId: 4 })
  world.deactivate({ companyId: world.createCompany({ name: 'Zava', currencyId: 5 }) })
  const names = async (...filter: unknown[]): Promise<unknown> => {
    const answer = await client.call('POST', '/Companies/query', { filter })
    const items = field(answer.json, 'items')
    return Array.isArray(items) ? items.map((row) => field(row, 'companyName')) : client.errors(answer)
  }
  return { client, names }
}

describe('the filter', () => {
  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['eq', { op: 'eq', field: 'currencyID', value: 2 }, ['Fabrikam']],
    ['eq of text, in any case', { op: 'eq', field: 'companyName', value: 'CONTOSO' }, ['Contoso']],
    ['eq of a number as text', { op: 'eq', field: 'currencyID', value: '2' }, ['Fabrikam']],
    [
      'noteq',
      { op: 'noteq', field: 'currencyID', value: 1 },
      ['Fabrikam', 'Northwind Traders', 'northern Lights', 'Zava'],
    ],
    [
      'noteq leaves out what has no value',
      { op: 'noteq', field: 'companyNumber', value: 'F-1' },
      ['Contoso'],
    ],
    ['gt', { op: 'gt', field: 'currencyID', value: 4 }, ['Zava']],
    ['gte', { op: 'gte', field: 'currencyID', value: 4 }, ['northern Lights', 'Zava']],
    ['lt', { op: 'lt', field: 'currencyID', value: 2 }, ['Contoso']],
    ['lte', { op: 'lte', field: 'currencyID', value: 2 }, ['Contoso', 'Fabrikam']],
    [
      'beginsWith',
      { op: 'beginsWith', field: 'companyName', value: 'north' },
      ['Northwind Traders', 'northern Lights'],
    ],
    ['endsWith', { op: 'endsWith', field: 'companyName', value: 'A' }, ['Zava']],
    ['contains', { op: 'contains', field: 'companyName', value: 'rik' }, ['Fabrikam']],
    ['exist', { op: 'exist', field: 'companyNumber' }, ['Contoso', 'Fabrikam']],
    [
      'notExist',
      { op: 'notExist', field: 'companyNumber' },
      ['Northwind Traders', 'northern Lights', 'Zava'],
    ],
    ['in', { op: 'in', field: 'currencyID', value: [2, 5] }, ['Fabrikam', 'Zava']],
    ['notIn', { op: 'notIn', field: 'currencyID', value: [1, 2, 3] }, ['northern Lights', 'Zava']],
    [
      'notIn leaves out what has no value',
      { op: 'notIn', field: 'companyNumber', value: ['F-1'] },
      ['Contoso'],
    ],
    ['a boolean', { op: 'eq', field: 'isActive', value: false }, ['Zava']],
    [
      'or',
      {
        op: 'or',
        items: [
          { op: 'eq', field: 'currencyID', value: 1 },
          {
            op: 'and',
            items: [
              { op: 'gt', field: 'currencyID', value: 3 },
              { op: 'eq', field: 'isActive', value: true },
            ],
          },
        ],
      },
      ['Contoso', 'northern Lights'],
    ],
  ]
  it.each(cases)('%s', async (_, filter, expected) => {
    const { names } = await startCompanies()
    expect(await names(filter)).toEqual(expected)
  })

  it('of several entries wants all of them', async () => {
    const { names } = await startCompanies()
    const active = { op: 'eq', field: 'isActive', value: true }
    expect(await names({ op: 'gt', field: 'currencyID', value: 3 }, active)).toEqual(['northern Lights'])
  })

  const refused: readonly (readonly [string, unknown])[] = [
    ['an unknown operator', { op: 'equals', field: 'id', value: 1 }],
    ['an unknown field', { op: 'eq', field: 'name', value: 'x' }],
    ['a hidden field', { op: 'eq', field: 'rate', value: 1 }],
    ['null', { op: 'eq', field: 'companyNumber', value: null }],
    ['null in a list', { op: 'in', field: 'id', value: [1, null] }],
    ['no value', { op: 'eq', field: 'id' }],
    ['a boolean as text', { op: 'eq', field: 'isActive', value: 'true' }],
    ['a boolean as a number', { op: 'eq', field: 'isActive', value: 1 }],
    ['a number that is none', { op: 'eq', field: 'id', value: 'x' }],
    ['a number as text', { op: 'eq', field: 'companyName', value: 5 }],
    ['contains on a number', { op: 'contains', field: 'id', value: '1' }],
    ['an empty list', { op: 'in', field: 'id', value: [] }],
    ['exist with a value', { op: 'exist', field: 'id', value: 1 }],
    ['an unknown key', { op: 'eq', field: 'id', value: 1, extra: 1 }],
    ['a user-defined field', { op: 'eq', field: 'id', value: 1, udf: true }],
    ['a group without items', { op: 'and', items: [] }],
    ['a group with a field', { op: 'or', field: 'id', items: [{ op: 'exist', field: 'id' }] }],
    ['no object', 'id'],
    [
      'more than 500 alternatives',
      { op: 'or', items: Array.from({ length: 501 }, (_, id) => ({ op: 'eq', field: 'id', value: id })) },
    ],
  ]
  it.each(refused)('refuses %s', async (_, filter) => {
    const { client } = await startCompanies()
    const answer = await client.call('POST', '/Companies/query', { filter: [filter] })
    expect([answer.status, client.errors(answer)]).toEqual([500, [expect.any(String)]])
  })

  it('compares dates as instants', async () => {
    const { client, contoso } = await startContoso()
    const count = async (op: string, value: string): Promise<unknown> => {
      const filter = [
        { op: 'eq', field: 'contractServiceID', value: contoso.line },
        { op, field: 'startDate', value },
      ]
      return field(
        (await client.call('POST', '/ContractServiceUnits/query/count', { filter })).json,
        'queryCount',
      )
    }
    expect(await count('gt', '2026-11-01')).toBe(1)
    expect(await count('gte', '2026-11-01T00:00:00')).toBe(2)
    expect(await count('gte', '2026-11-01T01:00:00+01:00')).toBe(2)
    expect(await count('gte', '2026-11-01T00:00:00.001Z')).toBe(1)
    expect(await count('gte', '1 November')).toBeUndefined()
  })
})

describe('pages', () => {
  /** 6 contracts of 100 months each: 600 rows of units and Contoso's 12. */
  async function startMany() {
    const started = await startContoso()
    const { world } = started.emulator
    for (let count = 0; count < 6; count += 1) {
      const contractId = world.createContract({
        companyId: started.contoso.company,
        name: `C${count}`,
        startDate: '2020-01-01',
        endDate: '2028-04-30',
      })
      world.addContractService({ contractId, serviceId: started.contoso.service, units: 1 })
    }
    return started
  }
  const ALL = [{ op: 'exist', field: 'id' }]

  it('are 500 rows, and the next is asked for with the same verb and body', async () => {
    const { client } = await startMany()
    const question = { filter: ALL }
    const first = await client.call('POST', '/ContractServiceUnits/query', question)
    expect(field(first.json, 'pageDetails')).toMatchObject({
      count: 500,
      requestCount: 500,
      prevPageUrl: null,
    })
    const next = String(field(first.json, 'pageDetails', 'nextPageUrl'))
    const second = await client.call('POST', next, question)
    expect(field(second.json, 'pageDetails')).toMatchObject({ count: 112, nextPageUrl: null })
    const back = await client.call('POST', String(field(second.json, 'pageDetails', 'prevPageUrl')), question)
    expect(back.json).toEqual(first.json)
    for (const answer of [
      await client.call('GET', next),
      await client.call('POST', next),
      await client.call('POST', next, { filter: ALL, maxRecords: 100 }),
      await client.call('POST', next.replace(/paging=.*/, 'paging=nonsense'), question),
    ]) {
      expect(answer.status).not.toBe(200)
      expect(client.errors(answer)).toEqual([expect.any(String)])
    }
  })

  it('of any size hold every row once, in order of id', async () => {
    const { client } = await startMany()
    const rows = await client.rows('ContractServiceUnits', ALL, 97)
    const ids = rows.map(({ id }) => Number(id))
    expect(ids).toHaveLength(612)
    expect(ids).toEqual([...new Set(ids)].sort((one, two) => one - two))
  })

  it('bounds and fields are checked; id is needed among the fields for more than 500 rows', async () => {
    const { client } = await startMany()
    const ask = async (more: object): Promise<unknown> => {
      const answer = await client.call('POST', '/ContractServiceUnits/query', { filter: ALL, ...more })
      return client.errors(answer) ?? field(answer.json, 'items', 0)
    }
    for (const wrong of [
      { maxRecords: 501 },
      { maxRecords: 0 },
      { maxRecords: '5' },
      { includeFields: [] },
      { includeFields: ['id', 'quantity'] },
      { filter: [] },
      { filter: undefined },
      { Filter: ALL },
      { includeFields: ['units'] },
    ]) {
      expect(await ask(wrong), JSON.stringify(wrong)).toEqual([expect.any(String)])
    }
    const row = await ask({ includeFields: ['id', 'units'] })
    expect(row).toEqual({ id: field(row, 'id'), units: 20 })
    expect(field(row, 'id')).toBeGreaterThan(0)
    const few = [{ op: 'eq', field: 'units', value: 20 }]
    expect(await ask({ includeFields: ['units'], filter: few })).toEqual({ units: 20 })
  })
})

describe('one row', () => {
  it('is an item; a missing one is null or 404, as the tenant has it', async () => {
    for (const missingItem of ['null', '404'] as const) {
      const { client, contoso } = await startContoso({ quirks: { missingItem } })
      const found = await client.call('GET', `/Services/${contoso.service}`)
      expect(field(found.json, 'item')).toMatchObject({ sku: 'M365BP', unitPrice: 22, unitCost: 18 })
      const missing = await client.call('GET', '/Services/5')
      expect([missing.status, field(missing.json, 'item')]).toEqual(
        missingItem === 'null' ? [200, null] : [404, undefined],
      )
    }
  })

  it('of a contract’s children is among them only', async () => {
    const { client, contoso, emulator } = await startContoso()
    const path = `/Contracts/${contoso.contract}`
    emulator.world.addContractServiceBundle({
      contractId: contoso.contract,
      serviceBundleId: 9,
      unitPrice: '5.00',
    })
    expect((await client.call('GET', `${path}/Services`)).json).toMatchObject({
      items: [{ id: contoso.line }],
    })
    expect((await client.call('GET', `${path}/Services/${contoso.line}`)).json).toMatchObject({
      item: { id: contoso.line },
    })
    expect((await client.call('GET', `${path}/Services/${contoso.contract}`)).json).toEqual({ item: null })
    expect(field((await client.call('GET', `${path}/ServiceUnits`)).json, 'items')).toHaveLength(12)
    expect((await client.call('GET', `${path}/ServiceUnits?search=x`)).status).toBe(500)
    expect((await client.call('GET', '/Contracts/5/Services')).status).toBe(404)
    const bundles = await client.rows('ContractServiceBundles', {
      op: 'eq',
      field: 'contractID',
      value: contoso.contract,
    })
    expect(bundles).toMatchObject([{ serviceBundleID: 9, unitPrice: 5 }])
  })
})
