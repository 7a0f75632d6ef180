import type { ErrorObject } from 'ajv'

/** A place where the marketplace is known to behave differently from its own document. */
export interface Deviation {
  readonly name: string
  readonly reason: string
  readonly covers: (error: ErrorObject, path: string) => boolean
}

/** Every deviation that is accepted; each use is counted and printed. Everything else is a fault. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    name: 'a quantity as text ("2.0")',
    reason: "the vendor's own how-to pages show it; the document says number",
    covers: ({ keyword, instancePath, data }) =>
      keyword === 'type' && instancePath.endsWith('/quantity') && isNumericText(data),
  },
  {
    name: 'scheduledOn in an answer',
    reason: 'seen on live orders; the document calls it write-only',
    covers: ({ keyword, params }, path) =>
      keyword === 'additionalProperties' &&
      path.startsWith('/orders') &&
      params['additionalProperty'] === 'scheduledOn',
  },
]

function isNumericText(value: unknown): boolean {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)
}
