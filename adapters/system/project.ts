import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { assert } from '../../core/assert.js'

/** The folder of package.json above `from`: the same from the sources and from dist/, which is one folder deeper. */
export function projectFolder(from: string = import.meta.dirname): string {
  let folder = from
  while (!existsSync(join(folder, 'package.json'))) {
    assert(dirname(folder) !== folder, `no package.json above ${from}`)
    folder = dirname(folder)
  }
  return folder
}
