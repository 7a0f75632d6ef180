import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { assert } from '../../core/assert.js'
import { SAVED_FILE_NAMES } from '../../core/limits.js'
import type { ExportFile } from '../../core/chat-ports.js'
import { Problem } from '../../core/problem.js'
import type { Reply } from '../commands/reply.js'

/** Puts a reply's file into a folder, whole or not at all, and says where it is. Another file is never replaced. */
export async function withSavedFile(reply: Reply, folder: string): Promise<Reply> {
  if (reply.file === undefined) return reply
  const where = { type: 'text', style: 'strong', text: await save(folder, reply.file) } as const
  return { ...reply, card: { ...reply.card, blocks: [where, ...reply.card.blocks] } }
}

/** Where the file is now, as a sentence. */
async function save(folder: string, { name, bytes }: ExportFile): Promise<string> {
  assert(path.basename(name) === name, `a file name with a path: ${name}`)
  const wanted = path.join(folder, name)
  try {
    await mkdir(folder, { recursive: true })
    for (let number = 1; number <= SAVED_FILE_NAMES; number += 1) {
      const file = numbered(wanted, number)
      if (await claim(file)) {
        await fill(file, bytes)
        return number === 1
          ? `Saved as ${file}`
          : `Saved as ${file}; ${wanted} has other content and was left as it is`
      }
      if ((await readFile(file)).equals(bytes))
        return `Saved as ${file}, where it was already with the same content`
    }
  } catch (error) {
    throw notWritten(wanted, error)
  }
  throw notWritten(wanted, undefined)
}

/** "BR-0001.csv", "BR-0001 (2).csv" */
function numbered(file: string, number: number): string {
  const { dir, name, ext } = path.parse(file)
  return number === 1 ? file : path.join(dir, `${name} (${number})${ext}`)
}

/** Makes an empty file of that name; false: there is one already, whoever was first. */
async function claim(file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx')).close()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Puts the whole content in place of the claimed empty file, or takes that away again. */
async function fill(file: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${file}.${process.pid}.part`
  try {
    await writeFile(unfinished, bytes)
    await rename(unfinished, file)
  } catch (error) {
    await rm(file, { force: true })
    await rm(unfinished, { force: true })
    throw error
  }
}

function notWritten(file: string, cause: unknown): Problem {
  return new Problem({
    kind: 'unavailable',
    what: `${file} could not be written.`,
    notDone: 'No file was made; the bill run is unchanged.',
    next: 'Check the folder and its permissions, or set EXPORT_DIR to another one.',
    cause,
  })
}
