import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import type { MappingSuggestion } from '../../../core/app/map-types.js'
import type { MappingChanged } from '../../../core/app/map-change.js'
import { APRIL, DANA, MARCH, MAY, problemOf } from '../../support/office.js'
import { day, decimal, observed } from '../../support/observed.js'
import { container, psaLine } from '../sync/build.js'
import { PREMIUM, VISIO, type MappingOffice, company, lines, mappingOffice, visio } from './mapping-office.js'
import { stepsOf } from './mapping-steps.js'

const april = { type: 'month', month: APRIL } as const

function doubts({ subscriptions }: MappingSuggestion): (string | undefined)[] {
  return subscriptions.map(({ doubt }) => doubt)
}

async function mapContoso(msp: MappingOffice): Promise<MappingChanged> {
  return msp.studio.mapping.accept(DANA, 'contoso')
}

describe('what is suggested', () => {
  test('company, agreement, item and line, each with its points; from the current period on', async () => {
    const msp = await mappingOffice()
    const found = await msp.studio.mapping.suggest('contoso')
    expect([found.company?.id, found.companies.best?.score, found.companies.doubt]).toEqual([
      '12',
      88,
      undefined,
    ])
    expect([found.container?.id, found.containers.doubt]).toEqual(['77', undefined])
    const [premium] = found.subscriptions
    expect(premium?.items.best).toMatchObject({ thing: { id: '1234' }, score: 100 })
    expect(premium?.place).toMatchObject({ type: 'line', fit: { thing: { id: '90001' }, score: 80 } })
    expect(found.drafts).toMatchObject([{ itemId: '1234', lineId: '90001', priceOwner: 'keep' }])
    expect(found.start).toBe(MARCH.from)
    expect(msp.sync.state).toMatchObject({ version: 0, slots: [], readings: [] })
  })

  test('two companies that fit equally are a doubt, and the best of them shows what it would be', async () => {
    const msp = await mappingOffice()
    msp.companies = [company('12', 'Contoso Ltd'), company('14', 'Contoso GmbH')]
    const found = await msp.studio.mapping.suggest('contoso')
    expect(found.companies.doubt).toBe('2 fit about equally well')
    const refused = await problemOf(mapContoso(msp))
    expect([refused.kind, refused.what]).toEqual([
      'held',
      'Which company Contoso is, is not clear: 2 fit about equally well.',
    ])
    expect(msp.sync.state.customers).toEqual([])
  })

  test('what cannot be billed into is said and never taken', async () => {
    const msp = await mappingOffice()
    const [open] = msp.containers
    msp.containers = [
      container({
        mode: 'datedLines',
        lockedTo: MARCH.from,
        id: '70',
        closed: 'it ended on 31 January 2026',
      }),
      container({ mode: 'datedLines', lockedTo: MARCH.from, id: '71', anchorDay: undefined }),
      container({ mode: 'datedLines', lockedTo: MARCH.from, id: '72', currency: 'EUR' }),
      ...(open === undefined ? [] : [open]),
    ]
    const { containers } = await msp.studio.mapping.suggest('contoso')
    expect(containers.best?.thing.id).toBe('77')
    expect(containers.fits.map(({ thing, refusal }) => [thing.id, refusal]).slice(1)).toEqual([
      ['70', 'it ended on 31 January 2026'],
      ['71', 'it does not bill by the month'],
      ['72', 'it bills in EUR, and nothing is converted'],
    ])
    msp.containers = msp.containers.slice(0, 3)
    expect((await msp.studio.mapping.suggest('contoso')).containers).toMatchObject({
      best: undefined,
      doubt: 'none can be billed into',
    })
    expect((await problemOf(mapContoso(msp))).kind).toBe('held')
  })

  test('of two agreements the one with the customer’s products is it; none with any is nobody’s', async () => {
    const msp = await mappingOffice()
    const [open] = msp.containers
    const other = container({
      mode: 'datedLines',
      lockedTo: MARCH.from,
      id: '78',
      name: 'Support',
      lines: [],
    })
    msp.containers = [other, ...(open === undefined ? [] : [open])]
    expect((await msp.studio.mapping.suggest('contoso')).containers).toMatchObject({
      best: { thing: { id: '77' }, score: 95 },
      doubt: undefined,
    })
    msp.containers = [other, { ...other, id: '79', name: 'Other' }]
    expect((await msp.studio.mapping.suggest('contoso')).containers.doubt).toBe('the best is only 50 of 100')
    const refused = await problemOf(mapContoso(msp))
    expect([refused.kind, refused.next]).toEqual([
      'held',
      'Type `map Contoso to 12 in <agreement or contract> accept`, with one of “Other” (79; 50 of 100), “Support” (78; 50 of 100).',
    ])
    expect(msp.sync.state.slots).toEqual([])
  })

  test('an item that is a bundle, one too much, and another currency are doubts of their own', async () => {
    const msp = await mappingOffice()
    msp.items = [{ ...PREMIUM, unusable: 'it is a bundle' }]
    expect(doubts(await msp.studio.mapping.suggest('contoso'))).toEqual(['item: nothing fits'])
    msp.items = [PREMIUM, { ...PREMIUM, id: '1235' }]
    expect(doubts(await msp.studio.mapping.suggest('contoso'))).toEqual(['item: 2 fit about equally well'])
  })

  test('equal counts find each other first, and a line that several fit is nobody’s', async () => {
    const msp = await mappingOffice()
    msp.subscriptions = [
      observed({ subscriptionId: '1000', quantity: decimal('20') }),
      observed({ subscriptionId: '1001', quantity: decimal('7') }),
    ]
    msp.orders = []
    await msp.observe()
    const [agreement] = msp.containers
    msp.containers = [
      { ...container({ ...agreement, mode: 'datedLines', lockedTo: APRIL.from }), lines: lines() },
    ]
    const beside = await msp.studio.mapping.suggest('contoso')
    expect(beside.subscriptions.map(({ count, place }) => [count, place?.type])).toEqual(
      expect.arrayContaining([
        [decimal('20'), 'line'],
        [decimal('7'), 'new'],
      ]),
    )
    msp.subscriptions = [
      observed({ subscriptionId: '1000', quantity: decimal('13') }),
      observed({ subscriptionId: '1001', quantity: decimal('7') }),
    ]
    await msp.observe()
    expect(doubts(await msp.studio.mapping.suggest('contoso'))).toEqual([
      '2 subscriptions fit line 90001, which holds 20',
      '2 subscriptions fit line 90001, which holds 20',
    ])
  })

  test('nothing is connected: said, with the way out', async () => {
    const msp = await mappingOffice(undefined, [])
    expect((await problemOf(msp.studio.mapping.suggest('contoso'))).what).toContain('No PSA is connected')
  })
})

