import { describe, expect, test } from 'vitest'
import { verifyChain } from '../../../core/audit/chain.js'
import type { ApprovalRecord } from '../../../core/ports.js'
import { decimal, observed, order } from '../../support/observed.js'
import { APRIL, DANA, LEE, MARCH, Office, VI, office, problemOf } from '../../support/office.js'

function total({ run }: ApprovalRecord): bigint {
  return run.lines.reduce((sum, { amount }) => sum + amount, 0n)
}

describe('from a proposal to the books', () => {
  test('approved lines are billed: nothing is due again, and a second proposal has nothing', async () => {
    const msp = await office()
    const asked = await msp.propose(DANA)
    expect([asked.run.id, asked.approval.id, total(asked)]).toEqual(['BR-0001', 'APR-0001', 51_452n])
    expect(await msp.due()).toBe(51_452n)
    expect(await msp.decide(LEE, asked)).toMatchObject({ type: 'decided' })
    expect(await msp.due()).toBe(0n)
    expect((await msp.studio.who(MARCH)).already).toEqual([{ currency: 'USD', amount: 51_452n }])
    expect((await msp.studio.who(APRIL)).already).toEqual([])
    expect((await problemOf(msp.propose(DANA))).kind).toBe('notFound')
  })

  test('B21: on 20 March with the 1 March run approved, 74.52 is left; April is 550.00 more', async () => {
    const msp = new Office()
    msp.now = new Date('2026-03-01T13:00:00Z')
    msp.subscriptions = [observed()]
    msp.orders = []
    await msp.observe()
    await msp.decide(LEE, await msp.propose(DANA))
    msp.now = new Date('2026-03-20T13:00:00Z')
    msp.subscriptions = [observed({ quantity: decimal('25') })]
    msp.orders = [order()]
    await msp.observe()
    expect(await msp.due()).toBe(7_452n)
    expect(await msp.due(APRIL)).toBe(7_452n + 55_000n)
  })

  test('B23: late news after approval becomes one correction of −7.10', async () => {
    const msp = await office()
    await msp.decide(LEE, await msp.propose(DANA))
    msp.orders = [order({ provisionedAt: new Date('2026-03-13T15:00:00Z') })]
    await msp.observe()
    const correction = await msp.propose(DANA)
    expect(correction.run.lines).toMatchObject([{ kind: 'correction', amount: -710n }])
    await msp.decide(LEE, correction)
    expect(await msp.due()).toBe(0n)
  })

  test('the same correction can be needed twice: its identity counts how often', async () => {
    const msp = await office()
    const move = async (date: string) => {
      msp.orders = [order({ provisionedAt: new Date(`${date}T15:00:00Z`) })]
      await msp.observe()
      await msp.decide(LEE, await msp.propose(DANA))
    }
    await msp.decide(LEE, await msp.propose(DANA))
    for (const date of ['2026-03-13', '2026-03-11', '2026-03-13', '2026-03-11']) await move(date)
    const { billed } = await msp.billing.books()
    expect(billed.map(({ amount }) => amount)).toEqual([44_000n, 7_452n, -710n, 710n, -710n, 710n])
    expect(new Set(billed.map(({ key }) => key)).size).toBe(6)
  })
})

