import { describe, expect, it } from 'vitest'
import { DANA, MAY, problemOf } from '../support/office.js'
import { SLOT } from '../core/sync/build.js'
import { MONTHS, contract, held, postThrough, throughJune } from './contract.js'
import { changed, mapped, seats, synced } from './scene.js'
import { usageWritten } from './usage.js'

/*
 * Contoso's contract month by month (SYNC S12), through the real client and by the emulated PSA's own postings.
 *
 * 20 seats at $22.00 are $440.00 a month, 25 are $550.00, 22 are $484.00. 5 more from 11 March, 21 days of 31:
 * 5 × $22.00 × 21/31 = $2,310 / 31 = $74.516…, rounded $74.52; all of March $514.52.
 */

describe('5 more seats from 11 March', () => {
  async function fiveMore(months: number) {
    const scene = await contract(months)
    await mapped(scene, seats(20))
    expect(await synced(scene)).toEqual([])
    await changed(scene, '2026-03-11', 20, seats(25))
    const steps = await synced(scene)
    return { steps, held: await held(scene), posted: await throughJune(scene) }
  }

  it('where March is open', async () => {
    expect(await fiveMore(0)).toEqual({
      steps: ['adjust 5 on 2026-03-11'],
      held: ['2026-03-01 20', '2026-03-11 25', '2026-04-01 25', '2026-05-01 25'],
      posted: ['514.52', '550.00', '550.00', '550.00'],
    })
  })

  it('where March is posted', async () => {
    expect(await fiveMore(1)).toEqual({
      steps: ['add 1 × 74.52 from 2026-04-01 to 2026-05-01, once', 'adjust 5 on 2026-04-01'],
      held: ['2026-03-01 20', '2026-04-01 25', '2026-05-01 25', '2026-04-01 1 × 74.52'],
      posted: ['440.00', '624.52', '550.00', '550.00'],
    })
  })

  it('where March and April are posted: 550.00 + 74.52 + 110.00 in May', async () => {
    expect(await fiveMore(2)).toEqual({
      steps: [
        'add 1 × 74.52 from 2026-05-01 to 2026-06-01, once',
        'add 1 × 110.00 from 2026-05-01 to 2026-06-01, once',
        'adjust 5 on 2026-05-01',
      ],
      held: ['2026-03-01 20', '2026-04-01 20', '2026-05-01 25', '2026-05-01 1 × 74.52', '2026-05-01 1 × 110'],
      posted: ['440.00', '440.00', '734.52', '550.00'],
    })
  })
})

describe('3 seats fewer from 20 March, which count from April', () => {
  async function fewer(months: number) {
    const scene = await contract(months, { units: 25 })
    await mapped(scene, seats(25))
    await changed(scene, '2026-03-20', 25, seats(22))
    const steps = await synced(scene)
    return { steps, held: await held(scene), posted: await throughJune(scene) }
  }

  for (const [how, months] of [
    ['March is open', 0],
    ['March is posted', 1],
  ] as const) {
    it(`where ${how}`, async () => {
      expect(await fewer(months)).toEqual({
        steps: ['adjust -3 on 2026-04-01'],
        held: ['2026-03-01 25', '2026-04-01 22', '2026-05-01 22'],
        posted: ['550.00', '484.00', '484.00', '484.00'],
      })
    })
  }

  it('where April is posted too: 3 × 22.00 back in May', async () => {
    expect(await fewer(2)).toEqual({
      steps: ['add 1 × -66.00 from 2026-05-01 to 2026-06-01, once', 'adjust -3 on 2026-05-01'],
      held: ['2026-03-01 25', '2026-04-01 25', '2026-05-01 22', '2026-05-01 1 × -66'],
      posted: ['550.00', '550.00', '418.00', '484.00'],
    })
  })
})

describe('two subscriptions on one service', () => {
  const first = (count: number) => seats(count)
  const second = (count: number) => seats(count, { subscriptionId: '1001' })

  it('that rise on one day are one adjustment: 30 × 22.00 and 7 × 22.00 × 21/31', async () => {
    const scene = await contract(0, { units: 30 })
    await mapped(scene, first(20), second(10))
    expect(await synced(scene)).toEqual([])
    await changed(scene, '2026-03-11', 20, first(25))
    await changed(scene, '2026-03-11', 10, second(12))
    expect(await synced(scene)).toEqual(['adjust 7 on 2026-03-11'])
    // 660.00 + 3,234 / 31 = 104.322…
    expect(await throughJune(scene)).toEqual(['764.32', '814.00', '814.00', '814.00'])
  })

  it('of which one falls and one rises on one day are one adjustment by the difference: 30 − 3 + 2', async () => {
    const scene = await contract(0, { units: 30 })
    await mapped(scene, first(20), second(10))
    await changed(scene, '2026-03-20', 20, first(17))
    scene.moveTo('2026-04-01')
    await changed(scene, '2026-04-01', 10, second(12))
    expect(await synced(scene)).toEqual(['adjust -1 on 2026-04-01'])
    expect(await throughJune(scene)).toEqual(['660.00', '638.00', '638.00', '638.00'])
  })
})

