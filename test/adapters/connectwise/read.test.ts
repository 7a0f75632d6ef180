import { describe, expect, it } from 'vitest'
import { startRecordedConnectWise } from '../../contract/recorded-connectwise.js'
import { day, decimal } from '../../support/observed.js'
import { refusalOf } from '../http/scripted-client.js'
import { IDS, officeWith } from './office.js'
import { agreementSite } from './scripted-site.js'

const openOffice = officeWith(startRecordedConnectWise)

describe('companies and products', () => {
  it('are listed with what mapping needs; deleted and inactive companies are left out', async () => {
    const { emulator, psa } = await openOffice()
    emulator.world.createCompany({ identifier: 'GONE', deletedFlag: true })
    emulator.world.createCompany({ identifier: 'OLDIE', status: 'Inactive' })
    expect(await psa.companies()).toEqual([
      { id: '105', name: 'Contoso', code: 'CONTOSO', domain: undefined },
      { id: '108', name: "Fabrikam's", code: 'FABRIKAM', domain: undefined },
    ])
  })

  it('say which product cannot be billed, and why', async () => {
    const { emulator, psa } = await openOffice()
    emulator.world.editCatalogItem({ id: 102, manufacturerPartNumber: 'MPN-E3', integrationXRef: 'MPN-E3' })
    expect(await psa.items()).toEqual([
      {
        id: '101',
        name: 'Business Premium',
        vendorNumbers: ['BP'],
        unitPrice: decimal('22'),
        unusable: undefined,
      },
      { id: '102', name: 'E3', vendorNumbers: ['MPN-E3'], unitPrice: decimal('36'), unusable: undefined },
      {
        id: '103',
        name: 'BUNDLE',
        vendorNumbers: [],
        unitPrice: decimal('50'),
        unusable: 'it is a bundle',
      },
      { id: '104', name: 'OLD', vendorNumbers: [], unitPrice: decimal('5'), unusable: 'it is inactive' },
    ])
  })
})

describe('agreements of a company', () => {
  it('are its own only, each with why it is closed', async () => {
    const { emulator, psa } = await openOffice()
    const { world } = emulator
    const more = { companyId: 105, prorateFlag: true, nextInvoiceDate: '2026-03-01' }
    const ended = world.createAgreement({ ...more, name: 'Ended', endDate: '2026-02-28' })
    const cancelled = world.createAgreement({ ...more, name: 'Cancelled' })
    world.editAgreement({ agreementId: cancelled, cancelledFlag: true })
    const later = world.createAgreement({ ...more, name: 'Later', startDate: '2026-05-01' })
    expect(await psa.containers('105')).toEqual([
      { id: IDS.contoso, name: 'Contoso Cloud', closed: undefined },
      { id: String(ended), name: 'Ended', closed: 'it ended on 28 Feb 2026' },
      { id: String(cancelled), name: 'Cancelled', closed: 'it is cancelled' },
      { id: String(later), name: 'Later', closed: 'it is inactive' },
    ])
    expect(await psa.containers('99')).toEqual([])
  })

  it.each(['', 'abc', '1 or 1 = 1', '0', '-1'])('are not asked for with the id "%s"', async (id) => {
    const { psa, asked } = await openOffice()
    expect((await refusalOf(psa.containers(id))).kind).toBe('notFound')
    expect((await refusalOf(psa.read(id))).kind).toBe('notFound')
    expect(asked()).toEqual([])
  })
})

