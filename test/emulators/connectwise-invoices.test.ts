import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ConnectWiseEmulator, startConnectWiseEmulator } from './connectwise/server.js'
import type { NewAddition, NewAgreement, World } from './connectwise/world.js'

let emulator: ConnectWiseEmulator
let world: World

beforeEach(async () => {
  emulator = await startConnectWiseEmulator({ now: () => new Date('2026-03-20T13:00:00Z') })
  world = emulator.world
  world.createCatalogItem({ identifier: 'M365BP', price: '22.00' })
})

afterEach(async () => await emulator.close())

/** An agreement whose next invoice is March's. */
function agreement(prorateFlag: boolean, change: Partial<NewAgreement> = {}): number {
  const companyId = world.createCompany({ identifier: 'ACME' })
  return world.createAgreement({
    companyId,
    name: 'Cloud',
    prorateFlag,
    nextInvoiceDate: '2026-03-01',
    ...change,
  })
}

function line(agreementId: number, quantity: number, change: Partial<NewAddition> = {}): number {
  return world.createAddition({
    agreementId,
    product: 'M365BP',
    quantity,
    effectiveDate: '2026-03-01',
    ...change,
  })
}

/** The next invoice: the amounts of its lines in the order of the additions, and their sum. */
function invoice(agreementId: number): string[] {
  const { lines, total } = world.invoice(agreementId)
  return [...lines.map(({ amount }) => amount), `= ${total}`]
}

describe('20 seats at 22.00 and 5 more from 11 March, over March, April and May', () => {
  it('prorateFlag, March not invoiced: a line from the date, without an end', () => {
    const id = agreement(true)
    line(id, 20)
    line(id, 5, { effectiveDate: '2026-03-11' })
    // 5 × 22 × 21/31 = 74.516…
    expect(invoice(id)).toEqual(['440.00', '74.52', '= 514.52'])
    expect(invoice(id)).toEqual(['440.00', '110.00', '= 550.00'])
    expect(invoice(id)).toEqual(['440.00', '110.00', '= 550.00'])
  })

  it('prorateFlag, March invoiced: the main line to 25 and a line for the rest of March', () => {
    const id = agreement(true)
    const main = line(id, 20)
    expect(invoice(id)).toEqual(['440.00', '= 440.00'])
    world.editAddition({ additionId: main, quantity: 25 })
    line(id, 5, { effectiveDate: '2026-03-11', cancelledDate: '2026-03-31' })
    expect(invoice(id)).toEqual(['550.00', '74.52', '= 624.52'])
    expect(invoice(id)).toEqual(['550.00', '= 550.00'])
  })

  it('no prorateFlag, March not invoiced: a one-time line for March, the five from April', () => {
    const id = agreement(false)
    line(id, 20)
    line(id, 1, { unitPrice: '74.52', effectiveDate: '2026-03-11', cancelledDate: '2026-03-31' })
    line(id, 5, { effectiveDate: '2026-04-01' })
    expect(invoice(id)).toEqual(['440.00', '74.52', '= 514.52'])
    expect(invoice(id)).toEqual(['440.00', '110.00', '= 550.00'])
    expect(invoice(id)).toEqual(['440.00', '110.00', '= 550.00'])
  })

  it('no prorateFlag, March invoiced: a one-time line for March, the main line to 25', () => {
    const id = agreement(false)
    const main = line(id, 20)
    expect(invoice(id)).toEqual(['440.00', '= 440.00'])
    line(id, 1, { unitPrice: '74.52', effectiveDate: '2026-03-11', cancelledDate: '2026-03-31' })
    world.editAddition({ additionId: main, quantity: 25 })
    expect(invoice(id)).toEqual(['550.00', '74.52', '= 624.52'])
    expect(invoice(id)).toEqual(['550.00', '= 550.00'])
  })

  it('no prorateFlag, March and April invoiced: a one-time line for each', () => {
    const id = agreement(false)
    const main = line(id, 20)
    invoice(id)
    invoice(id)
    line(id, 1, { unitPrice: '74.52', effectiveDate: '2026-03-11', cancelledDate: '2026-03-31' })
    line(id, 1, { unitPrice: '110.00', effectiveDate: '2026-04-01', cancelledDate: '2026-04-30' })
    world.editAddition({ additionId: main, quantity: 25 })
    expect(invoice(id)).toEqual(['550.00', '74.52', '110.00', '= 734.52'])
    expect(invoice(id)).toEqual(['550.00', '= 550.00'])
  })

  it('shows why nobody just adds the five when there is no prorateFlag, or edits the quantity alone', () => {
    const [added, edited] = [agreement(false), agreement(true)]
    line(added, 20)
    line(added, 5, { effectiveDate: '2026-03-11' })
    expect(invoice(added)).toEqual(['440.00', '110.00', '= 550.00'])
    world.editAddition({ additionId: line(edited, 20), quantity: 25 })
    expect(invoice(edited)).toEqual(['550.00', '= 550.00'])
  })
})