describe('the dates of a contract', () => {
  it('that begins in April: March stays with the file, and the seats of then are put on it', async () => {
    const scene = await contract(0, { units: 0, startDate: '2026-04-01' })
    await mapped(scene, seats(20))
    await changed(scene, '2026-03-11', 20, seats(25))
    expect(await synced(scene)).toEqual(['adjust 25 on 2026-04-01'])
    expect(await scene.office.due()).toBe(51_452n)
    const posted = { ...scene, posted: ['by file'] }
    expect(await throughJune(posted)).toEqual(['by file', '550.00', '550.00', '550.00'])
  })

  it('that ends in April: what changes in it is written, then somebody has to look', async () => {
    const scene = await contract(0, { endDate: '2026-04-30' })
    await mapped(scene, seats(20))
    await changed(scene, '2026-03-11', 20, seats(25))
    expect(await synced(scene)).toEqual(['adjust 5 on 2026-03-11'])
    expect(postThrough(scene, '2026-03-31')).toBe('514.52')
    scene.moveTo('2026-04-01')
    expect(await synced(scene)).toEqual([])
    expect(postThrough(scene, '2026-04-30')).toBe('550.00')
    scene.moveTo('2026-05-04')
    await scene.office.observe()
    const { trouble } = await scene.office.studio.billing.sync(DANA, [])
    expect(trouble.faults.map(({ why }) => why)).toEqual(['Contoso Cloud: it ended on 30 Apr 2026'])
    // Nothing bills May: 25 × 22.00 wait for somebody.
    const { standings } = await scene.office.studio.who(MAY)
    expect(standings.map(({ there, waiting }) => [there, waiting])).toEqual([[0n, 55_000n]])
  })
})

describe('a price that is kept, where a unit costs $24.00 on the contract (S15)', () => {
  it('is what is credited of a posted month: 3 × 24.00 of April', async () => {
    const scene = await contract(2, { units: 25, price: '24.00' })
    await mapped(scene, seats(25))
    expect(await synced(scene)).toEqual([])
    await changed(scene, '2026-03-20', 25, seats(22))
    expect(await synced(scene)).toEqual([
      'add 1 × -72.00 from 2026-05-01 to 2026-06-01, once',
      'adjust -3 on 2026-05-01',
    ])
    // 25 × 24.00, 22 × 24.00 − 72.00
    expect(await throughJune(scene)).toEqual(['600.00', '600.00', '456.00', '528.00'])
  })

  it('is what seats cost that are missing in posted months', async () => {
    const scene = await contract(2, { price: '24.00' })
    await mapped(scene, seats(20))
    await changed(scene, '2026-03-11', 20, seats(25))
    expect(await synced(scene)).toEqual([
      'add 1 × 81.29 from 2026-05-01 to 2026-06-01, once',
      'add 1 × 120.00 from 2026-05-01 to 2026-06-01, once',
      'adjust 5 on 2026-05-01',
    ])
    // 600.00 + 81.29 + 120.00
    expect(await throughJune(scene)).toEqual(['480.00', '480.00', '801.29', '600.00'])
  })

  it('cannot follow the catalog, and nothing is changed', async () => {
    const scene = await contract(0, { price: '24.00' })
    await mapped(scene, seats(20))
    const change = { subscription: 'Business Premium', to: undefined, offset: undefined }
    const refused = await problemOf(
      scene.office.studio.mapping.set(DANA, 'Contoso', { ...change, price: 'catalog' }),
    )
    expect([refused.what, refused.notDone]).toEqual([
      'Autotask keeps the price of a service in Contoso Cloud itself, and nothing that is written from here changes it, so it cannot follow the catalog.',
      'Nothing was mapped.',
    ])
    expect((await scene.office.sync.state()).slots).toMatchObject([{ priceOwner: 'keep' }])
  })

  it('is made up to ours by a charge for each posted month, where ours is billed', async () => {
    const scene = await contract(0, { price: '24.00' })
    await mapped(scene, seats(20))
    const change = { subscription: 'Business Premium', to: undefined, offset: undefined }
    await scene.office.studio.mapping.set(DANA, 'Contoso', { ...change, price: 'ours' })
    expect(await synced(scene)).toEqual([])
    expect(postThrough(scene, '2026-03-31')).toBe('480.00')
    // 20 × (22.00 − 24.00)
    expect(await synced(scene)).toEqual(['add 1 × -40.00 from 2026-04-01 to 2026-05-01, once'])
    expect(postThrough(scene, '2026-04-30')).toBe('440.00')
  })
})

describe('usage beside 20 seats in March', () => {
  async function posted(months: number): Promise<readonly string[]> {
    const scene = await contract(months)
    const { contractId, serviceId, psa } = scene
    const place = { psa: 'autotask', containerId: String(contractId), itemId: String(serviceId) } as const
    await usageWritten(psa, { ...SLOT, ...place, lineId: undefined })
    const later = MONTHS.slice(months, 3)
    return [...scene.posted, ...later.map(({ through }) => postThrough(scene, through))]
  }

  it('is a charge of the contract', async () => {
    expect(await posted(0)).toEqual(['462.35', '440.00', '440.00'])
  })

  it('of a posted month is posted with the next', async () => {
    expect(await posted(1)).toEqual(['440.00', '462.35', '440.00'])
  })
})
