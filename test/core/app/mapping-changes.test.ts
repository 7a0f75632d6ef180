import { describe, expect, test } from 'vitest'
import type { SlotChange } from '../../../core/app/map-accept.js'
import type { MappingChanged } from '../../../core/app/map-change.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import type { Intent, IntentState } from '../../../core/sync/intent.js'
import type { Slot, Step } from '../../../core/sync/types.js'
import { stepWords } from '../../../core/sync/words.js'
import { APRIL, DANA, MARCH, problemOf } from '../../support/office.js'
import { day, decimal, observed } from '../../support/observed.js'
import { container, psaLine } from '../sync/build.js'
import { PREMIUM, type MappingOffice, company, lines, mappingOffice, visio } from './mapping-office.js'

const NOTHING = { to: undefined, offset: undefined, price: undefined }

function set(msp: MappingOffice, subscription: string, change: Partial<SlotChange>): Promise<MappingChanged> {
  return msp.studio.mapping.set(DANA, 'contoso', { ...NOTHING, subscription, ...change })
}

function toLine(id: string): Partial<SlotChange> {
  return { to: { type: 'line', id } }
}

function toItem(item: string): Partial<SlotChange> {
  return { to: { type: 'item', item } }
}

/** Contoso with 25 seats of Premium mapped to line 90001, and 5 of Visio. */
async function mapped(): Promise<MappingOffice> {
  const msp = await mappingOffice()
  const visioLine = psaLine({ id: '90002', itemId: '1300', quantity: '5', unitPrice: '15.00' })
  msp.containers = [container({ mode: 'datedLines', lockedTo: APRIL.from, lines: [...lines(), visioLine] })]
  msp.subscriptions = [...msp.subscriptions, visio()]
  await msp.observe()
  await msp.studio.mapping.accept(DANA, 'contoso')
  return msp
}

/** The first step of a plan as a promise in some state. */
function promised(msp: MappingOffice, changed: MappingChanged, state: IntentState): void {
  const step: Step | undefined = changed.slots.flatMap(({ steps }) => steps)[0]
  if (step === undefined) throw new Error('the plan is empty')
  const rest = { attempts: 1, sentAt: undefined, notBefore: undefined, why: undefined }
  const intent: Intent = { id: 'BR-0001/1', runId: 'BR-0001', approvalId: 'APR-0001', step, state, ...rest }
  msp.sync.change({ intents: [intent] })
}

function othersOf({ others }: MappingChanged): readonly string[] {
  return others.flatMap(({ containerName, steps, currency }) =>
    steps.map((step) => `${containerName}: ${stepWords(step, currency)}`),
  )
}

function slotText(msp: MappingOffice): string[] {
  return msp.sync.state.slots.map(
    ({ lineageIds, itemId, lineId }) => `${lineageIds.length} on ${itemId}/${lineId ?? 'new'}`,
  )
}

/** With the first of its subscriptions only. */
function alone(slot: Slot): Slot {
  return { ...slot, lineageIds: slot.lineageIds.slice(0, 1) }
}

function stepsOf({ slots }: MappingChanged): readonly string[] {
  return slots.flatMap(({ steps, currency }) => steps.map((step) => stepWords(step, currency)))
}

