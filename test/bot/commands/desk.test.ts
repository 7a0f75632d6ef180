import { expect, test } from 'vitest'
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

test.each(['propose contoso march', 'propose march contoso', 'propose march, contoso'])(
  '%s is the same proposal',
  async (text) => {
    const { desk } = await chatDesk({ log: memoryLog() })
    const said = renderConsole((await desk.ask('console:dana', text)).card)
    expect(said).toContain('Bill run BR-0001 · Contoso · 1–31 Mar 2026')
  },
)
