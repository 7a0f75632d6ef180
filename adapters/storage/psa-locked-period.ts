import { formatLocalDate } from '../../core/calendar/date.js'
import type { LockedPeriod } from '../../core/sync/intent.js'
import { insertRows } from './bulk.js'
import type { BulkColumn } from './bulk.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import { readSettled, writeSettled } from './psa-json.js'
import { type PartOfState, whereOfSlots, valuesOf } from './sync-part.js'
import { dateColumn, localDate, text, writeDate, writeInstant, writeText } from './values.js'

type Found = LockedPeriod & { readonly foundAt: Date }

const COLUMNS: readonly BulkColumn<Found>[] = [
  { name: 'lineage_id', type: 'text', value: ({ lineageId }) => writeText(lineageId, 'a locked period') },
  { name: 'period_from', type: 'date', value: ({ period }) => writeDate(period.from) },
  { name: 'period_to', type: 'date', value: ({ period }) => writeDate(period.to) },
  { name: 'found_at', type: 'timestamptz', value: ({ foundAt }) => writeInstant(foundAt) },
  { name: 'lines', type: 'jsonb', value: (locked) => writeSettled(locked.lines, placeOf(locked)) },
]

/** Keeps what periods were billed at when they were found locked; of one that is found again, beside what is known of it. */
export async function addLocked(
  database: Database,
  tx: Transaction,
  mspId: string,
  foundAt: Date,
  locked: readonly LockedPeriod[],
): Promise<void> {
  const insert = {
    table: 'psa_locked_period',
    shared: { msp_id: mspId },
    columns: COLUMNS,
    onConflict: 'DO NOTHING',
  }
  const rows = locked.map((period): Found => ({ ...period, foundAt }))
  await insertRows(database, tx, insert, rows)
}

/** Of each period the newest finding. */
const SELECT = `SELECT DISTINCT ON (lineage_id, period_from, period_to) lineage_id, ${dateColumn('period_from')}, ${dateColumn('period_to')}, lines
  FROM psa_locked_period`

type LockedRow = readonly [lineageId: Cell, from: Cell, to: Cell, lines: Cell]

export function readLocked(query: Query, part: PartOfState): Promise<readonly LockedPeriod[]> {
  const where = whereOfSlots(part, 'lineage_id', 'unnest(lineage_ids)')
  const select = `${SELECT} ${where} ORDER BY lineage_id, period_from, period_to, found_at DESC`
  return query(select, valuesOf(part), ([lineage, from, to, stored]: LockedRow) => {
    const place = { lineageId: text(lineage), period: { from: localDate(from), to: localDate(to) } }
    return { ...place, lines: readSettled(stored, placeOf(place)) }
  })
}

function placeOf({ lineageId, period }: Pick<LockedPeriod, 'lineageId' | 'period'>): string {
  return `locked period of ${lineageId} from ${formatLocalDate(period.from)}`
}
