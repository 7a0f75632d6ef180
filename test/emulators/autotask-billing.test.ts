import { afterEach, describe, expect, it } from 'vitest'
import type { AutotaskEmulator } from './autotask/server.js'
import { field } from './shared/api-client.js'
import {
  adjustment,
  type AutotaskClient,
  closeAutotask,
  type Contoso,
  startContoso,
} from './shared/autotask.js'

afterEach(closeAutotask)

const SERVICE = 'Microsoft 365 Business Premium'

interface Running {
  readonly emulator: AutotaskEmulator
  readonly client: AutotaskClient
  readonly contoso: Contoso
}

async function adjust({ client, contoso }: Running, unitChange: number, day: string): Promise<unknown> {
  const path = `/Contracts/${contoso.contract}/ServiceAdjustments`
  const answer = await client.call('POST', path, adjustment(contoso, unitChange, day))
  return answer.status === 200 ? answer.json : client.errors(answer)
}

/** Posts the contract, makes the invoice, and reads it back: its total, and its lines. */
async function bill({ emulator, client, contoso }: Running, through: string): Promise<unknown> {
  emulator.world.approveAndPost({ contractId: contoso.contract, through })
  const { invoiceId } = emulator.world.invoice({ companyId: contoso.company })
  const invoice = await client.call('GET', `/Invoices/${invoiceId}`)
  const items = await client.rows('BillingItems', { op: 'eq', field: 'invoiceID', value: invoiceId })
  return {
    total: field(invoice.json, 'item', 'invoiceTotal'),
    lines: items.map(({ itemDate, itemName, quantity, rate, totalAmount }) =>
      [String(itemDate).slice(0, 10), itemName, quantity, rate, totalAmount].join(' | '),
    ),
  }
}

