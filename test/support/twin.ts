import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { projectRoot } from './root.js'

/** What is taken out of the compiled product, or of its tables, and what stands there instead. */
export interface Removal {
  /** From the root of the project: "dist/adapters/storage/once.js", "prisma/migrations/…/migration.sql". */
  readonly file: string
  /** Must stand there exactly once: a guard that moved is found, not silently kept. */
  readonly from: string
  readonly to: string
}

/** A twin that takes longer than this hangs. */
const TWIN_MILLISECONDS = 300_000
/** What a twin that was not caught said last: enough to see how it ended. */
const LAST_CHARACTERS = 2_000

/**
 * A copy of the compiled project with guards taken away, for running its programs: they must report what the guards
 * prevent. The project itself is not touched.
 */
export function openTwin(removals: readonly Removal[]): { readonly root: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'cloud-billing-twin-'))
  const remove = () => rmSync(root, { recursive: true, force: true })
  try {
    cpSync(join(projectRoot, 'package.json'), join(root, 'package.json'))
    cpSync(join(projectRoot, 'dist'), join(root, 'dist'), { recursive: true })
    mkdirSync(join(root, 'prisma'))
    cpSync(join(projectRoot, 'prisma', 'migrations'), join(root, 'prisma', 'migrations'), { recursive: true })
    symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'))
    for (const { file, from, to } of removals) {
      const parts = readFileSync(join(root, file), 'utf8').split(from)
      if (parts.length !== 2) throw new Error(misplaced(file, from, parts.length - 1))
      writeFileSync(join(root, file), parts.join(to))
    }
    return { root, remove }
  } catch (error) {
    remove()
    throw error
  }
}

/**
 * Runs a compiled program without some guards: the line that reports what they are for. A twin must end with 1 and say
 * what it saw; one that ends well, hangs or cannot even start is not caught, and how it ended is said on stderr.
 *
 * @param flags of Node.
 */
export async function reportOfTwin(
  removals: readonly Removal[],
  [program, ...words]: readonly string[],
  reports: RegExp,
  flags: readonly string[] = [],
): Promise<string | undefined> {
  const twin = openTwin(removals)
  try {
    const options = { timeout: TWIN_MILLISECONDS }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...flags, join(twin.root, 'dist', program ?? ''), ...words],
      options,
    )
    process.stderr.write(`It ended well: ${stdout.slice(-LAST_CHARACTERS)}\n`)
    return undefined
  } catch (error) {
    const { code, signal, stdout = '', stderr = '' } = error as Ended
    const line = code === 1 ? stdout.split('\n').find((text) => reports.test(text)) : undefined
    if (line !== undefined) return line.trim()
    const last = [stdout, stderr].map((text) => text.slice(-LAST_CHARACTERS)).join('\n')
    process.stderr.write(`It ended with ${String(code ?? signal)}: ${last}\n`)
    return undefined
  } finally {
    twin.remove()
  }
}

interface Ended {
  readonly code?: unknown
  readonly signal?: unknown
  readonly stdout?: string
  readonly stderr?: string
}

/** What of these does not stand exactly once in the compiled project: a sentence each. Empty when all do. */
export function misplacedRemovals(removals: readonly Removal[]): readonly string[] {
  return removals.flatMap(({ file, from }) => {
    const places = readFileSync(join(projectRoot, file), 'utf8').split(from).length - 1
    return places === 1 ? [] : [misplaced(file, from, places)]
  })
}

function misplaced(file: string, from: string, places: number): string {
  return `${file} has ${places} places like: ${from}`
}
