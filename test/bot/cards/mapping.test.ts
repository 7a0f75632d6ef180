import { describe, expect, test } from 'vitest'
import { mappedCard, removedCard } from '../../../bot/cards/mapped.js'
import { mappingCard, suggestionCard } from '../../../bot/cards/mapping.js'
import type { Card } from '../../../bot/cards/model.js'
import { renderConsole } from '../../../bot/console/render.js'
import { renderSlack } from '../../../bot/slack/render.js'
import { DANA } from '../../support/office.js'
import { HOSTILE_NAMES } from '../../support/card-samples.js'
import { day, decimal, observed } from '../../support/observed.js'
import { mentionsIn, messageMistakes } from '../../emulators/slack/blocks.js'
import { psaLine } from '../../core/sync/build.js'
import {
  MappingOffice,
  PREMIUM,
  VISIO,
  company,
  mappingOffice,
  visio,
} from '../../core/app/mapping-office.js'

async function suggested(msp: Awaited<ReturnType<typeof mappingOffice>>, choice = {}): Promise<Card> {
  return suggestionCard(await msp.studio.mapping.suggest('contoso', choice), choice)
}

/** Contoso with a second subscription of which nothing is sure. */
async function doubtful() {
  const msp = await mappingOffice()
  msp.subscriptions = [...msp.subscriptions, visio()]
  msp.items = [PREMIUM, { ...VISIO, id: '1301' }, VISIO]
  await msp.observe()
  return msp
}

test('a suggestion says each score with its reason, and Accept carries ids and a revision, no amount', async () => {
  const msp = await mappingOffice()
  const card = await suggested(msp)
  const text = renderConsole(card)
  expect(card.tone).toBe('plain')
  expect(text).toContain('Contoso, Ltd. (12) in ConnectWise · 88 of 100: same name without its legal form')
  expect(text).toContain('Contoso licences (77) · 100 of 100: the only one that can be billed into')
  expect(text).toMatch(
    /Microsoft 365 Business Premium \[L-[a-z0-9]+\], 25 seats → M365 Business Premium \(1234\), 100 of 100: same vendor number BP · line 90001, 80 of 100: same item, 20 there for 25 · its price \$22\.00 stays/,
  )
  const { fingerprint } = await msp.studio.mapping.suggest('contoso')
  expect(card.actions).toMatchObject([
    {
      name: 'map',
      target: { id: 'C1', revision: fingerprint.slice(0, 16) },
      command: 'map Contoso accept',
    },
    {
      name: 'mapByHand',
      target: { id: 'C1', revision: '' },
      command: 'map Contoso to <company> in <agreement or contract> accept from <month>',
    },
  ])
  expect(text).toContain('`map Contoso accept`')
})

test('what is uncertain comes first, with what it could be', async () => {
  const card = await suggested(await doubtful())
  const lists = card.blocks.flatMap((block) => (block.type === 'list' ? [block] : []))
  expect(card.tone).toBe('attention')
  expect(lists.map(({ heading }) => heading)).toEqual(['Uncertain: look at these first', 'Accepting maps'])
  expect(lists[0]?.items[0]).toMatch(
    /^Visio Plan 2 \[L-[a-z0-9]+\], 5 seats: item: 2 fit about equally well\. Visio Plan 2 \(1300\), 100 of 100: same name; Visio Plan 2 \(1301\), 100 of 100: same name$/,
  )
})

test('what no PSA bills is shown with its reason, and no click accepts it', async () => {
  const msp = new MappingOffice()
  msp.subscriptions = [visio({ billingPeriod: { type: 'year', duration: 1 } })]
  msp.orders = []
  await msp.observe()
  const card = await suggested(msp)
  expect(card.actions).toEqual([])
  expect(renderConsole(card)).toMatch(
    /Files bill these[^]*Visio Plan 2 \[L-[a-z0-9]+\]: it is billed by the year, and stays with the file/,
  )
})

