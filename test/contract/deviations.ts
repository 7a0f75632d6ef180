import type { ErrorObject } from 'ajv'
import type { ServiceName } from './services.js'

/** What was asked when an answer deviated. */
interface Asked {
  /** The operation's, as the document writes it. */
  readonly path: string
  readonly query: URLSearchParams
}

/** A place where a vendor is known to behave differently from its own document. */
export interface Deviation {
  readonly name: string
  readonly reason: string
  readonly covers: (error: ErrorObject, asked: Asked) => boolean
}

const INGRAM: readonly Deviation[] = [
  {
    name: 'a quantity as text ("2.0")',
    reason: "the vendor's own how-to pages show it; the document says number",
    covers: ({ keyword, instancePath, data }) =>
      keyword === 'type' && instancePath.endsWith('/quantity') && isNumericText(data),
  },
  {
    name: 'scheduledOn in an answer',
    reason: 'seen on live orders; the document calls it write-only',
    covers: ({ keyword, params }, { path }) =>
      keyword === 'additionalProperties' &&
      path.startsWith('/orders') &&
      params['additionalProperty'] === 'scheduledOn',
  },
]

const CONNECTWISE: readonly Deviation[] = [
  {
    name: 'a required field that was not among the fields asked for',
    reason: "the parameter `fields` leaves the others out; the document's records know no such parts",
    covers: ({ keyword }, { query }) => keyword === 'required' && query.has('fields'),
  },
]

const AUTOTASK: readonly Deviation[] = [
  {
    name: 'null for what has no value',
    reason:
      'clients in use read it, as in approveAndPostDate before posting; the document marks next to nothing nullable',
    covers: ({ keyword, data }) => keyword === 'type' && data === null,
  },
]

/** Every deviation that is accepted; each use is counted and printed. Everything else is a fault. */
export const DEVIATIONS: Readonly<Record<ServiceName, readonly Deviation[]>> = {
  ingram: INGRAM,
  connectwise: CONNECTWISE,
  autotask: AUTOTASK,
}

function isNumericText(value: unknown): boolean {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)
}
