import { expect, test } from 'vitest'
import { renderConsole } from '../../../bot/console/render.js'
import { type ChatDesk, chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'
import { decimal, observed } from '../../support/observed.js'

/**
 * What a month takes in of earlier ones is said (B21). Contoso's 20 seats at $22.00 with 5 more on 11 March are 440.00 +
 * 74.52 = 514.52 for March and 25 × 22.00 = 550.00 for April: nothing billed, April's answer is 1,064.52.
 */

async function read({ desk }: ChatDesk, text: string, by = 'dana'): Promise<string[]> {
  const { card } = await desk.ask(`console:${by}`, text)
  return renderConsole(card)
    .split('\n')
    .filter((line) => line !== '')
}

const LEFT = 'Of that $514.52 with bill-on dates before April 2026'

test('who, customer and the run say what of their total earlier months left', async () => {
  const chat = await chatDesk({ log: memoryLog() })
  chat.world.now = new Date('2026-04-01T13:00:00Z')
  expect((await read(chat, 'who april')).slice(1, 3)).toEqual([
    'To bill in USD  $1,064.52 from 1 customer',
    `${LEFT} (still unbilled).`,
  ])
  const customer = await read(chat, 'customer contoso april')
  const total = customer.indexOf('Total $1,064.52 (3 lines)')
  expect(customer[total + 1]).toBe(`${LEFT} (still unbilled).`)
  expect((await read(chat, 'propose april')).slice(0, 3)).toEqual([
    'Bill run BR-0001 · Contoso · April 2026, service 1 Mar – 30 Apr 2026',
    'Total $1,064.52 (3 lines)',
    `${LEFT} (still unbilled).`,
  ])
  // Approved, it is billed.
  expect(await read(chat, 'approve APR-0001', 'lee')).toContain(`${LEFT}.`)
})

test('nothing is said where earlier months left nothing', async () => {
  const chat = await chatDesk({ log: memoryLog() })
  expect((await read(chat, 'who march')).join('\n')).not.toContain('before')
  expect((await read(chat, 'customer contoso march')).join('\n')).not.toContain('before')
  const run = await read(chat, 'propose march')
  expect(run[0]).toBe('Bill run BR-0001 · Contoso · 1–31 Mar 2026')
  expect(run.join('\n')).not.toContain('before')
  await read(chat, 'approve APR-0001', 'lee')
  // What is left of March is what came late: it alone is for days before April.
  expect((await read(chat, 'who april')).join('\n')).not.toContain('before')
})

test('each currency has its own', async () => {
  const chat = await chatDesk({ log: memoryLog() })
  chat.world.customers.push({ id: 'C2', name: 'Globex' })
  const unitPrice = { currency: 'EUR', amount: decimal('10') }
  const euros = observed({ subscriptionId: '2000', customerId: 'C2', quantity: decimal('2'), unitPrice })
  chat.world.subscriptions.push(euros)
  chat.world.now = new Date('2026-04-01T13:00:00Z')
  await chat.studio.observe()
  expect((await read(chat, 'who april')).slice(1, 4)).toEqual([
    'To bill in EUR  €40.00 from 1 customer',
    'To bill in USD  $1,064.52 from 1 customer',
    'Of that €20.00 + $514.52 with bill-on dates before April 2026 (still unbilled).',
  ])
})

test('a customer held by its bounds is not told that earlier months are this one', async () => {
  const chat = await chatDesk({ log: memoryLog() })
  await read(chat, 'propose march')
  await read(chat, 'approve APR-0001', 'lee')
  chat.world.now = new Date('2026-05-01T13:00:00Z')
  // April's 550.00 and May's 550.00 after March's 514.52: 585.48 more, 114 %.
  expect((await read(chat, 'propose may')).join('\n')).toContain(
    'Contoso: $1,100.00, of that $550.00 left from earlier months, after $514.52 in the last month billed (+114 %)',
  )
})
