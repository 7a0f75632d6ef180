import { HTTP_JSON_DEPTH } from '../../core/limits.js'

/** The body as bytes; undefined as soon as it grows past `maximumBytes`, counted after decompression. */
export async function readCapped(response: Response, maximumBytes: number): Promise<Uint8Array | undefined> {
  if (response.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    // Leaving the loop cancels the stream, so the rest is never received.
    if (size > maximumBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export function isJsonType(contentType: string | null): boolean {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  return type === 'application/json' || type === 'text/json' || /^application\/[\w.+-]+\+json$/.test(type)
}

/** Parses UTF-8 JSON; `fault` says in words why it cannot be used. */
export function parseJson(bytes: Uint8Array): { value: unknown } | { fault: string } {
  if (bytes.byteLength === 0) return { fault: 'an empty body' }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return { fault: 'text that is not UTF-8' }
  }
  if (isTooDeep(text)) return { fault: `JSON nested more than ${HTTP_JSON_DEPTH} levels` }
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { fault: 'JSON that is cut off or broken' }
  }
}

/** Depth is checked on the text: walking a hostile value afterwards would be the very recursion to avoid. */
function isTooDeep(text: string): boolean {
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (inString) {
      if (code === BACKSLASH) index += 1
      else if (code === QUOTE) inString = false
    } else if (code === QUOTE) inString = true
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1
      if (depth > HTTP_JSON_DEPTH) return true
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1
  }
  return false
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
