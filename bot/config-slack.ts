import { SECRETS_KEY_BYTES, SECRETS_KEY_VALUES } from '../core/limits.js'
import { isPsaAddress as isSafeAddress } from './config-psa.js'

/** How Slack reaches this program, and how it reaches Slack. */
export interface SlackConfig {
  /** The token of one workspace; undefined: every workspace installs the app at /slack/install. */
  readonly botToken: string | undefined
  readonly apiUrl: string | undefined
  /** Over HTTP: Slack calls us. Undefined: over Socket Mode. */
  readonly signingSecret: string | undefined
  /** Over Socket Mode: we call Slack and keep the line. */
  readonly appToken: string | undefined
  /** Where workspaces install the app by themselves; undefined: they cannot. */
  readonly install: SlackInstallConfig | undefined
}

export interface SlackInstallConfig {
  readonly clientId: string
  readonly clientSecret: string
  /** Where people reach this server, without a slash at its end. */
  readonly publicUrl: string
}

type Setting =
  | 'SLACK_BOT_TOKEN'
  | 'SLACK_SIGNING_SECRET'
  | 'SLACK_APP_TOKEN'
  | 'SLACK_CLIENT_ID'
  | 'SLACK_CLIENT_SECRET'
  | 'SLACK_API_URL'
  | 'PUBLIC_URL'
type Values = Readonly<Partial<Record<Setting, string | undefined>>>

/** Whoever has one of these wants workspaces to install the app by themselves. */
const INSTALL = ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET'] as const

/** undefined: Slack is not used. Of settings without a mistake between them. */
export function slackOf(values: Values): SlackConfig | undefined {
  const { SLACK_BOT_TOKEN: botToken, SLACK_SIGNING_SECRET: signingSecret } = values
  const { SLACK_APP_TOKEN: appToken, SLACK_API_URL: apiUrl } = values
  if (signingSecret === undefined && appToken === undefined) return undefined
  return { botToken, apiUrl, signingSecret, appToken, install: installOf(values) }
}

function installOf({
  SLACK_CLIENT_ID: clientId,
  SLACK_CLIENT_SECRET: clientSecret,
  PUBLIC_URL: publicUrl,
}: Values): SlackInstallConfig | undefined {
  if (clientId === undefined || clientSecret === undefined || publicUrl === undefined) return undefined
  return { clientId, clientSecret, publicUrl }
}

/** Whether workspaces are to install the app by themselves: then PUBLIC_URL is Slack's business, too. */
export function wantsInstall(given: Readonly<Record<string, string | undefined>>): boolean {
  return INSTALL.some((name) => given[name] !== undefined)
}

/** What is wrong between the settings of Slack. @param missing says that a setting is missing, and why it is needed. */
export function slackMistakes(
  given: Readonly<Record<string, string | undefined>>,
  missing: (name: string, why?: string) => string,
): readonly string[] {
  const lacks = (names: readonly string[], why: string) =>
    names.filter((name) => given[name] === undefined).map((name) => missing(name, why))
  const has = (name: string) => given[name] !== undefined
  if (has('SLACK_APP_TOKEN')) {
    const others = ['SLACK_SIGNING_SECRET', ...INSTALL].filter(has)
    return [
      ...lacks(['SLACK_BOT_TOKEN'], 'Socket Mode needs it beside SLACK_APP_TOKEN'),
      ...others.map(
        (name) =>
          `SLACK_APP_TOKEN and ${name} are both set: the first is for Socket Mode, the second for HTTP; empty one of them`,
      ),
    ]
  }
  if (wantsInstall(given)) {
    const needed = [
      'SLACK_CLIENT_ID',
      'SLACK_CLIENT_SECRET',
      'SLACK_SIGNING_SECRET',
      'SECRETS_KEY',
      'PUBLIC_URL',
    ]
    return [...lacks(needed, 'installing in Slack workspaces needs all of them'), ...addressMistakes(given)]
  }
  const both = ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET']
  return both.some(has) ? lacks(both, 'Slack needs both') : []
}

/** Slack sends people's browsers back there with a code: never in the clear, except on this machine. */
function addressMistakes({ PUBLIC_URL: address }: Readonly<Record<string, string | undefined>>): string[] {
  if (address === undefined || !URL.canParse(address) || isSafeAddress(address)) return []
  return ['PUBLIC_URL must begin with https:// and have no ?, # or name in it: Slack sends people back there']
}

/** Stands for the key of a file that could not be read, so that it is refused beside every other mistake. */
export const UNREADABLE_KEY = './'

/** What is wrong with a key; undefined when nothing is. Never with a word of it: it may be meant as a secret. */
export function secretsKeyMistake(text: string): string | undefined {
  if (text === UNREADABLE_KEY) {
    return 'names a file that cannot be read, is empty, or is too large for a key: correct the path (a key itself must not begin with / or a dot: make another one then)'
  }
  if (secretsKeyOf(text) !== undefined) return undefined
  return 'must be at least 32 random bytes as hex or base64, or the path of a file that holds them'
}

/** Whether SECRETS_KEY names a file that holds the key. A key that begins like this is taken for one, too. */
export function isKeyFile(text: string): boolean {
  return /^[./]/.test(text)
}

/** The key as hex or base64; undefined when it is neither, too short, or does not look random. */
export function secretsKeyOf(text: string): Buffer | undefined {
  const isHex = /^([0-9a-f]{2})+$/i.test(text)
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(text)
  if (!isHex && !isBase64) return undefined
  const key = Buffer.from(text, isHex ? 'hex' : 'base64')
  // What is no whole base64 decodes to something else than what was written.
  const written = key.toString(isHex ? 'hex' : 'base64').replace(/=+$/, '')
  if (written !== (isHex ? text.toLowerCase() : text.replace(/=+$/, ''))) return undefined
  return key.length >= SECRETS_KEY_BYTES && new Set(key).size >= SECRETS_KEY_VALUES ? key : undefined
}