describe('one subscription', () => {
  test('goes to another line, and keeps its first day and its price rule', async () => {
    const msp = await mapped()
    const more = psaLine({ id: '90009', itemId: '1300', quantity: '4', unitPrice: '14.00' })
    msp.containers = msp.containers.map((each) => ({ ...each, lines: [...each.lines, more] }))
    const changed = await set(msp, 'visio', toLine('90009'))
    expect(changed.slots).toMatchObject([
      { slot: { lineId: '90009', priceOwner: 'keep', routeFrom: MARCH.from }, psaPrice: decimal('14') },
    ])
    expect(slotText(msp)).toEqual(['1 on 1234/90001', '1 on 1300/90009'])
    expect(msp.sync.trail.at(-1)).toMatchObject({ action: 'map.changed', actor: DANA.id })
  })

  test('gets a new line of an item, at our price, where the line before it was ended', async () => {
    const msp = await mapped()
    msp.containers = msp.containers.map((each) => ({
      ...each,
      lines: each.lines.map((line) => (line.id === '90002' ? { ...line, to: MARCH.from } : line)),
    }))
    const changed = await set(msp, 'VS', toItem('visio'))
    expect(changed.slots).toMatchObject([{ slot: { lineId: undefined, itemId: '1300', priceOwner: 'ours' } }])
    expect(stepsOf(changed)).toEqual([
      'once 5 × $15.00, 1–31 Mar 2026',
      '0 → 5 seats from 1 Apr 2026: a line of 5 at $15.00',
    ])
  })

  test('gets no new line beside one of its item that nothing holds: both would bill; that one may be named', async () => {
    const msp = await mapped()
    const left = await problemOf(set(msp, 'VS', toItem('visio')))
    const [, slot] = msp.sync.state.slots
    expect([left.what, left.next]).toEqual([
      'Contoso licences has line 90002 with 5 of it, and a new line beside it would bill them twice.',
      `Map to that line, \`map Contoso set ${slot?.id} to line 90002\`, or end it there first.`,
    ])
    expect(slotText(msp)).toEqual(['1 on 1234/90001', '1 on 1300/90002'])
    const fresh = await mappingOffice()
    fresh.containers = [{ ...container({ mode: 'datedLines', lockedTo: APRIL.from }), lines: lines() }]
    const beside = await problemOf(set(fresh, 'premium', toItem('1234')))
    expect(beside.what).toContain('has line 90001 with 20 of it')
    await set(fresh, 'premium', toLine('90001'))
    expect(slotText(fresh)).toEqual(['1 on 1234/90001'])
  })

  test('stays on its new line when a person has put another of the item beside it', async () => {
    const msp = await mapped()
    const [agreement] = msp.containers
    msp.containers = msp.containers.map((each) => ({ ...each, lines: lines() }))
    await set(msp, 'visio', toItem('1300'))
    msp.containers = agreement === undefined ? [] : [agreement]
    expect((await set(msp, 'visio', { offset: decimal('2') })).slots[0]?.slot.offset).toBe(decimal('2'))
  })

  test('changes its offset and who owns its price alone', async () => {
    const msp = await mapped()
    const changed = await set(msp, 'business premium', { offset: decimal('3'), price: 'ours' })
    expect(changed.slots).toMatchObject([
      { slot: { lineId: '90001', offset: decimal('3'), priceOwner: 'ours' } },
    ])
    // 20 are there: 3 of them are bought elsewhere, so 17 of the 25 are billed for March.
    expect(stepsOf(changed)).toContain('20 → 28 on the running line, billed from 1 Apr 2026')
    await set(msp, 'business premium', { price: 'keep' })
    expect(msp.sync.state.slots.find(({ lineId }) => lineId === '90001')).toMatchObject({
      offset: decimal('3'),
      priceOwner: 'keep',
    })
  })

  test.each(['-1', '0.5', '1000001'])('%s seats bought elsewhere are refused', async (seats) => {
    const msp = await mapped()
    const { kind, what } = await problemOf(set(msp, 'visio', { offset: decimal(seats) }))
    expect([kind, what]).toEqual(['input', `${seats} is no number of seats bought elsewhere.`])
    await set(msp, 'visio', { offset: decimal('1000000') })
  })

  test('keeps its offset and the price rule a person gave it when it goes to another line; the line’s own it leaves', async () => {
    const msp = await mapped()
    const more = psaLine({ id: '90009', itemId: '1300', quantity: '4', unitPrice: '14.00' })
    msp.containers = msp.containers.map((each) => ({ ...each, lines: [...each.lines, more] }))
    await set(msp, 'visio', { offset: decimal('3'), price: 'ours' })
    const kept = await set(msp, 'visio', toLine('90009'))
    expect(kept.slots).toMatchObject([
      { slot: { lineId: '90009', offset: decimal('3'), priceOwner: 'ours' } },
    ])
    const said = await set(msp, 'visio', { ...toLine('90002'), offset: decimal('1'), price: 'keep' })
    expect(said.slots).toMatchObject([
      { slot: { lineId: '90002', offset: decimal('1'), priceOwner: 'keep' } },
    ])
    msp.containers = msp.containers.map((each) => ({ ...each, lines: lines() }))
    const fresh = await set(msp, 'visio', toItem('1300'))
    expect(fresh.slots).toMatchObject([
      { slot: { lineId: undefined, offset: decimal('1'), priceOwner: 'ours' } },
    ])
  })

  test('that leaves a line of several leaves the seats bought elsewhere with it', async () => {
    const msp = await mapped()
    const twin = observed({ subscriptionId: '1001', productName: 'Premium (branch)', mpn: 'BP2' })
    msp.subscriptions = [...msp.subscriptions, twin]
    await msp.observe()
    await set(msp, 'branch', { ...toLine('90001'), offset: decimal('2') })
    await set(msp, 'branch', toItem('1234'))
    expect(msp.sync.state.slots.map(({ lineId, offset }) => [lineId, offset])).toEqual(
      expect.arrayContaining([
        ['90001', decimal('2')],
        [undefined, decimal('0')],
      ]),
    )
  })

  test('is named by its product, its number or its reference; several of a name by the reference alone', async () => {
    const msp = await mapped()
    msp.subscriptions = [...msp.subscriptions, visio({ subscriptionId: '2001' })]
    await msp.observe()
    const refused = await problemOf(set(msp, 'visio', toLine('90002')))
    expect([refused.kind, refused.what]).toEqual(['input', '“visio” fits 2 subscriptions.'])
    const { gaps } = await msp.studio.mapping.overview()
    expect(refused.next).toContain(gaps[0]?.lineageId)
    expect((await problemOf(set(msp, 'teams', toLine('90002')))).kind).toBe('notFound')
    await set(msp, gaps[0]?.lineageId ?? '', toLine('90002'))
    expect(slotText(msp)).toEqual(['1 on 1234/90001', '2 on 1300/90002'])
  })

  test.each([
    ['a line that is not there', toLine('1'), 'Contoso licences has no line 1.'],
    ['an item that is not there', toItem('teams phone'), 'No item is called “teams phone”.'],
    ['a line of ours', toLine('90003'), 'Line 90003 was written from here, for another subscription.'],
  ])('%s is refused', async (_, change, what) => {
    const msp = await mapped()
    const ours = psaLine({ id: '90003', marker: 'CBS:L-other:r0123456789ab' })
    msp.containers = msp.containers.map((each) => ({ ...each, lines: [...each.lines, ours] }))
    const before = msp.sync.state.version
    expect((await problemOf(set(msp, 'visio', change))).what).toBe(what)
    expect(msp.sync.state.version).toBe(before)
  })

  test('an item that cannot be billed is refused, also by a line of it', async () => {
    const msp = await mapped()
    msp.items = [{ ...PREMIUM, unusable: 'it is a bundle' }, ...msp.items.slice(1)]
    for (const change of [toItem('1234'), toLine('90001')]) {
      expect((await problemOf(set(msp, 'visio', change))).what).toBe(
        '“M365 Business Premium” (1234) cannot be billed: it is a bundle.',
      )
    }
  })

  test('is refused in an agreement that bills in another currency by now', async () => {
    const msp = await mapped()
    msp.containers = msp.containers.map((each) => ({ ...each, currency: 'EUR' }))
    expect((await problemOf(set(msp, 'visio', { offset: decimal('1') }))).what).toBe(
      'Contoso licences bills in EUR, Visio Plan 2 is in USD, and nothing is converted.',
    )
  })

  test('never joins a line that holds what another customer pays for', async () => {
    const msp = await mapped()
    msp.subscriptions = [...msp.subscriptions, visio({ subscriptionId: '2001', customerId: 'C2' })]
    await msp.observe()
    msp.companies = [company('12', 'Contoso, Ltd.'), company('12', 'Fabrikam')]
    const change = { ...NOTHING, subscription: 'visio', ...toLine('90002') }
    const refused = await problemOf(msp.studio.mapping.set(DANA, 'fabrikam', change))
    expect(refused.what).toBe('That place holds Visio Plan 2 of Contoso.')
  })

  test('of a customer that is not mapped: its sure place is taken, and the rest waits', async () => {
    const msp = await mappingOffice()
    msp.subscriptions = [...msp.subscriptions, visio()]
    await msp.observe()
    const changed = await set(msp, 'premium', toLine('90001'))
    expect(changed.gaps).toEqual(['Visio Plan 2: not accepted yet, `map Contoso accept` does'])
    expect((await problemOf(set(msp, 'visio', { offset: decimal('1') }))).what).toContain('is not mapped yet')
  })
})

