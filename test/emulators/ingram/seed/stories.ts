import { addDays, at } from '../../shared/dates.js'
import { multiply } from '../../shared/decimal.js'
import { digitsOf } from '../currencies.js'
import type { Amount, DateText } from '../events.js'
import { AZURE, MICROSOFT, OTHERS, offer, SERVER_LICENCE } from './catalog.js'
import { CUSTOMERS, type SeedCustomer } from './customers.js'
import type { Garden, Sapling } from './garden.js'
import type { Explanation } from './lineage.js'

/** The clock for which the seed world is made. */
export const SEED_CLOCK = '2026-03-20T13:00:00Z'

function customerNamed(name: string): SeedCustomer {
  const found = CUSTOMERS.find((customer) => customer.name === name)
  if (found === undefined) throw new Error(`no customer ${name}`)
  return found
}

function product(code: string): (typeof MICROSOFT)[number] {
  const found = [...MICROSOFT, ...OTHERS].find((candidate) => candidate.code === code)
  if (found === undefined) throw new Error(`no product ${code}`)
  return found
}

const monthly = (sapling: Sapling): boolean => sapling.cadence === 'commitment'

function changeSeats(garden: Garden, sapling: Sapling, date: DateText, by: Explanation): void {
  const seats = sapling.lines[0]?.seats ?? 1
  const delta =
    seats > 5 && garden.random.chance(0.3) ? -garden.random.integer(1, 3) : garden.random.integer(1, 6)
  sapling.moves.push({ type: 'seats', at: garden.momentOf(date), delta, by })
}

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

/** 20 changes whose order comes late: hidden for days, or placed days after. Four are not explained by the seed clock. */
export function tellLateOrders(garden: Garden): void {
  const hidden: readonly (readonly [DateText, number])[] = [
    ['2025-03-12', 3],
    ['2025-05-20', 4],
    ['2025-07-08', 2],
    ['2025-10-14', 6],
    ['2026-01-20', 5],
    ['2026-03-03', 2],
    ['2026-03-06', 5],
    ['2026-03-12', 10],
    ['2026-03-17', 5],
    ['2026-03-19', 4],
  ]
  for (const [date, days] of hidden)
    changeSeats(garden, garden.take(date, monthly), date, { kind: 'hidden', days })
  const backdated: readonly (readonly [DateText, number, number])[] = [
    ['2025-02-25', 4, 0],
    ['2025-06-11', 3, 0],
    ['2025-08-19', 7, 0],
    ['2025-11-25', 2, 0],
    ['2026-02-10', 5, 0],
    ['2026-02-26', 4, 0],
    ['2026-03-04', 3, 2],
    ['2026-03-09', 4, 0],
    ['2026-03-13', 9, 0],
    ['2026-03-18', 6, 1],
  ]
  for (const [date, days, shownAfterDays] of backdated) {
    changeSeats(garden, garden.take(date, monthly), date, { kind: 'backdated', days, shownAfterDays })
  }
}

/** 10 cancellations by order, one of them on its first day; 10 ends without any order, one perpetual. */
export function tellEnds(garden: Garden): void {
  const churns = [
    '2025-04-15',
    '2025-06-24',
    '2025-08-06',
    '2025-09-30',
    '2025-11-12',
    '2026-01-07',
    '2026-02-28',
  ]
  for (const date of [...churns, '2026-03-06', '2026-03-13']) {
    const slowDays = date === '2026-03-13' ? 2 : 0
    garden.take(date, monthly).moves.push({ type: 'cancel', at: garden.momentOf(date), slowDays })
  }
  const regretted = garden.plant({
    customer: garden.customerBy('2026-03-10'),
    cadence: 'commitment',
    start: '2026-03-10',
    rest: { soldAt: '2026-03-10T14:00:00Z' },
  })
  regretted.moves.push({ type: 'cancel', at: '2026-03-10T18:30:00Z' })

  const stops = ['2025-03-19', '2025-05-14', '2025-07-31', '2025-09-09', '2025-12-31', '2026-02-12']
  const perpetual = garden.plant({
    customer: garden.customerBy('2025-02-03'),
    cadence: 'perpetual',
    product: SERVER_LICENCE,
    start: '2025-02-03',
  })
  perpetual.moves.push({
    type: 'stop',
    at: at('2025-11-20', '07:00'),
    endDate: '2025-11-20',
    status: 'removed',
  })
  ;[...stops, '2026-03-04', '2026-03-11', '2026-03-18'].forEach((endDate, index) => {
    const status = index % 2 === 0 ? 'terminated' : 'removed'
    garden.take(endDate, monthly).moves.push({ type: 'stop', at: at(endDate, '07:00'), endDate, status })
  })
}

