import { describe, expect, it } from 'vitest'
import { Problem } from '../../core/problem.js'
import { Refusal } from '../emulators/autotask/refusal.js'
import { addDays } from '../emulators/shared/dates.js'
import { type Random, createRandom } from '../emulators/shared/random.js'
import { day, decimal } from '../support/observed.js'
import { DANA, LEE } from '../support/office.js'
import { type Agreement, agreement, invoice } from './agreement.js'
import { contract, postThrough } from './contract.js'
import { type Scene, changed, mapped, seats, settled, synced } from './scene.js'

/*
 * Seats and prices change, subscriptions are cancelled, answers get lost, invoices are made and syncs are approved in any
 * order from March through June, in periods that begin on any day of the month. Then everything that the PSA invoiced is
 * everything that was due, to the cent, and nothing waits; where Autotask rounds for two at once, to a cent for each month.
 */

/** PSA_SEEDS="1-200": other stories than those of every run. @param stories of every run. */
function seedsOf(stories: number): readonly number[] {
  const asked = (process.env['PSA_SEEDS'] ?? '').split('-').filter(Boolean).map(Number)
  const [first = 1, last = stories] = asked
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

const PRICES = ['21.50', '22.00', '23.00', '24.99']
const ANCHORS = [1, 1, 15, 28, 31]

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
  /** Day of the month on which periods begin, the first of them in March. */
  readonly anchor: number
  /** Periods that are invoiced in advance. */
  readonly ahead: number
  /** Changes of seats on one day. */
  readonly changesOfDay: number
  /** How likely each of them ends in a cancellation. */
  readonly cancels: number
  /** Seats of each subscription, 0 once it is cancelled; all of them are on one line. */
  readonly counts: number[]
  price: string
  /** The price in the PSA is ours. */
  readonly ours: boolean
}

type Chances = Pick<Story, 'random' | 'anchor' | 'ahead' | 'ours'> & { readonly prorates: boolean }

function chancesOf(random: Random): Chances {
  const [prorates, ours, ahead] = [random.chance(0.5), random.chance(0.5), random.integer(0, 2)]
  return { random, prorates, ours, ahead, anchor: random.pick(ANCHORS) }
}

async function inConnectWise(random: Random): Promise<Story> {
  const { prorates, ...chances } = chancesOf(random)
  const { ahead, anchor, ours } = chances
  const line = ours ? undefined : { quantity: 10 }
  const scene = await agreement(prorates, ahead, line, { first: firstOf(0, anchor) })
  const biller = billerOf(scene, random)
  const story: Story = { ...chances, biller, changesOfDay: 1, cancels: 0.04, counts: [10], price: '22.00' }
  await mapped(scene, subscription(story, 0))
  return story
}

/** Two subscriptions on one line of both their seats. */
async function onOneLine(random: Random): Promise<Story> {
  const { prorates, ...chances } = chancesOf(random)
  const { ahead, anchor, ours } = chances
  const scene = await agreement(prorates, ahead, { quantity: 16 }, { first: firstOf(0, anchor) })
  const biller = billerOf(scene, random)
  const story: Story = { ...chances, biller, changesOfDay: 1, cancels: 0.04, counts: [10, 6], price: '22.00' }
  const { office, emulator, agreementId } = scene
  office.subscriptions = [subscription(story, 0), subscription(story, 1)]
  await office.observe()
  const id = String(emulator.world.additionsOf(agreementId)[0]?.id)
  const { subscriptions } = await office.studio.mapping.suggest('Contoso')
  for (const { lineageId } of subscriptions) {
    const price = ours ? 'ours' : undefined
    const to = { type: 'line', id } as const
    await office.studio.mapping.set(DANA, 'Contoso', {
      subscription: lineageId,
      to,
      offset: undefined,
      price,
    })
  }
  return story
}

function billerOf(scene: Agreement, random: Random): Biller {
  const { emulator, invoices } = scene
  const applied = { times: 1, applied: random.chance(0.5) }
  return {
    scene,
    invoices,
    invoice: () => invoice(scene),
    disturb: () =>
      emulator.setFaults([
        { kind: 'lostResponse', method: 'POST', path: '/additions', probability: 0.3, times: 2 },
        { kind: 'dropped', method: 'POST', path: '/additions', probability: 0.2, times: 1 },
        { kind: 'lateEffect', delayMilliseconds: 60_000, method: 'POST', probability: 0.2, times: 1 },
        { kind: 'status', status: 502, method: 'PATCH', probability: 0.3, ...applied },
      ]),
    calm: () => emulator.setFaults([]),
    live: async () => {},
  }
}

async function inAutotask(random: Random): Promise<Story> {
  return countedStory(random, [10])
}

