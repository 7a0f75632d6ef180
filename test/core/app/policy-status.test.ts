import { describe, expect, test } from 'vitest'
import { statusCard } from '../../../bot/cards/status.js'
import { renderConsole } from '../../../bot/console/render.js'
import { DEFAULT_POLICY, type Policy } from '../../../core/charges/types.js'
import { day, observed } from '../../support/observed.js'
import { APRIL, DANA, Office, started } from '../../support/office.js'

const NOTHING_UNSAID = { waiting: 0, givenUp: 0, unknown: 0, last: undefined }

const CREDIT: Policy = { ...DEFAULT_POLICY, decreases: 'credit' }

describe('status', () => {
  test('names every rule that is as by default, and what is not apart from it', async () => {
    const msp = await started({ ...CREDIT, cycle: 'anniversary' })
    const { inForce, byDefault } = (await msp.studio.status()).policy
    expect(inForce).toEqual(['billed by months from the day a subscription began', 'decreases credited'])
    expect(byDefault).toEqual([
      'month of purchase prorated',
      'last month in full',
      'added seats prorated',
      'days on hold billed',
      'new prices from the next period',
      'billed in advance',
      'days counted over the days of the period',
      'each line rounded',
      'half a cent rounded away from zero',
    ])
  })

  test('names what is held and what waits', async () => {
    const msp = await started()
    await msp.propose(DANA)
    for (const id of ['2', '3', '4', '5'])
      msp.subscriptions.push(
        observed({ subscriptionId: id, mpn: id, productName: `P${id}`, unitPrice: undefined }),
      )
    await msp.observe()
    const { held, waiting } = await msp.studio.status()
    expect(held).toEqual(['Contoso · P2', 'Contoso · P3', 'Contoso · P4', 'Contoso · P5'])
    expect(waiting).toEqual(['APR-0001'])
    const words = renderConsole(statusCard(await msp.studio.status(), NOTHING_UNSAID))
    expect(words).toMatch(/^Held, not billed +4: Contoso · P2, Contoso · P3, Contoso · P4 and 1 more$/m)
    expect(words).toMatch(/^Waiting for approval +1: APR-0001$/m)
    expect(words).toMatch(/^Policy +as by default: billed by calendar months, month of purchase prorated, /m)
  })

  test('says nothing of the default, what holds otherwise, and what is ahead from when', async () => {
    const msp = await started()
    expect((await msp.studio.status()).policy).toMatchObject({ inForce: [], ahead: [] })
    await msp.bill()
    await msp.restart({ lines: CREDIT })
    const ahead = { words: ['decreases credited'], subscriptions: 1, running: 1 }
    const april = { ...ahead, from: APRIL.from, last: APRIL.from }
    expect((await msp.studio.status()).policy).toMatchObject({ inForce: [], ahead: [april] })
    msp.now = new Date('2026-04-01T13:00:00Z')
    expect((await msp.studio.status()).policy).toMatchObject({ inForce: ['decreases credited'], ahead: [] })
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
    await msp.restart({ lines: CREDIT })
    const ahead = { words: ['decreases credited'], running: 2, last: day('2027-03-11') }
    expect((await msp.studio.status()).policy).toMatchObject({
      inForce: [],
      ahead: [{ ...ahead, from: APRIL.from, subscriptions: 2 }],
    })
    msp.now = new Date('2026-04-01T13:00:00Z')
    expect((await msp.studio.status()).policy).toMatchObject({
      inForce: ['decreases credited'],
      ahead: [{ ...ahead, from: day('2027-03-11'), subscriptions: 1 }],
    })
  })

  test('without a subscription that runs, the day it was recorded for counts', async () => {
    const msp = await started()
    await msp.bill()
    msp.subscriptions = [observed({ status: 'removed', expiresOn: day('2026-03-20') })]
    await msp.observe()
    await msp.restart({ lines: CREDIT })
    expect((await msp.studio.status()).policy).toMatchObject({ inForce: ['decreases credited'], ahead: [] })
  })

  test('a subscription the new policy cannot charge stops nothing', async () => {
    const msp = await started()
    const thirtyDays = { type: 'day', duration: 30 } as const
    msp.subscriptions.push(observed({ subscriptionId: '2', mpn: 'E3', billingPeriod: thirtyDays }))
    await msp.observe()
    await msp.bill()
    await msp.restart({ lines: { ...DEFAULT_POLICY, dayCount: 'thirty' } })
    const [ahead] = (await msp.studio.status()).policy.ahead
    expect(ahead).toMatchObject({ words: ['days counted as in months of 30'], subscriptions: 2, running: 2 })
  })

  test('a change that was taken back before it began is not said', async () => {
    const msp = await started()
    await msp.bill()
    await msp.restart({ lines: CREDIT })
    await msp.restart({ lines: DEFAULT_POLICY })
    expect((await msp.studio.status()).policy.ahead).toEqual([])
  })
})
