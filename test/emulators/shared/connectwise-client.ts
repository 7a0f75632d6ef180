import { type ApiAnswer, toAnswer } from './api-client.js'

/** The simplest client of the PSA: no retries, no mercy. */
export interface ConnectWiseClient {
  /** A signed-in request below the API's root; a body is sent as JSON. */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string | undefined>>,
  ): Promise<ApiAnswer>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<ApiAnswer>
}

interface Site {
  readonly url: string
  readonly credentials: {
    readonly companyId: string
    readonly publicKey: string
    readonly privateKey: string
    readonly clientId: string
  }
}

export function connectWiseClient({ url, credentials }: Site, codebase = 'v4_6_release/'): ConnectWiseClient {
  const { companyId, publicKey, privateKey, clientId } = credentials
  const signedIn = {
    authorization: `Basic ${Buffer.from(`${companyId}+${publicKey}:${privateKey}`).toString('base64')}`,
    clientid: clientId,
    accept: 'application/vnd.connectwise.com+json; version=2025.8',
  }
  const client: ConnectWiseClient = {
    async send(method, path, body, headers = {}) {
      const all: Readonly<Record<string, string | undefined>> = {
        ...signedIn,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      }
      const response = await fetch(`${url}/${codebase}apis/3.0${path}`, {
        method,
        headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      return await toAnswer(response)
    },
    get: async (path, headers = {}) => await client.send('GET', path, undefined, headers),
  }
  return client
}