describe('10 seats and 12 from 17 March, as published for a month that is invoiced', () => {
  it('bills 12 in full and the 2 for the rest of March with April', () => {
    const id = agreement(true)
    const main = line(id, 10)
    expect(invoice(id)).toEqual(['220.00', '= 220.00'])
    world.editAddition({ additionId: main, quantity: 12 })
    line(id, 2, { effectiveDate: '2026-03-17', cancelledDate: '2026-03-31' })
    // 12 × 22; 2 × 22 × 15/31 = 21.290…
    expect(invoice(id)).toEqual(['264.00', '21.29', '= 285.29'])
    expect(invoice(id)).toEqual(['264.00', '= 264.00'])
  })

  it('bills them to the end of April when that is invoiced too', () => {
    const id = agreement(true)
    const main = line(id, 10)
    invoice(id)
    invoice(id)
    world.editAddition({ additionId: main, quantity: 12 })
    line(id, 2, { effectiveDate: '2026-03-17', cancelledDate: '2026-04-30' })
    expect(invoice(id)).toEqual(['264.00', '21.29', '44.00', '= 329.29'])
  })
})

describe('lines that end', () => {
  it('bill the days up to their last one when prorated, and the whole period when not', () => {
    const [prorated, full] = [agreement(true), agreement(false)]
    for (const id of [prorated, full]) line(id, 20, { cancelledDate: '2026-03-20' })
    // 440 × 20/31 = 283.870…
    expect(invoice(prorated)).toEqual(['283.87', '= 283.87'])
    expect(invoice(full)).toEqual(['440.00', '= 440.00'])
    for (const id of [prorated, full]) expect(invoice(id)).toEqual(['= 0.00'])
  })

  it('give nothing back for what is invoiced', () => {
    for (const prorateFlag of [true, false]) {
      const id = agreement(prorateFlag)
      const main = line(id, 20)
      expect(invoice(id)).toEqual(['440.00', '= 440.00'])
      world.cancelAddition({ additionId: main, cancelledDate: '2026-03-20' })
      expect(invoice(id)).toEqual(['= 0.00'])
    }
  })

  it('bill only the new days when they are made longer again', () => {
    const id = agreement(true)
    const extra = line(id, 5, { effectiveDate: '2026-03-11', cancelledDate: '2026-03-20' })
    // 110 × 10/31 = 35.483…
    expect(invoice(id)).toEqual(['35.48', '= 35.48'])
    world.editAddition({ additionId: extra, cancelledDate: '2026-03-31' })
    // 110 × 11/31 = 39.032…
    expect(invoice(id)).toEqual(['39.03', '= 39.03'])
    expect(invoice(id)).toEqual(['= 0.00'])
  })

  it('end with their agreement', () => {
    const id = agreement(true)
    line(id, 20)
    world.endAgreement({ agreementId: id, endDate: '2026-04-15' })
    expect(invoice(id)).toEqual(['440.00', '= 440.00'])
    expect(invoice(id)).toEqual(['220.00', '= 220.00'])
    expect(() => world.invoice(id)).toThrow('nothing left to invoice')
    const cancelled = agreement(true)
    world.editAgreement({ agreementId: cancelled, cancelledFlag: true })
    expect(() => world.invoice(cancelled)).toThrow('is cancelled')
  })
})

