import { describe, expect, test } from 'vitest'
import { explainCard } from '../../../bot/cards/explain.js'
import { renderConsole } from '../../../bot/console/render.js'
import { lineRef } from '../../../core/app/who.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import { decimal, observed, order } from '../../support/observed.js'
import { APRIL, DANA, LEE, MARCH, Office, problemOf, started } from '../../support/office.js'

describe('what is billed', () => {
  test('is explained by its run when somebody asks for a line that was shown before', async () => {
    const msp = await started()
    const { bills } = await msp.studio.who(MARCH)
    const refs = bills.flatMap(({ lines }) => lines.map(lineRef))
    expect(refs).toHaveLength(2)
    await msp.bill()
    const cards = await Promise.all(refs.map(async (ref) => explainCard(await msp.studio.explain(ref))))
    expect(cards.map(renderConsole)).toEqual([
      expect.stringMatching(
        /^Line .{8} is billed\n\n20 × \$22\.00 = \$440\.00\n\nBilled +by BR-0001, approved on 20 Mar 2026 09:02\n/,
      ),
      expect.stringMatching(
        /5 × \$22\.00 × 21\/31 = \$74\.52[^]*Source +order CH000900, completed on 11 Mar 2026 10:05\n/,
      ),
    ])
    expect((await problemOf(msp.studio.explain('nothing'))).what).toContain('There is no line')
  })

  test('is explained when it is a fee, by the order that asks for it', async () => {
    const unitPrice = { currency: 'USD', amount: decimal('99') }
    const setup = { detail: 1, mpn: 'BP', description: 'Help on site', quantity: decimal('1'), unitPrice }
    const msp = await started()
    msp.orders = [order({ setups: [setup] })]
    await msp.observe()
    const fee = (await msp.studio.who(MARCH)).bills
      .flatMap(({ lines }) => lines)
      .find(({ charge }) => charge.kind === 'oneTime')
    if (fee === undefined) throw new Error('no fee is due')
    const due = renderConsole(explainCard(await msp.studio.explain(lineRef(fee))))
    expect(due).toMatch(/Price +\$99\.00, the price of one in the order\n/)
    expect(due).toMatch(/Source +order CH000900, completed on 11 Mar 2026 10:05\n/)
    await msp.bill()
    const billed = renderConsole(explainCard(await msp.studio.explain(lineRef(fee))))
    expect(billed).toMatch(/is billed[^]*Help on site on 11 Mar[^]*Source +order CH000900/)
  })

  test('ahead of a month is what that month is compared with: it is no first bill', async () => {
    const msp = await started()
    await msp.decide(LEE, await msp.propose(DANA, APRIL))
    msp.subscriptions = [observed({ quantity: decimal('30') })]
    msp.orders = [
      order(),
      order({ id: '901', number: 'CH901', provisionedAt: new Date('2026-03-18T14:00:00Z') }),
    ]
    await msp.observe()
    const { run } = await msp.propose(DANA, MARCH, ['Contoso'])
    expect(run.customers.map(({ comparison }) => comparison.type)).not.toContain('firstBill')
  })

  test('in another currency is never set off: it is neither given back nor counted in this one', async () => {
    const unitPrice = { currency: 'EUR', amount: decimal('100') }
    const fee = { detail: 1, mpn: 'SETUP', description: 'Onboarding', quantity: decimal('1'), unitPrice }
    const msp = new Office()
    msp.subscriptions = []
    msp.orders = [order({ id: '950', subscriptionId: undefined, products: undefined, setups: [fee] })]
    await msp.restart()
    await msp.observe()
    await msp.bill()
    msp.subscriptions = [observed()]
    await msp.observe()
    const { totals, already } = await msp.studio.who(MARCH)
    expect(totals).toMatchObject([{ currency: 'USD', amount: 44_000n }])
    expect(already).toEqual([{ currency: 'EUR', amount: 10_000n }])
  })

  test('a day count that was put right before it held stops no subscription billed by days', async () => {
    const msp = await started()
    const every = { type: 'day', duration: 30 } as const
    msp.subscriptions.push(observed({ subscriptionId: '2', mpn: 'E3', billingPeriod: every }))
    await msp.observe()
    await msp.bill()
    const before = await msp.due(APRIL)
    await msp.restart({ lines: { ...DEFAULT_POLICY, dayCount: 'thirty' } })
    await msp.restart({ lines: DEFAULT_POLICY })
    expect(await msp.due(APRIL)).toBe(before)
    expect((await msp.studio.who(APRIL)).exceptions).toEqual([])
  })
})
