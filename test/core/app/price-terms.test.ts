import { describe, expect, test } from 'vitest'
import { termWords } from '../../../core/app/product-terms.js'
import { observed } from '../../support/observed.js'
import { Office, problemOf } from '../../support/office.js'
import { ask, changes, say } from '../../support/said-prices.js'

const YEARLY = { billingPeriod: { type: 'year', duration: 1 } } as const

/** Business Premium in three terms, two of them billed by the month. */
async function inTerms(): Promise<Office> {
  const msp = new Office()
  msp.orders = []
  msp.subscriptions = [
    observed({ subscriptionId: '1001', mpn: 'BP:P1Y:P1Y', ...YEARLY }),
    observed({ subscriptionId: '1002', mpn: 'BP:P1Y:P1M' }),
    observed({ subscriptionId: '1003', mpn: 'BP:P1M:P1M', customerId: 'C2' }),
  ]
  await msp.observe()
  return msp
}

describe('one name of several terms', () => {
  test.each([
    ['price all premium margin 20%', ['BP:P1M:P1M', 'BP:P1Y:P1M', 'BP:P1Y:P1Y']],
    ['price contoso premium discount 5%', ['BP:P1Y:P1M', 'BP:P1Y:P1Y']],
    ['price all premium P1Y:P1M 21', ['BP:P1Y:P1M']],
    ['price all premium monthly 21', ['BP:P1M:P1M', 'BP:P1Y:P1M']],
    ['price contoso premium yearly 200', ['BP:P1Y:P1Y']],
    ['price contoso BP:P1Y:P1Y 200', ['BP:P1Y:P1Y']],
    ['describe all premium "Office"', ['BP:P1M:P1M', 'BP:P1Y:P1M', 'BP:P1Y:P1Y']],
  ])('%s: %j', async (text, mpns) => {
    const msp = await inTerms()
    const { overrides } = await say(msp, text)
    expect(overrides.map(({ scope }) => scope.mpn)).toEqual(mpns)
    const recorded = (await msp.billing.books()).overrides
    expect(recorded.map(({ number, scope }) => [number, scope.mpn])).toEqual(
      mpns.map((mpn, index) => [index + 1, mpn]),
    )
  })

  test('each term is named, and what changes is counted together', async () => {
    const msp = await inTerms()
    const outcome = await ask(msp, 'price all premium discount 10%')
    const preview = outcome.type === 'asked' ? outcome.preview : undefined
    expect(preview?.overrides.map(({ about }) => about)).toEqual([
      'everyone · Microsoft 365 Business Premium (1-month term, billed monthly)',
      'everyone · Microsoft 365 Business Premium (1-year term, billed monthly)',
      'everyone · Microsoft 365 Business Premium (1-year term, billed yearly)',
    ])
    expect(changes(await say(msp, 'price all premium discount 10%'))).toHaveLength(3)
  })

  test('one amount is no price of a month and of a year', async () => {
    const problem = await problemOf(say(await inTerms(), 'price contoso premium 20'))
    expect(problem.what).toContain('billed by the month and by the year')
    expect(problem.next).toContain('`monthly` or `yearly`')
  })

  test('a term nobody has is none', async () => {
    const problem = await problemOf(say(await inTerms(), 'price all premium P3Y:P1M 20'))
    expect(problem.what).toContain('No product is called “premium P3Y:P1M”')
  })
})

test.each([
  ['M365BP:0001:P1Y:P1M', '1-year term, billed monthly'],
  ['X:P3Y:P1Y', '3-year term, billed yearly'],
  ['X:P1Y:P3M', '1-year term, billed every 3 months'],
  ['X', undefined],
])('%s is a %s', (mpn, words) => {
  expect(termWords(mpn)).toBe(words)
})
