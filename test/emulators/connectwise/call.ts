import type { IncomingMessage } from 'node:http'

/** One request, read whole. */
export interface Call {
  readonly method: string
  /** Below the API's root: "/finance/agreements/77". */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Origin and path as the client asked for them: an address in an answer leads to where the client already is. */
  readonly address: string
}

/** An answer before it is written. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** JSON; undefined: an answer without a body. */
  readonly body?: unknown
}
