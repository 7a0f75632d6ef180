import { expect, test } from 'vitest'
import { paidCard } from '../../../bot/cards/price-paid.js'
import { parseCommand } from '../../../bot/commands/parse.js'
import { observed } from '../../support/observed.js'
import { type Office, office, problemOf } from '../../support/office.js'
import { say, visioByYear } from '../../support/said-prices.js'

async function shown(msp: Office, text: string): Promise<readonly string[]> {
  const command = parseCommand(text, await msp.studio.today())
  if (command.name !== 'price' || command.action !== 'paid') throw new Error(text)
  const card = paidCard(await msp.studio.prices.paid(command.about), command.asked, command.page)
  return card.blocks.flatMap((block) =>
    block.type === 'list' ? block.items.map((item) => `${block.heading}: ${item}`) : [],
  )
}

async function withVisio(): Promise<Office> {
  const msp = await office()
  msp.subscriptions = [
    ...msp.subscriptions,
    visioByYear(),
    observed({ subscriptionId: '2000', customerId: 'C2', unitPrice: undefined }),
  ]
  await msp.observe()
  return msp
}

test('what a customer pays: each price now, its rule, the list price, and what comes next', async () => {
  const msp = await withVisio()
  await say(msp, 'price contoso premium 21 from 1 march')
  await say(msp, 'price contoso premium 20.50 from 20 march')
  expect(await shown(msp, 'price contoso')).toEqual([
    'Contoso: Microsoft 365 Business Premium, 25 seats: $21.00 a seat and month · fixed $21.00 for this customer and product, since 1 Mar 2026 by Dana · list price $22.00 · from 1 Apr 2026 $20.50 a seat and month · fixed $20.50 for this customer and product, since 20 Mar 2026 by Dana',
    'Contoso: Visio Plan 2, 20 seats: $240.00 a seat and year · marketplace price · list price $240.00',
  ])
})

test('of one product, of everybody; a price that is missing says why', async () => {
  const msp = await withVisio()
  expect(await shown(msp, 'price contoso visio')).toHaveLength(1)
  expect(await shown(msp, 'price all premium')).toEqual([
    'Contoso: Microsoft 365 Business Premium, 25 seats: $22.00 a seat and month · marketplace price · list price $22.00',
    'Fabrikam: Microsoft 365 Business Premium, 20 seats: no price · the marketplace states no price · no list price',
  ])
  expect((await problemOf(shown(msp, 'price contoso twenty'))).what).toContain(
    'No product is called “twenty”',
  )
  expect((await msp.billing.books()).overrides).toEqual([])
})
