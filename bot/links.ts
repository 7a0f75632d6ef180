import { createHmac, timingSafeEqual } from 'node:crypto'

/** How long a link in a chat message leads to its file. */
export const LINK_HOURS = 24

/** Links that lead to one file until a time, and cannot be made up (DESIGN §10). */
export interface FileLinks {
  /** A link to a file, by its name ("BR-0007.csv"). */
  to(name: string, now: Date): string
  /** The name of the file a token leads to; undefined for a token that is wrong, changed or too old. */
  nameOf(token: string, now: Date): string | undefined
}

/** @param key a secret of at least 32 characters; @param baseUrl where people reach the server, without a slash at its end. */
export function createFileLinks(key: string, baseUrl: string): FileLinks {
  const sign = (content: string) => createHmac('sha256', key).update(`file ${content}`).digest('base64url')
  return {
    to: (name, now) => {
      const until = Math.floor(now.getTime() / 1000) + LINK_HOURS * 3600
      const content = Buffer.from(`${until} ${name}`).toString('base64url')
      return `${baseUrl}/files/${content}.${sign(content)}`
    },
    nameOf: (token, now) => {
      const [content = '', signature = '', ...more] = token.split('.')
      if (more.length > 0 || !sameText(signature, sign(content))) return undefined
      const [until = '', name] = Buffer.from(content, 'base64url').toString('utf8').split(' ')
      return Number(until) * 1000 > now.getTime() ? name : undefined
    },
  }
}

/** Compares without telling by time how much of it fits. */
function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
