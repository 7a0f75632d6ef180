import { Problem } from '../../core/problem.js'
import { type Trouble, connectionTrouble } from '../trouble.js'

/** How a call of the Connector failed. What `connector.ts` did not hand on says so itself. */
export function teamsTrouble(error: unknown): Trouble {
  const found = connectionTrouble(error)
  if (found?.type === 'notSent') return found
  const isNo = error instanceof Problem && (error.kind === 'forbidden' || error.kind === 'conflict')
  const status = statusOf(error)
  // Only our token was refused: the next try signs in anew.
  if (status === 401) return { type: 'notSent', waitMilliseconds: undefined }
  if (isNo || status !== undefined) return { type: 'refused' }
  return found ?? { type: 'unknown' }
}

/** The Connector answered, and it was a no: the SDK throws the status along. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined
  return typeof error.statusCode === 'number' ? error.statusCode : undefined
}