describe('an agreement', () => {
  it('is read with what it says about itself', async () => {
    const { psa } = await openOffice()
    expect(await psa.read(IDS.contoso)).toEqual({
      psa: 'connectwise',
      id: IDS.contoso,
      name: 'Contoso Cloud',
      companyId: '105',
      currency: 'USD',
      closed: undefined,
      from: day('2025-03-01'),
      to: null,
      anchorDay: 1,
      lockedTo: day('2026-03-01'),
      mode: 'datedLines',
      units: [],
      lines: [
        {
          id: IDS.main,
          itemId: IDS.product,
          quantity: decimal('20'),
          unitPrice: decimal('22'),
          from: day('2026-03-01'),
          to: null,
          marker: 'CBS:L1:start',
          words: 'M365BP',
          ownAmount: undefined,
        },
      ],
    })
  })

  it('is read with its lines: what prorates, what is included, what was cancelled, what is not billed', async () => {
    const { emulator, psa } = await openOffice()
    const { world } = emulator
    const agreementId = Number(IDS.contoso)
    const part = world.createAddition({
      agreementId,
      product: 'M365BP',
      quantity: 5,
      effectiveDate: '2026-03-11',
      serialNumber: 'CBS:L-1:r0123456789ab',
      invoiceDescription: 'Business Premium, 5 more',
    })
    const ended = world.createAddition({
      agreementId,
      product: 'E3',
      quantity: '12.5',
      unitPrice: '0.333333',
      lessIncluded: '2.5',
      effectiveDate: '2026-03-01',
      cancelledDate: '2026-03-31',
    })
    world.createAddition({ agreementId, product: 'E3', quantity: 9, billCustomer: 'NoCharge' })
    world.createAddition({ agreementId, product: 'E3', quantity: 9, billCustomer: 'DoNotBill' })
    const { lines } = await psa.read(IDS.contoso)
    expect(lines.map(({ id }) => id)).toEqual([IDS.main, String(part), String(ended)])
    expect(lines[1]).toMatchObject({
      quantity: decimal('5'),
      from: day('2026-03-11'),
      to: null,
      marker: 'CBS:L-1:r0123456789ab',
      words: 'Business Premium, 5 more',
      // 5 × 22.00 × 21/31 = 74.516…
      ownAmount: 7452n,
    })
    expect(lines[2]).toMatchObject({
      itemId: '102',
      quantity: decimal('10'),
      unitPrice: decimal('0.333333'),
      // The last billed day is 31 March.
      to: day('2026-04-01'),
      marker: undefined,
      ownAmount: undefined,
    })
  })

  it('is read with the prices of products that are asked for, all of them in one question', async () => {
    const { emulator, psa, asked } = await openOffice()
    emulator.world.editCatalogItem({ id: 102, price: '36.50' })
    asked()
    const { catalog } = await psa.read(IDS.contoso, 'background', ['102', '999', IDS.product])
    expect(catalog).toEqual([
      { itemId: '102', unitPrice: decimal('36.5'), isThere: true },
      { itemId: '999', unitPrice: undefined, isThere: false },
      { itemId: IDS.product, unitPrice: decimal('22'), isThere: true },
    ])
    const questions = asked().filter((request) => request.includes('/procurement/'))
    expect(questions).toEqual([expect.stringContaining('id in (102, 999, 101)')])
    const { catalog: none } = await psa.read(IDS.contoso)
    expect([none, asked().filter((request) => request.includes('/procurement/'))]).toEqual([undefined, []])
  })

  it('without proration bills whole lines', async () => {
    const { psa } = await openOffice()
    expect(await psa.read(IDS.fabrikam)).toMatchObject({ mode: 'wholeLines', lines: [] })
  })

  it('locks what is invoiced', async () => {
    const { emulator, psa } = await openOffice()
    emulator.world.invoice(Number(IDS.contoso))
    expect(await psa.read(IDS.contoso)).toMatchObject({ lockedTo: day('2026-04-01'), anchorDay: 1 })
  })

  it('locks what is invoiced while it is read', async () => {
    const invoice = { kind: 'happening', path: '/finance/invoices', times: 1 } as const
    const { emulator, psa } = await openOffice({
      faults: [{ ...invoice, act: (world) => world.invoice(Number(IDS.contoso)) }],
    })
    // The agreement still said 1 March; the invoice dated there covers March.
    expect(await psa.read(IDS.contoso)).toMatchObject({ lockedTo: day('2026-04-01') })
    expect(emulator.world.invoicesOf(Number(IDS.contoso))).toHaveLength(1)
  })

  it.each([
    ['Agreement', '2026-04-06'],
    ['CreditMemo', '2026-04-01'],
    ['Miscellaneous', '2026-04-01'],
  ])('is locked by its own invoices, not by every paper beside it: %s', async (type, lockedTo) => {
    const invoice = { id: 1, type, date: '2026-04-05T00:00:00Z' }
    const { psa } = await agreementSite({ invoices: [invoice] })
    expect((await psa.read('77')).lockedTo).toBe(day(lockedTo))
  })

  it('understands a next invoice date with and without a time', async () => {
    const { psa } = await openOffice({ quirks: { nextInvoiceDate: 'date' } })
    expect(await psa.read(IDS.contoso)).toMatchObject({ lockedTo: day('2026-03-01') })
  })

  it.each(['Quarterly', 'Yearly', 'Weekly', 'BiMonthly', 'SemiAnnual', 'BiWeekly'] as const)(
    'that bills %s has no monthly periods',
    async (billingCycle) => {
      const { emulator, psa } = await openOffice()
      const agreement = { companyId: 105, name: 'Other', prorateFlag: true, nextInvoiceDate: '2026-03-01' }
      const id = emulator.world.createAgreement({ ...agreement, billingCycle })
      expect((await psa.read(String(id))).anchorDay).toBeUndefined()
    },
  )

  it('keeps its day of the month through a short month', async () => {
    const { emulator, psa } = await openOffice()
    const agreement = { companyId: 105, name: 'Last days', prorateFlag: true, nextInvoiceDate: '2026-01-31' }
    const id = emulator.world.createAgreement(agreement)
    emulator.world.invoice(id)
    expect(await psa.read(String(id))).toMatchObject({ lockedTo: day('2026-02-28'), anchorDay: 31 })
  })

  it('that ends is read with the day behind its last', async () => {
    const { emulator, psa } = await openOffice()
    emulator.world.endAgreement({ agreementId: Number(IDS.contoso), endDate: '2026-06-30' })
    expect(await psa.read(IDS.contoso)).toMatchObject({ to: day('2026-07-01'), closed: undefined })
  })

  it('that is gone is not found, in words', async () => {
    const { psa } = await openOffice()
    const refusal = await refusalOf(psa.read('999'))
    expect(refusal.kind).toBe('notFound')
    expect(refusal.message).toContain(
      'ConnectWise did not give agreement 999 (404): it is not there any more, "Agreement 999 not found".',
    )
    expect(refusal.message).toContain('map the customer anew')
  })

  it('that may not be read says whose rights are missing', async () => {
    const { emulator, psa } = await openOffice()
    emulator.world.setPermissions({ agreements: 'none' })
    const refusal = await refusalOf(psa.read(IDS.contoso))
    expect(refusal.kind).toBe('unavailable')
    expect(refusal.message).toContain('the API member is not allowed to')
    expect(refusal.message).toContain('Give the security role of the API member access')
  })

  it('is read anew each time, the meaning of billing cycles once an hour', async () => {
    let now = 0
    const { psa, asked } = await openOffice({}, { now: () => now })
    const cycles = async (): Promise<number> => {
      await psa.read(IDS.contoso)
      return asked().filter((line) => line.includes('billingCycles')).length
    }
    expect(await cycles()).toBe(1)
    now = 3_599_000
    expect(await cycles()).toBe(0)
    now = 3_601_000
    expect(await cycles()).toBe(1)
  })
})
