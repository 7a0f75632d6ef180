import { z } from 'zod'
import { consoleNames, parsePeople } from '../core/access/people.js'
import { parseLocalDate } from '../core/calendar/date.js'
import { isTimeZone } from '../core/calendar/zone.js'
import type { StudioSettings } from '../core/app/studio.js'
import { Problem } from '../core/problem.js'
import { SETTINGS, infoOf, readSetting } from '../core/settings/catalog.js'
import type { SettingName, SomeSettings } from '../core/settings/types.js'
import {
  type AutotaskConfig,
  autotaskOf,
  type ConnectWiseConfig,
  connectWiseOf,
  isPsaAddress,
} from './config-psa.js'
import { type SlackConfig, secretsKeyMistake, secretsKeyOf, slackOf } from './config-slack.js'
import { parseAutoApprove } from './config-rules.js'
import { type TeamsConfig, teamsOf } from './config-teams.js'
import { type Given, missing, mistakesBetween, unknownNames } from './config-mistakes.js'

/** How to reach the marketplace: everything a reseller is given when the API product is ordered. */
export interface MarketplaceConfig {
  readonly baseUrl: string
  readonly subscriptionKey: string
  readonly auth:
    | {
        readonly kind: 'basic-token'
        readonly username: string
        readonly password: string
        readonly marketplace: string
      }
    | {
        readonly kind: 'keycloak-password'
        readonly tokenUrl: string
        readonly username: string
        readonly password: string
        readonly clientId: string
        readonly clientSecret: string
      }
}

export interface ServerConfig {
  readonly host: string | undefined
  /** 0: any free one; undefined: the default. */
  readonly port: number | undefined
}

export interface Config {
  readonly mspId: string
  readonly databaseUrl: string | undefined
  /** Folder of the embedded database; undefined: in memory. Not used with a database URL. */
  readonly dataDirectory: string | undefined
  /** Folder that `export` in a terminal writes to. */
  readonly exportDirectory: string
  /** undefined: `warn`, and only `error` for somebody at a terminal, who is told in words. */
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug' | undefined
  readonly marketplace: MarketplaceConfig
  readonly settings: StudioSettings
  readonly server: ServerConfig
  readonly slack: SlackConfig | undefined
  /** Seals what is stored secretly; undefined: nothing is. */
  readonly secretsKey: Buffer | undefined
  readonly teams: TeamsConfig | undefined
  readonly connectwise: ConnectWiseConfig | undefined
  readonly autotask: AutotaskConfig | undefined
  /** Who a terminal speaks for; empty: nobody. */
  readonly consoleIdentity: string
}

const text = z.string().trim()
const address = (example: string) =>
  text.refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), {
    error: `must be a full address such as ${example}`,
  })
const url = address('https://api.cloud.im/marketplace/na')
const optional = <T extends z.ZodType>(schema: T) => schema.optional()
const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  optional(z.enum(values, { error: `must be one of: ${values.join(', ')}` }))
/** A line that fixes a setting: read as it is read in chat. */
const settingLine = (name: SettingName) =>
  optional(
    text.transform((value, context): SomeSettings => {
      const read = readSetting(name, value)
      if (read === undefined) context.addIssue(`must be ${infoOf(name).must}`)
      return read ?? z.NEVER
    }),
  )
