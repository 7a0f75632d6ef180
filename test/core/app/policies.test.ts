import { describe, expect, test } from 'vitest'
import { recordPolicies } from '../../../core/app/record-policies.js'
import { verifyChain } from '../../../core/audit/chain.js'
import { DEFAULT_POLICY, type Policy } from '../../../core/charges/types.js'
import { Problem } from '../../../core/problem.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { day, decimal, observed, order } from '../../support/observed.js'
import { APRIL, DANA, LEE, MARCH, MAY, Office, problemOf, started } from '../../support/office.js'

const CREDIT: Policy = { ...DEFAULT_POLICY, decreases: 'credit' }
const ARREARS: Policy = { ...DEFAULT_POLICY, timing: 'arrears' }
const ANNIVERSARY: Policy = { ...DEFAULT_POLICY, cycle: 'anniversary' }

async function actions({ billing }: Office): Promise<readonly string[]> {
  return (await billing.trail()).map(({ action }) => action)
}

describe('recording the policy of the settings (B16)', () => {
  test('the first holds from the beginning; the default needs no entry in the trail', async () => {
    const msp = await started()
    expect((await msp.billing.books()).settings).toMatchObject([
      { says: DEFAULT_POLICY, holdsFrom: undefined, by: undefined },
    ])
    expect(await actions(msp)).toEqual([])
    const other = await started(ARREARS)
    expect(await actions(other)).toEqual(['policy.changed'])
  })

  test('started again with the same settings nothing is recorded', async () => {
    const msp = await started(CREDIT)
    await msp.restart()
    await msp.restart()
    expect((await msp.billing.books()).settings).toHaveLength(1)
    expect(await actions(msp)).toEqual(['policy.changed'])
  })

  test('while nothing is billed another policy takes its place from the beginning', async () => {
    const msp = await started(ARREARS)
    expect(await msp.due()).toBe(44_000n) // February’s service
    await msp.restart({ lines: DEFAULT_POLICY })
    expect(await msp.due()).toBe(51_452n)
  })

  test('the entry says who, old and new, and from when, and the chain holds', async () => {
    const msp = await started()
    await msp.bill()
    await msp.restart({ lines: { ...CREDIT, timing: 'arrears' } })
    const trail = await msp.billing.trail()
    expect(trail.at(-1)).toMatchObject({
      actor: 'system',
      action: 'policy.changed',
      subject: 'billing policy',
      details: {
        by: 'the BILLING_ settings, read at the start',
        before: ['decreases from the next period', 'billed in advance'],
        after: ['decreases credited', 'billed in arrears'],
        words:
          'decreases from the next period, billed in advance → decreases credited, billed in arrears; holds from 20 Mar 2026, for each subscription behind what is billed of it',
      },
    })
    expect(verifyChain(trail)).toBeUndefined()
  })

  test('twenty programs that start at once record it once', async () => {
    const billing = memoryBilling()
    const clock = { now: async () => new Date('2026-03-20T13:00:00Z') }
    const settings = { lines: CREDIT, timeZone: 'America/New_York' }
    await Promise.all(Array.from({ length: 20 }, () => recordPolicies({ billing, clock }, settings)))
    expect((await billing.books()).settings).toHaveLength(1)
    expect(await billing.trail()).toHaveLength(1)
  })

  test('a database that does not answer is not asked again and again', async () => {
    const billing = memoryBilling()
    let asked = 0
    const silent = {
      ...billing,
      recordSettings: async () => {
        asked += 1
        throw new Problem({ kind: 'unavailable', what: 'The database does not answer.' })
      },
    }
    const clock = { now: async () => new Date('2026-03-20T13:00:00Z') }
    const work = recordPolicies({ billing: silent, clock }, { lines: CREDIT, timeZone: 'UTC' })
    expect((await problemOf(work)).kind).toBe('unavailable')
    expect(asked).toBe(1)
  })

  test('books that never stand still end in a sentence', async () => {
    const billing = memoryBilling()
    const restless = {
      ...billing,
      settingsStanding: async () => ({ ...(await billing.settingsStanding()), version: -1 }),
    }
    const clock = { now: async () => new Date('2026-03-20T13:00:00Z') }
    const work = recordPolicies({ billing: restless, clock }, { lines: CREDIT, timeZone: 'UTC' })
    expect((await problemOf(work)).kind).toBe('conflict')
  })

  test('the day is that of the billing time zone', async () => {
    const msp = await started()
    await msp.bill()
    msp.now = new Date('2026-04-01T02:00:00Z') // still 31 March in New York
    await msp.restart({ lines: CREDIT })
    expect((await msp.billing.books()).settings.at(-1)?.holdsFrom).toBe(day('2026-03-31'))
  })
})

