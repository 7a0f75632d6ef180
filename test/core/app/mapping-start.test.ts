import { describe, expect, test } from 'vitest'
import { type StartFacts, routeStart } from '../../../core/app/map-start.js'
import type { Intent } from '../../../core/sync/intent.js'
import type { SettledCharge, Step } from '../../../core/sync/types.js'
import { APRIL, DANA, MARCH, MAY, problemOf } from '../../support/office.js'
import { day, decimal } from '../../support/observed.js'
import { container } from '../sync/build.js'
import { type MappingOffice, mappingOffice } from './mapping-office.js'

const AGREEMENT = container({ mode: 'datedLines', lockedTo: MARCH.from })

function factsOf(changes: Partial<StartFacts>): StartFacts {
  const sync = { locked: [], intents: [] }
  const days = { opensOn: MARCH.from, today: day('2026-03-20') }
  return { customerName: 'Contoso', container: AGREEMENT, own: [], billed: [], sync, ...days, ...changes }
}

function charge(lineageId: string): SettledCharge {
  const days = { period: MARCH, ...MARCH, billOn: MARCH.from }
  const money = { quantity: decimal('20'), unitPrice: decimal('22.00'), amount: 44_000n }
  return { lineageId, kind: 'recurring', ...days, ...money }
}

describe('where billing here opens in the middle of a month', () => {
  const opensOn = day('2026-03-10')

  test('the PSA begins with the first whole month: before the opening day nothing is due here', () => {
    expect(routeStart(factsOf({ opensOn }), undefined)).toBe(APRIL.from)
    expect(routeStart(factsOf({ opensOn: MARCH.from }), undefined)).toBe(MARCH.from)
  })

  test('the month in which it opens is refused, the next one taken', async () => {
    const facts = factsOf({ opensOn })
    const march = { type: 'month', month: MARCH } as const
    const refused = await problemOf(Promise.resolve().then(() => routeStart(facts, march)))
    expect(refused.what).toBe('Nothing is billed there before 1 Apr 2026.')
    expect(routeStart(facts, { type: 'month', month: APRIL })).toBe(APRIL.from)
  })

  test('an agreement that begins later is billed from its own first period on', () => {
    expect(
      routeStart(factsOf({ opensOn, container: { ...AGREEMENT, from: day('2026-05-15') } }), undefined),
    ).toBe(MAY.from)
  })
})

describe('what a PSA has billed before', () => {
  const march = { type: 'month', month: MARCH } as const

  /** Contoso, which was mapped once: its one lineage. */
  async function before(): Promise<{ msp: MappingOffice; lineageId: string }> {
    const msp = await mappingOffice()
    await msp.studio.mapping.accept(DANA, 'contoso')
    const lineageId = msp.sync.state.slots[0]?.lineageIds[0] ?? ''
    msp.sync.change({ customers: [], slots: [], written: [] })
    return { msp, lineageId }
  }

  function oneTime(lineageId: string): Intent {
    const rest = { attempts: 1, sentAt: undefined, notBefore: undefined, why: undefined }
    const step = { type: 'add', oneTime: true, slotId: lineageId, settles: [charge(lineageId)] }
    return {
      id: 'BR-0001/1',
      runId: 'BR-0001',
      approvalId: 'APR-0001',
      step: step as unknown as Step,
      state: 'confirmed',
      ...rest,
    }
  }

  async function expectApril(msp: MappingOffice): Promise<void> {
    const refused = await problemOf(msp.studio.mapping.accept(DANA, 'contoso', {}, march))
    expect([refused.what, refused.next]).toEqual([
      '1–31 Mar 2026 of Microsoft 365 Business Premium is billed in a PSA already, and one period is never billed in two ways.',
      'Begin on 1 Apr 2026.',
    ])
    await msp.studio.mapping.accept(DANA, 'contoso')
    expect(msp.sync.state.slots.map(({ routeFrom }) => routeFrom)).toEqual([APRIL.from])
  }

  test('a month that was found invoiced is billed in no other agreement', async () => {
    const { msp, lineageId } = await before()
    msp.sync.change({ locked: [{ lineageId, period: MARCH, lines: [charge(lineageId)] }] })
    await expectApril(msp)
  })

  test('one that was invoiced with nothing of it is free', async () => {
    const { msp, lineageId } = await before()
    msp.sync.change({ locked: [{ lineageId, period: MARCH, lines: [] }] })
    await msp.studio.mapping.accept(DANA, 'contoso', {}, march)
    expect(msp.sync.state.slots.map(({ routeFrom }) => routeFrom)).toEqual([MARCH.from])
  })

  test('so is a month that has one-time lines, until they are taken back', async () => {
    const { msp, lineageId } = await before()
    const done = oneTime(lineageId)
    msp.sync.change({ intents: [done] })
    await expectApril(msp)
    const back = { ...done, id: 'BR-0002/1', step: { ...done.step, type: 'remove', undoes: done.id } as Step }
    msp.sync.change({ customers: [], slots: [], written: [], intents: [done, back] })
    await msp.studio.mapping.accept(DANA, 'contoso', {}, march)
    expect(msp.sync.state.slots.map(({ routeFrom }) => routeFrom)).toEqual([MARCH.from])
  })

  test('after a remove in the middle of a month the month stays where it was billed', async () => {
    const msp = await mappingOffice()
    await msp.studio.mapping.accept(DANA, 'contoso')
    await msp.studio.mapping.remove(DANA, 'contoso')
    msp.containers = msp.containers.map((each) => ({ ...each, id: '88', name: 'Second' }))
    await expectApril(msp)
  })
})
