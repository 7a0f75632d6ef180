import { describe, expect, test } from 'vitest'
import { recordedCard } from '../../../bot/cards/price-recorded.js'
import { ruleAtEnd } from '../../../core/pricing/typed-rule.js'
import { decimal } from '../../support/observed.js'
import { type Office, office, problemOf } from '../../support/office.js'
import { say, visioByYear } from '../../support/said-prices.js'

/** Contoso has Business Premium by the month and Visio by the year. */
async function byBoth(): Promise<Office> {
  const msp = await office()
  msp.subscriptions = [
    ...msp.subscriptions,
    visioByYear({ unitCost: { currency: 'USD', amount: decimal('200') } }),
  ]
  await msp.observe()
  return msp
}

test.each([
  ['20.50', undefined],
  ['20.50 a month', 'month'],
  ['20.50 a seat and month', 'month'],
  ['20.50/month', 'month'],
  ['$20.50 per seat per month', 'month'],
  ['20.50 EUR monthly', 'month'],
  ['240/yr', 'year'],
  ['240 USD a year', 'year'],
  ['240 yearly', 'year'],
])('%s is for %s', (text, per) => {
  const words = text.split(' ')
  expect(ruleAtEnd(words)).toMatchObject({ rule: { kind: 'fixed', per }, used: words.length })
})

describe('what a price is for', () => {
  const words = async (text: string) => JSON.stringify(recordedCard(await say(await byBoth(), text)).blocks)

  test('is said with it', async () => {
    expect(await words('price contoso premium 20.50')).toContain('$20.50 a seat and month, from')
    const visio = await words('price contoso visio 230')
    expect(visio).toContain('$230.00 a seat and year, from')
    expect(visio).toContain('$240.00 → $230.00 a seat and year, charged')
    const msp = await byBoth()
    await say(msp, 'price contoso 100')
    expect((await msp.studio.prices.list('price')).overrides).toMatchObject([{ per: 'billing period' }])
  })

  test('said otherwise than it is billed, it is converted where that is exact', async () => {
    expect(await words('price contoso visio 25 a month')).toContain('$300.00 a seat and year, from')
    expect(await words('price contoso premium 240 a year')).toContain('$20.00 a seat and month, from')
    // Said for the very period that is billed, parts of a cent stay.
    expect(await words('price contoso premium 20.125 a month')).toContain('$20.125 a seat and month')
  })

  test.each([
    ['price contoso premium 100 a year', '$100.00 a year is no exact price of a month', '20.50 a month'],
    [
      'price contoso 20 a month',
      'There is billed by the month and by the year, and one amount',
      'product by product',
    ],
    [
      'price all 20 monthly',
      'There is billed by the month and by the year, and one amount',
      'product by product',
    ],
  ])('“%s” is refused with the way out', async (text, what, next) => {
    const msp = await byBoth()
    const problem = await problemOf(say(msp, text))
    expect(problem.what).toContain(what)
    expect(problem.next).toContain(next)
    expect((await msp.billing.books()).overrides).toEqual([])
  })
})
