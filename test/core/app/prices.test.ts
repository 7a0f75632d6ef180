import { describe, expect, test } from 'vitest'
import { explainCard } from '../../../bot/cards/explain.js'
import { billedRefs, lineRef } from '../../../core/app/who.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import { day, decimal, observed } from '../../support/observed.js'
import { changes, say } from '../../support/said-prices.js'
import { APRIL, DANA, LEE, MARCH, MAY, Office, office, problemOf } from '../../support/office.js'

/** Contoso has one subscription from the beginning, of 500 seats unless said otherwise. */
async function with500(changed: Parameters<typeof observed>[0] = {}): Promise<Office> {
  const msp = new Office()
  msp.orders = []
  msp.subscriptions = [observed({ quantity: decimal('500'), ...changed })]
  await msp.observe()
  return msp
}

async function lines(msp: Office, month = MARCH): Promise<readonly string[]> {
  const { bills } = await msp.studio.who(month)
  return bills.flatMap((bill) => bill.lines.map(({ charge }) => `${charge.priceRule}: ${charge.amount}`))
}

const SINCE = 'since 1 Mar 2026 by Dana'
const FABRIKAM = observed({ subscriptionId: '2000', customerId: 'C2' })
const EURO = { currency: 'EUR', amount: decimal('20.00') }

describe('B14 through the whole product', () => {
  test('a margin on cost is rounded before use and shown: 500 seats at $20.41', async () => {
    const msp = await with500()
    expect(changes(await say(msp, 'price contoso margin 15% from 1 march'))).toEqual([
      'Contoso: $22.00 → $20.41',
    ])
    expect(await lines(msp)).toEqual([`margin 15% on cost $17.35 for this customer, ${SINCE}: 1020500`])
  })

  test.each([
    [
      'price contoso margin 15% from 1 march',
      `margin 15% on cost $17.35 for this customer, ${SINCE}`,
      '$20.41',
    ],
    [
      'price contoso markup 15% from 1 march',
      `markup 15% on cost $17.35 for this customer, ${SINCE}`,
      '$19.95',
    ],
    ['price all discount 10% from 1 march', `10% off list $22.00 for everyone, ${SINCE}`, '$19.80'],
    ['price all premium 21.123 from 1 march', `fixed $21.123 for this product, ${SINCE}`, '$21.123'],
    ['price contoso premium 0 from 1 march', `fixed $0.00 for this customer and product, ${SINCE}`, '$0.00'],
  ])('%s', async (text, rule, price) => {
    const msp = await office()
    expect(changes(await say(msp, text))).toEqual([`Contoso: $22.00 → ${price}`])
    const { bills } = await msp.studio.who(MARCH)
    const rules = bills.flatMap((bill) => bill.lines.map(({ charge }) => charge.priceRule))
    expect(new Set(rules)).toEqual(price === '$0.00' ? new Set() : new Set([rule]))
  })

  test('one subscription alone, by the reference of a line', async () => {
    const msp = await office()
    msp.subscriptions = [...msp.subscriptions, observed({ subscriptionId: '1001' })]
    await msp.observe()
    const { bills } = await msp.studio.customer('contoso')
    const [line] = bills.flatMap((bill) => bill.lines)
    if (line === undefined) throw new Error('no line')
    const recorded = await say(msp, `price [${lineRef(line)}] 19.00 from 1 march`)
    expect(recorded.override.scope).toEqual({ lineageId: line.subscription.subscription.lineageId })
    expect(recorded.effects).toMatchObject({ touched: 1 })
    expect(recorded.override.about).toContain('this subscription only')
  })

  test('a cost that is not stated leaves a gap that says so, and its lines are held', async () => {
    const msp = await with500({ unitCost: undefined })
    const [change] = changes(await say(msp, 'price contoso margin 20% from 1 march'))
    expect(change).toMatch(
      /Contoso: \$22\.00 → none: a margin needs a cost, and the marketplace states no cost/,
    )
    const { totals, held } = await msp.studio.who(MARCH)
    expect(totals).toEqual([])
    expect(held[0]?.why).toContain('a margin needs a cost')
  })
})

