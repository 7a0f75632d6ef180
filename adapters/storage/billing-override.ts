import { assert } from '../../core/assert.js'
import type { LocalDate } from '../../core/calendar/date.js'
import { isCurrency } from '../../core/money/currency.js'
import type { OverrideDraft } from '../../core/pricing/override-draft.js'
import type { OverrideScope } from '../../core/pricing/overrides.js'
import {
  type OverrideSays,
  type OverrideStamp,
  type RecordedOverride,
  withRecorded,
} from '../../core/pricing/recorded.js'
import { Problem } from '../../core/problem.js'
import { addEntry } from './billing-audit.js'
import { lockBooks, saveBooks } from './billing-books.js'
import type { Cell, Query, Transaction } from './database.js'
import { parseHeld } from './schema.js'
import {
  dateColumn,
  decimal,
  instant,
  instantColumn,
  integer,
  localDate,
  optionalLocalDate,
  optionalText,
  packedColumns,
  text,
  unpack,
  word,
  writeDate,
  writeDecimal,
  writeInstant,
  writeOptionalText,
  writeText,
} from './values.js'

/** Records what was said with its entry in the trail, and moves the books on: what was computed before can be stale. */
export async function recordOverride(
  tx: Transaction,
  mspId: string,
  { said, byName, held, audit, version, syncVersion }: OverrideDraft,
): Promise<void> {
  const books = await lockBooks(tx, mspId)
  if (books.version !== version || books.syncVersion !== syncVersion) throw movedOn()
  const next = version + 1
  const { scope, says, from, to, replaces } = contentOf(said)
  const where = `override ${said.number}`
  await tx.$executeRaw`
    INSERT INTO override_record (msp_id, version, number, kind, lineage_id, customer_id, mpn, amount, currency, description,
      holds_from, holds_to, replaces, recorded_by, recorded_by_name, recorded_at, held)
    VALUES (${mspId}, ${next}, ${said.number}, ${says?.kind ?? 'end'},
      ${writeOptionalText(scope.lineageId, where)}, ${writeOptionalText(scope.customerId, where)},
      ${writeOptionalText(scope.mpn, where)}, ${amountOf(says)}::numeric, ${says?.kind === 'fixed' ? says.currency : null},
      ${says?.kind === 'words' ? writeText(says.description, where) : null},
      ${writeDate(from)}::date, ${writeDate(to)}::date, ${replaces}::integer[], ${writeText(audit.actor, where)}, ${writeText(byName, where)},
      ${writeInstant(audit.at)}::timestamptz, ${writeHeld(held)}::jsonb)`
  const lastEntry = await addEntry(tx, mspId, books.lastEntry, audit)
  await saveBooks(tx, mspId, { ...books, version: next, lastEntry })
}

interface Content {
  readonly scope: OverrideScope
  readonly says: OverrideSays | undefined
  readonly from: LocalDate
  readonly to: LocalDate | undefined
  readonly replaces: number[]
}

function contentOf(said: OverrideDraft['said']): Content {
  if (said.type === 'end') return { scope: {}, says: undefined, from: said.on, to: undefined, replaces: [] }
  return { ...said, to: said.to ?? undefined, replaces: [...said.replaces] }
}

function amountOf(says: OverrideSays | undefined): string | null {
  if (says === undefined || says.kind === 'words') return null
  return writeDecimal(says.kind === 'fixed' ? says.price : says.percent)
}

function writeHeld(held: OverrideStamp['held']): string {
  return JSON.stringify(Object.fromEntries([...held].map(([lineageId, day]) => [lineageId, writeDate(day)])))
}

function movedOn(): Problem {
  return new Problem({
    kind: 'conflict',
    what: 'Something was decided, recorded or read meanwhile.',
    notDone: 'What you said of prices was not recorded.',
    next: 'Say it again.',
  })
}

const KINDS = ['fixed', 'discount', 'markup', 'margin', 'words', 'end'] as const

const PACKED = [
  'version',
  'number',
  'kind',
  'amount',
  'currency',
  dateColumn('holds_from'),
  dateColumn('holds_to'),
  instantColumn('recorded_at'),
]

