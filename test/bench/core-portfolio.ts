import { addDays, formatLocalDate, fromCivil, type LocalDate } from '../../core/calendar/date.js'
import { decimalFromUnits } from '../../core/money/decimal.js'
import type { PriceOverride } from '../../core/pricing/overrides.js'
import type { FoldedSubscription } from '../../core/timeline/fold.js'
import type { CalculatorInput } from '../support/recompute/input.js'

/** A month of an MSP of any size, made from a number: the same number is always the same subscription. */

export const MONTH_FROM = fromCivil(2026, 3, 1)
export const MONTH_TO = fromCivil(2026, 4, 1)
const DAYS_IN_MONTH = MONTH_TO - MONTH_FROM
const OLDEST_DAYS = 360
const PRODUCTS = 41

/** Some products are sold by a margin, one at a fixed price: the ladder is climbed for every subscription. */
const MARGIN_PRODUCTS = 2
const MARGIN_PERCENT = 15
const FIXED_CENTS = 1_999

export const OVERRIDES: readonly PriceOverride[] = [
  ...Array.from(
    { length: MARGIN_PRODUCTS },
    (_, product): PriceOverride => ({
      id: `margin-${product}`,
      scope: { mpn: mpnOf(product) },
      rule: { kind: 'margin', percent: decimalFromUnits(BigInt(MARGIN_PERCENT) * 100_000_000n) },
      from: addDays(MONTH_FROM, -OLDEST_DAYS),
      to: null,
    }),
  ),
  {
    id: 'fixed',
    scope: { mpn: mpnOf(MARGIN_PRODUCTS) },
    rule: { kind: 'fixed', price: inDecimals(FIXED_CENTS), currency: 'USD' },
    from: addDays(MONTH_FROM, -OLDEST_DAYS),
    to: null,
  },
]

function mpnOf(product: number): string {
  return `P-${String(product).padStart(4, '0')}`
}

function inDecimals(cents: number) {
  return decimalFromUnits(BigInt(cents) * 1_000_000n)
}

/** The facts of subscription `index`: 10 % annual, 30 % with a change of seats in the month, no two alike. */
interface Facts {
  readonly index: number
  readonly product: number
  readonly annual: boolean
  readonly start: LocalDate
  readonly seats: number
  readonly cents: number
  readonly costCents: number
  readonly change: { readonly on: LocalDate; readonly seats: number } | undefined
}

function factsOf(index: number): Facts {
  const noise = mixed(index)
  const seats = 1 + (noise % 97)
  const grows = (noise >>> 7) % 3 !== 0
  const changes = index % 10 < 3
  const otherSeats = grows ? seats + 1 + ((noise >>> 5) % 20) : Math.max(1, seats - 1 - ((noise >>> 5) % 20))
  return {
    index,
    product: (noise >>> 3) % PRODUCTS,
    annual: index % 10 === 9 || (changes && (noise >>> 11) % 10 === 0 && index % 10 === 0),
    start: addDays(MONTH_FROM, (-1 - ((noise >>> 9) % OLDEST_DAYS)) | 0),
    seats,
    cents: 500 + (index % 9_973),
    costCents: 400 + ((noise >>> 2) % 5_003),
    change: changes
      ? { on: addDays(MONTH_FROM, 1 + ((noise >>> 4) % (DAYS_IN_MONTH - 1))), seats: otherSeats }
      : undefined,
  }
}

/** Scatters an index over 31 bits (a multiplication and two shifts), so that neighbours have nothing in common. */
function mixed(index: number): number {
  const first = Math.imul(index ^ (index >>> 16), 0x45d9f3b)
  const second = Math.imul(first ^ (first >>> 15), 0x2c1b3c6d)
  return (second ^ (second >>> 16)) & 0x3fffffff
}

/** What the core is given: a subscription's history, not priced yet. */
export function subscriptionOf(index: number): FoldedSubscription {
  const { product, annual, start, seats, cents, costCents, change } = factsOf(index)
  const step = { estimated: false, order: undefined, observedAt: OBSERVED_AT }
  const opening = { on: start, quantity: decimalFromUnits(BigInt(seats) * 100_000_000n), ...step }
  const next =
    change === undefined
      ? []
      : [{ on: change.on, quantity: decimalFromUnits(BigInt(change.seats) * 100_000_000n), ...step }]
  return {
    lineageId: `L-${index}`,
    customerId: `C-${index >>> 4}`,
    mpn: mpnOf(product),
    productName: `Product ${product}`,
    status: 'active',
    billingPeriod: annual ? { type: 'year', duration: 1 } : { type: 'month', duration: 1 },
    start,
    end: null,
    endPlanned: false,
    endEstimated: false,
    terms: [],
    counts: [opening, ...next],
    prices: [
      {
        on: start,
        price: { currency: 'USD', amount: inDecimals(cents) },
        cost: { currency: 'USD', amount: inDecimals(costCents) },
      },
    ],
    holds: [],
    setups: [],
    assumedThrough: undefined,
    exceptions: [],
    renewals: [],
    recordKeys: [],
  }
}

const OBSERVED_AT = new Date(Date.UTC(2026, 2, 20))

/** The same subscription as text for the slow path, its price derived here by whole cents. */
export function slowInputOf(index: number): CalculatorInput {
  const { annual, start, seats, change } = factsOf(index)
  const events = [
    { on: formatLocalDate(start), quantity: String(seats), unitPrice: priceText(priceCents(index)) },
  ]
  return {
    currency: 'USD',
    subscription: {
      billingPeriod: { type: annual ? 'year' : 'month', duration: 1 },
      start: formatLocalDate(start),
      end: null,
      events:
        change === undefined
          ? events
          : [...events, { on: formatLocalDate(change.on), quantity: String(change.seats) }],
    },
    from: annual ? formatLocalDate(start) : formatLocalDate(MONTH_FROM),
    to: formatLocalDate(MONTH_TO),
    asOf: formatLocalDate(addDays(MONTH_TO, -1)),
  }
}

function priceCents(index: number): number {
  const { product, cents, costCents } = factsOf(index)
  if (product === MARGIN_PRODUCTS) return FIXED_CENTS
  if (product > MARGIN_PRODUCTS) return cents
  // cost ÷ (1 − 15 %), rounded half away: (2 × cost × 100 + 85) ÷ (2 × 85), whole.
  return Math.floor((2 * costCents * 100 + (100 - MARGIN_PERCENT)) / (2 * (100 - MARGIN_PERCENT)))
}

function priceText(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}
