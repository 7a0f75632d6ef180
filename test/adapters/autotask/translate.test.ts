import { describe, expect, it } from 'vitest'
import { unitPriceOf } from '../../../adapters/autotask/translate.js'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import { adjustment, countsOf, decimal, MARKER, oneTime, problemOf } from './recorded-desk.js'
import { charge, scripted, tenant, tenantRows } from './scripted-desk.js'

const PLACE = { contractId: 29, serviceId: 5 }

describe('a price that is shown in the tenant’s currency', () => {
  /** Own price, own price converted, contract's price converted; what the contract's price is. */
  const cases: [own: string, ownShown: string, shown: string, price: string | undefined][] = [
    ['22', '22', '20.5', '20.5'],
    // At 1.0837: 34.55 is 37.441835, shown as 37.4418; 37.4418 × 22 / 23.8414 is 34.54997.
    ['22', '23.8414', '37.4418', '34.55'],
    // 0.125 at 1.0837 is 0.1354625, shown as 0.1355: no price of two places is shown so.
    ['22', '23.8414', '0.1355', '0.125'],
    ['22', '23.8414', '-37.4418', '-34.55'],
    ['22', '23.8414', '0', '0'],
    // At a rate of 0.0067 (yen) 22 is 0.1474: so few digits of a rate leave a price open by two hundredths.
    ['22', '0.1474', '0.2345', undefined],
    // A service that is given away says nothing of the rate.
    ['0', '0', '10', undefined],
  ]
  it.each(cases)('%s shown as %s, and %s: %s', (own, ownShown, shown, price) => {
    const found = unitPriceOf({
      id: '1',
      serviceID: '5',
      adjustedPrice: undefined,
      unitPrice: decimal(own),
      internalCurrencyUnitPrice: decimal(ownShown),
      internalCurrencyAdjustedPrice: decimal(shown),
    })
    expect(found === undefined ? undefined : formatDecimal(found)).toBe(price)
  })
})

describe('a converted price with more digits than are kept', () => {
  it('is read to eight places', async () => {
    const row = { id: 8, serviceID: 5, unitPrice: 22, internalCurrencyUnitPrice: 23.841400000000004 }
    const shown = { ...row, internalCurrencyAdjustedPrice: 37.44183512345678 }
    const { psa } = await scripted(tenant({ ContractServices: [shown] }))
    expect((await psa.read('29')).units[0]?.unitPrice).toBe(decimal('34.55'))
  })
})

describe('the day months begin on', () => {
  const row = (id: number, startDate: string, endDate: string) => ({
    id,
    contractServiceID: 8,
    serviceID: 5,
    units: 4,
    approveAndPostDate: null,
    startDate: `${startDate}T00:00:00Z`,
    endDate: `${endDate}T00:00:00Z`,
  })

  it.each([
    ['are cut there', [row(1, '2026-01-15', '2026-02-14'), row(2, '2026-02-15', '2026-03-14')], 15],
    ['are cut within', [row(1, '2026-01-15', '2026-02-03'), row(2, '2026-02-04', '2026-02-14')], 15],
    ['go on over it', [row(1, '2026-01-15', '2026-01-31'), row(2, '2026-02-01', '2026-02-28')], undefined],
  ])('is the contract’s own where its rows %s', async (_, rows, anchorDay) => {
    const { psa } = await scripted(tenant({ ContractServiceUnits: rows }))
    expect((await psa.read('29')).anchorDay).toBe(anchorDay)
  })
})

describe('a contract without an end', () => {
  it('goes on with the last counts anything is said about', async () => {
    const [contract] = tenantRows('Contracts')
    const row = (id: number, startDate: string, endDate: string, units: number) => ({
      id,
      contractServiceID: 8,
      serviceID: 5,
      units,
      approveAndPostDate: null,
      startDate: `${startDate}T00:00:00Z`,
      endDate: `${endDate}T00:00:00Z`,
    })
    const rows = [row(1, '2026-01-15', '2026-02-14', 4), row(2, '2026-02-15', '2026-03-14', 6)]
    const { psa } = await scripted(
      tenant({ Contracts: [{ ...contract, endDate: null }], ContractServiceUnits: rows }),
    )
    const read = await psa.read('29')
    expect([read.to, countsOf(read, 5)]).toEqual([null, '2026-01-15 4, 2026-02-15 6'])
  })
})

