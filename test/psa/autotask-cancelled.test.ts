import { describe, expect, it } from 'vitest'
import { day } from '../support/observed.js'
import { APRIL } from '../support/office.js'
import { type Contract, adjustedByHand, contract, contractOf, throughJune } from './contract.js'
import { changed, mapped, seats, synced } from './scene.js'

/*
 * Cancelled subscriptions in a contract (SYNC S12, S13): their months are due nothing any more, and what the PSA bills for
 * them by its counts, or has posted, is credited.
 */

/** What is left is seen once more, without an order that says when it changed. */
async function seen(scene: Contract, on: string, ...left: ReturnType<typeof seats>[]): Promise<void> {
  scene.moveTo(on)
  scene.office.subscriptions = left
  await scene.office.observe()
}

describe('a cancellation on a day that has its adjustment', () => {
  const none = seats(0, { status: 'terminated' })
  const second = (count: number) => seats(count, { subscriptionId: '1001' })

  it('of all: 22 seats from the 2nd, 484.00 − 22 × 22.00 × 29/30 = 16.13 back, and April comes to nothing', async () => {
    const scene = await contract(0, { units: 25 })
    await mapped(scene, seats(25))
    await changed(scene, '2026-03-20', 25, seats(22))
    expect(await synced(scene)).toEqual(['adjust -3 on 2026-04-01'])
    await seen(scene, '2026-04-01', none)
    const { studio } = scene.office
    expect((await studio.who(APRIL)).standings).toMatchObject([{ there: 48_400n, waiting: -48_400n }])
    expect(await synced(scene)).toEqual([
      'add 1 × -16.13 from 2026-04-01 to 2026-04-02, once',
      'adjust -22 on 2026-04-02',
    ])
    expect((await studio.who(APRIL)).standings).toEqual([])
    expect(await throughJune(scene)).toEqual(['550.00', '0.00', '0.00', '0.00'])
  })

  it('of one of two: the other’s 10 seats are what April has', async () => {
    const scene = await contract(0, { units: 35 })
    await mapped(scene, seats(25), second(10))
    await changed(scene, '2026-03-20', 25, seats(22))
    await synced(scene)
    await seen(scene, '2026-04-01', none, second(10))
    expect(await synced(scene)).toEqual([
      'add 1 × -16.13 from 2026-04-01 to 2026-04-02, once',
      'adjust -22 on 2026-04-02',
    ])
    expect(await throughJune(scene)).toEqual(['770.00', '220.00', '220.00', '220.00'])
  })

  it('of a person: 21 seats from the 2nd, 462.00 − 446.60 back', async () => {
    const scene = await contract(0)
    await mapped(scene, seats(20))
    adjustedByHand(scene, 1, '2026-04-01')
    await seen(scene, '2026-04-01', none)
    expect(await synced(scene)).toEqual([
      'add 1 × -15.40 from 2026-04-01 to 2026-04-02, once',
      'adjust -21 on 2026-04-02',
    ])
    expect(await throughJune(scene)).toEqual(['440.00', '0.00', '0.00', '0.00'])
  })

  it('of what was bought that day: 298.06 − 283.87 back', async () => {
    const terms = { units: 0, startDate: '2026-03-01' }
    const scene = await contractOf(terms, { before: '2026-02-28', through: [] })
    scene.moveTo('2026-03-11')
    const bought = { startsOn: day('2026-03-11') }
    await mapped(scene, seats(20, bought))
    expect(await synced(scene)).toEqual(['adjust 20 on 2026-03-11'])
    await seen(scene, '2026-03-11', seats(0, { ...bought, status: 'terminated' }))
    expect(await synced(scene)).toEqual([
      'add 1 × -14.19 from 2026-03-11 to 2026-03-12, once',
      'adjust -20 on 2026-03-12',
    ])
    expect(await throughJune(scene)).toEqual(['0.00', '0.00', '0.00', '0.00'])
  })
})

describe('a month that was posted and is not due any more', () => {
  it('is credited in the next one, and asked for once', async () => {
    const scene = await contract(2)
    await mapped(scene, seats(20))
    await synced(scene)
    await seen(scene, '2026-04-01', seats(0, { status: 'terminated' }))
    expect(await synced(scene)).toEqual([
      'add 1 × -440.00 from 2026-05-01 to 2026-06-01, once',
      'adjust -20 on 2026-05-01',
    ])
    expect(await throughJune(scene)).toEqual(['440.00', '440.00', '-440.00', '0.00'])
  })
})
