import { describe, expect, it } from 'vitest'
import { stepText } from '../core/sync/build.js'
import { APRIL, DANA, LEE, MARCH } from '../support/office.js'
import { type Contract, adjustedByHand, contract, held, postThrough, throughJune } from './contract.js'
import { changed, mapped, seats, settled, synced } from './scene.js'

/*
 * Several changes on one day (SYNC S12), through the real client and by the emulated PSA's own postings. It refuses a
 * second adjustment of a service on one day, so the count follows on the next day that has none, and the days between are
 * a charge: what is due less what the PSA bills by its counts, to the cent.
 *
 * At $22.00, in thirty-firsts of March: from the 11th 21 days, 5 seats 2,310 = $74.52, 7 seats 3,234 = $104.32, 2 seats
 * 924 = $29.81; from the 12th 20 days, 5 seats 2,200 = $70.97, 2 seats 880 = $28.39; from the 13th 19 days, 5 seats 2,090
 * = $67.42, 2 seats 836 = $26.97.
 */

/** Contoso has 20 seats, 5 more from 11 March are written. */
async function fiveMore(months = 0): Promise<Contract> {
  const scene = await contract(months)
  await mapped(scene, seats(20))
  await changed(scene, '2026-03-11', 20, seats(25))
  expect(await synced(scene)).toEqual(['adjust 5 on 2026-03-11'])
  return scene
}

/** Takes a run back, by approval. The steps in words. */
async function takenBack(scene: Contract, runId: string): Promise<readonly string[]> {
  const { office } = scene
  const record = await office.studio.billing.void(DANA, runId, undefined, 'ordered by mistake')
  expect(await office.decide(LEE, record)).toMatchObject({ type: 'decided' })
  await settled(office)
  const { intents } = await office.sync.state()
  expect(intents.map(({ state, why }) => why ?? state)).toEqual(intents.map(() => 'confirmed'))
  return (record.plan ?? []).flatMap(({ steps }) => steps.map(stepText))
}

/** What the four months are posted with when nobody touches anything. */
function posted(scene: Contract): readonly string[] {
  return ['2026-03-31', '2026-04-30', '2026-05-31', '2026-06-30'].map((last) => postThrough(scene, last))
}