describe('accepting', () => {
  test('S11: 25 seats onto a line of 20, March invoiced: previewed as 74.52 once and 25 from April; nothing is written', async () => {
    const msp = await mappingOffice()
    const changed = await mapContoso(msp)
    expect(stepsOf(changed)).toEqual([
      'once 5 × $22.00, 11–31 Mar 2026',
      '20 → 25 on the running line, billed from 1 Apr 2026',
    ])
    expect(msp.writes).toBe(0)
    const { slots, customers, written, readings, locked } = msp.sync.state
    expect(customers).toEqual([
      { customerId: 'C1', psa: 'connectwise', companyId: '12', companyName: 'Contoso, Ltd.' },
    ])
    expect(slots).toMatchObject([
      { containerId: '77', itemId: '1234', lineId: '90001', priceOwner: 'keep', routeFrom: MARCH.from },
    ])
    expect(written).toMatchObject([{ slotId: slots[0]?.id, text: '2026-04-01 20;' }])
    expect([readings.length, locked.length]).toEqual([1, 0])
    expect(msp.sync.trail).toMatchObject([
      {
        actor: DANA.id,
        action: 'map.accepted',
        subject: 'C1',
        details: {
          company: 'Contoso, Ltd. (12)',
          slots: [`${slots[0]?.id}: item 1234, line 90001, price keep, from 2026-03-01`],
        },
      },
    ])
  })

  test('what the PSA holds is billed from then on: 440.00 are there, 74.52 wait, no file bills either', async () => {
    const msp = await mappingOffice()
    await mapContoso(msp)
    const { totals, psa } = await msp.studio.who(MARCH)
    expect(totals).toEqual([])
    expect(psa.map(({ amount }) => amount)).toEqual([7452n])
  })

  test('a new line takes our price, from the period on', async () => {
    const msp = await mappingOffice()
    msp.containers = [container({ mode: 'datedLines', lockedTo: MARCH.from, lines: [] })]
    const changed = await mapContoso(msp)
    expect(changed.slots[0]?.slot).toMatchObject({ lineId: undefined, priceOwner: 'ours' })
    expect(stepsOf(changed)).toEqual([
      '0 → 20 seats from 1 Mar 2026: a line of 20 at $22.00',
      '20 → 25 seats from 11 Mar 2026: a line of 5 at $22.00',
    ])
  })

  test('a period that a file has billed is not billed again: by default the next one, asked for refused', async () => {
    const msp = await mappingOffice()
    await msp.billByFile()
    expect((await msp.studio.mapping.suggest('contoso')).start).toBe(APRIL.from)
    const march = { type: 'month', month: MARCH } as const
    const refused = await problemOf(msp.studio.mapping.accept(DANA, 'contoso', {}, march))
    expect(refused.what).toBe(
      '1–31 Mar 2026 of Microsoft 365 Business Premium is billed by file (BR-0001), and one period is never billed in two ways.',
    )
    expect(refused.next).toBe(
      'Begin on 1 Apr 2026, or make it due again first: `void BR-0001 Contoso because <reason>`.',
    )
    expect(msp.sync.state.slots).toEqual([])
    await mapContoso(msp)
    expect(msp.sync.state.slots[0]?.routeFrom).toBe(APRIL.from)
    const { totals, psa } = await msp.studio.who(APRIL)
    expect([totals, psa.map(({ amount }) => amount)]).toEqual([[], [11_000n]])
  })

  test('a route begins with a month of the agreement: other days are refused', async () => {
    const msp = await mappingOffice()
    const wrong = { type: 'day', day: day('2026-04-02') } as const
    expect((await problemOf(msp.studio.mapping.accept(DANA, 'contoso', {}, wrong))).next).toBe(
      'It has periods from 1 Apr 2026 and from 1 May 2026.',
    )
    await msp.studio.mapping.accept(DANA, 'contoso', {}, april)
    expect(formatLocalDate(msp.sync.state.slots[0]?.routeFrom ?? MAY.from)).toBe('2026-04-01')
  })

  test.each([['accept'], ['set']])('months may begin on another day: %s', async (verb) => {
    const msp = await mappingOffice()
    msp.containers = [container({ mode: 'datedLines', lockedTo: day('2026-03-15'), anchorDay: 15 })]
    const line = { type: 'line', id: '90001' } as const
    const change = { subscription: 'premium', to: line, offset: undefined, price: undefined }
    const { mapping } = msp.studio
    await (verb === 'accept' ? mapping.accept(DANA, 'contoso') : mapping.set(DANA, 'contoso', change))
    expect(msp.sync.state.slots.map(({ routeFrom }) => formatLocalDate(routeFrom))).toEqual(['2026-03-15'])
  })

  test.each([
    ['by the year', { type: 'year', duration: 1 }],
    ['by the year', { type: 'month', duration: 12 }],
    ['every 3 months', { type: 'month', duration: 3 }],
    ['every 30 days', { type: 'day', duration: 30 }],
  ] as const)(
    'what is billed %s stays with the file, and is neither mapped nor a gap',
    async (words, period) => {
      const msp = await mappingOffice()
      msp.subscriptions = [...msp.subscriptions, visio({ billingPeriod: period })]
      await msp.observe()
      const { subscriptions, drafts } = await msp.studio.mapping.suggest('contoso')
      const why = `it is billed ${words}, and stays with the file`
      expect(subscriptions.map(({ byFile, doubt }) => [byFile, doubt])).toContainEqual([why, undefined])
      expect(drafts.length).toBe(1)
      expect((await mapContoso(msp)).gaps).toEqual([])
      expect((await msp.studio.mapping.overview()).gaps).toEqual([])
      expect((await problemOf(mapContoso(msp))).what).toBe(
        `Everything of Contoso that a PSA can bill is mapped. Visio Plan 2: ${why}.`,
      )
      const item = { type: 'item', item: '1300' } as const
      const change = { subscription: 'visio', to: item, offset: undefined, price: undefined }
      const refused = await problemOf(msp.studio.mapping.set(DANA, 'contoso', change))
      expect(refused.what).toBe(`Visio Plan 2: ${why}.`)
      expect(msp.sync.state.slots.length).toBe(1)
    },
  )

  test.each([
    [
      'before billing began',
      { from: day('2025-12-01'), to: day('2026-01-01') },
      'Nothing is billed there before 1 Mar 2026.',
    ],
    [
      'more than a year ahead',
      { from: day('2027-04-01'), to: day('2027-05-01') },
      '1 Apr 2027 is more than a year ahead.',
    ],
  ])('a month %s is refused', async (_, month, what) => {
    const msp = await mappingOffice()
    const asked = msp.studio.mapping.accept(DANA, 'contoso', {}, { type: 'month', month })
    expect((await problemOf(asked)).what).toBe(what)
  })

  test('an agreement that ends before is refused', async () => {
    const msp = await mappingOffice()
    msp.containers = [container({ mode: 'datedLines', lockedTo: APRIL.from, to: APRIL.from })]
    expect((await problemOf(msp.studio.mapping.accept(DANA, 'contoso', {}, april))).what).toContain(
      'ends before 1 Apr 2026',
    )
  })

  test('a click on an older suggestion maps nothing', async () => {
    const msp = await mappingOffice()
    const { fingerprint } = await msp.studio.mapping.suggest('contoso')
    const revision = fingerprint.slice(0, 16)
    msp.items = [{ ...PREMIUM, id: '1235' }]
    const refused = await problemOf(msp.studio.mapping.accept(DANA, 'C1', { revision }))
    expect([refused.kind, msp.sync.state.slots.length]).toEqual(['conflict', 0])
    for (const wrong of ['', fingerprint]) {
      expect((await problemOf(msp.studio.mapping.accept(DANA, 'C1', { revision: wrong }))).kind).toBe(
        'conflict',
      )
    }
    const now = (await msp.studio.mapping.suggest('contoso')).fingerprint.slice(0, 16)
    await msp.studio.mapping.accept(DANA, 'C1', { revision: now })
    expect(msp.sync.state.slots.length).toBe(1)
  })

  test('what is in doubt stays a gap, is held, and is the first thing to look at, by the customer’s name', async () => {
    const msp = await mappingOffice()
    msp.subscriptions = [...msp.subscriptions, visio()]
    msp.items = [PREMIUM]
    await msp.observe()
    const changed = await mapContoso(msp)
    expect(changed.gaps).toEqual(['Visio Plan 2: item: nothing fits'])
    const { exceptions, totals } = await msp.studio.who(MARCH)
    expect(totals).toEqual([])
    expect(exceptions.map(({ kind, why }) => [kind, why])).toContainEqual([
      'notMapped',
      'Contoso is billed in ConnectWise, and this is not mapped there, so nothing bills it; `map Contoso` shows what fits',
    ])
    const { gaps, mapped, byFile } = await msp.studio.mapping.overview()
    expect(gaps).toMatchObject([{ customerName: 'Contoso', product: 'Visio Plan 2' }])
    expect(mapped).toMatchObject([{ customerName: 'Contoso', since: MARCH.from, subscriptions: 1 }])
    expect(byFile).toEqual([])
    expect((await problemOf(mapContoso(msp))).what).toBe(
      'Nothing more of Contoso is sure: Visio Plan 2: item: nothing fits.',
    )
    msp.items = [PREMIUM, VISIO]
    await mapContoso(msp)
    expect((await msp.studio.mapping.overview()).gaps).toEqual([])
    expect((await problemOf(mapContoso(msp))).what).toBe(
      'Everything of Contoso that a PSA can bill is mapped.',
    )
  })

  test('a customer of which nothing is sure goes on being billed by file: nothing else would bill it', async () => {
    const msp = await mappingOffice()
    msp.items = []
    const refused = await problemOf(mapContoso(msp))
    expect(refused.what).toContain('Nothing more of Contoso is sure')
    expect(msp.sync.state).toMatchObject({ customers: [], slots: [] })
    const { totals, exceptions } = await msp.studio.who(MARCH)
    expect([totals.map(({ amount }) => amount), exceptions]).toEqual([[51_452n], []])
  })
})

