import { expect, it } from 'vitest'
import type { Decimal } from '../../../core/money/decimal.js'
import { slotUnits } from '../../../core/sync/held.js'
import { placeOf, standingAtDoor, standingOf } from '../../../core/sync/judge.js'
import { planSlot } from '../../../core/sync/plan.js'
import { slotTarget } from '../../../core/sync/target.js'
import type { Container, PsaLine, Slot, SlotDue, Step } from '../../../core/sync/types.js'
import { stepsFrom } from '../../../core/sync/units.js'
import { type Random, createRandom } from '../../emulators/shared/random.js'
import { applied } from '../../support/fake-psa.js'
import { day, decimal } from '../charges/build.js'
import { SLOT, container, due, psaLine, remember, settledBy } from './build.js'

/*
 * A person works in the PSA while an approved plan is carried out: on our line, or with a line of their own, before a step
 * is judged or between that and the write. Each plan ends in the target exactly, or in steps that need a person; from what
 * was to be seen at the door on, nothing of ours comes on top.
 */

const STORIES = 500
const MODES = ['datedLines', 'wholeLines', 'units'] as const
const SECOND: Slot = { ...SLOT, id: 'L-contososecond', lineageIds: ['L-contososecond'], lineId: '90002' }
/** A line of somebody else, since long ago. */
const THEIRS = '80001'
/** What a person does there. */
type Edit = 'none' | 'our line' | 'line of seats' | 'line of an amount' | 'line gone'
const EDITS: readonly Edit[] = ['none', 'our line', 'line of seats', 'line of an amount', 'line gone']

interface Story {
  readonly random: Random
  readonly slots: readonly Slot[]
  readonly dues: readonly SlotDue[]
  readonly steps: readonly Step[]
  /** As it is in the PSA. */
  now: Container
}

/** A slot or two of one item, perhaps with a line of somebody else since long ago; seats change on 11 March. */
function begin(random: Random): Story {
  const mode = random.pick(MODES)
  const isUnits = mode === 'units'
  const own = random.chance(0.3) && !isUnits ? [SLOT, SECOND] : [SLOT]
  const slots = own.map((slot): Slot => (isUnits ? { ...slot, lineId: undefined } : slot))
  const before = slots.map(() => random.integer(5, 20))
  const lines = isUnits ? [] : before.map((count, index) => ourLine(slots[index], count))
  const theirs = random.chance(0.4) ? [psaLine({ id: THEIRS, quantity: '3' })] : []
  const first = decimal(String(before[0]))
  const count = { itemId: SLOT.itemId, steps: [{ on: day('2026-01-01'), units: first }] }
  const now = container({
    mode,
    lockedTo: day(random.pick(['2026-03-01', '2026-04-01', '2026-05-01'])),
    lines: [...theirs, ...lines],
    units: isUnits ? [{ ...count, unitPrice: decimal('22') }] : [],
  })
  const dues = slots.map((slot, index) => wanted(slot, before[index] ?? 0, random))
  const steps = dues.flatMap((one) => planSlot(one, now, { ...remember(one, now), slots }).steps)
  return { random, slots, dues, steps, now }
}

function ourLine(slot: Slot | undefined, count: number): PsaLine {
  return psaLine({ id: slot?.lineId ?? '', quantity: String(count) })
}

function wanted(slot: Slot, before: number, random: Random): SlotDue {
  const after = random.chance(0.6) ? before + random.integer(1, 6) : before - random.integer(1, 4)
  const events = [['2026-01-01', before, '22.00'] as const, ['2026-03-11', after] as const]
  const found = due({ start: '2026-01-01', events }, '2026-03-01', '2026-07-01', slot)
  const [lineageId = ''] = slot.lineageIds
  return { ...found, periods: found.periods.map((period) => ({ ...period, lineageId })) }
}

