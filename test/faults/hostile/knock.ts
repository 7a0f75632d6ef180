import { Agent, request } from 'node:http'

/** One request exactly as it is to stand on the wire. */
export interface Knock {
  readonly path: string
  /** Several values are several header lines. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Buffer
}

export interface Answer {
  /** 0: the line was cut before there was an answer. */
  readonly status: number
  readonly body: string
  readonly milliseconds: number
}

/** Hands that knock at a server again and again over kept connections. */
export interface Knocker {
  knock(knock: Knock): Promise<Answer>
  close(): void
}

/** A server that does not answer for so long hangs. */
const HANGS_MILLISECONDS = 60_000

export function createKnocker(url: string, connections = 50): Knocker {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port } = new URL(url)
  const knock: Knocker['knock'] = ({ path, headers, body }) =>
    new Promise((resolve) => {
      const began = performance.now()
      const answered = (status: number, text: string) =>
        resolve({ status, body: text, milliseconds: performance.now() - began })
      const sent = request({ hostname, port, method: 'POST', path, agent }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', () => answered(0, ''))
        answer.on('end', () => answered(answer.statusCode ?? 0, Buffer.concat(chunks).toString('utf8')))
      })
      sent.setTimeout(HANGS_MILLISECONDS, () => sent.destroy())
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // A server ends lines nobody uses; one that ended just now has heard nothing.
        if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(knock({ path, headers, body }))
        else answered(0, error.message)
      })
      for (const [name, value] of Object.entries(headers)) {
        sent.setHeader(name, typeof value === 'string' ? value : [...value])
      }
      sent.end(body)
    })
  return { close: () => agent.destroy(), knock }
}
