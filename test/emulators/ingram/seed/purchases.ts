import { addDays, at } from '../../shared/dates.js'
import { multiply } from '../../shared/decimal.js'
import { digitsOf } from '../currencies.js'
import type { Amount, DateText } from '../events.js'
import { AZURE, offer } from './catalog.js'
import type { Garden, Sapling } from './garden.js'
import { changeSeats, customerNamed, monthly, product } from './telling.js'

/** The documentation's example: 20 seats at 22.00 USD since long before, 25 from 11 March 2026, and nothing else. */
export function plantContoso(garden: Garden): void {
  const contoso = garden.plant({
    customer: customerNamed('Contoso'),
    cadence: 'commitment',
    product: product('M365BP'),
    start: '2025-02-01',
    seats: 20,
    rest: { soldAt: '2025-02-01T15:00:00Z' },
  })
  contoso.moves.push({ type: 'seats', at: '2026-03-11T14:05:00Z', delta: 5, by: { kind: 'normal' } })
}

/** 10 annual prepaid subscriptions whose first term was cut to end with another's. */
export function tellCoTerms(garden: Garden): void {
  const documented = { seats: 5, product: product('M365AE'), currency: 'USD' }
  const terms: readonly (readonly [DateText, DateText, Partial<typeof documented>?])[] = [
    ['2026-03-11', '2027-01-01', documented],
    ['2026-03-04', '2026-07-01'],
    ['2026-03-17', '2026-10-15'],
    ['2026-02-20', '2026-06-30'],
    ['2025-11-11', '2026-09-01'],
    ['2025-09-05', '2026-03-15'],
    ['2025-03-11', '2026-01-01'],
    ['2025-06-30', '2026-02-28'],
    ['2025-08-31', '2026-04-30'],
    ['2025-12-01', '2026-05-31'],
  ]
  terms.forEach(([start, coTermUntil, given], index) => {
    const customer = garden.customerBy(start, given?.currency)
    const sapling = garden.plant({ customer, cadence: 'prepaid', start, ...given, rest: { coTermUntil } })
    if (index === 4) changeSeats(garden, sapling, '2026-03-09', { kind: 'normal' })
  })
}

/** Monthly subscriptions: each renewal makes a new record. */
export function tellTurnovers(garden: Garden): void {
  // Those of a chosen product first: the others take one the customer does not have yet.
  const twenty = {
    customer: customerNamed('Brightwater Dental Group'),
    product: product('M365BP'),
    seats: 20,
  }
  garden.plant({ ...twenty, cadence: 'turnover', start: '2026-02-11' })
  // The same product twice at one customer, on different days: each must continue its own line.
  const twice = {
    customer: customerNamed('Foxglove Interiors'),
    product: product('EXOP1'),
    cadence: 'turnover' as const,
  }
  for (const start of ['2026-01-06', '2026-01-17'])
    garden.plant({ ...twice, start, rest: { vendorIds: 'none' } })
  const starts = [
    '2025-08-03',
    '2025-09-05',
    '2025-09-18',
    '2025-10-01',
    '2025-10-08',
    '2025-10-14',
    '2025-11-12',
  ]
  const more = [
    '2025-11-19',
    '2025-11-28',
    '2025-12-06',
    '2025-12-15',
    '2025-12-31',
    '2026-01-11',
    '2026-01-20',
  ]
  const last = ['2026-01-25', '2026-02-02', '2026-02-17', '2026-02-22']
  ;[...starts, ...more, ...last].forEach((start, index) => {
    const vendorIds = index % 5 === 3 ? 'renewed' : index % 9 === 8 ? 'none' : 'kept'
    const sapling = garden.plant({
      customer: garden.customerBy(start),
      cadence: 'turnover',
      start,
      rest: { vendorIds },
    })
    if (start === '2025-10-14') changeSeats(garden, sapling, '2026-03-09', { kind: 'normal' })
    if (start === '2025-09-05') changeSeats(garden, sapling, '2026-03-12', { kind: 'normal' })
    if (start === '2025-12-15') raiseAtRenewal(sapling, '2026-02-20')
  })
  const shrinking = garden.plant({
    customer: garden.customerBy('2025-12-09'),
    cadence: 'turnover',
    start: '2025-12-09',
    seats: 14,
  })
  shrinking.moves.push({ type: 'scheduleAtRenewal', at: garden.momentOf('2026-02-26'), target: 11 })
}

function raised(price: Amount, currency: string): Amount {
  return multiply([price, '1.05'], digitsOf(currency))
}

function raiseAtRenewal(sapling: Sapling, date: DateText): void {
  const price = sapling.lines[0]?.offer.unitPrice ?? '0'
  sapling.moves.push({
    type: 'priceAtRenewal',
    at: at(date, '12:00'),
    unitPrice: raised(price, sapling.currency),
  })
}

