import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of the project, from where this runs: as written, or compiled below `dist/`. */
export const projectRoot = rootAbove(import.meta.dirname)

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error(`${import.meta.dirname} lies in no project.`)
  return rootAbove(parent)
}
