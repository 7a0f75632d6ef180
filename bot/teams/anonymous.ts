import type { IncomingMessage } from 'node:http'
import type { ConfigurationBotFrameworkAuthentication } from 'botbuilder'
import { Problem } from '../../core/problem.js'
import { type Verdict, isOurTenant, refused } from './authenticate.js'
import { type Incoming, parseGuid } from './schema.js'
import type { TeamsSettings } from './settings.js'
import { isLoopback } from './upload.js'

// Trying the bot with a client on this machine that signs nothing, such as the Microsoft 365 Agents Playground. Nobody's
// word is checked here, so nothing but this machine may be heard or spoken to.

/** Nobody's app: the SDK wants one where it speaks of the bot. */
const NO_APP = '00000000-0000-0000-0000-000000000000'
const HERE = ['127.0.0.1', '::1', 'localhost']

export const ANONYMOUS_WARNING =
  'TEAMS_DEV_ANONYMOUS=1: everybody on this machine is believed to be whoever they say in Teams; for trying only'

/** Problem `input` when the server could be reached from elsewhere, or it is not clear whose people are played. */
export function anonymousSettings({
  tenantId,
  host = '127.0.0.1',
}: {
  readonly tenantId: string
  /** Where the server listens. */
  readonly host?: string | undefined
}): TeamsSettings {
  const tenant = parseGuid(tenantId)
  const mistakes = [
    ...(HERE.includes(host) ? [] : [`the server listens on ${host}, where others reach it`]),
    ...(tenant === undefined ? ['the tenant id is no GUID'] : []),
  ]
  if (tenant === undefined || mistakes.length > 0) {
    throw new Problem({
      kind: 'input',
      what: `Without an app id nobody is checked, so Teams is not served like this: ${mistakes.join('; ')}.`,
      notDone: 'Nothing was started.',
      next: 'Listen on 127.0.0.1 with TEAMS_TENANT_ID filled in, or fill in TEAMS_APP_ID and TEAMS_APP_PASSWORD.',
    })
  }
  return {
    anonymous: true,
    development: true,
    appId: NO_APP,
    tenantId: tenant,
    appPassword: '',
    openIdMetadataUrl: '',
    issuer: '',
    loginUrl: '',
    isAllowed: isLoopback,
  }
}

/** Whether an activity came from a program on this machine, and is to be answered there. No token is looked at. */
export async function believe(
  settings: TeamsSettings,
  auth: Pick<ConfigurationBotFrameworkAuthentication, 'authenticateRequest'>,
  message: IncomingMessage,
  activity: Incoming,
): Promise<Verdict> {
  if (!isProgramHere(message)) return refused(403, 'a caller that is no program on this machine')
  if (activity.channelId !== 'msteams') return refused(403, 'another channel')
  if (!settings.isAllowed(activity.serviceUrl)) return refused(403, 'a Connector that is not on this machine')
  if (!isOurTenant(settings, activity)) return refused(403, 'another tenant')
  // With nothing to check the SDK gives out the identity of nobody.
  const { channelId, serviceUrl } = activity
  return { genuine: await auth.authenticateRequest({ channelId, serviceUrl } as never, '') }
}

/** A page in a browser could send here, too: it always says where it is from, or that it sends no JSON. */
function isProgramHere({ headers }: IncomingMessage): boolean {
  const host = (headers.host ?? '').replace(/:\d+$/, '')
  const isJson = /^application\/json\b/i.test(headers['content-type'] ?? '')
  return headers.origin === undefined && isJson && ['127.0.0.1', '[::1]', 'localhost'].includes(host)
}
