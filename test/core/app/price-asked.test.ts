import { describe, expect, test } from 'vitest'
import { day, observed } from '../../support/observed.js'
import { DANA, LEE, MARCH, type Office, office, problemOf } from '../../support/office.js'
import { ask, say } from '../../support/said-prices.js'

describe('a price to look at twice', () => {
  const kinds = async (msp: Office, text: string) => {
    const outcome = await ask(msp, text)
    return outcome.type === 'asked' ? outcome.cautions.map(({ kind }) => kind) : []
  }

  test.each([
    ['price all discount 5%', ['everyone']],
    ['price all premium discount 5%', ['everyone']],
    ['price contoso 21', ['severalProducts']],
    ['price contoso premium 17.34', ['belowCost']],
    ['price contoso premium 220', ['farFromList']],
    ['price contoso premium 2.20', ['belowCost', 'farFromList']],
    ['price contoso premium 17.35', []],
    ['price contoso premium 219.99', []],
    ['price contoso discount 5%', []],
    ['describe all "Office"', []],
  ])('%s: %j', async (text, expected) => {
    const msp = await office()
    msp.subscriptions = [
      ...msp.subscriptions,
      observed({ subscriptionId: '1002', mpn: 'EXO', productName: 'Exchange Online' }),
    ]
    await msp.observe()
    expect(await kinds(msp, text)).toEqual(expected)
    const { overrides } = await msp.billing.books()
    expect(overrides).toHaveLength(expected.length === 0 ? 1 : 0)
  })

  test('one amount is one where a customer has one product', async () => {
    expect(await kinds(await office(), 'price contoso 21')).toEqual([])
  })

  const asked = async (msp: Office) => {
    const outcome = await ask(msp, 'price all discount 10% from 1 march')
    if (outcome.type !== 'asked') throw new Error('nothing is asked')
    return outcome
  }

  test('shows the month before and after, and yes sets exactly that, once', async () => {
    const msp = await office()
    const { id, preview, revision } = await asked(msp)
    expect(preview.effects?.monthly).toEqual([
      { currency: 'USD', before: 55000n, after: 49500n, amount: -5500n },
    ])
    expect(await msp.due()).toBe(51452n)
    expect(await msp.studio.prices.confirm(LEE, id, revision)).toMatchObject({ type: 'recorded' })
    expect(await msp.due()).toBe(46306n)
    const again = await problemOf(msp.studio.prices.confirm(DANA, id, revision))
    expect(again.what).toContain('That is set already: price 1, everyone, by Lee.')
    const trail = (await msp.billing.trail()).filter(({ action }) => action.startsWith('price.'))
    expect(trail.map(({ action, actor }) => `${actor} ${action}`)).toEqual([
      'console:Dana price.asked',
      'console:Lee price.set',
    ])
    expect(trail[1]?.details).toMatchObject({ asked: id })
  })

  test('what was set by a yes and ended since is not set by the same yes again', async () => {
    const msp = await office()
    const { id, revision } = await asked(msp)
    await msp.studio.prices.confirm(LEE, id, revision)
    await msp.studio.prices.end(DANA, 'price', 1, day('2026-03-01'))
    const again = await problemOf(msp.studio.prices.confirm(DANA, id, revision))
    expect(again.what).toBe('That is set already: price 1, everyone, by Lee, and was ended since.')
    expect((await msp.billing.books()).overrides).toHaveLength(1)
  })

  test('a yes counts for three days', async () => {
    const late = async (milliseconds: number) => {
      const msp = await office()
      const { id, revision } = await asked(msp)
      msp.now = new Date(msp.now.getTime() + 72 * 3_600_000 + milliseconds)
      return { msp, yes: msp.studio.prices.confirm(LEE, id, revision) }
    }
    expect(await (await late(-1)).yes).toMatchObject({ type: 'recorded' })
    const { msp, yes } = await late(0)
    expect((await problemOf(yes)).what).toContain('A yes counts for 72 hours')
    expect((await msp.billing.books()).overrides).toEqual([])
  })

  test('what needs no second look any more is shown all the same, since it is not what was shown', async () => {
    const msp = await office()
    const other = observed({ subscriptionId: '1002', mpn: 'EXO', productName: 'Exchange Online' })
    const before = msp.subscriptions
    msp.subscriptions = [...before, other]
    await msp.observe()
    const outcome = await ask(msp, 'price contoso 21')
    if (outcome.type !== 'asked') throw new Error('nothing is asked')
    msp.subscriptions = [...before, { ...other, status: 'removed' }]
    await msp.observe()
    const yes = await msp.studio.prices.confirm(DANA, outcome.id, outcome.revision)
    expect(yes).toMatchObject({ type: 'asked', isChanged: true })
    expect((await msp.billing.books()).overrides).toEqual([])
  })

  test('which requests it made stale is said once', async () => {
    const msp = await office()
    const proposed = await msp.studio.billing.propose(DANA, MARCH, [])
    if (proposed.type !== 'asked') throw new Error(proposed.type)
    expect((await say(msp, 'price contoso premium 22 from 1 april')).stale).toEqual([])
    expect((await say(msp, 'price contoso premium 20.50 from 1 march')).stale).toEqual(['APR-0001'])
    expect((await say(msp, 'price contoso premium 21.50 from 1 march')).stale).toEqual([])
  })

  test('by its id alone, as it is typed', async () => {
    const msp = await office()
    const { id } = await asked(msp)
    expect(await ask(msp, `price yes ${id.toUpperCase()}`)).toMatchObject({ type: 'recorded' })
  })

  test('what would do something else by now is shown again, and not set', async () => {
    const msp = await office()
    const { id, revision } = await asked(msp)
    await say(msp, 'price contoso premium 20 from 1 march')
    const again = await msp.studio.prices.confirm(DANA, id, revision)
    expect(again).toMatchObject({ type: 'asked', isChanged: true, preview: { effects: { changed: [] } } })
    expect((await msp.billing.books()).overrides).toHaveLength(1)
  })

  test('another revision than the one asked, or an id nobody was shown, sets nothing', async () => {
    const msp = await office()
    const { id } = await asked(msp)
    expect(await msp.studio.prices.confirm(DANA, id, 'x')).toMatchObject({ type: 'asked' })
    expect((await problemOf(msp.studio.prices.confirm(DANA, 'nothing', undefined))).what).toContain(
      'No price with the id “nothing” waits',
    )
    expect((await msp.billing.books()).overrides).toEqual([])
  })

  test('every kind of rule comes back from the trail as it was said', async () => {
    const texts = ['21.123 until june', 'discount 12.5%', 'markup 3%', 'margin 20% from 1 april']
    for (const text of texts) {
      const msp = await office()
      const outcome = await ask(msp, `price all premium ${text}`)
      if (outcome.type !== 'asked') throw new Error(text)
      const done = await msp.studio.prices.confirm(DANA, outcome.id, outcome.revision)
      if (done.type !== 'recorded') throw new Error(text)
      const { scope, says, from, to } = outcome.preview.override
      expect(done.override).toMatchObject({ scope, says, from, to })
    }
  })
})
