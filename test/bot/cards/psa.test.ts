import { expect, test } from 'vitest'
import { renderConsole } from '../../../bot/console/render.js'
import { type ChatDesk, chatDesk } from '../../support/chat-desk.js'
import { type FakePsa, fakePsa } from '../../support/fake-psa.js'
import { mapCustomers } from '../../support/mapped-desk.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { memoryBooks } from '../../support/memory-books.js'
import { memoryLog } from '../../support/memory-log.js'
import { memorySync } from '../../support/memory-sync.js'
import { decimal, observed } from '../../support/observed.js'

interface Mapped {
  readonly chat: ChatDesk
  readonly psa: FakePsa
  /** What a person is answered, on the console: the first card, and those beside it. */
  readonly read: (who: string, text: string) => Promise<string>
}

/**
 * Contoso is billed in a prorating agreement of 20 seats that is open since March; 25 seats are due since the 11th. With
 * two customers Alder is before it, billed in one that does not prorate and is invoiced to the end of March.
 */
async function mapped(names: readonly string[] = ['Contoso']): Promise<Mapped> {
  const books = memoryBooks()
  const [psa, sync] = [fakePsa(), memorySync(books)]
  const options = { billing: memoryBilling(books), sync, psas: new Map([['connectwise', psa]] as const) }
  const chat = await chatDesk({ log: memoryLog(), ...options })
  if (names.length > 1) {
    chat.world.customers = names.map((name, index) => ({ id: `C${index + 1}`, name }))
    chat.world.subscriptions = [
      ...chat.world.subscriptions,
      ...names.slice(1).map((_, index) =>
        observed({
          subscriptionId: String(900 + index),
          customerId: `C${index + 2}`,
          productName: 'Visio',
          quantity: decimal('21'),
          unitPrice: { currency: 'USD', amount: decimal('22') },
        }),
      ),
    ]
    await chat.studio.observe()
  }
  await mapCustomers({ chat, psa, sync })
  const read = async (who: string, text: string) => {
    const reply = await chat.desk.ask(`console:${who}`, text)
    await reply.after?.()
    return [reply, ...(reply.also ?? [])].map(({ card }) => renderConsole(card)).join('\n')
  }
  return { chat, psa, read }
}

/** As one line, so that no width of a screen matters. */
function flat(text: string): string {
  return text.replace(/\s+/g, ' ')
}

// 25 × $22.00 = $550.00 in April, of which 20 × $22.00 = $440.00 are there; 5 × $22.00 × 21/31 = $74.52 are March's.
test('a month of a customer billed in a PSA holds its own amounts; what waits from before is said beside them', async () => {
  const { read } = await mapped()
  const before = flat(await read('dana', 'who april'))
  expect(before).toContain('$550.00 from 1 customer ($440.00 there, $110.00 waiting; besides $74.52 waiting')
  expect(before).toContain(
    'April 2026 $550.00: $440.00 already there, $110.00 waits for approval; besides $74.52 for March 2026 waits;',
  )
  const customer = flat(await read('dana', 'customer contoso april'))
  expect(customer).toContain('besides $74.52 for March 2026 waits;')
  expect(customer).toContain('Total $184.52 (2 lines) Of that $74.52 with bill-on dates before April 2026.')
  await read('dana', 'sync')
  await read('lee', 'approve APR-0001')
  const after = flat(await read('dana', 'who april'))
  expect(after).toContain('$550.00 from 1 customer ($550.00 there, $0.00 waiting)')
  expect(after).toContain('April 2026 $550.00: $550.00 already there; in ConnectWise')
})

test('what waits from several earlier months is said month by month', async () => {
  const { read } = await mapped()
  expect(flat(await read('dana', 'who may'))).toContain(
    'May 2026 $550.00: $440.00 already there, $110.00 waits for approval; besides $74.52 for March 2026 and $110.00 for April 2026 wait;',
  )
})
