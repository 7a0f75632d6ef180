import type { Written } from '../../core/sync/intent.js'
import { insertRows } from './bulk.js'
import type { BulkColumn } from './bulk.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import { type PartOfState, whereOfSlots, valuesOf } from './sync-part.js'
import { text, writeText } from './values.js'

const COLUMNS: readonly BulkColumn<Written>[] = [
  { name: 'slot_id', type: 'text', value: ({ slotId }) => writeText(slotId, 'what was written') },
  { name: 'text', type: 'text', value: ({ slotId, text: words }) => writeText(words, `slot ${slotId}`) },
]

/** Keeps what slots hold after we wrote into them, in the place of what they held before; of two of one slot the last. */
export async function putWritten(
  database: Database,
  tx: Transaction,
  mspId: string,
  written: readonly Written[],
): Promise<void> {
  const insert = {
    table: 'psa_written',
    shared: { msp_id: mspId },
    columns: COLUMNS,
    onConflict: '(msp_id, slot_id) DO UPDATE SET text = excluded.text',
  }
  const latest = new Map(written.map((one) => [one.slotId, one]))
  await insertRows(database, tx, insert, [...latest.values()])
}

export function readWritten(query: Query, part: PartOfState): Promise<readonly Written[]> {
  const select = `SELECT slot_id, text FROM psa_written ${whereOfSlots(part, 'slot_id', 'id')} ORDER BY slot_id`
  return query(select, valuesOf(part), ([slotId, words]: readonly [slotId: Cell, text: Cell]) => {
    return { slotId: text(slotId), text: text(words) }
  })
}
