import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Where an accepted file may be put, as Teams tells it to the bot. */
export interface UploadInfo {
  readonly uploadUrl: string
  readonly contentUrl: string
  readonly name: string
  readonly uniqueId: string
  readonly fileType: string
}

/** What disturbs uploads: a status instead of taking the file, another place, or a cut line. */
export type DriveFault =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'dropped' }

/** People's OneDrive: one upload session for each file, which ends with the file. */
export interface Drive {
  /** A new session, as it comes with an accepted file. */
  session(name: string): UploadInfo
  /** Files that are there, by name. */
  readonly files: ReadonlyMap<string, Buffer>
  /** Requests so far: "PUT /session/1 bytes 0-9/10 → 201". */
  readonly requests: readonly string[]
  setFault(fault: DriveFault | undefined): void
  close(): Promise<void>
}

export async function startDrive(): Promise<Drive> {
  const open = new Map<string, string>()
  const files = new Map<string, Buffer>()
  const requests: string[] = []
  let fault: DriveFault | undefined
  let count = 0
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (fault?.kind === 'dropped') return request.socket.destroy()
      const status = fault === undefined ? taken(request, body) : 'status' in fault ? fault.status : 307
      requests.push(`${request.method} ${request.url} ${request.headers['content-range']} → ${status}`)
      return response
        .writeHead(status, fault?.kind === 'redirect' ? { location: fault.location } : {})
        .end(JSON.stringify({ id: 'item' }))
    })
  })
  /** An upload session takes bytes by their range, and the address is all the permission there is. */
  const taken = (request: IncomingMessage, body: Buffer): number => {
    const { method, url = '', headers } = request
    const name = open.get(url)
    if (name === undefined) return 404
    if (method !== 'PUT') return 405
    if (headers.authorization !== undefined || headers.cookie !== undefined) return 401
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '')
    const [from, to, size] = (range ?? []).slice(1).map(Number)
    if (range === null || from !== 0 || Number(headers['content-length']) !== body.length) return 400
    if (to !== body.length - 1) return 416
    if (size !== body.length) return 202
    open.delete(url)
    files.set(name, body)
    return 201
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    session: (name) => {
      const path = `/session/${(count += 1)}`
      open.set(path, name)
      const uniqueId = `item-${count}`
      return { uploadUrl: origin + path, contentUrl: `${origin}/${name}`, name, uniqueId, fileType: 'csv' }
    },
    files,
    requests,
    setFault: (next) => void (fault = next),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
