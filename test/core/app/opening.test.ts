import { describe, expect, test } from 'vitest'
import { day, decimal, observed } from '../../support/observed.js'
import { APRIL, DANA, LEE, MARCH, Office, problemOf, started } from '../../support/office.js'

describe('the opening date (B20)', () => {
  test('moved behind billed lines it is refused, whatever is asked, and nothing is answered', async () => {
    const msp = await started()
    await msp.bill()
    await msp.restart({ opensOn: day('2026-04-01') })
    const asked = [
      () => msp.studio.who(APRIL),
      () => msp.studio.customer('contoso'),
      () => msp.studio.status(),
      () => msp.propose(DANA, APRIL),
    ]
    for (const ask of asked) {
      const problem = await problemOf(ask())
      expect(problem.kind).toBe('held')
      expect(problem.what).toBe(
        'Billing opens on 1 Apr 2026 (BILLING_OPENS_ON), but BR-0001 billed 2 lines dated from 1 Mar 2026 on ($514.52).',
      )
      expect(problem.next).toContain('2026-03-01 or earlier')
    }
    expect(await msp.billing.trail()).toHaveLength(2)
    await msp.restart({ opensOn: day('2026-03-01') })
    expect(await msp.due()).toBe(0n)
  })

  test('voiding what lies before it is a way out, also while it stands', async () => {
    const msp = await started()
    await msp.bill()
    await msp.restart({ opensOn: day('2026-04-01') })
    await msp.decide(LEE, await msp.studio.billing.void(DANA, 'BR-0001', undefined, 'billed elsewhere'))
    expect(await msp.due(MARCH)).toBe(0n)
    expect(await msp.due(APRIL)).toBe(55_000n)
  })

  test('moved later, but not behind anything billed, it is fine', async () => {
    const msp = new Office()
    msp.now = new Date('2026-04-20T13:00:00Z')
    await msp.restart({ opensOn: day('2026-01-15') })
    await msp.observe()
    const april = await msp.propose(DANA, APRIL)
    await msp.decide(LEE, april)
    await msp.restart({ opensOn: day('2026-02-01') })
    expect(await msp.due(APRIL)).toBe(0n)
  })

  test('moved earlier it adds lines and leaves what is billed alone', async () => {
    const msp = await started()
    await msp.bill()
    await msp.restart({ opensOn: day('2026-02-01') })
    const { bills } = await msp.studio.who(MARCH)
    const lines = bills
      .flatMap((bill) => bill.lines)
      .map(({ charge }) => [charge.kind, charge.from, charge.amount])
    expect(lines).toEqual([['recurring', day('2026-02-01'), 44_000n]])
  })

  test('with many runs the first are named', async () => {
    const msp = await started()
    const seats = [26, 27, 28, 29]
    await msp.bill()
    for (const count of seats) {
      msp.later(24 * 60)
      msp.subscriptions = [observed({ quantity: decimal(String(count)) })]
      await msp.observe()
      await msp.bill()
    }
    await msp.restart({ opensOn: day('2026-04-01') })
    expect((await problemOf(msp.due())).what).toContain('BR-0001, BR-0002, BR-0003 and 2 more billed 6 lines')
  })
})
