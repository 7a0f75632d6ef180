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

/** The whole history of the seed world, and what is planned for the months after its clock. */
export function seedWorld(seed: number): readonly EventDraft[] {
  const garden = plan(seed)
  return identify([
    ...CUSTOMERS.map(customerCreated),
    ...garden.plans.flatMap((sapling) => simulate(sapling)),
  ])
}
