import { request } from 'node:http'
import { connect } from 'node:net'

export interface RawRequest {
  readonly method?: string
  /** Sent as it is: not completed, decoded or joined. */
  readonly path: string
  /** Several values are several header lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Buffer
}

export interface RawAnswer {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** One request exactly as written, on a connection of its own. */
export function rawRequest(
  url: string,
  { method = 'GET', path, headers, body }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, agent: false }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          body: Buffer.concat(chunks).toString('utf8'),
          headers: answer.headers,
        }),
      )
    })
    // A proxy request is answered on this event alone.
    sent.on('connect', (answer, socket) => {
      socket.destroy()
      resolve({ status: answer.statusCode ?? 0, body: '', headers: answer.headers })
    })
    sent.on('error', reject)
    for (const [name, value] of Object.entries(headers ?? {})) {
      sent.setHeader(name, typeof value === 'string' ? value : [...value])
    }
    sent.end(body)
  })
}

/** Bytes on a bare connection, and everything that comes back until it is closed. */
export function rawBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let back = ''
    socket.on('data', (chunk) => (back += chunk.toString('utf8')))
    socket.on('error', reject)
    socket.on('close', () => resolve(back))
  })
}
