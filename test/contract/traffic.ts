import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Message, parseMessages } from './http-messages.js'
import type { RecordingNotes } from './recorder.js'

/** One request and what came back. */
export interface Exchange {
  readonly request: Message
  /** undefined: the connection ended, or the client left, before any of it. */
  readonly response: Message | undefined
  readonly notes: RecordingNotes
  /** File and position, to find it again. */
  readonly place: string
}

/** Reads every recording of a folder. */
export function readTraffic(directory: string): Exchange[] {
  if (!existsSync(directory)) return []
  const files = readdirSync(directory).sort()
  const exchanges: Exchange[] = []
  for (const file of files.filter((name) => name.endsWith('.client'))) {
    const connection = file.slice(0, -'.client'.length)
    const notes = JSON.parse(
      readFileSync(path.join(directory, `${connection.replace(/-\d+$/, '')}.json`), 'utf8'),
    ) as RecordingNotes
    const requests = parseMessages(readFileSync(path.join(directory, file)), 'client')
    const answers = path.join(directory, `${connection}.server`)
    const responses = existsSync(answers) ? parseMessages(readFileSync(answers), 'server') : []
    for (const [index, request] of requests.entries()) {
      exchanges.push({ request, response: responses[index], notes, place: `${connection} #${index + 1}` })
    }
  }
  return exchanges
}