/** Two subscriptions of one service. */
async function onOneService(random: Random): Promise<Story> {
  return countedStory(random, [10, 6])
}

async function countedStory(random: Random, counts: number[]): Promise<Story> {
  const ahead = random.integer(0, 2)
  const scene = await contract(ahead, { units: counts.reduce((sum, count) => sum + count) })
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
  const story: Story = {
    random,
    biller,
    anchor: 1,
    ahead,
    changesOfDay: 3,
    cancels: 0.02,
    counts,
    price: '22.00',
    ours: false,
  }
  await mapped(scene, ...counts.map((_, index) => subscription(story, index)))
  return story
}

function subscription({ counts, price }: Pick<Story, 'counts' | 'price'>, index: number) {
  const unitPrice = { currency: 'USD', amount: decimal(price) }
  const count = counts[index] ?? 0
  const status = count === 0 ? 'terminated' : 'active'
  return seats(count, { subscriptionId: `S-${index + 1}`, unitPrice, status })
}

async function changeSeats(story: Story, today: string): Promise<void> {
  const { random, biller, counts } = story
  const index = counts.length === 1 ? 0 : random.integer(0, counts.length - 1)
  const before = counts[index] ?? 0
  if (before === 0) return
  const by = random.chance(0.6) ? random.integer(1, 4) : -random.integer(1, 4)
  const after = Math.max(1, before + by)
  counts[index] = after
  if (after !== before) await changed(biller.scene, today, before, subscription(story, index))
}

/** One subscription ends on the day on which that is seen. */
async function cancel(story: Story): Promise<void> {
  const { random, counts } = story
  counts[random.integer(0, counts.length - 1)] = 0
  await seen(story)
}

async function changePrice(story: Story): Promise<void> {
  story.price = story.random.pick(PRICES)
  await seen(story)
}

async function seen(story: Story): Promise<void> {
  const { office } = story.biller.scene
  office.subscriptions = story.counts.map((_, index) => subscription(story, index))
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

/** "2026-05-01": the first day of a month, counted from March; or another day of it. */
function firstOf(month: number, anchor = 1): string {
  return `2026-${String(3 + month).padStart(2, '0')}-${String(anchor).padStart(2, '0')}`
}

/** How many periods have ended by a day. */
function ended(today: string, anchor: number): number {
  const [month, day] = [Number(today.slice(5, 7)), Number(today.slice(8, 10))]
  return month - 3 - (day < anchor ? 1 : 0)
}

async function live(story: Story): Promise<void> {
  const { random, biller, anchor, ahead } = story
  const { office, moveTo } = biller.scene
  // What was invoiced before is known before anything ends.
  await syncInTrouble(story)
  for (let today = '2026-03-12'; today < '2026-06-28'; today = addDays(today, random.integer(1, 9))) {
    moveTo(today)
    while (biller.invoices.length < ended(today, anchor) + ahead) {
      await office.observe()
      if (random.chance(0.7)) await syncInTrouble(story)
      biller.invoice()
    }
    for (let change = 0; change < story.changesOfDay; change += 1) {
      if (random.chance(0.65)) await changeSeats(story, today)
      if (story.ours && random.chance(0.25)) await changePrice(story)
      if (random.chance(story.cancels)) await cancel(story)
      if (random.chance(0.7)) await syncInTrouble(story)
    }
    await biller.live(story, today)
  }
  moveTo('2026-06-30')
  await office.observe()
}

/** Minor units due in the periods that are invoiced, one of which begins in each month; all of it is there. */
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
  ['in ConnectWise', inConnectWise, 8, 0],
  ['of two subscriptions on one line of ConnectWise', onOneLine, 4, 0],
  ['in Autotask', inAutotask, 4, 0],
  ['of two subscriptions of one service of Autotask', onOneService, 2, 1],
] as const)('whatever happens %s', (_, begin, stories, centsOfMonth) => {
  it.each(seedsOf(stories))('%i', { timeout: 120_000 }, async (seed) => {
    const story = await begin(createRandom(seed))
    const { biller } = story
    await live(story)
    await syncInTrouble(story)
    // What was written last is on the next of them.
    for (let more = 0; more < 2; more += 1) {
      biller.invoice()
      expect(await synced(biller.scene)).toEqual([])
    }
    const invoiced = biller.invoices.reduce((sum, total) => sum + BigInt(total.replace('.', '')), 0n)
    // A cent by which Autotask and we may round a month apart.
    const apart = BigInt(centsOfMonth * biller.invoices.length)
    const difference = invoiced - (await dueOf(biller))
    expect(difference).toBeGreaterThanOrEqual(-apart)
    expect(difference).toBeLessThanOrEqual(apart)
  })
})