describe('what a sync would write', () => {
  test('is told of all of the customer, also of what was not changed, in other agreements too', async () => {
    const msp = await mapped()
    const changed = await set(msp, 'visio', { price: 'keep' })
    expect([changed.slots.map(({ products }) => products), stepsOf(changed)]).toEqual([
      [['Visio Plan 2']],
      [],
    ])
    expect(othersOf(changed)).toEqual([
      'Contoso licences: once 5 × $22.00, 11–31 Mar 2026',
      'Contoso licences: 20 → 25 on the running line, billed from 1 Apr 2026',
    ])
    const [agreement] = msp.containers
    if (agreement === undefined) throw new Error('there is one')
    const second = { ...agreement, id: '88', name: 'Second', lines: [] }
    msp.sync.change({
      slots: msp.sync.state.slots.map((slot) =>
        slot.itemId === '1300' ? { ...slot, containerId: '88', lineId: undefined, priceOwner: 'ours' } : slot,
      ),
      readings: [...msp.sync.state.readings, { container: second, readAt: msp.now }],
    })
    expect(othersOf(await set(msp, 'premium', { price: 'keep' }))).toEqual([
      'Second: once 5 × $15.00, 1–31 Mar 2026',
      'Second: 0 → 5 seats from 1 Apr 2026: a line of 5 at $15.00',
    ])
  })
})

