import { expect, test } from 'vitest'
import type { Storage } from '../../../adapters/storage/open.js'
import { recordPolicy } from '../../../core/app/record-policy.js'
import { changesFor, policiesOf } from '../../../core/charges/policies.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import { ENGINE, testDatabases } from '../../support/database.js'
import { observation } from '../../support/observations.js'
import { day } from '../../support/observed.js'
import { EVERY_RULE, MARCH, approved, draft } from './billing-fixtures.js'

const databases = testDatabases()

test(`an edit of the policy survives a restart, and so does what it must not touch, ${ENGINE} engine`, async () => {
  const database = await databases.createOwn()
  const start = async (policy: typeof DEFAULT_POLICY, at: string): Promise<Storage> => {
    const storage = await database.open()
    const clock = { now: async () => new Date(at) }
    await recordPolicy({ billing: storage.billing, clock }, { policy, timeZone: 'America/New_York' })
    return storage
  }
  let storage = await start(DEFAULT_POLICY, '2026-03-01T13:00:00Z')
  await storage.ledger.record(observation('a', undefined))
  await approved(storage.billing, draft(['k1']))
  await storage.close()
  storage = await start(EVERY_RULE, '2026-03-20T13:00:00Z')
  await storage.close()
  storage = await start(EVERY_RULE, '2026-03-21T13:00:00Z')
  const { billed, policies } = await storage.billing.books()
  expect(policies).toEqual([
    {
      policy: DEFAULT_POLICY,
      holdsFrom: undefined,
      recordedAt: new Date('2026-03-01T13:00:00Z'),
      version: 1,
    },
    {
      policy: EVERY_RULE,
      holdsFrom: day('2026-03-20'),
      recordedAt: new Date('2026-03-20T13:00:00Z'),
      version: 4,
    },
  ])
  const [change] = changesFor(policiesOf(policies, EVERY_RULE), billed)
  expect(change?.from).toBe(MARCH.to)
  expect((await storage.verifyAudit()).fault).toBeUndefined()
  await storage.close()
})
