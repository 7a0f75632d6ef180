import { assert } from '../../core/assert.js'
import type { LineageMembership } from '../../core/timeline/types.js'
import { insertRows } from './bulk.js'
import type { BulkColumn } from './bulk.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import { text, writeText } from './values.js'

const COLUMNS: readonly BulkColumn<LineageMembership>[] = [
  { name: 'record_key', type: 'text', value: ({ recordKey }) => writeText(recordKey, 'a licence line') },
  { name: 'lineage_id', type: 'text', value: ({ lineageId }) => lineageId },
]

/** Adds memberships. An identity that was used once never moves: repeating one is fine, changing one is a bug. */
export async function addMembers(
  database: Database,
  tx: Transaction,
  mspId: string,
  sequence: number,
  memberships: readonly LineageMembership[],
): Promise<void> {
  const insert = {
    table: 'lineage_member',
    shared: { msp_id: mspId, sequence },
    columns: COLUMNS,
    onConflict: '(msp_id, record_key) DO NOTHING',
  }
  await insertRows(database, tx, insert, memberships)
  const keys = memberships.map(({ recordKey }) => recordKey)
  const lineages = memberships.map(({ lineageId }) => lineageId)
  const moved = await tx.$queryRaw<{ record_key: string }[]>`
    SELECT member.record_key FROM lineage_member AS member
    JOIN unnest(${keys}::text[], ${lineages}::text[]) AS wanted (record_key, lineage_id)
      ON member.msp_id = ${mspId} AND member.record_key = wanted.record_key
    WHERE member.lineage_id <> wanted.lineage_id`
  assert(moved.length === 0, `licence line ${moved[0]?.record_key} was about to change its lineage`)
}

type MemberRow = readonly [lineageId: Cell, recordKey: Cell]

/** Every membership, by licence line. */
export function readMembers(query: Query, mspId: string): Promise<readonly LineageMembership[]> {
  const select = 'SELECT lineage_id, record_key FROM lineage_member WHERE msp_id = $1 ORDER BY record_key'
  return query(select, [mspId], ([lineageId, recordKey]: MemberRow) => ({
    lineageId: text(lineageId),
    recordKey: text(recordKey),
  }))
}
