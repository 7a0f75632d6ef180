import { describe, expect, it } from 'vitest'
import { decimal } from '../support/observed.js'
import { DANA, LEE } from '../support/office.js'
import { agreement, held, invoice, throughMay } from './agreement.js'
import { changed, mapped, seats, synced } from './scene.js'

/*
 * Contoso's agreement month by month (SYNC S11), through the real client and by the emulated PSA's own invoices.
 *
 * 20 seats at $22.00 are $440.00 a month, 25 are $550.00, 22 are $484.00. 5 more from 11 March, 21 days of 31:
 * 5 × $22.00 × 21/31 = $2,310 / 31 = $74.516…, rounded $74.52; all of March $514.52.
 */

describe('5 more seats from 11 March', () => {
  async function fiveMore(prorateFlag: boolean, invoiced: number) {
    const scene = await agreement(prorateFlag, invoiced, {})
    await mapped(scene, seats(20))
    expect(await synced(scene)).toEqual([])
    await changed(scene, '2026-03-11', 20, seats(25))
    const steps = await synced(scene)
    return { steps, held: held(scene), invoices: await throughMay(scene) }
  }

  it('where it prorates and nothing is invoiced', async () => {
    expect(await fiveMore(true, 0)).toEqual({
      steps: ['add 5 × 22.00 from 2026-03-11 on'],
      held: ['20 × 22 from 2025-06-01', '5 × 22 from 2026-03-11'],
      invoices: ['514.52', '550.00', '550.00', '550.00'],
    })
  })

  it('where it prorates and March is invoiced', async () => {
    expect(await fiveMore(true, 1)).toEqual({
      steps: ['add 5 × 22.00 from 2026-03-11 to 2026-04-01, once', 'set 104 20 → 25'],
      held: ['25 × 22 from 2025-06-01', '5 × 22 from 2026-03-11 through 2026-03-31'],
      invoices: ['440.00', '624.52', '550.00', '550.00'],
    })
  })

  it('where it prorates and March and April are invoiced: 550.00 + 74.52 + 110.00 in May', async () => {
    expect(await fiveMore(true, 2)).toEqual({
      steps: [
        'add 5 × 22.00 from 2026-03-11 to 2026-04-01, once',
        'add 1 × 110.00 from 2026-04-01 to 2026-05-01, once',
        'set 104 20 → 25',
      ],
      held: [
        '25 × 22 from 2025-06-01',
        '5 × 22 from 2026-03-11 through 2026-03-31',
        '1 × 110 from 2026-04-01 through 2026-04-30',
      ],
      invoices: ['440.00', '440.00', '734.52', '550.00'],
    })
  })

  it('where it does not prorate and nothing is invoiced', async () => {
    expect(await fiveMore(false, 0)).toEqual({
      steps: ['add 1 × 74.52 from 2026-03-11 to 2026-04-01, once', 'add 5 × 22.00 from 2026-04-01 on'],
      held: [
        '20 × 22 from 2025-06-01',
        '1 × 74.52 from 2026-03-11 through 2026-03-31',
        '5 × 22 from 2026-04-01',
      ],
      invoices: ['514.52', '550.00', '550.00', '550.00'],
    })
  })

  it('where it does not prorate and March is invoiced', async () => {
    expect(await fiveMore(false, 1)).toEqual({
      steps: ['add 1 × 74.52 from 2026-03-11 to 2026-04-01, once', 'set 104 20 → 25'],
      held: ['25 × 22 from 2025-06-01', '1 × 74.52 from 2026-03-11 through 2026-03-31'],
      invoices: ['440.00', '624.52', '550.00', '550.00'],
    })
  })

  it('where it does not prorate and March and April are invoiced: 550.00 + 74.52 + 110.00 in May', async () => {
    expect(await fiveMore(false, 2)).toEqual({
      steps: [
        'add 1 × 74.52 from 2026-03-11 to 2026-04-01, once',
        'add 1 × 110.00 from 2026-04-01 to 2026-05-01, once',
        'set 104 20 → 25',
      ],
      held: [
        '25 × 22 from 2025-06-01',
        '1 × 74.52 from 2026-03-11 through 2026-03-31',
        '1 × 110 from 2026-04-01 through 2026-04-30',
      ],
      invoices: ['440.00', '440.00', '734.52', '550.00'],
    })
  })
})

