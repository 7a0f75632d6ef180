import { afterEach, describe, expect, it } from 'vitest'
import {
  adjustment,
  type AutotaskClient,
  closeAutotask,
  type Contoso,
  startContoso,
} from './shared/autotask.js'

afterEach(closeAutotask)

/** "2026-03-01 2026-03-10 20 141.94" per row, in order of their days, of rows that touch the months. */
async function shownRows(
  client: AutotaskClient,
  { line }: Contoso,
  from: string,
  to: string,
): Promise<string[]> {
  const rows = await client.rows('ContractServiceUnits', [
    { op: 'eq', field: 'contractServiceID', value: line },
    { op: 'gte', field: 'endDate', value: from },
    { op: 'lte', field: 'startDate', value: to },
  ])
  return rows
    .map(({ startDate, endDate, units, price, approveAndPostDate }) => {
      const day = (text: unknown): string => String(text).slice(0, 10)
      const posted = approveAndPostDate === null ? '' : ' posted'
      return `${day(startDate)} ${day(endDate)} ${String(units)} ${Number(price).toFixed(2)}${posted}`
    })
    .sort()
}

async function adjust(
  client: AutotaskClient,
  contoso: Contoso,
  unitChange: number,
  day: string,
): Promise<void> {
  const answer = await client.call(
    'POST',
    '/ContractServiceAdjustments',
    adjustment(contoso, unitChange, day),
  )
  expect(answer.json, answer.text).toEqual({ itemId: null })
}

describe('rows of units', () => {
  it('are one a month from the start of the contract to its end', async () => {
    const { client, contoso } = await startContoso()
    const rows = await shownRows(client, contoso, '2026-01-01', '2026-12-31')
    expect(rows).toHaveLength(12)
    expect(rows.slice(0, 3)).toEqual([
      '2026-01-01 2026-01-31 20 440.00',
      '2026-02-01 2026-02-28 20 440.00',
      '2026-03-01 2026-03-31 20 440.00',
    ])
  })

  it('are split by an increase; the month bills 440.00 and 74.52', async () => {
    const { client, contoso } = await startContoso()
    await adjust(client, contoso, 5, '2026-03-11')
    // 20 × 22 × 10/31 = 141.935…; 25 × 22 × 21/31 = 372.580…; together 440.00 + 5 × 22 × 21/31 = 514.52.
    expect(await shownRows(client, contoso, '2026-02-01', '2026-04-30')).toEqual([
      '2026-02-01 2026-02-28 20 440.00',
      '2026-03-01 2026-03-10 20 141.94',
      '2026-03-11 2026-03-31 25 372.58',
      '2026-04-01 2026-04-30 25 550.00',
    ])
  })

  it('are split by a decrease', async () => {
    const { client, contoso } = await startContoso()
    await adjust(client, contoso, 5, '2026-03-11')
    await adjust(client, contoso, -3, '2026-04-16')
    // 25 × 22 × 15/30 = 275.00; 22 × 22 × 15/30 = 242.00; together 550.00 − 3 × 22 × 15/30 = 517.00.
    expect(await shownRows(client, contoso, '2026-04-01', '2026-05-31')).toEqual([
      '2026-04-01 2026-04-15 25 275.00',
      '2026-04-16 2026-04-30 22 242.00',
      '2026-05-01 2026-05-31 22 484.00',
    ])
  })

  it('add up to the lines though each is rounded: the last one with units takes the cent', async () => {
    const { client, contoso, emulator } = await startContoso()
    const service = emulator.world.createService({ name: 'Backup', unitPrice: '1.00' })
    const line = emulator.world.addContractService({
      contractId: contoso.contract,
      serviceId: service,
      units: 1,
    })
    const backup = { ...contoso, service, line }
    await adjust(client, backup, 1, '2026-03-02')
    await adjust(client, backup, 1, '2026-03-03')
    // Lines: 1.00, 30/31 = 0.97, 29/31 = 0.94: 2.91. Rows: 1/31 = 0.03, 2/31 = 0.06, 3 × 29/31 = 2.81, which takes
    // 0.01 more.
    expect(await shownRows(client, backup, '2026-03-01', '2026-03-31')).toEqual([
      '2026-03-01 2026-03-01 1 0.03',
      '2026-03-02 2026-03-02 2 0.06',
      '2026-03-03 2026-03-31 3 2.82',
    ])
  })

  it('are not split by an adjustment on the first day of a period', async () => {
    const { client, contoso } = await startContoso()
    await adjust(client, contoso, 5, '2026-04-01')
    expect(await shownRows(client, contoso, '2026-03-01', '2026-04-30')).toEqual([
      '2026-03-01 2026-03-31 20 440.00',
      '2026-04-01 2026-04-30 25 550.00',
    ])
  })

  it('of a contract begun on the 31st come back to it after a short month, and its end cuts the last', async () => {
    const { client, contoso } = await startContoso({}, { startDate: '2026-01-31', endDate: '2026-04-14' })
    // Last period: 31 March to 29 April, 30 days, of which 15 are in the contract: 440.00 × 15/30.
    expect(await shownRows(client, contoso, '2026-01-01', '2026-12-31')).toEqual([
      '2026-01-31 2026-02-27 20 440.00',
      '2026-02-28 2026-03-30 20 440.00',
      '2026-03-31 2026-04-14 20 220.00',
    ])
  })

  it('of a quarterly service are quarters', async () => {
    const { client, contoso, emulator } = await startContoso()
    const service = emulator.world.createService({
      name: 'Care',
      unitPrice: '90.00',
      periodType: 'Quarterly',
    })
    const line = emulator.world.addContractService({
      contractId: contoso.contract,
      serviceId: service,
      units: 2,
    })
    const care = { ...contoso, service, line }
    await adjust(client, care, 1, '2026-03-01')
    // 1 × 90 × 31/90 (January to March has 90 days) = 31.00 beside 180.00.
    expect(await shownRows(client, care, '2026-01-01', '2026-06-30')).toEqual([
      '2026-01-01 2026-02-28 2 118.00',
      '2026-03-01 2026-03-31 3 93.00',
      '2026-04-01 2026-06-30 3 270.00',
    ])
  })

  it('show 0 units after the last is gone, or nothing, as the tenant has it', async () => {
    for (const emptyRows of [true, false]) {
      const { client, contoso } = await startContoso({ quirks: { emptyRows } })
      await adjust(client, contoso, -20, '2026-03-11')
      // 440.00 − 20 × 22 × 21/31 (298.06) = 141.94.
      expect(await shownRows(client, contoso, '2026-03-01', '2026-04-30')).toEqual([
        '2026-03-01 2026-03-10 20 141.94',
        ...(emptyRows ? ['2026-03-11 2026-03-31 0 0.00', '2026-04-01 2026-04-30 0 0.00'] : []),
      ])
    }
  })

  it('keep their ids when later days change', async () => {
    const { client, contoso } = await startContoso()
    const ids = async (): Promise<unknown[]> => {
      const rows = await client.rows('ContractServiceUnits', {
        op: 'eq',
        field: 'contractServiceID',
        value: contoso.line,
      })
      return rows
        .toSorted((one, two) => (String(one['startDate']) < String(two['startDate']) ? -1 : 1))
        .map(({ id }) => id)
    }
    const before = await ids()
    await adjust(client, contoso, 5, '2026-03-11')
    const after = await ids()
    expect(after).toHaveLength(13)
    expect(after.filter((id) => before.includes(id))).toEqual(before)
  })
})

