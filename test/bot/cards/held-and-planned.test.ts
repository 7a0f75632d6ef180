import { expect, test } from 'vitest'
import { renderConsole } from '../../../bot/console/render.js'
import type { ObservedSubscription } from '../../../core/marketplace/types.js'
import { type ChatDesk, chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'
import { day, decimal, observed, order } from '../../support/observed.js'

/** What people read of lines that are not billed: held ones, and what lies ahead (B14, B17, B21). */

async function office(): Promise<ChatDesk> {
  return chatDesk({ log: memoryLog() })
}

/** The marketplace says something else from an instant on. */
async function observe(
  { world, studio }: ChatDesk,
  at: string,
  subscription: Partial<ObservedSubscription>,
): Promise<void> {
  world.now = new Date(at)
  world.subscriptions = [observed({ quantity: decimal('25'), ...subscription })]
  await studio.observe()
}

async function read({ desk }: ChatDesk, text: string): Promise<string[]> {
  const { card } = await desk.ask('console:dana', text)
  return renderConsole(card)
    .split('\n')
    .filter((line) => line !== '')
}

test('a price that is lost on 1 April holds April, and leaves March to be billed', async () => {
  const chat = await office()
  await observe(chat, '2026-04-01T13:00:00Z', { unitPrice: undefined })
  const why = 'the marketplace states no price from 1 Apr 2026'
  const wayOut =
    'not billed: 1–30 Apr 2026; bill this by hand, or wait until the marketplace states the price'
  expect(await read(chat, 'customer contoso april')).toEqual([
    'Contoso · April 2026',
    `Microsoft 365 Business Premium: ${why}; ${wayOut}`,
    'To bill in USD:',
    expect.stringMatching(
      /\[\w+\] Microsoft 365 Business Premium · 1–31 Mar 2026 · bill on 1 Mar · 20 × \$22.00 = \$440.00$/,
    ),
    expect.stringContaining('· bill on 11 Mar · 20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52'),
    'Total $514.52 (2 lines)',
    'Of that $514.52 with bill-on dates before April 2026 (still unbilled).',
    'Held, not billed:',
    `  - Microsoft 365 Business Premium · 1–30 Apr 2026 · 25 seats · amount not known: ${why}`,
    'Data from less than a minute ago (observation 2). Next: `explain <line>` shows where a line comes from.',
  ])
  expect(await read(chat, 'who april')).toContain(
    `  - Contoso · Microsoft 365 Business Premium: ${why}; ${wayOut}`,
  )
  expect((await read(chat, 'status')).join(' ')).toMatch(/Held, not billed +1: Contoso/)
  expect((await read(chat, 'propose april')).join(' ')).toContain('$514.52 (2 lines)')
})

test('a gap that is open is told before it holds anything; a closed one that holds nothing is not', async () => {
  const chat = await office()
  await observe(chat, '2026-03-21T13:00:00Z', { unitPrice: undefined })
  const told =
    'Contoso · Microsoft 365 Business Premium: the marketplace states no price from 21 Mar 2026; periods that begin then are not billed; bill this by hand, or wait until the marketplace states the price'
  expect(await read(chat, 'who march')).toContain(`  - ${told}`)
  expect((await read(chat, 'status')).join(' ')).toMatch(/Held, not billed +0/)
  await observe(chat, '2026-03-25T13:00:00Z', {})
  expect((await read(chat, 'who march')).join(' ')).not.toContain('states no price')
})

test('a gap between two prices that differ stays: nothing is invented, and the words say what to do', async () => {
  const chat = await office()
  await observe(chat, '2026-04-01T13:00:00Z', { unitPrice: undefined })
  await observe(chat, '2026-04-20T13:00:00Z', { unitPrice: { currency: 'USD', amount: decimal('24') } })
  expect(await read(chat, 'customer contoso april')).toContain(
    'Microsoft 365 Business Premium: the marketplace states no price for 1–19 Apr 2026; not billed: 1–30 Apr 2026; no price is invented, so bill this by hand',
  )
})

test('a gap that begins after the month asked for is not told in it', async () => {
  const chat = await office()
  await observe(chat, '2026-04-05T13:00:00Z', { unitPrice: undefined })
  expect((await read(chat, 'who march')).join(' ')).not.toContain('states no price')
  expect((await read(chat, 'who april')).join(' ')).toContain('states no price from 5 Apr 2026')
})

test('seats added in a held period are shown with their date', async () => {
  const chat = await office()
  await observe(chat, '2026-04-01T13:00:00Z', { unitPrice: undefined })
  await observe(chat, '2026-04-10T13:00:00Z', { unitPrice: undefined, quantity: decimal('30') })
  expect((await read(chat, 'customer contoso april')).join('\n')).toContain(
    '· 10–30 Apr 2026 · 25 → 30 seats from 10 Apr · amount not known: the marketplace',
  )
})

test('a price in another currency is shown in it, and explained as held', async () => {
  const chat = await office()
  const euros = { currency: 'EUR', amount: decimal('20') }
  await observe(chat, '2026-04-01T13:00:00Z', { unitPrice: euros })
  const why = 'priced in EUR from 1 Apr 2026, but this customer is billed in USD'
  const held = (await read(chat, 'customer contoso april')).find((line) => line.includes('€500.00'))
  expect(held).toMatch(
    /^  - \[\w+\] Microsoft 365 Business Premium · 1–30 Apr 2026 · bill on 1 Apr · 25 × €20.00 = €500.00 · held: /,
  )
  expect(held).toContain(why)
  expect((await read(chat, 'who april')).join('\n')).toContain(
    `${why}; not billed: 1–30 Apr 2026; nothing is converted, so bill this by hand`,
  )
  const ref = /\[(\w+)\]/.exec(held ?? '')?.[1] ?? ''
  expect((await read(chat, `explain ${ref}`)).slice(0, 3)).toEqual([
    `Line ${ref}`,
    `Held, not billed: ${why}`,
    '25 × €20.00 = €500.00',
  ])
})

test('a status nobody knows holds all lines: they are shown with their amounts, and are in no bill and no run', async () => {
  const chat = await office()
  await observe(chat, '2026-03-20T14:00:00Z', { status: 'unknown' })
  const card = await read(chat, 'customer contoso march')
  expect(card).toContain('Nothing to bill for March 2026.')
  expect(card.filter((line) => line.includes('· held: the marketplace states a status'))).toHaveLength(2)
  expect(await read(chat, 'who march')).toContain('Nothing to bill for March 2026.')
  expect((await read(chat, 'propose march')).join(' ')).toContain('There is nothing to bill there')
})

test('a change that is planned is shown apart, and is in no total', async () => {
  const chat = await office()
  const waiting = {
    ...order({ id: '9', status: 'processing', scheduledAtRenewal: true }),
    provisionedAt: undefined,
  }
  chat.world.orders = [order(), { ...waiting, products: [{ mpn: 'BP', quantity: decimal('30') }] }]
  await observe(chat, '2026-03-20T14:00:00Z', { expiresOn: day('2026-03-25') })
  const card = await read(chat, 'customer contoso march')
  expect(card.slice(-4, -1)).toEqual([
    'Total $514.52 (2 lines)',
    'Not billed yet, and in no total:',
    '  - Planned: Microsoft 365 Business Premium · 25 → 30 seats from 25 Mar: would add $24.84 (5 × $22.00 × 7/31)',
  ])
  expect((await read(chat, 'who march')).slice(0, 3)).toEqual([
    'Who to bill in March 2026',
    'To bill in USD  $514.52 from 1 customer',
    '1 planned change would add $24.84; not billed yet, and in no total.',
  ])
  expect((await read(chat, 'who april')).join(' ')).toContain('$1,174.52 from 1 customer')
  chat.world.now = new Date('2026-03-25T13:00:00Z')
  expect((await read(chat, 'customer contoso march')).join(' ')).not.toContain('Planned')
})

test('who says on which days its lines are to be billed', async () => {
  expect((await read(await office(), 'who march')).slice(2, 4)).toEqual([
    'Customer                                                   To bill',
    'Contoso · 1–31 Mar 2026 · bill on 1–11 Mar 2026 · 2 lines  $514.52',
  ])
})

test('a customer’s lines are in the order of their products, whatever order they were observed in', async () => {
  const chat = await office()
  chat.world.now = new Date('2026-03-20T14:00:00Z')
  chat.world.orders = []
  chat.world.subscriptions = ['Visio', 'Azure', 'Exchange'].map((productName, index) =>
    observed({ subscriptionId: String(index + 1), mpn: productName, productName }),
  )
  await chat.studio.observe()
  const card = await read(chat, 'customer contoso march')
  const products = card.flatMap((line) => /\] (\w+) ·/.exec(line)?.[1] ?? [])
  expect(products.filter((product) => product !== 'Microsoft')).toEqual(['Azure', 'Exchange', 'Visio'])
})
