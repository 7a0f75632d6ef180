/** How to be a bot in Teams: what its app registration is given. */
export interface TeamsConfig {
  /** Empty where nobody is checked. */
  readonly appId: string
  readonly appPassword: string
  readonly tenantId: string
  /** Nobody is checked: for trying the bot on this machine alone. */
  readonly anonymous: boolean
  /** Where people reach this server; links to files begin with it. */
  readonly publicUrl: string
  readonly filesKey: string
  readonly openIdMetadataUrl: string | undefined
  readonly issuer: string | undefined
  readonly loginUrl: string | undefined
  readonly serviceUrls: readonly string[] | undefined
}

type Setting =
  | 'TEAMS_APP_ID'
  | 'TEAMS_APP_PASSWORD'
  | 'TEAMS_TENANT_ID'
  | 'TEAMS_DEV_ANONYMOUS'
  | 'TEAMS_OPENID_METADATA_URL'
  | 'TEAMS_TOKEN_ISSUER'
  | 'TEAMS_LOGIN_URL'
  | 'TEAMS_SERVICE_URLS'
  | 'PUBLIC_URL'
  | 'FILES_KEY'
type Values = Readonly<Partial<Record<Setting, string | undefined>>>

/** undefined: Teams is not used. */
export function teamsOf(values: Values): TeamsConfig | undefined {
  const { TEAMS_APP_ID: appId = '', TEAMS_APP_PASSWORD: appPassword = '', TEAMS_TENANT_ID: tenantId } = values
  const { PUBLIC_URL: publicUrl, FILES_KEY: filesKey } = values
  const anonymous = values.TEAMS_DEV_ANONYMOUS !== undefined
  if (!anonymous && (appId === '' || appPassword === '')) return undefined
  if (tenantId === undefined || publicUrl === undefined || filesKey === undefined) return undefined
  return {
    appId,
    appPassword,
    tenantId,
    anonymous,
    publicUrl,
    filesKey,
    openIdMetadataUrl: values.TEAMS_OPENID_METADATA_URL,
    issuer: values.TEAMS_TOKEN_ISSUER,
    loginUrl: values.TEAMS_LOGIN_URL,
    serviceUrls: values.TEAMS_SERVICE_URLS?.split(',').map((part) => part.trim()),
  }
}

const REGISTERED = ['TEAMS_APP_ID', 'TEAMS_APP_PASSWORD'] as const
const ELSEWHERE = [
  'TEAMS_OPENID_METADATA_URL',
  'TEAMS_TOKEN_ISSUER',
  'TEAMS_LOGIN_URL',
  'TEAMS_SERVICE_URLS',
] as const
const ALWAYS = ['TEAMS_TENANT_ID', 'PUBLIC_URL', 'FILES_KEY'] as const

const TRYING = {
  TEAMS_TENANT_ID: 'any GUID, and the same one as tenantId in the client you try it with',
  PUBLIC_URL: 'where your client reaches this server, such as http://127.0.0.1:3978',
}

/** The lines Teams needs, all of them or none. */
export function teamsSettings({ TEAMS_DEV_ANONYMOUS: anonymous }: Values): {
  readonly names: readonly string[]
  readonly why: string
  /** What to write into a line, where it is not what a registered bot needs. */
  readonly fixes?: Readonly<Record<string, string>>
} {
  return anonymous === undefined
    ? { names: [...REGISTERED, ...ALWAYS], why: 'Teams needs all of them' }
    : { names: ['TEAMS_DEV_ANONYMOUS', ...ALWAYS], why: 'TEAMS_DEV_ANONYMOUS needs it', fixes: TRYING }
}

/** Where nobody is checked, nobody else may reach the server, and nothing of a registered bot is mixed in. */
export function anonymousMistakes(given: Values & { readonly HOST?: string | undefined }): readonly string[] {
  const { TEAMS_DEV_ANONYMOUS: anonymous, HOST: host = '127.0.0.1' } = given
  if (anonymous === undefined) return []
  const mixed = [...REGISTERED, ...ELSEWHERE].filter((name) => given[name] !== undefined)
  return [
    ...(['127.0.0.1', '::1', 'localhost'].includes(host)
      ? []
      : [
          `HOST is ${host}, but with TEAMS_DEV_ANONYMOUS everybody who reaches the server is believed: leave it empty, or take TEAMS_DEV_ANONYMOUS away`,
        ]),
    ...mixed.map(
      (name) =>
        `${name} is there beside TEAMS_DEV_ANONYMOUS, which is for trying without a registered bot: keep one of them`,
    ),
  ]
}
