import { describe, expect, test } from 'vitest'
import { customerCard } from '../../../bot/cards/customer.js'
import type { Card } from '../../../bot/cards/model.js'
import { whoCard } from '../../../bot/cards/who.js'
import { lineRef } from '../../../core/app/who.js'
import { decimal } from '../../support/observed.js'
import { APRIL, MARCH, office } from '../../support/office.js'
import { say } from '../../support/said-prices.js'

const SINCE = 'since 1 Mar 2026 by Dana'

/** All that a card says. */
function textOfCard(card: Card): string {
  return JSON.stringify(card.blocks)
}

describe('free by price', () => {
  test('its lines are shown in who and customer, can be explained, and are in no bill', async () => {
    const msp = await office()
    await say(msp, 'price contoso premium 0 from 1 march')
    const answer = await msp.studio.customer('contoso')
    expect(answer.free.map(({ charge }) => [charge.quantity, charge.priceRule, charge.amount])).toEqual([
      [decimal('20'), `fixed $0.00 for this customer and product, ${SINCE}`, 0n],
      [decimal('5'), `fixed $0.00 for this customer and product, ${SINCE}`, 0n],
    ])
    expect(textOfCard(customerCard(answer))).toContain('At a price of zero, nothing to bill')
    const [line] = answer.free
    if (line === undefined) throw new Error('no free line')
    expect(await msp.studio.explain(lineRef(line))).toMatchObject({ type: 'due', held: undefined })
    const who = { ...(await msp.studio.who(MARCH)), filter: '' }
    expect(who.totals).toEqual([])
    expect(textOfCard(whoCard(who))).toContain('At a price of zero, so nothing to bill: Contoso (2 lines).')
    // What was free in March is no news in April.
    expect((await msp.studio.who(APRIL)).free.map(({ charge }) => charge.billOn)).toEqual([APRIL.from])
  })

  test('no line of zero is shown for what has a price', async () => {
    const msp = await office()
    expect((await msp.studio.who(MARCH)).free).toEqual([])
  })
})

test('what is billed already is said of one customer as of all', async () => {
  const msp = await office()
  await msp.bill()
  const words = textOfCard(customerCard(await msp.studio.customer('contoso')))
  expect(words).toContain('Nothing more to bill for March 2026.')
  expect(words).toContain('Billed already for March 2026: $514.52')
  expect(textOfCard(customerCard(await msp.studio.customer('fabrikam')))).not.toContain('Billed already')
})
