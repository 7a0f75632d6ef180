import { type RawAnswer, rawRequest } from '../../support/raw-request.js'
import type { SlackHouse } from './harness.js'

/** Whom the page at Slack is answered by, and how. */
export interface Consent {
  readonly team: string
  readonly user: string
  readonly decision?: 'allow' | 'deny'
  /** For every workspace of the organisation. */
  readonly forAll?: boolean
}

/** Somebody's browser: it keeps cookies, and follows no redirect by itself. */
export interface Browser {
  readonly cookies: Map<string, string>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>
  /** Opens /slack/install; returns Slack's page it is sent to. */
  begin(): Promise<string>
  /** Answers Slack's page; returns the path it is sent back to. */
  consent(page: string, consent: Consent): Promise<string>
  /** The whole way, and the page at its end. */
  install(consent: Consent): Promise<RawAnswer>
}

export function openBrowser({ server }: Pick<SlackHouse, 'server'>): Browser {
  const cookies = new Map<string, string>()
  const get: Browser['get'] = async (path, headers = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await rawRequest(server.url, {
      path,
      headers: { ...(cookie === '' ? {} : { cookie }), ...headers },
    })
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/Expires=Thu, 01 Jan 1970/.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return answer
  }
  const begin = async () => {
    const { status, headers } = await get('/slack/install')
    if (status !== 302) throw new Error(`/slack/install answered ${status}`)
    return String(headers['location'])
  }
  const consent = async (page: string, { team, user, decision = 'allow', forAll = false }: Consent) => {
    const body = new URLSearchParams({ team, user, decision, ...(forAll ? { for: 'all' } : {}) })
    const answer = await fetch(page, { method: 'POST', body, redirect: 'manual' })
    if (answer.status !== 302)
      throw new Error(`Slack’s page answered ${answer.status}: ${await answer.text()}`)
    const back = new URL(answer.headers.get('location') ?? '')
    return `${back.pathname}${back.search}`
  }
  return {
    cookies,
    get,
    begin,
    consent,
    install: async (given) => get(await consent(await begin(), given)),
  }
}
