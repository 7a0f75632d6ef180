import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, formatLocalDate } from '../../../core/calendar/date.js'
import { forecastInvoices } from '../../../core/invoices/forecast.js'
import { invoiceSpans } from '../../../core/invoices/invoice-day.js'
import { type VendorLine, vendorCharges } from '../../../core/invoices/vendor-charges.js'
import type { FoldedSubscription } from '../../../core/timeline/fold.js'
import { folded } from '../../support/folded.js'
import { day, decimal } from '../../support/observed.js'

function charges(subscription: FoldedSubscription, from: string, to: string) {
  const { lines, gaps } = vendorCharges(subscription, { from: day(from), to: day(to) })
  return { lines: lines.map(words), gaps: gaps.map(({ why }) => why) }
}

function words({ kind, covers, hundredths, amount, currency }: VendorLine): string {
  const days = `${formatLocalDate(covers.from)}/${formatLocalDate(covers.to)}`
  return `${kind} ${days} ×${hundredths} ${amount} ${currency}`
}

describe('what the marketplace charges', () => {
  test('is its own whole period on the day it begins: bought on the 7th, 20 × $17.35 = $347.00 on each 7th', () => {
    expect(charges(folded(), '2026-01-01', '2026-03-08').lines).toEqual([
      'period 2026-01-07/2026-02-07 ×100 34700 USD',
      'period 2026-02-07/2026-03-07 ×100 34700 USD',
      'period 2026-03-07/2026-04-07 ×100 34700 USD',
    ])
  })

  test('adds seats inside a month as published: 20 January to 7 February is 0.58 of one bought in January', () => {
    // 5 × $36.00 × 0.58 = $104.40
    const cost = { currency: 'USD', amount: decimal('36.00') }
    const prices = [{ on: day('2026-01-07'), price: cost, cost }]
    const grown = folded({ prices }, { '2026-01-07': '20', '2026-01-20': '25' })
    expect(charges(grown, '2026-01-08', '2026-02-08').lines).toEqual([
      'added 2026-01-20/2026-02-07 ×58 10440 USD',
      'period 2026-02-07/2026-03-07 ×100 90000 USD',
    ])
  })

  test.each([
    ['2026-01-01', '2026-01-08', '2026-02-01', 77],
    ['2026-01-01', '2026-02-10', '2026-03-01', 71],
    ['2026-04-01', '2026-04-16', '2026-05-01', 50],
  ])('bought on %s, added on %s until %s: the published part of a month', (start, on, until, part) => {
    const grown = folded({ start: day(start) }, { [start]: '20', [on]: '21' })
    const [line] = charges(grown, on, formatLocalDate(addDays(day(on), 1))).lines
    expect(line).toMatch(new RegExp(`^added ${on}/${until} ×${part} `))
  })

  test('nets a day: what is added and taken away on one day is charged once', () => {
    const twice = folded({}, { '2026-01-07': '20', '2026-01-20': '23' })
    const same = {
      ...twice,
      counts: [...twice.counts.slice(0, 1), { ...step(twice), quantity: decimal('30') }, step(twice)],
    }
    expect(charges(same, '2026-01-08', '2026-02-07')).toEqual(charges(twice, '2026-01-08', '2026-02-07'))
  })

  test('is predicted of the last known count, and of what is ordered for a renewal', () => {
    const ordered = folded({}, { '2026-01-07': '20', '2026-03-07': '12' })
    expect(charges(ordered, '2026-02-08', '2026-05-01').lines).toEqual([
      'period 2026-03-07/2026-04-07 ×100 20820 USD',
      'period 2026-04-07/2026-05-07 ×100 20820 USD',
    ])
  })

  test('stops where the subscription ends', () => {
    const ending = folded({ end: day('2026-03-07'), endPlanned: true })
    expect(charges(ending, '2026-02-01', '2026-06-01')).toEqual({
      lines: ['period 2026-02-07/2026-03-07 ×100 34700 USD'],
      gaps: [],
    })
    expect(charges(ending, '2026-03-07', '2026-06-01')).toEqual({ lines: [], gaps: [] })
  })

  test('takes a new cost with the next period', () => {
    const { prices } = folded()
    const dearer = {
      on: day('2026-02-20'),
      price: undefined,
      cost: { currency: 'USD', amount: decimal('20') },
    }
    const raised = folded({ prices: [...prices, dearer] }, { '2026-01-07': '20', '2026-02-25': '21' })
    expect(charges(raised, '2026-02-08', '2026-04-01').lines).toEqual([
      'added 2026-02-25/2026-03-07 ×42 729 USD',
      'period 2026-03-07/2026-04-07 ×100 42000 USD',
    ])
  })

  test('the 31st is the last day of short months, and comes back', () => {
    const late = folded({ start: day('2028-01-31') }, { '2028-01-31': '1' })
    expect(charges(late, '2028-02-01', '2028-05-01').lines).toEqual([
      'period 2028-02-29/2028-03-31 ×100 1735 USD',
      'period 2028-03-31/2028-04-30 ×100 1735 USD',
      'period 2028-04-30/2028-05-31 ×100 1735 USD',
    ])
  })

  test('a licence line that continues another begins its own months, and the days between two begin none', () => {
    const turned = folded({ renewals: [day('2026-02-08'), day('2026-03-06')] })
    expect(charges(turned, '2026-01-01', '2026-05-01').lines).toEqual([
      'period 2026-01-07/2026-02-07 ×100 34700 USD',
      'period 2026-02-08/2026-03-06 ×100 34700 USD',
      'period 2026-03-06/2026-04-06 ×100 34700 USD',
      'period 2026-04-06/2026-05-06 ×100 34700 USD',
    ])
  })

  test('a year is charged whole on its day; months of one are not', () => {
    const yearly = folded({ billingPeriod: { type: 'year', duration: 1 } })
    expect(charges(yearly, '2026-01-01', '2027-01-07').lines).toEqual([
      'period 2026-01-07/2027-01-07 ×100 34700 USD',
    ])
    expect(charges(yearly, '2026-01-08', '2027-01-07').lines).toEqual([])
  })
})

