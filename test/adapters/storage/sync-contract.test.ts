import { describe, expect, test } from 'vitest'
import { verifyChain } from '../../../core/audit/chain.js'
import { testDatabases } from '../../support/database.js'
import { day, decimal } from '../../support/observed.js'
import { APRIL, MARCH, draft, fact, proposed } from './billing-fixtures.js'
import {
  LINEAGE,
  READ_AT,
  after,
  bothStores,
  charge,
  claimed,
  locked,
  mapping,
  outcome,
  part,
  promised,
  reading,
  slot,
  states,
  step,
} from './sync-fixtures.js'

const databases = testDatabases()

const STORES = bothStores(databases)

const NOTHING = { version: 0, customers: [], slots: [], readings: [], locked: [], intents: [], written: [] }

describe.each(STORES)('mappings and readings %s', (_name, withStores) => {
  test('before anything is mapped there is nothing, and nothing to do', () =>
    withStores(async ({ sync }) => {
      expect(await sync.version()).toBe(0)
      expect(await sync.state()).toStrictEqual(NOTHING)
      expect(await sync.claim('one', after(0), after(60))).toBeUndefined()
    }))

  test('a mapping is kept whole, in the trail, and moves the books on', () =>
    withStores(async ({ billing, sync }) => {
      const slots = [
        slot({ id: 'L-2', lineId: undefined, lineageIds: ['L-2', 'L,3', '"L 4"'], priceOwner: 'ours' }),
        slot({ id: 'L-10', offset: decimal('-2.5'), priceOwner: 'catalog', routeFrom: APRIL.from }),
      ]
      const draftOfMapping = mapping({ slots, written: [{ slotId: 'L-2', text: '日本 😀' }] })
      await sync.map(draftOfMapping)
      expect(await sync.state()).toStrictEqual({
        ...NOTHING,
        version: 1,
        customers: [draftOfMapping.customer],
        slots: [slots[1], slots[0]],
        written: [{ slotId: 'L-2', text: '日本 😀' }],
      })
      expect([await sync.version(), await billing.version()]).toEqual([1, 1])
      const trail = await billing.trail('C1')
      expect(trail).toMatchObject([draftOfMapping.audit])
      expect(verifyChain(trail)).toBeUndefined()
    }))

  test('what was computed before a mapping is a conflict', () =>
    withStores(async ({ billing, sync }) => {
      await sync.map(mapping())
      await expect(billing.propose(draft(['k1']), 0)).rejects.toMatchObject({ kind: 'conflict' })
      await sync.unmap('C1', fact())
      await expect(billing.propose(draft(['k1']), 1)).rejects.toMatchObject({ kind: 'conflict' })
      expect((await proposed(billing, draft(['k1']))).run.id).toBe('BR-0001')
    }))

  test('mapping again replaces the customer and slots of the same id, and keeps the others', () =>
    withStores(async ({ sync }) => {
      await sync.map(mapping())
      const customer = { customerId: 'C1', psa: 'autotask', companyId: '5', companyName: 'C' } as const
      const moved = slot({ psa: 'autotask', containerId: '8', offset: decimal('3') })
      const other = slot({ id: 'L-2', lineageIds: ['L-2'] })
      await sync.map(mapping({ customer, slots: [other], written: [] }))
      await sync.map(mapping({ customer, slots: [moved], written: [{ slotId: LINEAGE, text: 'new' }] }))
      expect(await sync.state()).toStrictEqual({
        ...NOTHING,
        version: 3,
        customers: [customer],
        slots: [other, moved],
        written: [{ slotId: LINEAGE, text: 'new' }],
      })
    }))

  test('unmapping takes away the customer with its slots, not what is locked, read or promised', () =>
    withStores(async ({ billing, sync }) => {
      const customer = { customerId: 'C2', psa: 'autotask', companyId: '6', companyName: 'Fabrikam' } as const
      const theirs = slot({ id: 'L-9', lineageIds: ['L-9'] })
      await sync.map(mapping())
      const audit = fact({ action: 'psa.mapped', subject: 'C2' })
      await sync.map(mapping({ customer, slots: [theirs], written: [{ slotId: 'L-9', text: 'x' }], audit }))
      await sync.saveReading(reading(), [locked()])
      await promised(billing, ['s1'])
      await sync.unmap('C1', fact({ action: 'psa.unmapped', subject: 'C1' }))
      const { customers, slots, written, readings, locked: periods, intents, version } = await sync.state()
      expect({ customers, slots, written }).toEqual({
        customers: [customer],
        slots: [theirs],
        written: [{ slotId: 'L-9', text: 'x' }],
      })
      expect([readings.length, periods.length, intents.length, version]).toEqual([1, 1, 1, 5])
      expect((await billing.trail('C1')).map(({ action }) => action)).toEqual(['psa.mapped', 'psa.unmapped'])
    }))

  test('a reading takes the place of the one before it, exactly as it was read', () =>
    withStores(async ({ sync }) => {
      const units = [
        { itemId: '9', steps: [{ on: MARCH.from, units: decimal('20') }], unitPrice: undefined },
        { itemId: '10', steps: [], unitPrice: decimal('0.00000001') },
      ]
      const rich = reading({
        psa: 'autotask',
        id: '5',
        currency: undefined,
        closed: 'it ended on 31 March 2026',
        to: day('2026-04-01'),
        anchorDay: undefined,
        mode: 'units',
        lines: [],
        units,
        catalog: [
          { itemId: '9', unitPrice: decimal('24.5'), isThere: true },
          { itemId: '10', unitPrice: undefined, isThere: false },
        ],
      })
      await sync.saveReading(reading(), [])
      await sync.saveReading(rich, [])
      const again = reading({ name: 'renamed' }, after(5))
      await sync.saveReading(again, [])
      expect((await sync.state()).readings).toStrictEqual([rich, again])
      expect(await sync.version()).toBe(3)
    }))

  test('of a period found locked again the newest finding counts', () =>
    withStores(async ({ sync }) => {
      const first = [
        locked({ lines: [charge(), charge({ amount: -1n })] }),
        locked({
          lineageId: 'L-3',
          lines: [charge({ inPsa: { unitPrice: decimal('24'), amount: 8_129n } })],
        }),
        locked({ period: APRIL, lines: [] }),
      ]
      await sync.saveReading(reading(), first)
      const later = { ...reading(), readAt: after(60) }
      await sync.saveReading(later, [locked({ lines: [] }), locked({ lineageId: 'L-2' })])
      const { locked: found } = await sync.state()
      expect(found).toHaveLength(4)
      expect(found).toEqual(
        expect.arrayContaining([locked({ lines: [] }), locked({ lineageId: 'L-2' }), first[1], first[2]]),
      )
      const longer = locked({ period: { from: MARCH.from, to: APRIL.to }, lines: [] })
      await sync.saveReading({ ...reading(), readAt: after(120) }, [longer])
      expect((await sync.state()).locked).toContainEqual(longer)
    }))
})