describe('several subscriptions on one line (S14)', () => {
  async function twins(price = '22.00'): Promise<MappingOffice> {
    const msp = await mapped()
    const amount = decimal(price)
    const unitPrice = { currency: 'USD', amount }
    const twin = observed({ subscriptionId: '1001', productName: 'Premium (branch)', mpn: 'BP2', unitPrice })
    msp.subscriptions = [...msp.subscriptions, twin]
    await msp.observe()
    return msp
  }

  test('their sum is the target', async () => {
    const msp = await twins()
    const changed = await set(msp, 'branch', toLine('90001'))
    expect(changed.slots[0]?.products).toEqual(['Microsoft 365 Business Premium', 'Premium (branch)'])
    expect(stepsOf(changed)).toContain('20 → 45 on the running line, billed from 1 Apr 2026')
  })

  test('different prices are refused', async () => {
    const msp = await twins('19.00')
    const refused = await problemOf(set(msp, 'branch', toLine('90001')))
    expect(refused.what).toBe(
      'One line has one price: Microsoft 365 Business Premium costs $22.00, Premium (branch) costs $19.00.',
    )
    expect(slotText(msp)).toEqual(['1 on 1234/90001', '1 on 1300/90002'])
  })

  test('one leaves for a line of its own; the one that names the line stays until the others have left', async () => {
    const msp = await twins()
    await set(msp, 'branch', toLine('90001'))
    expect((await problemOf(set(msp, 'BP', toItem('1234')))).next).toBe(
      'Set the others to their own lines first.',
    )
    await set(msp, 'branch', toItem('1234'))
    expect(slotText(msp)).toEqual(expect.arrayContaining(['1 on 1234/90001', '1 on 1234/new']))
  })

  test('S1: who is billed by file for days on which the line bills is refused', async () => {
    const msp = await mappingOffice()
    const other = observed({ subscriptionId: '1001', productName: 'Premium (branch)', mpn: 'BP2' })
    await msp.studio.mapping.accept(DANA, 'contoso')
    // Its branch was a customer of its own when March was billed.
    msp.subscriptions = [...msp.subscriptions, { ...other, customerId: 'C2' }]
    await msp.observe()
    await msp.billByFile()
    msp.subscriptions = [...msp.subscriptions.slice(0, -1), other]
    await msp.observe()
    const refused = await problemOf(set(msp, 'branch', toLine('90001')))
    expect(refused.what).toBe(
      'That line bills Contoso from 1 Mar 2026 on, and Premium (branch) is billed before 1 Apr 2026 by file (BR-0002).',
    )
  })
})