describe('three months of invoices', () => {
  it('with an increase in March, a decrease and a charge in April, and May', async () => {
    const running = await startContoso()
    await bill(running, '2026-02-28')
    expect(await adjust(running, 5, '2026-03-11')).toEqual({ itemId: null })
    // 5 × 22 × 21/31 = 74.516; the rate for one is 22 × 21/31 = 14.9032.
    expect(await bill(running, '2026-03-31')).toEqual({
      total: 514.52,
      lines: [`2026-03-01 | ${SERVICE} | 20 | 22 | 440`, `2026-03-11 | ${SERVICE} | 5 | 14.9032 | 74.52`],
    })
    expect(await adjust(running, -3, '2026-04-16')).toEqual({ itemId: null })
    const path = `/Contracts/${running.contoso.contract}/Charges`
    const charge = await running.client.call('POST', path, {
      name: 'Azure usage, March',
      chargeType: running.emulator.picklists.value('chargeType', 'Operational'),
      datePurchased: '2026-04-02T00:00:00.000Z',
      unitQuantity: 1,
      unitPrice: 123.45,
    })
    expect(charge.status, charge.text).toBe(200)
    // −3 × 22 × 15/30 = −33.00; 550.00 − 33.00 + 123.45 = 640.45.
    expect(await bill(running, '2026-04-30')).toEqual({
      total: 640.45,
      lines: [
        `2026-04-01 | ${SERVICE} | 25 | 22 | 550`,
        `2026-04-16 | ${SERVICE} | -3 | 11 | -33`,
        '2026-04-02 | Azure usage, March | 1 | 123.45 | 123.45',
      ],
    })
    expect(await bill(running, '2026-05-31')).toEqual({
      total: 484,
      lines: [`2026-05-01 | ${SERVICE} | 22 | 22 | 484`],
    })
  })

  it('never bill anything twice', async () => {
    const running = await startContoso()
    const { emulator, contoso } = running
    await bill(running, '2026-03-31')
    expect(emulator.world.approveAndPost({ contractId: contoso.contract, through: '2026-03-31' })).toEqual({
      rows: [],
      items: [],
      total: '0.00',
    })
    expect(() => emulator.world.invoice({ companyId: contoso.company })).toThrow('nothing to invoice')
  })

  it('go on for an inactive contract, and stop with its last day', async () => {
    const running = await startContoso()
    const { emulator, contoso } = running
    emulator.world.deactivate({ contractId: contoso.contract })
    emulator.world.endContract({ contractId: contoso.contract, endDate: '2026-02-14' })
    // February to its 14th: 440.00 × 14/28.
    expect(await bill(running, '2026-12-31')).toMatchObject({ total: 660 })
  })

  it('bill a purchase in the middle of the month by its days', async () => {
    const running = await startContoso()
    const { emulator, client, contoso } = running
    const service = emulator.world.createService({ name: 'Visio', unitPrice: '10.00' })
    await client.call(
      'POST',
      '/ContractServiceAdjustments',
      adjustment({ ...contoso, service }, 3, '2026-01-20', { adjustedUnitPrice: 12.5 }),
    )
    // 3 × 12.50 × 12/31 = 14.516.
    expect(await bill(running, '2026-01-31')).toMatchObject({
      total: 454.52,
      lines: [`2026-01-01 | ${SERVICE} | 20 | 22 | 440`, '2026-01-20 | Visio | 3 | 4.8387 | 14.52'],
    })
  })

  it('bill periods that begin on the contract’s own day, a short month’s last for the 31st', async () => {
    const running = await startContoso()
    const { emulator, client, contoso } = running
    const { world } = emulator
    const service = world.createService({ name: 'Visio', unitPrice: '22.00' })
    const totals = async (startDate: string, on: string, ...through: readonly string[]) => {
      const dates = { startDate, endDate: '2026-12-31' }
      const contractId = world.createContract({ companyId: contoso.company, name: startDate, ...dates })
      world.addContractService({ contractId, serviceId: service, units: 20 })
      const change = adjustment({ ...contoso, contract: contractId, service }, 5, on)
      await client.call('POST', '/ContractServiceAdjustments', change)
      return through.map((day) => {
        world.approveAndPost({ contractId, through: day })
        return world.invoice({ companyId: contoso.company }).total
      })
    }
    // 110 × 26/31 = 92.258…, 15 March to 14 April; 110 × 21/31 = 74.516…, 28 February to 30 March.
    const middle = await totals('2026-03-15', '2026-03-20', '2026-03-15', '2026-04-15')
    expect(middle).toEqual(['532.26', '550.00'])
    const last = await totals('2026-01-31', '2026-03-10', '2026-01-31', '2026-02-28', '2026-03-31')
    expect(last).toEqual(['440.00', '514.52', '550.00'])
  })

  it('leave out charges that are not for the customer', async () => {
    const running = await startContoso()
    const { world } = running.emulator
    const { contract: contractId } = running.contoso
    const charge = { contractId, datePurchased: '2026-01-05', unitPrice: '7.00' }
    world.addCharge({ ...charge, name: 'Ours', billable: false })
    world.addCharge({ ...charge, name: 'Theirs', unitQuantity: '1.5' })
    expect(await bill(running, '2026-01-31')).toMatchObject({ total: 450.5 })
  })

  it('leave charges of later days, and what another company bought, to other invoices', async () => {
    const running = await startContoso()
    const { world } = running.emulator
    const companyId = world.createCompany({ name: 'Fabrikam' })
    const dates = { startDate: '2026-01-01', endDate: '2026-12-31' }
    const contractId = world.createContract({ companyId, name: 'F', ...dates })
    world.addContractService({ contractId, serviceId: running.contoso.service, units: 1 })
    world.approveAndPost({ contractId, through: '2026-01-31' })
    const late = { name: 'Late', datePurchased: '2026-02-01', unitPrice: '1.00' }
    world.addCharge({ contractId: running.contoso.contract, ...late })
    expect(await bill(running, '2026-01-31')).toMatchObject({ total: 440 })
    expect(await bill(running, '2026-02-28')).toMatchObject({ total: 441 })
    expect(world.invoice({ companyId })).toMatchObject({ total: '22.00' })
  })
})