describe('two PSAs', () => {
  test('the same company in both is a doubt; naming one decides', async () => {
    const msp = await mappingOffice(undefined, ['connectwise', 'autotask'])
    expect((await msp.studio.mapping.suggest('contoso')).companies.doubt).toBe('2 fit about equally well')
    const found = await msp.studio.mapping.suggest('contoso', { psa: 'autotask', company: '12' })
    expect([found.company?.psa, found.companies.doubt]).toEqual(['autotask', undefined])
  })
})

test('a line that a mapping has taken is not suggested again: sharing it is a person’s decision', async () => {
  const msp = await mappingOffice()
  await mapContoso(msp)
  msp.subscriptions = [...msp.subscriptions, observed({ subscriptionId: '1001' })]
  await msp.observe()
  const { subscriptions } = await msp.studio.mapping.suggest('contoso')
  expect(new Set(subscriptions.map(({ slot, place }) => slot?.lineId ?? place?.type))).toEqual(
    new Set(['90001', 'new']),
  )
})

test('lines of ours, ended ones and those of other mappings are not suggested', async () => {
  const msp = await mappingOffice()
  const ended = psaLine({ id: '90002', quantity: '25', to: '2026-03-01' })
  const ours = psaLine({ id: '90003', quantity: '25', marker: 'CBS:L-other:r0123456789ab' })
  msp.containers = [container({ mode: 'datedLines', lockedTo: MARCH.from, lines: [ended, ours] })]
  expect((await msp.studio.mapping.suggest('contoso')).subscriptions[0]?.place).toEqual({
    type: 'new',
    ours: false,
  })
})