describe('the currency of a contract', () => {
  it('is its company’s, by its code', async () => {
    const { server, psa } = await scripted(tenant())
    const read = await psa.read('29')
    expect([read.currency, read.companyId]).toEqual(['EUR', '12'])
    await psa.read('29')
    const asked = server.received.filter(({ url }) => url.pathname.endsWith('/Currencies/query'))
    expect(asked).toHaveLength(1)
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
      maxRecords: 500,
      filter: [{ op: 'eq', field: 'id', value: 3 }],
    })
  })

  it('is not known when the tenant does not say it, or says none', async () => {
    for (const rows of [
      { Companies: [] },
      { Companies: [{ id: 12, companyName: 'Contoso', currencyID: null }] },
      { Currencies: [] },
      { Currencies: [{ id: 3, name: 'Zorkmid' }] },
    ]) {
      const { psa } = await scripted(tenant(rows))
      expect((await psa.read('29')).currency).toBeUndefined()
    }
  })
})

describe('a charge', () => {
  const lineOf = async (fields: Readonly<Record<string, unknown>>, rows = {}) => {
    const { psa } = await scripted(tenant({ ContractCharges: [charge(fields)], ...rows }))
    const [line] = (await psa.read('29')).lines
    if (line === undefined) throw new Error('there is no line')
    return { ...line, from: formatLocalDate(line.from), to: formatLocalDate(line.to ?? line.from) }
  }

  it('has Autotask’s own figure where the currency is known and has coins so small', async () => {
    expect(await lineOf({})).toMatchObject({
      itemId: '5',
      ownAmount: 1350n,
      from: '2026-03-11',
      to: '2026-03-12',
    })
    expect((await lineOf({ billableAmount: 13.505 })).ownAmount).toBeUndefined()
    expect((await lineOf({ billableAmount: null })).ownAmount).toBeUndefined()
    const yen = { Currencies: [{ id: 3, name: 'JPY' }] }
    expect((await lineOf({ billableAmount: 1350 }, yen)).ownAmount).toBe(1350n)
    expect((await lineOf({}, { Currencies: [] })).ownAmount).toBeUndefined()
  })

  it('is found by our note, also when a person wrote behind it; other notes are nobody’s', async () => {
    const own = { marker: MARKER, from: '2026-03-11', to: '2026-04-01' }
    const foreign = { marker: undefined, from: '2026-03-11', to: '2026-03-12' }
    const cases = [
      [`${MARKER} 2026-03-11/2026-04-01`, own],
      [`${MARKER} 2026-03-11/2026-04-01\nchecked, Lee`, own],
      [`${MARKER} 2026-03-11/2026-02-30`, { ...foreign, marker: MARKER }],
      [MARKER, { ...foreign, marker: MARKER }],
      [`see ${MARKER} 2026-03-11/2026-04-01`, foreign],
      ['', foreign],
      [null, foreign],
    ] as const
    for (const [notes, expected] of cases) expect(await lineOf({ notes })).toMatchObject(expected)
  })

  it('with a number that lost digits, or a day that does not exist, is refused by name', async () => {
    const wrong = [
      [{ unitPrice: 0.1 + 0.2 }, 'ContractCharges 77 has unitPrice = 0.30000000000000004 instead of'],
      [{ unitQuantity: '3' }, 'ContractCharges 77 has unitQuantity = "3" instead of'],
      [
        { datePurchased: '2026-02-30T00:00:00Z' },
        'ContractCharges 77 has datePurchased = "2026-02-30T00:00:00Z"',
      ],
    ] as const
    for (const [fields, words] of wrong) {
      expect((await problemOf(lineOf(fields))).what).toContain(words)
    }
  })
})