describe('3 seats fewer from 20 March, which count from April', () => {
  /** 25 in the line that was there when it was mapped. */
  async function fewerThere(prorateFlag: boolean, invoiced: number) {
    const scene = await agreement(prorateFlag, invoiced, { quantity: 25 })
    await mapped(scene, seats(25))
    await changed(scene, '2026-03-20', 25, seats(22))
    const steps = await synced(scene)
    return { steps, held: held(scene), invoices: await throughMay(scene) }
  }

  for (const prorateFlag of [true, false]) {
    const how = prorateFlag ? 'it prorates' : 'it does not prorate'

    it(`of the mapped line, where ${how} and nothing is invoiced`, async () => {
      expect(await fewerThere(prorateFlag, 0)).toEqual({
        steps: ['end 104 before 2026-04-01', 'add 22 × 22.00 from 2026-04-01 on'],
        held: ['25 × 22 from 2025-06-01 through 2026-03-31', '22 × 22 from 2026-04-01'],
        invoices: ['550.00', '484.00', '484.00', '484.00'],
      })
    })

    it(`of the mapped line, where ${how} and March is invoiced`, async () => {
      expect(await fewerThere(prorateFlag, 1)).toEqual({
        steps: ['set 104 25 → 22'],
        held: ['22 × 22 from 2025-06-01'],
        invoices: ['550.00', '484.00', '484.00', '484.00'],
      })
    })

    it(`of the mapped line, where ${how} and April is invoiced too: 3 × 22.00 back in May`, async () => {
      expect(await fewerThere(prorateFlag, 2)).toEqual({
        steps: ['add 1 × -66.00 from 2026-05-01 to 2026-06-01, once', 'set 104 25 → 22'],
        held: ['22 × 22 from 2025-06-01', '1 × -66 from 2026-05-01 through 2026-05-31'],
        invoices: ['550.00', '550.00', '418.00', '484.00'],
      })
    })
  }

  /** 20 in the line that was there, 5 in ours since 11 March. */
  async function fewerOfOurs(prorateFlag: boolean, invoiced: number) {
    const scene = await agreement(prorateFlag, 0, {})
    await mapped(scene, seats(20))
    await changed(scene, '2026-03-11', 20, seats(25))
    await synced(scene)
    for (let month = 0; month < invoiced; month += 1) invoice(scene)
    await changed(scene, '2026-03-20', 25, seats(22))
    const steps = await synced(scene)
    return { steps, held: held(scene), invoices: await throughMay(scene) }
  }

  it('of our line, where it prorates and nothing is invoiced', async () => {
    expect(await fewerOfOurs(true, 0)).toEqual({
      steps: ['end 105 before 2026-04-01', 'add 2 × 22.00 from 2026-04-01 on'],
      held: [
        '20 × 22 from 2025-06-01',
        '5 × 22 from 2026-03-11 through 2026-03-31',
        '2 × 22 from 2026-04-01',
      ],
      invoices: ['514.52', '484.00', '484.00', '484.00'],
    })
  })

  it('of our line, where it prorates and March is invoiced', async () => {
    expect(await fewerOfOurs(true, 1)).toEqual({
      steps: ['end 105 before 2026-04-01', 'add 2 × 22.00 from 2026-04-01 on'],
      held: [
        '20 × 22 from 2025-06-01',
        '5 × 22 from 2026-03-11 through 2026-03-31',
        '2 × 22 from 2026-04-01',
      ],
      invoices: ['514.52', '484.00', '484.00', '484.00'],
    })
  })

  it('of our line, where it does not prorate and nothing is invoiced', async () => {
    expect(await fewerOfOurs(false, 0)).toEqual({
      steps: ['remove 106', 'add 2 × 22.00 from 2026-04-01 on'],
      held: [
        '20 × 22 from 2025-06-01',
        '1 × 74.52 from 2026-03-11 through 2026-03-31',
        '2 × 22 from 2026-04-01',
      ],
      invoices: ['514.52', '484.00', '484.00', '484.00'],
    })
  })
})

