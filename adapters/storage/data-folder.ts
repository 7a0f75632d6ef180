import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { assert } from '../../core/assert.js'
import { Problem } from '../../core/problem.js'
import { embeddedImage } from './embedded-image.mjs'
import { lockFolder } from './folder-lock.js'

/** The major version whose files the pinned engine reads. They never carry over from one major version to another. */
export const EMBEDDED_MAJOR_VERSION = '18'

const DATABASE = 'database'
/** A database being set up; a kill in between leaves nothing that could be taken for one. */
const UNFINISHED = 'database.unfinished'

export interface DataFolder {
  /** Where the engine's files are, ready to be opened. */
  readonly database: string
  release(): void
}

/**
 * Takes the folder of an embedded database for this program alone and sets the database up when there is none.
 * Problem `conflict` when another program has it, `held` when its files are not ours to open.
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const lock = lockFolder(folder)
  try {
    const database = join(folder, DATABASE)
    if (existsSync(database)) refuseForeignFiles(database)
    else await setUp(folder, database)
    return { database, release: lock.release }
  } catch (error) {
    lock.release()
    throw error
  }
}

function refuseForeignFiles(database: string): void {
  const file = join(database, 'PG_VERSION')
  const version = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
  if (version === EMBEDDED_MAJOR_VERSION) return
  throw new Problem({
    kind: 'held',
    what:
      version === undefined
        ? 'The folder holds no database of this program (PG_VERSION is missing).'
        : `The database was made by PostgreSQL ${version}; this program has PostgreSQL ${EMBEDDED_MAJOR_VERSION} built in.`,
    where: database,
    notDone: 'It was not opened and not changed.',
    next:
      version === undefined
        ? 'Choose another folder, or restore this one from a backup.'
        : 'Export it with the version of this program that made it, and import it into a new folder with this one.',
  })
}

async function setUp(folder: string, database: string): Promise<void> {
  const unfinished = join(folder, UNFINISHED)
  rmSync(unfinished, { recursive: true, force: true })
  unpack(await embeddedImage(), unfinished)
  renameSync(unfinished, database)
  flush(folder)
}

const BLOCK_BYTES = 512

/** Writes the files of an image (a ustar archive) into a new folder, each flushed to the disk. */
export function unpack(image: Uint8Array, folder: string): void {
  mkdirSync(folder, { mode: 0o700 })
  for (const { name, isFolder, content } of archived(image)) {
    const path = join(folder, name)
    assert(path.startsWith(join(folder, '/')), `image: ${name} lies outside`)
    if (isFolder) mkdirSync(path, { recursive: true, mode: 0o700 })
    else writeFlushed(path, content)
  }
  flushFolders(folder)
}

function* archived(image: Uint8Array): Generator<{ name: string; isFolder: boolean; content: Uint8Array }> {
  const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength)
  let position = 0
  while (position < bytes.length && bytes[position] !== 0) {
    const header = bytes.subarray(position, position + BLOCK_BYTES)
    const size = Number.parseInt(headerText(header, 124, 12), 8)
    assert(Number.isSafeInteger(size), 'image: a size cannot be read')
    const start = position + BLOCK_BYTES
    assert(start + size <= bytes.length, 'image: cut short')
    const prefix = headerText(header, 345, 155)
    yield {
      name: `${prefix === '' ? '' : `${prefix}/`}${headerText(header, 0, 100)}`,
      isFolder: headerText(header, 156, 1) === '5',
      content: bytes.subarray(start, start + size),
    }
    position = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES
  }
}

function headerText(header: Buffer, from: number, length: number): string {
  const field = header.subarray(from, from + length)
  const end = field.indexOf(0)
  return field.subarray(0, end === -1 ? length : end).toString('utf8')
}

function writeFlushed(path: string, content: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, content, { flag: 'wx', mode: 0o600, flush: true })
}

function flushFolders(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) flushFolders(join(folder, entry.name))
  }
  flush(folder)
}

function flush(folder: string): void {
  if (process.platform === 'win32') return // folders cannot be flushed there
  const opened = openSync(folder, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}
