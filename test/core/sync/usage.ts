import type { ChargeLine } from '../../../core/charges/types.js'
import type { Slot, SlotDue } from '../../../core/sync/types.js'
import { type CaseWords, day, decimal } from '../charges/build.js'
import { due } from './build.js'

/*
 * Usage of March beside 20 seats at $22.00 (SYNC S10–S12). No subscription's charges have a line of usage yet, so it is put
 * into what is due, where a slot is planned.
 */

const SEATS: CaseWords = { start: '2026-01-01', events: [['2026-01-01', 20, '22.00']] }

/** From 11 to 17 March. */
function usage(quantity: string, unitPrice: string, amount: bigint): ChargeLine {
  const [from, to] = [day('2026-03-11'), day('2026-03-18')]
  return {
    kind: 'usage',
    period: { from: day('2026-03-01'), to: day('2026-04-01') },
    from,
    to,
    billOn: from,
    quantity: decimal(quantity),
    unitPrice: decimal(unitPrice),
    amount,
    days: 7,
    daysInPeriod: 31,
    fraction: { days: 1, of: 1 },
    priceRule: 'usage',
    reason: { type: 'oneTime', description: 'Usage', on: from },
    estimated: false,
  }
}

/** 1,234.56 units at $0.01 are $12.3456, $12.35; 250 at $0.04 are $10.00 exactly. All of March: 440.00 + 22.35 = 462.35. */
const LINES = [usage('1234.56', '0.01', 1_235n), usage('250', '0.04', 1_000n)]

/** What is due of the slot of 20 seats in March and April, with the usage of March. */
export function withUsage(slot: Slot): SlotDue {
  const wanted = due(SEATS, '2026-03-01', '2026-05-01', slot)
  const [march, ...later] = wanted.periods
  if (march === undefined) throw new Error('March is due')
  return { ...wanted, periods: [{ ...march, lines: [...march.lines, ...LINES] }, ...later] }
}
