import { randomUUID } from 'node:crypto'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DATA_FOLDER_LOCK_ROUNDS } from '../../core/limits.js'
import { Problem } from '../../core/problem.js'

/** Two programs on one embedded database destroy it silently, so the folder has one owner. */
export interface FolderLock {
  release(): void
}

/** Enough to tell a living owner from a dead one whose process id was given to somebody else. */
interface Owner {
  readonly host: string
  readonly processId: number
  /** When the process began, in ticks since boot; '' where the system does not say. */
  readonly processStart: string
  /** Which start of the machine; '' where the system does not say. */
  readonly boot: string
}

const LOCK = 'owner.lock'

/**
 * Takes the folder, also from an owner that was killed. The lock is a folder holding one file with a name of its own:
 * it appears whole (by renaming), and a dead owner is removed by deleting exactly its file, so that of many programs
 * doing this at once none can remove the one that has just won. Problem `conflict` while another program owns it.
 * An owner on another machine is always taken for alive: nothing here can tell.
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = join(folder, LOCK)
  const ticket = `${randomUUID()}.json`
  const prepared = prepare(folder, ticket)
  try {
    for (let round = 0; round < DATA_FOLDER_LOCK_ROUNDS; round += 1) {
      if (moveInto(prepared, lock)) {
        removeLeftovers(folder)
        return { release: () => release(lock, ticket) }
      }
      evictDeadOwner(folder, lock)
    }
  } catch (error) {
    rmSync(prepared, { recursive: true, force: true })
    throw error
  }
  rmSync(prepared, { recursive: true, force: true })
  throw inUse(folder, 'Other programs keep taking it.')
}

function prepare(folder: string, ticket: string): string {
  const prepared = join(folder, `${LOCK}.${ticket}`)
  mkdirSync(prepared, { mode: 0o700 })
  // Flushed: after a power cut the file must not be there empty.
  writeFileSync(join(prepared, ticket), JSON.stringify(myself()), { mode: 0o600, flush: true })
  return prepared
}

/** True when the lock was free: a folder is only ever replaced by renaming when it is empty. */
function moveInto(prepared: string, lock: string): boolean {
  try {
    renameSync(prepared, lock)
    return true
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'].includes(codeOf(error))) return false
    throw error
  }
}

function evictDeadOwner(folder: string, lock: string): void {
  for (const ticket of entries(lock)) {
    const owner = readOwner(join(lock, ticket))
    if (owner === 'gone') continue
    if (owner === 'unreadable') throw inUse(folder, 'Its lock cannot be read.')
    if (isAlive(owner)) throw inUse(folder, `Process ${owner.processId} on ${owner.host} has it open.`)
    ignoring(['ENOENT'], () => unlinkSync(join(lock, ticket)))
  }
  // Where renaming does not replace an empty folder (Windows) it has to go first; a folder in use stays.
  ignoring(['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM'], () => rmdirSync(lock))
}

function release(lock: string, ticket: string): void {
  ignoring(['ENOENT'], () => unlinkSync(join(lock, ticket)))
  ignoring(['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM'], () => rmdirSync(lock))
}

/** What programs killed while waiting for the lock left behind. */
function removeLeftovers(folder: string): void {
  for (const name of entries(folder)) {
    if (!name.startsWith(`${LOCK}.`)) continue
    const owner = readOwner(join(folder, name, name.slice(LOCK.length + 1)))
    const abandoned = typeof owner === 'object' && !isAlive(owner)
    if (abandoned) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

function readOwner(file: string): Owner | 'gone' | 'unreadable' {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'gone' : 'unreadable'
  }
}

function myself(): Owner {
  return {
    host: hostname(),
    processId: process.pid,
    processStart: processStart(process.pid),
    boot: readOr('/proc/sys/kernel/random/boot_id'),
  }
}

function isAlive(owner: Owner): boolean {
  const me = myself()
  if (owner.host !== me.host) return true
  if (owner.boot !== me.boot) return false
  const start = processStart(owner.processId)
  if (owner.processStart !== '' && start !== '') return start === owner.processStart
  return isRunning(owner.processId)
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM' // somebody else's process, alive
  }
}

/** Field 22 of the kernel's process line, counted after the name, which may contain anything. */
function processStart(processId: number): string {
  const line = readOr(`/proc/${processId}/stat`)
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}

function ignoring(codes: readonly string[], work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!codes.includes(codeOf(error))) throw error
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function inUse(folder: string, reason: string): Problem {
  return new Problem({
    kind: 'conflict',
    what: `The data folder is in use. ${reason}`,
    where: folder,
    notDone: 'Nothing was opened.',
    next: `Stop the other program, or choose another folder. Only if no program uses it any more, delete ${join(folder, LOCK)}.`,
  })
}