/** The container after what a person did. @param slotId whose line it is, where it is one of ours. */
function edited({ random, now }: Story, edit: Edit, slotId: string): Container {
  const item = now.mode === 'units' ? random.pick(['', SLOT.itemId]) : SLOT.itemId
  const withTheirs = (words: Partial<Parameters<typeof psaLine>[0]>) => {
    return {
      ...now,
      lines: [...now.lines, psaLine({ id: '90100', from: '2026-03-11', itemId: item, ...words })],
    }
  }
  switch (edit) {
    case 'none':
      return now
    case 'our line':
      return withOurs(now, slotId === SECOND.id ? SECOND : SLOT, random.integer(1, 3))
    case 'line of seats':
      return withTheirs({ quantity: String(random.integer(1, 6)) })
    case 'line of an amount':
      return withTheirs({ quantity: '1', unitPrice: '74.52', to: '2026-04-01' })
    case 'line gone':
      return { ...now, lines: now.lines.filter(({ id }) => id !== THEIRS) }
  }
}

function withOurs(now: Container, { lineId }: Slot, more: number): Container {
  const raised = (count: Decimal) => (count + decimal(String(more))) as Decimal
  return {
    ...now,
    lines: now.lines.map((line) =>
      line.id === lineId ? { ...line, quantity: raised(line.quantity) } : line,
    ),
    units: now.units.map((count) => ({
      ...count,
      steps: count.steps.map(({ on, units }) => ({ on, units: raised(units) })),
    })),
  }
}

/** Whether a step may still be written after an edit that was to be seen: it has nothing to do with it. */
function isFree(edit: Edit, slotId: string, step: Step): boolean {
  if (edit === 'our line') return step.slotId !== slotId || step.count === undefined
  return step.type === 'adjust'
}

interface Outcome {
  readonly edit: Edit
  readonly parked: number
  /** The slot whose line was edited when no count of it was left to be written: that is nobody's conflict. */
  readonly left: string | undefined
}

/** Carries a plan out as it is done: looked at, compared, written, looked at again. */
function carryOut(story: Story): Outcome {
  const { random, steps, slots } = story
  const at = random.integer(0, Math.max(steps.length - 1, 0))
  const [picked, isSeen] = [random.pick(EDITS), random.chance(0.7)]
  const slotId = steps[at]?.slotId ?? SLOT.id
  let parked = 0
  let edit = 'none' as Edit
  const comes = (moment: boolean) => {
    if (!moment) return
    const before = story.now
    story.now = edited(story, picked, slotId)
    const isOther = story.now.lines.length !== before.lines.length
    if (isOther || picked === 'our line') edit = picked
  }
  for (const [index, step] of steps.entries()) {
    comes(isSeen && index === at)
    const standing = standingAtDoor(step, story.now, slots)
    if (standing.type === 'other') parked += 1
    if (standing.type !== 'before') continue
    const isAllowed = edit === 'none' || isFree(edit, slotId, step)
    expect(isAllowed, `${step.type} of ${step.slotId} on top of: ${edit}`).toBe(true)
    comes(!isSeen && index === at)
    story.now = applied(story.now, step)
    const after = standingOf(step, story.now, placeOf(step, slots))
    expect(after.type, 'what was written is never written again').not.toBe('before')
    if (after.type === 'other') parked += 1
  }
  const isLate = !steps.slice(at).some((step) => step.slotId === slotId && step.count !== undefined)
  return { edit, parked, left: edit === 'our line' && isLate ? slotId : undefined }
}

/** Counts are what is wanted, and a second plan has none to change. */
function expectTarget({ now, slots, steps }: Story, one: SlotDue): void {
  const openFrom = now.lockedTo
  const target = slotTarget(one, now.mode).filter(({ on }) => on < one.until)
  expect(slotUnits(now, one.slot, openFrom)).toEqual(stepsFrom(target, openFrom))
  const memory = { ...remember(one, now, settledBy(steps)), slots }
  expect(planSlot(one, now, memory).steps.filter(({ count }) => count !== undefined)).toEqual([])
}

it(`ends in the target or needs a person: ${STORIES} interleavings`, () => {
  const ends = { target: 0, parked: 0 }
  for (let seed = 1; seed <= STORIES; seed += 1) {
    const story = begin(createRandom(seed))
    try {
      const { edit, parked, left } = carryOut(story)
      ends[parked > 0 ? 'parked' : 'target'] += 1
      expect(edit !== 'none' || parked === 0, 'nobody did anything').toBe(true)
      if (parked > 0) continue
      for (const one of story.dues) if (one.slot.id !== left) expectTarget(story, one)
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error })
    }
  }
  // Both ends are really met, so that neither half of the sentence is true of nothing.
  expect(Math.min(ends.target, ends.parked)).toBeGreaterThan(STORIES / 10)
})