describe('prices', () => {
  it('change with an adjustment from its date, with or without units', async () => {
    const { client, contoso } = await startContoso()
    const repriced = adjustment(contoso, 0, '2026-03-11', { adjustedUnitPrice: 33 })
    expect((await client.call('POST', '/ContractServiceAdjustments', repriced)).json).toEqual({
      itemId: null,
    })
    // 440.00 + 20 × 11 × 21/31 = 149.03.
    expect(await shownRows(client, contoso, '2026-03-01', '2026-04-30')).toEqual([
      '2026-03-01 2026-03-10 20 141.94',
      '2026-03-11 2026-03-31 20 447.09',
      '2026-04-01 2026-04-30 20 660.00',
    ])
  })

  it('of the line change from the first period that is not posted', async () => {
    const { client, contoso, emulator } = await startContoso()
    emulator.world.approveAndPost({ contractId: contoso.contract, through: '2026-01-31' })
    const dearer = adjustment(contoso, 1, '2026-03-01', { adjustedUnitPrice: 30 })
    expect((await client.call('POST', '/ContractServiceAdjustments', dearer)).status).toBe(200)
    const answer = await client.call('PATCH', `/Contracts/${contoso.contract}/Services`, {
      id: contoso.line,
      adjustedPrice: 25.5,
    })
    expect(answer.json).toEqual({ itemId: contoso.line })
    expect(await shownRows(client, contoso, '2026-01-01', '2026-03-31')).toEqual([
      '2026-01-01 2026-01-31 20 440.00 posted',
      '2026-02-01 2026-02-28 20 510.00',
      '2026-03-01 2026-03-31 21 535.50',
    ])
  })

  it('are told in the tenant’s own currency, from which the customer’s is had back', async () => {
    const { client, contoso, emulator } = await startContoso()
    const { world } = emulator
    const companyId = world.createCompany({ name: 'Fabrikam', rate: '0.80' })
    const contractId = world.createContract({
      companyId,
      name: 'F',
      startDate: '2026-01-01',
      endDate: '2026-12-31',
    })
    world.addContractService({ contractId, serviceId: contoso.service, units: 1, price: '30.00' })
    const [row] = await client.rows('ContractServices', { op: 'eq', field: 'contractID', value: contractId })
    expect(row).toMatchObject({
      unitPrice: 22,
      internalCurrencyUnitPrice: 17.6,
      internalCurrencyAdjustedPrice: 24,
    })
    expect(row).not.toHaveProperty('adjustedPrice')
  })
})
