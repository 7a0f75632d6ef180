import { expect, test } from 'vitest'
import type { SlackMessage } from '../../../bot/slack/render.js'
import { newestOnly } from '../../../bot/slack/updates.js'

const CARD = { channel: 'C1', stamp: '1.000001' }

function message(words: string): SlackMessage {
  return { text: words, blocks: [{ type: 'divider', block_id: `0-${words}` }] }
}

/** A sender that waits until it is told to go on, and what it sent. */
function held() {
  const sent: string[] = []
  const waiting: ((error?: Error) => void)[] = []
  const update = newestOnly(
    ({ stamp }, { text }) =>
      new Promise((resolve, reject) => {
        sent.push(`${stamp} ${text}`)
        waiting.push((error) => (error === undefined ? resolve() : reject(error)))
      }),
  )
  const goOn = async (error?: Error): Promise<void> => {
    waiting.shift()?.(error)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { sent, update, goOn }
}

test('a hundred updates at once cost two calls, and the newest is the last', async () => {
  const { sent, update, goOn } = held()
  const all = Array.from({ length: 100 }, (_, index) => update(CARD, message(`content ${index}`)))
  expect(sent).toEqual(['1.000001 content 0'])
  await goOn()
  expect(sent).toEqual(['1.000001 content 0', '1.000001 content 99'])
  await goOn()
  await Promise.all(all)
  expect(sent).toHaveLength(2)
})

test('what a message says already is not said again while an update is under way', async () => {
  const { sent, update, goOn } = held()
  const both = [update(CARD, message('same')), update(CARD, message('same'))]
  await goOn()
  await Promise.all(both)
  expect(sent).toEqual(['1.000001 same'])
})

test('another message does not wait', async () => {
  const { sent, update, goOn } = held()
  const both = [update(CARD, message('a')), update({ ...CARD, stamp: '1.000002' }, message('b'))]
  expect(sent).toEqual(['1.000001 a', '1.000002 b'])
  await goOn()
  await goOn()
  await Promise.all(both)
})

test('one that fails fails for everybody who waited, and the next begins anew', async () => {
  const { sent, update, goOn } = held()
  const both = Promise.allSettled([update(CARD, message('a')), update(CARD, message('b'))])
  await goOn(new Error('Slack is down'))
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  const next = update(CARD, message('c'))
  await goOn()
  await next
  expect(sent).toEqual(['1.000001 a', '1.000001 c'])
})
