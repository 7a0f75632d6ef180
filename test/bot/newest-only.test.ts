import { expect, test } from 'vitest'
import { newestOnly } from '../../bot/newest-only.js'

/** A sender that waits until it is told to go on, and what it sent. */
function held() {
  const sent: string[] = []
  const time = { now: 0 }
  const waiting: ((error?: Error) => void)[] = []
  const replace = newestOnly<{ readonly at: string }, { readonly words: string }>(
    ({ at }, { words }) =>
      new Promise((resolve, reject) => {
        sent.push(`${at} ${words}`)
        waiting.push((error) => (error === undefined ? resolve() : reject(error)))
      }),
    () => time.now,
  )
  const goOn = async (error?: Error): Promise<void> => {
    waiting.shift()?.(error)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { sent, time, update: (at: string, words: string) => replace({ at }, { words }), goOn }
}

test('a hundred updates at once cost two calls, and the newest is the last', async () => {
  const { sent, update, goOn } = held()
  const all = Array.from({ length: 100 }, (_, index) => update('1', `content ${index}`))
  expect(sent).toEqual(['1 content 0'])
  await goOn()
  expect(sent).toEqual(['1 content 0', '1 content 99'])
  await goOn()
  await Promise.all(all)
  expect(sent).toHaveLength(2)
})

test('what a message says already is not said again while an update is under way', async () => {
  const { sent, update, goOn } = held()
  const both = [update('1', 'same'), update('1', 'same')]
  await goOn()
  await Promise.all(both)
  expect(sent).toEqual(['1 same'])
})

test('a moment later the same is not written again; after that another process may have written there', async () => {
  const { sent, time, update, goOn } = held()
  const updates = async (words: string) => {
    const one = update('1', words)
    await goOn()
    await one
  }
  await updates('page 1')
  time.now = 9_999
  await updates('page 1')
  expect(sent).toEqual(['1 page 1'])
  time.now = 10_000
  await updates('page 1')
  await updates('page 2')
  await updates('page 1')
  expect(sent).toEqual(['1 page 1', '1 page 1', '1 page 2', '1 page 1'])
})

test('another message does not wait', async () => {
  const { sent, update, goOn } = held()
  const both = [update('1', 'a'), update('2', 'b')]
  expect(sent).toEqual(['1 a', '2 b'])
  await goOn()
  await goOn()
  await Promise.all(both)
})

test('one that fails fails for everybody who waited, and the next begins anew', async () => {
  const { sent, update, goOn } = held()
  const both = Promise.allSettled([update('1', 'a'), update('1', 'b')])
  await goOn(new Error('it is down'))
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  const next = update('1', 'c')
  await goOn()
  await next
  expect(sent).toEqual(['1 a', '1 c'])
})
