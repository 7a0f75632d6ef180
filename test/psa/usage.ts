import { expect } from 'vitest'
import type { Psa } from '../../core/psa-ports.js'
import { planSlot } from '../../core/sync/plan.js'
import type { Slot } from '../../core/sync/types.js'
import { NOTHING_KNOWN, settledBy, stepText } from '../core/sync/build.js'
import { withUsage } from '../core/sync/usage.js'

/** Plans the slot of 20 seats with usage, writes and reads back; a second plan has nothing to do. The steps in words. */
export async function usageWritten(psa: Psa, slot: Slot): Promise<readonly string[]> {
  const wanted = withUsage(slot)
  const { steps } = planSlot(wanted, await psa.read(slot.containerId), NOTHING_KNOWN)
  for (const step of steps) expect(await psa.write(step)).toEqual({ type: 'accepted' })
  const memory = { ...NOTHING_KNOWN, oneTimes: settledBy(steps) }
  expect(planSlot(wanted, await psa.read(slot.containerId), memory).steps.map(stepText)).toEqual([])
  return steps.map(stepText)
}
