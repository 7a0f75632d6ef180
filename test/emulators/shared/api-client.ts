import type { Credentials } from '../ingram/auth.js'

export interface ApiAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown
}

/** The simplest reader of the marketplace: no paging, no waiting, no mercy. */
export interface ApiClient {
  /** A signed-in GET below the base address. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<ApiAnswer>
  /** All rows of a list, page after page, until the total is reached or a page comes back empty. */
  rows(list: string, limit?: number): Promise<Record<string, unknown>[]>
  /** Asks for a token as a reseller does. */
  signIn(change?: { readonly authorization?: string; readonly marketplace?: string }): Promise<ApiAnswer>
  /** The token used; setting it replaces it. */
  token: string
}

export async function toAnswer(response: Response): Promise<ApiAnswer> {
  const text = await response.text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return { status: response.status, headers: response.headers, text, json }
}

/** A field of a JSON object; undefined when it is not there, or the value is no object. */
export function field(json: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
    json,
  )
}

/** The rows of a list's answer. */
export function dataOf(answer: ApiAnswer): Record<string, unknown>[] {
  const data = field(answer.json, 'data')
  if (!Array.isArray(data)) throw new Error(`no list: ${answer.status} ${answer.text.slice(0, 200)}`)
  return data as Record<string, unknown>[]
}

/** A client that is signed in already. */
export async function connect(emulator: {
  readonly url: string
  readonly credentials: Credentials
}): Promise<ApiClient> {
  const { url, credentials } = emulator
  const basic = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`
  const client: ApiClient = {
    token: '',
    async get(path, headers = {}) {
      const response = await fetch(`${url}${path}`, {
        headers: {
          'x-subscription-key': credentials.subscriptionKey,
          authorization: `Bearer ${client.token}`,
          ...headers,
        },
      })
      return await toAnswer(response)
    },
    async rows(list, limit = 500) {
      const rows: Record<string, unknown>[] = []
      for (;;) {
        const answer = await client.get(`${list}?offset=${rows.length}&limit=${limit}`)
        const page = dataOf(answer)
        rows.push(...page)
        if (page.length === 0 || rows.length >= Number(field(answer.json, 'pagination', 'total'))) return rows
      }
    },
    async signIn({ authorization = basic, marketplace = credentials.marketplace } = {}) {
      const response = await fetch(`${url}/token`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-subscription-key': credentials.subscriptionKey,
          authorization,
        },
        body: JSON.stringify({ marketplace }),
      })
      return await toAnswer(response)
    },
  }
  client.token = String(field((await client.signIn()).json, 'token'))
  return client
}
