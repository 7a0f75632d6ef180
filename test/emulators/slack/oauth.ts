import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer, Arguments } from './methods.js'
import type { Workspace } from './workspace.js'

/** The app as its maker registered it. */
export interface OAuthApp {
  readonly clientId: string
  readonly clientSecret: string
  /** Slack sends people back to these, and to addresses below them. */
  readonly redirectUrls: readonly string[]
  /** Scopes the app may ask for. */
  readonly scopes: readonly string[]
}

/** What Slack says of a token that is none. */
type Refused = { readonly error: 'invalid_auth' | 'account_inactive' | 'token_revoked' }

/** Installing: the page that asks, the exchange of a code, and tokens. */
export interface OAuth {
  /** GET shows what is asked for; POST with `team`, `user` and `decision` (allow, deny) sends the browser back. */
  authorizePage(request: IncomingMessage, response: ServerResponse, body: string): void
  /** `oauth.v2.access` */
  access(given: Arguments): Answer
  /** Whose token it is. */
  whose(token: string): Workspace | Refused
  give(token: string, world: Workspace): void
  /** Ends the token of a workspace, as when the app is taken out there or its token is revoked. */
  end(world: Workspace, error: 'account_inactive' | 'token_revoked'): void
  /** Every token given so far, also those that ended. */
  readonly tokens: readonly string[]
}

interface OAuthParts {
  readonly app: OAuthApp | undefined
  readonly now: () => Date
  readonly worlds: () => readonly Workspace[]
}

interface Code {
  readonly world: Workspace
  readonly user: string
  readonly scope: string
  readonly redirectUri: string
  readonly forAll: boolean
  readonly until: number
  used: boolean
}

interface Token {
  readonly world: Workspace
  ended: Refused['error'] | undefined
}

/** Slack's: a code is good for ten minutes, once. */
const CODE_MILLISECONDS = 600_000

export function createOAuth({ app, now, worlds }: OAuthParts): OAuth {
  const codes = new Map<string, Code>()
  const tokens = new Map<string, Token>()
  let count = 0
  return {
    get tokens() {
      return [...tokens.keys()]
    },
    give: (token, world) => void tokens.set(token, { world, ended: undefined }),
    end: (world, error) => {
      for (const token of tokens.values()) if (token.world === world) token.ended = error
    },
    whose: (token) => {
      const known = tokens.get(token)
      if (known === undefined) return { error: 'invalid_auth' }
      return known.ended === undefined ? known.world : { error: known.ended }
    },
    authorizePage: (request, response, body) => {
      const url = new URL(request.url ?? '', 'http://slack')
      const mistake = mistakeIn(app, url.searchParams)
      if (mistake !== undefined) return answer(response, 400, mistake)
      if (request.method !== 'POST') return answer(response, 200, '<form method="post">Allow?</form>')
      const form = new URLSearchParams(body)
      const world = worlds().find(({ team }) => team === form.get('team'))
      const user = form.get('user') ?? ''
      if (world?.users.has(user) !== true) return answer(response, 400, 'sign in first')
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      if (form.get('decision') === 'allow') {
        const code = `code.${(count += 1)}.${world.team}`
        codes.set(code, {
          world,
          user,
          scope: url.searchParams.get('scope') ?? '',
          redirectUri: back.href,
          forAll: form.get('for') === 'all',
          until: now().getTime() + CODE_MILLISECONDS,
          used: false,
        })
        back.searchParams.set('code', code)
      } else back.searchParams.set('error', 'access_denied')
      back.searchParams.set('state', url.searchParams.get('state') ?? '')
      response.setHeader('location', back.href)
      answer(response, 302, '')
    },
    access: (given) => {
      if (app === undefined || given['client_id'] !== app.clientId) return refused('invalid_client_id')
      if (given['client_secret'] !== app.clientSecret) return refused('bad_client_secret')
      const code = codes.get(given['code'] ?? '')
      if (code === undefined || now().getTime() > code.until) return refused('invalid_code')
      if (code.used) return refused('code_already_used')
      if (given['redirect_uri'] !== code.redirectUri) return refused('bad_redirect_uri')
      code.used = true
      // A workspace that has the app keeps its token when it installs it again.
      const known = [...tokens].find(([, token]) => token.world === code.world && token.ended === undefined)
      const token = known?.[0] ?? `xoxb-${code.world.team}-secret${(count += 1)}`
      tokens.set(token, { world: code.world, ended: undefined })
      return grant(code, token)
    },
  }
}

function mistakeIn(app: OAuthApp | undefined, query: URLSearchParams): string | undefined {
  if (app === undefined || query.get('client_id') !== app.clientId) return 'invalid_client_id'
  const redirect = query.get('redirect_uri') ?? ''
  if (!app.redirectUrls.some((url) => redirect.startsWith(url))) return 'bad_redirect_uri'
  const scopes = (query.get('scope') ?? '').split(',')
  return scopes.every((scope) => app.scopes.includes(scope)) ? undefined : 'invalid_scope'
}

function grant({ world, user, scope, forAll }: Code, token: string): Answer {
  const enterprise = world.enterprise === undefined ? null : { id: world.enterprise, name: 'Organisation' }
  return {
    ok: true,
    access_token: token,
    token_type: 'bot',
    scope,
    bot_user_id: world.botUser,
    app_id: 'A0001',
    team: forAll ? null : { id: world.team, name: world.name },
    enterprise,
    authed_user: { id: user },
    is_enterprise_install: forAll,
  }
}

function refused(error: string): Answer {
  return { ok: false, error }
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/html' })
  response.end(text)
}
