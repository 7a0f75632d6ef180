import { createHash } from 'node:crypto'
import type pg from 'pg'
import { assert } from '../../core/assert.js'
import { DATABASE_EXPORT_LINE_LENGTH, DATABASE_EXPORT_ROWS } from '../../core/limits.js'
import { Problem } from '../../core/problem.js'
import { takeConnection, withConnection } from './connection.js'
import type { Database } from './database.js'
import { asStorageProblem } from './errors.js'

const FORMAT = 'cloud-billing-studio database export'
const VERSION = 1
const CURSOR = 'export_rows'

/** First line of an export. */
interface Header {
  readonly format: string
  readonly version: number
  /** The program's migrations it was made with: only a database with the same ones takes it. */
  readonly migrations: readonly string[]
}

/** Before the rows of a table. */
interface Section {
  readonly table: string
  readonly rows: number
}

/** Last line: without it, or with another sum over the lines before, the file is not whole. */
interface End {
  readonly sha256: string
}

/**
 * Everything in the database as lines of JSON, as of one moment: each table's rows, in an order in which they can be
 * put back. For moving between the embedded database and a server, and from one engine version to the next. Rows are
 * written by the database itself, so exact numbers stay exact. The embedded database waits while this is read.
 */
export async function* exportLines(database: Database): AsyncGenerator<string> {
  const { client, release } = await takeConnection(database.pool)
  const sum = createHash('sha256')
  let finished = false
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    for await (const line of contentLines(client)) {
      sum.update(`${line}\n`)
      yield line
    }
    await client.query('COMMIT')
    finished = true
    yield JSON.stringify({ sha256: sum.digest('hex') } satisfies End)
  } catch (error) {
    throw asStorageProblem(error, 'The export is not complete.')
  } finally {
    release(finished ? 'finished' : 'broken') // whoever stops reading half way ends the transaction with it
  }
}

async function* contentLines(client: pg.PoolClient): AsyncGenerator<string> {
  yield JSON.stringify({
    format: FORMAT,
    version: VERSION,
    migrations: await appliedMigrations(client),
  } satisfies Header)
  for (const table of await tablesInOrder(client)) {
    const count = await client.query<{ rows: number }>(
      `SELECT count(*)::integer AS rows FROM ${quoted(table)}`,
    )
    yield JSON.stringify({ table, rows: count.rows[0]?.rows ?? 0 } satisfies Section)
    const order = (await primaryKey(client, table)).map(quoted).join(', ')
    await client.query(
      // With `.*` it is the whole row, also of a table that has a column of the same name.
      `DECLARE ${CURSOR} CURSOR FOR SELECT to_jsonb(content.*)::text AS line FROM ${quoted(table)} AS content ORDER BY ${order}`,
    )
    for (;;) {
      const { rows } = await client.query<{ line: string }>(`FETCH ${DATABASE_EXPORT_ROWS} FROM ${CURSOR}`)
      if (rows.length === 0) break
      for (const { line } of rows) yield line
    }
    await client.query(`CLOSE ${CURSOR}`)
  }
}

/**
 * Puts an export into an empty database, all of it or nothing; returns how many rows. Problem `input` when the file is
 * not whole, not ours or of another version, `conflict` when the database is not empty, `notFound` when the export does
 * not hold this MSP.
 */
export async function importLines(
  database: Database,
  mspId: string,
  lines: AsyncIterable<string>,
): Promise<number> {
  try {
    return await withConnection(database.pool, async (client) => {
      await client.query('BEGIN')
      await client.query('LOCK TABLE msp IN EXCLUSIVE MODE')
      const rows = await importWhole(client, mspId, readAhead(lines))
      await client.query('COMMIT')
      database.written(rows)
      return rows
    })
  } catch (error) {
    throw asImportProblem(error)
  }
}

interface Lines {
  /** The next line; undefined at the end. */
  next(): Promise<string | undefined>
  /** Lines given so far. */
  readonly count: () => number
  /** Sum over all lines given before the latest one. */
  readonly sumBefore: () => string
}

function readAhead(lines: AsyncIterable<string>): Lines {
  const iterator = lines[Symbol.asyncIterator]()
  const sum = createHash('sha256')
  let latest: string | undefined
  let count = 0
  return {
    async next() {
      if (latest !== undefined) sum.update(`${latest}\n`)
      const result = await iterator.next()
      latest = result.done === true ? undefined : result.value
      count += 1
      if (latest !== undefined && latest.length > DATABASE_EXPORT_LINE_LENGTH)
        throw unusable(count, 'it is too long')
      return latest
    },
    count: () => count,
    sumBefore: () => sum.copy().digest('hex'),
  }
}

