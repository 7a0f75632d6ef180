import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'

test.each([
  ['opens a server', () => createServer().listen(0, '127.0.0.1')],
  ['opens a connection', () => connect(9, '127.0.0.1')],
  ['starts a program', () => spawn(process.execPath, ['--version'])],
  // Node tells of a new thread a moment later, and nobody could catch what is said then.
  ['starts a thread', () => process.emit('worker', undefined as never)],
])('a calculation that %s is told to go elsewhere', (what, open) => {
  expect(open).toThrow(`A calculation ${what}. Its suite belongs in another folder`)
})
