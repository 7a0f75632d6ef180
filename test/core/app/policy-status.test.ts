import { describe, expect, test } from 'vitest'
import { DEFAULT_POLICY, type Policy } from '../../../core/charges/types.js'
import { day, observed } from '../../support/observed.js'
import { APRIL, Office, started } from '../../support/office.js'

const CREDIT: Policy = { ...DEFAULT_POLICY, decreases: 'credit' }

describe('status', () => {
  test('says nothing of the default, what holds otherwise, and what is ahead from when', async () => {
    const msp = await started()
    expect((await msp.studio.status()).policy).toEqual({ inForce: [], ahead: [] })
    await msp.bill()
    await msp.restart({ policy: CREDIT })
    const ahead = { words: ['decreases credited'], subscriptions: 1, running: 1 }
    const april = { ...ahead, from: APRIL.from, last: APRIL.from }
    expect((await msp.studio.status()).policy).toEqual({ inForce: [], ahead: [april] })
    msp.now = new Date('2026-04-01T13:00:00Z')
    expect((await msp.studio.status()).policy).toEqual({ inForce: ['decreases credited'], ahead: [] })
  })

  test('a subscription billed further ahead takes it later, and one that has ended never', async () => {
    const msp = new Office()
    msp.subscriptions.push(
      observed({
        subscriptionId: '2',
        customerId: 'C2',
        billingPeriod: { type: 'year', duration: 1 },
        startsOn: day('2026-03-11'),
        expiresOn: day('2027-03-11'),
      }),
      observed({
        subscriptionId: '3',
        customerId: 'C2',
        mpn: 'X',
        status: 'removed',
        expiresOn: day('2026-02-01'),
      }),
    )
    await msp.restart()
    await msp.observe()
    await msp.bill()
    await msp.restart({ policy: CREDIT })
    const ahead = { words: ['decreases credited'], running: 2, last: day('2027-03-11') }
    expect((await msp.studio.status()).policy).toEqual({
      inForce: [],
      ahead: [{ ...ahead, from: APRIL.from, subscriptions: 2 }],
    })
    msp.now = new Date('2026-04-01T13:00:00Z')
    expect((await msp.studio.status()).policy).toEqual({
      inForce: ['decreases credited'],
      ahead: [{ ...ahead, from: day('2027-03-11'), subscriptions: 1 }],
    })
  })

  test('without a subscription that runs, the day it was recorded for counts', async () => {
    const msp = await started()
    await msp.bill()
    msp.subscriptions = [observed({ status: 'removed', expiresOn: day('2026-03-20') })]
    await msp.observe()
    await msp.restart({ policy: CREDIT })
    expect((await msp.studio.status()).policy).toEqual({ inForce: ['decreases credited'], ahead: [] })
  })

  test('a subscription the new policy cannot charge stops nothing', async () => {
    const msp = await started()
    const thirtyDays = { type: 'day', duration: 30 } as const
    msp.subscriptions.push(observed({ subscriptionId: '2', mpn: 'E3', billingPeriod: thirtyDays }))
    await msp.observe()
    await msp.bill()
    await msp.restart({ policy: { ...DEFAULT_POLICY, dayCount: 'thirty' } })
    const [ahead] = (await msp.studio.status()).policy.ahead
    expect(ahead).toMatchObject({ words: ['days counted as in months of 30'], subscriptions: 2, running: 2 })
  })

  test('a change that was taken back before it began is not said', async () => {
    const msp = await started()
    await msp.bill()
    await msp.restart({ policy: CREDIT })
    await msp.restart({ policy: DEFAULT_POLICY })
    expect((await msp.studio.status()).policy.ahead).toEqual([])
  })
})