describe('another company or agreement', () => {
  test('a mistake is taken back as long as nothing was billed or written by it', async () => {
    const msp = await mapped()
    msp.companies = [...msp.companies, company('14', 'Contoso Holding')]
    const there = container({
      mode: 'datedLines',
      lockedTo: APRIL.from,
      id: '88',
      companyId: '14',
      name: 'Group',
    })
    msp.containers = [...msp.containers, { ...there, lines: [psaLine({ id: '95001' })] }]
    const changed = await msp.studio.mapping.accept(DANA, 'contoso', { company: 'holding' })
    expect(changed.customer).toMatchObject({ companyId: '14', companyName: 'Contoso Holding' })
    expect(changed.left).toBe('Contoso, Ltd. (12) in ConnectWise, Contoso licences')
    expect(slotText(msp)).toEqual(['1 on 1234/95001', '1 on 1300/new'])
    expect(msp.sync.state.slots.every(({ containerId }) => containerId === '88')).toBe(true)
  })

  test('two customers in one agreement are named to each other, and who joins first makes what was shown old', async () => {
    const msp = await mapped()
    msp.subscriptions = [...msp.subscriptions, visio({ subscriptionId: '2001', customerId: 'C2' })]
    await msp.observe()
    msp.containers = [...msp.containers, ...msp.containers.map((each) => ({ ...each, companyId: '13' }))]
    const { mapping } = msp.studio
    const { beside, fingerprint } = await mapping.suggest('fabrikam')
    expect(beside).toEqual(['Contoso'])
    expect((await mapping.suggest('contoso')).beside).toEqual([])
    const { slots } = msp.sync.state
    msp.sync.change({ slots: [] })
    const revision = fingerprint.slice(0, 16)
    const old = await problemOf(mapping.accept(DANA, 'fabrikam', { revision }))
    expect(old.kind).toBe('conflict')
    msp.sync.change({ slots })
    expect((await mapping.accept(DANA, 'fabrikam', { revision })).beside).toEqual(['Contoso'])
  })

  test('what is not sure in the new company leaves the old one, and is a gap', async () => {
    const msp = await mapped()
    msp.companies = [...msp.companies, company('14', 'Contoso Holding')]
    const there = container({
      mode: 'datedLines',
      lockedTo: APRIL.from,
      id: '88',
      companyId: '14',
      name: 'Group',
    })
    msp.containers = [...msp.containers, there]
    msp.items = msp.items.slice(0, 1)
    await msp.studio.mapping.accept(DANA, 'contoso', { company: 'holding' })
    expect(slotText(msp).sort()).toEqual(['0 on 1300/90002', '1 on 1234/90001'])
    expect((await msp.studio.mapping.overview()).gaps).toMatchObject([{ product: 'Visio Plan 2' }])
  })

  test('what was written there, or found invoiced, stays where it is', async () => {
    const msp = await mapped()
    const [agreement] = msp.containers
    const other = container({ mode: 'datedLines', lockedTo: APRIL.from, id: '88', name: 'Second', lines: [] })
    msp.containers = [...(agreement === undefined ? [] : [agreement]), other]
    const before = structuredClone(msp.sync.state)
    const lineageId = before.slots[0]?.lineageIds[0] ?? ''
    msp.sync.change({ locked: [{ lineageId, period: MARCH, lines: [] }] })
    const refused = await problemOf(
      msp.studio.mapping.accept(DANA, 'contoso', { company: '12', container: 'second' }),
    )
    expect([refused.kind, refused.next]).toEqual([
      'held',
      'Type `map Contoso remove` to bill by file from the next period on, and map it anew for that.',
    ])
    expect(msp.sync.state.slots).toEqual(before.slots)
  })

  test.each([
    ['another line', 'BP', toLine('90009')],
    ['a line of another item', 'BP', toLine('90008')],
    ['a line that another one holds', 'branch', toLine('90009')],
  ])('what was found invoiced, or written, is not moved to %s', async (_, who, change) => {
    const msp = await mapped()
    const twin = observed({ subscriptionId: '1001', productName: 'Premium (branch)', mpn: 'BP2' })
    msp.subscriptions = [...msp.subscriptions, twin]
    await msp.observe()
    await set(msp, 'branch', toLine('90001'))
    const more = [psaLine({ id: '90009' }), psaLine({ id: '90008', itemId: '1300' })]
    msp.containers = msp.containers.map((each) => ({ ...each, lines: [...each.lines, ...more] }))
    // The one by whose name the line is known cannot leave the other there.
    if (who === 'BP') msp.sync.change({ slots: msp.sync.state.slots.map(alone) })
    const before = structuredClone(msp.sync.state.slots)
    const ids = before.find(({ lineId }) => lineId === '90001')?.lineageIds ?? []
    const lineageId = ids.at(-1) ?? ''
    msp.sync.change({ locked: [{ lineageId, period: MARCH, lines: [] }] })
    const held = ['held', 'ConnectWise bills by what was mapped before, and would go on.']
    const invoiced = await problemOf(set(msp, who, change))
    expect([invoiced.kind, invoiced.what]).toEqual(held)
    msp.sync.change({ locked: [] })
    promised(msp, await set(msp, who, { price: 'keep' }), 'confirmed')
    const written = await problemOf(set(msp, who, change))
    expect([written.kind, written.what]).toEqual(held)
    expect(msp.sync.state.slots.map(({ lineId }) => lineId)).toEqual(before.map(({ lineId }) => lineId))
    // What was taken back again is there no more.
    const [done] = msp.sync.state.intents
    if (done === undefined) throw new Error('nothing was written')
    const back = { ...done, id: 'BR-0002/1', step: { ...done.step, undoes: done.id } }
    msp.sync.change({ intents: [done, back] })
    await set(msp, who, change)
    expect(msp.sync.state.slots.map(({ lineId }) => lineId)).not.toEqual(before.map(({ lineId }) => lineId))
  })

  test('who moves to a line within the agreement keeps the day on which it began', async () => {
    const msp = await mapped()
    msp.sync.change({
      slots: msp.sync.state.slots.map((slot) =>
        slot.lineId === '90002' ? { ...slot, routeFrom: APRIL.from } : slot,
      ),
    })
    msp.subscriptions = msp.subscriptions.map((each) => ({
      ...each,
      unitPrice: { currency: 'USD', amount: decimal('22.00') },
    }))
    await msp.observe()
    const refused = await problemOf(set(msp, 'visio', toLine('90001')))
    expect(refused.what).toBe(
      'That line bills from 1 Mar 2026 on, and this is billed there from 1 Apr 2026 on.',
    )
  })

  test('while something is being written nothing is moved', async () => {
    const msp = await mapped()
    promised(msp, await set(msp, 'premium', { offset: decimal('1') }), 'sending')
    const refused = await problemOf(set(msp, 'premium', { offset: decimal('2') }))
    expect([refused.kind, refused.what]).toEqual([
      'held',
      'Something is being written to ConnectWise for it.',
    ])
    msp.sync.change({ intents: [] })
    expect((await set(msp, 'premium', { offset: decimal('2') })).slots.length).toBe(1)
  })
})

