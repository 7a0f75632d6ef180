import { describe, expect, test } from 'vitest'
import type { Storage } from '../../../adapters/storage/open.js'
import { recordPolicies } from '../../../core/app/record-policies.js'
import { changesFor, policiesOf } from '../../../core/charges/policies.js'
import { POLICY_WORDS } from '../../../core/charges/policy-words.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import { Problem } from '../../../core/problem.js'
import { policyRecords } from '../../../core/settings/standing.js'
import type { SomeSettings } from '../../../core/settings/types.js'
import { ENGINE, testDatabases } from '../../support/database.js'
import { EVERY_RULE } from '../../support/every-rule.js'
import { observation } from '../../support/observations.js'
import { day } from '../../support/observed.js'
import { MARCH, approved, draft, settingsDraft } from './billing-fixtures.js'

const databases = testDatabases()

test(`an edit of the policy survives a restart, and so does what it must not touch, ${ENGINE} engine`, async () => {
  const database = await databases.createOwn()
  const start = async (policy: typeof DEFAULT_POLICY, at: string): Promise<Storage> => {
    const storage = await database.open()
    const clock = { now: async () => new Date(at) }
    await recordPolicies({ billing: storage.billing, clock }, { lines: policy, timeZone: 'America/New_York' })
    return storage
  }
  let storage = await start(DEFAULT_POLICY, '2026-03-01T13:00:00Z')
  await storage.ledger.record(observation('a', undefined))
  await approved(storage.billing, draft(['k1']))
  await storage.close()
  storage = await start(EVERY_RULE, '2026-03-20T13:00:00Z')
  await storage.close()
  storage = await start(EVERY_RULE, '2026-03-21T13:00:00Z')
  const { billed, settings } = await storage.billing.books()
  expect(settings).toEqual([
    {
      says: DEFAULT_POLICY,
      by: undefined,
      holdsFrom: undefined,
      recordedAt: new Date('2026-03-01T13:00:00Z'),
      version: 1,
    },
    {
      says: EVERY_RULE,
      by: undefined,
      holdsFrom: day('2026-03-20'),
      recordedAt: new Date('2026-03-20T13:00:00Z'),
      version: 4,
    },
  ])
  const [change] = changesFor(policiesOf(policyRecords(settings), EVERY_RULE), billed)
  expect(change?.from).toBe(MARCH.to)
  expect((await storage.verifyAudit()).fault).toBeUndefined()
  await storage.close()
})

describe('a recorded policy', () => {
  const recordAs = async (policy: object): Promise<Problem | SomeSettings | undefined> => {
    const database = await databases.create()
    const storage = await database.open()
    try {
      await storage.billing.recordSettings(settingsDraft({ says: DEFAULT_POLICY }), 0)
      // Rows of it are only ever added, so the one to be read is the second.
      await database.sql(
        `INSERT INTO setting_record (msp_id, version, holds_from, recorded_at, says)
         SELECT msp_id, 2, holds_from, recorded_at, $1::jsonb FROM setting_record`,
        [JSON.stringify(policy)],
      )
      return (await storage.billing.settingsStanding()).recorded.at(-1)?.says
    } catch (error) {
      if (error instanceof Problem) return error
      throw error
    } finally {
      await storage.close()
    }
  }

  test.each(
    Object.entries(POLICY_WORDS).flatMap(([rule, words]) => Object.keys(words).map((value) => [rule, value])),
  )('is read with %s %s', async (rule = '', value) => {
    expect(await recordAs({ [rule]: value })).toEqual({ [rule]: value })
  })

  test.each([
    ['a value nobody knows', { roundAt: 'seat' }, 'roundAt = "seat"'],
    ['a rule nobody knows', { decreases: 'credit', rounding: 'up' }, 'rounding = "up"'],
    ['a name every object has', { timing: 'toString' }, 'timing = "toString"'],
    ['a day that is none', { anchorDay: 0 }, 'anchorDay = 0'],
    ['a count as text', { anchorDay: '15' }, 'anchorDay = "15"'],
    ['too few decimals', { durationDecimals: 1 }, 'durationDecimals = 1'],
    ['no decimals', { durationDecimals: null }, 'durationDecimals = null'],
    ['a month that is none', { baseMonth: '2026-13-01' }, 'baseMonth = "2026-13-01"'],
  ])('with %s is refused with a sentence', async (_, stored, said) => {
    const problem = await recordAs(stored)
    expect(problem instanceof Problem && problem.message).toBe(
      `What was set on 2026-03-20 says ${said}, which this version of the program does not understand. Nothing was computed from it. Start the version of the program that recorded it, or a newer one.`,
    )
  })
})
