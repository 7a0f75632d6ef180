import { describe, expect, test } from 'vitest'
import { type BillingView, runContent } from '../../../core/app/run-content.js'
import { type Standing, runChanges, runStandings } from '../../../core/app/standing.js'
import { DEFAULT_BOUNDS } from '../../../core/billrun/bounds.js'
import { fingerprintOf } from '../../../core/billrun/run.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import type { ApprovalRecord, BillingStore } from '../../../core/ports.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { day, decimal, observed, order } from '../../support/observed.js'
import { Observing } from '../../support/observing.js'
import { APRIL, DANA, LEE, MARCH, Office, office } from '../../support/office.js'
import { noSync } from '../../support/no-sync.js'

/** Contoso's $514.52 of March, and Fabrikam's 20 × $22.00 = $440.00. */
async function twoCustomers(billing: BillingStore = memoryBilling()): Promise<Office> {
  const msp = new Office(undefined, billing)
  msp.subscriptions.push(observed({ subscriptionId: '2', customerId: 'C2' }))
  await msp.observe()
  return msp
}

async function standingOf(msp: Office, { approval }: ApprovalRecord): Promise<Standing | undefined> {
  return (await msp.studio.billing.approval(approval.id)).standing
}

describe('whether a request is still right', () => {
  test('one that shows what is due now has no changes', async () => {
    const msp = await twoCustomers()
    const asked = await msp.propose(DANA)
    expect(await standingOf(msp, asked)).toMatchObject({ changes: undefined, unchecked: undefined })
  })

  test('news of one of its customers makes it out of date, with what; that of another does not', async () => {
    const msp = await twoCustomers()
    const contoso = await msp.propose(DANA, MARCH, ['contoso'])
    const fabrikam = await msp.propose(DANA, MARCH, ['fabrikam'])
    const both = await msp.propose(DANA)
    msp.orders = [order({ provisionedAt: new Date('2026-03-13T15:00:00Z') })]
    await msp.observe()
    // 5 × 22.00 × 19/31 = 67.42 from the 13th in the place of 74.52 from the 11th.
    const moved = { gone: [{ amount: 7452n }], added: [{ amount: 6742n }], reworded: [] }
    const open = await msp.studio.billing.open()
    expect(open.map(({ approval, standing }) => [approval.id, standing?.changes])).toMatchObject([
      [contoso.approval.id, moved],
      [fabrikam.approval.id, undefined],
      [both.approval.id, moved],
    ])
  })

  test('each month is compared with what is due in it', async () => {
    const msp = await twoCustomers()
    await msp.bill()
    const april = await msp.propose(DANA, APRIL)
    await msp.decide(LEE, await msp.studio.billing.void(DANA, 'BR-0001', 'fabrikam', 'wrong price'))
    const march = await msp.propose(DANA, MARCH)
    const open = await msp.studio.billing.open()
    // What is due again of March is due in April's run, too: it was not when that was shown.
    expect(open.map(({ approval, standing }) => [approval.id, standing?.changes])).toMatchObject([
      [april.approval.id, { added: [{ amount: 44_000n }], gone: [] }],
      [march.approval.id, undefined],
    ])
  })

  test('an answer kept from before is not given after an observation, a decision or a day', async () => {
    const msp = await twoCustomers()
    const all = await msp.propose(DANA)
    const one = await msp.propose(DANA, MARCH, ['contoso'])
    expect((await standingOf(msp, all))?.changes).toBeUndefined()
    await msp.decide(LEE, one)
    expect((await standingOf(msp, all))?.changes).toMatchObject({ added: [], gone: [{}, {}] })
    const fabrikam = await msp.propose(DANA, MARCH, ['fabrikam'])
    expect((await standingOf(msp, fabrikam))?.changes).toBeUndefined()
    msp.subscriptions = [
      observed({ quantity: decimal('25') }),
      observed({ subscriptionId: '2', customerId: 'C2', quantity: decimal('21') }),
    ]
    await msp.observe()
    expect((await standingOf(msp, fabrikam))?.changes).toMatchObject({ added: [{}] })
  })

  test('a new day alone can change what is due: seats planned for the renewal on 25 March', async () => {
    const msp = new Office()
    msp.now = new Date('2026-03-23T13:00:00Z')
    const renewal = {
      ...order({ id: '9', status: 'processing', scheduledAtRenewal: true }),
      provisionedAt: undefined,
      products: [{ mpn: 'BP', quantity: decimal('30') }],
    }
    msp.orders.push(renewal)
    msp.subscriptions = [observed({ quantity: decimal('25'), expiresOn: day('2026-03-25') })]
    await msp.observe()
    const asked = await msp.propose(DANA)
    expect((await standingOf(msp, asked))?.changes).toBeUndefined()
    msp.now = new Date('2026-03-25T13:00:00Z')
    // 5 × 22.00 × 7/31 = 24.84.
    expect((await standingOf(msp, asked))?.changes).toMatchObject({ added: [{ amount: 2484n }], gone: [] })
  })

  test('one that is decided or expired has no standing', async () => {
    const msp = await twoCustomers()
    const asked = await msp.propose(DANA)
    await msp.decide(LEE, asked)
    expect(await standingOf(msp, asked)).toBeUndefined()
    const rest = await msp.studio.billing.void(DANA, 'BR-0001', undefined, 'sent twice')
    msp.now = rest.approval.expiresAt
    expect(await standingOf(msp, rest)).toBeUndefined()
  })

  test('a void is compared with what is billed, also where nothing due can be computed', async () => {
    const msp = await twoCustomers()
    await msp.bill()
    const all = await msp.studio.billing.void(DANA, 'BR-0001', undefined, 'sent twice')
    expect((await standingOf(msp, all))?.changes).toBeUndefined()
    await msp.decide(LEE, await msp.studio.billing.void(DANA, 'BR-0001', 'contoso', 'wrong price'))
    await msp.restart({ opensOn: APRIL.from })
    expect((await standingOf(msp, all))?.changes?.gone).toHaveLength(2)
  })

  test('where nothing due can be computed, requests are listed and say that they were not compared', async () => {
    const msp = await twoCustomers()
    await msp.bill(MARCH, ['contoso'])
    await msp.propose(DANA)
    await msp.restart({ opensOn: APRIL.from })
    const open = await msp.studio.billing.open()
    expect(open.map(({ standing }) => standing?.changes)).toEqual([undefined])
    expect(open[0]?.standing?.unchecked).toContain('1 Apr 2026')
  })

  test('twenty requests of one month are read and charged at once', async () => {
    const billing = memoryBilling()
    let reads = 0
    const msp = await twoCustomers({ ...billing, books: () => ((reads += 1), billing.books()) })
    for (let count = 0; count < 20; count += 1) {
      await msp.propose(DANA, count % 2 === 0 ? MARCH : APRIL, count % 3 === 0 ? [] : ['contoso'])
    }
    reads = 0
    await msp.studio.billing.open()
    expect(reads).toBeLessThanOrEqual(1)
  })
})

