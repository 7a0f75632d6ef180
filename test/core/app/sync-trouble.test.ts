import { describe, expect, it } from 'vitest'
import type { AutoApproval } from '../../../core/app/alert.js'
import type { Container } from '../../../core/sync/types.js'
import { DANA, LEE, MARCH } from '../../support/office.js'
import {
  type PsaDesk,
  approved,
  asked,
  invoicedTo,
  mapped,
  plannedWords,
  states,
} from '../../support/psa-desk.js'
import { day, decimal } from '../charges/build.js'
import { psaLine } from '../sync/build.js'

/** What somebody did in the agreement. */
function change({ psa }: PsaDesk, by: (read: Container) => Partial<Container>): void {
  const read = psa.held.get('77')
  if (read !== undefined) psa.held.set('77', { ...read, ...by(read) })
}

const open = { mode: 'datedLines', lockedTo: day('2026-03-01') } as const
const invoiced = { mode: 'wholeLines', lockedTo: day('2026-04-01') } as const

describe('invoices', () => {
  it('made between the yes and the write park it; a new plan says what is missing', async () => {
    const desk = await mapped(open)
    await desk.office.decide(LEE, await asked(desk))
    invoicedTo(desk, '2026-04-01')
    await desk.office.studio.dispatch()
    expect(desk.psa.effects).toEqual([])
    expect(await states(desk)).toEqual([
      expect.stringContaining('parked: it was invoiced since it was shown'),
    ])
    expect(await plannedWords(desk)).toEqual([
      'once 5 × $22.00, 11–31 Mar 2026',
      '20 → 25 on the running line, billed from 1 Apr 2026',
    ])
  })

  it('taken back and made again are read anew: what the second one has is not planned once more', async () => {
    const desk = await mapped({ ...open, lockedTo: day('2026-04-01') })
    await desk.office.studio.billing.sync(DANA, [])
    invoicedTo(desk, '2026-03-01')
    await approved(desk)
    invoicedTo(desk, '2026-04-01')
    expect(await plannedWords(desk)).toEqual([])
  })

  it('keep what a one-time line settled, whatever becomes of the line afterwards', async () => {
    const desk = await mapped(invoiced)
    await approved(desk)
    invoicedTo(desk, '2026-05-01')
    await desk.office.studio.billing.sync(DANA, [])
    change(desk, ({ lines }) => ({ lines: lines.filter(({ marker }) => marker === undefined) }))
    expect(await plannedWords(desk)).toEqual([])
  })

  it('of a one-time line are not taken back by taking the line away', async () => {
    const desk = await mapped(invoiced)
    const { run } = await approved(desk)
    invoicedTo(desk, '2026-05-01')
    await desk.office.decide(LEE, await desk.office.studio.billing.void(DANA, run.id, undefined, 'too early'))
    await desk.office.studio.dispatch()
    expect(desk.psa.effects.map(({ type }) => type)).not.toContain('remove')
    expect((await plannedWords(desk)).filter((words) => words.startsWith('once'))).toEqual([])
  })

  it('of an agreement that ended count for ever: no file bills its month', async () => {
    const desk = await mapped({ ...open, lockedTo: day('2026-04-01') })
    await approved(desk)
    change(desk, () => ({ to: day('2026-04-01'), closed: 'it ended on 31 March 2026' }))
    await desk.office.studio.billing.sync(DANA, [])
    const { psa, bills, standings } = await desk.office.studio.who(MARCH)
    expect([psa, bills]).toEqual([[], []])
    expect(standings).toMatchObject([{ there: 51_452n, waiting: 0n }])
  })
})

