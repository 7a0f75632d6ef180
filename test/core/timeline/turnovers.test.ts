import { describe, expect, test } from 'vitest'
import type { Billed, Who } from '../../../core/app/who.js'
import type { ObservedSubscription } from '../../../core/marketplace/types.js'
import { Observing } from '../../support/observing.js'
import { day, decimal, order } from '../../support/observed.js'
import { ENDED, type Look, NEW, OLD, heldOf, line, saidOf, seen } from './turning.js'

/** Everything of an answer, as it is when it was billed. */
function billedFrom({ bills }: Who): Billed {
  const billed = new Map<string, Billed extends ReadonlyMap<string, infer Lines> ? Lines : never>()
  for (const { lines } of bills) {
    for (const { subscription, charge, currency } of lines) {
      const { lineageId } = subscription.subscription
      billed.set(lineageId, [...(billed.get(lineageId) ?? []), { ...charge, currency, version: 1 }])
    }
  }
  return billed
}

describe('B18: a turnover in the midst of a term, seen half', () => {
  const half: readonly Look[] = [
    ['2026-03-05', OLD],
    ['2026-03-12', OLD, NEW],
  ]

  test('holds the new line and says why; the old one is billed', async () => {
    const world = await seen(...half)
    expect(await world.total('2026-03-01')).toBe(44_000n)
    const who = await world.who('2026-03-01')
    expect(heldOf(who)).toEqual([29_806n])
    expect(who.exceptions.map(({ kind }) => kind)).toEqual(['mayContinue'])
    expect(who.exceptions[0]?.why).toContain('not billed until an observation shows')
    expect(who.held[0]?.why).toBe(who.exceptions[0]?.why)
  })

  test('is one subscription once the end is seen', async () => {
    const world = await seen(...half, ['2026-03-13', ENDED, NEW])
    expect(await world.total('2026-03-01')).toBe(44_000n)
    expect(await saidOf(world)).toEqual([])
    expect(await world.changes('2026-03-01')).toEqual(['renewed'])
  })

  test('is two as soon as an observation shows both running', async () => {
    const world = await seen(...half, ['2026-03-13', OLD, NEW])
    expect(await world.total('2026-03-01')).toBe(73_806n)
    expect(await saidOf(world)).toEqual([])
  })

  test('also when it is the first observation of all, and as long as there is no other', async () => {
    const world = await seen(['2026-03-12', OLD, NEW])
    expect(await world.total('2026-03-01')).toBe(44_000n)
    // In April: two months of the old line; of the new one 298.06 and 440.00 wait.
    expect(await world.total('2026-04-01')).toBe(88_000n)
    expect(heldOf(await world.who('2026-04-01'))).toEqual([29_806n, 44_000n])
  })

  test('waits while the old line is not listed for a moment', async () => {
    const world = await seen(['2026-03-05', OLD], ['2026-03-12', NEW], ['2026-03-13', NEW])
    expect(await saidOf(world)).toEqual(['mayContinue', 'missing'])
    await world.see('2026-03-14T12:00:00Z', [ENDED, NEW])
    expect(await world.total('2026-03-01')).toBe(44_000n)
    expect(await saidOf(world)).toEqual([])
  })

  test('also when the new line had been waiting to become active for days', async () => {
    const waiting = { ...NEW, status: 'pending' as const, startsOn: day('2026-03-09') }
    const world = await seen(
      ['2026-03-09', OLD, waiting],
      ['2026-03-10', OLD, waiting],
      ['2026-03-12', OLD, NEW],
    )
    expect(await saidOf(world)).toEqual(['mayContinue'])
  })

  test('a second purchase that began days before anybody looked is billed at once', async () => {
    const world = await seen(['2026-03-05', OLD], ['2026-03-15', OLD, NEW])
    expect(await world.total('2026-03-01')).toBe(73_806n)
  })
})

