import type { PsaName } from '../../core/sync/types.js'

/** Which rows of the sync state are read: those of one MSP, or of one container of it. */
export interface PartOfState {
  readonly mspId: string
  /** undefined: all. */
  readonly container?: { readonly psa: PsaName; readonly containerId: string }
}

/** Values of a statement that ends in {@link whereOf}. */
export function valuesOf({ mspId, container }: PartOfState): readonly string[] {
  return container === undefined ? [mspId] : [mspId, container.psa, container.containerId]
}

/** "WHERE …" for rows of a table that names the container itself. @param table "intent." where there are several. */
export function whereOf({ container }: PartOfState, table = ''): string {
  const own = container === undefined ? '' : ` AND ${table}psa = $2 AND ${table}container_id = $3`
  return `WHERE ${table}msp_id = $1${own}`
}

/** The same for rows that belong to slots. @param column names the slot's part. @param ofSlot that part of a slot. */
export function whereOfSlots({ container }: PartOfState, column: string, ofSlot: string): string {
  const slots = `SELECT ${ofSlot} FROM psa_slot WHERE msp_id = $1 AND psa = $2 AND container_id = $3`
  return `WHERE msp_id = $1${container === undefined ? '' : ` AND ${column} IN (${slots})`}`
}