describe('what nobody knows or may write', () => {
  it('a price missing from April on ends no seats', async () => {
    const desk = await mapped({ ...open, lines: [psaLine({ id: '90001', quantity: '25' })] })
    desk.office.subscriptions = desk.office.subscriptions.map(({ unitPrice: _, ...one }) => {
      return { ...one, unitPrice: undefined }
    })
    await desk.office.observe()
    expect(await plannedWords(desk)).toEqual([])
    const outcome = await desk.office.studio.billing.sync(DANA, [])
    expect(outcome.trouble.faults).toHaveLength(1)
  })

  it('one step that cannot be written stops nobody else, and is looked up', async () => {
    const desk = await mapped(open)
    await desk.office.decide(LEE, await asked(desk))
    desk.psa.beforeWrite = () => {
      throw new Error('no such step')
    }
    await desk.office.studio.dispatch()
    expect(await states(desk)).toEqual(['unknown: it failed on our side before an answer came'])
  })

  it('a running line is not touched for a month that is not ours', async () => {
    const slot = { routeFrom: day('2026-04-01') }
    const desk = await mapped({ ...invoiced, lockedTo: day('2026-03-01') }, { slot })
    expect(await plannedWords(desk)).toEqual(['20 → 25 seats from 1 Apr 2026: a line of 5 at $22.00'])
  })

  it('a second rise in an invoiced month is written beside the first', async () => {
    const desk = await mapped({ ...open, lockedTo: day('2026-04-01') })
    await approved(desk)
    desk.office.subscriptions = desk.office.subscriptions.map((one) => ({ ...one, quantity: decimal('28') }))
    await desk.office.observe()
    expect(await plannedWords(desk)).toEqual([
      'once 3 × $22.00, 20–31 Mar 2026',
      '25 → 28 on the running line, billed from 1 Apr 2026',
    ])
  })

  it('of two requests for one agreement only one is carried out', async () => {
    const desk = await mapped(invoiced)
    const [first, second] = [await asked(desk), await asked(desk)]
    await desk.office.decide(LEE, second)
    expect((await desk.office.decide(LEE, first)).type).toBe('refused')
    await desk.office.studio.dispatch()
    expect(desk.psa.effects).toHaveLength(2)
  })
})

it('a run that was taken back, written again and taken back again is a promise of its own each time', async () => {
  const desk = await mapped(invoiced)
  const { run } = await approved(desk)
  await desk.office.decide(LEE, await desk.office.studio.billing.void(DANA, run.id, undefined, 'too early'))
  await desk.office.studio.dispatch()
  const again = await approved(desk)
  const back = await desk.office.studio.billing.void(DANA, again.run.id, undefined, 'again')
  expect((await desk.office.decide(LEE, back)).type).toBe('decided')
})

describe('a rule that approves measures what is written', () => {
  const rule: AutoApproval = {
    name: 'small',
    customers: [],
    psa: 'connectwise',
    seats: decimal('5'),
    amount: decimal('180'),
  }

  async function isApproved(desk: PsaDesk): Promise<boolean> {
    await desk.office.restart({ autoApprove: [rule] })
    return (await desk.office.studio.raiseAlerts()).moved
  }

  it('two invoiced months and the next: 74.52 + 110.00 once, and 110.00 a month', async () => {
    expect(await isApproved(await mapped({ ...invoiced, lockedTo: day('2026-05-01') }))).toBe(false)
    expect(await isApproved(await mapped({ ...invoiced, lockedTo: day('2026-04-01') }))).toBe(false)
    expect(await isApproved(await mapped(open))).toBe(true)
  })

  it('at the price the PSA charges: five seats at 2,400.00', async () => {
    const lines = [psaLine({ id: '90001', unitPrice: '2400.00' })]
    expect(await isApproved(await mapped({ ...open, lines }))).toBe(false)
  })

  it('and never lets a price be written', async () => {
    const desk = await mapped(open, { slot: { priceOwner: 'ours' } })
    await approved(desk)
    desk.office.subscriptions = desk.office.subscriptions.map((one) => {
      return { ...one, unitPrice: { currency: 'USD', amount: decimal('22.01') } }
    })
    await desk.office.observe()
    expect(await isApproved(desk)).toBe(false)
  })
})