describe('B18, B23: news of the end that comes when both are subscriptions already', () => {
  const both: readonly Look[] = [
    ['2026-03-05', OLD],
    ['2026-03-12', OLD, NEW],
    ['2026-03-13', OLD, NEW],
    ['2026-03-14', OLD, NEW],
  ]
  const late: Look = ['2026-03-20', ENDED, NEW]

  test('what is not billed is one subscription, as from scratch', async () => {
    const [world, scratch] = [await seen(...both, late), await seen(late)]
    for (const [month, total] of [
      ['2026-03-01', 44_000n],
      ['2026-04-01', 88_000n],
    ] as const) {
      expect(await world.total(month)).toBe(total)
      expect(await scratch.total(month)).toBe(total)
    }
    expect((await world.portfolio()).subscriptions).toHaveLength(1)
  })

  test('what is billed is corrected to what it would be from scratch', async () => {
    const world = await seen(...both)
    const before = await world.who('2026-03-01')
    expect(before.totals[0]?.amount).toBe(73_806n)
    const billed = billedFrom(before)
    await world.see('2026-03-20T12:00:00Z', [ENDED, NEW])
    const { bills, totals } = await world.who('2026-03-01', {}, billed)
    expect(totals[0]?.amount).toBe(-29_806n)
    expect(bills[0]?.lines.map(({ charge }) => [charge.kind, charge.amount])).toEqual([
      ['correction', -29_806n],
    ])
    // 880.00 through April, less 738.06.
    expect((await world.who('2026-04-01', {}, billed)).totals[0]?.amount).toBe(14_194n)
  })

  test('an end that is taken back makes two of them again', async () => {
    const world = await seen(...both)
    const billed = billedFrom(await world.who('2026-03-01'))
    await world.see('2026-03-20T12:00:00Z', [ENDED, NEW])
    await world.see('2026-03-21T12:00:00Z', [OLD, NEW])
    expect(await world.total('2026-03-01')).toBe(73_806n)
    expect((await world.who('2026-03-01', {}, billed)).totals).toEqual([])
  })

  test('a line nobody had seen before the one that continues it', async () => {
    const world = await seen(['2026-03-12', NEW])
    const billed = billedFrom(await world.who('2026-03-01'))
    expect(await world.total('2026-03-01')).toBe(29_806n)
    await world.see('2026-03-13T12:00:00Z', [ENDED, NEW])
    expect(await world.total('2026-03-01')).toBe(44_000n)
    expect((await world.who('2026-03-01', {}, billed)).totals[0]?.amount).toBe(14_194n)
  })
})

describe('B18: an old line that is not listed any more', () => {
  /** Terms of a month: 11 February to 11 March, and so on; by months the charges are 440.00 each. */
  const first = line('1', '2026-02-11', '2026-03-11')
  const second = line('2', '2026-03-11', '2026-04-11')
  const third = line('3', '2026-04-11', '2026-05-11')
  const leaving = (one: ObservedSubscription) => ({ ...one, autoRenew: false })

  test('ended as planned, and its successor continues it: March and April are 440.00 each', async () => {
    const world = await seen(['2026-03-05', leaving(first)], ['2026-03-12', leaving(second)])
    expect(await world.total('2026-03-01')).toBe(44_000n)
    expect(await world.total('2026-04-01')).toBe(88_000n)
    expect(heldOf(await world.who('2026-04-01'))).toEqual([])
    await world.see('2026-04-12T12:00:00Z', [third])
    expect(await world.total('2026-04-01')).toBe(88_000n)
    expect(heldOf(await world.who('2026-04-01'))).toEqual([])
    expect((await world.portfolio()).subscriptions).toHaveLength(1)
    expect(await saidOf(world, '2026-04-01')).toEqual([])
  })

  test('nor does one that was to renew hold it longer than the days of a turnover', async () => {
    const world = await seen(['2026-03-05', first], ['2026-03-12', second], ['2026-03-14', second])
    expect(await world.total('2026-03-01')).toBe(44_000n)
    expect(await saidOf(world)).toEqual(['mayContinue', 'missing'])
    await world.see('2026-03-15T12:00:00Z', [second])
    expect(await world.total('2026-04-01')).toBe(88_000n)
    expect(await saidOf(world)).toEqual([])
    expect((await world.portfolio()).subscriptions).toHaveLength(1)
  })

  test('but as long as nothing follows it, one that was to renew is taken as running', async () => {
    const world = await seen(['2026-03-05', first], ['2026-03-20'])
    expect(await world.total('2026-04-01')).toBe(88_000n)
    expect(await saidOf(world, '2026-04-01')).toEqual(['missing'])
  })
})