describe('decisions', () => {
  test('rejecting asks why, bills nothing, and is for ever', async () => {
    const msp = await office()
    const asked = await msp.propose(DANA)
    expect(await msp.decide(LEE, asked, ' ')).toMatchObject({ refusal: { type: 'reasonMissing' } })
    expect(await msp.decide(LEE, asked, 'wrong seats')).toMatchObject({ type: 'decided' })
    expect(await msp.decide(LEE, asked)).toMatchObject({ refusal: { type: 'decided' } })
    expect(await msp.due()).toBe(51_452n)
  })

  test('the requester may not approve as soon as two could; alone they may; they may always reject', async () => {
    const two = await office()
    expect(await two.decide(DANA, await two.propose(DANA))).toMatchObject({ refusal: { type: 'ownRequest' } })
    expect(await two.decide(DANA, await two.propose(DANA), 'my mistake')).toMatchObject({ type: 'decided' })
    const one = await office([DANA, VI])
    expect(await one.decide(DANA, await one.propose(DANA))).toMatchObject({ type: 'decided' })
  })

  test('a viewer may not decide', async () => {
    const msp = await office()
    expect(await msp.decide(VI, await msp.propose(DANA))).toMatchObject({ refusal: { type: 'notAllowed' } })
  })

  test.each([
    [-1, 'decided'],
    [0, 'refused'],
    [1, 'refused'],
  ])('%i ms after 72 hours: %s', async (milliseconds, type) => {
    const msp = await office()
    const asked = await msp.propose(DANA)
    msp.now = new Date(asked.approval.expiresAt.getTime() + milliseconds)
    expect((await msp.decide(LEE, asked)).type).toBe(type)
  })

  test('a button that shows other content decides nothing', async () => {
    const msp = await office()
    const { approval } = await msp.propose(DANA)
    const attempt = { verdict: 'approved', reason: undefined, seen: 'something else' } as const
    const outcome = await msp.studio.billing.decide(LEE, approval.id, attempt)
    expect(outcome).toMatchObject({ refusal: { type: 'wrongRevision' } })
  })

  test('stale: lines that changed are refused with what changed', async () => {
    const msp = await office()
    const asked = await msp.propose(DANA)
    msp.subscriptions = [observed({ quantity: decimal('25') }), observed({ subscriptionId: '2', mpn: 'E3' })]
    await msp.observe()
    const outcome = await msp.decide(LEE, asked)
    expect(outcome.type).toBe('stale')
    if (outcome.type !== 'stale') return
    expect(outcome.changes.added.map(({ mpn }) => mpn)).toEqual(['E3'])
    expect(outcome.changes.gone).toEqual([])
    expect(await msp.due()).toBe(51_452n + 44_000n)
  })

  test('a newer proposal over the same takes the place of the older', async () => {
    const msp = await office()
    const older = await msp.propose(DANA)
    const newer = await msp.propose(LEE)
    expect(await msp.decide(LEE, older)).toMatchObject({
      refusal: { type: 'superseded', by: newer.approval.id },
    })
    expect((await msp.studio.billing.open()).map(({ approval }) => approval.id)).toEqual([newer.approval.id])
  })

  test('another proposal over the same lines goes stale when one is approved', async () => {
    const msp = await office()
    const all = await msp.propose(DANA)
    const one = await msp.propose(DANA, MARCH, ['contoso'])
    await msp.decide(LEE, all)
    expect((await msp.decide(LEE, one)).type).toBe('stale')
  })

  test('twenty clicks at once make one decision', async () => {
    const msp = await office()
    const asked = await msp.propose(DANA)
    const outcomes = await Promise.all(Array.from({ length: 20 }, async () => msp.decide(LEE, asked)))
    expect(outcomes.filter(({ type }) => type === 'decided')).toHaveLength(1)
    expect((await msp.billing.books()).billed).toHaveLength(2)
  })
})

describe('void', () => {
  test('makes billed lines due again, by approval and with a reason', async () => {
    const msp = await office()
    const asked = await msp.propose(DANA)
    await msp.decide(LEE, asked)
    const request = await msp.studio.billing.void(DANA, 'BR-0001', undefined, 'sent twice')
    expect(await msp.due()).toBe(0n)
    expect(await msp.decide(DANA, request)).toMatchObject({ refusal: { type: 'ownRequest' } })
    await msp.decide(LEE, request)
    expect(await msp.due()).toBe(51_452n)
    expect(total(await msp.propose(DANA))).toBe(51_452n)
  })

  test('what is not billed cannot be voided, and a reason is needed', async () => {
    const msp = await office()
    await msp.propose(DANA)
    expect((await problemOf(msp.studio.billing.void(DANA, 'BR-0001', undefined, 'why'))).kind).toBe(
      'notFound',
    )
    await msp.decide(LEE, (await msp.studio.billing.open())[0] ?? (await msp.propose(DANA)))
    expect((await problemOf(msp.studio.billing.void(DANA, 'BR-0001', undefined, ' '))).kind).toBe('input')
  })

  test('what is voided for one customer is in no file of the run any more', async () => {
    const msp = await office()
    msp.subscriptions.push(observed({ subscriptionId: '2', customerId: 'C2' }))
    await msp.observe()
    await msp.decide(LEE, await msp.propose(DANA))
    await msp.decide(LEE, await msp.studio.billing.void(DANA, 'BR-0001', 'contoso', 'wrong price'))
    const { run, voided } = await msp.studio.billing.approvedRun('BR-0001')
    expect(new Set(run.lines.map(({ customerName }) => customerName))).toEqual(new Set(['Fabrikam']))
    expect(voided).toBe(2)
  })

  test('an equal charge can be billed again after the first of two is voided', async () => {
    const msp = await office()
    const move = async (date: string) => {
      msp.orders = [order({ provisionedAt: new Date(`${date}T15:00:00Z`) })]
      await msp.observe()
      const asked = await msp.propose(DANA)
      await msp.decide(LEE, asked)
      return asked.run.id
    }
    await msp.decide(LEE, await msp.propose(DANA))
    const first = await move('2026-03-13')
    await move('2026-03-11')
    await move('2026-03-13')
    await msp.decide(LEE, await msp.studio.billing.void(DANA, first, undefined, 'once too often'))
    expect(await msp.decide(LEE, await msp.propose(DANA))).toMatchObject({ type: 'decided' })
    expect(await msp.due()).toBe(0n)
  })

  test('two requests over the same lines: the second finds them voided and changes nothing', async () => {
    const msp = await office()
    await msp.decide(LEE, await msp.propose(DANA))
    const first = await msp.studio.billing.void(DANA, 'BR-0001', undefined, 'sent twice')
    const second = await msp.studio.billing.void(DANA, 'BR-0001', 'contoso', 'wrong price')
    await msp.decide(LEE, first)
    await msp.decide(LEE, await msp.propose(DANA))
    expect((await msp.decide(LEE, second)).type).toBe('stale')
    expect(await msp.due()).toBe(0n)
  })
})

