import { afterEach, describe, expect, it } from 'vitest'
import { field } from './shared/api-client.js'
import { adjustment, closeAutotask, startContoso } from './shared/autotask.js'

afterEach(closeAutotask)

const OUTSIDE = 'effectiveDate must be between the start date and end date of the Contract.'

describe('adjustments', () => {
  it('must lie within the contract', async () => {
    const { client, contoso, emulator } = await startContoso()
    const before = emulator.ledger()
    for (const day of ['2025-12-31', '2027-01-01']) {
      const answer = await client.call('POST', '/ContractServiceAdjustments', adjustment(contoso, 1, day))
      expect([answer.status, client.errors(answer)]).toEqual([500, [OUTSIDE]])
    }
    for (const day of ['2026-01-01', '2026-12-31']) {
      const answer = await client.call('POST', '/ContractServiceAdjustments', adjustment(contoso, 1, day))
      expect(answer.json, day).toEqual({ itemId: null })
    }
    const longer = { id: contoso.contract, endDate: '2027-12-31T00:00:00.000Z' }
    const late = adjustment(contoso, 1, '2027-01-01')
    expect((await client.call('PATCH', '/Contracts', longer)).json).toEqual({ itemId: contoso.contract })
    expect((await client.call('POST', '/ContractServiceAdjustments', late)).json).toEqual({ itemId: null })
    expect(emulator.ledger()).toHaveLength(before.length + 4)
  })

  it('take the date as written, whatever zone its time names', async () => {
    const { client, contoso, emulator } = await startContoso()
    const late = { ...adjustment(contoso, 5, '2026-03-11'), effectiveDate: '2026-03-11T23:30:00-08:00' }
    expect((await client.call('POST', '/ContractServiceAdjustments', late)).status).toBe(200)
    const units = (date: string): number => emulator.world.units({ contractServiceId: contoso.line, date })
    expect([units('2026-03-10'), units('2026-03-11')]).toEqual([20, 25])
  })

  it('are one a day and service; a second is refused or takes its place', async () => {
    const duplicate = 'Attempt to insert duplicate data into contract_service_period.'
    for (const [sameDay, expected, errors] of [
      ['refuse', 25, [duplicate]],
      ['lastWins', 22, undefined],
    ] as const) {
      const { client, contoso, emulator } = await startContoso({ quirks: { sameDay } })
      await client.call('POST', '/ContractServiceAdjustments', adjustment(contoso, 5, '2026-03-11'))
      const second = await client.call(
        'POST',
        '/ContractServiceAdjustments',
        adjustment(contoso, 2, '2026-03-11'),
      )
      expect(client.errors(second)).toEqual(errors)
      const date = '2026-03-11'
      expect(emulator.world.units({ contractServiceId: contoso.line, date })).toBe(expected)
    }
  })

  it('never bring units below 0, on their day or on any later one', async () => {
    const { client, contoso, emulator } = await startContoso()
    const post = async (unitChange: number, day: string): Promise<number> =>
      (await client.call('POST', '/ContractServiceAdjustments', adjustment(contoso, unitChange, day))).status
    expect(await post(-21, '2026-03-11')).toBe(500)
    expect(await post(-15, '2026-06-01')).toBe(200)
    // 14 would be left in March, but −1 from June on.
    expect(await post(-6, '2026-03-11')).toBe(500)
    expect(await post(-5, '2026-03-11')).toBe(200)
    expect(emulator.world.units({ contractServiceId: contoso.line, date: '2026-12-31' })).toBe(0)
  })

  it('say which line they mean, by its id or by contract and service', async () => {
    const { client, contoso, emulator } = await startContoso()
    const effectiveDate = '2026-03-11T00:00:00.000Z'
    const post = async (body: unknown): Promise<unknown> => {
      const answer = await client.call('POST', '/ContractServiceAdjustments', body)
      return client.errors(answer) ?? answer.json
    }
    expect(await post({ contractServiceID: contoso.line, unitChange: 1, effectiveDate })).toEqual({
      itemId: null,
    })
    expect(await post({ serviceID: contoso.service, unitChange: 1, effectiveDate })).toEqual([
      'Either contractServiceID, or contractID and serviceID are required.',
    ])
    expect(await post({ contractServiceID: 1, unitChange: 1, effectiveDate })).toEqual([
      'contractServiceID 1 does not exist on the Contract.',
    ])
    const again = adjustment(contoso, 4, '2026-03-12', { allowRepeatService: true })
    expect(await post(again)).toEqual({ itemId: null })
    const lines = await client.rows('ContractServices', {
      op: 'eq',
      field: 'serviceID',
      value: contoso.service,
    })
    expect(lines).toHaveLength(2)
    expect(await post(adjustment(contoso, 1, '2026-03-13'))).toEqual([
      expect.stringContaining('more than once'),
    ])
    expect(emulator.ledger().at(-1)).toMatchObject({ contractService: lines[1]?.['id'], unitsAfter: 4 })
  })

  it('make the line that is missing, of an active service on a contract of recurring services only', async () => {
    const { client, contoso, emulator } = await startContoso()
    const { world } = emulator
    const post = async (service: number, contract: number): Promise<unknown> => {
      const body = adjustment({ ...contoso, service, contract }, 2, '2026-03-11', { adjustedUnitPrice: 9.99 })
      const answer = await client.call('POST', '/ContractServiceAdjustments', body)
      return client.errors(answer) ?? answer.json
    }
    const visio = world.createService({ name: 'Visio', unitPrice: '12.00' })
    expect(await post(visio, contoso.contract)).toEqual({ itemId: null })
    expect(
      await client.rows('ContractServices', { op: 'eq', field: 'serviceID', value: visio }),
    ).toMatchObject([{ contractID: contoso.contract, unitPrice: 12, internalCurrencyAdjustedPrice: 9.99 }])
    const old = world.createService({ name: 'Old', unitPrice: '1.00' })
    world.deactivate({ serviceId: old })
    expect(await post(old, contoso.contract)).toEqual([`serviceID ${old} is inactive.`])
    expect(await post(999, contoso.contract)).toEqual(['serviceID 999 does not exist.'])
    const contract = world.createContract({
      companyId: contoso.company,
      name: 'Hours',
      startDate: '2026-01-01',
      endDate: '2026-12-31',
      contractType: 'Block Hours',
    })
    expect(await post(visio, contract)).toEqual([expect.stringContaining('Recurring Service')])
    expect(await post(visio, 999)).toEqual(['Contract 999 does not exist.'])
    const unknown = world.createService({ name: 'Project', unitPrice: '10.00' })
    const fewer = adjustment({ ...contoso, service: unknown }, -1, '2026-03-11')
    expect(client.errors(await client.call('POST', '/ContractServiceAdjustments', fewer))).toEqual([
      expect.stringContaining('below 0'),
    ])
    expect(await client.rows('ContractServices', { op: 'eq', field: 'serviceID', value: unknown })).toEqual(
      [],
    )
  })

  it('of 0 units re-price, or are refused where the tenant has it so', async () => {
    const { client, contoso } = await startContoso({ quirks: { repriceWithoutUnits: false } })
    for (const more of [{}, { adjustedUnitPrice: 33 }]) {
      const body = adjustment(contoso, 0, '2026-03-11', more)
      expect(client.errors(await client.call('POST', '/ContractServiceAdjustments', body))).toEqual([
        'unitChange cannot be 0.',
      ])
    }
  })

  it('are refused with every mistake of their body at once', async () => {
    const { client, contoso } = await startContoso()
    const path = `/Contracts/${contoso.contract}/ServiceAdjustments`
    const wrong = {
      contractID: 4,
      unitsChange: 3,
      unitChange: 1.5,
      effectiveDate: '2026-02-30',
      adjustedUnitPrice: '12',
      adjustedUnitCost: null,
      quoteItemID: 7,
    }
    expect(client.errors(await client.call('POST', path, wrong))).toEqual([
      'contractID differs from the parent in the address.',
      'Unknown field "unitsChange" on ContractServiceAdjustments.',
      'unitChange must be of type integer.',
      'effectiveDate must be of type datetime.',
      'adjustedUnitPrice must be of type decimal.',
      'adjustedUnitCost cannot be null.',
      'quoteItemID is read-only on ContractServiceAdjustments.',
    ])
    expect(client.errors(await client.call('POST', path, { serviceID: contoso.service }))).toEqual([
      'Missing Required Field: unitChange.',
      'Missing Required Field: effectiveDate.',
    ])
    const fine = adjustment(contoso, 1, '2026-03-11', { adjustedUnitPrice: 1.23456 })
    expect(client.errors(await client.call('POST', path, fine))).toEqual([
      expect.stringContaining('4 places'),
    ])
  })
})