describe('B18: an old line that is back after another one continued it', () => {
  test('is said at once when its end was seen and is taken back', async () => {
    const world = await seen(['2026-03-05', OLD], ['2026-03-11', OLD, NEW], ['2026-03-12', ENDED, NEW])
    expect(await saidOf(world)).toEqual([])
    await world.see('2026-03-13T12:00:00Z', [OLD, NEW])
    expect(await world.total('2026-03-01')).toBe(44_000n)
    expect(await saidOf(world)).toEqual(['overlap'])
    await world.see('2026-03-14T12:00:00Z', [ENDED, NEW])
    expect(await saidOf(world)).toEqual([])
  })

  test('and when it had ended as planned and is listed again', async () => {
    const leaving = line('1', '2026-02-11', '2026-03-11', { autoRenew: false })
    const world = await seen(['2026-03-05', leaving], ['2026-03-12', NEW], ['2026-03-13', leaving, NEW])
    expect(await world.total('2026-03-01')).toBe(44_000n)
    expect(await saidOf(world)).toEqual(['overlap'])
  })

  test('what it was before the other one came does not matter', async () => {
    const vendor = { vendorSubscriptionId: 'V' }
    const old = { ...line('1', '2026-02-11', '2026-03-11'), ...vendor }
    const world = await seen(['2026-03-05', old], ['2026-03-06'], ['2026-03-12', old, { ...NEW, ...vendor }])
    expect(await saidOf(world)).toEqual([])
  })
})

describe('B18: on overlap the new start wins', () => {
  const overlapping = { ...ENDED, expiresOn: day('2026-03-13') }
  const more = { ...NEW, quantity: decimal('25') }

  test.each([
    ['seen at once', [['2026-03-20', overlapping, NEW]]],
    [
      'seen one after the other',
      [
        ['2026-03-05', OLD],
        ['2026-03-12', OLD, NEW],
        ['2026-03-13', OLD, NEW],
        ['2026-03-14', overlapping, NEW],
      ],
    ],
  ] as const)('%s: the old line is billed until 11 March only', async (_, looks) => {
    const world = await seen(...looks)
    for (const lastPeriod of ['full', 'prorate'] as const)
      expect(await world.total('2026-03-01', { lastPeriod })).toBe(44_000n)
    expect(await saidOf(world)).toEqual([])
  })

  test('seats of the new line count from its start: 5 × $22.00 × 21/31 = $74.52', async () => {
    const world = await seen(['2026-03-05', OLD], ['2026-03-14', overlapping, more])
    expect(await world.total('2026-03-01')).toBe(51_452n)
  })
})

describe('B18: more than one candidate', () => {
  const other = { ...ENDED, subscriptionId: '3', key: '3/BP' }
  /** 40 × $22.00 × 21/31 = $18,480 / 31 = $596.129… */
  const forBoth = { ...NEW, quantity: decimal('40') }

  test('is held and a person is asked; what ended is billed', async () => {
    const world = await seen(['2026-03-14', ENDED, other, forBoth])
    expect(await world.total('2026-03-01')).toBe(88_000n)
    const who = await world.who('2026-03-01')
    expect(heldOf(who)).toEqual([59_613n])
    expect(
      who.exceptions.map(({ kind, why }) => [kind, why.includes('type `map Contoso continue ')]),
    ).toEqual([['ambiguous', true]])
  })

  test('also when it had an identity of its own before they ended', async () => {
    const [one, two] = [OLD, { ...OLD, subscriptionId: '3', key: '3/BP' }]
    const world = await seen(
      ['2026-03-05', one, two],
      ['2026-03-12', one, two, NEW],
      ['2026-03-13', one, two, NEW],
    )
    expect(await world.total('2026-03-01')).toBe(88_000n + 29_806n)
    await world.see('2026-03-14T12:00:00Z', [ENDED, other, NEW])
    expect(await world.total('2026-03-01')).toBe(88_000n)
    expect(await saidOf(world)).toEqual(['ambiguous'])
  })
})

