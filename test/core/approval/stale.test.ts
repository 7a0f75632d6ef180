import { expect, test } from 'vitest'
import { staleness } from '../../../core/approval/stale.js'
import { runLine } from '../../adapters/storage/billing-fixtures.js'
import { day } from '../../support/observed.js'

test.each([
  { customerName: 'Contoso Ltd' },
  { description: 'Business Premium' },
  { billOn: day('2026-04-01') },
  { currency: 'EUR' },
  { customerId: 'C9' },
])('the same charge told otherwise is a change: %j', (changes) => {
  const now = runLine('k1', changes)
  expect(staleness([runLine('k1')], [now])).toEqual({ added: [], gone: [], reworded: [now] })
})

test('the same lines in another order are no change', () => {
  const [first, second] = [runLine('k1'), runLine('k2')]
  expect(staleness([first, second], [second, first])).toBeUndefined()
})
