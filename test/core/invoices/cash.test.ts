import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, formatLocalDate } from '../../../core/calendar/date.js'
import { cashOf, cashSpans } from '../../../core/invoices/cash.js'
import { day } from '../../support/observed.js'

const words = (spans: ReturnType<typeof cashSpans>) =>
  spans.map(({ from, to }) => `${formatLocalDate(from)}/${formatLocalDate(to)}`)

describe('spans', () => {
  test('are weeks from Monday, the first and last cut to the window', () => {
    // 20 March 2026 is a Friday.
    expect(words(cashSpans({ from: day('2026-03-20'), to: day('2026-04-01') }, 20))).toEqual([
      '2026-03-20/2026-03-23',
      '2026-03-23/2026-03-30',
      '2026-03-30/2026-04-01',
    ])
  })

  test('are months where there would be too many weeks', () => {
    const year = cashSpans({ from: day('2026-03-20'), to: day('2027-03-21') }, 20)
    expect(year).toHaveLength(13)
    expect(words(year.slice(0, 2))).toEqual(['2026-03-20/2026-04-01', '2026-04-01/2026-05-01'])
  })
})

test('whatever the window, spans cover it once, and sums over them are the whole of each currency', () => {
  const amount = fc.record({
    on: fc.integer({ min: 0, max: 365 }).map((days) => addDays(day('2026-01-01'), days)),
    currency: fc.constantFrom('USD', 'EUR'),
    amount: fc.bigInt({ min: -99_999n, max: 99_999n }),
  })
  fc.assert(
    fc.property(
      fc.array(amount),
      fc.array(amount),
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 1, max: 366 }),
      (comesIn, goesOut, offset, days) => {
        const from = addDays(day('2026-01-01'), offset)
        const window = { from, to: addDays(from, days) }
        const spans = cashSpans(window, 20)
        expect(spans[0]?.from).toBe(window.from)
        expect(spans.at(-1)?.to).toBe(window.to)
        for (const [index, span] of spans.slice(1).entries()) expect(span.from).toBe(spans[index]?.to)
        expect(spans.length).toBeLessThanOrEqual(20)
        const whole = (amounts: typeof comesIn) =>
          amounts
            .filter(({ currency, on }) => currency === 'USD' && on >= window.from && on < window.to)
            .reduce((sum, one) => sum + one.amount, 0n)
        const found = cashOf(spans, 'USD', comesIn, goesOut)
        expect(found.reduce((sum, span) => sum + span.comesIn, 0n)).toBe(whole(comesIn))
        expect(found.reduce((sum, span) => sum + span.goesOut, 0n)).toBe(whole(goesOut))
      },
    ),
  )
})