test('who moves reads where it was and that it bills on there; who shares an agreement reads with whom', async () => {
  const msp = await mappingOffice()
  msp.subscriptions = [...msp.subscriptions, visio({ customerId: 'C2' })]
  await msp.observe()
  const { mapping } = msp.studio
  await mapping.accept(DANA, 'contoso')
  msp.companies = [...msp.companies, company('14', 'Contoso Holding')]
  msp.containers = [
    ...msp.containers.map((each) => ({ ...each, companyId: '13' })),
    ...msp.containers.map((each) => ({ ...each, id: '88', companyId: '14', name: 'Group' })),
  ]
  const named = { company: '14' }
  const keeps =
    'Contoso, Ltd. (12) in ConnectWise, Contoso licences: what is there keeps billing until somebody ends it.'
  expect(renderConsole(await suggested(msp, named))).toContain(`Contoso is billed in ${keeps}`)
  const shares = 'Contoso licences bills Contoso too: these customers share one agreement or contract.'
  const fabrikam = suggestionCard(await mapping.suggest('fabrikam', { company: '13' }), { company: '13' })
  expect([fabrikam.tone, renderConsole(fabrikam)]).toEqual(['attention', expect.stringContaining(shares)])
  const accepted = mappedCard(await mapping.accept(DANA, 'fabrikam', { company: '13' }))
  expect([accepted.tone, renderConsole(accepted)]).toEqual(['attention', expect.stringContaining(shares)])
  const moved = mappedCard(await mapping.accept(DANA, 'contoso', named))
  expect([moved.tone, renderConsole(moved)]).toEqual([
    'attention',
    expect.stringContaining(`Contoso was billed in ${keeps}`),
  ])
  expect(renderConsole(await suggested(msp))).not.toContain('keeps billing')
})

test('what is mapped shows the seats bought elsewhere and whose price it is', async () => {
  const msp = await mappingOffice()
  const { mapping } = msp.studio
  await mapping.accept(DANA, 'contoso')
  expect(renderConsole(await suggested(msp))).toMatch(
    /item 1234, line 90001, its price stays, since 1 Mar 2026/,
  )
  const change = { subscription: 'premium', to: undefined, offset: decimal('1'), price: 'ours' } as const
  await mapping.set(DANA, 'contoso', change)
  expect(renderConsole(await suggested(msp))).toMatch(
    /item 1234, line 90001, 1 seat bought elsewhere, our price, since 1 Mar 2026/,
  )
})

test('a sync that writes nothing is said only where nothing of the customer waits', async () => {
  const msp = await mappingOffice()
  msp.subscriptions = [...msp.subscriptions, visio()]
  await msp.observe()
  const { mapping } = msp.studio
  await mapping.accept(DANA, 'contoso')
  const there = psaLine({ id: '90002', itemId: '1300', quantity: '5', unitPrice: '15.00' })
  msp.containers = msp.containers.map((each) => ({ ...each, lines: [...each.lines, there] }))
  const change = { subscription: 'visio', to: { type: 'line', id: '90002' }, offset: undefined } as const
  const set = () => mapping.set(DANA, 'contoso', { ...change, price: undefined })
  const text = renderConsole(mappedCard(await set()))
  expect(text).toContain('A sync would write into Contoso licences')
  expect(text).toContain(
    'Microsoft 365 Business Premium: 20 → 25 on the running line, billed from 1 Apr 2026',
  )
  expect(text).not.toContain('a sync writes nothing')
})

test('without a sure company or agreement there is nothing to accept', async () => {
  const msp = await mappingOffice()
  msp.companies = [company('14', 'Contoso Holding')]
  const card = await suggested(msp)
  expect(card.actions.map(({ name }) => name)).toEqual(['mapByHand'])
  expect(renderConsole(card)).toContain('`map Contoso to <company>` with a name or id')
})

test('a named place stays in the button and in the words; one too long for a button is in words alone', async () => {
  const msp = await mappingOffice()
  const named = await suggested(msp, { company: '12', container: '77' })
  expect(named.actions).toMatchObject([
    { target: { id: 'C1 connectwise 12 77' }, command: 'map Contoso to connectwise 12 in 77 accept' },
    { name: 'mapByHand' },
  ])
  const long = '9'.repeat(60)
  msp.companies = [company(long, 'Contoso')]
  msp.containers = msp.containers.map((each) => ({ ...each, companyId: long }))
  const words = await suggested(msp, { company: long })
  expect(words.actions.map(({ name }) => name)).toEqual(['mapByHand'])
  expect(renderConsole(words)).toContain(`\`map Contoso to connectwise ${long} accept\``)
})

test('S15: a price that stays is shown beside ours where they differ', async () => {
  const msp = await mappingOffice()
  const amount = decimal('24.00')
  msp.subscriptions = [observed({ quantity: decimal('25'), unitPrice: { currency: 'USD', amount } })]
  await msp.observe()
  expect(renderConsole(await suggested(msp))).toContain('its price $22.00 stays, ours is $24.00')
  const changed = await msp.studio.mapping.accept(DANA, 'contoso')
  expect(renderConsole(mappedCard(changed))).toContain('its price $22.00 stays (ours is $24.00)')
})

