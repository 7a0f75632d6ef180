import { addDays, at } from '../../shared/dates.js'
import type { DateText } from '../events.js'
import { SERVER_LICENCE } from './catalog.js'
import type { Garden, Sapling } from './garden.js'
import { changeSeats, monthly } from './telling.js'

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
  const renewsInTime = ({ cadence, start, lines }: Sapling): boolean =>
    cadence === 'rolling' && start.slice(8) > '03' && start.slice(8) < '19' && (lines[0]?.seats ?? 0) > 4
  const rolled = garden.take('2026-03-02', renewsInTime)
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
  // Ordered before the month, in effect within it.
  const overTheEdge = garden.take('2026-03-02', monthly)
  overTheEdge.moves.push({
    type: 'seats',
    at: '2026-03-02T15:30:00Z',
    delta: 4,
    by: { kind: 'normal', slowDays: 3 },
  })
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

/** What everybody else does: a change now and then, more of them in March. */
export function tellEverydayChanges(garden: Garden): void {
  const { random } = garden
  for (const sapling of garden.untouched()) {
    if (sapling.cadence === 'usage' || sapling.coTermUntil !== undefined || sapling.pending === true) continue
    if (sapling.cadence === 'turnover' || random.chance(0.6)) continue
    const from = addDays(sapling.start > '2025-01-21' ? sapling.start : '2025-01-21', 10)
    if (from >= '2026-05-01') continue
    const dates = Array.from({ length: random.integer(1, 3) }, () => garden.dateBetween(from, '2026-05-20'))
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
