import { describe, expect, test } from 'vitest'
import { renderConsole } from '../../../bot/console/render.js'
import { chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'

test.each([
  ['propose march networks', 'Understood as March 2026 and “networks”: No customer is called “networks”.'],
  [
    'who networks march',
    'Understood as March 2026 and “networks”: No customer or product has “networks” in its name.',
  ],
  ['customer networks march', 'Understood as March 2026 and “networks”: No customer is called “networks”.'],
])('a name that is not found says what was read as the month: %s', async (text, words) => {
  const { desk } = await chatDesk({ log: memoryLog() })
  expect(renderConsole((await desk.ask('console:dana', text)).card)).toContain(words)
})

test.each(['propose networks', 'who networks', 'who march networks extra words', 'explain nothing'])(
  'nothing is said of a reading that could be no other: %s',
  async (text) => {
    const { desk } = await chatDesk({ log: memoryLog() })
    const said = renderConsole((await desk.ask('console:dana', text)).card)
    expect(said.includes('Understood as')).toBe(text.includes('march'))
  },
)

const NAMES = ['Contoso', 'Contoso Marketing', 'Tab Separated Partners', 'Maytree', 'Anna May']

/** The desk with more customers, of whom only Contoso has something to bill. */
async function withNames() {
  const chat = await chatDesk({ log: memoryLog() })
  chat.world.now = new Date('2026-03-20T13:01:00Z')
  chat.world.customers = NAMES.map((name, index) => ({ id: `C${index + 1}`, name }))
  await chat.studio.observe()
  return async (text: string) => renderConsole((await chat.desk.ask('console:dana', text)).card)
}

test.each([
  ['customer tab sep', 'Tab Separated Partners · March 2026'],
  ['customer anna may', 'Anna May · March 2026'],
  ['who tab sep', 'Who to bill in March 2026 (tab sep)'],
  ['who do I bill for anna may?', 'Who to bill in March 2026 (anna may)'],
  // The exact name of a customer before a month is that customer in that month.
  ['customer contoso mar', 'Contoso · March 2026'],
  ['customer contoso mark', 'Contoso Marketing · March 2026'],
  ['customer tab april', 'Tab Separated Partners · April 2026'],
  ['who may', 'Who to bill in May 2026'],
  ['propose contoso, anna may', 'Bill run BR-0001 · Contoso · 1–31 Mar 2026'],
])('a name wins over a month at its end: %s', async (text, title) => {
  expect((await (await withNames())(text)).split('\n')[0]).toBe(title)
})

test.each(['who sep', 'customer contoso sep', 'propose sep contoso'])(
  'a month before billing began says when it did: %s',
  async (text) => {
    expect((await (await withNames())(text)).replaceAll(/\s+/g, ' ')).toContain(
      'othing to bill for September 2025. Billing here begins on 1 Mar 2026.',
    )
  },
)

test.each(['propose contoso march', 'propose march contoso', 'propose march, contoso'])(
  '%s is the same proposal',
  async (text) => {
    const { desk } = await chatDesk({ log: memoryLog() })
    const said = renderConsole((await desk.ask('console:dana', text)).card)
    expect(said).toContain('Bill run BR-0001 · Contoso · 1–31 Mar 2026')
  },
)

describe('a button that only shows something', () => {
  const look = (id: string) => ({ name: 'look' as const, target: { id, revision: '' } })

  test('shows what its words ask for', async () => {
    const { desk } = await chatDesk({ log: memoryLog() })
    const reply = await desk.click('slack:T1:U4', look('upcoming 60'))
    expect(reply.card.title).toBe('Upcoming, 20 Mar – 18 May 2026')
    expect((await desk.click('slack:T1:U4', look('calendar 2026-04'))).card.title).toBe(
      'Calendar of April 2026',
    )
  })

  test.each([
    'propose march',
    'observe',
    'approve APR-0001',
    'people remove Vic',
    'people link',
    'audit',
    'sudo',
  ])('does not lead to %s, whatever it was made to carry', async (id) => {
    const { desk, billing } = await chatDesk({ log: memoryLog() })
    const reply = await desk.click('slack:T1:U2', look(id))
    expect(reply.problem?.kind).toBe('input')
    expect(await billing.approval('APR-0001')).toBeUndefined()
  })
})
