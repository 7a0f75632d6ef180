import { describe, expect, test } from 'vitest'
import { APRIL, DANA, MARCH, problemOf } from '../../support/office.js'
import { decimal, observed } from '../../support/observed.js'
import { container, psaLine } from '../sync/build.js'
import { type MappingOffice, PREMIUM, VISIO, company, lines, mappingOffice, visio } from './mapping-office.js'
import { NOTHING, mapped, othersOf, set, slotText, stepsOf, toItem, toLine } from './mapping-steps.js'

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

describe('the price of the catalog (S15)', () => {
  const dearer = { ...PREMIUM, unitPrice: decimal('24.00') }

  async function byCatalog(): Promise<MappingOffice> {
    const msp = await mapped()
    msp.items = [dearer, VISIO]
    return msp
  }

  test('is the one that was read for the mapping', async () => {
    const msp = await byCatalog()
    const changed = await set(msp, 'business premium', { price: 'catalog' })
    expect(changed.slots).toMatchObject([
      { slot: { lineId: '90001', priceOwner: 'catalog' }, fault: undefined },
    ])
    expect(stepsOf(changed)).toEqual([
      'once 5 × $22.00, 11–31 Mar 2026',
      '$22.00 → $24.00',
      '20 → 25 on the running line, billed from 1 Apr 2026',
    ])
    expect(msp.sync.state.readings[0]?.container.catalog).toEqual([
      { itemId: '1234', unitPrice: decimal('24'), isThere: true },
    ])
    expect(msp.sync.trail.at(-1)?.details).toMatchObject({
      slots: [expect.stringContaining('price catalog')],
    })
  })

  test('is kept when something else of the customer changes', async () => {
    const msp = await byCatalog()
    await set(msp, 'business premium', { price: 'catalog' })
    const changed = await set(msp, 'visio', { offset: decimal('1') })
    expect(changed.others).toMatchObject([{ slot: { priceOwner: 'catalog' }, fault: undefined }])
  })

  test('is kept when more of the customer is mapped', async () => {
    const msp = await mappingOffice()
    await msp.studio.mapping.accept(DANA, 'contoso')
    await set(msp, 'business premium', { price: 'catalog' })
    msp.subscriptions = [...msp.subscriptions, visio()]
    await msp.observe()
    const { others } = await msp.studio.mapping.accept(DANA, 'contoso')
    expect(others).toMatchObject([{ slot: { priceOwner: 'catalog' }, fault: undefined }])
  })

  test.each([
    ['is gone', [VISIO], 'item 1234 is not in the catalog of ConnectWise any more'],
    [
      'has no price',
      [{ ...PREMIUM, unitPrice: undefined }, VISIO],
      'item 1234 has no price in the catalog of ConnectWise',
    ],
  ])('of an item that %s stops this subscription, and no other', async (_why, items, fault) => {
    const msp = await mapped()
    msp.items = items
    await set(msp, 'visio', { offset: decimal('1') })
    const changed = await set(msp, 'business premium', { price: 'catalog' })
    expect(changed.slots).toMatchObject([{ fault, steps: [] }])
    const others = changed.others.map(({ fault: why, steps }) => [why, steps.map(({ type }) => type)])
    expect(others).toEqual([[undefined, ['add', 'setQuantity']]])
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
