import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import path from 'node:path'
import type { ServiceName } from './services.js'

/** What a recording has to say about itself, beside the bytes. */
export interface RecordingNotes {
  /** The API that was spoken: it chooses the document the traffic is checked against. */
  readonly service: ServiceName
  /** Where the API begins below the server's root: "/marketplace/us". A vendor may serve it in several places. */
  readonly basePaths: readonly string[]
  /** Paths below the root that are no part of the API, such as an identity server's or those that say where the API is. */
  readonly outside: readonly string[]
  /** Answers were broken on purpose: pages of HTML, cut bodies, dropped connections. */
  readonly disturbed: boolean
  /** Answers were changed against the document on purpose: their content says nothing about the emulator. */
  readonly rewritten: boolean
}

export interface Recorder {
  /** The address to speak to instead of the server's own. */
  readonly root: string
  /** Says anew what the traffic is, when a test changes its faults. */
  note(notes: RecordingNotes): void
  close(): Promise<void>
}

/**
 * Stands between a client and a server at the socket and writes down every byte of both directions: for each
 * connection `<id>-<n>.client` and `<id>-<n>.server`, and `<id>.json` with the notes. Bytes are written as they pass, so
 * that the recording of a process that dies is whole up to its death.
 */
export async function recordTraffic(
  directory: string,
  target: string,
  notes: RecordingNotes,
): Promise<Recorder> {
  mkdirSync(directory, { recursive: true })
  const { hostname, port } = new URL(target)
  const id = `${notes.service}-${process.pid}-${randomUUID()}`
  const note = (now: RecordingNotes): void =>
    writeFileSync(path.join(directory, `${id}.json`), JSON.stringify(now))
  note(notes)
  const open = new Set<Socket>()
  let connections = 0
  const server = createServer((client) => {
    connections += 1
    const upstream = connect(Number(port), hostname)
    const name = path.join(directory, `${id}-${connections}`)
    join(client, upstream, `${name}.client`)
    join(upstream, client, `${name}.server`)
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  return {
    root: `http://127.0.0.1:${address.port}`,
    note,
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Passes bytes on and writes them down; an end stays an end, a reset stays a reset. */
function join(from: Socket, to: Socket, file: string): void {
  const descriptor = openSync(file, 'w')
  from.on('data', (bytes: Buffer) => {
    writeSync(descriptor, bytes)
  })
  from.pipe(to)
  from.on('error', () => to.resetAndDestroy())
  from.on('close', () => {
    closeSync(descriptor)
    to.destroySoon()
  })
}