describe('a cancellation that counts from April, which is invoiced already', () => {
  it.each([true, false])('credits April, and is asked for once; prorateFlag %s', async (prorateFlag) => {
    const scene = await agreement(prorateFlag, 2, { quantity: 25 })
    await mapped(scene, seats(25))
    await synced(scene)
    scene.moveTo('2026-04-01')
    scene.office.subscriptions = [seats(0, { status: 'terminated' })]
    await scene.office.observe()
    expect(await synced(scene)).toEqual([
      'add 1 × -550.00 from 2026-05-01 to 2026-06-01, once',
      'end 104 before 2026-05-01',
    ])
    invoice(scene)
    expect(await synced(scene)).toEqual([])
    expect(scene.invoices).toEqual(['550.00', '550.00', '-550.00'])
  })
})

describe('a price of ours that changes when April is invoiced already', () => {
  for (const prorateFlag of [true, false]) {
    it(`is made up for in May: 10 × $1.00 (${prorateFlag ? 'prorating' : 'not prorating'})`, async () => {
      const scene = await agreement(prorateFlag, 0, undefined)
      await mapped(scene, seats(10))
      expect(await synced(scene)).toEqual(['add 10 × 22.00 from 2026-03-01 on'])
      // Nobody looks into the agreement between these invoices and the new price.
      invoice(scene)
      invoice(scene)
      scene.moveTo('2026-03-12')
      scene.office.subscriptions = [seats(10, { unitPrice: { currency: 'USD', amount: decimal('23.00') } })]
      await scene.office.observe()
      expect(await synced(scene)).toEqual([
        'add 1 × 10.00 from 2026-04-01 to 2026-05-01, once',
        'price 104 22.00 → 23.00',
      ])
      expect(await throughMay(scene)).toEqual(['220.00', '220.00', '240.00', '230.00'])
    })
  }
})

describe('5 seats more and 3 fewer before anybody syncs', () => {
  it('are a line that ends and one that follows it', async () => {
    const scene = await agreement(true, 0, {})
    await mapped(scene, seats(20))
    await changed(scene, '2026-03-11', 20, seats(25))
    await changed(scene, '2026-03-20', 25, seats(22))
    expect(await synced(scene)).toEqual([
      'add 5 × 22.00 from 2026-03-11 to 2026-04-01',
      'add 2 × 22.00 from 2026-04-01 on',
    ])
    expect(await throughMay(scene)).toEqual(['514.52', '484.00', '484.00', '484.00'])
  })
})

describe('what a person adds beside our line after the yes', () => {
  // Their line of whole months that began in an invoiced March is billed for all of it, with April: 440.00 + 2 × 110.00.
  it.each([
    ['seats, where dates decide', true, 0, { quantity: 5 }, ['514.52', '550.00']],
    ['seats, where March is open', false, 0, { quantity: 5 }, ['550.00', '550.00']],
    ['seats, where March is invoiced', false, 1, { quantity: 5 }, ['440.00', '660.00']],
    [
      'the amount of an invoiced March',
      false,
      1,
      { quantity: 1, unitPrice: '74.52', cancelledDate: '2026-03-31' },
      ['440.00', '514.52'],
    ],
  ] as const)('is never added on top of: %s', async (_, prorateFlag, invoiced, byHand, totals) => {
    const scene = await agreement(prorateFlag, invoiced, {})
    const { office, emulator, agreementId, invoices } = scene
    await mapped(scene, seats(20))
    await changed(scene, '2026-03-11', 20, seats(25))
    const outcome = await office.studio.billing.sync(DANA, [])
    if (outcome.type !== 'asked') throw new Error('nothing is asked for')
    await office.decide(LEE, outcome.record)
    const [main] = emulator.world.additionsOf(agreementId)
    const product = main?.productId ?? 0
    emulator.world.createAddition({ agreementId, product, effectiveDate: '2026-03-11', ...byHand })
    const before = held(scene)
    await office.studio.dispatch()
    const { intents } = await office.sync.state()
    expect(intents.map(({ state }) => state)).toEqual(intents.map(() => 'parked'))
    expect(held(scene)).toEqual(before)
    while (invoices.length < 2) invoice(scene)
    expect(invoices).toEqual(totals)
  })
})
