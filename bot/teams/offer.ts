import { createHash } from 'node:crypto'
import type { ExportFile } from '../../core/chat-ports.js'
import { TEAMS_FILE_BYTES } from '../../core/chat-limits.js'
import type { FileMessage } from './adaptive.js'

/** Which content was offered: a void makes it another. */
export function revisionOf({ bytes }: ExportFile): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}

/**
 * The question whether to put a file into the asker's OneDrive (Teams: file consent), for personal chats; undefined where there
 * is none: the clouds of the United States' government have no file consent, and large files have the link alone. It says
 * which run and content is meant, and has nothing of it.
 */
export function offerOf(file: ExportFile, serviceUrl: string): FileMessage | undefined {
  const { name, bytes } = file
  if (new URL(serviceUrl).hostname.endsWith('.us')) return undefined
  if (bytes.byteLength === 0 || bytes.byteLength > TEAMS_FILE_BYTES) return undefined
  const context = { run: name.replace(/\.csv$/, ''), revision: revisionOf(file) }
  return {
    summary: `${name} for your OneDrive`,
    attachment: {
      contentType: 'application/vnd.microsoft.teams.card.file.consent',
      name,
      content: {
        description: 'The same file, put into your OneDrive.',
        sizeInBytes: bytes.byteLength,
        acceptContext: context,
        declineContext: context,
      },
    },
  }
}
