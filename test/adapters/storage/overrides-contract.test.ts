import { describe, expect, test } from 'vitest'
import { verifyChain } from '../../../core/audit/chain.js'
import { testDatabases } from '../../support/database.js'
import { day } from '../../support/observed.js'
import { decisionOn, draft, overrideDraft, proposed, billingStores } from './billing-fixtures.js'

const databases = testDatabases()

describe.each(billingStores(databases))('overrides %s', (_name, withBilling) => {
  test('an override and its end move the books on; over older books, or older PSAs, each is a conflict', () =>
    withBilling(async (billing) => {
      const record = await proposed(billing, draft(['k1']))
      const set = overrideDraft(1)
      await expect(billing.recordOverride({ ...set, version: 0 })).rejects.toMatchObject({ kind: 'conflict' })
      await expect(billing.recordOverride({ ...set, syncVersion: 7 })).rejects.toMatchObject({
        kind: 'conflict',
      })
      await billing.recordOverride(set)
      expect(await billing.decide(decisionOn(record, 'approved', 1))).toEqual({ outcome: 'moved' })
      await billing.recordOverride({
        ...overrideDraft(2),
        said: { type: 'end', number: 1, on: day('2026-05-01') },
      })
      const { version, overrides } = await billing.books()
      expect([version, overrides.length]).toEqual([3, 1])
      expect(overrides[0]).toMatchObject({
        number: 1,
        version: 2,
        ends: [{ on: day('2026-05-01'), version: 3 }],
      })
      const trail = await billing.trail()
      expect(trail.map(({ action }) => action)).toEqual(['bill.proposed', 'price.set', 'price.set'])
      expect(verifyChain(trail)).toBeUndefined()
    }))

  test('said in the place of another, it ends that where it began; ending it brings nothing back', () =>
    withBilling(async (billing) => {
      await billing.recordOverride(overrideDraft(0))
      const again = overrideDraft(1)
      if (again.said.type !== 'set') throw new Error('no override')
      await billing.recordOverride({ ...again, said: { ...again.said, number: 2, replaces: [1] } })
      await billing.recordOverride({
        ...overrideDraft(2),
        said: { type: 'end', number: 2, on: day('2026-05-01') },
      })
      const { overrides } = await billing.books()
      expect(overrides).toMatchObject([
        { number: 1, ends: [{ on: day('2026-03-15'), version: 2, instead: 2 }] },
        { number: 2, ends: [{ on: day('2026-05-01'), version: 3 }] },
      ])
    }))
})
