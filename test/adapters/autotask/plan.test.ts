import { describe, expect, it } from 'vitest'
import { planSlot } from '../../../core/sync/plan.js'
import { standingOf } from '../../../core/sync/judge.js'
import type { Container, Slot, SlotDue } from '../../../core/sync/types.js'
import type { CaseWords } from '../../core/charges/build.js'
import { due, LINEAGE, remember, settledBy, stepText } from '../../core/sync/build.js'
import { speakTo } from '../../emulators/shared/autotask.js'
import { contoso, type Desk, day, decimal, deskOf } from './recorded-desk.js'

/** 20 seats at $22.00, and 5 more from 11 March: March 514.52, April 550.00. */
const FIVE_MORE: CaseWords = {
  start: '2026-01-01',
  events: [
    ['2026-01-01', 20, '22.00'],
    ['2026-03-11', 25],
  ],
}

function slotOf({ contractId, serviceId }: { contractId: number; serviceId: number }): Slot {
  return {
    id: LINEAGE,
    psa: 'autotask',
    containerId: String(contractId),
    itemId: String(serviceId),
    lineId: undefined,
    lineageIds: [LINEAGE],
    offset: decimal('0'),
    priceOwner: 'keep',
    routeFrom: day('2026-03-01'),
  }
}

/** Plans, writes every step and reads each back; what was written, and what a second plan would write. */
async function carryOut({ psa }: Desk, wanted: SlotDue) {
  const { slot } = wanted
  const read = async (): Promise<Container> => await psa.read(slot.containerId)
  const before = await read()
  const memory = remember(wanted, before)
  const { steps } = planSlot(wanted, before, memory)
  for (const step of steps) {
    expect(standingOf(step, await read(), slot)).toEqual({ type: 'before' })
    expect(await psa.write(step)).toEqual({ type: 'accepted' })
    expect(standingOf(step, await read(), slot)).toEqual({ type: 'done' })
  }
  const again = planSlot(wanted, await read(), { ...memory, oneTimes: settledBy(steps) })
  return { written: steps.map(stepText), again: again.steps.map(stepText) }
}

/** What the customer is invoiced for everything up to a day. */
function invoiced(
  { emulator }: Desk,
  place: { companyId: number; contractId: number },
  through: string,
): string {
  emulator.world.approveAndPost({ contractId: place.contractId, through })
  return emulator.world.invoice(place).total
}

describe('a plan, written and read back', () => {
  it('is one adjustment in an open month, and Autotask itself comes to the same amount', async () => {
    const desk = await deskOf()
    const place = contoso(desk.emulator)
    invoiced(desk, place, '2026-02-28')
    const wanted = due(FIVE_MORE, '2026-03-01', '2026-06-01', slotOf(place))
    expect(await carryOut(desk, wanted)).toEqual({ written: ['adjust 5 on 2026-03-11'], again: [] })
    expect(invoiced(desk, place, '2026-03-31')).toBe('514.52')
    expect(invoiced(desk, place, '2026-04-30')).toBe('550.00')
  })

  it('is a charge for a posted month and an adjustment after it, and both together come to the same amounts', async () => {
    const desk = await deskOf()
    const place = contoso(desk.emulator)
    invoiced(desk, place, '2026-02-28')
    expect(invoiced(desk, place, '2026-03-31')).toBe('440.00')
    const wanted = due(FIVE_MORE, '2026-03-01', '2026-06-01', slotOf(place))
    expect(await carryOut(desk, wanted)).toEqual({
      written: ['add 1 × 74.52 from 2026-04-01 to 2026-05-01, once', 'adjust 5 on 2026-04-01'],
      again: [],
    })
    const { contractId } = place
    const charges = await speakTo(desk.emulator).rows('ContractCharges', {
      op: 'eq',
      field: 'contractID',
      value: contractId,
    })
    expect(charges.map(({ description }) => description)).toEqual([
      expect.stringContaining('(11–31 Mar 2026)'),
    ])
    // 550.00 for April and 74.52 for March.
    expect(invoiced(desk, place, '2026-04-30')).toBe('624.52')
  })

  it('puts a service on the contract that is new there', async () => {
    const desk = await deskOf()
    const { companyId, contractId } = contoso(desk.emulator)
    const serviceId = desk.emulator.world.createService({ name: 'E5', unitPrice: '60.00' })
    const place = { companyId, contractId, serviceId }
    invoiced(desk, place, '2026-02-28')
    const slot: Slot = { ...slotOf(place), priceOwner: 'ours' }
    expect(await carryOut(desk, due(FIVE_MORE, '2026-03-01', '2026-06-01', slot))).toEqual({
      written: ['adjust 20 on 2026-03-01', 'adjust 5 on 2026-03-11'],
      again: [],
    })
    // 440.00 of the service that was there, and 514.52.
    expect(invoiced(desk, place, '2026-03-31')).toBe('954.52')
  })

  it('leaves to a person what a hand changed meanwhile', async () => {
    const desk = await deskOf()
    const place = contoso(desk.emulator)
    invoiced(desk, place, '2026-02-28')
    const wanted = due(FIVE_MORE, '2026-03-01', '2026-06-01', slotOf(place))
    const before = await desk.psa.read(wanted.slot.containerId)
    const [step] = planSlot(wanted, before, remember(wanted, before)).steps
    if (step === undefined) throw new Error('nothing was planned')
    const { contractServiceId } = place
    desk.emulator.world.adjust({ contractServiceId, unitChange: 2, effectiveDate: '2026-03-15' })
    expect(standingOf(step, await desk.psa.read(wanted.slot.containerId), wanted.slot)).toEqual({
      type: 'other',
      why: 'the counts are neither what they were nor what they should be',
    })
  })
})