describe('a void of which something was voided while it was looked up', () => {
  /** Contoso's part is voided between the reading of a request and that of the books. */
  async function faster(decided: 'part' | 'request') {
    const billing = memoryBilling()
    let between = async () => {}
    const books = async () => {
      await between()
      return billing.books()
    }
    const msp = await twoCustomers({ ...billing, books })
    await msp.bill()
    const all = await msp.studio.billing.void(DANA, 'BR-0001', undefined, 'sent twice')
    const part = await msp.studio.billing.void(DANA, 'BR-0001', 'contoso', 'wrong price')
    between = async () => {
      between = async () => {}
      await msp.decide(LEE, decided === 'part' ? part : all)
    }
    return { billing: msp.studio.billing, all, part }
  }

  test('says by which void', async () => {
    const { billing, all, part } = await faster('part')
    const { standing, voids } = await billing.standing(all)
    expect(standing?.changes?.gone.map(({ amount }) => amount)).toEqual([44_000n, 7_452n])
    expect(voids.map(({ approvalId }) => approvalId)).toEqual([part.approval.id])
  })

  test('has no standing when it was decided itself, and waits no more', async () => {
    const one = await faster('request')
    const record = await one.billing.standing(one.all)
    expect([record.standing, record.approval.decision?.by]).toEqual([undefined, LEE.id])
    const list = await faster('request')
    expect((await list.billing.open()).map(({ approval }) => approval.id)).toEqual([list.part.approval.id])
  })
})

const AGE = {
  observation: {
    sequence: 2,
    id: '2',
    observedAt: new Date('2026-03-20T12:00:00Z'),
    customers: 1,
    subscriptions: 2,
    orders: 0,
    requests: 1,
  },
  now: new Date('2026-03-20T13:00:00Z'),
  timeZone: 'America/New_York',
}

