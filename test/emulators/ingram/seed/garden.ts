import { addDays, at, daysBetween } from '../../shared/dates.js'
import type { Random } from '../../shared/random.js'
import type { DateText, Instant } from '../events.js'
import { type Cadence, type CatalogProduct, MICROSOFT, OTHERS, offer } from './catalog.js'
import { CUSTOMERS, type SeedCustomer, WORLD_BEGINS } from './customers.js'
import type { LineagePlan, Move, PlannedLine } from './lineage.js'

/** A lineage still being planned. */
export type Sapling = Omit<LineagePlan, 'moves' | 'lines'> & { moves: Move[]; lines: PlannedLine[] }

export interface Planting {
  readonly customer: SeedCustomer
  readonly cadence: Cadence
  readonly start: DateText
  readonly older?: boolean
  readonly product?: CatalogProduct
  readonly seats?: number
  readonly currency?: string
  readonly rest?: Partial<Sapling>
}

/** Where the seed world grows: plans, and choices that are the same for the same seed. */
export interface Garden {
  readonly random: Random
  /** A working moment of a date, on which New York, London and UTC agree. */
  momentOf(date: DateText): Instant
  dateBetween(from: DateText, to: DateText): DateText
  /** Any customer that was there by then, but for Contoso: the documentation's example stays alone. */
  customerBy(date: DateText, currency?: string): SeedCustomer
  /** A new lineage of a product the customer does not have yet. */
  plant(planting: Planting): Sapling
  /** A lineage that has no story yet, running from well before `date`. It is not handed out again. */
  take(date: DateText, accept?: (sapling: Sapling) => boolean): Sapling
  /** Those nobody took. */
  untouched(): readonly Sapling[]
  readonly plans: readonly Sapling[]
}

export function isContoso(customer: SeedCustomer): boolean {
  return customer.name === 'Contoso'
}

function chooseSeats(random: Random): number {
  if (random.chance(0.6)) return random.integer(1, 12)
  return random.chance(0.75) ? random.integer(13, 60) : random.integer(61, 240)
}

export function createGarden(random: Random): Garden {
  const plans: Sapling[] = []
  const taken = new Set<Sapling>()
  const sold = new Set<string>()

  const chooseProduct = (customer: SeedCustomer, cadence: Cadence): CatalogProduct => {
    const free = (cadence === 'rolling' ? OTHERS : MICROSOFT).filter(
      (product) => !sold.has(`${customer.customerId} ${product.code} ${cadence}`),
    )
    return random.pick(free)
  }
  const momentOf = (date: DateText): Instant =>
    addTime(date, random.integer(13, 19), random.integer(0, 59), random.integer(0, 59))

  return {
    random,
    plans,
    momentOf,
    dateBetween: (from, to) => addDays(from, random.integer(0, daysBetween(from, to))),
    customerBy: (date, currency) =>
      random.pick(
        CUSTOMERS.filter(
          (customer) =>
            !isContoso(customer) &&
            customer.since <= date &&
            (currency === undefined || customer.currency === currency),
        ),
      ),
    plant({ customer, cadence, start, older = false, product, seats, currency, rest }) {
      const chosen = product ?? chooseProduct(customer, cadence)
      sold.add(`${customer.customerId} ${chosen.code} ${cadence}`)
      const priced = currency ?? customer.currency
      const sapling: Sapling = {
        key: `lineage ${plans.length + 1}`,
        customerId: customer.customerId,
        currency: priced,
        cadence,
        lines: [{ offer: offer(chosen, cadence, priced), seats: seats ?? chooseSeats(random) }],
        start,
        vendorIds: 'kept',
        moves: [],
        ...(older ? {} : { soldAt: momentOf(start) }),
        ...(random.chance(0.2) ? { poNumber: `PO-${random.integer(1000, 9999)}` } : {}),
        ...rest,
      }
      plans.push(sapling)
      return sapling
    },
    take(date, accept = () => true) {
      const limit = addDays(date, -30)
      const found = plans.find(
        (sapling) =>
          !taken.has(sapling) && sapling.start < limit && sapling.moves.length === 0 && accept(sapling),
      )
      if (found === undefined)
        throw new Error(`the seed world has no subscription left for a story on ${date}`)
      taken.add(found)
      return found
    },
    untouched: () => plans.filter((sapling) => !taken.has(sapling) && sapling.moves.length === 0),
  }
}

function addTime(date: DateText, hours: number, minutes: number, seconds: number): Instant {
  const two = (part: number): string => String(part).padStart(2, '0')
  return at(date, `${two(hours)}:${two(minutes)}:${two(seconds)}`)
}

/** Subscriptions that make up the bulk of the world, spread unevenly over the customers. */
export function plantBulk(garden: Garden, total: number): void {
  const { random } = garden
  const customers = CUSTOMERS.filter((customer) => !isContoso(customer))
  const sizes = new Map(customers.map((customer) => [customer, 3]))
  for (let planted = customers.length * 3; planted < total; planted += 1) {
    const customer = random.pick(customers.filter((candidate) => (sizes.get(candidate) ?? 0) < 22))
    sizes.set(customer, (sizes.get(customer) ?? 0) + 1)
  }
  // Shuffled, so that stories that take the first fitting lineage fall on all customers.
  for (const customer of random.shuffle(
    [...sizes].flatMap(([owner, size]) => Array<SeedCustomer>(size).fill(owner)),
  )) {
    const older = customer.since === WORLD_BEGINS && random.chance(0.55)
    const start = older
      ? garden.dateBetween('2023-02-01', '2024-12-31')
      : garden.dateBetween(
          addDays(customer.since, 1),
          customer.since < '2026-02-01' ? '2026-02-27' : '2026-03-18',
        )
    garden.plant({ customer, older, start, cadence: chooseCadence(garden, customer) })
  }
}

function chooseCadence({ random, plans }: Garden, customer: SeedCustomer): Cadence {
  // There are four products to choose from; stories need some of them for themselves.
  const isRolling = (plan: Sapling): boolean =>
    plan.customerId === customer.customerId && plan.cadence === 'rolling'
  if (random.chance(0.1) && plans.filter(isRolling).length < 2) return 'rolling'
  return random.chance(0.25) ? 'prepaid' : 'commitment'
}
