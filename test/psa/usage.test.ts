import { describe, expect, it } from 'vitest'
import type { Slot } from '../../core/sync/types.js'
import { SLOT } from '../core/sync/build.js'
import { type Agreement, agreement, held, invoice } from './agreement.js'
import { usageWritten } from './usage.js'

/* Usage of March in Contoso's agreement (SYNC S11): usage.ts says how much. */

function slotOf({ emulator: { world }, agreementId, product }: Agreement): Slot {
  const lineId = String(world.additionsOf(agreementId)[0]?.id)
  return { ...SLOT, containerId: String(agreementId), itemId: String(product), lineId, priceOwner: 'keep' }
}

describe('usage in ConnectWise', () => {
  it('goes from period start to period end where dates prorate', async () => {
    const scene = await agreement(true, 0, { unitPrice: '24.00' })
    expect(await usageWritten(scene.psa, slotOf(scene))).toEqual([
      'add 1 × 12.35 from 2026-03-01 to 2026-04-01, once',
      'add 250 × 0.04 from 2026-03-01 to 2026-04-01, once',
    ])
    invoice(scene)
    invoice(scene)
    // 20 × 24.00 + 22.35
    expect(scene.invoices).toEqual(['502.35', '480.00'])
  })

  it('goes for its own days where they do not', async () => {
    const scene = await agreement(false, 0, {})
    await usageWritten(scene.psa, slotOf(scene))
    expect(held(scene)).toEqual([
      '20 × 22 from 2025-06-01',
      '1 × 12.35 from 2026-03-11 through 2026-03-17',
      '250 × 0.04 from 2026-03-11 through 2026-03-17',
    ])
    invoice(scene)
    invoice(scene)
    expect(scene.invoices).toEqual(['462.35', '440.00'])
  })

  it.each([true, false])('of an invoiced month comes with the next invoice (prorating: %s)', async (flag) => {
    const scene = await agreement(flag, 1, {})
    await usageWritten(scene.psa, slotOf(scene))
    invoice(scene)
    invoice(scene)
    expect(scene.invoices).toEqual(['440.00', '462.35', '440.00'])
  })
})