async function importWhole(client: pg.PoolClient, mspId: string, lines: Lines): Promise<number> {
  const header = parsed<Header>(await lines.next(), lines)
  await checkHeader(client, header)
  const tables = await tablesInOrder(client)
  await refuseUnlessEmpty(client, tables)
  await client.query('DELETE FROM msp') // only the row that opening the storage made
  let total = 0
  for (;;) {
    const line = parsed<Section | End>(await lines.next(), lines)
    if ('sha256' in line) {
      if (line.sha256 !== lines.sumBefore()) throw unusable(lines.count(), 'the lines before it were changed')
      break
    }
    if (!tables.includes(line.table) || !(line.rows >= 0)) {
      throw unusable(lines.count(), 'it does not name a table of ours and its rows')
    }
    await importTable(client, line, lines)
    total += line.rows
  }
  if ((await lines.next()) !== undefined) throw unusable(lines.count(), 'nothing may follow the last line')
  const { rowCount } = await client.query('SELECT 1 FROM msp WHERE id = $1', [mspId])
  if (rowCount === 1) return total
  throw new Problem({
    kind: 'notFound',
    what: `The export holds nothing of ${mspId}.`,
    notDone: 'Nothing was imported.',
    next: 'Set the same MSP as in the program that exported it.',
  })
}

async function checkHeader(client: pg.PoolClient, { format, version, migrations }: Header): Promise<void> {
  if (format !== FORMAT || version !== VERSION) throw unusable(1, 'this is not an export of this program')
  if (JSON.stringify(migrations) === JSON.stringify(await appliedMigrations(client))) return
  throw new Problem({
    kind: 'input',
    what: 'The export was made by another version of this program.',
    notDone: 'Nothing was imported.',
    next: 'Start the newer version on the old database once, export again with it, and import that.',
  })
}

async function importTable(client: pg.PoolClient, { table, rows }: Section, lines: Lines): Promise<void> {
  const columns = (await columnsOf(client, table)).map(quoted).join(', ')
  const insert = `INSERT INTO ${quoted(table)} (${columns})
    SELECT ${columns} FROM jsonb_populate_recordset(NULL::${quoted(table)}, $1::jsonb)`
  for (let done = 0; done < rows; ) {
    const batch: string[] = []
    while (batch.length < DATABASE_EXPORT_ROWS && done + batch.length < rows) {
      const line = await lines.next()
      if (line === undefined) throw unusable(lines.count(), 'the file ends here')
      batch.push(line)
    }
    // The text goes through as it is: parsed here, an exact number would become a float.
    await client.query(insert, [`[${batch.join(',')}]`])
    done += batch.length
  }
}

async function refuseUnlessEmpty(client: pg.PoolClient, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    if (table === 'msp') continue
    const { rowCount } = await client.query(`SELECT 1 FROM ${quoted(table)} LIMIT 1`)
    if (rowCount === 0) continue
    throw new Problem({
      kind: 'conflict',
      what: `The database is not empty: ${table} has rows.`,
      notDone: 'Nothing was imported.',
      next: 'Import into a new database.',
    })
  }
}

async function appliedMigrations(client: pg.PoolClient): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT migration_name AS name FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name COLLATE "C"',
  )
  return rows.map(({ name }) => name)
}

/** Our tables, each after those its foreign keys point at. From the catalog, so that a new table needs no mention here. */
async function tablesInOrder(client: pg.PoolClient): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; needs: string[] }>(`
    SELECT own.relname AS name,
      ARRAY(SELECT other.relname::text FROM pg_constraint
            JOIN pg_class AS other ON other.oid = confrelid
            WHERE conrelid = own.oid AND contype = 'f' AND confrelid <> conrelid) AS needs
    FROM pg_class AS own
    WHERE own.relkind = 'r' AND own.relnamespace = current_schema()::regnamespace AND own.relname <> '_prisma_migrations'
    ORDER BY own.relname COLLATE "C"`)
  const ordered: string[] = []
  while (ordered.length < rows.length) {
    const next = rows.find(
      ({ name, needs }) => !ordered.includes(name) && needs.every((need) => ordered.includes(need)),
    )
    assert(next !== undefined, 'the foreign keys of the tables form a circle')
    ordered.push(next.name)
  }
  return ordered
}

async function primaryKey(client: pg.PoolClient, table: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_index
     JOIN unnest(indkey) WITH ORDINALITY AS key (number, place) ON true
     JOIN pg_attribute ON attrelid = indrelid AND attnum = key.number
     WHERE indrelid = $1::regclass AND indisprimary ORDER BY key.place`,
    [quoted(table)],
  )
  assert(rows.length > 0, `table ${table} has no primary key`)
  return rows.map(({ name }) => name)
}

async function columnsOf(client: pg.PoolClient, table: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [quoted(table)],
  )
  return rows.map(({ name }) => name)
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function parsed<T>(line: string | undefined, lines: Lines): T {
  if (line === undefined) throw unusable(lines.count(), 'the file ends here')
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) return value as T
  } catch {
    // Told below.
  }
  throw unusable(lines.count(), 'it is not JSON of an export')
}

function unusable(line: number, reason: string): Problem {
  return new Problem({
    kind: 'input',
    what: `This line of the export cannot be used: ${reason}.`,
    where: `line ${line}`,
    notDone: 'Nothing was imported.',
    next: 'Make the export again and copy it whole.',
  })
}

/** Rows the database refuses are a damaged file: data exceptions (class 22) and integrity (class 23). */
function asImportProblem(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!/^2[23]...$/.test(code)) return asStorageProblem(error, 'Nothing was imported.')
  return new Problem({
    kind: 'input',
    what: `The export holds a row that does not fit (${code}).`,
    notDone: 'Nothing was imported.',
    next: 'Make the export again and copy it whole.',
    cause: error,
  })
}
