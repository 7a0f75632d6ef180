import { describe, expect, it } from 'vitest'
import type { AutoApproval } from '../../../core/app/alert.js'
import { mapped, states, wordsOf } from '../../support/psa-desk.js'
import { day, decimal } from '../charges/build.js'

describe('an alert', () => {
  it('asks once for what the PSA has to follow, in nobody’s name, so that any approver may decide', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    const { raised, moved } = await desk.office.studio.raiseAlerts()
    expect(raised.map(wordsOf)).toEqual([['20 → 25 seats from 11 Mar 2026: a line of 5 at $22.00']])
    expect(raised.map(({ approval }) => approval.requestedBy)).toEqual(['system'])
    expect(moved).toBe(false)
    expect((await desk.office.studio.raiseAlerts()).raised).toEqual([])
  })

  it('is asked again when what it is about changed', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    await desk.office.studio.raiseAlerts()
    desk.office.subscriptions = desk.office.subscriptions.map((one) => ({ ...one, quantity: decimal('26') }))
    await desk.office.observe()
    expect((await desk.office.studio.raiseAlerts()).raised).toHaveLength(1)
    expect((await desk.office.studio.billing.open()).map(({ approval }) => approval.id)).toEqual(['APR-0002'])
  })

  const rule: AutoApproval = {
    name: 'small',
    customers: ['Contoso'],
    psa: 'connectwise',
    seats: decimal('5'),
    amount: decimal('110.00'),
  }

  it('is approved by a rule that covers it, and the trail says so', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    await desk.office.restart({ autoApprove: [rule] })
    expect(await desk.office.studio.raiseAlerts()).toMatchObject({ moved: true })
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['confirmed'])
    const trail = await desk.office.studio.billing.trail()
    expect(trail.map(({ actor, action }) => `${actor} ${action}`)).toContain('rule:small sync.approved')
  })

  for (const [why, other] of [
    ['the amount of a month, 5 × 22.00', { amount: decimal('109.99') }],
    ['the seats', { seats: decimal('4') }],
    ['the customer', { customers: ['Fabrikam'] }],
    ['the PSA', { psa: 'autotask' }],
  ] as const) {
    it(`waits for a person when ${why} is not the rule's`, async () => {
      const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
      await desk.office.restart({ autoApprove: [{ ...rule, ...other }] })
      expect(await desk.office.studio.raiseAlerts()).toMatchObject({ moved: false, raised: [{}] })
    })
  }

  it('of something a person changed by hand is never approved by a rule (S9)', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    await desk.office.restart({ autoApprove: [rule] })
    const read = await desk.psa.read('77')
    desk.psa.held.set('77', {
      ...read,
      lines: read.lines.map((line) => ({ ...line, quantity: decimal('22') })),
    })
    expect(await desk.office.studio.raiseAlerts()).toMatchObject({ moved: false, raised: [{}] })
  })
})
