import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What is taken out of the compiled product, or of its tables, and what stands there instead. */
export interface Removal {
  /** From the root of the project: "dist/adapters/storage/once.js", "prisma/migrations/…/migration.sql". */
  readonly file: string
  /** Must stand there exactly once: a guard that moved is found, not silently kept. */
  readonly from: string
  readonly to: string
}

/** From dist/test/support to the project. */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/**
 * A copy of the compiled project with guards taken away, for running its programs: they must report what the guards
 * prevent. The project itself is not touched.
 */
export function openTwin(removals: readonly Removal[]): { readonly root: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'cloud-billing-twin-'))
  const remove = () => rmSync(root, { recursive: true, force: true })
  try {
    cpSync(join(ROOT, 'package.json'), join(root, 'package.json'))
    cpSync(join(ROOT, 'dist'), join(root, 'dist'), { recursive: true })
    mkdirSync(join(root, 'prisma'))
    cpSync(join(ROOT, 'prisma', 'migrations'), join(root, 'prisma', 'migrations'), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
    for (const { file, from, to } of removals) {
      const parts = readFileSync(join(root, file), 'utf8').split(from)
      if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like: ${from}`)
      writeFileSync(join(root, file), parts.join(to))
    }
    return { root, remove }
  } catch (error) {
    remove()
    throw error
  }
}
