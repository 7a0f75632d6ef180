import { describe, expect, test } from 'vitest'
import { verifyChain } from '../../../core/audit/chain.js'
import type { ContainerPlan } from '../../../core/sync/types.js'
import { testDatabases } from '../../support/database.js'
import { decimal } from '../../support/observed.js'
import { APRIL, decision, decisionOn, draft, proposed } from './billing-fixtures.js'
import {
  type Stores,
  after,
  bothStores,
  charge,
  claimed,
  everyStep,
  outcome,
  part,
  promised,
  states,
  step,
  syncDraft,
  yes,
} from './sync-fixtures.js'

const databases = testDatabases()

const STORES = bothStores(databases)

const FABRIKAM = { psa: 'autotask', containerId: '5', customerId: 'C2', mode: 'units' } as const

/** Settles every intent there is, so that its container is free for another plan. */
async function finish({ sync }: Stores, state: 'confirmed' | 'parked'): Promise<void> {
  for (;;) {
    const claim = await sync.claim('finisher', after(0), after(60))
    if (claim === undefined) return
    const open = (await sync.state()).intents.filter(({ state: now, step: { psa, containerId } }) => {
      return now === 'waiting' && psa === claim.psa && containerId === claim.containerId
    })
    for (const { id } of open) await sync.settle(claim, id, outcome(state, { why: state }))
    await sync.release(claim)
  }
}