describe('services on a contract', () => {
  it('are added once, without units, and only price and invoice text can be edited', async () => {
    const { client, contoso, emulator } = await startContoso()
    const path = `/Contracts/${contoso.contract}/Services`
    const serviceID = emulator.world.createService({ name: 'Visio', unitPrice: '12.00' })
    const wanted = { contractID: contoso.contract, serviceID, adjustedPrice: 11, internalDescription: 'S-1' }
    const added = await client.call('POST', path, wanted)
    const id = Number(field(added.json, 'itemId'))
    expect(emulator.world.units({ contractServiceId: id, date: '2026-12-31' })).toBe(0)
    expect(client.errors(await client.call('POST', path, wanted))).toEqual([
      'The service already exists on the Contract.',
    ])
    const edited = await client.call('PATCH', path, { id, adjustedPrice: 10, invoiceDescription: 'Drawing' })
    expect(edited.json).toEqual({ itemId: id })
    expect((await client.call('GET', `/ContractServices/${id}`)).json).toMatchObject({
      item: { internalCurrencyAdjustedPrice: 10, invoiceDescription: 'Drawing', internalDescription: 'S-1' },
    })
    expect(
      client.errors(await client.call('PATCH', path, { id, internalDescription: 'S-2', unitPrice: 1 })),
    ).toEqual([
      'internalDescription is read-only on ContractServices.',
      'unitPrice is read-only on ContractServices.',
    ])
    expect(client.errors(await client.call('PATCH', path, { adjustedPrice: 1 }))).toEqual([
      'Missing Required Field: id.',
    ])
    expect((await client.call('PATCH', path, { id: 5, adjustedPrice: 1 })).status).toBe(404)
    const long = { id, invoiceDescription: 'x'.repeat(1001) }
    expect(client.errors(await client.call('PATCH', path, long))).toEqual([expect.stringContaining('1000')])
  })
})