function step({ counts }: FoldedSubscription): FoldedSubscription['counts'][number] {
  const last = counts.at(-1)
  if (last === undefined) throw new Error('no counts')
  return last
}

describe('what nobody can know is said, and in no amount', () => {
  const within = (subscription: FoldedSubscription) => charges(subscription, '2026-02-01', '2026-03-01')

  test.each([
    [
      'usage',
      { exceptions: ['usage' as const] },
      'it is charged by usage, which only its billing file tells',
    ],
    ['not active', { exceptions: ['pending' as const] }, 'it is not active yet'],
    [
      'not listed',
      { exceptions: ['missing' as const] },
      'the marketplace does not list it any more, and it has not ended',
    ],
    ['no period', { billingPeriod: undefined }, 'how often it is charged is not known'],
    ['no seats', { counts: [] }, 'how many seats it has is not known'],
    ['no cost', { prices: [] }, 'its cost is not stated'],
  ])('%s', (_, changes, why) => {
    expect(within(folded(changes))).toEqual({ lines: [], gaps: [why] })
  })

  test('fewer seats inside a month', () => {
    const { lines, gaps } = within(folded({}, { '2026-01-07': '20', '2026-02-12': '15' }))
    expect(lines).toEqual(['period 2026-02-07/2026-03-07 ×100 34700 USD'])
    expect(gaps).toEqual(['fewer seats from 12 Feb 2026: whether anything is refunded is not known'])
  })

  test('an end inside a month', () => {
    expect(within(folded({ end: day('2026-02-12') })).gaps).toEqual([
      'fewer seats from 12 Feb 2026: whether anything is refunded is not known',
    ])
  })

  test('seats added inside a year, a first term that is short, and a fee', () => {
    const year = { type: 'year', duration: 1 } as const
    const grown = folded({ billingPeriod: year }, { '2026-01-07': '20', '2026-02-12': '25' })
    expect(within(grown)).toEqual({
      lines: [],
      gaps: ['seats added on 12 Feb 2026: how part of its period is charged is not known'],
    })
    const terms = [{ from: day('2026-02-11'), to: day('2027-01-01') }]
    const short = folded({ billingPeriod: year, start: day('2026-02-11'), terms }, { '2026-02-11': '5' })
    expect(within(short)).toEqual({ lines: [], gaps: ['how its short first term is charged is not known'] })
    const unitPrice = { currency: 'USD', amount: decimal('50') }
    const fee = {
      on: day('2026-02-11'),
      quantity: decimal('1'),
      unitPrice,
      description: 'Onboarding',
      key: 'fee',
      order: 'SO1',
      estimated: false,
    }
    expect(within(folded({ setups: [fee], counts: [] })).gaps).toEqual([
      'what its fee “Onboarding” costs is not known',
    ])
    expect(charges(folded({ setups: [fee] }), '2026-03-01', '2026-04-01').gaps).toEqual([])
  })
})

