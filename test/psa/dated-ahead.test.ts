import { describe, expect, it } from 'vitest'
import { stepText } from '../core/sync/build.js'
import { speakTo } from '../emulators/shared/autotask.js'
import { APRIL, DANA, LEE } from '../support/office.js'
import { agreement, invoice } from './agreement.js'
import { contract, postThrough } from './contract.js'
import { changed, mapped, seats, settled, synced } from './scene.js'

/*
 * One-time lines dated in a month after the one that is open when they are written: the invoice made meanwhile is of the
 * month before them, and does not have them.
 */

describe('a charge of Autotask', () => {
  /** 25 → 22 → 20 in March: the second is a charge of 1 April, −2 × 22.00 / 30 = −1.47, and the count from the 2nd. */
  async function dated() {
    const scene = await contract(0, { units: 25 })
    await mapped(scene, seats(25))
    await changed(scene, '2026-03-20', 25, seats(22))
    await synced(scene)
    await changed(scene, '2026-03-25', 22, seats(20))
    expect(await synced(scene)).toEqual([
      'add 1 × -1.47 from 2026-04-01 to 2026-04-02, once',
      'adjust -2 on 2026-04-02',
    ])
    expect(postThrough(scene, '2026-03-31')).toBe('550.00')
    return scene
  }

  it('is asked for again when somebody deletes it', async () => {
    const scene = await dated()
    const own = { op: 'eq', field: 'contractID', value: scene.contractId }
    const [charge] = await speakTo(scene.emulator).rows('ContractCharges', own)
    scene.emulator.world.deleteCharge({ chargeId: Number(charge?.['id']) })
    expect(await synced(scene)).toEqual(['add 1 × -1.47 from 2026-04-01 to 2026-04-02, once'])
    expect(postThrough(scene, '2026-04-30')).toBe('440.00')
    expect(await synced(scene)).toEqual([])
  })

  it('is taken back with the count', async () => {
    const scene = await dated()
    const { billing } = scene.office.studio
    const record = await billing.void(DANA, 'BR-0002', undefined, 'ordered by mistake')
    // 2 × 22.00 / 30 = 1.466… a day; 22 seats are $484.00.
    expect((record.plan ?? []).flatMap(({ steps }) => steps.map(stepText))).toEqual([
      'add 1 × 1.47 from 2026-04-01 to 2026-04-02, once',
      'add 1 × 1.46 from 2026-04-02 to 2026-04-03, once',
      'adjust 2 on 2026-04-03',
    ])
    expect(await scene.office.decide(LEE, record)).toMatchObject({ type: 'decided' })
    await settled(scene.office)
    expect(postThrough(scene, '2026-04-30')).toBe('484.00')
  })
})

describe('a one-time line of a ConnectWise agreement that does not prorate', () => {
  /** 5 more from 2 April, 29 days of 30: 5 × 22.00 × 29/30 = 106.33; March is invoiced after it is written. */
  async function dated() {
    const scene = await agreement(false, 0, {})
    await mapped(scene, seats(20))
    await changed(scene, '2026-04-02', 20, seats(25))
    expect(await synced(scene)).toContain('add 1 × 106.33 from 2026-04-02 to 2026-05-01, once')
    invoice(scene)
    expect(scene.invoices).toEqual(['440.00'])
    return scene
  }

  it('is asked for again when somebody deletes it', async () => {
    const scene = await dated()
    const { world } = scene.emulator
    const line = world.additionsOf(scene.agreementId).find(({ unitPrice }) => unitPrice === '106.33')
    world.deleteAddition({ additionId: Number(line?.id) })
    expect(await synced(scene)).toEqual(['add 1 × 106.33 from 2026-04-02 to 2026-05-01, once'])
    invoice(scene)
    expect(scene.invoices).toEqual(['440.00', '546.33'])
  })

  it('is not invoiced yet, for whoever looks at the customer', async () => {
    const { office, ...scene } = await dated()
    const states = async () => {
      const { covered } = await office.studio.customer('Contoso', APRIL)
      return covered.map(({ charge, state }) => [charge.amount, state.type])
    }
    expect(await states()).toContainEqual([10_633n, 'notInvoiced'])
    invoice({ office, ...scene })
    expect(await synced({ office, ...scene })).toEqual([])
    expect(await states()).toContainEqual([10_633n, 'invoiced'])
  })
})