describe('contracts', () => {
  it('that end earlier forget what was to happen after, even when they are extended again', async () => {
    const { client, contoso, emulator } = await startContoso()
    await client.call('POST', '/ContractServiceAdjustments', adjustment(contoso, 5, '2026-06-01'))
    for (const end of ['2026-05-31', '2026-12-31']) {
      const body = { id: contoso.contract, endDate: `${end}T00:00:00.000Z` }
      expect((await client.call('PATCH', '/Contracts', body)).status).toBe(200)
    }
    const date = '2026-12-31'
    expect(emulator.world.units({ contractServiceId: contoso.line, date })).toBe(20)
  })

  it('take no end before their start, no other start, and no status that is not on the list', async () => {
    const { client, contoso } = await startContoso()
    const patch = async (body: object): Promise<unknown> =>
      client.errors(await client.call('PATCH', '/Contracts', { id: contoso.contract, ...body }))
    expect(await patch({ endDate: '2025-12-31T00:00:00Z' })).toEqual([expect.stringContaining('start date')])
    expect(await patch({ startDate: '2026-02-01T00:00:00Z' })).toEqual([
      'startDate is read-only on Contracts.',
    ])
    expect(await patch({ status: 1 })).toEqual(['1 is not a valid picklist value of status.'])
    expect(await patch({ contractName: null })).toEqual(['contractName cannot be null.'])
    expect(await patch({ contractNumber: null })).toBeUndefined()
    expect((await client.call('PATCH', '/Contracts', { id: 3, description: 'x' })).status).toBe(404)
  })
})

