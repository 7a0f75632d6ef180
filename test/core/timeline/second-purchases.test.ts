import { describe, expect, test } from 'vitest'
import { day, decimal } from '../../support/observed.js'
import { ENDED, type Look, NEW, OLD, heldOf, line, saidOf, seen } from './turning.js'

describe('B18: a second purchase two days before the first one renews', () => {
  /** 20 × $22.00 × 2/31 = $880 / 31 = $28.387…, rounded $28.39; through April with both: 4 × 440.00 − 411.61. */
  const first = line('1', '2026-03-01', '2026-04-01')
  const second = line('2', '2026-03-30', '2027-03-30')
  const bought: readonly Look[] = [
    ['2026-03-05', first],
    ['2026-03-30', first, second],
    ['2026-03-31', first, second],
  ]
  const through = 44_000n + 2_839n + 88_000n

  test('is held until then, and said', async () => {
    const world = await seen(...bought)
    expect(await world.total('2026-03-01')).toBe(44_000n)
    const who = await world.who('2026-03-01')
    expect([heldOf(who), await saidOf(world)]).toEqual([[2_839n], ['mayContinue']])
  })

  test('is billed when the next observation shows that it renewed', async () => {
    const renewed = { ...first, expiresOn: day('2026-05-01'), renewsOn: day('2026-05-01') }
    const world = await seen(...bought, ['2026-04-02', renewed, second])
    expect(await world.total('2026-04-01')).toBe(through)
    expect(await saidOf(world, '2026-04-01')).toEqual([])
  })

  test('also when it renewed as a new line: that one is its continuation', async () => {
    const removed = { ...first, status: 'removed' as const }
    const turned = line('3', '2026-04-01', '2026-05-01')
    const world = await seen(...bought, ['2026-04-02', removed, turned, second])
    expect(await world.total('2026-04-01')).toBe(through)
    expect(await saidOf(world, '2026-04-01')).toEqual([])
  })

  test('and when it just runs on, once the days of a turnover are over', async () => {
    const world = await seen(...bought, ['2026-04-04', first, second])
    expect(await saidOf(world, '2026-04-01')).toEqual(['mayContinue'])
    await world.see('2026-04-05T12:00:00Z', [first, second])
    expect(await world.total('2026-04-01')).toBe(through)
    expect(await saidOf(world, '2026-04-01')).toEqual([])
  })
})

describe('B18: a second purchase, billed by itself, when the first one ends within three days of it', () => {
  /** 5 × $22.00 × 21/31 = $2,310 / 31 = $74.516…; until 14 March 20 × $22.00 × 13/31 = $5,720 / 31 = $184.516… */
  const five = { ...NEW, quantity: decimal('5') }
  const cancelled = { ...ENDED, expiresOn: day('2026-03-14') }
  const both: readonly Look[] = [
    ['2026-03-05', OLD],
    ['2026-03-11', OLD, five],
    ['2026-03-12', OLD, five],
    ['2026-03-13', OLD, five],
  ]

  test('stays one of two: the first is billed to its end, the second on', async () => {
    const world = await seen(...both)
    expect(await world.total('2026-03-01')).toBe(51_452n)
    await world.see('2026-03-14T12:00:00Z', [cancelled, five])
    expect(await world.total('2026-03-01', { lastPeriod: 'prorate' })).toBe(18_452n + 7_452n)
    expect(await world.total('2026-03-01', { lastPeriod: 'full' })).toBe(51_452n)
    expect(await saidOf(world)).toEqual([])
  })

  test('also when the first one loses its seats first; it counts by those it had', async () => {
    const empty = { ...OLD, quantity: decimal('0') }
    const world = await seen(...both, ['2026-03-14', empty, five], ['2026-03-15', cancelled, five])
    expect(await world.total('2026-03-01', { lastPeriod: 'prorate' })).toBe(18_452n + 7_452n)
    const turned = await seen(
      ['2026-03-05', OLD],
      ['2026-03-11', OLD, NEW],
      ['2026-03-12', OLD, NEW],
      ['2026-03-13', empty, NEW],
    )
    expect((await turned.portfolio()).subscriptions).toHaveLength(1)
  })

  test('is a turnover with the same vendor id, or with as many seats, whatever becomes of them later', async () => {
    const vendor = { vendorSubscriptionId: 'V' }
    const same = await seen(
      ['2026-03-05', { ...OLD, ...vendor }],
      ['2026-03-12', { ...OLD, ...vendor }, { ...five, ...vendor }],
      ['2026-03-13', { ...OLD, ...vendor }, { ...five, ...vendor }],
      ['2026-03-14', { ...cancelled, ...vendor }, { ...five, ...vendor }],
    )
    expect((await same.portfolio()).subscriptions).toHaveLength(1)
    const more = { ...NEW, quantity: decimal('25') }
    const looks: readonly Look[] = [
      ['2026-03-05', OLD],
      ['2026-03-11', OLD, NEW],
      ['2026-03-12', OLD, NEW],
    ]
    const zeroed = { ...cancelled, quantity: decimal('0') }
    const grown = await seen(...looks, ['2026-03-13', OLD, more], ['2026-03-14', zeroed, more])
    expect((await grown.portfolio()).subscriptions).toHaveLength(1)
  })

  test('while it is held at the end of a term, it may continue with other seats', async () => {
    const old = line('1', '2026-02-11', '2026-03-11')
    const more = { ...NEW, quantity: decimal('25') }
    const world = await seen(
      ['2026-03-05', old],
      ['2026-03-11', old, more],
      ['2026-03-12', old, more],
      ['2026-03-13', { ...old, status: 'removed' as const }, more],
    )
    expect(await world.total('2026-03-01')).toBe(51_452n)
    expect((await world.portfolio()).subscriptions).toHaveLength(1)
  })
})