const SELECT = `SELECT ${packedColumns(PACKED)}, lineage_id, customer_id, mpn, description, recorded_by, recorded_by_name, held,
    array_to_json(replaces) FROM override_record WHERE msp_id = $1 ORDER BY version`

type PackedCells = [
  version: Cell,
  number: Cell,
  kind: Cell,
  amount: Cell,
  currency: Cell,
  from: Cell,
  to: Cell,
  recordedAt: Cell,
]

type OverrideRow = readonly [
  packed: Cell,
  lineageId: Cell,
  customerId: Cell,
  mpn: Cell,
  description: Cell,
  by: Cell,
  byName: Cell,
  held: Cell,
  replaces: Cell,
]

type Recorded =
  | { readonly type: 'set'; readonly override: RecordedOverride }
  | { readonly type: 'end'; readonly number: number; readonly end: RecordedOverride['ends'][number] }

/** Every override ever recorded, each with its ends, in order: hundreds at most. */
export async function readOverrides(query: Query, mspId: string): Promise<readonly RecordedOverride[]> {
  let known: readonly RecordedOverride[] = []
  for (const recorded of await query(SELECT, [mspId], recordedOf)) {
    known =
      recorded.type === 'set'
        ? withRecorded(known, recorded.override)
        : withEnd(known, recorded.number, recorded.end)
  }
  return known
}

function withEnd(
  known: readonly RecordedOverride[],
  number: number,
  end: RecordedOverride['ends'][number],
): readonly RecordedOverride[] {
  assert(
    known.some((override) => override.number === number),
    `override ${number} ends without having begun`,
  )
  return known.map((override) =>
    override.number === number ? { ...override, ends: [...override.ends, end] } : override,
  )
}

function recordedOf(row: OverrideRow): Recorded {
  const [packed, lineageId, customerId, mpn, description, by, byName, held, replaces] = row
  const [version, number, kind, amount, currency, from, to, at] = unpack<PackedCells>(packed, 8)
  const found = integer(number)
  const stamp = {
    by: text(by),
    byName: text(byName),
    at: instant(at),
    version: integer(version),
    held: heldOf(JSON.parse(text(held)), found),
  }
  const said = word(KINDS, kind)
  if (said === 'end') return { type: 'end', number: found, end: { ...stamp, on: localDate(from) } }
  const override = {
    ...stamp,
    number: found,
    scope: scopeOf(optionalText(lineageId), optionalText(customerId), optionalText(mpn)),
    says: saysOf(said, amount, currency, description),
    from: localDate(from),
    to: optionalLocalDate(to) ?? null,
    replaces: JSON.parse(text(replaces)) as number[],
    ends: [],
  }
  return { type: 'set', override }
}

function scopeOf(
  lineageId: string | undefined,
  customerId: string | undefined,
  mpn: string | undefined,
): OverrideScope {
  return {
    ...(lineageId === undefined ? {} : { lineageId }),
    ...(customerId === undefined ? {} : { customerId }),
    ...(mpn === undefined ? {} : { mpn }),
  }
}

function saysOf(
  kind: Exclude<(typeof KINDS)[number], 'end'>,
  amount: Cell,
  currency: Cell,
  description: Cell,
): OverrideSays {
  if (kind === 'words') return { kind, description: text(description) }
  if (kind !== 'fixed') return { kind, percent: decimal(amount) }
  const code = text(currency)
  assert(isCurrency(code), `stored currency ${code} is not known`)
  return { kind, price: decimal(amount), currency: code }
}

/** What stood in the way decides what is billed: a guess would change bills. */
function heldOf(stored: unknown, number: number): OverrideStamp['held'] {
  const read = parseHeld(stored)
  if ('value' in read) return read.value
  throw new Problem({
    kind: 'unavailable',
    what: `What is stored of override ${number} says ${read.fault}, which this version of the program does not understand.`,
    notDone: 'Nothing was computed from it.',
    next: 'Start the version of the program that recorded it, or a newer one.',
  })
}
