import { describe, expect, test } from 'vitest'
import { ruleAtEnd } from '../../../core/pricing/typed-rule.js'
import { Problem } from '../../../core/problem.js'
import { decimal } from '../../support/observed.js'

const read = (text: string) => ruleAtEnd(text.split(' ').filter((word) => word !== ''))

function refusal(text: string): string {
  try {
    read(text)
  } catch (error) {
    if (error instanceof Problem) return error.what
    throw error
  }
  return 'read'
}

describe('a price rule as people type it', () => {
  const fixed = (price: string, currency?: string, bare?: string) => ({
    kind: 'fixed',
    price: decimal(price),
    currency,
    bare,
  })
  test.each([
    ['contoso 20.50', fixed('20.50'), 1],
    ['contoso 20', fixed('20', undefined, '20'), 1],
    ['contoso 0', fixed('0', undefined, '0'), 1],
    ['contoso $20.50', fixed('20.50', 'USD'), 1],
    ['contoso CA$20', fixed('20', 'CAD'), 1],
    ['contoso 20€', fixed('20', 'EUR'), 1],
    ['contoso €0.00125', fixed('0.00125', 'EUR'), 1],
    ['contoso 20.50 eur', fixed('20.50', 'EUR'), 2],
    ['contoso CHF 20.50', fixed('20.50', 'CHF'), 2],
    ['contoso pen 20.50', fixed('20.50'), 1],
    ['ALL 20.50', fixed('20.50'), 1],
    ['contoso 20.50CHF', fixed('20.50', 'CHF'), 1],
    ['contoso 1000000000000', fixed('1000000000000', undefined, '1000000000000'), 1],
    ['contoso $20.50 USD', fixed('20.50', 'USD'), 2],
    ['contoso 20€ eur', fixed('20', 'EUR'), 2],
    ['contoso discount 10%', { kind: 'discount', percent: decimal('10') }, 2],
    ['contoso discount 10 %', { kind: 'discount', percent: decimal('10') }, 3],
    ['contoso Markup 15', { kind: 'markup', percent: decimal('15') }, 2],
    ['contoso margin 99.9999%', { kind: 'margin', percent: decimal('99.9999') }, 2],
    ['contoso markup 0%', { kind: 'markup', percent: decimal('0') }, 2],
  ])('%s', (text, rule, used) => {
    expect(read(text)).toEqual({ rule, used })
  })

  test.each([
    ['', /A number is missing for a price/],
    ['contoso', /“contoso” is not a price/],
    ['contoso -5', /A price is not negative/],
    ['contoso $-5', /A price is not negative/],
    ['contoso markup -5%', /The percent of a markup is not negative/],
    ['contoso 1e9', /“1e9” is not a price/],
    ['contoso discount 1e1%', /“1e1” is not the percent of a discount/],
    ['contoso 20,50', /has a comma/],
    ['contoso €1,234.50', /has a comma/],
    ['contoso 0.123456789', /more than 8 decimals/],
    ['contoso 1000000000001', /more than anything costs/],
    [`contoso ${'9'.repeat(40)}`, /more than anything costs/],
    ['contoso $20.50 EUR', /“\$20.50” is a price in USD, and EUR is said beside it/],
    ['contoso A$20 USD', /“A\$20” is a price in AUD, and USD is said beside it/],
    ['contoso 20€ USD', /“20€” is a price in EUR, and USD is said beside it/],
    ['contoso 20CHF USD', /“20CHF” is a price in CHF, and USD is said beside it/],
    ['contoso EUR 20USD', /“20USD” is a price in USD, and EUR is said beside it/],
    ['contoso NaN', /is not a price/],
    ['contoso Infinity', /is not a price/],
    ['contoso 10%', /“10%” of what, is not said/],
    ['contoso discount 100%', /A discount is less than 100%/],
    ['contoso discount 1000%', /A discount is less than 100%/],
    ['contoso discount 0%', /changes nothing/],
    ['contoso margin 100%', /A margin is less than 100%/],
    ['contoso margin 12.34567%', /more than 4 decimals/],
    ['contoso markup 10000.1%', /is more than 10000%/],
    ['contoso markup %', /A number is missing for the percent of a markup/],
  ])('“%s” is refused in words', (text, why) => {
    expect(refusal(text)).toMatch(why)
  })
})
