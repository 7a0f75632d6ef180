import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, addMonths, formatLocalDate } from '../../../core/calendar/date.js'
import { type InvoiceDay, invoiceDayOf, invoiceSpans } from '../../../core/invoices/invoice-day.js'
import { day } from '../../support/observed.js'

function dates(rule: InvoiceDay, from: string, to: string): string[] {
  return invoiceSpans(rule, { from: day(from), to: day(to) }).map(({ on }) => formatLocalDate(on))
}

const bought = (text: string): InvoiceDay => ({ type: 'estimated', firstPurchase: day(text) })
const configured = (number: number): InvoiceDay => ({ type: 'configured', day: number })

describe('the day of the invoice', () => {
  test('is the day after the day of the month of the first purchase: bought on the 7th, invoiced on the 8th', () => {
    expect(dates(bought('2025-01-07'), '2026-02-01', '2026-05-01')).toEqual([
      '2026-02-08',
      '2026-03-08',
      '2026-04-08',
    ])
  })

  test('of a purchase on the 31st is the 1st, in short months and leap years too', () => {
    expect(dates(bought('2025-01-31'), '2028-01-15', '2028-06-01')).toEqual([
      '2028-02-01',
      '2028-03-01',
      '2028-04-01',
      '2028-05-01',
    ])
  })

  test('of a purchase on the 30th or the 28th is a day of each month as long as it has one', () => {
    expect(dates(bought('2025-06-30'), '2026-01-01', '2026-05-01')).toEqual([
      '2026-01-31',
      '2026-03-01',
      '2026-03-31',
    ])
    expect(dates(bought('2025-06-28'), '2028-02-01', '2028-04-01')).toEqual(['2028-02-29', '2028-03-29'])
    expect(dates(bought('2025-06-28'), '2027-02-01', '2027-04-01')).toEqual(['2027-03-01', '2027-03-29'])
  })

  test('as it is configured is the last day of a shorter month, and comes back after it', () => {
    expect(dates(configured(31), '2028-01-01', '2028-06-01')).toEqual([
      '2028-01-31',
      '2028-02-29',
      '2028-03-31',
      '2028-04-30',
      '2028-05-31',
    ])
  })

  test('is never guessed without a word: it says what it was taken from, and without anything there is none', () => {
    const days = [day('2025-05-01'), day('2025-01-07'), day('2026-01-01')]
    expect(invoiceDayOf(12, days)).toEqual({ type: 'configured', day: 12 })
    expect(invoiceDayOf(undefined, days)).toEqual(bought('2025-01-07'))
    expect(invoiceDayOf(undefined, [])).toBeUndefined()
  })

  test('a window is half-open: its first day is in it, its last is not', () => {
    expect(dates(configured(8), '2026-03-08', '2026-04-08')).toEqual(['2026-03-08'])
    expect(dates(configured(8), '2026-03-09', '2026-04-08')).toEqual([])
  })
})

const anyRule = fc.oneof(
  fc.integer({ min: 1, max: 31 }).map(configured),
  fc.integer({ min: 0, max: 800 }).map((days): InvoiceDay => {
    return { type: 'estimated', firstPurchase: addDays(day('2023-01-01'), days) }
  }),
)

test('whatever the day, invoices cover every day once, and there are as many as months', () => {
  fc.assert(
    fc.property(anyRule, fc.integer({ min: 0, max: 1500 }), (rule, offset) => {
      const from = addDays(day('2026-01-01'), offset)
      const spans = invoiceSpans(rule, { from, to: addMonths(from, 24) })
      for (const [index, { on, covers }] of spans.entries()) {
        expect(covers.to).toBe(on)
        expect(covers.from).toBeLessThan(on)
        expect(spans[index + 1]?.covers.from ?? covers.to).toBe(covers.to)
      }
      expect(Math.abs(spans.length - 24)).toBeLessThanOrEqual(1)
    }),
  )
})
