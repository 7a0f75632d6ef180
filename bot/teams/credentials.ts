import type { ConfigurationBotFrameworkAuthentication } from 'botbuilder'
import { TEAMS_CALL_MILLISECONDS, TEAMS_TOKEN_EARLY_MILLISECONDS } from '../../core/chat-limits.js'
import { Problem } from '../../core/problem.js'
import { neverSent } from '../trouble.js'
import { readCapped } from './connector.js'
import { parseSignIn, parseSignInRefusal } from './schema.js'
import type { TeamsSettings } from './settings.js'

/** The bot's own token, with which it calls the Connector. */
export interface SignIn {
  /** A token that is valid for some minutes more. Problem `unavailable` when none can be had. */
  token(): Promise<string>
  /** The Connector did not accept it: the next call asks for another. */
  forget(): void
}

/** What the Connector's tokens are for. */
const SCOPE = 'https://api.botframework.com/.default'

/**
 * Signs in as an app (OAuth 2.0 client credentials, Microsoft identity platform v2.0). Whoever asks while a token is on
 * its way waits for the same one.
 */
export function createSignIn(settings: TeamsSettings, now: () => Date): SignIn {
  let held: { readonly token: string; readonly until: number } | undefined
  let asking: Promise<string> | undefined
  const ask = async () => {
    const { token, seconds } = await signIn(settings)
    held = { token, until: now().getTime() + seconds * 1000 - TEAMS_TOKEN_EARLY_MILLISECONDS }
    return token
  }
  return {
    token: async () => {
      if (held !== undefined && now().getTime() < held.until) return held.token
      return await (asking ??= ask().finally(() => (asking = undefined)))
    },
    forget: () => void (held = undefined),
  }
}

async function signIn({ loginUrl, tenantId, appId, appPassword }: TeamsSettings) {
  const form = {
    grant_type: 'client_credentials',
    client_id: appId,
    client_secret: appPassword,
    scope: SCOPE,
  }
  const { ok, status, text } = await post(`${loginUrl}/${tenantId}/oauth2/v2.0/token`, form)
  const given = ok ? parseSignIn(text) : undefined
  if (given !== undefined) return given
  const word = parseSignInRefusal(text)
  throw new Problem({
    kind: 'unavailable',
    what: `Microsoft did not sign the bot in (${status}${word === undefined ? '' : `, ${word}`}).`,
    notDone: 'Nothing was sent to Teams.',
    next: 'Check TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID.',
    cause: neverSent(),
  })
}

async function post(url: string, form: Readonly<Record<string, string>>) {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(form),
      redirect: 'error',
      signal: AbortSignal.timeout(TEAMS_CALL_MILLISECONDS),
    })
    return { ok: answer.ok, status: answer.status, text: await readCapped(answer) }
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem({
      kind: 'unavailable',
      what: 'Microsoft’s sign-in did not answer.',
      notDone: 'Nothing was sent to Teams.',
      next: 'Try again in a moment.',
      cause: neverSent(error),
    })
  }
}

type CredentialsFactory = NonNullable<
  ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1]
>

/** The SDK's way to ask who we are and to sign what it sends. Authentication is off only where nothing leaves this machine. */
export function credentialsFactory(
  { appId, anonymous }: TeamsSettings,
  { token }: SignIn,
): CredentialsFactory {
  return {
    isValidAppId: async (candidate) => candidate?.toLowerCase() === appId,
    isAuthenticationDisabled: async () => anonymous,
    createCredentials: async () => ({
      signRequest: async (request) => {
        if (!anonymous) request.headers.set('authorization', `Bearer ${await token()}`)
        return request
      },
    }),
  }
}
