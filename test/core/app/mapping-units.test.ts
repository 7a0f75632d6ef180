import { describe, expect, test } from 'vitest'
import type { MappingSuggestion } from '../../../core/app/map-types.js'
import { DANA, MARCH } from '../../support/office.js'
import { day, decimal, observed } from '../../support/observed.js'
import { container } from '../sync/build.js'
import { type MappingOffice, mappingOffice } from './mapping-office.js'
import { stepsOf } from './mapping-steps.js'

function doubts({ subscriptions }: MappingSuggestion): (string | undefined)[] {
  return subscriptions.map(({ doubt }) => doubt)
}

describe('where units are counted', () => {
  async function counting(): Promise<MappingOffice> {
    const msp = await mappingOffice(undefined, ['autotask'])
    const steps = [{ on: day('2026-01-01'), units: decimal('20') }]
    const units = [{ itemId: '1234', steps, unitPrice: decimal('22.00') }]
    msp.containers = [container({ mode: 'units', lockedTo: MARCH.from, psa: 'autotask', lines: [], units })]
    return msp
  }

  test('S12: the count of the service is the place', async () => {
    const msp = await counting()
    expect(stepsOf(await msp.studio.mapping.accept(DANA, 'contoso'))).toEqual([
      '20 → 25 seats from 11 Mar 2026',
    ])
    expect(msp.sync.state.slots).toMatchObject([{ psa: 'autotask', lineId: undefined, priceOwner: 'keep' }])
  })

  test('S14: two subscriptions of one service share its count; with different prices neither is mapped', async () => {
    const msp = await counting()
    const second = observed({ subscriptionId: '1001', quantity: decimal('3') })
    msp.subscriptions = [...msp.subscriptions, second]
    await msp.observe()
    const changed = await msp.studio.mapping.accept(DANA, 'contoso')
    expect(msp.sync.state.slots.map(({ lineageIds }) => lineageIds.length)).toEqual([2])
    expect(stepsOf(changed)).toEqual(['20 → 23 seats from 1 Mar 2026', '23 → 28 seats from 11 Mar 2026'])
    const unlike = await counting()
    const dear = { ...second, unitPrice: { currency: 'USD', amount: decimal('20.00') } }
    unlike.subscriptions = [...unlike.subscriptions, dear]
    await unlike.observe()
    expect(new Set(doubts(await unlike.studio.mapping.suggest('contoso')))).toEqual(
      new Set([
        'costs $20.00, and Microsoft 365 Business Premium in the same count costs $22.00',
        'costs $22.00, and Microsoft 365 Business Premium in the same count costs $20.00',
      ]),
    )
  })
})