describe('back to files', () => {
  test('from the next period on; what the PSA holds of this one stays billed', async () => {
    const msp = await mapped()
    const removed = await msp.studio.mapping.remove(DANA, 'contoso')
    expect(removed).toMatchObject({ customerName: 'Contoso', fileFrom: APRIL.from })
    expect(msp.sync.state).toMatchObject({ customers: [], slots: [] })
    expect(msp.sync.trail.at(-1)).toMatchObject({
      action: 'map.removed',
      subject: 'C1',
      details: { fileFrom: '2026-04-01' },
    })
    // 20 seats and Visio are billed there: 74.52 of March are due, and all of April.
    const march = await msp.studio.who(MARCH)
    expect([march.totals, march.psa, march.exceptions]).toEqual([
      [{ currency: 'USD', amount: 7452n, customers: 1 }],
      [],
      [],
    ])
    expect((await msp.studio.who(APRIL)).totals[0]?.amount).toBe(7452n + 55_000n + 7500n)
  })

  test('from the day on which it was mapped: as if it never had been', async () => {
    const msp = await mapped()
    await msp.studio.mapping.remove(DANA, 'contoso', { type: 'month', month: MARCH })
    expect(msp.sync.state.locked).toEqual([])
    expect((await msp.studio.who(MARCH)).totals[0]?.amount).toBe(51_452n + 7500n)
  })

  test('not for a period that was found invoiced', async () => {
    const msp = await mapped()
    const lineageId = msp.sync.state.slots[0]?.lineageIds[0] ?? ''
    msp.sync.change({ locked: [{ lineageId, period: MARCH, lines: [] }] })
    const refused = await problemOf(
      msp.studio.mapping.remove(DANA, 'contoso', { type: 'month', month: MARCH }),
    )
    expect(refused.what).toBe('Periods of Contoso before 1 Apr 2026 are billed in the PSA already.')
  })

  test('not while something may still be written', async () => {
    const msp = await mapped()
    promised(msp, await set(msp, 'premium', { offset: decimal('1') }), 'unknown')
    const refused = await problemOf(msp.studio.mapping.remove(DANA, 'contoso'))
    expect(refused.what).toBe('A step of APR-0001 for Contoso may still be written to ConnectWise.')
    expect(msp.sync.state.customers.length).toBe(1)
  })

  test('one-time lines that were read back stay billed, and are billed by no file', async () => {
    const msp = await mapped()
    const changed = await set(msp, 'premium', { price: 'keep' })
    promised(msp, changed, 'confirmed')
    const [intent] = msp.sync.state.intents
    if (intent?.step.type !== 'add') throw new Error('the first step is the one-time line')
    const { marker, quantity, unitPrice, from, to } = intent.step
    const line = { ...psaLine({ id: '99001', marker }), quantity, unitPrice, from, to }
    msp.containers = msp.containers.map((each) => ({ ...each, lines: [...each.lines, line] }))
    await msp.studio.mapping.remove(DANA, 'contoso')
    expect((await msp.studio.who(MARCH)).totals).toEqual([])
  })

  test('not where files bill by other periods: some days would be billed twice', async () => {
    const msp = await mappingOffice({ ...DEFAULT_POLICY, cycle: 'anniversary' })
    msp.subscriptions = [observed({ quantity: decimal('20'), startsOn: day('2025-06-10') })]
    msp.orders = []
    await msp.observe()
    await msp.studio.mapping.accept(DANA, 'contoso')
    const refused = await problemOf(msp.studio.mapping.remove(DANA, 'contoso'))
    expect(refused.kind).toBe('held')
    expect(refused.what).toContain('by other periods than Contoso licences')
    expect(msp.sync.state.slots.length).toBe(1)
  })

  test('who is not mapped is told so', async () => {
    const msp = await mappingOffice()
    expect((await problemOf(msp.studio.mapping.remove(DANA, 'contoso'))).kind).toBe('notFound')
  })
})
