import type { DateText } from '../events.js'
import { type CatalogProduct, MICROSOFT, OTHERS } from './catalog.js'
import { CUSTOMERS, type SeedCustomer } from './customers.js'
import type { Garden, Sapling } from './garden.js'
import type { Explanation } from './lineage.js'

/** The clock for which the seed world is made. */
export const SEED_CLOCK = '2026-03-20T13:00:00Z'

export function customerNamed(name: string): SeedCustomer {
  const found = CUSTOMERS.find((customer) => customer.name === name)
  if (found === undefined) throw new Error(`no customer ${name}`)
  return found
}

export function product(code: string): CatalogProduct {
  const found = [...MICROSOFT, ...OTHERS].find((candidate) => candidate.code === code)
  if (found === undefined) throw new Error(`no product ${code}`)
  return found
}

export const monthly = (sapling: Sapling): boolean => sapling.cadence === 'commitment'

export function changeSeats(garden: Garden, sapling: Sapling, date: DateText, by: Explanation): void {
  const seats = sapling.lines[0]?.seats ?? 1
  const delta =
    seats > 5 && garden.random.chance(0.3) ? -garden.random.integer(1, 3) : garden.random.integer(1, 6)
  sapling.moves.push({ type: 'seats', at: garden.momentOf(date), delta, by })
}
