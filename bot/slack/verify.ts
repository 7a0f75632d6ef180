import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { SLACK_FRESH_SECONDS } from '../../core/chat-limits.js'

/** What Slack says it signed: a `v0` signature in lower-case hex, and whole seconds since 1970 in plain digits. */
const SIGNATURE = /^v0=([0-9a-f]{64})$/
const STAMP = /^[1-9][0-9]{0,15}$/

export type Verdict =
  | { readonly genuine: true; readonly key: string }
  | { readonly genuine: false; readonly why: string }

/**
 * Decides whether Slack sent exactly these bytes just now (Slack's guide to verifying requests: HMAC-SHA256 of
 * `v0:<stamp>:<body>` with the signing secret). Narrower than Bolt's own check: a stamp from the future is refused like a
 * stale one, each header stands once, and nothing but plain digits is a number. `key` names this one request.
 */
export function verifySignature(
  { headersDistinct }: Pick<IncomingMessage, 'headersDistinct'>,
  body: Buffer,
  secret: string,
  now: Date,
): Verdict {
  const [signature, ...otherSignatures] = headersDistinct['x-slack-signature'] ?? []
  const [stamp, ...otherStamps] = headersDistinct['x-slack-request-timestamp'] ?? []
  if (signature === undefined || stamp === undefined) return refused('a header is missing')
  if (otherSignatures.length > 0 || otherStamps.length > 0) return refused('a header stands twice')
  const [, digest] = SIGNATURE.exec(signature) ?? []
  if (digest === undefined) return refused('no v0 signature')
  if (!STAMP.test(stamp)) return refused('the stamp is no whole number')
  const age = now.getTime() / 1000 - Number(stamp)
  if (Math.abs(age) > SLACK_FRESH_SECONDS) return refused('the stamp is not of now')
  const expected = createHmac('sha256', secret).update(`v0:${stamp}:`).update(body).digest()
  // The time this takes tells nothing about how much was right.
  if (!timingSafeEqual(expected, Buffer.from(digest, 'hex'))) return refused('another signature was expected')
  return { genuine: true, key: createHash('sha256').update(`${signature}\n${stamp}`).digest('hex') }
}

function refused(why: string): Verdict {
  return { genuine: false, why }
}
