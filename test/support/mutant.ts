import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { projectRoot } from './root.js'

/** What is taken out of a product file, and what stands there instead. */
export interface Change {
  /** From the root of the project: "bot/slack/verify.ts". */
  readonly file: string
  /** Must stand there exactly once: a guard that moved is found, not silently kept. */
  readonly from: string
  readonly to: string
  /** The file to load, in the same folder; default: the changed one. What lies between sees the change, too. */
  readonly entry?: string
}

/**
 * Loads a product file with one guard taken away, as a module of its own, so that a test can show that it goes red
 * without that guard. Everything outside its folder is the real thing. The files of the product are not touched.
 */
export async function mutant<T>({ file, from, to, entry = basename(file) }: Change): Promise<T> {
  const path = join(projectRoot, file)
  const parts = readFileSync(path, 'utf8').split(from)
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like: ${from}`)
  const home = dirname(path)
  const names = entry === basename(file) ? [entry] : readdirSync(home).filter((name) => name.endsWith('.ts'))
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'))
  try {
    for (const name of names) {
      const text = name === basename(file) ? parts.join(to) : readFileSync(join(home, name), 'utf8')
      writeFileSync(join(folder, name), withImports(text, home, folder, names))
    }
    return (await import(/* @vite-ignore */ join(folder, entry))) as T
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Imports lead to the copies beside it, and to the real files everywhere else. */
function withImports(text: string, home: string, folder: string, names: readonly string[]): string {
  return text.replace(/(from ')(\.{1,2}\/[^']+)\.js'/g, (_, start: string, target: string) => {
    const real = `${resolve(home, target)}.ts`
    const copied = dirname(real) === home && names.includes(basename(real))
    return `${start}${copied ? join(folder, basename(real)) : real}'`
  })
}