describe('one-time lines', () => {
  it('bill once, in full from the start to the end of a period, whether prorated or not', () => {
    for (const prorateFlag of [true, false]) {
      const id = agreement(prorateFlag)
      line(id, 1, { unitPrice: '-66.00', cancelledDate: '2026-03-31' })
      expect(invoice(id)).toEqual(['-66.00', '= -66.00'])
      expect(invoice(id)).toEqual(['= 0.00'])
    }
  })

  it('come with the next invoice when their period is invoiced', () => {
    for (const prorateFlag of [true, false]) {
      const id = agreement(prorateFlag)
      invoice(id)
      line(id, 1, { unitPrice: '66', cancelledDate: '2026-03-31' })
      expect(invoice(id)).toEqual(['66.00', '= 66.00'])
      expect(invoice(id)).toEqual(['= 0.00'])
    }
  })

  it('are cut by a prorateFlag when they are no whole period', () => {
    const id = agreement(true)
    line(id, 1, { unitPrice: '66', effectiveDate: '2026-03-12', cancelledDate: '2026-03-31' })
    // 66 × 20/31 = 42.580…
    expect(invoice(id)).toEqual(['42.58', '= 42.58'])
  })
})

describe('what decides an amount', () => {
  it('is month by month for what was never invoiced, and nothing before the agreement is billed', () => {
    const id = agreement(true, { nextInvoiceDate: '2026-02-01' })
    invoice(id)
    invoice(id)
    line(id, 2, { effectiveDate: '2026-02-17' })
    line(id, 1, { effectiveDate: '2025-11-05', cancelledDate: '2026-01-31' })
    // 44 × 12/28 = 18.857…
    expect(invoice(id)).toEqual(['18.86', '44.00', '44.00', '= 106.86'])
    const months = world.invoicesOf(id)[2]?.lines.map(({ from, to }) => [from, to])
    expect(months).toEqual([
      ['2026-02-17', '2026-03-01'],
      ['2026-03-01', '2026-04-01'],
      ['2026-04-01', '2026-05-01'],
    ])
  })

  it('is the quantity less what is included, and whether the customer pays', () => {
    const id = agreement(true)
    line(id, 5, { lessIncluded: 2 })
    line(id, 5, { billCustomer: 'NoCharge' })
    line(id, 5, { billCustomer: 'DoNotBill' })
    expect(invoice(id)).toEqual(['66.00', '0.00', '= 66.00'])
  })

  it('is rounded once, half away from zero, to the smallest coin', () => {
    const id = agreement(true, { nextInvoiceDate: '2026-04-01' })
    for (const unitPrice of ['0.01', '-0.01', '0.0099']) {
      line(id, 1, { unitPrice, effectiveDate: '2026-04-16' })
    }
    expect(invoice(id)).toEqual(['0.01', '-0.01', '0.00', '= 0.00'])
    const yen = agreement(true, { currency: 'JPY' })
    line(yen, 5, { unitPrice: '2200', effectiveDate: '2026-03-11' })
    // 11000 × 21/31 = 7451.6…
    expect(invoice(yen)).toEqual(['7452', '= 7452'])
  })

  it('is the length of a period that begins on any day, and on a short month’s last for the 31st', () => {
    const middle = agreement(true, { nextInvoiceDate: '2026-03-15' })
    line(middle, 20)
    line(middle, 5, { effectiveDate: '2026-03-20' })
    // 110 × 26/31 = 92.258…, 15 March to 14 April
    expect(invoice(middle)).toEqual(['440.00', '92.26', '= 532.26'])
    expect(invoice(middle)).toEqual(['440.00', '110.00', '= 550.00'])
    const last = agreement(true, { nextInvoiceDate: '2026-01-31' })
    line(last, 1, { effectiveDate: '2026-02-14' })
    line(last, 1, { effectiveDate: '2026-03-10' })
    // 22 × 14/28, 31 January to 27 February; 22 × 21/31, 28 February to 30 March
    expect(invoice(last)).toEqual(['11.00', '= 11.00'])
    expect(invoice(last)).toEqual(['22.00', '14.90', '= 36.90'])
    expect(world.agreement(last).invoicedPeriods).toBe(2)
    expect(world.invoicesOf(last).map(({ period }) => period)).toEqual([
      { from: '2026-01-31', to: '2026-02-28' },
      { from: '2026-02-28', to: '2026-03-31' },
    ])
  })

  it('is the length of the period: a leap February, a quarter, a year', () => {
    const leap = agreement(true, { nextInvoiceDate: '2028-02-01' })
    line(leap, 1, { effectiveDate: '2028-02-15' })
    // 22 × 15/29 = 11.379…
    expect(invoice(leap)).toEqual(['11.38', '= 11.38'])
    const quarter = agreement(true, { nextInvoiceDate: '2026-01-01', billingCycle: 'Quarterly' })
    line(quarter, 5, { unitPrice: '66', effectiveDate: '2026-03-11' })
    // 330 × 21/90
    expect(invoice(quarter)).toEqual(['77.00', '= 77.00'])
    expect(invoice(quarter)).toEqual(['330.00', '= 330.00'])
    const year = agreement(false, { billingCycle: 'Yearly' })
    line(year, 1, { unitPrice: '264', effectiveDate: '2026-08-01' })
    expect(invoice(year)).toEqual(['264.00', '= 264.00'])
    expect(world.invoicesOf(year)[0]?.period).toEqual({ from: '2026-03-01', to: '2027-03-01' })
  })

  it('is the price and quantity at the time of the invoice, for every period that is not invoiced', () => {
    const id = agreement(true)
    const main = line(id, 20)
    invoice(id)
    world.editAddition({ additionId: main, unitPrice: '24.00', quantity: 21 })
    expect(invoice(id)).toEqual(['504.00', '= 504.00'])
    expect(world.invoicesOf(id)[0]?.total).toBe('440.00')
  })
})

