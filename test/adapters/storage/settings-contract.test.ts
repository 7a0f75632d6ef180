import { describe, expect, test } from 'vitest'
import { verifyChain } from '../../../core/audit/chain.js'
import { testDatabases } from '../../support/database.js'
import { EVERY_RULE } from '../../support/every-rule.js'
import { day } from '../../support/observed.js'
import {
  approved,
  decisionOn,
  draft,
  proposed,
  settingsDraft,
  voidDraft,
  billingStores,
} from './billing-fixtures.js'

const databases = testDatabases()

describe.each(billingStores(databases))('settings %s', (_name, withBilling) => {
  test('policies are recorded in order, each moves the books on, with its entry where there is one', () =>
    withBilling(async (billing) => {
      expect(await billing.settingsStanding()).toEqual({ version: 0, recorded: [], isBilled: false })
      const first = settingsDraft({ holdsFrom: undefined, audit: undefined })
      await billing.recordSettings(first, 0)
      expect(await billing.trail()).toEqual([])
      await approved(billing, draft(['k1']))
      expect(await billing.settingsStanding()).toMatchObject({ version: 3, isBilled: true })
      const second = settingsDraft({ says: EVERY_RULE })
      await billing.recordSettings(second, 3)
      const recorded = [first, second].map(({ audit: _, ...said }, index) => ({
        ...said,
        version: index === 0 ? 1 : 4,
      }))
      expect((await billing.books()).settings).toEqual(recorded)
      expect(await billing.settingsStanding()).toEqual({ version: 4, recorded, isBilled: true })
      const trail = await billing.trail()
      expect(trail.map(({ action }) => action)).toEqual(['bill.proposed', 'bill.approved', 'policy.changed'])
      expect(trail[2]).toMatchObject({ ...second.audit, at: second.recordedAt })
      expect(verifyChain(trail)).toBeUndefined()
    }))

  test('settings said by a person keep who, and what is set to nothing stays that', () =>
    withBilling(async (billing) => {
      await billing.recordSettings(settingsDraft({ holdsFrom: undefined }), 0)
      const by = { id: 'slack:T1:U1', name: 'Ann <!channel> “A”' }
      const said = [
        { says: { increases: 'full' as const }, holdsFrom: day('2026-05-01') },
        { says: { boundPercent: 35 }, holdsFrom: undefined },
        { says: { invoiceDay: 12 }, holdsFrom: undefined },
        { says: { anchorDay: undefined, invoiceDay: undefined, baseMonth: undefined }, holdsFrom: undefined },
      ]
      for (const [index, { says, holdsFrom }] of said.entries()) {
        await billing.recordSettings(settingsDraft({ says, holdsFrom, by }), index + 1)
      }
      const recorded = (await billing.settingsStanding()).recorded.slice(1)
      expect(recorded).toEqual(
        said.map((one, index) => ({
          ...one,
          by,
          recordedAt: settingsDraft().recordedAt,
          version: index + 2,
        })),
      )
      expect(recorded.map(({ says }) => Object.keys(says).length)).toEqual([1, 1, 1, 3])
      expect((await billing.books()).settings.slice(1)).toEqual(recorded)
    }))

  test('a policy decided over older books is a conflict, and so is a decision over an older policy', () =>
    withBilling(async (billing) => {
      const record = await proposed(billing, draft(['k1']))
      await expect(billing.recordSettings(settingsDraft(), 0)).rejects.toMatchObject({ kind: 'conflict' })
      await billing.recordSettings(settingsDraft(), 1)
      expect(await billing.decide(decisionOn(record, 'approved', 1))).toEqual({ outcome: 'moved' })
      await expect(billing.propose(draft(['k2']), 1)).rejects.toMatchObject({ kind: 'conflict' })
      const { settings, billed } = await billing.books()
      expect([settings.length, billed.length, (await billing.trail()).length]).toEqual([1, 0, 2])
    }))

  test('what is voided counts as not billed', () =>
    withBilling(async (billing) => {
      await approved(billing, draft(['k1']))
      const request = await billing.proposeVoid(voidDraft('BR-0001'))
      await billing.decide(decisionOn(request, 'approved', 3, { void: ['k1'] }))
      expect(await billing.settingsStanding()).toEqual({ version: 4, recorded: [], isBilled: false })
    }))
})
