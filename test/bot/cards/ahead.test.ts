import { expect, test } from 'vitest'
import { isAhead } from '../../../bot/cards/spans.js'
import { renderConsole } from '../../../bot/console/render.js'
import { type ChatDesk, chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'
import { day, decimal, observed } from '../../support/observed.js'

/**
 * What has not begun assumes the last known seats, and is called so (B21). On 20 March Contoso has 25 seats at $22.00, and
 * 5 at $240.00 a year whose year ends on 23 March: the next one, 1,200.00 from 24 March, is already in March's answer of
 * 514.52 + 1,200.00 = 1,714.52; the year before began before the opening date.
 */

async function yearly(): Promise<ChatDesk> {
  const chat = await chatDesk({ log: memoryLog() })
  const year = observed({
    subscriptionId: '2000',
    mpn: 'PB',
    productName: 'Power BI Premium',
    quantity: decimal('5'),
    unitPrice: { currency: 'USD', amount: decimal('240') },
    billingPeriod: { type: 'year', duration: 1 },
    startsOn: day('2025-03-24'),
    expiresOn: day('2026-03-24'),
    renewsOn: day('2026-03-24'),
  })
  chat.world.subscriptions.push(year)
  chat.world.now = new Date('2026-03-20T13:01:00Z')
  await chat.studio.observe()
  return chat
}

async function read({ desk }: ChatDesk, text: string, by = 'dana'): Promise<string[]> {
  const { card } = await desk.ask(`console:${by}`, text)
  return renderConsole(card)
    .split('\n')
    .filter((line) => line !== '')
}

const FUTURE = '24 Mar 2026 – 23 Mar 2027'

test('who says what of its total has not begun', async () => {
  const chat = await yearly()
  expect((await read(chat, 'who march')).slice(1, 3)).toEqual([
    'To bill in USD  $1,714.52 from 1 customer',
    'Of that $1,200.00 is a forecast: it begins after today and assumes the last known seats.',
  ])
  // Four months of 550.00 more, of which none has begun: 1,714.52 + 2,200.00, three of them before July.
  expect((await read(chat, 'who july')).slice(1, 4)).toEqual([
    'To bill in USD  $3,914.52 from 1 customer',
    'Of that $3,364.52 with bill-on dates before July 2026 (still unbilled).',
    'Of that $3,400.00 is a forecast: it begins after today and assumes the last known seats.',
  ])
})

test('lines that have not begun say so; others do not', async () => {
  const chat = await yearly()
  const lines = (await read(chat, 'customer contoso march')).filter((line) => line.includes('bill on'))
  expect(lines.map((line) => line.endsWith(' · begins after today'))).toEqual(
    lines.map((line) => line.includes(FUTURE)),
  )
  expect(lines).toHaveLength(3)
  chat.world.now = new Date('2026-03-24T13:00:00Z')
  expect((await read(chat, 'customer contoso march')).join(' ')).not.toContain('begins after')
})

test('a run says for ever what had not begun when it was made', async () => {
  const chat = await yearly()
  const told = `${FUTURE}: 5 × $240.00 = $1,200.00 · begins after 20 Mar 2026`
  expect((await read(chat, 'propose march')).join('\n')).toContain(told)
  expect((await read(chat, 'approval APR-0001 page 1')).join('\n')).toContain(told)
  chat.world.now = new Date('2026-03-25T13:00:00Z')
  expect((await read(chat, 'approval APR-0001 page 1')).join('\n')).toContain(told)
})

test('its explanation names no walk back through orders as where it comes from', async () => {
  const chat = await yearly()
  const line = (await read(chat, 'customer contoso march')).find((one) => one.includes(FUTURE))
  const ref = /\[(\w+)\]/.exec(line ?? '')?.[1] ?? ''
  const said = (await read(chat, `explain ${ref}`)).join(' ').replaceAll(/\s+/g, ' ')
  expect(said).toContain(
    'Forecast begins after today, and assumes the last known seats Source as first observed on 20 Mar 2026 09:01',
  )
  expect(said).not.toContain('walked back')
})

test.each([
  ['recurring', '2026-03-21', true],
  ['prorated', '2026-03-21', true],
  ['credit', '2026-03-21', true],
  ['recurring', '2026-03-20', false],
  ['oneTime', '2026-03-21', false],
  ['correction', '2026-03-21', false],
] as const)('a line of kind %s from %s on 20 March assumes seats: %s', (kind, from, expected) => {
  expect(isAhead({ kind, from: day(from) }, day('2026-03-20'))).toBe(expected)
})