describe('a second change on the day of the first', () => {
  it('upwards: the 2 seats from the 12th, 104.32 − 74.52 − 28.39 as a charge', async () => {
    const scene = await fiveMore()
    await changed(scene, '2026-03-11', 25, seats(27))
    expect(await synced(scene)).toEqual([
      'add 1 × 1.41 from 2026-03-11 to 2026-03-12, once',
      'adjust 2 on 2026-03-12',
    ])
    expect(await held(scene)).toEqual([
      '2026-03-01 20',
      '2026-03-11 25',
      '2026-03-12 27',
      '2026-04-01 27',
      '2026-05-01 27',
      '2026-03-11 1 × 1.41',
    ])
    // 440.00 + 104.32
    expect(await throughJune(scene)).toEqual(['544.32', '594.00', '594.00', '594.00'])
  })

  it('downwards: 3 seats fewer from the 12th, 1,320 / 31 = 42.58; 29.81 − 74.52 + 42.58 as a credit', async () => {
    const scene = await fiveMore()
    await changed(scene, '2026-03-11', 25, seats(22))
    expect(await synced(scene)).toEqual([
      'add 1 × -2.13 from 2026-03-11 to 2026-03-12, once',
      'adjust -3 on 2026-03-12',
    ])
    // 440.00 + 29.81
    expect(await throughJune(scene)).toEqual(['469.81', '484.00', '484.00', '484.00'])
  })

  it('back to what it was: nothing is left of it', async () => {
    const scene = await fiveMore()
    await changed(scene, '2026-03-11', 25, seats(20))
    expect(await synced(scene)).toEqual([
      'add 1 × -3.55 from 2026-03-11 to 2026-03-12, once',
      'adjust -5 on 2026-03-12',
    ])
    expect(await throughJune(scene)).toEqual(['440.00', '440.00', '440.00', '440.00'])
  })

  it('and a third: 4 more from the 13th, as the 12th has its adjustment by now', async () => {
    const scene = await fiveMore()
    await changed(scene, '2026-03-11', 25, seats(27))
    await synced(scene)
    await changed(scene, '2026-03-11', 27, seats(31))
    // 11 seats are 5,082 / 31 = 163.94, 4 from the 13th 1,672 / 31 = 53.94: 163.94 − 74.52 − 28.39 − 53.94 − 1.41.
    expect(await synced(scene)).toEqual([
      'add 1 × 5.68 from 2026-03-11 to 2026-03-13, once',
      'adjust 4 on 2026-03-13',
    ])
    expect(await throughJune(scene)).toEqual(['603.94', '682.00', '682.00', '682.00'])
  })

  it('and one on a later day, which is an adjustment of its own', async () => {
    const scene = await fiveMore()
    await changed(scene, '2026-03-11', 25, seats(27))
    await synced(scene)
    await changed(scene, '2026-03-20', 27, seats(30))
    expect(await synced(scene)).toEqual(['adjust 3 on 2026-03-20'])
    // 440.00 + 104.32 + 3 × 22.00 × 12/31 = 792 / 31 = 25.548…
    expect(await throughJune(scene)).toEqual(['569.87', '660.00', '660.00', '660.00'])
  })

  it('of two decreases that count from April: the second from the 2nd, 2 × 22.00 × 29/30 = 42.53 of 44.00', async () => {
    const scene = await contract(0, { units: 25 })
    await mapped(scene, seats(25))
    await changed(scene, '2026-03-20', 25, seats(22))
    expect(await synced(scene)).toEqual(['adjust -3 on 2026-04-01'])
    await changed(scene, '2026-03-25', 22, seats(20))
    expect(await synced(scene)).toEqual([
      'add 1 × -1.47 from 2026-04-01 to 2026-04-02, once',
      'adjust -2 on 2026-04-02',
    ])
    expect(await throughJune(scene)).toEqual(['550.00', '440.00', '440.00', '440.00'])
  })

  it('of another subscription of the service', async () => {
    const second = (count: number) => seats(count, { subscriptionId: '1001' })
    const scene = await contract(0, { units: 30 })
    await mapped(scene, seats(20), second(10))
    await changed(scene, '2026-03-11', 20, seats(25))
    expect(await synced(scene)).toEqual(['adjust 5 on 2026-03-11'])
    await changed(scene, '2026-03-11', 10, second(12))
    expect(await synced(scene)).toEqual([
      'add 1 × 1.42 from 2026-03-11 to 2026-03-12, once',
      'adjust 2 on 2026-03-12',
    ])
    // 660.00 + 74.52 + 29.81
    expect(await throughJune(scene)).toEqual(['764.33', '814.00', '814.00', '814.00'])
  })

  it('of which March is posted before the second is seen', async () => {
    const scene = await fiveMore()
    scene.posted.push(postThrough(scene, '2026-03-31'))
    await changed(scene, '2026-03-11', 25, seats(27))
    expect(await synced(scene)).toEqual([
      'add 1 × 29.80 from 2026-04-01 to 2026-05-01, once',
      'adjust 2 on 2026-04-01',
    ])
    expect(await throughJune(scene)).toEqual(['514.52', '623.80', '594.00', '594.00'])
  })

  it('of a posted month, where both count from 1 April: the second from the 2nd', async () => {
    const scene = await contract(1)
    await mapped(scene, seats(20))
    await changed(scene, '2026-03-11', 20, seats(25))
    await synced(scene)
    await changed(scene, '2026-03-15', 25, seats(27))
    // 2 × 22.00 × 17/31 = 748 / 31; April’s 44.00 less 2 × 22.00 × 29/30 = 42.53.
    expect(await synced(scene)).toEqual([
      'add 1 × 24.13 from 2026-04-01 to 2026-05-01, once',
      'add 1 × 1.47 from 2026-04-01 to 2026-04-02, once',
      'adjust 2 on 2026-04-02',
    ])
    // 594.00 + 74.52 + 24.13
    expect(await throughJune(scene)).toEqual(['440.00', '692.65', '594.00', '594.00'])
  })
})