describe.each(STORES)('requests to write into PSAs %s', (_name, withStores) => {
  test('a plan of every kind of step is frozen with its run, and read back exactly', () =>
    withStores(async ({ billing, sync }) => {
      const plan: readonly ContainerPlan[] = [
        part([step('s2', { settles: [charge()] }), step('s1')]),
        part(everyStep('5'), {
          ...FABRIKAM,
          containerName: 'Vertrag “5”, 日本',
          customerName: 'A, B',
          currency: 'EUR',
        }),
        part(['s3'], { customerId: 'C3', mode: 'wholeLines' }),
      ]
      const from = syncDraft(plan)
      const record = await billing.propose(from, 0)
      expect(record.approval.subject).toEqual({ type: 'sync', runId: 'BR-0001' })
      expect(record.run).toEqual({ ...from.run, id: 'BR-0001' })
      expect(record.plan).toStrictEqual(plan)
      expect((await billing.approval('APR-0001'))?.plan).toStrictEqual(plan)
      expect(await billing.approval('APR-0001')).toEqual(record)
      expect(await billing.open()).toEqual([record])
      expect((await billing.trail()).map(({ action }) => action)).toEqual(['sync.proposed'])
      expect((await sync.state()).intents).toEqual([])
      expect(await sync.version()).toBe(0)
    }))

  test('a request to bill by file has no plan, one to write nothing has an empty one', () =>
    withStores(async ({ billing }) => {
      await proposed(billing, draft(['k1']))
      await proposed(billing, syncDraft([]))
      expect(await billing.approval('APR-0001')).not.toHaveProperty('plan')
      expect(await billing.approval('APR-0002')).toMatchObject({
        approval: { subject: { type: 'sync' } },
        plan: [],
      })
      expect((await billing.open()).map(({ plan }) => plan)).toEqual([undefined, []])
    }))

  test('an approval makes every step a promise, in its order, and bills nothing', () =>
    withStores(async ({ billing, sync }) => {
      const record = await promised(billing, ['s2', part(['s1'], FABRIKAM)])
      const steps = record.plan?.flatMap((one) => one.steps)
      const waiting = {
        state: 'waiting',
        attempts: 0,
        sentAt: undefined,
        notBefore: undefined,
        why: undefined,
      }
      const of = { runId: 'BR-0001', approvalId: 'APR-0001', ...waiting }
      expect((await sync.state()).intents).toStrictEqual([
        { id: 'BR-0001/1', ...of, step: steps?.[0] },
        { id: 'BR-0001/2', ...of, step: steps?.[1] },
      ])
      expect(await billing.books()).toEqual({ version: 2, billed: [], settings: [], overrides: [] })
      expect(await sync.version()).toBe(1)
      const { approval } = (await billing.approval('APR-0001')) ?? {}
      expect(approval?.decision).toEqual(decision('approved'))
      const trail = await billing.trail('APR-0001')
      expect(trail.map(({ action }) => action)).toEqual(['sync.proposed', 'sync.approved'])
      expect(verifyChain(trail)).toBeUndefined()
    }))

  test('what is billed by file is counted beside what is synced', () =>
    withStores(async ({ billing }) => {
      await promised(billing, ['s1'])
      const file = await proposed(billing, draft(['k1'], { month: APRIL }))
      await billing.decide(decisionOn(file, 'approved', await billing.version()))
      await promised(billing, [part(['s2'], FABRIKAM)])
      expect((await billing.books()).billed.map(({ key, runId }) => [key, runId])).toEqual([
        ['k1', 'BR-0002'],
      ])
      expect((await billing.settingsStanding()).isBilled).toBe(true)
    }))

  test('a rejection promises nothing', () =>
    withStores(async ({ billing, sync }) => {
      const record = await proposed(billing, syncDraft(['s1']))
      expect(await billing.decide(decisionOn(record, 'rejected', 1))).toEqual({ outcome: 'written' })
      expect([await states(sync), await sync.version()]).toEqual([[], 0])
      expect(await billing.open()).toEqual([])
    }))

  test('deciding again promises nothing again', () =>
    withStores(async ({ billing, sync }) => {
      const record = await promised(billing, ['s1'])
      const again = await billing.decide(yes(record, 1))
      expect(again).toEqual({ outcome: 'decidedBefore', decision: decision('approved') })
      expect([await states(sync), await sync.version()]).toEqual([[['BR-0001/1', 'waiting']], 1])
    }))

  test('only a request with a plan can be sent', () =>
    withStores(async ({ billing, sync }) => {
      const file = await proposed(billing, draft(['k1']))
      await expect(billing.decide(yes(file, 1))).rejects.toThrow('no plan to send')
      expect([await billing.version(), await sync.version()]).toEqual([1, 0])
    }))

  test('a new request takes the place of undecided ones that write for one of its customers', () =>
    withStores(async ({ billing }) => {
      const both = await proposed(billing, syncDraft(['s1', part(['s2'], FABRIKAM)]))
      const other = await proposed(billing, syncDraft([part(['s3'], { ...FABRIKAM, customerId: 'C3' })]))
      const file = await proposed(billing, draft(['k1']))
      const fresh = await proposed(billing, syncDraft([part(['s4'], FABRIKAM)], { month: APRIL }))
      const empty = await proposed(billing, syncDraft([]))
      const sameFile = await proposed(billing, draft(['k2']))
      expect((await billing.approval(both.approval.id))?.approval.supersededBy).toBe(fresh.approval.id)
      expect((await billing.approval(file.approval.id))?.approval.supersededBy).toBe(sameFile.approval.id)
      const open = (await billing.open()).map(({ approval }) => approval.id)
      expect(open).toEqual([other, fresh, empty, sameFile].map(({ approval }) => approval.id))
      expect(await billing.decide(yes(both, await billing.version()))).toEqual({ outcome: 'moved' })
    }))

  test('whose place a request took, and what is noted with it, stand in its trail with it or not at all', () =>
    withStores(async ({ billing }) => {
      const first = await proposed(billing, syncDraft(['s1']))
      const second = await proposed(billing, syncDraft([part(['s2'], FABRIKAM)]))
      const note = { action: 'sync.undo', details: { run: 'BR-0009', reason: 'too early' } }
      const both = syncDraft(['s3', part(['s4'], FABRIKAM)])
      const version = await billing.version()
      const fresh = await billing.propose({ ...both, note }, version)
      const at = { at: fresh.approval.requestedAt, actor: fresh.approval.requestedBy }
      const replaced = [first.approval.id, second.approval.id]
      expect(await billing.trail(fresh.approval.id)).toMatchObject([
        { ...at, action: 'sync.proposed', details: { run: fresh.run.id } },
        { ...at, action: 'approval.replaces', details: { replaced } },
        { ...at, ...note },
      ])
      expect(verifyChain(await billing.trail())).toBeUndefined()
      expect(await billing.version()).toBe(version + 1)
    }))

  test('a request that takes nobody’s place says nothing of it', () =>
    withStores(async ({ billing }) => {
      await proposed(billing, draft(['k1']))
      await proposed(billing, draft(['k2']))
      await proposed(billing, syncDraft(['s1']))
      const actions = (await billing.trail()).map(({ action }) => action)
      expect(actions).toEqual(['bill.proposed', 'bill.proposed', 'sync.proposed'])
    }))

  test('a decided request is not superseded', () =>
    withStores(async ({ billing }) => {
      const first = await promised(billing, ['s1'])
      await proposed(billing, syncDraft(['s2']))
      expect((await billing.approval(first.approval.id))?.approval.supersededBy).toBeUndefined()
    }))

  test('while something is under way in a container no plan for it is decided', () =>
    withStores(async (stores) => {
      const { billing, sync } = stores
      await promised(billing, ['s1'])
      const record = await proposed(billing, syncDraft([part(['s2'], FABRIKAM), part(['s3'])]))
      const claim = await claimed(sync)
      const moved = async () => billing.decide(yes(record, await billing.version()))
      expect(await moved()).toEqual({ outcome: 'moved' })
      await sync.sending(claim, 'BR-0001/1', after(1), after(2))
      expect(await moved()).toEqual({ outcome: 'moved' })
      await sync.settle(claim, 'BR-0001/1', outcome('unknown'))
      expect(await moved()).toEqual({ outcome: 'moved' })
      expect(await billing.open()).toHaveLength(1)
      await sync.settle(claim, 'BR-0001/1', outcome('confirmed'))
      expect(await moved()).toEqual({ outcome: 'written' })
      expect(await states(sync)).toEqual([
        ['BR-0001/1', 'confirmed'],
        ['BR-0002/1', 'waiting'],
        ['BR-0002/2', 'waiting'],
      ])
    }))

  test('a later plan takes the place of parked steps of its slots, and of no others', () =>
    withStores(async (stores) => {
      const { billing, sync } = stores
      await promised(billing, ['s1', part([step('s2', { slotId: 'L-2' })])])
      await finish(stores, 'parked')
      await promised(billing, ['s3'])
      expect(await states(sync)).toEqual([
        ['BR-0001/2', 'parked'],
        ['BR-0002/1', 'waiting'],
      ])
    }))

  test('a step that was given up may be promised again, one that is done may not: a conflict', () =>
    withStores(async (stores) => {
      const { billing, sync } = stores
      await promised(billing, ['s1', 's2'])
      await finish(stores, 'parked')
      await promised(billing, ['s2', 's1'])
      await finish(stores, 'confirmed')
      const again = await proposed(billing, syncDraft([part(['s0'], FABRIKAM), part(['s2'])]))
      const before = [await sync.state(), await billing.trail(), await billing.version()]
      await expect(billing.decide(yes(again, await billing.version()))).rejects.toMatchObject({
        kind: 'conflict',
      })
      expect([await sync.state(), await billing.trail(), await billing.version()]).toEqual(before)
      expect((await billing.approval(again.approval.id))?.approval.decision).toBeUndefined()
    }))

  test('a key with other content is a bug, in one plan or in two', () =>
    withStores(async ({ billing }) => {
      const other = step('s1', { after: decimal('26') })
      for (const repeated of [other, 's1']) {
        const twice = syncDraft([part(['s1', repeated])])
        await expect(proposed(billing, twice)).rejects.toThrow('twice in one plan')
      }
      await proposed(billing, syncDraft(['s1']))
      await expect(proposed(billing, syncDraft([part([other])]))).rejects.toThrow('with other content')
      await expect(proposed(billing, syncDraft([part(['s1'], FABRIKAM)]))).rejects.toThrow('other content')
      await proposed(billing, syncDraft(['s1']))
      expect(await billing.version()).toBe(2)
    }))

  test('a part without steps, and a step of another container, are bugs', () =>
    withStores(async ({ billing }) => {
      await expect(proposed(billing, syncDraft([part([])]))).rejects.toThrow('has no steps')
      const elsewhere = part([step('s1', { containerId: '78' })])
      await expect(proposed(billing, syncDraft([elsewhere]))).rejects.toThrow('is not for connectwise 77')
      expect(await billing.version()).toBe(0)
    }))

  test('intents stand in the order of runs and places, also past nine', () =>
    withStores(async ({ billing, sync }) => {
      const keys = Array.from({ length: 11 }, (_, index) => `s${index}`)
      await promised(billing, keys)
      await promised(billing, [part(['t'], FABRIKAM)])
      const ids = keys.map((_, index) => `BR-0001/${index + 1}`)
      expect((await states(sync)).map(([id]) => id)).toEqual([...ids, 'BR-0002/1'])
    }))
})

test.each(STORES.slice(1))(
  'what the trail cannot take keeps the whole request from being made, %s',
  (_name, withStores) =>
    withStores(async ({ billing }) => {
      const first = await proposed(billing, syncDraft(['s1']))
      const note = { action: 'sync.undo', details: { reason: 'a\u0000b' } }
      const version = await billing.version()
      await expect(billing.propose({ ...syncDraft(['s2']), note }, version)).rejects.toThrow(
        'sync.undo: A text contains',
      )
      expect(await billing.version()).toBe(version)
      expect((await billing.open()).map(({ approval }) => approval.id)).toEqual([first.approval.id])
      expect((await billing.trail()).map(({ action }) => action)).toEqual(['sync.proposed'])
    }),
)
