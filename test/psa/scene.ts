import { expect } from 'vitest'
import type { ObservedSubscription } from '../../core/marketplace/types.js'
import type { Psa } from '../../core/psa-ports.js'
import { isOpen } from '../../core/sync/intent.js'
import { stepText } from '../core/sync/build.js'
import { memoryBilling } from '../support/memory-billing.js'
import { memoryBooks } from '../support/memory-books.js'
import { memorySync } from '../support/memory-sync.js'
import { day, decimal, observed, order } from '../support/observed.js'
import { DANA, LEE, Office, VI } from '../support/office.js'

/** The product over its real client of a PSA, on one clock with the emulated one. */
export interface Scene {
  readonly office: Office
  /** Moves the clock of everybody on; never back. */
  moveTo(day: string): void
}

/**
 * @param start starts the emulated PSA on the clock it is given, and its client.
 * @param today the day on which the story begins; billing here begins on the first of its month.
 */
export async function sceneWith<T extends { readonly psa: Psa }>(
  start: (now: () => Date) => Promise<T>,
  today = '2026-03-10',
): Promise<Scene & T> {
  const clock = { now: () => new Date() }
  const started = await start(() => clock.now())
  const books = memoryBooks()
  const psas = new Map([[started.psa.name, started.psa]])
  const office = new Office([DANA, LEE, VI], memoryBilling(books), memorySync(books), psas)
  clock.now = () => office.now
  office.orders = []
  office.now = new Date(`${today}T15:00:00Z`)
  await office.restart({ opensOn: day(`${today.slice(0, 7)}-01`) })
  const moveTo = (on: string) => {
    const to = new Date(`${on}T15:00:00Z`)
    if (to > office.now) office.now = to
  }
  return { ...started, office, moveTo }
}

/** Seats of Business Premium at $22.00 a month in the marketplace. */
export function seats(count: number, changes: Partial<ObservedSubscription> = {}): ObservedSubscription {
  return observed({ quantity: decimal(String(count)), ...changes })
}

/** Contoso is mapped to what fits, while the marketplace has these. */
export async function mapped(
  { office }: Scene,
  ...subscriptions: readonly ObservedSubscription[]
): Promise<void> {
  office.subscriptions = [...subscriptions]
  await office.observe()
  const { gaps } = await office.studio.mapping.accept(DANA, 'Contoso', {})
  expect(gaps).toEqual([])
}

/** A change of seats on a day, with its order, seen on that day. */
export async function changed(
  scene: Scene,
  on: string,
  before: number,
  subscription: ObservedSubscription,
): Promise<void> {
  const { office, moveTo } = scene
  moveTo(on)
  const { subscriptionId, mpn } = subscription
  const at = (time: string) => new Date(`${on}T${time}Z`)
  const delta = subscription.quantity - decimal(String(before))
  office.orders = [
    ...office.orders,
    order({
      id: `9${office.orders.length}`,
      number: `CH9${office.orders.length}`,
      subscriptionId,
      createdAt: at('14:00:00'),
      provisionedAt: at('14:05:00'),
      products: [{ mpn, quantity: delta as typeof subscription.quantity }],
    }),
  ]
  office.subscriptions = office.subscriptions.map((one) =>
    one.subscriptionId === subscriptionId ? subscription : one,
  )
  await office.observe()
}

/** What is missing is asked for, approved by another, written and read back; then nothing is missing. The steps in words. */
export async function synced({ office }: Scene): Promise<readonly string[]> {
  const { studio } = office
  const outcome = await studio.billing.sync(DANA, [])
  expect(outcome.trouble).toMatchObject({ faults: [], unread: [] })
  if (outcome.type === 'nothing') return []
  const { record } = outcome
  expect(await office.decide(LEE, record)).toMatchObject({ type: 'decided' })
  await settled(office)
  const { intents } = await office.sync.state()
  const own = intents.filter(({ runId }) => runId === record.run.id)
  expect(own.map(({ state, why }) => why ?? state)).toEqual(own.map(() => 'confirmed'))
  expect(await studio.billing.sync(DANA, []), 'a second sync has nothing to do').toMatchObject({
    type: 'nothing',
  })
  return (record.plan ?? []).flatMap(({ steps }) => steps.map(stepText))
}

/** Longer than what is not known is left alone. */
const SETTLE_MINUTES = 4
/** More often than anything is tried. */
const ROUNDS = 12

/** Writes, and looks again at what nobody knows the outcome of, until nothing is open any more. */
export async function settled(office: Office): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    await office.studio.dispatch()
    const { intents } = await office.sync.state()
    if (!intents.some(isOpen)) return
    office.later(SETTLE_MINUTES)
  }
}
