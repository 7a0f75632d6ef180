import { expect, it } from 'vitest'
import { addDays } from '../emulators/shared/dates.js'
import { createRandom } from '../emulators/shared/random.js'
import { decimal } from '../support/observed.js'
import { DANA, MARCH } from '../support/office.js'
import { type Agreement, agreement, invoice } from './agreement.js'
import { changed, mapped, seats, synced } from './scene.js'

/*
 * Where the price is theirs (SYNC S15), what ConnectWise invoices does not depend on ours: seats, their price and invoices
 * change in any order from March through June, once beside a price of ours that stays and once beside one that moves.
 */

/** PSA_SEEDS="1-200": other stories than those of every run. */
const [FIRST = 1, LAST = 4] = (process.env['PSA_SEEDS'] ?? '').split('-').filter(Boolean).map(Number)
const SEEDS = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index)

interface Happening {
  readonly day: string
  /** undefined: as before. */
  readonly seats: { readonly before: number; readonly after: number } | undefined
  readonly theirs: string | undefined
  /** Of the second telling only. */
  readonly ours: string | undefined
  readonly syncs: boolean
  readonly invoices: boolean
}

interface Story {
  readonly prorates: boolean
  readonly owner: 'keep' | 'catalog'
  /** Months that are invoiced before anything happens. */
  readonly ahead: number
  readonly happenings: readonly Happening[]
}

function storyOf(seed: number): Story {
  const random = createRandom(seed)
  const [prorates, ahead] = [random.chance(0.5), random.integer(0, 2)]
  const happenings: Happening[] = []
  let count = 10
  for (let today = '2026-03-12'; today < '2026-06-25'; today = addDays(today, random.integer(3, 12))) {
    const before = count
    if (random.chance(0.6)) count = Math.max(1, count + random.integer(-4, 4))
    happenings.push({
      day: today,
      seats: count === before ? undefined : { before, after: count },
      theirs: random.chance(0.25) ? random.pick(['23.50', '24.00', '26.99']) : undefined,
      ours: random.chance(0.4) ? random.pick(['19.99', '22.00', '24.00', '25.01']) : undefined,
      syncs: random.chance(0.6),
      invoices: random.chance(0.3),
    })
  }
  return { prorates, owner: random.chance(0.5) ? 'keep' : 'catalog', ahead, happenings }
}

function changeTheirs(
  { emulator: { world }, agreementId, product }: Agreement,
  price: string,
  owner: string,
) {
  if (owner === 'catalog') world.editCatalogItem({ id: product, price })
  else for (const line of world.additionsOf(agreementId)) editSeats(world, line, price)
}

/** A person gives all seats another price, and leaves amounts alone. */
function editSeats(
  world: Agreement['emulator']['world'],
  { id, quantity, cancelledDate }: ReturnType<Agreement['emulator']['world']['additionsOf']>[number],
  unitPrice: string,
) {
  const isAmount = cancelledDate !== null || quantity === '1'
  if (!isAmount) world.editAddition({ additionId: id, unitPrice })
}

/** Totals of all invoices, two after the last happening with all that was left. */
async function told(
  { prorates, owner, ahead, happenings }: Story,
  moves: boolean,
): Promise<readonly string[]> {
  const scene = await agreement(prorates, ahead, { quantity: 10, unitPrice: '24.00' })
  changeTheirs(scene, '24.00', 'catalog')
  await mapped(scene, seats(10))
  const change = { subscription: 'Business Premium', to: undefined, offset: undefined, price: owner }
  await scene.office.studio.mapping.set(DANA, 'Contoso', change)
  let [count, price] = [10, '22.00']
  const now = () => seats(count, { unitPrice: { currency: 'USD', amount: decimal(price) } })
  for (const { day, seats: by, theirs, ours, syncs, invoices } of happenings) {
    scene.moveTo(day)
    if (moves) price = ours ?? price
    count = by?.after ?? count
    scene.office.subscriptions = scene.office.subscriptions.map((one) => ({
      ...now(),
      quantity: one.quantity,
    }))
    await scene.office.observe()
    if (by !== undefined) await changed(scene, day, by.before, now())
    if (theirs !== undefined) changeTheirs(scene, theirs, owner)
    if (syncs) await synced(scene)
    if (invoices) invoice(scene)
  }
  for (let more = 0; more < 2; more += 1) {
    await synced(scene)
    expect(await synced(scene)).toEqual([])
    const { standings } = await scene.office.studio.who(MARCH)
    expect(standings.map(({ waiting, earlier }) => [waiting, earlier])).toEqual([[0n, []]])
    invoice(scene)
  }
  return scene.invoices
}

it.each(SEEDS)('changes nothing that is invoiced: %i', { timeout: 60_000 }, async (seed) => {
  const story = storyOf(seed)
  expect(await told(story, true)).toEqual(await told(story, false))
})