const SETTING_LINES = Object.fromEntries(SETTINGS.map((info) => [info.line, settingLine(info.name)]))
const SCHEMA = z.object({
  MSP_ID: optional(
    text.regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 small letters, digits or hyphens, such as my-msp'),
  ),
  DATABASE_URL: optional(
    text.regex(
      /^postgres(ql)?:\/\//,
      'must start with postgres://, or be left empty for the embedded database',
    ),
  ),
  DATA_DIR: optional(text),
  EXPORT_DIR: optional(text),
  LOG_LEVEL: oneOf('silent', 'error', 'warn', 'info', 'debug'),
  INGRAM_URL: url,
  INGRAM_SUBSCRIPTION_KEY: text,
  INGRAM_AUTH: oneOf('basic-token', 'keycloak-password'),
  INGRAM_USERNAME: text,
  INGRAM_PASSWORD: text,
  INGRAM_MARKETPLACE: optional(
    text.regex(/^[a-z]{2}$/, 'must be a country code in small letters, such as us'),
  ),
  INGRAM_TOKEN_URL: optional(address('https://…/token')),
  INGRAM_CLIENT_ID: optional(text),
  INGRAM_CLIENT_SECRET: optional(text),
  PEOPLE: text,
  CONSOLE_USER: optional(text.regex(/^[a-z0-9._-]{1,40}$/i, 'must be a name as in PEOPLE, such as dana')),
  HOST: optional(text.regex(/^[0-9a-zA-Z.:-]+$/, 'must be an address such as 127.0.0.1')),
  PORT: optional(
    text
      .regex(/^\d{1,5}$/, 'must be a port from 0 to 65535')
      .transform(Number)
      .refine((port) => port <= 65_535, { error: 'must be a port from 0 to 65535' }),
  ),
  PUBLIC_URL: optional(
    address('https://billing.example.com').transform((value) => value.replace(/\/+$/, '')),
  ),
  FILES_KEY: optional(text.min(32, 'must have at least 32 characters')),
  SLACK_BOT_TOKEN: optional(text.regex(/^xox[a-z]-/, 'must start with xoxb-')),
  SLACK_SIGNING_SECRET: optional(text.min(16, 'must be the signing secret of the Slack app')),
  SLACK_APP_TOKEN: optional(text.regex(/^xapp-[A-Za-z0-9-]+$/, 'must start with xapp-')),
  SLACK_CLIENT_ID: optional(
    text.regex(/^\d+\.\d+$/, 'must be two numbers with a dot between, such as 123.456'),
  ),
  SLACK_CLIENT_SECRET: optional(
    text.regex(/^[0-9a-zA-Z]{16,}$/, 'must be the client secret of the Slack app'),
  ),
  SLACK_API_URL: optional(address('https://slack.com/api/')),
  SECRETS_KEY: optional(
    text.transform((value, context) => {
      const wrong = secretsKeyMistake(value)
      if (wrong !== undefined) context.addIssue(wrong)
      return secretsKeyOf(value) ?? z.NEVER
    }),
  ),
  TEAMS_APP_ID: optional(text.regex(/^[0-9a-fA-F-]{36}$/, 'must be the id of the app registration')),
  TEAMS_APP_PASSWORD: optional(text),
  TEAMS_TENANT_ID: optional(text.regex(/^[0-9a-fA-F-]{36}$/, 'must be the id of your Microsoft 365 tenant')),
  TEAMS_DEV_ANONYMOUS: optional(text.regex(/^1$/, 'must be 1, or left empty')),
  TEAMS_OPENID_METADATA_URL: optional(
    address('https://login.botframework.com/v1/.well-known/openidconfiguration'),
  ),
  TEAMS_TOKEN_ISSUER: optional(address('https://api.botframework.com')),
  TEAMS_LOGIN_URL: optional(address('https://login.microsoftonline.com')),
  TEAMS_SERVICE_URLS: optional(text),
  AUTO_APPROVE: optional(text),
  CONNECTWISE_SITE: optional(
    text.refine(isPsaAddress, {
      error:
        'must be an https address such as https://api-na.myconnectwise.net, with nothing behind its path',
    }),
  ),
  CONNECTWISE_COMPANY: optional(
    text.regex(/^[^\s+:]+$/, 'must be the short name you sign in to ConnectWise with'),
  ),
  CONNECTWISE_PUBLIC_KEY: optional(text.regex(/^[\x21-\x7e]+$/, 'must be a key without spaces')),
  CONNECTWISE_PRIVATE_KEY: optional(text.regex(/^[\x21-\x7e]+$/, 'must be a key without spaces')),
  CONNECTWISE_CLIENT_ID: optional(
    text.regex(/^[0-9a-fA-F-]{36}$/, 'must be the client id you registered, 36 characters long'),
  ),
  AUTOTASK_ZONE_URL: optional(
    text.refine(isPsaAddress, {
      error:
        'must be an https address such as https://webservices.autotask.net/ATServicesRest, with nothing behind its path',
    }),
  ),
  AUTOTASK_USERNAME: optional(text.regex(/^[\x21-\x7e]+$/, 'must be a user name without spaces')),
  AUTOTASK_SECRET: optional(text.regex(/^[\x21-\x7e]+$/, 'must be a secret without spaces')),
  AUTOTASK_INTEGRATION_CODE: optional(text.regex(/^[\x21-\x7e]+$/, 'must be a code without spaces')),
  BILLING_TIME_ZONE: text.refine(isTimeZone, { error: 'must be a time zone such as America/New_York' }),
  BILLING_OPENS_ON: optional(
    text.transform((value, context) => {
      const date = parseLocalDate(value)
      if (date === undefined) context.addIssue('must be a date that exists, such as 2026-03-01')
      return date ?? z.NEVER
    }),
  ),
  ...SETTING_LINES,
})

