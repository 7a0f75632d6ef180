import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** One text file of the project: its path from the root, with forward slashes, and its content. */
export interface ProjectFile {
  readonly path: string
  readonly text: string
}

/** Installed, built, generated or written by commands: present on a working machine, absent from what is committed. */
const NOT_OURS = new Set([
  'node_modules',
  'dist',
  'coverage',
  'generated',
  '.git',
  '.data',
  '.env',
  'exports',
])
const FOLDERS = ['.ci', '.config', 'adapters', 'bot', 'core', 'manifest', 'prisma', 'test']

/** Every text file of the project under `root`, sorted by path. Binary files are left out. */
export function projectFiles(root: string): ProjectFile[] {
  const topLevel = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOT_OURS.has(entry.name))
    .map((entry) => entry.name)
  const nested = FOLDERS.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    pathsUnder(root, folder),
  )
  return [...topLevel, ...nested].toSorted().flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return text.includes('\0') ? [] : [{ path, text }]
  })
}

function pathsUnder(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (NOT_OURS.has(entry.name)) return []
    return entry.isDirectory() ? pathsUnder(root, path) : [path]
  })
}

/** Names at the top of the project that are neither installed nor built. */
export function topLevelNames(root: string): string[] {
  return readdirSync(root)
    .filter((name) => !NOT_OURS.has(name))
    .toSorted()
}

/** The 1-based line of an offset in a text. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
