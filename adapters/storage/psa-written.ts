import type { Written } from '../../core/sync/intent.js'
import { insertRows } from './bulk.js'
import type { BulkColumn } from './bulk.js'
import type { Cell, Database, Query, Transaction } from './database.js'
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

const SELECT = 'SELECT slot_id, text FROM psa_written WHERE msp_id = $1 ORDER BY slot_id'

export function readWritten(query: Query, mspId: string): Promise<readonly Written[]> {
  return query(SELECT, [mspId], ([slotId, words]: readonly [slotId: Cell, text: Cell]) => {
    return { slotId: text(slotId), text: text(words) }
  })
}
