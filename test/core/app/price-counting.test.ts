import { describe, expect, test } from 'vitest'
import { decimal, observed } from '../../support/observed.js'
import { APRIL, MARCH, type Office, office, problemOf } from '../../support/office.js'
import { changes, say } from '../../support/said-prices.js'

const FABRIKAM = observed({ subscriptionId: '2000', customerId: 'C2' })
const EURO = { currency: 'EUR', amount: decimal('20.00') }

describe('which one counts', () => {
  const numbers = async (msp: Office) => {
    const { overrides } = await msp.studio.prices.list('price')
    return overrides.map(({ number }) => number)
  }

  test('an older one that begins later counts: it is named, and what was said changes nothing', async () => {
    const msp = await office()
    await say(msp, 'price contoso premium 20.50')
    await msp.bill()
    const { effects, others } = await say(msp, 'price contoso premium 19 from 1 march')
    expect(effects).toMatchObject({
      touched: 1,
      changed: [],
      others: [{ number: 1, on: undefined, subscriptions: 1 }],
      stays: { isFollowed: false },
    })
    expect(others.get(1)?.about).toBe('Contoso · Microsoft 365 Business Premium')
    expect(await msp.due(APRIL)).toBe(51250n)
  })

  test('where it counts until then, both days are said, and the month is that of the seats there are now', async () => {
    const msp = await office()
    await say(msp, 'price contoso premium 20.50')
    const { effects } = await say(msp, 'price contoso premium 19 from 1 march')
    expect(effects?.changed).toMatchObject([
      {
        from: MARCH.from,
        until: APRIL.from,
        seats: decimal('25'),
        monthly: { currency: 'USD', amount: -7500n },
      },
    ])
    expect(effects?.others).toEqual([{ number: 1, on: APRIL.from, subscriptions: 1 }])
  })

  test('one that never counted ends: nothing changes, and the one that counts is named', async () => {
    const msp = await office()
    await say(msp, 'price contoso premium 20.50')
    await msp.bill()
    await say(msp, 'price contoso 19 from 1 march')
    const { effects } = await say(msp, 'price remove 2 from 1 march')
    expect(effects).toMatchObject({ changed: [], others: [{ number: 1, on: undefined }], same: 0 })
  })

  test('said again from the same day, it takes the place of the former, which does not come back', async () => {
    const msp = await office()
    await say(msp, 'price contoso premium 205 from 1 march')
    const { replaced, instead } = await say(msp, 'price contoso premium 20.50 from 1 march')
    expect([replaced.map(({ number }) => number), instead]).toEqual([[1], '$205.00'])
    expect(await numbers(msp)).toEqual([2])
    expect((await problemOf(say(msp, 'price remove 1'))).what).toContain('was replaced by 2')
    expect(changes(await say(msp, 'price remove 2 from 1 march'))).toEqual(['Contoso: $20.50 → $22.00'])
    expect(await msp.due()).toBe(51452n)
    const trail = await msp.billing.trail('override 2')
    expect(trail[0]?.details).toMatchObject({ before: '$205.00', after: '$20.50', replaces: '1' })
  })

  test('what was billed at the former stays at it', async () => {
    const msp = await office()
    await say(msp, 'price contoso premium 30 from 1 march')
    await msp.bill()
    await say(msp, 'price contoso premium 20 from 1 march')
    expect(await msp.due()).toBe(0n)
    expect(await msp.due(APRIL)).toBe(50000n)
  })

  test('a shorter one, or one for another currency, leaves the former there for later or for others', async () => {
    const msp = await office()
    msp.subscriptions = [...msp.subscriptions, { ...FABRIKAM, unitPrice: EURO, unitCost: EURO }]
    await msp.observe()
    await say(msp, 'price contoso 21 from 1 april')
    await say(msp, 'price contoso 20 from 1 april until june')
    await say(msp, 'price all premium 21 USD from 1 may')
    await say(msp, 'price all premium 19 EUR from 1 may')
    expect(await numbers(msp)).toEqual([1, 2, 3, 4])
    await say(msp, 'price all premium discount 5% from 1 may')
    expect(await numbers(msp)).toEqual([1, 2, 5])
  })

  test('a description said again takes the place of the former', async () => {
    const msp = await office()
    await say(msp, 'describe contoso premium "Clod office" from 1 april')
    await say(msp, 'describe contoso premium "Cloud office" from 1 april')
    expect((await msp.studio.prices.list('description')).overrides).toMatchObject([{ number: 2 }])
    const { named } = await say(msp, 'describe contoso "Office" from 1 april')
    expect(named).toMatchObject({ changed: 0, others: [{ number: 2, subscriptions: 1 }] })
  })
})
