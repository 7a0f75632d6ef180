import { beforeEach, expect, test } from 'vitest'
import { renderConsole } from '../../../bot/console/render.js'
import { type ChatDesk, chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'
import { observed } from '../../support/observed.js'

/** How old the data behind a request is: Contoso was observed on 20 March at 9:00 and never since. */

let chat: ChatDesk

beforeEach(async () => {
  chat = await chatDesk({ log: memoryLog() })
})

async function read(who: string, text: string): Promise<string[]> {
  const { card } = await chat.desk.ask(`console:${who}`, text)
  return renderConsole(card)
    .split('\n')
    .filter((line) => line !== '')
}

const WARNING = /Look at .* first|days old|hours old/

test('a request says how old its data is when it is asked for, while it waits, and on its pages', async () => {
  chat.world.now = new Date('2026-03-20T13:10:00Z')
  const age = 'Data from 10 minutes ago (observation 1).'
  expect(await read('dana', 'propose march')).toContain(age)
  expect(await read('lee', 'approval APR-0001')).toContain(age)
  const page = await read('lee', 'approval APR-0001 page 1')
  expect(page.at(-1)).toBe(`${age} That is all of it. Next: \`approval APR-0001\` shows its card.`)
})

test('the age is that of the observation it was compared with, as of the moment it is read', async () => {
  await read('dana', 'propose march')
  await read('lee', 'approval APR-0001')
  chat.world.now = new Date('2026-03-20T15:00:00Z')
  expect(await read('lee', 'approval APR-0001')).toContain('Data from 2 hours ago (observation 1).')
  await chat.studio.observe()
  expect(await read('lee', 'approval APR-0001')).toContain(
    'Data from less than a minute ago (observation 2).',
  )
})

test('data of a day is not old yet; a minute later it is what to look at first', async () => {
  chat.world.now = new Date('2026-03-21T13:00:00Z')
  expect((await read('dana', 'propose march')).join('\n')).not.toMatch(WARNING)
  chat.world.now = new Date('2026-03-21T13:01:00Z')
  const card = await read('lee', 'approval APR-0001')
  expect(card.slice(1, 4)).toEqual([
    'Total $514.52 (2 lines)',
    'Look at this first',
    'The data is 24 hours old: type `observe` first.',
  ])
})

test('data of 26 days is called that on the card and its pages, and refuses nothing', async () => {
  // 20 March 9:00 to 15 April 9:00.
  chat.world.now = new Date('2026-04-15T13:00:00Z')
  const card = await read('dana', 'propose april')
  expect(card).toContain('The data is 26 days old: type `observe` first.')
  expect(await read('lee', 'approval APR-0001 page 1')).toContain(
    'The data is 26 days old: type `observe` first.',
  )
  expect((await read('lee', 'approve APR-0001')).join('\n')).toContain('Approved by Lee')
})

test('old data is counted among what to look at first', async () => {
  chat.world.customers.push({ id: 'C2', name: 'Fabrikam' })
  chat.world.subscriptions.push(observed({ subscriptionId: '2', customerId: 'C2', unitPrice: undefined }))
  chat.world.now = new Date('2026-03-20T14:00:00Z')
  await chat.studio.observe()
  chat.world.now = new Date('2026-04-15T13:00:00Z')
  const card = await read('dana', 'propose april')
  const at = card.indexOf('Look at these 2 first')
  expect(card[at + 1]).toBe('The data is 25 days old: type `observe` first.')
  expect(card[at + 2]).toMatch(/^1 × /)
})

test('what is decided, and a void, depend on no observation', async () => {
  await read('dana', 'propose march')
  await read('lee', 'approve APR-0001')
  chat.world.now = new Date('2026-04-15T13:00:00Z')
  expect((await read('lee', 'approval APR-0001')).join('\n')).not.toMatch(/Data from|old/)
  const asked = await read('lee', 'void BR-0001 because sent twice')
  expect(asked.join('\n')).not.toMatch(/Data from|old/)
})
