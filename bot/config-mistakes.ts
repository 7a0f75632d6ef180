import { PSA_SETTINGS } from './config-psa.js'
import { slackMistakes, wantsInstall } from './config-slack.js'
import { parseAutoApprove } from './config-rules.js'
import { anonymousMistakes, teamsSettings } from './config-teams.js'
import { approvers, consoleNames, parsePeople, personOf } from '../core/access/people.js'

/** The settings as they were given: trimmed, and an empty one is the same as none. */
export type Given = Readonly<Record<string, string | undefined>>

/** What to do about a setting that is not there. */
const FIX: Readonly<Record<string, string>> = {
  INGRAM_URL: 'the address of the API, such as https://api.cloud.im/marketplace/na',
  INGRAM_SUBSCRIPTION_KEY: 'the key you received with the Marketplace API',
  INGRAM_USERNAME: 'the name of the API user; it ends in .API',
  INGRAM_PASSWORD: 'the password of the API user',
  INGRAM_MARKETPLACE: 'the country code of the marketplace, such as us',
  INGRAM_TOKEN_URL: 'the address that gives out tokens, such as https://…/token',
  INGRAM_CLIENT_ID: 'the id of the client you received',
  INGRAM_CLIENT_SECRET: 'the secret of the client you received',
  BILLING_TIME_ZONE: 'where your days begin, such as America/New_York',
  PEOPLE: 'who may do what, such as console:me=admin:Me',
  SLACK_BOT_TOKEN: 'the Bot User OAuth Token of the Slack app, which starts with xoxb-',
  SLACK_SIGNING_SECRET: 'the Signing Secret under Basic Information of the Slack app',
  SLACK_CLIENT_ID: 'the Client ID under Basic Information of the Slack app',
  SLACK_CLIENT_SECRET: 'the Client Secret under Basic Information of the Slack app',
  SECRETS_KEY: '32 random bytes as hex or base64, or the path of a file that holds them',
  TEAMS_APP_ID: 'the id of the app registration',
  TEAMS_APP_PASSWORD: 'a client secret of the app registration',
  TEAMS_TENANT_ID: 'the id of your Microsoft 365 tenant',
  PUBLIC_URL: 'where people reach this server, such as https://billing.example.com',
  FILES_KEY: 'at least 32 random characters',
  CONNECTWISE_SITE: 'the address of its API, such as https://api-na.myconnectwise.net',
  CONNECTWISE_COMPANY: 'the short name you sign in to ConnectWise with',
  CONNECTWISE_PUBLIC_KEY: 'the public key of the API member (API Keys)',
  CONNECTWISE_PRIVATE_KEY: 'the private key of the API member, shown once when it was made',
  CONNECTWISE_CLIENT_ID: 'the client id registered with ConnectWise for the integration',
  AUTOTASK_USERNAME: 'the user name (key) of the API user',
  AUTOTASK_SECRET: 'the password (secret) of the API user, shown once when it was made',
  AUTOTASK_INTEGRATION_CODE: 'the tracking identifier of the API user',
}

/** "PEOPLE is missing: write who may do what, …" */
export function missing(name: string, why?: string, fix = FIX[name]): string {
  return `${name} is missing${why === undefined ? '' : ` (${why})`}${fix === undefined ? '' : `: write ${fix}`}`
}

/** What is wrong between settings, whatever else is wrong with any of them. */
export function mistakesBetween(given: Given): readonly string[] {
  const rules = parseAutoApprove(given['AUTO_APPROVE'] ?? '').mistakes
  return [
    ...authMistakes(given),
    ...peopleMistakes(given),
    ...wholeMistakes(given),
    ...anonymousMistakes(given),
    ...rules,
  ]
}

function authMistakes(given: Given): readonly string[] {
  const kind = given['INGRAM_AUTH'] ?? 'basic-token'
  const needed =
    kind === 'keycloak-password'
      ? ['INGRAM_TOKEN_URL', 'INGRAM_CLIENT_ID', 'INGRAM_CLIENT_SECRET']
      : kind === 'basic-token'
        ? ['INGRAM_MARKETPLACE']
        : []
  return needed
    .filter((name) => given[name] === undefined)
    .map((name) => missing(name, `INGRAM_AUTH is ${kind}`))
}

/** A chat platform and a PSA are configured whole or not at all. */
function wholeMistakes(given: Given): readonly string[] {
  const teams = teamsSettings(given)
  const whole = (names: readonly string[], why: string, fixes: Given = {}) => {
    const absent = names.filter((name) => given[name] === undefined)
    return absent.length === names.length ? [] : absent.map((name) => missing(name, why, fixes[name]))
  }
  // One address serves both platforms: given for Slack it does not ask for Teams.
  const forSlackAlone =
    wantsInstall(given) && teams.names.every((name) => name === 'PUBLIC_URL' || given[name] === undefined)
  return [
    ...slackMistakes(given, missing),
    ...(forSlackAlone ? [] : whole(teams.names, teams.why, teams.fixes)),
    ...whole(PSA_SETTINGS.CONNECTWISE, 'ConnectWise needs all of them'),
    ...whole(PSA_SETTINGS.AUTOTASK, 'Autotask needs all of them'),
  ]
}

/** Somebody must be able to decide, and whom a terminal speaks for must be one of the people, and be clear. */
function peopleMistakes({ PEOPLE, CONSOLE_USER }: Given): readonly string[] {
  if (PEOPLE === undefined) return []
  const { people, mistakes } = parsePeople(PEOPLE)
  // Who stands in an entry that cannot be read is not known: what is missing may be there.
  if (mistakes.length > 0) return mistakes
  const all: string[] = []
  if (approvers(people).length === 0) {
    all.push(
      'PEOPLE names no approver and no admin, so nobody could decide: give somebody the role approver or admin',
    )
  }
  const names = consoleNames(people)
  if (CONSOLE_USER === undefined && names.length > 1) {
    all.push(
      `CONSOLE_USER is missing (PEOPLE has ${names.length} people for a terminal): set it to ${oneOf(names)}`,
    )
  }
  if (CONSOLE_USER !== undefined && personOf(people, `console:${CONSOLE_USER}`) === undefined) {
    const fix =
      names.length === 0
        ? `add +console:${CONSOLE_USER} to a person there, or leave CONSOLE_USER empty`
        : `set it to ${oneOf(names)}`
    all.push(`CONSOLE_USER is ${CONSOLE_USER}, but PEOPLE has no console:${CONSOLE_USER}: ${fix}`)
  }
  return all
}

/** "me, dana or lee" */
function oneOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

/** A misspelt name would silently mean the default: names with our prefixes must be ours. */
export function unknownNames(
  environment: Readonly<Record<string, unknown>>,
  names: readonly string[],
): string[] {
  return Object.keys(environment)
    .filter(
      (name) =>
        /^(BILLING|INGRAM|MSP|PEOPLE|CONSOLE|SLACK|SECRETS|TEAMS|FILES|CONNECTWISE|AUTOTASK|AUTO|INVOICE)_/.test(
          name,
        ) && !names.includes(name),
    )
    .map((name) => `${name} is not a setting: check its spelling in .env.example`)
}
