import { createHmac, timingSafeEqual } from 'node:crypto'

/** How long a link in a chat message leads to its file. */
export const LINK_HOURS = 24

/** Links that lead to one file until a time, and cannot be made up (DESIGN §10). */
export interface FileLinks {
  /** A link to the CSV of an approved run. */
  to(runId: string, now: Date): string
  /** The run a token leads to; undefined for a token that is wrong, changed or too old. */
  runOf(token: string, now: Date): string | undefined
}

/** @param key a secret of at least 32 characters; @param baseUrl where people reach the server, without a slash at its end. */
export function createFileLinks(key: string, baseUrl: string): FileLinks {
  const sign = (content: string) => createHmac('sha256', key).update(`file ${content}`).digest('base64url')
  return {
    to: (runId, now) => {
      const until = Math.floor(now.getTime() / 1000) + LINK_HOURS * 3600
      const content = Buffer.from(`${until} ${runId}`).toString('base64url')
      return `${baseUrl}/files/${content}.${sign(content)}`
    },
    runOf: (token, now) => {
      const [content = '', signature = '', ...more] = token.split('.')
      if (more.length > 0 || !sameText(signature, sign(content))) return undefined
      const [until = '', runId] = Buffer.from(content, 'base64url').toString('utf8').split(' ')
      return Number(until) * 1000 > now.getTime() ? runId : undefined
    },
  }
}

/** Compares without telling by time how much of it fits. */
function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