describe('a customer billed in two currencies, the euros held out of a run over everybody', () => {
  /** Seats in dollars, and 20 in euros of which no order says when the last was added. */
  async function viewOf(dollars: string): Promise<BillingView> {
    const world = new Observing()
    const euros = (quantity: string) =>
      observed({ subscriptionId: '2', mpn: 'E3', productName: 'E3', quantity: decimal(quantity) })
    await world.see('2026-03-02T12:00:00Z', [observed({ quantity: decimal(dollars) }), euros('19')])
    await world.see('2026-03-20T12:00:00Z', [observed({ quantity: decimal(dollars) }), euros('20')])
    const portfolio = await world.portfolio()
    const subscriptions = portfolio.subscriptions.map((one) =>
      one.subscription.mpn === 'E3' ? { ...one, currency: 'EUR' } : one,
    )
    return {
      portfolio: { ...portfolio, subscriptions },
      age: AGE,
      books: { version: 1, billed: [], settings: [], overrides: [] },
      billed: new Map(),
      policies: { first: DEFAULT_POLICY, changes: [] },
      today: day('2026-03-20'),
      sync: await noSync().state(),
      slots: [],
    }
  }

  async function requestFor(view: BillingView): Promise<ApprovalRecord> {
    const msp = await twoCustomers()
    const { run, ...record } = await msp.propose(DANA)
    const all = runContent(view, MARCH, [], DEFAULT_BOUNDS)
    const lines = all.lines.filter(({ currency }) => currency === 'USD')
    const customers = all.customers.filter(({ currency }) => currency === 'USD')
    const held = all.customers.filter(({ currency }) => currency === 'EUR')
    const fingerprint = fingerprintOf(MARCH, lines)
    const approval = { ...record.approval, fingerprint }
    return { ...record, approval, run: { ...run, lines, customers, held, fingerprint } }
  }

  const changesOf = (view: BillingView, record: ApprovalRecord) => [
    runChanges(view, record),
    runStandings(view, [record]).get(record.approval.id)?.changes,
  ]

  test('is up to date, and can be approved', async () => {
    const view = await viewOf('20')
    const record = await requestFor(view)
    expect([record.run.lines.length, record.run.held.length]).toEqual([1, 1])
    expect(changesOf(view, record)).toEqual([undefined, undefined])
  })

  test('is out of date when the dollars change: 21 × 22.00 in the place of 20 × 22.00', async () => {
    const record = await requestFor(await viewOf('20'))
    const changed = { gone: [{ amount: 44_000n }], added: [{ amount: 46_200n, currency: 'USD' }] }
    expect(changesOf(await viewOf('21'), record)).toMatchObject([changed, changed])
  })

  test('says what to look at first of the customer, who is part of it', async () => {
    const view = await viewOf('20')
    const record = await requestFor(view)
    const standing = runStandings(view, [record]).get(record.approval.id)
    expect(standing?.exceptions.map(({ kind }) => kind)).toEqual(['dateEstimated'])
  })
})

describe('what to look at before deciding', () => {
  /** Fabrikam's second subscription has no price; Contoso's seats changed without an order. */
  async function toLookAt(): Promise<Office> {
    const msp = await office()
    msp.subscriptions.push(
      observed({ subscriptionId: '2', customerId: 'C2' }),
      observed({ subscriptionId: '3', customerId: 'C2', mpn: 'E3', unitPrice: undefined }),
    )
    msp.subscriptions[0] = observed({ quantity: decimal('30') })
    await msp.observe()
    return msp
  }

  async function kinds(msp: Office, customers: readonly string[] = []) {
    const standing = await standingOf(msp, await msp.propose(DANA, MARCH, customers))
    return standing?.exceptions.map(({ customerName, kind }) => [customerName, kind])
  }

  test('a run over everybody answers for everybody, one by name for those named', async () => {
    const msp = await toLookAt()
    expect(await kinds(msp)).toEqual([
      ['Contoso', 'dateEstimated'],
      ['Fabrikam', 'noPrice'],
    ])
    expect(await kinds(msp, ['fabrikam'])).toEqual([['Fabrikam', 'noPrice']])
  })

  test('who is held out of the run is no part of it', async () => {
    const msp = await toLookAt()
    await msp.bill()
    msp.subscriptions[0] = observed({ quantity: decimal('60') })
    msp.now = new Date('2026-04-01T13:00:00Z')
    await msp.observe()
    const asked = await msp.propose(DANA, APRIL)
    expect(asked.run.held.map(({ name }) => name)).toEqual(['Contoso'])
    expect((await standingOf(msp, asked))?.exceptions.map(({ customerName }) => customerName)).toEqual([
      'Fabrikam',
    ])
  })
})
