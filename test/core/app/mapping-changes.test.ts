import { describe, expect, test } from 'vitest'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import { APRIL, DANA, MARCH, problemOf } from '../../support/office.js'
import { day, decimal, observed } from '../../support/observed.js'
import { container, psaLine } from '../sync/build.js'
import { MappingOffice, company, mappingOffice, visio } from './mapping-office.js'
import { alone, mapped, promised, set, slotText, toLine } from './mapping-steps.js'

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

  test('a price of ours that came after the invoice is billed by no file where theirs was kept', async () => {
    const msp = new MappingOffice()
    const twenty = observed({ quantity: decimal('20') })
    Object.assign(msp, { orders: [], subscriptions: [twenty] })
    const invoiced = { mode: 'datedLines', lockedTo: day('2026-05-01') } as const
    msp.containers = [container({ ...invoiced, lines: [psaLine({ id: '90001', unitPrice: '24.00' })] })]
    await msp.observe()
    await msp.studio.mapping.accept(DANA, 'contoso')
    expect(await msp.studio.billing.sync(DANA, [])).toMatchObject({ type: 'nothing' })
    expect(msp.sync.state.locked).toHaveLength(2)
    msp.subscriptions = [{ ...twenty, unitPrice: { currency: 'USD', amount: decimal('23.00') } }]
    await msp.observe()
    expect((await msp.studio.who(APRIL)).psa).toEqual([])
    const month = { from: day('2026-05-01'), to: day('2026-06-01') }
    await msp.studio.mapping.remove(DANA, 'contoso', { type: 'month', month })
    expect((await msp.studio.who(APRIL)).totals).toEqual([])
    expect((await msp.studio.who(month)).totals[0]?.amount).toBe(46_000n)
  })

  test('where files bill by other periods, they begin with the part of theirs that is left', async () => {
    const msp = await mappingOffice({ ...DEFAULT_POLICY, cycle: 'anniversary' })
    msp.subscriptions = [observed({ quantity: decimal('25'), startsOn: day('2025-06-10') })]
    await msp.observe()
    await msp.studio.mapping.accept(DANA, 'contoso')
    await msp.studio.mapping.remove(DANA, 'contoso')
    // The PSA held 20 in March. 1–9 April are 9 days of 31, 10 March – 9 April: 25 × 22.00 × 9/31 = 159.677…; then the
    // period of 10 April.
    expect((await msp.studio.who(MARCH)).totals[0]?.amount).toBe(7452n)
    expect((await msp.studio.who(APRIL)).totals[0]?.amount).toBe(7452n + 15_968n + 55_000n)
  })

  test('not where a month between is held: whose days are whose could not be told', async () => {
    const msp = await mappingOffice({ ...DEFAULT_POLICY, cycle: 'anniversary', anchorDay: 10 })
    await msp.studio.mapping.accept(DANA, 'contoso')
    const at = async (on: string, currency: string) => {
      msp.now = new Date(`${on}T13:00:00Z`)
      msp.subscriptions = msp.subscriptions.map((one) => {
        return { ...one, unitPrice: { currency, amount: decimal('22.00') } }
      })
      await msp.observe()
    }
    await at('2026-04-20', 'EUR')
    await at('2026-05-05', 'USD')
    await at('2026-06-20', 'USD')
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
