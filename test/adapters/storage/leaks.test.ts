import { createServer } from 'node:net'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { openResources, settledResources } from '../../support/leaks.js'

// The check at the end of the other files is only worth something if it sees what they could leave open.

test('a thread that is left running is seen, until it ends', async () => {
  const before = openResources()
  const thread = new Worker('setInterval(() => undefined, 1000)', { eval: true })
  await new Promise((resolve) => thread.once('online', resolve))
  expect(openResources()).not.toEqual(before)
  await thread.terminate()
  expect(await settledResources(before)).toEqual(before)
})

test('a socket that is left open is seen, until it is closed', async () => {
  const before = openResources()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  expect(openResources()).not.toEqual(before)
  await new Promise((resolve) => server.close(resolve))
  expect(await settledResources(before)).toEqual(before)
})