describe('B18, B19: an order of the old line that nobody saw before the turnover keeps its day', () => {
  const more = { ...NEW, quantity: decimal('25') }
  const at = (instant: string, quantity = '5') => {
    const provisionedAt = new Date(instant)
    const products = [{ mpn: 'BP', quantity: decimal(quantity) }]
    return order({ id: instant, subscriptionId: '1', provisionedAt, products })
  }

  async function turned(orders: readonly ReturnType<typeof order>[], shown: string, old = OLD) {
    const world = new Observing()
    const ended = { ...ENDED, startsOn: old.startsOn }
    await world.see('2026-03-08T12:00:00Z', [old])
    await world.see('2026-03-12T12:00:00Z', [{ ...ended, quantity: decimal(shown) }, more], orders)
    return world
  }

  // +5 on 9 March: 440.00 + 5 × 22 × 23/31 = 2,530 / 31 = 81.61; on the 11th it would be 74.52.
  test.each(['25', '20', '0'])('whatever the removed line shows: %s', async (shown) => {
    const world = await turned([at('2026-03-09T15:00:00Z')], shown)
    expect(await world.total('2026-03-01')).toBe(52_161n)
    expect(await world.exceptions('2026-03-01')).toEqual([])
    expect(await world.changes('2026-03-02')).toEqual(['quantityChanged', 'renewed'])
  })

  // Sold with 25, it shows that the 5 were there; sold with 26 it says nothing of them: 440.00 + 6 × 22 × 21/31 = 89.42.
  test.each([
    ['25', 52_161n],
    ['26', 52_942n],
  ])('also when the new line was sold by an order of %s seats', async (quantity, total) => {
    const sale = {
      ...at('2026-03-11T10:00:00Z', quantity),
      type: 'sales' as const,
      subscriptionId: '2',
    }
    for (const shown of ['20', '0']) {
      const world = new Observing()
      await world.see('2026-03-08T12:00:00Z', [OLD])
      const lines = [
        { ...ENDED, quantity: decimal(shown) },
        { ...NEW, quantity: decimal(quantity) },
      ]
      await world.see('2026-03-12T12:00:00Z', lines, [at('2026-03-09T15:00:00Z'), sale])
      expect(await world.total('2026-03-01')).toBe(total)
    }
  })

  test('orders before and after the turnover: 440.00 + 3 × 22 × 23/31 = 48.97 + 2 × 22 × 20/31 = 28.39', async () => {
    const world = await turned([at('2026-03-09T15:00:00Z', '3'), at('2026-03-12T11:00:00Z', '2')], '20')
    expect(await world.total('2026-03-01')).toBe(51_736n)
  })

  test('one stamped before the old line began counts from its start: 25 × 22 × 22/31 = 390.32', async () => {
    const old = { ...OLD, startsOn: day('2026-03-10') }
    const world = await turned([at('2026-03-09T15:00:00Z')], '20', old)
    expect(await world.total('2026-03-01')).toBe(39_032n)
  })

  test('none left on a day before the turnover is a cancellation, also when some came back on the next', async () => {
    const orders = [at('2026-03-09T15:00:00Z', '-20'), at('2026-03-10T15:00:00Z', '25')]
    const world = await turned(orders, '20')
    expect(await world.total('2026-03-01')).toBe(0n)
    expect(await world.exceptions('2026-03-01')).toEqual(['seatsReturned'])
  })
})
