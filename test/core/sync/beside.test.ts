import { describe, expect, it } from 'vitest'
import { besideChange, linesBeside } from '../../../core/sync/beside.js'
import { standingAtDoor, standingOf } from '../../../core/sync/judge.js'
import { markerOf } from '../../../core/sync/marker.js'
import { planSlot } from '../../../core/sync/plan.js'
import type { Container, PsaLine, Slot, Step } from '../../../core/sync/types.js'
import { applied } from '../../support/fake-psa.js'
import { type CaseWords, day, decimal } from '../charges/build.js'
import { SLOT, container, due, psaLine, remember } from './build.js'

const FIVE_MORE: CaseWords = {
  start: '2026-01-01',
  events: [
    ['2026-01-01', 20, '22.00'],
    ['2026-03-11', 25],
  ],
}

const OURS = psaLine({ id: '90001' })
/** Five seats that a person added by hand. */
const BY_HAND = psaLine({ id: '90050', quantity: '5', from: '2026-03-11' })
const OPEN = container({ mode: 'datedLines', lockedTo: day('2026-03-01') })
const INVOICED = container({ mode: 'wholeLines', lockedTo: day('2026-04-01') })

function planned(read: Container, slots: readonly Slot[] = [SLOT]): readonly Step[] {
  const wanted = due(FIVE_MORE, '2026-03-01', '2026-06-01')
  return planSlot(wanted, read, { ...remember(wanted, read), slots }).steps
}

function withLines(read: Container, ...more: readonly PsaLine[]): Container {
  return { ...read, lines: [...read.lines, ...more] }
}

/** How each step stands at the door. */
function standings(steps: readonly Step[], read: Container): readonly string[] {
  return steps.map((step) => standingAtDoor(step, read, [SLOT]).type)
}

const TO_DO =
  'since it was shown, so nothing was written on top. If that was for the same seats, let only one of the two stand there; `sync` shows both and asks again'

describe('a line that somebody adds beside ours', () => {
  it('after the plan was made is never added on top of', () => {
    const [step] = planned(OPEN)
    expect(step && standingAtDoor(step, withLines(OPEN, BY_HAND), [SLOT])).toEqual({
      type: 'other',
      why: `somebody added a line of 5 × $22.00 from 11 Mar 2026 (line 90050) beside it ${TO_DO}`,
    })
  })

  it('parks money for an invoiced month as well: it may be that very money', () => {
    const byHand = { ...BY_HAND, quantity: decimal('1'), unitPrice: decimal('74.52'), to: day('2026-04-01') }
    const steps = planned(INVOICED)
    expect(steps.map(({ count }) => count === undefined)).toEqual([true, false])
    expect(standings(steps, withLines(INVOICED, byHand))).toEqual(['other', 'other'])
  })

  it('was there when the plan was made: that is no reason to stop', () => {
    const read = withLines(INVOICED, BY_HAND)
    expect(standings(planned(read), read)).toEqual(['before', 'before'])
  })

  it('of another item, or in a slot of ours, is not beside it', () => {
    const steps = planned(OPEN)
    const second: Slot = { ...SLOT, id: 'L-2', lineageIds: ['L-2'], lineId: '90050' }
    expect(standings(steps, withLines(OPEN, { ...BY_HAND, itemId: '9' }))).toEqual(['before'])
    const read = withLines(OPEN, BY_HAND)
    expect(steps.map((step) => standingAtDoor(step, read, [SLOT, second]).type)).toEqual(['before'])
    const marked = withLines(OPEN, { ...BY_HAND, marker: markerOf('L-2', false, 'x') })
    expect(standings(steps, marked)).toEqual(['before'])
    expect(planned(read, [SLOT, second]).map(({ beside }) => beside)).toEqual([[]])
  })

  it('that was there and came into a slot of ours meanwhile is ours to look after', () => {
    const read = withLines(OPEN, BY_HAND)
    const second: Slot = { ...SLOT, id: 'L-2', lineageIds: ['L-2'], lineId: '90050' }
    const [step] = planned(read)
    expect(step && standingAtDoor(step, read, [SLOT, second])).toEqual({ type: 'before' })
  })

  it.each([
    ['quantity', { quantity: decimal('6') }],
    ['price', { unitPrice: decimal('21') }],
    ['beginning', { from: day('2026-03-12') }],
    ['end', { to: day('2026-05-01') }],
  ])('and whose %s somebody changed since is another one', (_, change) => {
    const [step] = planned(withLines(OPEN, BY_HAND))
    expect(step && besideChange(step, withLines(OPEN, { ...BY_HAND, ...change }), [SLOT])).toBe(
      `somebody changed line 90050 of the same item beside it ${TO_DO}`,
    )
  })

  it('and that is gone since is what the approval did not see', () => {
    const [step] = planned(withLines(OPEN, BY_HAND))
    expect(step && besideChange(step, OPEN, [SLOT])).toBe(
      `line 90050 of the same item beside it is gone ${TO_DO}`,
    )
  })

  it('makes another plan of the same steps: the yes was to what stood there', () => {
    const [keys, others] = [planned(OPEN), planned(withLines(OPEN, BY_HAND))].map((steps) =>
      steps.map(({ key }) => key),
    )
    expect(keys).not.toEqual(others)
  })

  it('does not make a write that is there look as if it was not', () => {
    const [step] = planned(OPEN)
    const there = step && withLines(applied(OPEN, step), BY_HAND)
    expect(step && there && standingAtDoor(step, there, [SLOT])).toEqual({ type: 'done' })
    expect(step && there && standingOf(step, there, SLOT)).toEqual({ type: 'done' })
  })

  it('says nothing to a step of an earlier version, which did not look', () => {
    const [step] = planned(OPEN)
    if (step === undefined) throw new Error('nothing is planned')
    const { beside: _, ...earlier } = step
    expect(standings([earlier as Step], withLines(OPEN, BY_HAND))).toEqual(['before'])
  })
})

