import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import { foldPrices } from '../../../core/timeline/prices.js'
import { day, decimal, observed, record } from '../../support/observed.js'

const SETTINGS = {
  timeZone: 'America/New_York',
  opensOn: day('2026-03-01'),
  observedAt: [],
  observedOn: day('2026-03-20'),
}
const usd = (amount: string) => ({ currency: 'USD', amount: decimal(amount) })

/** "2025-06-01 22 cost 17": what holds from when, for prices (and costs) observed on the 5th, 10th and 15th of March. */
function stepsOf(...seen: readonly { price?: string; cost?: string }[]): string[] {
  const states = seen.map(({ price, cost }, index) => {
    const unitPrice = price === undefined ? undefined : usd(price)
    const unitCost = cost === undefined ? undefined : usd(cost)
    const at = `2026-03-${String(5 * (index + 1)).padStart(2, '0')}T12:00:00Z`
    return [at, observed({ unitPrice, unitCost })] as const
  })
  const [first, ...rest] = states
  if (first === undefined) return []
  const parts = [{ record: record([first, ...rest]), start: day('2025-06-01') }]
  return foldPrices(parts, SETTINGS).map(({ on, price, cost }) => {
    const amount = price === undefined ? 'none' : formatDecimal(price.amount)
    const costs = cost === undefined ? '' : ` cost ${formatDecimal(cost.amount)}`
    return `${formatLocalDate(on)} ${amount}${costs}`
  })
}

describe('B16: news about a price', () => {
  test('holds from the day it was observed', () => {
    expect(stepsOf({ price: '22' }, { price: '24' })).toEqual(['2025-06-01 22', '2026-03-10 24'])
  })

  test('about cost alone is news, too', () => {
    expect(stepsOf({ price: '22', cost: '17' }, { price: '22', cost: '18' })).toEqual([
      '2025-06-01 22 cost 17',
      '2026-03-10 22 cost 18',
    ])
  })
})

describe('a price that is not stated', () => {
  test('and then stated as it was never changed', () => {
    expect(stepsOf({ price: '22' }, {}, { price: '22' })).toEqual(['2025-06-01 22'])
  })

  test('and then stated for the first time holds since the start', () => {
    expect(stepsOf({}, {}, { price: '22' })).toEqual(['2025-06-01 22'])
  })

  test('between two that differ is a gap, and so is one nobody has stated again', () => {
    expect(stepsOf({ price: '22' }, {}, { price: '24' })).toEqual([
      '2025-06-01 22',
      '2026-03-10 none',
      '2026-03-15 24',
    ])
    expect(stepsOf({ price: '22' }, {})).toEqual(['2025-06-01 22', '2026-03-10 none'])
    expect(stepsOf({}, {})).toEqual(['2025-06-01 none'])
  })

  test('price and cost are looked up each for itself', () => {
    expect(stepsOf({ price: '22', cost: '17' }, { price: '22' }, { price: '24', cost: '17' })).toEqual([
      '2025-06-01 22 cost 17',
      '2026-03-15 24 cost 17',
    ])
  })
})
