import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { WireStream, wireStreams } from '../../../adapters/storage/wire-stream.mjs'

/** A target that notes what it was sent and answers when told to. */
function fakeTarget(): {
  readonly target: ConstructorParameters<typeof WireStream>[0]
  readonly calls: (Uint8Array | 'reset')[]
} {
  const calls: (Uint8Array | 'reset')[] = []
  const target = {
    send: async (batch: Uint8Array) => void calls.push(batch),
    reset: async () => void calls.push('reset'),
  }
  return { target, calls }
}

function message(type: string, body = ''): Buffer {
  const text = Buffer.from(body)
  const length = Buffer.alloc(4)
  length.writeInt32BE(4 + text.length)
  return Buffer.concat([Buffer.from(type), length, text])
}

const STARTUP = Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from([0, 3, 0, 0])])

async function written(stream: WireStream, chunks: readonly Uint8Array[]): Promise<void> {
  for (const chunk of chunks) await new Promise<void>((resolve) => stream.write(chunk, () => resolve()))
}

describe('whole batches, however the bytes arrive', () => {
  const query = Buffer.concat([message('P', 'parse'), message('B', 'bind'), message('E', 'x'), message('S')])
  const bytes = Buffer.concat([STARTUP, query, message('Q', 'select 1')])
  const expected = [STARTUP, query, message('Q', 'select 1')].map((batch) =>
    Buffer.from(batch).toString('hex'),
  )

  test('byte by byte', async () => {
    const { target, calls } = fakeTarget()
    await written(
      new WireStream(target),
      [...bytes].map((byte) => Uint8Array.of(byte)),
    )
    expect(calls.map((batch) => Buffer.from(batch).toString('hex'))).toEqual(expected)
  })

  test('cut anywhere, nothing is lost or doubled', async () => {
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const { target, calls } = fakeTarget()
      await written(new WireStream(target), [bytes.subarray(0, cut), bytes.subarray(cut)])
      expect(calls.map((batch) => Buffer.from(batch).toString('hex')).join('')).toBe(bytes.toString('hex'))
    }
  })

  test('what waits for an answer is not sent before the message that asks for one', async () => {
    const { target, calls } = fakeTarget()
    await written(new WireStream(target), [STARTUP, message('P', 'parse'), message('B', 'bind')])
    expect(calls).toHaveLength(1)
  })

  test('what is handed over is a copy: the driver reuses its buffer', async () => {
    const { target, calls } = fakeTarget()
    const chunk = Buffer.from(STARTUP)
    await written(new WireStream(target), [chunk])
    chunk.fill(0xff)
    expect(Buffer.from(calls[0] as Uint8Array).equals(STARTUP)).toBe(true)
  })
})

describe('one session behind all streams', () => {
  test('a new stream ends the one before it, before anything of its own is sent', async () => {
    const { target, calls } = fakeTarget()
    const open = wireStreams(target)
    const first = open()
    await written(first, [STARTUP])
    const second = open()
    expect(first.destroyed).toBe(true)
    await written(second, [STARTUP])
    expect(calls.map((call) => (call === 'reset' ? call : 'sent'))).toEqual(['sent', 'reset', 'sent'])
  })

  test('saying goodbye resets the session once', async () => {
    const { target, calls } = fakeTarget()
    const stream = new WireStream(target)
    const closed = new Promise((resolve) => stream.once('close', resolve))
    await written(stream, [STARTUP, message('X')])
    stream.destroy()
    await closed
    expect(calls.filter((call) => call === 'reset')).toHaveLength(1)
  })

  test('a target that fails while resetting does not keep the stream open', async () => {
    const stream = new WireStream({
      send: async () => undefined,
      reset: () => Promise.reject(new Error('gone')),
    })
    const closed = new Promise((resolve) => stream.once('close', () => resolve('closed')))
    stream.destroy()
    expect(await closed).toBe('closed')
  })

  test('a target that fails while answering is an error of the connection', async () => {
    const stream = new WireStream({
      send: () => Promise.reject(new Error('gone')),
      reset: async () => undefined,
    })
    const failed = new Promise((resolve) => stream.once('error', resolve))
    stream.write(STARTUP)
    expect(await failed).toEqual(new Error('gone'))
  })

  test('node-postgres finds everything it calls on a socket', () => {
    const { target } = fakeTarget()
    const client = new pg.Client({ stream: () => new WireStream(target), keepAlive: true })
    client.connect().catch(() => undefined)
    expect(client.connection.stream).toBeInstanceOf(WireStream)
    client.connection.stream.destroy()
  })
})
