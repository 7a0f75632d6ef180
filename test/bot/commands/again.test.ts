import { expect, test } from 'vitest'
import { chatDesk } from '../../support/chat-desk.js'
import { fakePsa } from '../../support/fake-psa.js'
import { mapCustomers } from '../../support/mapped-desk.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { memoryBooks } from '../../support/memory-books.js'
import { memoryLog } from '../../support/memory-log.js'
import { memorySync } from '../../support/memory-sync.js'
import { day, decimal, observed } from '../../support/observed.js'

/** Contoso went from 20 to 25 seats on 11 March and is billed in an agreement that holds 20. */
async function mapped(routeFrom = '2026-03-01') {
  const books = memoryBooks()
  const [psa, sync] = [fakePsa(), memorySync(books)]
  const options = { billing: memoryBilling(books), sync, psas: new Map([['connectwise', psa]] as const) }
  const chat = await chatDesk({ log: memoryLog(), ...options })
  await mapCustomers({ chat, psa, sync }, day(routeFrom))
  const names = async (text: string) =>
    (await chat.desk.ask('console:lee', text)).card.actions.map(({ name }) => name)
  const again = (id: string, who = 'dana') =>
    chat.desk.click(`console:${who}`, { name: 'again', target: { id, revision: '' } })
  const seats = async (quantity: string) => {
    chat.world.subscriptions = [observed({ quantity: decimal(quantity) })]
    chat.world.now = new Date(chat.world.now.getTime() + 60_000)
    await chat.studio.observe()
  }
  return { chat, names, again, seats }
}

test('a sync that is out of date offers no yes, but one about what is there now', async () => {
  const { chat, names, again, seats } = await mapped()
  await chat.desk.ask('console:dana', 'sync contoso')
  expect(await names('approval APR-0001')).toEqual(['approve', 'reject'])
  await seats('26')
  expect(await names('approval APR-0001')).toEqual(['again', 'reject'])
  const { approval } = await again('APR-0001')
  expect(approval).toMatchObject({ approval: { id: 'APR-0002', subject: { type: 'sync' } } })
  expect(await names('approval APR-0002')).toEqual(['approve', 'reject'])
  expect(await names('approval APR-0001')).toEqual([])
})

test('an expired one offers a fresh one; a decided one nothing', async () => {
  const { chat, names, again } = await mapped()
  await chat.desk.ask('console:dana', 'sync contoso')
  chat.world.now = new Date('2026-03-24T13:00:00Z')
  expect(await names('approval APR-0001')).toEqual(['again'])
  await again('APR-0001')
  await (await chat.desk.ask('console:lee', 'approve APR-0002')).after?.()
  expect(await names('approval APR-0002')).toEqual([])
})

test('what needs a reason is asked for in words, and whoever may not ask is refused', async () => {
  const { chat, names, again, seats } = await mapped()
  await chat.desk.ask('console:dana', 'sync contoso')
  await (await chat.desk.ask('console:lee', 'approve APR-0001')).after?.()
  await chat.desk.ask('console:sam', 'void BR-0001 because too early')
  await seats('27')
  chat.world.now = new Date('2026-03-28T13:00:00Z')
  expect(await names('approval APR-0002')).toEqual([])
  expect((await again('APR-0002')).problem).toMatchObject({
    kind: 'input',
    next: 'Type `void BR-0001 Contoso because <reason>`.',
  })
  expect((await again('APR-0002', 'vic')).problem?.kind).toBe('forbidden')
})

test('what settles no line of the month names its customer all the same', async () => {
  const { chat, seats } = await mapped('2026-04-01')
  const { approval } = await chat.desk.ask('console:dana', 'sync contoso')
  expect(approval?.run.customers).toEqual([])
  await seats('26')
  const { card } = await chat.desk.ask('console:lee', 'approval APR-0001')
  expect(card.actions).toMatchObject([{ name: 'again', command: 'sync Contoso' }, { name: 'reject' }])
})
