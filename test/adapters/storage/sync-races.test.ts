import { describe, expect, test } from 'vitest'
import type { Claim } from '../../../core/psa-ports.js'
import { ENGINE, testDatabases } from '../../support/database.js'
import { decision, fact, proposed } from './billing-fixtures.js'
import { atOnce, expectWholeTrail, firstProgram, racingPrograms } from './racing.js'
import {
  after,
  claimed,
  locked,
  mapping,
  outcome,
  part,
  promised,
  reading,
  states,
  syncDraft,
  yes,
} from './sync-fixtures.js'

const databases = testDatabases()
const programs = racingPrograms(databases)

/** What did not fail; a failure fails the test with its reason. */
function valuesOf<T>(results: readonly PromiseSettledResult<T>[]): T[] {
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

const isClaim = (claim: Claim | undefined): claim is Claim => claim !== undefined

describe(`many at once, ${ENGINE} engine`, () => {
  test('twenty claims of one container: one owner has it', async () => {
    const all = await programs()
    await promised(firstProgram(all).billing, ['s1', 's2'])
    const results = await atOnce(20, all, ({ sync }, index) => sync.claim(`o${index}`, after(0), after(60)))
    const claims = valuesOf(results).filter(isClaim)
    expect(claims).toEqual([{ psa: 'connectwise', containerId: '77', fence: 1 }])
  })

  test('twenty claims of five containers: each has one owner, and none is left over', async () => {
    const all = await programs()
    const parts = ['1', '2', '3', '4', '5'].map((id) =>
      part([`s${id}`], { containerId: id, customerId: `C${id}` }),
    )
    await promised(firstProgram(all).billing, parts)
    const results = await atOnce(20, all, ({ sync }, index) => sync.claim(`o${index}`, after(0), after(60)))
    const claims = valuesOf(results).filter(isClaim)
    expect(claims.map(({ containerId }) => containerId).sort()).toEqual(['1', '2', '3', '4', '5'])
    expect(new Set(claims.map(({ fence }) => fence))).toEqual(new Set([1]))
  })

  test('a claim runs out while its owner still writes: one of the two counts, never both', async () => {
    const all = await programs()
    const { billing, sync } = firstProgram(all)
    await promised(billing, ['s1'])
    for (let round = 0; round < 10; round += 1) {
      const now = after(round * 100)
      const stale = await claimed(sync, `stale-${round}`, now)
      const before = (await sync.state()).intents[0]?.attempts ?? 0
      const late = after(round * 100 + 60)
      const results = await atOnce<Claim | boolean | undefined>(10, all, (storage, index) =>
        index % 2 === 0
          ? storage.sync.sending(stale, 'BR-0001/1', late, now)
          : storage.sync.claim(`fresh-${round}-${index}`, late, after(round * 100 + 90)),
      )
      const values = valuesOf(results)
      // Claims pass a container over while somebody writes about it: then it is free a moment later.
      const fresh = values.filter((value) => value !== undefined && typeof value !== 'boolean')
      if (fresh.length === 0) fresh.push(await claimed(sync, `late-${round}`, late))
      expect(fresh).toMatchObject([{ fence: stale.fence + 1 }])
      const sent = values.filter((value) => value === true).length
      expect((await sync.state()).intents[0]?.attempts).toBe(before + sent)
      expect(await sync.sending(stale, 'BR-0001/1', late, now)).toBe(false)
      expect(await sync.settle(stale, 'BR-0001/1', outcome('confirmed'))).toBe(false)
      for (const claim of fresh) await sync.release(claim)
    }
    expect(['waiting', 'sending']).toContain((await states(sync))[0]?.[1])
  })

  test('two deciders of one plan, many times each: its steps are promised once', async () => {
    const all = await programs()
    const record = await proposed(firstProgram(all).billing, syncDraft(['s1', 's2']))
    const results = await atOnce(20, all, ({ billing }, index) => {
      return billing.decide({ ...yes(record, 1), decision: decision('approved', { by: `p-${index % 2}` }) })
    })
    const outcomes = valuesOf(results).map((decided) => decided.outcome)
    expect(outcomes.filter((one) => one === 'written')).toHaveLength(1)
    expect(outcomes.filter((one) => one === 'decidedBefore')).toHaveLength(19)
    expect(await states(firstProgram(all).sync)).toEqual([
      ['BR-0001/1', 'waiting'],
      ['BR-0001/2', 'waiting'],
    ])
    expect(await firstProgram(all).sync.version()).toBe(1)
    await expectWholeTrail(all, 2)
  })

  test('two plans for one container, decided at once: one is sent', async () => {
    const all = await programs()
    const { billing, sync } = firstProgram(all)
    const records = [
      await proposed(billing, syncDraft([part(['s1'])])),
      await proposed(billing, syncDraft([part(['s2'], { customerId: 'C2' })])),
    ]
    const results = await atOnce(10, all, async (storage, index) => {
      const record = records[index % 2]
      if (record === undefined) throw new Error('no request')
      return storage.billing.decide(yes(record, await storage.billing.version()))
    })
    const outcomes = valuesOf(results).map((decided) => decided.outcome)
    expect(outcomes.filter((one) => one === 'written')).toHaveLength(1)
    expect(await states(sync)).toHaveLength(1)
    const late = await Promise.all(
      records.map(async (one) => billing.decide(yes(one, await billing.version()))),
    )
    expect(late.map((one) => one.outcome).sort()).toEqual(['decidedBefore', 'moved'])
  })

  test('everything at once: no version and no entry is lost', async () => {
    const all = await programs()
    const { billing, sync } = firstProgram(all)
    await promised(billing, ['s1'])
    const claim = await claimed(sync)
    const works: ((storage: (typeof all)[number], index: number) => Promise<unknown>)[] = [
      (storage, index) => storage.sync.saveReading(reading({ id: `${index}` }), [locked({ lines: [] })]),
      (storage) => storage.sync.map(mapping()),
      (storage, index) => storage.sync.sending(claim, 'BR-0001/1', after(index), after(index + 1)),
      (storage) => storage.sync.settle(claim, 'BR-0001/1', outcome('waiting', { audit: fact() })),
      (storage) =>
        storage.sync.settle(
          claim,
          'BR-0001/1',
          outcome('waiting', { written: { slotId: 'L-2', text: 'x' } }),
        ),
    ]
    const results = await atOnce(40, all, async (storage, index) => works[index % 5]?.(storage, index))
    valuesOf(results)
    const state = await sync.state()
    expect(state.version).toBe(41)
    expect([state.readings.length, state.locked.length, state.intents[0]?.attempts]).toEqual([8, 1, 8])
    expect(await billing.version()).toBe(2 + 8)
    await expectWholeTrail(all, 2 + 8 + 8)
  })
})