test('S15: a price of the catalog is shown beside ours where they differ', async () => {
  const msp = await mappingOffice()
  msp.items = msp.items.map((item) => ({ ...item, unitPrice: decimal('25.00') }))
  const { mapping } = msp.studio
  await mapping.accept(DANA, 'contoso')
  const change = { subscription: 'premium', to: undefined, offset: undefined, price: 'catalog' } as const
  const text = renderConsole(mappedCard(await mapping.set(DANA, 'contoso', change)))
  expect(text.replace(/\s+/g, ' ')).toContain(
    'line 90001, the price of its catalog $25.00 (ours is $22.00), from',
  )
  expect(renderConsole(await suggested(msp))).toContain(
    'line 90001, the price of its catalog, since 1 Mar 2026',
  )
})

test('after accepting: what is mapped, what nothing bills, what a sync would write, and that nothing was', async () => {
  const msp = await doubtful()
  const card = mappedCard(await msp.studio.mapping.accept(DANA, 'contoso'))
  const text = renderConsole(card)
  expect(card.tone).toBe('attention')
  expect(text).toContain('Nothing bills these of Contoso until they are mapped')
  expect(text).toContain(
    'Microsoft 365 Business Premium → item 1234, line 90001, its price $22.00 stays, from 1 Mar 2026',
  )
  expect(text).toContain('Microsoft 365 Business Premium: once 5 × $22.00, 11–31 Mar 2026')
  expect(text).toContain('Nothing was written to ConnectWise. Next: `map Contoso`.')
})

test('the overview begins with what nobody bills; files and PSAs follow', async () => {
  const msp = await doubtful()
  expect(renderConsole(mappingCard(await msp.studio.mapping.overview()))).toContain('Billed by file')
  await msp.studio.mapping.accept(DANA, 'contoso')
  const card = mappingCard(await msp.studio.mapping.overview())
  const lists = card.blocks.flatMap((block) => (block.type === 'list' ? [block] : []))
  expect(lists.map(({ items }) => items)).toEqual([
    [expect.stringMatching(/^Contoso · Visio Plan 2 \[L-[a-z0-9]+\]$/)],
    ['Contoso → Contoso, Ltd. in ConnectWise · Contoso licences · 1 subscription · since 1 Mar 2026'],
  ])
  expect(card.tone).toBe('attention')
})

test('going back to files warns of what stays in the PSA', async () => {
  const msp = await mappingOffice()
  await msp.studio.mapping.accept(DANA, 'contoso')
  const text = renderConsole(removedCard(await msp.studio.mapping.remove(DANA, 'contoso')))
  expect(text).toContain('Contoso is billed by file from 1 Apr 2026 on.')
  expect(text).toContain(
    'What is in ConnectWise stays as it is, and bills the days before: end it there after 31 Mar 2026, or it is billed twice.',
  )
})

test('a route from a later month warns of the days before it, which the PSA bills for what is there', async () => {
  const words = 'has not invoiced 1–31 Mar 2026 yet and has what is mapped for those days, which files bill'
  const later = { type: 'month', month: { from: day('2026-04-01'), to: day('2026-05-01') } } as const
  const msp = await mappingOffice()
  msp.containers = msp.containers.map((one) => ({ ...one, lockedTo: day('2026-03-01') }))
  const text = renderConsole(mappedCard(await msp.studio.mapping.accept(DANA, 'contoso', {}, later)))
  expect(text).toContain(words)
  const invoiced = await mappingOffice()
  const quiet = renderConsole(mappedCard(await invoiced.studio.mapping.accept(DANA, 'contoso', {}, later)))
  expect(quiet).not.toContain(words)
})

describe('hostile names', () => {
  test.each(HOSTILE_NAMES)('%j is text on every card', async (name) => {
    const msp = await mappingOffice()
    msp.subscriptions = [
      observed({ productName: name, quantity: decimal('25') }),
      visio({ productName: name }),
    ]
    msp.companies = [company('12', name), company('14', `${name} GmbH`), company('15', 'Contoso')]
    msp.items = [
      { ...PREMIUM, name },
      { ...VISIO, name, unusable: name },
      { ...VISIO, name, id: '3' },
    ]
    msp.containers = msp.containers.map((each) => ({ ...each, name }))
    await msp.observe()
    const named = { company: '12' }
    const cards = [
      await suggested(msp),
      await suggested(msp, named),
      mappedCard(await msp.studio.mapping.accept(DANA, 'contoso', named)),
      mappingCard(await msp.studio.mapping.overview()),
      removedCard(await msp.studio.mapping.remove(DANA, 'contoso')),
    ]
    for (const card of cards) {
      const { text, blocks } = renderSlack(card)
      expect(messageMistakes(blocks)).toEqual([])
      expect(mentionsIn(text, blocks)).toEqual([])
    }
  })
})