/** Prices: raised at renewals, raised in mid-term after the seed clock, free at first, in a foreign currency. */
export function tellPrices(garden: Garden): void {
  const renewsEarlier = (sapling: Sapling): boolean => {
    const day = sapling.start.slice(5)
    return monthly(sapling) && (day < '02-20' || day > '04-15')
  }
  for (let count = 0; count < 6; count += 1)
    raiseAtRenewal(garden.take('2025-01-20', renewsEarlier), '2025-01-21')
  for (const moment of ['2026-03-25T09:00:00Z', '2026-04-01T09:00:00Z']) {
    const sapling = garden.take(moment.slice(0, 10), monthly)
    const { unitPrice, unitCost } = sapling.lines[0]?.offer ?? { unitPrice: null, unitCost: null }
    sapling.moves.push({
      type: 'price',
      at: moment,
      unitPrice: raised(unitPrice ?? '0', sapling.currency),
      unitCost,
    })
  }
  for (const [start, end] of [
    ['2025-10-15', '2025-11-15'],
    ['2026-02-24', '2026-03-24'],
  ] as const) {
    const free = garden.plant({ customer: garden.customerBy(start, 'USD'), cadence: 'rolling', start })
    const line = free.lines[0]
    if (line === undefined) continue
    const { unitPrice, unitCost } = line.offer
    free.lines[0] = { ...line, offer: { ...line.offer, unitPrice: '0.00', unitCost: '0.00' } }
    free.moves.push({ type: 'price', at: at(end, '09:00'), unitPrice: unitPrice ?? '0', unitCost })
  }
  const customer = customerNamed('Meridian Freight Lines')
  garden.plant({ customer, cadence: 'commitment', start: '2025-06-16', currency: 'EUR' })
  const unpriced = garden.take('2025-06-01', monthly)
  unpriced.lines = unpriced.lines.map((line) => ({ ...line, offer: { ...line.offer, unitCost: null } }))
}

/** Purchases: with set-up fees, pending, metered, of two products at once, in March and after. */
export function tellPurchases(garden: Garden): void {
  const fees: readonly (readonly [DateText, string])[] = [
    ['2025-04-09', 'USD'],
    ['2025-10-01', 'EUR'],
    ['2026-01-28', 'GBP'],
    ['2026-03-05', 'USD'],
    ['2026-03-12', 'USD'],
    ['2026-03-16', 'JPY'],
  ]
  for (const [start, currency] of fees) {
    const unitPrice = currency === 'JPY' ? '22000' : '150.00'
    const setups = [{ description: 'Onboarding and tenant set-up', quantity: 1, unitPrice }]
    if (start === '2026-03-12')
      setups.push({ description: 'Mailbox migration', quantity: 12, unitPrice: '9.95' })
    garden.plant({
      customer: garden.customerBy(start, currency),
      cadence: 'commitment',
      start,
      rest: { setups },
    })
  }
  for (const [start, activated] of [
    ['2026-02-16', '2026-02-18'],
    ['2026-03-18', '2026-03-24'],
  ] as const) {
    const sapling = garden.plant({
      customer: garden.customerBy(start),
      cadence: 'commitment',
      start,
      rest: { pending: true },
    })
    sapling.moves.push({ type: 'activate', at: at(activated, '15:00') })
  }
  const metered = { cadence: 'usage', product: AZURE, seats: 1 } as const
  for (const [name, start] of [
    ['Cobalt Ridge Engineering', '2025-02-10'],
    ['Kestrel Aviation Services', '2025-07-01'],
    ['Verity & Thorne Solicitors', '2025-12-12'],
  ] as const) {
    garden.plant({ ...metered, customer: customerNamed(name), start })
  }
  const march = [
    '2026-03-02',
    '2026-03-03',
    '2026-03-05',
    '2026-03-06',
    '2026-03-09',
    '2026-03-11',
    '2026-03-12',
  ]
  const later = [
    '2026-03-13',
    '2026-03-16',
    '2026-03-19',
    '2026-03-23',
    '2026-03-30',
    '2026-04-02',
    '2026-04-15',
  ]
  for (const start of [...march, ...later]) {
    const cadence = garden.random.pick(['commitment', 'commitment', 'prepaid'] as const)
    garden.plant({ customer: garden.customerBy(start), cadence, start })
  }
}

/** 12 subscriptions hold two products each; two change the second one's seats in March. */
export function tellPairs(garden: Garden): void {
  for (let count = 0; count < 12; count += 1) {
    const sapling = garden.take(
      '2025-08-01',
      (candidate) => monthly(candidate) && candidate.lines[0]?.offer.mpn !== 'TEAMSP:0001:P1Y:P1M',
    )
    const extra = offer(product('TEAMSP'), 'commitment', sapling.currency)
    sapling.lines.push({
      offer: { ...extra, mpn: 'TEAMSP:0002:P1Y:P1M' },
      seats: garden.random.integer(2, 9),
    })
    if (count > 1) continue
    const moment = garden.momentOf(addDays('2026-03-04', count * 6))
    sapling.moves.push({ type: 'seats', line: 1, at: moment, delta: 3, by: { kind: 'normal' } })
  }
}
