import { describe, expect, it } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import type { Container } from '../../../core/sync/types.js'
import { contoso, countsOf, deskOf, problemOf } from './recorded-desk.js'

function priceOf({ units }: Container, serviceId: number): string | undefined {
  const price = units.find(({ itemId }) => itemId === String(serviceId))?.unitPrice
  return price === undefined ? undefined : formatDecimal(price, 2)
}

describe('a contract', () => {
  it('is read with its days, its counts from day to day and its own price', async () => {
    const { emulator, psa } = await deskOf()
    const { companyId, serviceId, contractId } = contoso(emulator)
    emulator.world.adjust({ contractId, serviceId, unitChange: 5, effectiveDate: '2026-03-11' })
    const read = await psa.read(String(contractId))
    expect(read).toMatchObject({
      psa: 'autotask',
      mode: 'units',
      id: String(contractId),
      name: 'Contoso cloud',
      companyId: String(companyId),
      closed: undefined,
      anchorDay: 1,
      lines: [],
    })
    expect([read.from, read.to ?? read.from, read.lockedTo].map(formatLocalDate)).toEqual([
      '2026-01-01',
      '2027-01-01',
      '2026-01-01',
    ])
    // What holds on the last day goes on: the end is the container's.
    expect(countsOf(read, serviceId)).toBe('2026-01-01 20, 2026-03-11 25')
    expect(priceOf(read, serviceId)).toBe('22.00')
  })

  it('counts days without rows as none, also at the end', async () => {
    for (const emptyRows of [true, false]) {
      const { emulator, psa } = await deskOf({ quirks: { emptyRows } })
      const { serviceId, contractId } = contoso(emulator)
      const { world } = emulator
      world.adjust({ contractId, serviceId, unitChange: -20, effectiveDate: '2026-03-11' })
      world.adjust({ contractId, serviceId, unitChange: 3, effectiveDate: '2026-05-01' })
      world.adjust({ contractId, serviceId, unitChange: -3, effectiveDate: '2026-06-15' })
      const read = await psa.read(String(contractId))
      expect(countsOf(read, serviceId)).toBe('2026-01-01 20, 2026-03-11 0, 2026-05-01 3, 2026-06-15 0')
    }
  })

  it('is locked up to the end of its last posted period', async () => {
    const { emulator, psa } = await deskOf()
    const { contractId } = contoso(emulator)
    emulator.world.approveAndPost({ contractId, through: '2026-02-01' })
    expect(formatLocalDate((await psa.read(String(contractId))).lockedTo)).toBe('2026-03-01')
  })

  it('is not locked for a year by a yearly service, which is not written to', async () => {
    const { emulator, psa } = await deskOf()
    const { contractId } = contoso(emulator)
    const yearly = emulator.world.createService({ name: 'Domain', unitPrice: '12.00', periodType: 'Yearly' })
    emulator.world.addContractService({ contractId, serviceId: yearly, units: 1 })
    emulator.world.approveAndPost({ contractId, through: '2026-01-31' })
    expect(formatLocalDate((await psa.read(String(contractId))).lockedTo)).toBe('2026-02-01')
    const item = (await psa.items()).find(({ id }) => id === String(yearly))
    expect(item?.unusable).toBe('its period is "Yearly", and only monthly ones are kept right')
  })

  it('adds up a difference that a posted period shows as a row of its own', async () => {
    const { emulator, psa } = await deskOf({ quirks: { postedPeriods: 'raise' } })
    const { serviceId, contractId } = contoso(emulator)
    emulator.world.approveAndPost({ contractId, through: '2026-03-01' })
    emulator.world.adjust({ contractId, serviceId, unitChange: 5, effectiveDate: '2026-03-11' })
    expect(countsOf(await psa.read(String(contractId)), serviceId)).toBe('2026-01-01 20, 2026-03-11 25')
  })

  it('shows a price in the customer’s currency, though only the tenant’s is stated', async () => {
    const { emulator, psa } = await deskOf()
    const { contractId } = contoso(emulator, { currencyId: 2, rate: '1.0837' })
    const { world } = emulator
    const service = world.createService({ name: 'E5', unitPrice: '54.75' })
    world.addContractService({ contractId, serviceId: service, units: 1, price: '49.95' })
    // 49.95 × 1.0837 is shown as 54.1308, 54.75 × 1.0837 as 59.3326.
    const read = await psa.read(String(contractId))
    expect(priceOf(read, service)).toBe('49.95')
  })

  it('shows the price that was set for it, not the service’s', async () => {
    for (const showAdjustedPrice of [true, false]) {
      const { emulator, psa } = await deskOf({ quirks: { showAdjustedPrice } })
      const { contractId, serviceId, contractServiceId } = contoso(emulator)
      emulator.world.editContractService({ contractServiceId, price: '20.5' })
      expect(priceOf(await psa.read(String(contractId)), serviceId)).toBe('20.50')
    }
  })

  it('does not count bundles', async () => {
    const { emulator, psa } = await deskOf()
    const { contractId, serviceId } = contoso(emulator)
    emulator.world.addContractServiceBundle({ contractId, serviceBundleId: 99, unitPrice: '50' })
    const read = await psa.read(String(contractId))
    expect(read.units.map(({ itemId }) => itemId)).toEqual([String(serviceId)])
  })

  it('shows what a person charged, for its day, and leaves out what the customer does not pay', async () => {
    const { emulator, psa } = await deskOf()
    const { contractId } = contoso(emulator)
    const charge = { contractId, datePurchased: '2026-03-05', unitPrice: '12.34' }
    const id = emulator.world.addCharge({ ...charge, name: 'Set-up', unitQuantity: '1.5' })
    emulator.world.addCharge({ ...charge, name: 'Internal', billable: false })
    const [line, ...others] = (await psa.read(String(contractId))).lines
    expect(others).toEqual([])
    expect(line).toMatchObject({ id: String(id), itemId: '', marker: undefined, words: 'Set-up' })
    expect(line && [line.quantity, line.unitPrice].map((value) => formatDecimal(value))).toEqual([
      '1.5',
      '12.34',
    ])
    expect(line && [line.from, line.to ?? line.from].map(formatLocalDate)).toEqual([
      '2026-03-05',
      '2026-03-06',
    ])
  })

  it('that starts on the 31st bills from the 31st', async () => {
    const { emulator, psa } = await deskOf()
    const companyId = emulator.world.createCompany({ name: 'Fabrikam' })
    const dates = { startDate: '2026-01-31', endDate: '2027-01-30' }
    const contractId = emulator.world.createContract({ companyId, name: 'Late', ...dates })
    expect((await psa.read(String(contractId))).anchorDay).toBe(31)
  })
})

