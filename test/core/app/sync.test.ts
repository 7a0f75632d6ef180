import { describe, expect, it } from 'vitest'
import type { AutoApproval } from '../../../core/app/alert.js'
import { writtenOf } from '../../../core/app/written.js'
import type { ApprovalRecord } from '../../../core/ports.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import type { Container, Slot, UnitSteps } from '../../../core/sync/types.js'
import { stepWords } from '../../../core/sync/words.js'
import { type FakePsa, fakePsa } from '../../support/fake-psa.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { memoryBooks } from '../../support/memory-books.js'
import { memorySync } from '../../support/memory-sync.js'
import { DANA, LEE, MARCH, Office, VI } from '../../support/office.js'
import { day, decimal } from '../charges/build.js'
import { SLOT, container, psaLine } from '../sync/build.js'

interface Desk {
  readonly office: Office
  readonly psa: FakePsa
}

/** Contoso is billed in an agreement with a line of 20 seats, mapped on 20 March; 25 are due since the 11th. */
async function mapped(words: Partial<Container> & Pick<Container, 'mode' | 'lockedTo'>): Promise<Desk> {
  const psa = fakePsa(container(words))
  const books = memoryBooks()
  const sync = memorySync(books)
  const office = new Office([DANA, LEE, VI], memoryBilling(books), sync, new Map([['connectwise', psa]]))
  await office.observe()
  const [lineageId = ''] = [...(await lineages(office))]
  const slot: Slot = { ...SLOT, id: lineageId, lineageIds: [lineageId] }
  const read = await psa.read('77')
  const customer = { customerId: 'C1', psa: 'connectwise', companyId: '12', companyName: 'Contoso' } as const
  const audit = { at: office.now, actor: DANA.id, action: 'map.accepted', subject: 'C1', details: {} }
  await sync.saveReading({ container: read, readAt: office.now }, [])
  await sync.map({ customer, slots: [slot], written: [writtenOf(slot, read)], audit })
  return { office, psa }
}

async function lineages(office: Office): Promise<ReadonlySet<string>> {
  const { bills } = await office.studio.who(MARCH)
  return new Set(
    bills.flatMap(({ lines }) => lines.map(({ subscription }) => subscription.subscription.lineageId)),
  )
}

async function asked({ office }: Desk): Promise<ApprovalRecord> {
  const outcome = await office.studio.billing.sync(DANA, [])
  if (outcome.type !== 'asked') throw new Error(`the sync is ${JSON.stringify(outcome.trouble)}`)
  return outcome.record
}

function wordsOf({ plan = [] }: ApprovalRecord): string[] {
  return plan.flatMap(({ steps, currency }) => steps.map((step) => stepWords(step, currency)))
}

async function states({ office }: Desk): Promise<string[]> {
  const { intents } = await office.sync.state()
  return intents.map(({ state, why }) => (why === undefined ? state : `${state}: ${why}`))
}

/** Approved by the other approver, and carried out as far as it goes. */
async function approved(desk: Desk): Promise<ApprovalRecord> {
  const record = await asked(desk)
  expect((await desk.office.decide(LEE, record)).type).toBe('decided')
  await desk.office.studio.dispatch()
  return record
}

function counts(steps: UnitSteps): string {
  return steps.map(({ units }) => formatDecimal(units)).join(', ')
}

describe('a customer billed in a PSA', () => {
  it('has nothing to bill by file; what the PSA holds is there, the rest waits (S2, S4)', async () => {
    const { office } = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    const { bills, totals, standings } = await office.studio.who(MARCH)
    expect([bills, totals]).toEqual([[], []])
    expect(standings).toMatchObject([{ name: 'Contoso', there: 44_000n, waiting: 7452n }])
  })

  for (const [mode, lockedTo, words] of [
    ['datedLines', '2026-03-01', ['20 → 25 seats from 11 Mar 2026: a line of 5 at $22.00']],
    [
      'datedLines',
      '2026-04-01',
      ['once 5 × $22.00, 11–31 Mar 2026', '20 → 25 on the running line, billed from 1 Apr 2026'],
    ],
    [
      'wholeLines',
      '2026-04-01',
      ['once $74.52, 11–31 Mar 2026', '20 → 25 on the running line, billed from 1 Apr 2026'],
    ],
    [
      'wholeLines',
      '2026-03-01',
      ['once $74.52, 11–31 Mar 2026', '20 → 25 seats from 1 Apr 2026: a line of 5 at $22.00'],
    ],
  ] as const) {
    it(`is brought to its target by exactly what was approved (${mode}, invoiced to ${lockedTo})`, async () => {
      const desk = await mapped({ mode, lockedTo: day(lockedTo) })
      const record = await approved(desk)
      expect(wordsOf(record)).toEqual(words)
      expect(await states(desk)).toEqual(words.map(() => 'confirmed'))
      expect(desk.psa.effects).toHaveLength(words.length)
      const { standings } = await desk.office.studio.who(MARCH)
      expect(standings).toMatchObject([{ there: 51_452n, waiting: 0n }])
      expect(await desk.office.studio.billing.sync(DANA, [])).toMatchObject({
        type: 'nothing',
        containers: 1,
      })
    })
  }
})

