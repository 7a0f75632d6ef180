import { assert } from '../../core/assert.js'
import type { RecordedPolicy } from '../../core/charges/policies.js'
import type { Policy } from '../../core/charges/types.js'
import type { PolicyDraft, PolicyStanding } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import { addEntry } from './billing-audit.js'
import { lockBooks, saveBooks } from './billing-books.js'
import type { Cell, Query, Transaction } from './database.js'
import { parsePolicy } from './schema.js'
import {
  dateColumn,
  flag,
  instant,
  instantColumn,
  integer,
  optionalLocalDate,
  packedColumns,
  text,
  unpack,
  writeDate,
  writeInstant,
} from './values.js'

/** Records a policy and moves the books on, so that nothing computed under the one before it can still be decided. */
export async function recordPolicy(
  tx: Transaction,
  mspId: string,
  { policy, holdsFrom, recordedAt, audit }: PolicyDraft,
  version: number,
): Promise<void> {
  const books = await lockBooks(tx, mspId)
  if (books.version !== version) throw movedOn()
  await tx.$executeRaw`
    INSERT INTO billing_policy (msp_id, version, holds_from, recorded_at, policy)
    VALUES (${mspId}, ${version + 1}, ${writeDate(holdsFrom)}::date, ${writeInstant(recordedAt)}::timestamptz,
      ${writePolicy(policy)}::jsonb)`
  const lastEntry =
    audit === undefined
      ? books.lastEntry
      : await addEntry(tx, mspId, books.lastEntry, { ...audit, at: recordedAt })
  await saveBooks(tx, mspId, { ...books, version: version + 1, lastEntry })
}

function movedOn(): Problem {
  return new Problem({
    kind: 'conflict',
    what: 'The books moved on while the billing policy was recorded.',
    notDone: 'It was not recorded.',
    next: 'Start again.',
  })
}

const PACKED = ['version', dateColumn('holds_from'), instantColumn('recorded_at')]

const SELECT = `SELECT ${packedColumns(PACKED)}, policy FROM billing_policy WHERE msp_id = $1`

type PolicyRow = readonly [packed: Cell, policy: Cell]

type PackedCells = [version: Cell, holdsFrom: Cell, recordedAt: Cell]

/** Every policy ever recorded, in order: a handful. */
export function readPolicies(query: Query, mspId: string): Promise<readonly RecordedPolicy[]> {
  return query(`${SELECT} ORDER BY version`, [mspId], recordedOf)
}

/** Where policies stand, without reading what is billed. */
export async function readStanding(query: Query, mspId: string): Promise<PolicyStanding> {
  const policies = await query(`${SELECT} ORDER BY version DESC LIMIT 1`, [mspId], recordedOf)
  const standings = await query(
    `SELECT coalesce((SELECT version FROM books WHERE msp_id = $1), 0)::text,
       EXISTS (SELECT 1 FROM billed_line WHERE msp_id = $1 AND voided_by IS NULL)::text`,
    [mspId],
    ([version, isBilled]: readonly [version: Cell, isBilled: Cell]) => {
      return { version: integer(version), isBilled: flag(isBilled) }
    },
  )
  const [standing] = standings
  assert(standing !== undefined, 'a query without rows to choose from answers with one')
  return { ...standing, last: policies[0] }
}

function recordedOf([packed, stored]: PolicyRow): RecordedPolicy {
  const [version, holdsFrom, recordedAt] = unpack<PackedCells>(packed, 3)
  const at = instant(recordedAt)
  return {
    policy: policyOf(JSON.parse(text(stored)), at),
    holdsFrom: optionalLocalDate(holdsFrom),
    recordedAt: at,
    version: integer(version),
  }
}

/** A policy as JSON: dates as text, what is not set left out. */
function writePolicy({ baseMonth, ...policy }: Policy): string {
  return JSON.stringify({
    ...policy,
    ...(baseMonth === undefined ? {} : { baseMonth: writeDate(baseMonth) }),
  })
}

/** What it would mean is a guess, and a guess changes bills: Problem `unavailable` for what is not understood. */
function policyOf(stored: unknown, recordedAt: Date): Policy {
  const read = parsePolicy(stored)
  if ('policy' in read) return read.policy
  throw new Problem({
    kind: 'unavailable',
    what: `The billing policy recorded on ${recordedAt.toISOString().slice(0, 10)} says ${read.fault}, which this version of the program does not understand.`,
    notDone: 'Nothing was computed from it.',
    next: 'Start the version of the program that recorded it, or a newer one.',
  })
}