const THIS_YEAR = { startDate: '2026-01-01', endDate: '2026-12-31' }

describe('a contract that is closed', () => {
  it('says why', async () => {
    const { emulator, psa, clock } = await deskOf()
    const { companyId, contractId } = contoso(emulator)
    const dates = { startDate: '2025-01-01', endDate: '2026-03-19' }
    const ended = emulator.world.createContract({ companyId, name: 'Old', ...dates })
    const hours = { companyId, name: 'Hours', contractType: 'Retainer', ...THIS_YEAR }
    const retainer = emulator.world.createContract(hours)
    const closed = async (id: number) => (await psa.read(String(id))).closed
    expect(await closed(contractId)).toBeUndefined()
    expect(await closed(ended)).toBe('it ended on 19 Mar 2026')
    expect(await closed(retainer)).toBe('it is no contract for recurring services')
    emulator.world.deactivate({ contractId })
    expect(await closed(contractId)).toBe('it is inactive')
    // The last day itself is not over.
    clock.now = new Date('2026-03-19T23:00:00Z')
    expect(await closed(ended)).toBeUndefined()
  })

  it('is offered for mapping with the reason; contracts of other kinds are not offered', async () => {
    const { emulator, psa } = await deskOf()
    const { companyId, contractId } = contoso(emulator)
    const dates = { startDate: '2025-01-01', endDate: '2025-12-31' }
    const ended = emulator.world.createContract({ companyId, name: 'Old', ...dates })
    emulator.world.createContract({ companyId, name: 'Hours', contractType: 'Retainer', ...THIS_YEAR })
    expect(await psa.containers(String(companyId))).toEqual([
      { id: String(contractId), name: 'Contoso cloud', closed: undefined },
      { id: String(ended), name: 'Old', closed: 'it ended on 31 Dec 2025' },
    ])
  })

  it('or gone is not there, whatever its id looks like', async () => {
    const { psa } = await deskOf()
    for (const id of ['4711', '', 'x/../1', '1e3', '-5']) {
      const { kind, what } = await problemOf(psa.read(id))
      expect([kind, what]).toEqual(['notFound', `Autotask shows no contract ${id}.`])
    }
    expect((await problemOf(psa.containers('1e3'))).what).toBe('Autotask shows no company 1e3.')
  })
})

describe('what is mapped', () => {
  it('companies that are active, with their number', async () => {
    const { emulator, psa } = await deskOf()
    const { companyId } = contoso(emulator)
    const gone = emulator.world.createCompany({ name: 'Gone' })
    emulator.world.deactivate({ companyId: gone })
    expect(await psa.companies()).toEqual([
      { id: String(companyId), name: 'Contoso', code: 'C-1', domain: undefined },
    ])
  })

  it('services with the vendor’s number, and why one cannot be billed', async () => {
    const { emulator, psa } = await deskOf()
    const { serviceId } = contoso(emulator)
    const old = emulator.world.createService({ name: 'Old', unitPrice: '1.005' })
    emulator.world.deactivate({ serviceId: old })
    expect(await psa.items()).toEqual([
      {
        id: String(serviceId),
        name: 'Microsoft 365 Business Premium',
        vendorNumbers: ['CFQ7TTC0LCHC:0002'],
        unitPrice: 2_200_000_000n,
        unusable: undefined,
      },
      {
        id: String(old),
        name: 'Old',
        vendorNumbers: [],
        unitPrice: 100_500_000n,
        unusable: 'it is inactive',
      },
    ])
  })
})