describe('the values of a tenant', () => {
  it('decide what a contract is: unknown words close it, other periods are no months', async () => {
    const statusOf = (label: string) => ({
      'Contracts fields': [{ name: 'status', picklistValues: [{ value: '41', label }] }],
    })
    const closed = async (rows: Readonly<Record<string, readonly unknown[]>>) =>
      (await (await scripted(tenant(rows))).psa.read('29')).closed
    expect(await closed(statusOf('In Review'))).toBe('its status is "In Review", not "Active"')
    expect(await closed({ 'Contracts fields': [] })).toBe('it has no status that is known')
    const { psa } = await scripted(tenant(statusOf('Active')))
    expect(await psa.read('29')).toMatchObject({ closed: undefined, anchorDay: undefined })
    expect((await (await scripted(tenant())).psa.read('29')).anchorDay).toBe(15)
  })

  it('are asked for again after an hour', async () => {
    let now = Date.parse('2026-03-20T13:00:00Z')
    const { server, psa } = await scripted(tenant(), { now: () => now })
    const asked = () =>
      server.received.filter(({ url }) => url.pathname.includes('/Contracts/entityInf')).length
    await psa.containers('12')
    now += 3_599_999
    await psa.containers('12')
    expect(asked()).toBe(1)
    now += 1
    await psa.containers('12')
    expect(asked()).toBe(2)
  })

  it('give a charge its type: the operational one, else the tenant’s default, else none is made', async () => {
    const bodyOf = async (picklistValues: readonly unknown[]) => {
      const fields = [{ name: 'chargeType', picklistValues }]
      const { server, psa } = await scripted(tenant({ 'ContractCharges fields': fields }))
      const outcome = await psa.write(oneTime(PLACE, { unitPrice: '74.52' }))
      const sent = server.received.find(({ url }) => url.pathname.endsWith('/Contracts/29/Charges'))
      const body: unknown = sent === undefined ? outcome : JSON.parse(sent.body)
      return body
    }
    const operational = { value: '9', label: 'Operational', isActive: true }
    const standard = { value: '10', label: 'Betrieb', isActive: true, isDefaultValue: true }
    expect(await bodyOf([standard, operational])).toEqual({
      contractID: 29,
      name: 'Business Premium',
      description: 'Business Premium, correction (11–31 Mar 2026)',
      notes: `${MARKER} 2026-03-11/2026-04-01`,
      chargeType: 9,
      datePurchased: '2026-03-11T00:00:00.000Z',
      unitQuantity: 1,
      unitPrice: 74.52,
      isBillableToCompany: true,
    })
    expect(await bodyOf([standard, { ...operational, isActive: false }])).toMatchObject({ chargeType: 10 })
    expect(await bodyOf([{ ...standard, isDefaultValue: false }])).toEqual({
      type: 'refused',
      why: 'Nothing was sent to Autotask: it offers no type of charge that could be used',
    })
  })
})

describe('an answer to a write that says something else', () => {
  it('is believed to be neither done nor undone', async () => {
    for (const answer of [{ itemId: null, errors: ['It failed.'] }, {}, [], { ok: true }, { itemId: 'x' }]) {
      const { psa } = await scripted(() => answer)
      const outcome = await psa.write(adjustment(PLACE, { on: '2026-03-11', delta: '5' }))
      expect(outcome.type).toBe('unknown')
    }
    const { server, psa } = await scripted(() => ({ itemId: null }))
    expect(await psa.write(adjustment(PLACE, { on: '2026-03-11', delta: '-5', unitPrice: '22' }))).toEqual({
      type: 'accepted',
    })
    expect(JSON.parse(server.received.at(-1)?.body ?? '')).toEqual({
      contractID: 29,
      serviceID: 5,
      unitChange: -5,
      effectiveDate: '2026-03-11T00:00:00.000Z',
      adjustedUnitPrice: 22,
    })
  })
})