type Values = z.output<typeof SCHEMA>

/** Reads the whole configuration once. Problem `input` lists every mistake at once, each with its fix. */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const names = Object.keys(SCHEMA.shape)
  const given = Object.fromEntries(names.map((name) => [name, givenText(environment[name])]))
  const parsed = SCHEMA.safeParse(given)
  const mistakes = [
    ...(parsed.error?.issues ?? []).map(({ path: [name], message }) => mistake(given, String(name), message)),
    ...mistakesBetween(given),
    ...unknownNames(environment, names),
  ]
  if (!parsed.success || mistakes.length > 0) {
    throw new Problem({
      kind: 'input',
      what: `The configuration has ${mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`}:\n${mistakes
        .map((line) => `  - ${line}`)
        .join('\n')}\n`,
      notDone: 'Nothing was started.',
      next: 'Correct them in .env (.env.example explains each line) and try again.',
    })
  }
  return configOf(parsed.data)
}

/** An empty value in a .env file means the same as no line at all. */
function givenText(value: string | undefined): string | undefined {
  const trimmed = value?.trim()
  return trimmed === '' ? undefined : trimmed
}

function mistake(given: Given, name: string, message: string): string {
  return given[name] === undefined ? missing(name) : `${name} ${message}`
}

function configOf(values: Values): Config {
  const { people } = parsePeople(values.PEOPLE)
  return {
    mspId: values.MSP_ID ?? 'msp',
    databaseUrl: values.DATABASE_URL,
    dataDirectory: values.DATA_DIR ?? '.data',
    exportDirectory: values.EXPORT_DIR ?? 'exports',
    logLevel: values.LOG_LEVEL,
    marketplace: marketplaceOf(values),
    settings: {
      timeZone: values.BILLING_TIME_ZONE,
      opensOn: values.BILLING_OPENS_ON,
      lines: linesOf(values),
      people,
      autoApprove: parseAutoApprove(values.AUTO_APPROVE ?? '').rules,
    },
    server: { host: values.HOST, port: values.PORT },
    slack: slackOf(values),
    secretsKey: values.SECRETS_KEY,
    teams: teamsOf(values),
    connectwise: connectWiseOf(values),
    autotask: autotaskOf(values),
    consoleIdentity: consoleIdentityOf(values.CONSOLE_USER ?? consoleNames(people)[0]),
  }
}

function consoleIdentityOf(name: string | undefined): string {
  return name === undefined ? '' : `console:${name}`
}

function marketplaceOf(values: Values): MarketplaceConfig {
  const login = { username: values.INGRAM_USERNAME, password: values.INGRAM_PASSWORD }
  const auth =
    values.INGRAM_AUTH === 'keycloak-password'
      ? ({
          kind: 'keycloak-password',
          ...login,
          tokenUrl: values.INGRAM_TOKEN_URL ?? '',
          clientId: values.INGRAM_CLIENT_ID ?? '',
          clientSecret: values.INGRAM_CLIENT_SECRET ?? '',
        } as const)
      : ({ kind: 'basic-token', ...login, marketplace: values.INGRAM_MARKETPLACE ?? '' } as const)
  return { baseUrl: values.INGRAM_URL, subscriptionKey: values.INGRAM_SUBSCRIPTION_KEY, auth }
}

/** What the lines that are not empty say. */
function linesOf(values: Values): SomeSettings {
  const given = new Map<string, unknown>(Object.entries(values))
  return SETTINGS.reduce<SomeSettings>((all, { line }) => {
    return { ...all, ...(given.get(line) as SomeSettings | undefined) }
  }, {})
}
