import { expect, test } from 'vitest'
import { createLoader } from '../../../core/app/loader.js'
import { observe } from '../../../core/app/observe.js'
import type { ObservedSubscription } from '../../../core/marketplace/types.js'
import { Problem } from '../../../core/problem.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { memoryBooks } from '../../support/memory-books.js'
import { memoryLedger } from '../../support/memory-ledger.js'
import { day, decimal, observed } from '../../support/observed.js'
import { noSync } from '../../support/no-sync.js'

const SETTINGS = { timeZone: 'America/New_York', opensOn: day('2026-03-01') }

/** A loader over stores that count how often all of them is read. */
async function office() {
  const shared = memoryBooks()
  const [ledger, billing] = [memoryLedger(shared), memoryBilling(shared)]
  const seen = { ledger: 0, books: 0, version: 1, failing: false, minutes: 0 }
  const clock = { now: async () => new Date(Date.UTC(2026, 2, 20, 13, seen.minutes)) }
  const subscriptions: ObservedSubscription[] = [observed()]
  const customers = [{ id: 'C1', name: 'Contoso' }]
  const marketplace = { read: async () => ({ customers, subscriptions, orders: [], requests: 1 }) }
  const { load } = createLoader(
    {
      sync: noSync(),
      ledger: {
        ...ledger,
        ledger: async () => {
          seen.ledger += 1
          if (seen.failing) throw new Problem({ kind: 'unavailable', what: 'The database did not answer.' })
          return ledger.ledger()
        },
      },
      billing: {
        ...billing,
        version: async () => seen.version,
        books: async () => {
          seen.books += 1
          return { ...(await billing.books()), version: seen.version }
        },
      },
      clock,
    },
    { ...SETTINGS, lines: {} },
  )
  const look = async () => {
    seen.minutes += 1
    const ids = { next: () => `id-${seen.minutes}`, code: () => 'ACDE3467' }
    await observe({ marketplace, ledger, clock, ids }, SETTINGS)
  }
  await look()
  return { seen, subscriptions, ledger, billing, load, look }
}

test('answers come from memory until something is observed: then the ledger is read once more', async () => {
  const { seen, subscriptions, load, look } = await office()
  const first = await load()
  expect((await load()).portfolio).toBe(first.portfolio)
  expect([seen.ledger, seen.books]).toEqual([1, 1])
  subscriptions.push(observed({ subscriptionId: '2', quantity: decimal('3') }))
  await look()
  const second = await load()
  expect(second.portfolio.subscriptions).toHaveLength(2)
  expect(second.age.observation.sequence).toBe(2)
  expect([seen.ledger, seen.books]).toEqual([2, 1])
})

test('the books are read once more when they moved on, and the ledger is not', async () => {
  const { seen, load } = await office()
  await load()
  seen.version = 2
  expect((await load()).books.version).toBe(2)
  await load()
  expect([seen.ledger, seen.books]).toEqual([1, 2])
})

test('an answer that another process kept is in the next one: the ledger is read once more', async () => {
  const { seen, ledger, billing, load } = await office()
  const first = await load()
  const at = new Date()
  const audit = { at, actor: 'U1', action: 'lineage.new', subject: 'C1', details: {} }
  const said = { recordKey: '1000/BP', continues: undefined, audit, observation: 1 }
  await ledger.answer({ ...said, version: await billing.version() })
  expect((await load()).portfolio).not.toBe(first.portfolio)
  expect(seen.ledger).toBe(2)
})

test('many who ask at once share one reading', async () => {
  const { seen, load } = await office()
  await Promise.all(Array.from({ length: 20 }, async () => load()))
  expect([seen.ledger, seen.books]).toEqual([1, 1])
})

test('a failure is not kept: the next answer reads again', async () => {
  const { seen, load } = await office()
  seen.failing = true
  await expect(load()).rejects.toThrow('The database did not answer.')
  seen.failing = false
  expect((await load()).portfolio.subscriptions).toHaveLength(1)
})

test('how old an answer is, is asked each time', async () => {
  const { seen, load } = await office()
  const before = (await load()).age.now
  seen.minutes += 5
  expect((await load()).age.now.getTime() - before.getTime()).toBe(300_000)
})
