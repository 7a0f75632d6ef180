import { describe, expect, test } from 'vitest'
import type { Storage } from '../../../adapters/storage/open.js'
import type { ObservationRecord } from '../../../core/ports.js'
import { ENGINE, testDatabases } from '../../support/database.js'
import { observed, order } from '../../support/observed.js'

const databases = testDatabases()

function observation(
  id: string,
  previous: number | undefined,
  changes: Partial<ObservationRecord> = {},
): ObservationRecord {
  return {
    id,
    observedAt: new Date('2026-03-01T09:00:00.123Z'),
    previous,
    counts: { customers: 1, subscriptions: 1, orders: 1, requests: 7 },
    customers: [{ id: 'C1', name: 'Contoso', billingCurrency: 'USD' }],
    states: [{ subscription: observed(), present: true }],
    orders: [order()],
    memberships: [{ lineageId: 'L-1', recordKey: '1000/BP' }],
    ...changes,
  }
}

async function withStorage(work: (storage: Storage) => Promise<void>): Promise<void> {
  const storage = await (await databases.create()).open()
  try {
    await work(storage)
  } finally {
    await storage.close()
  }
}

describe(`observations on the ${ENGINE} engine`, () => {
  test('what was recorded is read back', () =>
    withStorage(async ({ ledger }) => {
      expect(await ledger.latest()).toBeUndefined()
      await ledger.record(observation('a', undefined))
      console.log(await ledger.ledger())
      expect((await ledger.latest())?.sequence).toBe(1)
    }))
})