describe('a person adjusted the service on the day of a change', () => {
  it('by 1 seat, 14.90: the other 4 from the 12th, 1,760 / 31 = 56.77; 74.52 − 14.90 − 56.77 as a charge', async () => {
    const scene = await contract(0)
    await mapped(scene, seats(20))
    adjustedByHand(scene, 1, '2026-03-11')
    await changed(scene, '2026-03-11', 20, seats(25))
    expect(await synced(scene)).toEqual([
      'add 1 × 2.85 from 2026-03-11 to 2026-03-12, once',
      'adjust 4 on 2026-03-12',
    ])
    expect(await throughJune(scene)).toEqual(['514.52', '550.00', '550.00', '550.00'])
  })

  it('by its price only: the 5 seats from the 12th, 74.52 − 70.97 as a charge', async () => {
    const scene = await contract(0)
    await mapped(scene, seats(20))
    const { emulator, contractId, serviceId } = scene
    const repriced = { contractId, serviceId, unitChange: 0, unitPrice: '22.00', effectiveDate: '2026-03-11' }
    emulator.world.adjust(repriced)
    await changed(scene, '2026-03-11', 20, seats(25))
    expect(await synced(scene)).toEqual([
      'add 1 × 3.55 from 2026-03-11 to 2026-03-12, once',
      'adjust 5 on 2026-03-12',
    ])
    expect(await throughJune(scene)).toEqual(['514.52', '550.00', '550.00', '550.00'])
  })

  it('after the plan was shown: it is parked, and planned anew beside it', async () => {
    const scene = await contract(0)
    await mapped(scene, seats(20))
    await changed(scene, '2026-03-11', 20, seats(25))
    const { office } = scene
    const outcome = await office.studio.billing.sync(DANA, [])
    if (outcome.type !== 'asked') throw new Error('there is nothing to do')
    adjustedByHand(scene, 1, '2026-03-11')
    expect(await office.decide(LEE, outcome.record)).toMatchObject({ type: 'decided' })
    await office.studio.dispatch()
    const { intents } = await office.sync.state()
    expect(intents.map(({ state, why }) => `${state}: ${why}`)).toEqual([
      'parked: the counts are neither what they were nor what they should be',
    ])
    expect(await synced(scene)).toEqual([
      'add 1 × 2.85 from 2026-03-11 to 2026-03-12, once',
      'adjust 4 on 2026-03-12',
    ])
    expect(await throughJune(scene)).toEqual(['514.52', '550.00', '550.00', '550.00'])
  })
})

describe('two subscriptions of a service, of which March is posted', () => {
  const second = (count: number) => seats(count, { subscriptionId: '1001' })

  it('keep the seats they had: nothing is asked again after a third change of 1 April', async () => {
    const scene = await contract(1, { units: 16 })
    await mapped(scene, seats(10), second(6))
    // 22.00 × 20/31 and × 12/31, 44.00 × 3/31 for March; in April 22.00 less 29/30 of it, 44.00 less 28/30.
    await changed(scene, '2026-03-12', 10, seats(11))
    expect(await synced(scene)).toEqual([
      'add 1 × 14.19 from 2026-04-01 to 2026-05-01, once',
      'adjust 1 on 2026-04-01',
    ])
    await changed(scene, '2026-03-20', 6, second(7))
    expect(await synced(scene)).toEqual([
      'add 1 × 8.52 from 2026-04-01 to 2026-05-01, once',
      'add 1 × 0.73 from 2026-04-01 to 2026-04-02, once',
      'adjust 1 on 2026-04-02',
    ])
    await changed(scene, '2026-03-29', 11, seats(13))
    const steps = await synced(scene)
    expect(steps.at(0)).toBe('add 1 × 4.26 from 2026-04-01 to 2026-05-01, once')
    expect(steps.at(-1)).toBe('adjust 2 on 2026-04-03')
    // 20 seats, 14.19 + 8.52 + 4.26, and a cent: Autotask rounds the 2 seats from the 3rd once, 41.07, not 20.53 for each.
    expect(await throughJune(scene)).toEqual(['352.00', '466.98', '440.00', '440.00'])
  })

  it('and have them when the third change is taken back: nothing but that waits', async () => {
    const scene = await contract(1, { units: 16 })
    await mapped(scene, seats(10), second(6))
    await changed(scene, '2026-03-12', 10, seats(11))
    await synced(scene)
    await changed(scene, '2026-03-20', 6, second(7))
    await synced(scene)
    await changed(scene, '2026-03-29', 11, seats(13))
    await synced(scene)
    // A seat of each from the 3rd to the 4th, 20.53 − 19.80.
    expect((await takenBack(scene, 'BR-0003')).slice(-2)).toEqual([
      'add 1 × -1.46 from 2026-04-03 to 2026-04-04, once',
      'adjust -2 on 2026-04-04',
    ])
    // 18 seats of 20.
    const { standings } = await scene.office.studio.who(APRIL)
    expect(standings).toMatchObject([{ there: 39_600n, waiting: 4400n }])
  })
})

