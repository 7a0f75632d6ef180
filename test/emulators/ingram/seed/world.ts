import { createRandom } from '../../shared/random.js'
import type { EventDraft } from '../events.js'
import { CUSTOMERS, customerCreated } from './customers.js'
import { createGarden, type Garden, plantBulk } from './garden.js'
import { identify } from './identify.js'
import { simulate } from './simulate.js'
import * as changes from './changes.js'
import * as purchases from './purchases.js'

/** Subscriptions beside those the stories plant: together about 500 licence lines are live or ended lately. */
const BULK = 400

function plan(seed: number): Garden {
  const garden = createGarden(createRandom(seed))
  purchases.plantContoso(garden)
  plantBulk(garden, BULK)
  changes.tellLateOrders(garden)
  changes.tellEnds(garden)
  changes.tellHolds(garden)
  purchases.tellCoTerms(garden)
  purchases.tellTurnovers(garden)
  changes.tellUnexplained(garden)
  changes.tellOpenOrders(garden)
  changes.tellEdges(garden)
  purchases.tellPrices(garden)
  purchases.tellPairs(garden)
  purchases.tellPurchases(garden)
  changes.tellEverydayChanges(garden)
  return garden
}

let latest: { readonly seed: number; readonly drafts: readonly EventDraft[] } | undefined

/**
 * The whole history of the seed world, and what is planned for the months after its clock. The last one made is kept:
 * a test file starts dozens of emulators of the same seed.
 */
export function seedWorld(seed: number): readonly EventDraft[] {
  if (latest?.seed !== seed) latest = { seed, drafts: makeWorld(seed) }
  return latest.drafts
}

function makeWorld(seed: number): readonly EventDraft[] {
  const garden = plan(seed)
  // Those older than the log enter it at one instant: oldest first, so that ids rise with creation dates.
  const plans = [...garden.plans].sort((first, second) => (first.start < second.start ? -1 : 1))
  return identify([...CUSTOMERS.map(customerCreated), ...plans.flatMap(simulate)])
}
