import type { FoldedSubscription } from '../../core/timeline/fold.js'
import { day, decimal } from './observed.js'

/** Counts as "2026-03-11": "25". */
type Counts = Readonly<Record<string, string>>

/** A subscription of ours: 20 seats at a cost of $17.35 a month since 7 January 2026, unless said otherwise. */
export function folded(
  changes: Partial<FoldedSubscription> = {},
  counts: Counts = { '2026-01-07': '20' },
): FoldedSubscription {
  const cost = { currency: 'USD', amount: decimal('17.35') }
  return {
    lineageId: 'L1',
    customerId: 'C1',
    mpn: 'BP',
    productName: 'Microsoft 365 Business Premium',
    status: 'active',
    billingPeriod: { type: 'month', duration: 1 },
    start: day('2026-01-07'),
    end: null,
    endPlanned: false,
    endEstimated: false,
    terms: [],
    counts: Object.entries(counts).map(([on, quantity]) => ({
      on: day(on),
      quantity: decimal(quantity),
      estimated: false,
      order: undefined,
      observedAt: new Date(`${on}T12:00:00Z`),
    })),
    prices: [{ on: day('2026-01-07'), price: { currency: 'USD', amount: decimal('22.00') }, cost }],
    holds: [],
    setups: [],
    assumedThrough: undefined,
    exceptions: [],
    renewals: [],
    recordKeys: ['1000/BP'],
    ...changes,
  }
}
