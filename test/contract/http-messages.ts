import { gunzipSync, inflateSync } from 'node:zlib'

/** One HTTP/1.1 message as it was on the wire. */
export interface Message {
  /** "GET /marketplace/us/customers HTTP/1.1" or "HTTP/1.1 200 OK". */
  readonly startLine: string
  /** By lower-case name; repeated ones joined by ", ". */
  readonly headers: ReadonlyMap<string, string>
  /** After transfer and content decoding. */
  readonly body: Buffer
  /** The connection ended inside it. */
  readonly cut: boolean
}

const HEADER_END = Buffer.from('\r\n\r\n')

/** Splits the bytes one side of a connection sent into its messages. */
export function parseMessages(bytes: Buffer, side: 'client' | 'server'): Message[] {
  const messages: Message[] = []
  let offset = 0
  while (offset < bytes.length) {
    const end = bytes.indexOf(HEADER_END, offset)
    if (end < 0) {
      messages.push({
        startLine: bytes.toString('latin1', offset).split('\r\n')[0] ?? '',
        headers: new Map(),
        body: Buffer.alloc(0),
        cut: true,
      })
      break
    }
    const [startLine = '', ...lines] = bytes.toString('latin1', offset, end).split('\r\n')
    const headers = parseHeaders(lines)
    const { body, next, cut } = parseBody(bytes, end + HEADER_END.length, startLine, headers, side)
    offset = next
    // 100 Continue and its kind announce an answer; they are none.
    if (side === 'server' && /^HTTP\/1\.1 1\d\d/.test(startLine)) continue
    messages.push({
      startLine,
      headers,
      body: cut ? body : decode(body, headers.get('content-encoding')),
      cut,
    })
  }
  return messages
}

function parseHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return headers
}

interface ParsedBody {
  readonly body: Buffer
  readonly next: number
  readonly cut: boolean
}

function parseBody(
  bytes: Buffer,
  start: number,
  startLine: string,
  headers: ReadonlyMap<string, string>,
  side: 'client' | 'server',
): ParsedBody {
  const none = { body: Buffer.alloc(0), next: start, cut: false }
  if (side === 'server' && /^HTTP\/1\.1 (1\d\d|204|304)/.test(startLine)) return none
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return parseChunks(bytes, start)
  const length = headers.get('content-length')
  if (length !== undefined) {
    const next = start + Number(length)
    return { body: bytes.subarray(start, next), next: Math.min(next, bytes.length), cut: next > bytes.length }
  }
  // Without a length an answer lasts until the connection ends; a request has no body.
  return side === 'client' ? none : { body: bytes.subarray(start), next: bytes.length, cut: false }
}

function parseChunks(bytes: Buffer, start: number): ParsedBody {
  const chunks: Buffer[] = []
  let offset = start
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', offset)
    if (lineEnd < 0) break
    const size = Number.parseInt(bytes.toString('latin1', offset, lineEnd), 16)
    const from = lineEnd + 2
    if (from + size + 2 > bytes.length) break
    offset = from + size + 2
    if (size === 0) return { body: Buffer.concat(chunks), next: offset, cut: false }
    chunks.push(bytes.subarray(from, from + size))
  }
  return { body: Buffer.concat(chunks), next: bytes.length, cut: true }
}

function decode(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'gzip') return gunzipSync(body)
  return encoding === 'deflate' ? inflateSync(body) : body
}