describe('an edit of the policy never changes a billed period (B16)', () => {
  test('on 20 March, March billed: nothing to bill, nothing corrected; decreases are credited from April', async () => {
    const msp = await started()
    await msp.bill()
    msp.now = new Date('2026-03-25T13:00:00Z')
    msp.subscriptions = [observed({ quantity: decimal('22') })]
    await msp.observe()
    await msp.restart({ lines: CREDIT })
    expect(await msp.due()).toBe(0n)
    expect(await msp.due(APRIL)).toBe(48_400n) // 22 × $22.00
    await msp.bill(APRIL)
    msp.now = new Date('2026-04-16T13:00:00Z')
    msp.subscriptions = [observed({ quantity: decimal('20') })]
    await msp.observe()
    expect(await msp.due(APRIL)).toBe(-2200n) // −2 × $22.00 × 15/30
  })

  test('April billed ahead keeps the policy it was billed under; May takes the new one', async () => {
    const msp = await started()
    await msp.bill(APRIL)
    await msp.restart({ lines: CREDIT })
    msp.now = new Date('2026-04-16T13:00:00Z')
    msp.subscriptions = [observed({ quantity: decimal('20') })]
    await msp.observe()
    expect(await msp.due(APRIL)).toBe(0n)
    msp.now = new Date('2026-05-16T13:00:00Z')
    msp.subscriptions = [observed({ quantity: decimal('10') })]
    await msp.observe()
    expect(await msp.due(MAY)).toBe(44_000n - 11_355n) // 20 × $22.00 − 10 × $22.00 × 16/31
  })

  test('an edit taken back within the month leaves no trace in what is due', async () => {
    const msp = await started()
    await msp.bill()
    await msp.restart({ lines: ARREARS })
    expect(await msp.due(APRIL)).toBe(0n)
    await msp.restart({ lines: DEFAULT_POLICY })
    expect(await msp.due(APRIL)).toBe(55_000n)
  })

  test('a program that runs on with older settings bills by what is recorded, and records nothing', async () => {
    const msp = await started()
    await msp.bill()
    const { studio: older } = msp
    await msp.restart({ lines: ARREARS })
    expect((await older.who(APRIL)).totals).toEqual([])
    expect((await msp.billing.books()).settings).toHaveLength(2)
  })

  test('a request made before an edit that concerns it is out of date', async () => {
    const msp = await started()
    await msp.bill()
    const april = await msp.propose(DANA, APRIL)
    await msp.restart({ lines: ARREARS })
    expect((await msp.decide(LEE, april)).type).toBe('stale')
    expect((await msp.billing.books()).billed).toHaveLength(2)
  })

  test('voided, a period that begins after the edit is billed by the new policy', async () => {
    const msp = await started()
    await msp.bill()
    const april = await msp.bill(APRIL)
    await msp.restart({ lines: ARREARS })
    expect(await msp.due(APRIL)).toBe(0n)
    await msp.decide(LEE, await msp.studio.billing.void(DANA, april.run.id, undefined, 'too early'))
    expect(await msp.due(APRIL)).toBe(0n)
    expect(await msp.due(MAY)).toBe(55_000n) // April, in arrears
  })
})

