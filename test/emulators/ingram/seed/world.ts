import { createRandom } from '../../shared/random.js'
import type { EventDraft } from '../events.js'
import { CUSTOMERS, customerCreated } from './customers.js'
import { createGarden, type Garden, plantBulk } from './garden.js'
import { identify } from './identify.js'
import { simulate } from './simulate.js'
import * as stories from './stories.js'

/** Subscriptions beside those the stories plant: together about 500 licence lines are live or ended lately. */
const BULK = 400

function plan(seed: number): Garden {
  const garden = createGarden(createRandom(seed))
  stories.plantContoso(garden)
  plantBulk(garden, BULK)
  stories.tellLateOrders(garden)
  stories.tellEnds(garden)
  stories.tellHolds(garden)
  stories.tellCoTerms(garden)
  stories.tellTurnovers(garden)
  stories.tellUnexplained(garden)
  stories.tellOpenOrders(garden)
  stories.tellEdges(garden)
  stories.tellPrices(garden)
  stories.tellPairs(garden)
  stories.tellPurchases(garden)
  stories.tellEverydayChanges(garden)
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