describe('B15 through the whole product', () => {
  test('at once: 22 → 24 on 15 March is one line of $21.94', async () => {
    const msp = await with500({ quantity: decimal('20') })
    await msp.restart({ lines: { ...DEFAULT_POLICY, priceChange: 'immediate' } })
    expect(await msp.due()).toBe(44000n)
    expect(changes(await say(msp, 'price contoso 24 from 15 march'))).toEqual(['Contoso: $22.00 → $24.00'])
    expect(await lines(msp)).toEqual([
      'marketplace price: 44000',
      'fixed $24.00 for this customer, since 15 Mar 2026 by Dana: 2194',
    ])
  })

  test('from the next period: it says from when, and from which day this one could have it', async () => {
    const msp = await office()
    const { effects } = await say(msp, 'price contoso 24')
    expect(effects?.changed[0]?.from).toBe(APRIL.from)
    expect(effects?.couldHoldFrom).toBe(MARCH.from)
    expect(effects?.monthly).toEqual([{ currency: 'USD', before: 55000n, after: 60000n, amount: 5000n }])
    expect(await msp.due()).toBe(51452n)
    expect(await msp.due(APRIL)).toBe(51452n + 60000n)
  })
})

describe('B16: what is billed stays', () => {
  test('a price from before the bill holds behind it, seats added since included', async () => {
    const msp = await office()
    await msp.bill()
    const { effects } = await say(msp, 'price contoso 10 from 1 january')
    expect(effects?.stays).toEqual({
      subscriptions: 1,
      to: APRIL.from,
      totals: [{ currency: 'USD', amount: 51452n }],
      isFollowed: true,
    })
    expect(effects?.couldHoldFrom).toBeUndefined()
    expect(await msp.due()).toBe(0n)
    expect(await msp.due(APRIL)).toBe(25000n)
  })

  test('its end leaves the periods it was billed in, and the next has the price before it', async () => {
    const msp = await office()
    await say(msp, 'price contoso 10 from 1 march')
    await msp.bill()
    expect(changes(await say(msp, 'price remove 1 from 1 march'))).toEqual(['Contoso: $10.00 → $22.00'])
    expect(await msp.due()).toBe(0n)
    expect(await msp.due(APRIL)).toBe(55000n)
  })

  test('what was voided takes it', async () => {
    const msp = await office()
    const { run } = await msp.bill()
    await say(msp, 'price contoso 10 from 1 march')
    const asked = await msp.studio.billing.void(DANA, run.id, undefined, 'wrong price')
    await msp.decide(LEE, asked)
    expect(await msp.due()).toBe(20000n + 3387n)
  })

  test('of two on one rung the one that began last counts, also where both had to wait', async () => {
    const msp = await office()
    await say(msp, 'price contoso 10 from 1 march')
    await msp.bill()
    await say(msp, 'price contoso 12 from 20 march')
    await say(msp, 'price contoso 11 from 15 march')
    expect(await msp.due(APRIL)).toBe(30000n)
  })

  test('where another one counts first, it says from when it does', async () => {
    const msp = await office()
    await say(msp, 'price contoso 20 from april until june')
    const { effects } = await say(msp, 'price contoso 19 from 1 march until july')
    expect(effects?.changed[0]?.from).toBe(MARCH.from)
    const later = await say(msp, 'price contoso 18 from 15 march')
    expect(later.effects?.changed[0]).toMatchObject({
      from: day('2026-07-01'),
      before: { amount: decimal('19') },
    })
  })

  test('a request computed before is out of date, and says what changed; one it is not about is not', async () => {
    const msp = await office()
    msp.subscriptions = [...msp.subscriptions, FABRIKAM]
    await msp.observe()
    const contoso = await msp.propose(DANA, MARCH, ['Contoso'])
    const fabrikam = await msp.propose(DANA, MARCH, ['Fabrikam'])
    await say(msp, 'price contoso 20 from 1 march')
    const outcome = await msp.decide(LEE, contoso)
    expect(outcome).toMatchObject({ type: 'stale' })
    if (outcome.type !== 'stale') return
    expect(outcome.changes.added.map(({ explanation }) => explanation)[0]).toContain('20 × $20.00 = $400.00')
    expect(outcome.changes.gone).toHaveLength(2)
    expect(await msp.decide(LEE, fabrikam)).toMatchObject({ type: 'decided' })
  })

  test('an order of things: one recorded while another is on its way is computed again, and both stand', async () => {
    const msp = await office()
    await Promise.all([
      say(msp, 'price contoso 20 from 1 march'),
      say(msp, 'price contoso premium 19 from 1 march'),
    ])
    const { overrides } = await msp.billing.books()
    expect(overrides.map(({ number }) => number)).toEqual([1, 2])
  })
})

