import { expect, test } from 'vitest'
import { comparisonNotes } from '../../../bot/cards/held.js'
import type { Comparison, RunCustomer } from '../../../core/billrun/run.js'

/** How a card says which customers are billed for the first time: forty lines of it tell nobody anything. */

function customer(
  name: string,
  type: 'firstBill' | 'billedInPart' = 'firstBill',
  currency = 'USD',
): RunCustomer {
  const comparison: Comparison = type === 'firstBill' ? { type } : { type, billed: 44_000n }
  return { customerId: name, name, currency, amount: 100n, lines: 1, comparison }
}

const FORTY = Array.from({ length: 40 }, (_, index) => customer(`Customer ${index + 1}`))

test.each([
  ['one', [customer('Contoso')], ['Contoso: first bill']],
  ['all of them', FORTY, ['All 40 customers: first bill']],
  ['one in two currencies', [customer('A'), customer('A', 'firstBill', 'EUR')], ['A: first bill']],
  [
    'some',
    [customer('Globex', 'billedInPart'), ...FORTY],
    ['Globex: billed in part already, $440.00', 'Customer 1, Customer 2, Customer 3 and 37 more: first bill'],
  ],
  [
    'three of four',
    [...FORTY.slice(0, 3), customer('Globex', 'billedInPart')],
    ['Globex: billed in part already, $440.00', 'Customer 1, Customer 2, Customer 3: first bill'],
  ],
  ['nobody', [], []],
] as const)('first bills of %s are one line', (_, customers, notes) => {
  expect(comparisonNotes(customers)).toEqual(notes)
})
