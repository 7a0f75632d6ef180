import { assert } from '../../core/assert.js'
import type { SettingsDraft, SettingsStanding } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { RecordedSettings, SomeSettings } from '../../core/settings/types.js'
import { addEntry } from './billing-audit.js'
import { lockBooks, saveBooks } from './billing-books.js'
import type { Cell, Query, Transaction } from './database.js'
import { parseSettings } from './schema.js'
import {
  dateColumn,
  flag,
  instant,
  instantColumn,
  integer,
  optionalLocalDate,
  optionalText,
  packedColumns,
  text,
  unpack,
  writeDate,
  writeInstant,
  writeOptionalText,
} from './values.js'

/** Records settings and moves the books on, so that nothing computed under those before can still be decided. */
export async function recordSettings(
  tx: Transaction,
  mspId: string,
  { says, holdsFrom, recordedAt, by, audit }: SettingsDraft,
  version: number,
): Promise<void> {
  const books = await lockBooks(tx, mspId)
  if (books.version !== version) throw movedOn()
  await tx.$executeRaw`
    INSERT INTO setting_record (msp_id, version, holds_from, recorded_at, says, recorded_by, recorded_by_name)
    VALUES (${mspId}, ${version + 1}, ${writeDate(holdsFrom)}::date, ${writeInstant(recordedAt)}::timestamptz,
      ${writeSettings(says)}::jsonb, ${writeOptionalText(by?.id, 'setting')}, ${writeOptionalText(by?.name, 'setting')})`
  const lastEntry =
    audit === undefined
      ? books.lastEntry
      : await addEntry(tx, mspId, books.lastEntry, { ...audit, at: recordedAt })
  await saveBooks(tx, mspId, { ...books, version: version + 1, lastEntry })
}

function movedOn(): Problem {
  return new Problem({
    kind: 'conflict',
    what: 'The books moved on while settings were recorded.',
    notDone: 'They were not recorded.',
    next: 'Do it again.',
  })
}

const PACKED = ['version', dateColumn('holds_from'), instantColumn('recorded_at')]

const SELECT = `SELECT ${packedColumns(PACKED)}, says, recorded_by, recorded_by_name FROM setting_record
  WHERE msp_id = $1 ORDER BY version`

type SettingRow = readonly [packed: Cell, says: Cell, by: Cell, byName: Cell]

type PackedCells = [version: Cell, holdsFrom: Cell, recordedAt: Cell]

/** Every setting ever recorded, in order: a handful. */
export function readSettings(query: Query, mspId: string): Promise<readonly RecordedSettings[]> {
  return query(SELECT, [mspId], recordedOf)
}

/** Where settings stand, without reading what is billed. */
export async function readStanding(query: Query, mspId: string): Promise<SettingsStanding> {
  const recorded = await readSettings(query, mspId)
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
  return { ...standing, recorded }
}

function recordedOf([packed, says, by, byName]: SettingRow): RecordedSettings {
  const [version, holdsFrom, recordedAt] = unpack<PackedCells>(packed, 3)
  const at = instant(recordedAt)
  const id = optionalText(by)
  return {
    says: settingsOf(JSON.parse(text(says)), at),
    holdsFrom: optionalLocalDate(holdsFrom),
    recordedAt: at,
    version: integer(version),
    by: id === undefined ? undefined : { id, name: text(byName) },
  }
}

/** Settings as JSON: dates as text, what is set to nothing as null. */
function writeSettings(says: SomeSettings): string {
  const { baseMonth } = says
  const month = baseMonth === undefined ? {} : { baseMonth: writeDate(baseMonth) }
  return JSON.stringify({ ...says, ...month }, (_, value: unknown) => value ?? null)
}

/** What it would mean is a guess, and a guess changes bills: Problem `unavailable` for what is not understood. */
function settingsOf(stored: unknown, recordedAt: Date): SomeSettings {
  const read = parseSettings(stored)
  if ('settings' in read) return read.settings
  throw new Problem({
    kind: 'unavailable',
    what: `What was set on ${recordedAt.toISOString().slice(0, 10)} says ${read.fault}, which this version of the program does not understand.`,
    notDone: 'Nothing was computed from it.',
    next: 'Start the version of the program that recorded it, or a newer one.',
  })
}
