import type { ServerResponse } from 'node:http'
import { HTTPReceiver, type Installation } from '@slack/bolt'
import { workspaceInstalled } from '../../core/audit/workspaces.js'
import type { Once, SlackWorkspaces } from '../../core/chat-ports.js'
import type { Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { Exchange, Route } from '../http.js'
import { reasonOf } from '../trouble.js'
import { refusalWord, slackLogger, webOptions } from './client.js'
import { type Page, answerPage } from './page.js'
import { parseInstallation } from './schema-install.js'
import { INVALID_STATE, createStates } from './state.js'

/** What the app asks for, and no more: manifest/README.md says what each scope is for. */
export const SCOPES = ['app_mentions:read', 'chat:write', 'commands', 'files:write', 'im:history', 'im:write']

const INSTALL = '/slack/install'
const REDIRECT = '/slack/oauth_redirect'

/** What Slack knows the app by, and where its tokens are kept. */
export interface SlackInstallOptions {
  readonly clientId: string
  readonly clientSecret: string
  /** Where people reach this server, without a slash at its end. */
  readonly publicUrl: string
  /** Signs what goes to Slack and comes back; the same in every process. */
  readonly stateKey: Uint8Array
  readonly store: SlackWorkspaces
}

export interface InstallRoutesOptions extends SlackInstallOptions {
  readonly apiUrl: string
  readonly once: Once
  readonly now: () => Date
  readonly log: Log
  /** Told after a workspace was kept. */
  readonly installed: (key: string) => void
}

/**
 * How a workspace gets the app: somebody opens /slack/install, allows it at Slack, and comes back to /slack/oauth_redirect
 * with a code, which Bolt's installer exchanges for a token. Anybody may: having the app gives nobody a role.
 */
export function createInstallRoutes(options: InstallRoutesOptions): readonly Route[] {
  const { clientId, clientSecret, publicUrl, apiUrl, log } = options
  const redirectUri = `${publicUrl}${REDIRECT}`
  const asked = { scopes: SCOPES, redirectUri }
  const logger = slackLogger(log)
  const receiver = new HTTPReceiver({
    signingSecret: 'nothing signed comes here',
    signatureVerification: false,
    endpoints: [],
    // Who comes back with a wrong state is nobody's failure, and anybody can.
    logger: { ...logger, error: (...words: unknown[]) => logger.warn(...words) },
    clientId,
    clientSecret,
    scopes: SCOPES,
    redirectUri,
    installationStore: {
      storeInstallation: (installation) => keep(options, installation),
      // Tokens are looked up by our own client, and only there.
      fetchInstallation: () => Promise.reject(new Error('Bolt does not speak for us')),
    },
    installerOptions: {
      directInstall: true,
      installPath: INSTALL,
      redirectUriPath: REDIRECT,
      stateStore: createStates({ ...options, key: options.stateKey, asked }),
      authorizationUrl: new URL('/oauth/v2/authorize', apiUrl).href,
      clientOptions: webOptions(apiUrl, log),
      callbackOptions: {
        success: (installation, _, __, response) =>
          answerPage(asAnswer(response), installedPage(installation)),
        failure: (error, _, __, response) => {
          log.warn({ reason: reasonOf(error) }, 'the app was not installed in a workspace')
          answerPage(asAnswer(response), { ...refusedPage(error), link: again(publicUrl) })
        },
      },
    },
  })
  const handle = ({ message, response }: Exchange) => receiver.requestListener(message, response)
  return [
    { method: 'GET', path: INSTALL, handle },
    { method: 'GET', path: REDIRECT, handle },
  ]
}

/** Bolt hands out the very objects it was given. */
function asAnswer(response: unknown): ServerResponse {
  return response as ServerResponse
}

async function keep(
  { store, now, installed, log }: InstallRoutesOptions,
  given: Installation,
): Promise<void> {
  const found = parseInstallation(given)
  if (found === undefined) {
    throw new Problem({
      kind: 'unavailable',
      what: 'Slack gave no bot token that can be used.',
      notDone: 'Nothing was kept.',
      next: 'Look whether the app was made from our manifest: with a bot, and without token rotation.',
    })
  }
  const workspace = { ...found, installedAt: now() }
  const by = `slack:${found.key.slice(2)}:${found.installedBy}`
  await store.install(workspace, workspaceInstalled(workspace.installedAt, found, by))
  installed(found.key)
  log.info({ workspace: found.key }, 'the app was installed in a workspace')
}

function installedPage(given: Installation): Page {
  const name = parseInstallation(given)?.name ?? ''
  return {
    status: 200,
    title: 'Installed',
    sentences: [
      `Cloud Billing Studio is installed in ${name}. You can close this page.`,
      'Nobody there can see or do anything yet: an admin of Cloud Billing Studio gives each person a role.',
      'Next: type /billing help in Slack. The answer says who you are (slack:T…:U…). Send that to an admin, who types, where they have a role already: people add NAME ROLE slack:T…:U…',
      'To use it in a channel, type /invite @Cloud Billing Studio there.',
    ],
  }
}

function again(publicUrl: string): NonNullable<Page['link']> {
  return { to: `${publicUrl}${INSTALL}`, words: 'Try again' }
}

const NOT_OURS = new Set([INVALID_STATE, 'slack_oauth_missing_state', 'slack_oauth_missing_code'])
const USED_CODE = new Set(['invalid_code', 'code_already_used', 'code_expired'])
const NOTHING_KEPT = 'Nothing was installed, and nothing was kept.'

function refusedPage(error: Error & { readonly code?: string }): Page {
  const { code = '' } = error
  if (code === 'slack_oauth_installer_authorization_error') {
    const what = 'It was not allowed at Slack.'
    const next = 'If your workspace lets only its admins install apps, ask one of them to open this address.'
    return { status: 403, title: 'Not installed', sentences: [what, NOTHING_KEPT, next] }
  }
  if (NOT_OURS.has(code) || USED_CODE.has(refusalWord(error) ?? '')) {
    const what =
      'This was not begun in this browser, or it was begun more than ten minutes ago, or it was finished already.'
    return { status: 400, title: 'Not installed', sentences: [what, NOTHING_KEPT] }
  }
  if (error instanceof Problem) {
    const { what, next = '' } = error
    return { status: 503, title: 'Not installed', sentences: [what, NOTHING_KEPT, next] }
  }
  const what = 'Slack did not finish the installation.'
  const next = 'If it happens again, somebody who runs Cloud Billing Studio finds the reason in its log.'
  return { status: 502, title: 'Not installed', sentences: [what, NOTHING_KEPT, next] }
}
