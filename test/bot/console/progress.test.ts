import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { progressWriter } from '../../../bot/console/prompt.js'
import type { Progress } from '../../../core/ports.js'

/** Everything written, with what rewrites a terminal's line shown as a mark. */
function written(isTTY: boolean, steps: readonly Progress[]): string {
  let text = ''
  const output = Object.assign(
    new Writable({
      write: (chunk, _encoding, done) => {
        text += String(chunk)
        done()
      },
    }),
    { isTTY },
  )
  const writer = progressWriter(output)
  for (const step of steps) writer.show(step)
  writer.end()
  return text.replaceAll('\r\u001b[K', '⏎')
}

const reading = (done: number): Progress => ({ step: 'subscriptions', done, total: 8 })
const WAITING: Progress = {
  step: 'waiting',
  why: 'The marketplace answered 429 Too Many Requests',
  waitMilliseconds: 29_500,
  attempt: 2,
  attempts: 6,
}
const SAID = 'The marketplace answered 429 Too Many Requests; waiting 30 s, then try 2 of 6'

test('a terminal has one line: how far it is, or why it waits; and none once the answer comes', () => {
  expect(written(true, [reading(1), WAITING, reading(2), reading(8)])).toBe(
    `⏎Reading subscriptions: 1 of 8⏎${SAID}⏎Reading subscriptions: 2 of 8⏎`,
  )
  // A read that is given up leaves nothing in front of its refusal.
  expect(written(true, [reading(1), WAITING])).toBe(`⏎Reading subscriptions: 1 of 8⏎${SAID}⏎`)
})

test('elsewhere there are a few lines, and the log says why it waits', () => {
  const steps = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(reading)
  expect(written(false, [...steps, WAITING])).toBe(
    [0, 2, 4, 6, 8].map((done) => `Reading subscriptions: ${done} of 8\n`).join(''),
  )
})
