import { z } from 'zod'
import type { SlackWorkspace } from '../../core/chat-ports.js'
import { team, user } from './schema.js'

// What we use of what Slack says of installations, and of where a request comes from.

/** A workspace, or an organisation of them, took the app out, or withdrew the bot's token. */
export interface Removal {
  readonly kind: 'removal'
  readonly why: 'app_uninstalled' | 'tokens_revoked'
  /** When it happened, to the second before, by Slack's clock; undefined: it is not said. */
  readonly at: Date | undefined
}

const ID = z.object({ id: team })

const REMOVAL = z.object({
  type: z.literal('event_callback'),
  event_time: z.number().int().min(0).max(99_999_999_999).optional().catch(undefined),
  event: z.union([
    z.object({ type: z.literal('app_uninstalled') }),
    z.object({ type: z.literal('tokens_revoked'), tokens: z.object({ bot: z.array(user).min(1) }) }),
  ]),
})

/** undefined: it says something else. */
export function parseRemoval(value: unknown): Removal | undefined {
  const { data } = REMOVAL.safeParse(value)
  if (data === undefined) return undefined
  const { event, event_time: seconds } = data
  return {
    kind: 'removal',
    why: event.type,
    at: seconds === undefined ? undefined : new Date(seconds * 1000),
  }
}

const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')])
const GRID = { enterprise_id: team.nullish(), is_enterprise_install: flag.optional() }

/** Where the app is installed that a request is for; Slack says it in a different way in each kind of request. */
const INSTALLED = z.object({
  ...GRID,
  team_id: team.nullish(),
  team: ID.nullish(),
  enterprise: ID.nullish(),
  user: z.object({ team_id: team.optional() }).optional().catch(undefined),
  view: z.object({ app_installed_team_id: team.nullish() }).optional().catch(undefined),
  // Of an event: the installation on whose behalf it was delivered.
  authorizations: z.array(z.object({ ...GRID, team_id: team.nullish() })).optional(),
})

/** Ids of the workspace and the organisation a request comes from. */
export interface Installed {
  readonly team: string | undefined
  readonly enterprise: string | undefined
  /** The organisation installed the app for its workspaces. */
  readonly forAll: boolean
}

export function installedOf(value: unknown): Installed {
  const { data } = INSTALLED.safeParse(value)
  const [first] = data?.authorizations ?? []
  const view = data?.view?.app_installed_team_id
  const workspace = first?.team_id ?? view ?? data?.team?.id ?? data?.team_id ?? data?.user?.team_id
  const enterprise = first?.enterprise_id ?? data?.enterprise?.id ?? data?.enterprise_id
  return {
    team: workspace ?? undefined,
    enterprise: enterprise ?? undefined,
    forAll: first?.is_enterprise_install ?? data?.is_enterprise_install ?? false,
  }
}

const TRIGGER = z.object({ trigger_id: z.string().min(1).max(200) })

/** What names one command, click or window, however often it is delivered; undefined: an event, which has its own id. */
export function triggerOf(value: unknown): string | undefined {
  return TRIGGER.safeParse(value).data?.trigger_id
}

const INSTALLATION = z.object({
  isEnterpriseInstall: z.boolean().default(false),
  team: z.object({ id: team, name: z.string().max(500).default('') }).nullish(),
  enterprise: z.object({ id: team, name: z.string().max(500).default('') }).nullish(),
  user: z.object({ id: user }),
  bot: z.object({
    token: z.string().regex(/^xoxb-[\x21-\x7e]{1,500}$/),
    userId: user,
    scopes: z.array(z.string().max(100)).max(200),
    // A token that ends by itself would have to be renewed: the manifest does not ask for that.
    refreshToken: z.never().optional(),
  }),
})

/** What Slack gave to somebody who installed the app; undefined: without a token we can use. */
export function parseInstallation(value: unknown): Omit<SlackWorkspace, 'installedAt'> | undefined {
  const { data } = INSTALLATION.safeParse(value)
  const { isEnterpriseInstall: forAll, bot, user: by } = data ?? {}
  const whose = forAll === true ? data?.enterprise : data?.team
  if (whose === undefined || whose === null || bot === undefined || by === undefined) return undefined
  return {
    key: `${forAll === true ? 'E' : 'T'}:${whose.id}`,
    name: whose.name === '' ? whose.id : whose.name,
    botUser: bot.userId,
    scopes: bot.scopes,
    installedBy: by.id,
    token: bot.token,
  }
}