describe('charges', () => {
  it('are made, read, edited and deleted until they are posted', async () => {
    const { client, contoso, emulator } = await startContoso()
    const path = `/Contracts/${contoso.contract}/Charges`
    const chargeType = emulator.picklists.value('chargeType', 'Operational')
    const datePurchased = '2026-03-05T00:00:00.000Z'
    const wanted = {
      name: 'Credit',
      chargeType,
      datePurchased,
      unitQuantity: 3,
      unitPrice: -22,
      unitCost: -18,
    }
    const made = await client.call('POST', path, { ...wanted, notes: 'S-1', contractServiceID: contoso.line })
    const id = Number(field(made.json, 'itemId'))
    expect((await client.call('GET', `${path}/${id}`)).json).toMatchObject({
      item: {
        id,
        contractID: contoso.contract,
        billableAmount: -66,
        extendedCost: -54,
        isBilled: false,
        notes: 'S-1',
      },
    })
    expect((await client.call('PATCH', path, { id, unitQuantity: 2.5 })).json).toEqual({ itemId: id })
    expect((await client.call('GET', path)).json).toMatchObject({ items: [{ id, billableAmount: -55 }] })
    expect((await client.call('GET', `/ContractCharges/${id}`)).json).toMatchObject({ item: { id } })
    expect((await client.call('DELETE', `${path}/${id}`)).json).toEqual({ itemId: id })
    expect((await client.call('GET', `${path}/${id}`)).json).toEqual({ item: null })
    expect((await client.call('DELETE', `${path}/${id}`)).status).toBe(404)
    expect(emulator.ledger().slice(-3)).toMatchObject([
      {
        action: 'create',
        content: { id, amount: '-66.00' },
        contractService: contoso.line,
        service: contoso.service,
      },
      { action: 'update', content: { id, amount: '-55.00' } },
      { action: 'delete', content: { id } },
    ])
  })

  it('are refused with a wrong type, an unknown line, a field of the service’s own or a missing one', async () => {
    const { client, contoso, emulator } = await startContoso()
    const post = async (body: object): Promise<unknown> =>
      client.errors(await client.call('POST', `/Contracts/${contoso.contract}/Charges`, body))
    const chargeType = emulator.picklists.value('chargeType', 'Operational')
    const fine = { name: 'A', chargeType, datePurchased: '2026-03-05T00:00:00.000Z', unitQuantity: 1 }
    expect(await post(fine)).toBeUndefined()
    expect(await post({ ...fine, chargeType: 3 })).toEqual([expect.stringContaining('picklist')])
    expect(await post({ ...fine, contractServiceID: 5 })).toEqual([expect.stringContaining('does not exist')])
    expect(await post({ ...fine, billableAmount: 5 })).toEqual([expect.stringContaining('read-only')])
    expect(await post({ ...fine, name: 'x'.repeat(101) })).toEqual([expect.stringContaining('100')])
    expect(await post({ ...fine, name: undefined })).toEqual(['Missing Required Field: name.'])
  })
})

describe('children', () => {
  it('answer at the address of their own contract only', async () => {
    const { client, contoso, emulator } = await startContoso()
    const { contract, company, line } = contoso
    const dates = { startDate: '2026-01-01', endDate: '2026-12-31' }
    const other = emulator.world.createContract({ companyId: company, name: 'Other', ...dates })
    const chargeId = emulator.world.addCharge({
      contractId: contract,
      name: 'A',
      datePurchased: '2026-03-01',
      unitPrice: '1.00',
    })
    const at = (child: string): string => `/Contracts/${other}/${child}`
    const adjusted = { contractServiceID: line, unitChange: 1, effectiveDate: '2026-03-11T00:00:00Z' }
    expect(client.errors(await client.call('POST', at('ServiceAdjustments'), adjusted))).toEqual([
      `contractServiceID ${line} does not exist on the Contract.`,
    ])
    expect((await client.call('PATCH', at('Services'), { id: line, adjustedPrice: 1 })).status).toBe(404)
    expect((await client.call('PATCH', at('Charges'), { id: chargeId, unitPrice: 2 })).status).toBe(404)
    expect((await client.call('DELETE', at(`Charges/${chargeId}`))).status).toBe(404)
    expect((await client.call('GET', at('Charges'))).json).toMatchObject({ items: [] })
    expect((await client.call('GET', at(`Charges/${chargeId}`))).json).toEqual({ item: null })
  })
})

describe('pick lists', () => {
  it('have values that differ from tenant to tenant, but for recurring services', async () => {
    const values = async (seed: number, entity: string, name: string): Promise<unknown> => {
      const { client } = await startContoso({ quirks: { seed } })
      const fields = field((await client.call('GET', `/${entity}/entityInformation/fields`)).json, 'fields')
      const found = (fields as { name: string; picklistValues: { label: string; value: string }[] }[]).find(
        (each) => each.name === name,
      )
      return Object.fromEntries((found?.picklistValues ?? []).map(({ label, value }) => [label, value]))
    }
    const [one, two] = [
      await values(1, 'ContractCharges', 'chargeType'),
      await values(2, 'ContractCharges', 'chargeType'),
    ]
    expect(Object.keys(Object(one) as object)).toContain('Operational')
    expect(one).not.toEqual(two)
    expect(await values(1, 'Contracts', 'contractType')).toHaveProperty(['Recurring Service'], '7')
    expect(await values(2, 'Contracts', 'contractType')).toHaveProperty(['Recurring Service'], '7')
  })

  it('and fields say what may be written', async () => {
    const { client } = await startContoso()
    const answer = await client.call('GET', '/ContractServices/entityInformation/fields')
    expect(field(answer.json, 'fields')).toContainEqual(
      expect.objectContaining({
        name: 'invoiceDescription',
        dataType: 'string',
        length: 1000,
        isReadOnly: false,
      }),
    )
  })
})
