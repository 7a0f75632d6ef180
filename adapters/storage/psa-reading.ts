import { assert } from '../../core/assert.js'
import type { Reading } from '../../core/sync/intent.js'
import type { Cell, Query, Transaction } from './database.js'
import { PSA_NAMES } from './psa-customer.js'
import { readContainer, writeContainer } from './psa-json.js'
import { type PartOfState, whereOf, valuesOf } from './sync-part.js'
import { instant, instantColumn, text, word, writeInstant, writeText } from './values.js'

/** Keeps a container as it was read, in the place of the reading before it. */
export async function putReading(
  tx: Transaction,
  mspId: string,
  { container, readAt }: Reading,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO psa_reading (msp_id, psa, container_id, read_at, container)
    VALUES (${mspId}, ${container.psa}, ${writeText(container.id, 'id of a container')},
      ${writeInstant(readAt)}::timestamptz, ${writeContainer(container)}::jsonb)
    ON CONFLICT (msp_id, psa, container_id) DO UPDATE SET read_at = excluded.read_at, container = excluded.container`
}

const SELECT = `SELECT psa, container_id, ${instantColumn('read_at')}, container FROM psa_reading`

type ReadingRow = readonly [psa: Cell, containerId: Cell, readAt: Cell, container: Cell]

export function readReadings(query: Query, part: PartOfState): Promise<readonly Reading[]> {
  const select = `${SELECT} ${whereOf(part)} ORDER BY psa COLLATE "C", container_id`
  return query(select, valuesOf(part), ([psa, containerId, readAt, stored]: ReadingRow) => {
    const where = `reading of ${word(PSA_NAMES, psa)} ${text(containerId)}`
    const container = readContainer(stored, where)
    assert(container.psa === psa && container.id === containerId, `stored ${where} is of another container`)
    return { container, readAt: instant(readAt) }
  })
}