it('our own lines are never somebody else’s, and those of each slot of one item are its own', () => {
  const read = planned(OPEN).reduce(applied, withLines(OPEN, BY_HAND))
  expect(read.lines).toHaveLength(3)
  expect(linesBeside(read, SLOT.itemId, [SLOT]).map(({ id }) => id)).toEqual(['90050'])
  // In another container the same id is another line.
  const elsewhere = { ...SLOT, containerId: '78', lineId: BY_HAND.id }
  expect(linesBeside(read, SLOT.itemId, [SLOT, elsewhere]).map(({ id }) => id)).toEqual(['90050'])
  expect(linesBeside({ ...read, lines: [OURS] }, SLOT.itemId, [SLOT])).toEqual([])
})

describe('where units are counted', () => {
  const slot: Slot = { ...SLOT, psa: 'autotask', itemId: '5', lineId: undefined }
  const steps = [{ on: day('2026-01-01'), units: decimal('20') }]
  const contract = container({
    psa: 'autotask',
    mode: 'units',
    lockedTo: day('2026-04-01'),
    lines: [],
    units: [{ itemId: '5', steps, unitPrice: decimal('22') }],
  })
  const wanted = due(FIVE_MORE, '2026-03-01', '2026-06-01', slot)
  const plan = planSlot(wanted, contract, { ...remember(wanted, contract), slots: [slot] }).steps
  const charge = psaLine({ id: '7', itemId: '', quantity: '1', unitPrice: '74.52', from: '2026-04-01' })

  it('a charge that names no service stands beside money, and nothing beside the count', () => {
    expect(plan.map(({ type }) => type)).toEqual(['add', 'adjust'])
    const read = { ...contract, lines: [charge] }
    expect(plan.map((step) => standingAtDoor(step, read, [slot]).type)).toEqual(['other', 'before'])
    const other = { ...contract, lines: [{ ...charge, itemId: '6' }] }
    expect(plan.map((step) => standingAtDoor(step, other, [slot]).type)).toEqual(['before', 'before'])
  })
})