it('a price that is theirs stays, and the difference is shown (S15)', async () => {
  const lines = [psaLine({ id: '90001', quantity: '25', unitPrice: '24.00' })]
  const { office } = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01'), lines })
  const { standings } = await office.studio.customer('Contoso', MARCH)
  expect(standings[0]?.prices).toEqual([
    { product: 'Microsoft 365 Business Premium', theirs: decimal('24'), ours: decimal('22') },
  ])
})

describe('a write nobody knows the outcome of (S8)', () => {
  it('is looked at again after a while, and found done: nothing is written twice', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    desk.psa.fates.push('lost')
    await approved(desk)
    expect(await states(desk)).toEqual(['unknown: no answer came'])
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['unknown: no answer came'])
    desk.office.later(3)
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['confirmed'])
    expect(desk.psa.effects).toHaveLength(1)
  })

  it('is sent once more where it did not take effect', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    desk.psa.fates.push('dropped')
    await approved(desk)
    desk.office.later(3)
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['confirmed'])
    expect(desk.psa.effects).toHaveLength(1)
  })

  it('that was only asked to wait is sent as often as it takes', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    desk.psa.fates.push('later', 'later', 'later', 'later', 'later')
    await approved(desk)
    expect(await states(desk)).toEqual(['waiting: ConnectWise asked to wait'])
    for (let minutes = 0; minutes < 6; minutes += 1) {
      desk.office.later(1)
      await desk.office.studio.dispatch()
    }
    expect(await states(desk)).toEqual(['confirmed'])
    expect(desk.psa.effects).toHaveLength(1)
  })

  it('is given to a person after three tries', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    desk.psa.fates.push('dropped', 'dropped', 'dropped', 'dropped')
    await approved(desk)
    for (let minutes = 0; minutes < 12; minutes += 3) {
      desk.office.later(3)
      await desk.office.studio.dispatch()
    }
    expect(await states(desk)).toEqual(['parked: the connection was cut'])
    expect(desk.psa.effects).toEqual([])
  })
})

describe('a program that is to end', () => {
  it('ends the write that is under way, begins no other one and gives the rest back to whoever is next', async () => {
    const desk = await mapped({ mode: 'wholeLines', lockedTo: day('2026-04-01') })
    desk.psa.beforeWrite = () => desk.office.studio.end()
    await approved(desk)
    expect(await states(desk)).toEqual(['confirmed', 'waiting'])
    await desk.office.studio.dispatch()
    expect(desk.psa.effects.map(({ type }) => type)).toEqual(['add'])
    desk.psa.beforeWrite = undefined
    await desk.office.restart()
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['confirmed', 'confirmed'])
  })
})

describe('what a person did in the PSA', () => {
  it('is never overwritten by what was approved before: 20 → 22 by hand parks (S7)', async () => {
    const desk = await mapped({ mode: 'wholeLines', lockedTo: day('2026-04-01') })
    const record = await asked(desk)
    await desk.office.decide(LEE, record)
    const read = await desk.psa.read('77')
    const [line] = read.lines
    desk.psa.held.set('77', {
      ...read,
      lines: line === undefined ? [] : [{ ...line, quantity: decimal('22') }],
    })
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['confirmed', 'parked: somebody changed the line since it was shown'])
    const { drifts } = await desk.office.studio.status()
    expect(drifts.map(({ written, there, wanted }) => [written, there, wanted].map(counts))).toEqual([
      ['20', '22', '25'],
    ])
    const again = await asked(desk)
    expect(wordsOf(again)).toEqual(['22 → 25 on the running line, billed from 1 Apr 2026'])
    const standing = await desk.office.studio.billing.standing(again)
    expect(standing.standing?.drifts).toHaveLength(1)
    await desk.office.decide(LEE, again)
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['confirmed', 'confirmed'])
    expect((await desk.office.studio.status()).drifts).toEqual([])
  })

  it('is seen with the next observation, without anybody asking', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    const read = await desk.psa.read('77')
    desk.psa.held.set('77', {
      ...read,
      lines: read.lines.map((line) => ({ ...line, quantity: decimal('22') })),
    })
    expect((await desk.office.studio.status()).drifts).toEqual([])
    await desk.office.studio.raiseAlerts()
    const { drifts } = await desk.office.studio.status()
    expect(drifts.map(({ written, there }) => [written, there].map(counts))).toEqual([['20', '22']])
  })

  it('that is what was wanted is confirmed without a write: 25 by hand (S7)', async () => {
    const desk = await mapped({ mode: 'wholeLines', lockedTo: day('2026-04-01') })
    await desk.office.decide(LEE, await asked(desk))
    const read = await desk.psa.read('77')
    const [line] = read.lines
    desk.psa.held.set('77', {
      ...read,
      lines: line === undefined ? [] : [{ ...line, quantity: decimal('25') }],
    })
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['confirmed', 'confirmed'])
    expect(desk.psa.effects.map(({ type }) => type)).toEqual(['add'])
  })
})