/** 5 holds; two of them still last at the seed clock. */
export function tellHolds(garden: Garden): void {
  const holds: readonly (readonly [DateText, DateText | null])[] = [
    ['2025-09-10', '2025-09-25'],
    ['2025-12-01', '2025-12-08'],
    ['2026-02-25', null],
    ['2026-03-05', '2026-03-12'],
    ['2026-03-16', '2026-03-27'],
  ]
  for (const [held, resumed] of holds) {
    const { moves } = garden.take(held, monthly)
    moves.push({ type: 'hold', at: garden.momentOf(held) })
    if (resumed !== null) moves.push({ type: 'resume', at: garden.momentOf(resumed) })
  }
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
  const twenty = {
    customer: customerNamed('Brightwater Dental Group'),
    product: product('M365BP'),
    seats: 20,
  }
  garden.plant({ ...twenty, cadence: 'turnover', start: '2026-02-11' })
  const shrinking = garden.plant({
    customer: garden.customerBy('2025-12-09'),
    cadence: 'turnover',
    start: '2025-12-09',
    seats: 14,
  })
  shrinking.moves.push({ type: 'scheduleAtRenewal', at: garden.momentOf('2026-02-26'), target: 11 })
  // The same product twice at one customer, on different days: each must continue its own line.
  const twice = {
    customer: customerNamed('Foxglove Interiors'),
    product: product('EXOP1'),
    cadence: 'turnover' as const,
  }
  for (const start of ['2026-01-06', '2026-01-17'])
    garden.plant({ ...twice, start, rest: { vendorIds: 'none' } })
}

/** Changes that no order explains, or one without products. */
export function tellUnexplained(garden: Garden): void {
  for (const date of ['2025-05-06', '2025-09-17', '2025-12-03', '2026-03-05', '2026-03-10', '2026-03-16']) {
    changeSeats(garden, garden.take(date, monthly), date, { kind: 'bare' })
  }
  for (const date of ['2025-04-02', '2025-08-27', '2026-01-13', '2026-02-18', '2026-03-07', '2026-03-14']) {
    changeSeats(garden, garden.take(date, monthly), date, { kind: 'none' })
  }
}

/** Orders that changed nothing (yet), or change it at the next renewal. */
export function tellOpenOrders(garden: Garden): void {
  const withdrawn = garden.take('2026-03-09', monthly)
  withdrawn.moves.push({
    type: 'failedOrder',
    at: garden.momentOf('2026-03-09'),
    delta: 10,
    outcome: 'cancelled',
  })
  const failed = garden.take('2026-02-05', monthly)
  failed.moves.push({ type: 'failedOrder', at: garden.momentOf('2026-02-05'), delta: 3, outcome: 'error' })
  const slow = garden.take('2026-03-21', monthly)
  slow.moves.push({
    type: 'seats',
    at: '2026-03-21T14:00:00Z',
    delta: 4,
    by: { kind: 'normal', slowDays: 1.75 },
  })
  const planned = garden.plant({
    customer: garden.customerBy('2025-04-10'),
    cadence: 'commitment',
    start: '2025-04-10',
    seats: 12,
  })
  planned.moves.push({ type: 'scheduleAtRenewal', at: garden.momentOf('2026-03-12'), target: 8 })
  const rolled = garden.take(
    '2026-03-02',
    (sapling) => sapling.cadence === 'rolling' && (sapling.lines[0]?.seats ?? 0) > 4,
  )
  rolled.moves.push({
    type: 'scheduleAtRenewal',
    at: garden.momentOf('2026-03-01'),
    target: (rolled.lines[0]?.seats ?? 0) - 2,
  })
}

/** Days and hours that decide cents: zone edges, three changes in one day, down and up again. */
export function tellEdges(garden: Garden): void {
  for (const moment of ['2026-03-01T03:00:00Z', '2026-03-10T02:30:00Z', '2026-03-11T03:59:59Z']) {
    garden
      .take(moment.slice(0, 10), monthly)
      .moves.push({ type: 'seats', at: moment, delta: 2, by: { kind: 'normal' } })
  }
  const often = garden.take('2026-03-12', monthly)
  for (const time of ['14:00:10', '15:20:00', '16:45:30']) {
    often.moves.push({ type: 'seats', at: at('2026-03-12', time), delta: 1, by: { kind: 'normal' } })
  }
  const saw = garden.take('2026-03-03', (sapling) => monthly(sapling) && (sapling.lines[0]?.seats ?? 0) >= 10)
  for (const [date, delta] of [
    ['2026-03-03', 5],
    ['2026-03-10', -3],
    ['2026-03-17', 3],
  ] as const) {
    saw.moves.push({ type: 'seats', at: garden.momentOf(date), delta, by: { kind: 'normal' } })
  }
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
  for (const start of ['2025-02-10', '2025-07-01', '2025-12-12']) {
    garden.plant({
      customer: garden.customerBy(start, 'USD'),
      cadence: 'usage',
      product: AZURE,
      start,
      seats: 1,
    })
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

/** What everybody else does: a change now and then, more of them in March. */
export function tellEverydayChanges(garden: Garden): void {
  const { random } = garden
  for (const sapling of garden.untouched()) {
    if (sapling.cadence === 'usage' || sapling.coTermUntil !== undefined || sapling.pending === true) continue
    if (sapling.cadence === 'turnover' || random.chance(0.6)) continue
    const from = addDays(sapling.start > '2025-01-21' ? sapling.start : '2025-01-21', 10)
    if (from >= '2026-06-01') continue
    const dates = Array.from({ length: random.integer(1, 3) }, () => garden.dateBetween(from, '2026-06-20'))
    if (random.chance(0.2) && from < '2026-03-02') dates.push(garden.dateBetween('2026-03-02', '2026-03-19'))
    for (const date of [...new Set(dates)].sort()) {
      changeSeats(
        garden,
        sapling,
        date,
        random.chance(0.1) ? { kind: 'normal', slowDays: 1 } : { kind: 'normal' },
      )
    }
  }
}