describe('B25: bounds', () => {
  async function secondMonth(): Promise<Office> {
    const msp = await office()
    await msp.decide(LEE, await msp.propose(DANA))
    msp.subscriptions = [
      observed({ quantity: decimal('60') }),
      observed({ subscriptionId: '2', customerId: 'C2', quantity: decimal('2') }),
    ]
    msp.now = new Date('2026-04-01T13:00:00Z')
    await msp.observe()
    return msp
  }

  test('a customer outside its bounds is held out of a run over everybody, and says why', async () => {
    const msp = await secondMonth()
    const { run } = await msp.propose(DANA, APRIL)
    expect(run.customers.map(({ name, comparison }) => [name, comparison.type])).toEqual([
      ['Fabrikam', 'firstBill'],
    ])
    expect(run.held.map(({ name, comparison }) => [name, comparison.type])).toEqual([['Contoso', 'outside']])
  })

  test('proposed by name it is in, with the comparison shown, and can be approved', async () => {
    const msp = await secondMonth()
    const asked = await msp.propose(DANA, APRIL, ['contoso'])
    expect(asked.run.customers).toMatchObject([{ name: 'Contoso', comparison: { type: 'outside' } }])
    expect(await msp.decide(LEE, asked)).toMatchObject({ type: 'decided' })
  })

  test('when everything is held there is no run, and it says who is held and why', async () => {
    const msp = await secondMonth()
    msp.subscriptions = [observed({ quantity: decimal('60') })]
    await msp.observe()
    await msp.decide(LEE, await msp.propose(DANA, APRIL, ['fabrikam']))
    expect(await msp.studio.billing.propose(DANA, APRIL, [])).toMatchObject({
      type: 'held',
      month: APRIL,
      held: [{ name: 'Contoso', comparison: { type: 'outside' } }],
    })
  })
})

test('a second run within the first month says what of it is billed, and is no first bill (B25)', async () => {
  const msp = await office()
  await msp.bill()
  msp.later(24 * 60)
  msp.subscriptions = [observed({ quantity: decimal('27') })]
  await msp.observe()
  const { run } = await msp.propose(DANA)
  expect(run.customers).toMatchObject([{ comparison: { type: 'billedInPart', billed: 51_452n } }])
})

test('everything leaves a trail that verifies: proposals, decisions, refused attempts', async () => {
  const msp = await office()
  const asked = await msp.propose(DANA)
  await msp.decide(VI, asked)
  await msp.decide(LEE, asked)
  await msp.studio.billing.noteRefused('slack:T9:U9', 'decide', 'approve APR-0001')
  const trail = await msp.studio.billing.trail()
  expect(trail.map(({ action }) => action)).toEqual([
    'bill.proposed',
    'approval.refused',
    'bill.approved',
    'right.refused',
  ])
  expect(verifyChain(trail)).toBeUndefined()
})