it('refused by the PSA parks with its reason, stops nobody else, and is planned again alone (S16)', async () => {
  const desk = await mapped({ mode: 'wholeLines', lockedTo: day('2026-04-01') })
  desk.psa.fates.push('refused')
  await approved(desk)
  expect(await states(desk)).toEqual([
    'parked: ConnectWise did not accept it: the item is inactive',
    'confirmed',
  ])
  const again = await asked(desk)
  expect(wordsOf(again)).toEqual(['once $74.52, 11–31 Mar 2026'])
  await desk.office.decide(LEE, again)
  await desk.office.studio.dispatch()
  expect(await states(desk)).toEqual(['confirmed', 'confirmed'])
})

it('out of date when the seats changed since it was shown: nothing is written', async () => {
  const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
  const record = await asked(desk)
  desk.office.subscriptions = desk.office.subscriptions.map((one) => ({
    ...one,
    quantity: decimal('26'),
  }))
  await desk.office.observe()
  const outcome = await desk.office.decide(LEE, record)
  expect(outcome).toMatchObject({
    type: 'stale',
    changes: { steps: { added: [expect.stringContaining('25 → 26')] } },
  })
  await desk.office.studio.dispatch()
  expect(desk.psa.effects).toEqual([])
})

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
    amount: decimal('74.52'),
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
    ['the amount', { amount: decimal('74.51') }],
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

describe('taking back what was written', () => {
  async function undone(desk: Desk): Promise<ApprovalRecord> {
    const { run } = await approved(desk)
    const record = await desk.office.studio.billing.void(DANA, run.id, undefined, 'too early')
    expect((await desk.office.decide(LEE, record)).type).toBe('decided')
    await desk.office.studio.dispatch()
    return record
  }

  for (const [mode, lockedTo, words] of [
    ['datedLines', '2026-03-01', ['a line of 5 that was never invoiced is taken away']],
    [
      'wholeLines',
      '2026-04-01',
      ['25 → 20 on the running line', 'a line of 1 that was never invoiced is taken away'],
    ],
  ] as const) {
    it(`is a plan of its own, approved like any other; afterwards it waits again (${mode})`, async () => {
      const desk = await mapped({ mode, lockedTo: day(lockedTo) })
      const before = await desk.psa.read('77')
      expect(wordsOf(await undone(desk))).toEqual(words)
      expect(await desk.psa.read('77')).toEqual(before)
      expect((await desk.office.studio.who(MARCH)).standings).toMatchObject([
        { there: 44_000n, waiting: 7452n },
      ])
      const trail = await desk.office.studio.billing.trail()
      expect(trail.find(({ action }) => action === 'sync.undo')?.details).toMatchObject({
        reason: 'too early',
      })
      expect((await desk.office.studio.status()).drifts).toEqual([])
      const again = await approved(desk)
      expect(await states(desk)).not.toContain('parked')
      expect(again.plan).toHaveLength(1)
    })
  }

  it('leaves what a person changed since to them', async () => {
    const desk = await mapped({ mode: 'wholeLines', lockedTo: day('2026-04-01') })
    const { run } = await approved(desk)
    const read = await desk.psa.read('77')
    desk.psa.held.set('77', {
      ...read,
      lines: read.lines.map((line) => (line.id === '90001' ? { ...line, quantity: decimal('30') } : line)),
    })
    const record = await desk.office.studio.billing.void(DANA, run.id, undefined, 'too early')
    expect(wordsOf(record)).toEqual(['a line of 1 that was never invoiced is taken away'])
  })

  it('is refused while it is still being written', async () => {
    const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
    desk.psa.fates.push('lost')
    const { run } = await approved(desk)
    await expect(desk.office.studio.billing.void(DANA, run.id, undefined, 'no')).rejects.toThrow(
      'still being written',
    )
  })
})

it('there is no file of what a PSA bills, and the refusal says so', async () => {
  const desk = await mapped({ mode: 'datedLines', lockedTo: day('2026-03-01') })
  const { run } = await approved(desk)
  await expect(desk.office.studio.billing.approvedRun(run.id)).rejects.toThrow(
    'was written into a PSA, which bills it',
  )
})