describe('an invoice', () => {
  const spans = invoiceSpans(
    { type: 'configured', day: 8 },
    { from: day('2026-02-01'), to: day('2026-05-01') },
  )

  test('has what is charged from the day of the one before to the day before its own', () => {
    const on = (start: string) => folded({ lineageId: start, start: day(start) }, { [start]: '1' })
    const { invoices } = forecastInvoices([on('2026-02-07'), on('2026-02-08')], spans)
    expect(
      invoices.map(({ on: date, lines }) => [formatLocalDate(date), lines.map(({ lineageId }) => lineageId)]),
    ).toEqual([
      ['2026-02-08', ['2026-02-07']],
      ['2026-03-08', ['2026-02-07', '2026-02-08']],
      ['2026-04-08', ['2026-02-07', '2026-02-08']],
    ])
  })

  test('says each gap once, and one total per currency', () => {
    const euro = { currency: 'EUR', amount: decimal('10') }
    const other = folded({ lineageId: 'L2', prices: [{ on: day('2026-01-07'), price: euro, cost: euro }] })
    const { invoices, gaps } = forecastInvoices(
      [folded(), other, folded({ lineageId: 'L3', prices: [] })],
      spans,
    )
    expect(invoices[0]?.totals).toEqual([
      { currency: 'EUR', amount: 20_000n },
      { currency: 'USD', amount: 34_700n },
    ])
    expect(gaps.map(({ lineageId }) => lineageId)).toEqual(['L3'])
  })

  test('of anything is the sum of its lines, and every charge is on exactly one', () => {
    const counts = fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 40 })), {
      maxLength: 6,
    })
    const period = fc.constantFrom(
      { type: 'month', duration: 1 } as const,
      { type: 'month', duration: 3 } as const,
      { type: 'year', duration: 1 } as const,
      { type: 'day', duration: 10 } as const,
    )
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 }),
        counts,
        period,
        fc.integer({ min: 1, max: 31 }),
        (start, steps, billingPeriod, invoiceDay) => {
          const first = addDays(day('2026-01-01'), start)
          const on = Object.fromEntries(
            [[0, 3], ...steps]
              .toSorted(([left = 0], [right = 0]) => left - right)
              .map(([offset = 0, seats]) => [formatLocalDate(addDays(first, offset)), String(seats)]),
          )
          const subscription = folded({ start: first, billingPeriod }, on)
          const window = { from: day('2026-03-01'), to: day('2027-06-01') }
          const all = invoiceSpans({ type: 'configured', day: invoiceDay }, window)
          const { invoices } = forecastInvoices([subscription], all)
          for (const { totals, lines, covers } of invoices) {
            const sum = lines.reduce((total, { amount }) => total + amount, 0n)
            expect(totals.reduce((total, { amount }) => total + amount, 0n)).toBe(sum)
            for (const { chargedOn } of lines) {
              expect(chargedOn >= covers.from && chargedOn < covers.to).toBe(true)
            }
          }
          const together = vendorCharges(subscription, {
            from: all[0]?.covers.from ?? window.from,
            to: all.at(-1)?.covers.to ?? window.to,
          })
          expect(invoices.flatMap(({ lines }) => lines)).toEqual(
            together.lines.toSorted((left, right) => left.chargedOn - right.chargedOn),
          )
          // A window seen day by day is charged the same.
          const daily: VendorLine[] = []
          for (let at = window.from; at < window.to; at = addDays(at, 1))
            daily.push(...vendorCharges(subscription, { from: at, to: addDays(at, 1) }).lines)
          expect(daily.map(words).sort()).toEqual(vendorCharges(subscription, window).lines.map(words).sort())
        },
      ),
      { numRuns: 60 },
    )
  })
})