describe('an invoice', () => {
  it('can be seen before it is made', () => {
    const id = agreement(true)
    line(id, 20)
    line(id, 5, { effectiveDate: '2026-03-11' })
    const seen = world.preview(id)
    expect([seen.total, world.invoicesOf(id)]).toEqual(['514.52', []])
    expect(world.invoice(id).lines).toEqual(seen.lines)
    expect(world.preview(id).total).toBe('550.00')
  })

  it('can be taken back, the newest first: its days are due again', () => {
    const id = agreement(true)
    const main = line(id, 20)
    const extra = line(id, 5, { effectiveDate: '2026-03-11', cancelledDate: '2026-03-20' })
    const [march, april] = [world.invoice(id), world.invoice(id)]
    expect(() => world.deleteInvoice({ invoiceId: march.id })).toThrow('not the newest')
    world.deleteInvoice({ invoiceId: april.id })
    world.editAddition({ additionId: extra, cancelledDate: '2026-03-31' })
    world.deleteInvoice({ invoiceId: march.id })
    expect(emulator.ledger().at(-1)).toMatchObject({ method: 'DELETE', addition: null, after: null })
    world.editAddition({ additionId: main, quantity: 21 })
    // 21 × 22; 110 × 21/31
    expect(invoice(id)).toEqual(['462.00', '74.52', '= 536.52'])
    expect(invoice(id)).toEqual(['462.00', '= 462.00'])
  })

  it('leaves a line free to be deleted when it is taken back', () => {
    const id = agreement(true)
    const main = line(id, 20)
    const { id: invoiceId } = world.invoice(id)
    expect(() => world.deleteAddition({ additionId: main })).toThrow('is on an invoice')
    world.deleteInvoice({ invoiceId })
    world.deleteAddition({ additionId: main })
    expect(world.additionsOf(id)).toEqual([])
  })
})
