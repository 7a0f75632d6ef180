import { expect, test } from 'vitest'
import { day, observed } from '../../support/observed.js'
import { Observing } from '../../support/observing.js'

test('a subscription that ended and shows no products any more is not billed on as if it were missing', async () => {
  const msp = new Observing()
  await msp.see('2026-03-05T13:00:00Z', [observed()])
  const end = {
    subscriptionId: '1000',
    status: 'removed',
    expiresOn: day('2026-03-11'),
    renewsOn: undefined,
    autoRenew: undefined,
    lastModifiedOn: day('2026-03-11'),
  } as const
  for (const at of ['2026-03-12T13:00:00Z', '2026-04-02T13:00:00Z']) {
    await msp.see(at, [], [], [end])
    // The last month in full: 20 × 22 = 440.00; its days alone: 20 × 22 × 10/31 = 141.94. April: nothing more.
    expect(await msp.total('2026-03-01')).toBe(44_000n)
    expect(await msp.total('2026-03-01', { lastPeriod: 'prorate' })).toBe(14_194n)
    expect(await msp.total('2026-04-01')).toBe(44_000n)
    expect(await msp.exceptions('2026-04-01')).toEqual([])
  }
  expect(await msp.changes('2026-03-01')).toEqual(['cancelled'])
})
