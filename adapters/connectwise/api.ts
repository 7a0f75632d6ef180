import type { HttpRequest, Sent } from '../http/client.js'
import type { HttpAnswer } from '../http/judge.js'
import { Problem } from '../../core/problem.js'
import type { Reading } from './reading.js'
import { refusedRead } from './refusals.js'
import { type ConnectWiseOptions, createReleases } from './site.js'

/** A question below the API's root. */
export interface Question {
  readonly path: readonly string[] | { readonly address: string }
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** What is asked for: "agreement 77". */
  readonly subject: string
}

export interface ConnectWiseApi {
  /** @throws Problem `notFound` for a 404, `unavailable` for every other answer that is none. */
  get(question: Question): Promise<HttpAnswer>
  /** A write that goes out once. */
  send(request: Pick<HttpRequest, 'method' | 'json'> & { readonly path: readonly string[] }): Promise<Sent>
  /** What a Problem about the content of an answer names. */
  reading(subject: string, where: string): Reading
  readonly secrets: readonly string[]
}

/** The version of the records that is asked for: the one these schemas were read from. */
const ACCEPT = 'application/vnd.connectwise.com+json; version=2025.8'

/** Statuses of a read that are answered by a sentence of ours; the others are repeated or worded by the HTTP client. */
const WORDED: readonly number[] = Array.from({ length: 200 }, (_, index) => 300 + index).filter(
  (status) => status !== 429,
)

/** The API of one MSP, signed in; it finds the address of the current release by itself. */
export function createConnectWiseApi(options: ConnectWiseOptions): ConnectWiseApi {
  const { authorization, secrets } = credentialsOf(options)
  const signedIn = { authorization, clientId: options.clientId, accept: ACCEPT }
  const releases = createReleases(options, secrets)

  return {
    secrets,
    reading: (subject, where) => ({ subject, where, secrets }),
    async get({ path, query = {}, headers = {}, subject }) {
      for (let isSecond = false; ; isSecond = true) {
        const { http } = await releases.current()
        const answer = await http.request({
          method: 'GET',
          path,
          query,
          headers: async () => ({ ...signedIn, ...headers }),
          returned: WORDED,
        })
        if (answer.status < 300) return answer
        const isMoved = (answer.status === 404 || answer.status < 400) && !('address' in path)
        if (isMoved && !isSecond && (await releases.hasMoved())) continue
        throw refusedRead(answer, subject, secrets)
      }
    },
    async send(request) {
      for (let isSecond = false; ; isSecond = true) {
        const { http } = await releases.current()
        const sent = await http.send({ ...request, headers: async () => signedIn })
        // A redirect and a cut line are what a new release looks like too: the next question looks for it.
        if (sent.type === 'unknown') releases.forget()
        const isMoved = sent.type === 'refused' && sent.answer.status === 404
        // An address that is not there any more has done nothing.
        if (isMoved && !isSecond && (await releases.hasMoved())) continue
        return sent
      }
    },
  }
}

function credentialsOf({ companyId, publicKey, privateKey, clientId }: ConnectWiseOptions) {
  refuseUnlessPlain(companyId, 'company')
  refuseUnlessPlain(publicKey, 'public key')
  refuseUnlessPlain(privateKey, 'private key')
  refuseUnlessPlain(clientId, 'client id')
  const token = Buffer.from(`${companyId}+${publicKey}:${privateKey}`).toString('base64')
  return { authorization: `Basic ${token}`, secrets: [token, privateKey, publicKey, clientId] }
}

/** What cannot be sent as a header would be quoted, secret and all, by the error of the one who tries. */
function refuseUnlessPlain(text: string, name: string): void {
  if (/^[\x21-\x7e]+$/.test(text)) return
  throw new Problem({
    kind: 'input',
    what: `The ${name} configured for ConnectWise is empty or contains spaces, line breaks or other signs it cannot have.`,
    notDone: 'Nothing was sent.',
    next: 'Copy it again from ConnectWise (the API Keys of the API member).',
  })
}
