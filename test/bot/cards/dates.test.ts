import { expect, test } from 'vitest'
import { renderConsole } from '../../../bot/console/render.js'
import { type ChatDesk, chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'
import { day, decimal, observed, order } from '../../support/observed.js'

/** What a terminal shows of a command. */
async function read({ desk }: ChatDesk, text: string): Promise<string> {
  const { card } = await desk.ask('console:dana', text)
  return renderConsole(card)
}

test('a list of lines of one year leaves it out of the days to bill; one of two years has it in all of them', async () => {
  const chat = await chatDesk({ log: memoryLog() })
  expect(await read(chat, 'customer contoso march')).toMatch(/· bill on 1 Mar · .*\n.*· bill on 11 Mar · /)
  chat.world.now = new Date('2026-12-20T13:00:00Z')
  await chat.studio.observe()
  const lines = (await read(chat, 'customer contoso 2027-01')).match(/bill on [^·]+/g) ?? []
  expect(lines).toHaveLength(12)
  expect([lines[0], lines.at(-1)]).toEqual(['bill on 1 Mar 2026 ', 'bill on 1 Jan 2027 '])
  expect(lines.filter((line) => !/20\d\d $/.test(line))).toEqual([])
})

test('changes of two years say of which each is', async () => {
  const chat = await chatDesk({ log: memoryLog() })
  expect(await read(chat, 'changes 2026-03-01')).toContain('20 → 25 seats from 11 Mar (order')
  expect(await read(chat, 'changes 2025-12-01')).toContain('20 → 25 seats from 11 Mar 2026 (order')
})

test('days of service are said once in a line, also where the arithmetic begins with them', async () => {
  const chat = await chatDesk({ log: memoryLog() })
  chat.world.now = new Date('2026-03-20T14:00:00Z')
  // 5 × 240 × 296/365 = 973.15
  chat.world.subscriptions = [
    observed({
      subscriptionId: '2000',
      mpn: 'PBI',
      productName: 'Power BI Premium',
      quantity: decimal('5'),
      unitPrice: { currency: 'USD', amount: decimal('240') },
      billingPeriod: { type: 'year', duration: 1 },
      startsOn: day('2026-03-11'),
      expiresOn: day('2027-01-01'),
    }),
  ]
  const products = [{ mpn: 'PBI', quantity: decimal('5') }]
  chat.world.orders = [order({ type: 'sales', subscriptionId: '2000', products })]
  await chat.studio.observe()
  const arithmetic = '5 × $240.00 × 296/365 = $973.15'
  expect(await read(chat, 'customer contoso march')).toContain(
    `] Power BI Premium · 11 Mar – 31 Dec 2026 · bill on 11 Mar · ${arithmetic}\n`,
  )
  expect(await read(chat, 'propose march')).toContain(
    `  - Power BI Premium · 11 Mar – 31 Dec 2026: ${arithmetic}\n`,
  )
})