describe('B17: currencies', () => {
  const inTwo = async () => {
    const msp = await office()
    msp.subscriptions = [...msp.subscriptions, { ...FABRIKAM, unitPrice: EURO, unitCost: EURO }]
    await msp.observe()
    return msp
  }

  test('a price another currency is billed in is refused in words', async () => {
    const msp = await inTwo()
    const problem = await problemOf(say(msp, 'price fabrikam $20'))
    expect(problem.what).toBe(
      'A price of $20.00 could not be billed there: EUR is billed, and nothing is ever converted.',
    )
    expect((await problemOf(say(msp, 'price all premium 20.50'))).what).toContain('EUR and USD')
    expect((await msp.billing.books()).overrides).toEqual([])
  })

  test('a price for a product is for those who pay in its currency; nobody else is held by it', async () => {
    const msp = await inTwo()
    const { effects } = await say(msp, 'price all premium 19 EUR from 1 march')
    expect(effects).toMatchObject({ touched: 1, changed: [{ customerName: 'Fabrikam' }] })
    expect((await msp.studio.who(MARCH)).held).toEqual([])
    expect(await msp.studio.who(MARCH)).toMatchObject({
      totals: [
        { currency: 'EUR', amount: 38000n },
        { currency: 'USD', amount: 51452n },
      ],
    })
  })

  test('a fixed price closes the gap of a price in another currency', async () => {
    const msp = await office()
    msp.subscriptions = [observed({ quantity: decimal('25'), unitPrice: EURO })]
    await msp.observe()
    const waits = await msp.studio.who(MAY)
    expect(waits.held.length).toBeGreaterThan(0)
    await say(msp, 'price contoso 23.00 from 1 march')
    expect((await msp.studio.who(MAY)).held).toEqual([])
  })
})

describe('whom it is for', () => {
  const names = async () => {
    const msp = await office()
    msp.subscriptions = [
      ...msp.subscriptions,
      observed({ subscriptionId: '1002', mpn: 'EXO', productName: 'Exchange Online (Plan 1)' }),
      observed({ subscriptionId: '1003', mpn: 'EXO2', productName: 'Exchange Online (Plan 2)' }),
      FABRIKAM,
    ]
    await msp.observe()
    return msp
  }

  test.each([
    ['price contoso 20.50', { customerId: 'C1' }],
    ['price cont premium 20.50', { customerId: 'C1', mpn: 'BP' }],
    ['price contoso microsoft 365 business premium 20.50', { customerId: 'C1', mpn: 'BP' }],
    ['price contoso BP 20.50', { customerId: 'C1', mpn: 'BP' }],
    ['price contoso "plan 2" 20.50', { customerId: 'C1', mpn: 'EXO2' }],
    ['price all EXO 20.50', { mpn: 'EXO' }],
    ['price all 20.50', {}],
    ['describe all exo "Mail"', { mpn: 'EXO' }],
  ])('%s', async (text, scope) => {
    expect((await say(await names(), text)).override.scope).toEqual(scope)
  })

  test.each([
    ['price contoso exchange 20.50', /“exchange” fits 2 products/],
    ['price contoso office 20.50', /No product is called “office”/],
    ['price nobody 20.50', /No customer is called “nobody”/],
    ['price aaaaaaaa 20.50', /There is no line “aaaaaaaa”/],
    ['price all office 20.50', /No product is called “office”/],
    ['price contoso microsoft 365', /part of the name/],
    ['price contoso 20.50 from 1 april until 31 march 2026', /would end before it begins/],
    ['price remove 7', /There is no price with the number 7/],
    ['describe remove 7', /There is no description with the number 7/],
  ])('“%s” is refused, and nothing is recorded', async (text, why) => {
    const msp = await names()
    expect((await problemOf(say(msp, text))).what).toMatch(why)
    expect((await msp.billing.books()).overrides).toEqual([])
  })

  test.each(['conotso 20.50', 'conotso premium 20.50', 'contosoo 20.50'])(
    'a name that is nearly one is told: %s',
    async (text) => {
      expect((await problemOf(say(await names(), `price ${text}`))).next).toBe('Did you mean “Contoso”?')
    },
  )

  test('a number is of a price or of a description, and one that ended ends no more', async () => {
    const msp = await names()
    await say(msp, 'price contoso 20.50')
    expect((await problemOf(say(msp, 'describe remove 1'))).what).toContain(
      'no description with the number 1',
    )
    await say(msp, 'price remove 1 from 1 june')
    await say(msp, 'price remove 1 from 1 may')
    expect((await problemOf(say(msp, 'price remove 1 from 15 may'))).what).toContain(
      'does not hold from 1 May 2026',
    )
  })
})