describe('a change of timing or cycle (B24)', () => {
  test('arrears → advance: April’s run holds March and April; it is held and says why, and goes by name', async () => {
    const msp = await started(ARREARS)
    msp.subscriptions.push(observed({ subscriptionId: '2', customerId: 'C2', startsOn: day('2026-04-01') }))
    await msp.observe()
    await msp.bill()
    await msp.restart({ lines: DEFAULT_POLICY })
    expect(await msp.due(MARCH)).toBe(0n)
    const { run } = await msp.propose(DANA, APRIL)
    expect(run.customers.map(({ name }) => name)).toEqual(['Fabrikam'])
    expect(run.held).toMatchObject([
      {
        name: 'Contoso',
        amount: 51_452n + 55_000n,
        comparison: {
          type: 'twoPeriods',
          why: 'two periods in one run, 1–31 Mar 2026 in arrears and 1–30 Apr 2026 in advance, because billing moved from arrears to advance',
        },
      },
    ])
    await msp.bill(APRIL, ['contoso'])
    expect(await msp.due(MAY)).toBe(55_000n + 44_000n + 44_000n)
    // Fabrikam is paid for April too, so that May is one period for each: 550.00 after April's 550.00 of 1,064.52.
    await msp.bill(APRIL)
    const may = await msp.propose(DANA, MAY)
    expect(may.run.held).toEqual([])
    expect(may.run.customers.map(({ name, comparison }) => [name, comparison])).toEqual([
      ['Contoso', { type: 'within', before: 55_000n }],
      ['Fabrikam', { type: 'within', before: 44_000n }],
    ])
  })

  test('… when everybody is held no run is made, and it says who and why', async () => {
    const msp = await started(ARREARS)
    await msp.bill()
    await msp.restart({ lines: DEFAULT_POLICY })
    expect(await msp.studio.billing.propose(DANA, APRIL, [])).toMatchObject({
      type: 'held',
      month: APRIL,
      held: [{ name: 'Contoso', comparison: { type: 'twoPeriods' } }],
    })
    expect(await msp.studio.billing.open()).toEqual([])
  })

  test('a fee and late news of the old timing are no second period', async () => {
    const msp = await started(ARREARS)
    await msp.bill()
    await msp.restart({ lines: DEFAULT_POLICY })
    await msp.bill(APRIL, ['contoso'])
    const proposed = async () => {
      await msp.observe()
      const { run } = await msp.propose(DANA, MAY, ['contoso'])
      expect(run.customers.map(({ comparison }) => comparison.type)).not.toContain('twoPeriods')
      return run.lines.map(({ kind, amount }) => [kind, amount])
    }
    const unitPrice = { currency: 'USD', amount: decimal('150') }
    const fee = { detail: 0, mpn: 'SETUP', description: 'Onboarding', quantity: decimal('1'), unitPrice }
    msp.now = new Date('2026-05-01T13:00:00Z')
    msp.orders.push(order({ id: '901', products: [], setups: [fee] }))
    expect(await proposed()).toEqual([
      ['oneTime', 15_000n],
      ['recurring', 55_000n],
    ])
    msp.orders[0] = order({ provisionedAt: new Date('2026-03-13T15:00:00Z') })
    expect(await proposed()).toEqual([
      ['correction', 15_000n - 710n],
      ['recurring', 55_000n],
    ])
  })

  test('calendar → anniversary: a stub over the enclosing new period, through who', async () => {
    const msp = new Office()
    msp.orders = []
    msp.subscriptions = [observed({ startsOn: day('2025-06-11') })]
    await msp.restart()
    await msp.observe()
    await msp.bill()
    await msp.restart({ lines: ANNIVERSARY })
    const { bills } = await msp.studio.who(APRIL)
    const lines = bills
      .flatMap((bill) => bill.lines)
      .map(({ charge }) => [charge.from, charge.to, charge.amount])
    expect(lines).toEqual([
      [day('2026-04-01'), day('2026-04-11'), 14_194n], // 20 × $22.00 × 10/31, of 11 March – 11 April
      [day('2026-04-11'), day('2026-05-11'), 44_000n],
    ])
  })
})