describe('taking back', () => {
  it('an adjustment of an open month: the count from the 12th, 74.52 − 70.97 as a credit; then 74.52 waits again', async () => {
    const scene = await fiveMore()
    expect(await takenBack(scene, 'BR-0001')).toEqual([
      'add 1 × -3.55 from 2026-03-11 to 2026-03-12, once',
      'adjust -5 on 2026-03-12',
    ])
    expect(await held(scene)).toEqual([
      '2026-03-01 20',
      '2026-03-11 25',
      '2026-03-12 20',
      '2026-04-01 20',
      '2026-05-01 20',
      '2026-03-11 1 × -3.55',
    ])
    const { studio } = scene.office
    expect((await studio.who(MARCH)).standings).toMatchObject([{ there: 44_000n, waiting: 7452n }])
    expect((await studio.who(APRIL)).standings).toMatchObject([{ there: 44_000n, waiting: 11_000n }])
    expect(posted(scene)).toEqual(['440.00', '440.00', '440.00', '440.00'])
  })

  it('and writing it after all: the count from the 13th, 74.52 − (74.52 − 70.97 + 67.42) + 3.55 as a charge', async () => {
    const scene = await fiveMore()
    await takenBack(scene, 'BR-0001')
    expect(await synced(scene)).toEqual([
      'add 1 × 7.10 from 2026-03-12 to 2026-03-13, once',
      'adjust 5 on 2026-03-13',
    ])
    expect(await throughJune(scene)).toEqual(['514.52', '550.00', '550.00', '550.00'])
  })

  it('a second change of a day: its charge by the opposite, its count from the 13th with 28.39 − 26.97', async () => {
    const scene = await fiveMore()
    await changed(scene, '2026-03-11', 25, seats(27))
    await synced(scene)
    expect(await takenBack(scene, 'BR-0002')).toEqual([
      'add 1 × -1.41 from 2026-03-11 to 2026-03-12, once',
      'add 1 × -1.42 from 2026-03-12 to 2026-03-13, once',
      'adjust -2 on 2026-03-13',
    ])
    const again = scene.office.studio.billing.void(DANA, 'BR-0002', undefined, 'once more')
    await expect(again).rejects.toThrow(/somebody changed it since; .*it was taken back already/)
    expect(posted(scene)).toEqual(['514.52', '550.00', '550.00', '550.00'])
  })

  it('is no more possible once its month is posted: what was billed stays, and goes on', async () => {
    const scene = await fiveMore()
    scene.posted.push(postThrough(scene, '2026-03-31'))
    const { billing } = scene.office.studio
    await expect(billing.void(DANA, 'BR-0001', undefined, 'ordered by mistake')).rejects.toThrow(
      'its month is posted; `sync` says what is to be corrected',
    )
    expect(await throughJune(scene)).toEqual(['514.52', '550.00', '550.00', '550.00'])
  })

  it('a charge is no more possible once it is posted', async () => {
    const scene = await contract(2)
    await mapped(scene, seats(20))
    await changed(scene, '2026-03-11', 20, seats(25))
    await synced(scene)
    scene.posted.push(postThrough(scene, '2026-05-31'))
    const { billing } = scene.office.studio
    await expect(billing.void(DANA, 'BR-0001', undefined, 'too late')).rejects.toThrow('it was invoiced')
    expect(await throughJune(scene)).toEqual(['440.00', '440.00', '734.52', '550.00'])
  })
})

describe('a count that is no whole number', () => {
  it('is parked with why, and nothing is sent', async () => {
    const scene = await contract(0)
    await mapped(scene, seats(20))
    await changed(scene, '2026-03-11', 20, seats(22.5))
    const { office } = scene
    const outcome = await office.studio.billing.sync(DANA, [])
    if (outcome.type !== 'asked') throw new Error('there is nothing to do')
    expect(await office.decide(LEE, outcome.record)).toMatchObject({ type: 'decided' })
    await office.studio.dispatch()
    const { intents } = await office.sync.state()
    expect(intents.map(({ state, why }) => `${state}: ${why}`)).toEqual([
      'parked: Nothing was sent to Autotask: it counts whole units, and 2.5 is no such change',
    ])
    expect(posted(scene)).toEqual(['440.00', '440.00', '440.00', '440.00'])
  })
})