describe('descriptions', () => {
  test('change words and no amount; they resolve at the start of the period', async () => {
    const msp = await office()
    const due = await msp.due()
    await say(msp, 'describe contoso premium "Cloud office" from 15 march')
    expect(await msp.due()).toBe(due)
    const { run } = await msp.bill()
    expect(new Set(run.lines.map(({ description }) => description))).toEqual(
      new Set(['Microsoft 365 Business Premium']),
    )
    const april = await msp.bill(APRIL)
    const [renamed] = april.run.lines
    if (renamed === undefined) throw new Error('no line')
    const explained = await msp.studio.explain(billedRefs(renamed)[0] ?? '')
    expect(explained).toMatchObject({
      line: { description: 'Cloud office' },
      productName: 'Microsoft 365 Business Premium',
    })
    expect(JSON.stringify(explainCard(explained))).toContain(
      '{"label":"Description","value":"Cloud office"},{"label":"Product","value":"Microsoft 365 Business Premium"}',
    )
    expect(new Set(april.run.lines.map(({ description }) => description))).toEqual(new Set(['Cloud office']))
    expect(await msp.due(APRIL)).toBe(0n)
  })

  test('the bill that waits is named, with the day that words have to begin for it', async () => {
    const msp = await office()
    const { named, override } = await say(msp, 'describe contoso premium "Cloud office"')
    expect([named?.couldHoldFrom, override.customer]).toEqual([MARCH.from, 'Contoso'])
    expect((await say(msp, 'describe contoso premium "Office" from 1 march')).named?.couldHoldFrom).toBe(
      undefined,
    )
    await msp.bill()
    const behind = await say(msp, 'describe contoso premium "Desk" from 20 march')
    expect(behind.named).toMatchObject({ changed: 1, couldHoldFrom: undefined })
  })

  test('the most specific one counts, and who keeps theirs is said', async () => {
    const msp = await office()
    await say(msp, 'describe contoso premium "Cloud office"')
    expect((await say(msp, 'describe all "Office"')).named).toEqual({
      subscriptions: 1,
      changed: 0,
      names: [],
      others: [{ number: 1, on: undefined, subscriptions: 1 }],
      couldHoldFrom: undefined,
    })
    expect((await say(msp, 'describe remove 1')).named).toEqual({
      subscriptions: 1,
      changed: 1,
      names: ['Office'],
      others: [],
      couldHoldFrom: undefined,
    })
  })
})

test('the trail says who, whom, old and new, in words', async () => {
  const msp = await office()
  await say(msp, 'price contoso 20.50 from 1 april')
  await say(msp, 'price contoso 21 from 1 april until june')
  await say(msp, 'price remove 2 from 1 may')
  const trail = (await msp.billing.trail()).filter(({ action }) => action.startsWith('price.'))
  expect(trail.map(({ actor, action, subject, details }) => ({ actor, action, subject, details }))).toEqual([
    {
      actor: 'console:Dana',
      action: 'price.set',
      subject: 'override 1',
      details: {
        about: 'Contoso',
        customer: 'C1',
        before: 'no price of its own',
        after: '$20.50',
        from: '1 Apr 2026',
      },
    },
    {
      actor: 'console:Dana',
      action: 'price.set',
      subject: 'override 2',
      details: {
        about: 'Contoso',
        customer: 'C1',
        before: '$20.50',
        after: '$21.00',
        from: '1 Apr 2026',
        through: '30 Jun 2026',
      },
    },
    {
      actor: 'console:Dana',
      action: 'price.ended',
      subject: 'override 2',
      details: { about: 'Contoso', customer: 'C1', before: '$21.00', after: '$20.50', from: '1 May 2026' },
    },
  ])
})
