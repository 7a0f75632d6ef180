import { describe, expect, test } from 'vitest'
import { verifyChain } from '../../../core/audit/chain.js'
import { testDatabases } from '../../support/database.js'
import { day, decimal } from '../../support/observed.js'
import { APRIL, MARCH, draft, fact, proposed } from './billing-fixtures.js'
import {
  LINEAGE,
  after,
  bothStores,
  charge,
  locked,
  mapping,
  part,
  promised,
  reading,
  slot,
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

  test('what is about one container is told apart from all others', () =>
    withStores(async ({ billing, sync }) => {
      const customer = { customerId: 'C2', psa: 'autotask', companyId: '6', companyName: 'Fabrikam' } as const
      const theirs = slot({ id: 'L-9', psa: 'autotask', lineageIds: ['L-8', 'L-9'] })
      await sync.map(mapping())
      await sync.map(mapping({ customer, slots: [theirs], written: [{ slotId: 'L-9', text: 'x' }] }))
      await sync.saveReading(reading(), [locked()])
      await sync.saveReading(reading({ psa: 'autotask' }), [locked({ lineageId: 'L-8' })])
      await promised(billing, ['s1', part(['s2'], { psa: 'autotask', customerId: 'C2' })])
      const {
        customers,
        slots,
        written,
        readings,
        locked: periods,
        intents,
        version,
      } = await sync.stateOf({
        psa: 'autotask',
        id: '77',
      })
      expect({ customers, slots, written }).toEqual({
        customers: [customer],
        slots: [theirs],
        written: [{ slotId: 'L-9', text: 'x' }],
      })
      expect(readings).toEqual([reading({ psa: 'autotask' })])
      expect(periods).toEqual([locked({ lineageId: 'L-8' })])
      expect(intents.map(({ id, step }) => [id, step.psa])).toEqual([['BR-0001/2', 'autotask']])
      expect(version).toBe(await sync.version())
      const nowhere = await sync.stateOf({ psa: 'autotask', id: '78' })
      expect(nowhere).toEqual({ ...NOTHING, version })
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
        locked({ period: APRIL, lines: [] }),
      ]
      await sync.saveReading(reading(), first)
      const later = { ...reading(), readAt: after(60) }
      await sync.saveReading(later, [locked({ lines: [] }), locked({ lineageId: 'L-2' })])
      const { locked: found } = await sync.state()
      expect(found).toHaveLength(3)
      expect(found).toEqual(
        expect.arrayContaining([locked({ lines: [] }), locked({ lineageId: 'L-2' }), first[1]]),
      )
      const longer = locked({ period: { from: MARCH.from, to: APRIL.to }, lines: [] })
      await sync.saveReading({ ...reading(), readAt: after(120) }, [longer])
      expect((await sync.state()).locked).toContainEqual(longer)
    }))
})