describe.each(STORES)('claims and intents %s', (_name, withStores) => {
  const HALVES = [part(['s1', 's2']), part(['s3'], { psa: 'autotask', containerId: '5', customerId: 'C2' })]

  test('a container is claimed by one owner until its time is over, each time with a higher fence', () =>
    withStores(async ({ billing, sync }) => {
      await promised(billing, ['s1'])
      const first = await sync.claim('one', after(0), after(60))
      expect(first).toEqual({ psa: 'connectwise', containerId: '77', fence: 1 })
      expect(await sync.claim('two', after(59.999), after(120))).toBeUndefined()
      expect(await sync.claim('two', after(60), after(120))).toMatchObject({ fence: 2 })
      expect(await sync.claim('two', after(61), after(122))).toMatchObject({ fence: 3 })
    }))

  test('containers are dealt out one by one, the one claimed least often first', () =>
    withStores(async ({ billing, sync }) => {
      await promised(billing, HALVES)
      const [one, two] = [await claimed(sync, 'one'), await claimed(sync, 'two')]
      expect([one, two].map(({ psa, fence }) => [psa, fence])).toEqual([
        ['autotask', 1],
        ['connectwise', 1],
      ])
      expect(await sync.claim('three', after(1), after(60))).toBeUndefined()
      await sync.release(one)
      await sync.release(await claimed(sync, 'three'))
      await sync.release(two)
      expect(await claimed(sync, 'four')).toMatchObject({ psa: 'connectwise', fence: 2 })
    }))

  test('one of its own is given to an owner last', () =>
    withStores(async ({ billing, sync }) => {
      await promised(billing, HALVES)
      const containers = [await claimed(sync), await claimed(sync), await claimed(sync)]
      expect(containers.map(({ psa }) => psa)).toEqual(['autotask', 'connectwise', 'autotask'])
    }))

  test('what has to wait is not claimed before its time, whatever its state', () =>
    withStores(async ({ billing, sync }) => {
      await promised(billing, ['s1'])
      const claim = await claimed(sync)
      const at = async (seconds: number) => {
        const found = await sync.claim('one', after(seconds), after(seconds + 60))
        if (found !== undefined) await sync.release(found)
        return found?.fence
      }
      expect(await sync.sending(claim, 'BR-0001/1', after(1), after(30))).toBe(true)
      expect([await at(29.999), await at(30)]).toEqual([undefined, 2])
      for (const [state, now, until, fence] of [
        ['unknown', 31, 90, 4],
        ['waiting', 91, 150, 6],
      ] as const) {
        const again = await claimed(sync, 'one', after(now))
        await sync.settle(again, 'BR-0001/1', outcome(state, { notBefore: after(until) }))
        expect([await at(until - 0.001), await at(until)], state).toEqual([undefined, fence])
      }
      await sync.settle(await claimed(sync, 'one', after(151)), 'BR-0001/1', outcome('unknown'))
      expect(await at(152)).toBe(8)
    }))

  test('one step that may be worked on is enough, but none behind another of its slot that has to wait', () =>
    withStores(async ({ billing, sync }) => {
      await promised(billing, [part(['s1', 's2', step('s3', { slotId: 'L-2' })])])
      const claim = await claimed(sync)
      await sync.sending(claim, 'BR-0001/1', after(1), after(999))
      await sync.release(claim)
      const other = await claimed(sync, 'two', after(2))
      await sync.settle(other, 'BR-0001/3', outcome('confirmed'))
      await sync.release(other)
      expect(await sync.claim('two', after(998), after(1999))).toBeUndefined()
      expect(await sync.claim('two', after(999), after(1999))).toMatchObject({ fence: 3 })
    }))

  test('a step in front of one that has to wait is worked on', () =>
    withStores(async ({ billing, sync }) => {
      await promised(billing, ['s1', 's2'])
      const claim = await claimed(sync)
      await sync.settle(claim, 'BR-0001/2', outcome('waiting', { notBefore: after(999) }))
      await sync.release(claim)
      expect(await sync.claim('two', after(1), after(60))).toMatchObject({ fence: 2 })
    }))

  test('what is confirmed or parked is nothing to do', () =>
    withStores(async ({ billing, sync }) => {
      await promised(billing, ['s1', 's2'])
      const claim = await claimed(sync)
      await sync.settle(claim, 'BR-0001/1', outcome('confirmed'))
      await sync.settle(claim, 'BR-0001/2', outcome('parked', { why: '22 seats by hand' }))
      await sync.release(claim)
      expect(await sync.claim('two', after(99), after(199))).toBeUndefined()
      expect(await states(sync)).toEqual([
        ['BR-0001/1', 'confirmed'],
        ['BR-0001/2', 'parked'],
      ])
    }))

  test('sending counts, settling says why, both move the state on and no books', () =>
    withStores(async ({ billing, sync }) => {
      await promised(billing, ['s1'])
      const claim = await claimed(sync)
      const versions = [await billing.version(), await sync.version()]
      expect(await sync.sending(claim, 'BR-0001/1', after(1), after(30))).toBe(true)
      const why = 'ConnectWise did not answer'
      expect(await sync.settle(claim, 'BR-0001/1', outcome('unknown', { why, notBefore: after(40) }))).toBe(
        true,
      )
      expect((await sync.state()).intents).toMatchObject([
        { state: 'unknown', attempts: 1, sentAt: after(1), notBefore: after(40), why },
      ])
      expect(await sync.sending(claim, 'BR-0001/1', after(50), after(80))).toBe(true)
      expect((await sync.state()).intents).toMatchObject([
        { state: 'sending', attempts: 2, sentAt: after(50), notBefore: after(80), why: undefined },
      ])
      expect([await billing.version(), await sync.version()]).toEqual([versions[0], Number(versions[1]) + 3])
    }))

  test('settling remembers what was written in the place of what was before, of its own slot', () =>
    withStores(async ({ billing, sync }) => {
      await sync.map(
        mapping({
          written: [
            { slotId: LINEAGE, text: 'a' },
            { slotId: 'L-2', text: 'b' },
          ],
        }),
      )
      await promised(billing, ['s1', 's2'])
      const claim = await claimed(sync)
      const books = await billing.version()
      await sync.settle(claim, 'BR-0001/1', outcome('confirmed', { written: { slotId: 'L-2', text: 'c' } }))
      await sync.settle(claim, 'BR-0001/2', outcome('confirmed'))
      expect((await sync.state()).written).toEqual([
        { slotId: 'L-2', text: 'c' },
        { slotId: LINEAGE, text: 'a' },
      ])
      expect(await billing.version()).toBe(books)
    }))

  test('settling writes its entry with it, once, also when it is told twice', () =>
    withStores(async ({ billing, sync }) => {
      await promised(billing, ['s1'])
      const claim = await claimed(sync)
      const audit = fact({ action: 'step.confirmed', subject: 'BR-0001/1' })
      for (let round = 0; round < 2; round += 1) {
        expect(await sync.settle(claim, 'BR-0001/1', outcome('confirmed', { audit }))).toBe(true)
      }
      expect(await billing.trail('BR-0001/1')).toMatchObject([audit])
      expect(verifyChain(await billing.trail())).toBeUndefined()
      expect(await sync.version()).toBe(2)
    }))

  test('a stale owner sends and records nothing: not after another claim, not after giving back', () =>
    withStores(async ({ billing, sync }) => {
      await promised(billing, ['s1'])
      const stale = await claimed(sync, 'one')
      const fresh = await claimed(sync, 'two', after(60))
      const before = await sync.state()
      const written = { slotId: 'L-2', text: 'c' }
      const done = outcome('confirmed', { audit: fact({ subject: 'BR-0001/1' }), written })
      const never = { ...stale, fence: 9 }
      for (const lost of [stale, never, { ...fresh, containerId: '78' }]) {
        expect(await sync.sending(lost, 'BR-0001/1', after(61), after(90))).toBe(false)
        expect(await sync.settle(lost, 'BR-0001/1', done)).toBe(false)
      }
      await sync.release(stale) // gives back nothing of the other's
      expect(await sync.claim('three', after(61), after(99))).toBeUndefined()
      await sync.release(fresh)
      expect(await sync.sending(fresh, 'BR-0001/1', after(61), after(90))).toBe(false)
      expect(await sync.settle(fresh, 'BR-0001/1', done)).toBe(false)
      expect(await sync.state()).toEqual(before)
      expect(await billing.trail('BR-0001/1')).toEqual([])
    }))

  test('nobody else has it: what an owner found out late still counts', () =>
    withStores(async ({ billing, sync }) => {
      await promised(billing, ['s1'])
      const claim = await claimed(sync)
      expect(await sync.sending(claim, 'BR-0001/1', after(3600), after(3630))).toBe(true)
      expect(await sync.settle(claim, 'BR-0001/1', outcome('confirmed'))).toBe(true)
    }))

  test('what is done is not sent or changed, and steps of others are out of reach', () =>
    withStores(async ({ billing, sync }) => {
      await promised(billing, HALVES)
      const [theirs, claim] = [await claimed(sync), await claimed(sync)]
      await sync.settle(claim, 'BR-0001/1', outcome('confirmed'))
      await sync.settle(claim, 'BR-0001/2', outcome('parked', { why: 'drift' }))
      const before = await sync.state()
      for (const [id, state] of [
        ['BR-0001/1', 'parked'],
        ['BR-0001/1', 'waiting'],
        ['BR-0001/2', 'confirmed'],
        ['BR-0001/3', 'confirmed'],
        ['BR-0001/4', 'confirmed'],
        ['BR-0001/0', 'confirmed'],
        ['BR-1/1', 'confirmed'],
        ['', 'confirmed'],
      ] as const) {
        await expect(sync.settle(claim, id, outcome(state)), id).rejects.toThrow(/intent|cannot become/)
        await expect(sync.sending(claim, id, after(1), after(2)), id).rejects.toThrow(/intent|not sent again/)
      }
      for (const state of ['sending', 'replaced'] as const) {
        await expect(sync.settle(theirs, 'BR-0001/3', outcome(state))).rejects.toThrow(
          `cannot become ${state}`,
        )
      }
      await expect(
        sync.settle(claim, 'BR-0001/2', outcome('parked', { why: 'another why' })),
      ).rejects.toThrow('cannot become parked')
      expect(await sync.state()).toEqual(before)
    }))

  test('what it gives is nobody else’s to change', () =>
    withStores(async ({ billing, sync }) => {
      await promised(billing, ['s1'])
      await sync.saveReading(reading({}, READ_AT), [])
      const before = structuredClone(await sync.state())
      const given = await sync.state()
      Object.assign(given.readings[0]?.container ?? {}, { name: 'changed' })
      Object.assign(given.intents[0]?.step ?? {}, { key: 'changed' })
      expect(await sync.state()).toEqual(before)
    }))
})