describe('posted periods', () => {
  it('refuse an adjustment, and are not changed by what was refused', async () => {
    const running = await startContoso()
    const { emulator, client, contoso } = running
    emulator.world.approveAndPost({ contractId: contoso.contract, through: '2026-03-31' })
    const before = await client.rows('ContractServiceUnits', { op: 'exist', field: 'id' })
    const entries = emulator.ledger().length
    expect(await adjust(running, 5, '2026-03-11')).toEqual([
      expect.stringContaining('already approved and posted contract period'),
    ])
    expect(await client.rows('ContractServiceUnits', { op: 'exist', field: 'id' })).toEqual(before)
    expect(emulator.ledger()).toHaveLength(entries)
    expect(await adjust(running, 5, '2026-03-31')).toEqual([expect.stringContaining('posted')])
    expect(await adjust(running, 5, '2026-04-01')).toEqual({ itemId: null })
  })

  it('keep their rows, and the difference is raised as an item of its own, where the tenant has it so', async () => {
    const running = await startContoso({ quirks: { postedPeriods: 'raise' } })
    const { client, contoso } = running
    expect(await bill(running, '2026-04-30')).toMatchObject({ total: 1760 })
    expect(await adjust(running, 5, '2026-03-11')).toEqual({ itemId: null })
    const rows = await client.rows('ContractServiceUnits', [
      { op: 'eq', field: 'contractServiceID', value: contoso.line },
      { op: 'gte', field: 'startDate', value: '2026-03-01' },
      { op: 'lt', field: 'startDate', value: '2026-06-01' },
    ])
    expect(
      rows
        .map((row) => [row['startDate'], row['units'], row['price'], row['approveAndPostDate']].join(' '))
        .sort(),
    ).toEqual([
      '2026-03-01T00:00:00Z 20 440 2026-03-20T00:00:00Z',
      '2026-03-11T00:00:00Z 5 74.52 ',
      '2026-04-01T00:00:00Z 20 440 2026-03-20T00:00:00Z',
      '2026-04-01T00:00:00Z 5 110 ',
      '2026-05-01T00:00:00Z 25 550 ',
    ])
    expect(await bill(running, '2026-05-31')).toEqual({
      total: 734.52,
      lines: [
        `2026-05-01 | ${SERVICE} | 25 | 22 | 550`,
        `2026-03-11 | ${SERVICE} | 5 | 14.904 | 74.52`,
        `2026-04-01 | ${SERVICE} | 5 | 22 | 110`,
      ],
    })
  })

  it('are credited for a decrease that comes late, with a negative quantity', async () => {
    const running = await startContoso({ quirks: { postedPeriods: 'raise' } })
    await bill(running, '2026-04-30')
    expect(await adjust(running, -3, '2026-04-01')).toEqual({ itemId: null })
    expect(await bill(running, '2026-04-30')).toEqual({
      total: -66,
      lines: [`2026-04-01 | ${SERVICE} | -3 | 22 | -66`],
    })
    const { emulator, contoso } = running
    expect(
      emulator.world.approveAndPost({ contractId: contoso.contract, through: '2026-04-30' }),
    ).toMatchObject({
      rows: [],
      total: '0.00',
    })
  })

  it('keep the contract from ending before them, and their charges from being changed', async () => {
    const { emulator, client, contoso } = await startContoso()
    const { contract } = contoso
    const charge = emulator.world.addCharge({
      contractId: contract,
      name: 'Setup',
      datePurchased: '2026-01-05',
      unitPrice: '50.00',
    })
    emulator.world.approveAndPost({ contractId: contract, through: '2026-02-28' })
    const end = (day: string) =>
      client.call('PATCH', '/Contracts', { id: contract, endDate: `${day}T00:00:00Z` })
    expect(client.errors(await end('2026-02-14'))).toEqual([
      expect.stringContaining('already approved and posted contract period'),
    ])
    expect((await end('2026-03-14')).status).toBe(200)
    for (const answer of [
      await client.call('PATCH', `/Contracts/${contract}/Charges`, { id: charge, unitPrice: 1 }),
      await client.call('DELETE', `/Contracts/${contract}/Charges/${charge}`),
    ]) {
      expect([answer.status, client.errors(answer)]).toEqual([500, [expect.stringContaining('posted')]])
    }
  })

  it('that the end of the contract cut do not grow when it is extended', async () => {
    const { emulator, client, contoso } = await startContoso(
      {},
      { startDate: '2026-01-01', endDate: '2026-02-14' },
    )
    emulator.world.approveAndPost({ contractId: contoso.contract, through: '2026-02-28' })
    const longer = { id: contoso.contract, endDate: '2026-12-31T00:00:00Z' }
    expect((await client.call('PATCH', '/Contracts', longer)).status).toBe(500)
  })
})

describe('the ledger', () => {
  it('has every write that took effect once, by whom, with the units after it', async () => {
    const running = await startContoso()
    const { emulator, contoso } = running
    const before = emulator.ledger().length
    await adjust(running, 5, '2026-03-11')
    await adjust(running, 5, '2026-03-11')
    emulator.world.adjust({ contractServiceId: contoso.line, unitChange: -2, effectiveDate: '2026-04-01' })
    emulator.world.approveAndPost({ contractId: contoso.contract, through: '2026-03-31' })
    const { invoiceNumber } = emulator.world.invoice({ companyId: contoso.company })
    const added = emulator.ledger().slice(before)
    expect(added.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4].map((count) => before + count))
    expect(added).toMatchObject([
      {
        at: '2026-03-20T13:00:00.000Z',
        by: 'api',
        action: 'create',
        entity: 'ContractServiceAdjustments',
        contract: contoso.contract,
        service: contoso.service,
        contractService: contoso.line,
        content: { effectiveDate: '2026-03-11', unitChange: 5, adjustedUnitPrice: null },
        unitsAfter: 25,
      },
      { by: 'hand', entity: 'ContractServiceAdjustments', content: { unitChange: -2 }, unitsAfter: 23 },
      { by: 'hand', action: 'post', entity: 'BillingItems', content: { total: '1394.52' }, unitsAfter: null },
      { by: 'hand', action: 'invoice', entity: 'Invoices', content: { invoiceNumber, total: '1394.52' } },
    ])
  })
})
