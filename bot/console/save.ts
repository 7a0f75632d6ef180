import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { assert } from '../../core/assert.js'
import type { ExportFile } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { Reply } from '../commands/desk.js'

/** Puts a reply's file into a folder, whole or not at all, and says where it is. */
export async function withSavedFile(reply: Reply, folder: string): Promise<Reply> {
  if (reply.file === undefined) return reply
  const saved = await save(folder, reply.file)
  const where = { type: 'text', style: 'strong', text: `Saved as ${saved}` } as const
  return { ...reply, card: { ...reply.card, blocks: [where, ...reply.card.blocks] } }
}

async function save(folder: string, { name, bytes }: ExportFile): Promise<string> {
  assert(path.basename(name) === name, `a file name with a path: ${name}`)
  const file = path.join(folder, name)
  const unfinished = `${file}.${process.pid}.part`
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(unfinished, bytes)
    await rename(unfinished, file)
  } catch (error) {
    throw new Problem({
      kind: 'unavailable',
      what: `${file} could not be written.`,
      notDone: 'No file was made; the bill run is unchanged.',
      next: 'Check the folder and its permissions, or set EXPORT_DIR to another one.',
      cause: error,
    })
  }
  return file
}
