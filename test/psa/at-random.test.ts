import { expect, it } from 'vitest'
import type { Fault } from '../emulators/connectwise/faults.js'
import { addDays } from '../emulators/shared/dates.js'
import { type Random, createRandom } from '../emulators/shared/random.js'
import { day, decimal } from '../support/observed.js'
import { DANA } from '../support/office.js'
import { type Agreement, agreement, invoice } from './agreement.js'
import { changed, mapped, seats, synced } from './scene.js'

/*
 * Seats and prices change, answers get lost, invoices are made and syncs are approved in any order from March through
 * June, in periods that begin on any day of the month. Then everything that ConnectWise invoiced is everything that was due, to the cent, and nothing waits.
 */

/** PSA_SEEDS="1-200": other stories than those of every run. */
const [FIRST = 1, LAST = 8] = (process.env['PSA_SEEDS'] ?? '').split('-').filter(Boolean).map(Number)
const SEEDS = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index)
/** Each is a story of seconds: half as many by themselves. */
const SEEDS_OF_TWO = process.env['PSA_SEEDS'] === undefined ? SEEDS.slice(0, 4) : SEEDS

const PRICES = ['21.50', '22.00', '23.00', '24.99']
const ANCHORS = [1, 1, 15, 28, 31]

interface Story {
  readonly random: Random
  readonly scene: Agreement
  /** Day of the month on which periods begin, the first of them in March. */
  readonly anchor: number
  /** Periods that are invoiced in advance. */
  readonly ahead: number
  /** Seats of each subscription; all of them are on one line. */
  readonly counts: number[]
  price: string
  /** The price in ConnectWise is ours. */
  readonly ours: boolean
}

async function begin(random: Random): Promise<Story> {
  const [prorates, ours, ahead] = [random.chance(0.5), random.chance(0.5), random.integer(0, 2)]
  const anchor = random.pick(ANCHORS)
  const line = ours ? undefined : { quantity: 10 }
  const scene = await agreement(prorates, ahead, line, { first: firstOf(anchor) })
  const story = { random, scene, anchor, ahead, counts: [10], price: '22.00', ours }
  await mapped(scene, subscription(story, 0))
  return story
}

/** The start of the first period. */
function firstOf(anchor: number): string {
  return `2026-03-${String(anchor).padStart(2, '0')}`
}

/** Two subscriptions on one line of both their seats. */
async function beginTwo(random: Random): Promise<Story> {
  const [prorates, ours, ahead] = [random.chance(0.5), random.chance(0.5), random.integer(0, 2)]
  const anchor = random.pick(ANCHORS)
  const scene = await agreement(prorates, ahead, { quantity: 16 }, { first: firstOf(anchor) })
  const story = { random, scene, anchor, ahead, counts: [10, 6], price: '22.00', ours }
  const { office, emulator, agreementId } = scene
  office.subscriptions = [subscription(story, 0), subscription(story, 1)]
  await office.observe()
  const id = String(emulator.world.additionsOf(agreementId)[0]?.id)
  const { subscriptions } = await office.studio.mapping.suggest('Contoso')
  for (const { lineageId } of subscriptions) {
    const price = ours ? 'ours' : undefined
    await office.studio.mapping.set(DANA, 'Contoso', {
      subscription: lineageId,
      to: { type: 'line', id },
      offset: undefined,
      price,
    })
  }
  return story
}

function subscription({ counts, price }: Pick<Story, 'counts' | 'price'>, index: number) {
  const unitPrice = { currency: 'USD', amount: decimal(price) }
  return seats(counts[index] ?? 0, { subscriptionId: `S-${index + 1}`, unitPrice })
}

async function changeSeats(story: Story, today: string): Promise<void> {
  const { random, scene, counts } = story
  const index = counts.length === 1 ? 0 : random.integer(0, counts.length - 1)
  const before = counts[index] ?? 0
  const by = random.chance(0.6) ? random.integer(1, 4) : -random.integer(1, 4)
  const after = Math.max(1, before + by)
  counts[index] = after
  if (after !== before) await changed(scene, today, before, subscription(story, index))
}

async function changePrice(story: Story): Promise<void> {
  story.price = story.random.pick(PRICES)
  story.scene.office.subscriptions = story.counts.map((_, index) => subscription(story, index))
  await story.scene.office.observe()
}

/** A sync in which answers get lost, writes come late or not at all. */
async function syncInTrouble({ random, scene }: Story): Promise<void> {
  const faults: readonly Fault[] = [
    { kind: 'lostResponse', method: 'POST', path: '/additions', probability: 0.3, times: 2 },
    { kind: 'dropped', method: 'POST', path: '/additions', probability: 0.2, times: 1 },
    { kind: 'lateEffect', delayMilliseconds: 60_000, method: 'POST', probability: 0.2, times: 1 },
    { kind: 'status', status: 502, method: 'PATCH', probability: 0.3, times: 1, applied: random.chance(0.5) },
  ]
  scene.emulator.setFaults(random.chance(0.5) ? faults : [])
  await synced(scene)
  scene.emulator.setFaults([])
}

/** How many periods have ended by a day. */
function ended(today: string, anchor: number): number {
  const [month, day] = [Number(today.slice(5, 7)), Number(today.slice(8, 10))]
  return month - 3 - (day < anchor ? 1 : 0)
}

async function live(story: Story): Promise<void> {
  const { random, scene, anchor, ahead } = story
  for (let today = '2026-03-12'; today < '2026-06-28'; today = addDays(today, random.integer(1, 9))) {
    scene.moveTo(today)
    while (scene.invoices.length < ended(today, anchor) + ahead) {
      await scene.office.observe()
      if (random.chance(0.7)) await syncInTrouble(story)
      invoice(scene)
    }
    if (random.chance(0.65)) await changeSeats(story, today)
    if (story.ours && random.chance(0.25)) await changePrice(story)
    if (random.chance(0.7)) await syncInTrouble(story)
  }
  scene.moveTo('2026-06-30')
  await scene.office.observe()
}

/** Minor units due in the periods that are invoiced, one of which begins in each month; all of it is there. */
async function dueOf({ office, invoices }: Agreement): Promise<bigint> {
  let due = 0n
  for (const index of invoices.keys()) {
    const month = (offset: number) => day(`2026-${String(3 + index + offset).padStart(2, '0')}-01`)
    const { standings } = await office.studio.who({ from: month(0), to: month(1) })
    for (const { there, waiting } of standings) {
      expect(waiting).toBe(0n)
      due += there
    }
  }
  return due
}

it.each(SEEDS)('to the cent, whatever happens: %i', { timeout: 60_000 }, async (seed) => {
  await expectTheCent(await begin(createRandom(seed)))
})

it.each(SEEDS_OF_TWO)('and of two subscriptions on one line: %i', { timeout: 60_000 }, async (seed) => {
  await expectTheCent(await beginTwo(createRandom(seed)))
})

async function expectTheCent(story: Story): Promise<void> {
  await live(story)
  const { scene } = story
  await syncInTrouble(story)
  // What was written last is on the next of them.
  for (let more = 0; more < 2; more += 1) {
    invoice(scene)
    expect(await synced(scene)).toEqual([])
  }
  const invoiced = scene.invoices.reduce((sum, total) => sum + BigInt(total.replace('.', '')), 0n)
  expect(invoiced).toBe(await dueOf(scene))
}
