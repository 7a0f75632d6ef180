import { describe, expect, it } from 'vitest'
import { Problem } from '../../core/problem.js'
import { Refusal } from '../emulators/autotask/refusal.js'
import { addDays } from '../emulators/shared/dates.js'
import { type Random, createRandom } from '../emulators/shared/random.js'
import { day, decimal } from '../support/observed.js'
import { DANA, LEE } from '../support/office.js'
import { agreement, invoice } from './agreement.js'
import { contract, postThrough } from './contract.js'
import { type Scene, changed, mapped, seats, settled, synced } from './scene.js'

/*
 * Seats and prices change, answers get lost, invoices are made and syncs are approved in any order from March through
 * June. Then everything that the PSA invoiced is everything that was due, to the cent, and nothing waits.
 */

/** PSA_SEEDS="1-200": other stories than those of every run. @param stories of every run. */
function seedsOf(stories: number): readonly number[] {
  const asked = (process.env['PSA_SEEDS'] ?? '').split('-').filter(Boolean).map(Number)
  const [first = 1, last = stories] = asked
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

const PRICES = ['21.50', '22.00', '23.00', '24.99']

/** A PSA as these stories need it. */
interface Biller {
  readonly scene: Scene
  /** Totals of the months invoiced so far, the first of March. */
  readonly invoices: readonly string[]
  invoice(): void
  /** Answers get lost, writes come late or not at all. */
  disturb(): void
  calm(): void
  /** What else happens there on a day. */
  live(story: Story, today: string): Promise<void>
}

interface Story {
  readonly random: Random
  readonly biller: Biller
  /** Months that are invoiced in advance. */
  readonly ahead: number
  /** Changes of seats on one day. */
  readonly changesOfDay: number
  count: number
  price: string
  /** The price in the PSA is ours. */
  readonly ours: boolean
}

async function inConnectWise(random: Random): Promise<Story> {
  const [prorates, ours, ahead] = [random.chance(0.5), random.chance(0.5), random.integer(0, 2)]
  const scene = await agreement(prorates, ahead, ours ? undefined : { quantity: 10 })
  const { emulator, invoices } = scene
  const biller: Biller = {
    scene,
    invoices,
    invoice: () => invoice(scene),
    disturb: () =>
      emulator.setFaults([
        { kind: 'lostResponse', method: 'POST', path: '/additions', probability: 0.3, times: 2 },
        { kind: 'dropped', method: 'POST', path: '/additions', probability: 0.2, times: 1 },
        { kind: 'lateEffect', delayMilliseconds: 60_000, method: 'POST', probability: 0.2, times: 1 },
        {
          kind: 'status',
          status: 502,
          method: 'PATCH',
          probability: 0.3,
          times: 1,
          applied: random.chance(0.5),
        },
      ]),
    calm: () => emulator.setFaults([]),
    live: async () => {},
  }
  return { random, biller, ahead, changesOfDay: 1, count: 10, price: '22.00', ours }
}

async function inAutotask(random: Random): Promise<Story> {
  const ahead = random.integer(0, 2)
  const scene = await contract(ahead, { units: 10 })
  const { emulator, posted } = scene
  const biller: Biller = {
    scene,
    invoices: posted,
    invoice: () => posted.push(postThrough(scene, addDays(firstOf(posted.length + 1), -1))),
    disturb: () =>
      emulator.setFaults([
        { kind: 'lostResponse', only: 'writes', probability: 0.3, times: 2 },
        { kind: 'dropped', only: 'writes', probability: 0.2, times: 1 },
        { kind: 'lateEffect', afterMilliseconds: 60_000, only: 'writes', probability: 0.2, times: 1 },
      ]),
    calm: () => emulator.setFaults([]),
    async live(story, today) {
      if (random.chance(0.2)) adjustByHand(today)
      if (random.chance(0.2)) await takeBack(story)
    },
  }
  const adjustByHand = (today: string) => {
    const { contractId, serviceId } = scene
    const unitChange = random.pick([-2, -1, 1, 2])
    try {
      emulator.world.adjust({ contractId, serviceId, unitChange, effectiveDate: today })
    } catch (error) {
      // That day is posted, or adjusted already: a person sees it refused, too.
      if (!(error instanceof Refusal)) throw error
    }
  }
  return { random, biller, ahead, changesOfDay: 3, count: 10, price: '22.00', ours: false }
}

function subscription({ count, price }: Pick<Story, 'count' | 'price'>) {
  return seats(count, { unitPrice: { currency: 'USD', amount: decimal(price) } })
}

async function changeSeats(story: Story, today: string): Promise<void> {
  const { random, biller, count: before } = story
  const by = random.chance(0.6) ? random.integer(1, 4) : -random.integer(1, 4)
  story.count = Math.max(1, before + by)
  if (story.count !== before) await changed(biller.scene, today, before, subscription(story))
}

async function changePrice(story: Story): Promise<void> {
  const { office } = story.biller.scene
  story.price = story.random.pick(PRICES)
  office.subscriptions = [subscription(story)]
  await office.observe()
}

async function syncInTrouble({ random, biller }: Story): Promise<void> {
  if (random.chance(0.5)) biller.disturb()
  await synced(biller.scene)
  biller.calm()
}

/** Takes the newest sync back; what cannot be taken back stays. */
async function takeBack({ biller: { scene } }: Story): Promise<void> {
  const { office } = scene
  const runId = (await office.sync.state()).intents.at(-1)?.runId
  if (runId === undefined) return
  try {
    const record = await office.studio.billing.void(DANA, runId, undefined, 'by mistake')
    expect(await office.decide(LEE, record)).toMatchObject({ type: 'decided' })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
  await settled(office)
  const { intents } = await office.sync.state()
  expect(intents.map(({ state, why }) => why ?? state)).toEqual(intents.map(() => 'confirmed'))
}

/** "2026-05-01": the first day of a month, counted from March. */
function firstOf(month: number): string {
  return `2026-${String(3 + month).padStart(2, '0')}-01`
}

/** The month of a day, counted from March. */
function monthOf(today: string): number {
  return Number(today.slice(5, 7)) - 3
}

async function live(story: Story): Promise<void> {
  const { random, biller, ahead } = story
  const { office, moveTo } = biller.scene
  for (let today = '2026-03-12'; today < '2026-06-28'; today = addDays(today, random.integer(1, 9))) {
    moveTo(today)
    while (biller.invoices.length < monthOf(today) + ahead) {
      await office.observe()
      if (random.chance(0.7)) await syncInTrouble(story)
      biller.invoice()
    }
    for (let change = 0; change < story.changesOfDay; change += 1) {
      if (random.chance(0.65)) await changeSeats(story, today)
      if (story.ours && random.chance(0.25)) await changePrice(story)
      if (random.chance(0.7)) await syncInTrouble(story)
    }
    await biller.live(story, today)
  }
  moveTo('2026-06-30')
  await office.observe()
}

/** Minor units due in the months that are invoiced; all of it is there. */
async function dueOf({ scene, invoices }: Biller): Promise<bigint> {
  let due = 0n
  for (const index of invoices.keys()) {
    const { standings } = await scene.office.studio.who({
      from: day(firstOf(index)),
      to: day(firstOf(index + 1)),
    })
    for (const { there, waiting } of standings) {
      expect(waiting).toBe(0n)
      due += there
    }
  }
  return due
}

describe.each([
  ['ConnectWise', inConnectWise, 8],
  ['Autotask', inAutotask, 4],
] as const)('to the cent, whatever happens in %s', (_, begin, stories) => {
  it.each(seedsOf(stories))('%i', { timeout: 120_000 }, async (seed) => {
    const story = await begin(createRandom(seed))
    const { biller } = story
    await mapped(biller.scene, subscription(story))
    await live(story)
    await syncInTrouble(story)
    // What was written last is on the next of them.
    for (let more = 0; more < 2; more += 1) {
      biller.invoice()
      expect(await synced(biller.scene)).toEqual([])
    }
    const invoiced = biller.invoices.reduce((sum, total) => sum + BigInt(total.replace('.', '')), 0n)
    expect(invoiced).toBe(await dueOf(biller))
  })
})
