import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What is taken out of a product file, and what stands there instead. */
export interface Change {
  /** From the root of the project: "bot/slack/verify.ts". */
  readonly file: string
  /** Must stand there exactly once: a guard that moved is found, not silently kept. */
  readonly from: string
  readonly to: string
}

/**
 * Loads a product file with one guard taken away, as a module of its own, so that a test can show that it goes red
 * without that guard. Everything it imports is the real thing. The file of the product is not touched.
 */
export async function mutant<T>({ file, from, to }: Change): Promise<T> {
  const path = join(ROOT, file)
  const source = readFileSync(path, 'utf8')
  const parts = source.split(from)
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like: ${from}`)
  const absolute = parts
    .join(to)
    .replace(/(from ')(\.{1,2}\/[^']+)\.js'/g, (_, start: string, name: string) => {
      return `${start}${resolve(dirname(path), name)}.ts'`
    })
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'))
  try {
    const changed = join(folder, basename(file))
    writeFileSync(changed, absolute)
    return (await import(/* @vite-ignore */ changed)) as T
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
