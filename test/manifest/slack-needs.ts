import type { webApi } from '@slack/bolt'

type CreateApp = NonNullable<
  Parameters<InstanceType<typeof webApi.WebClient>['apps']['manifest']['create']>[0]
>
/** Slack's own types of a manifest: a scope that does not exist does not compile. */
export type SlackManifest = CreateApp['manifest']
type Scopes = NonNullable<NonNullable<SlackManifest['oauth_config']>['scopes']>
type BotScope = NonNullable<Scopes['bot']>[number]
type Events = NonNullable<NonNullable<SlackManifest['settings']>['event_subscriptions']>
type BotEvent = NonNullable<Events['bot_events']>[number]

/** What one use of Slack asks of the manifest. */
interface Need {
  readonly scopes: readonly BotScope[]
  readonly events?: readonly BotEvent[]
  readonly feature?: 'slash command' | 'interactivity' | 'home tab'
}

/**
 * Web API methods and the bot scopes they need in the way we call them. Source: the page of each method,
 * docs.slack.dev/reference/methods/<method>. `conversations.open` is called with one person only; `files.uploadV2` of the
 * SDK calls files.getUploadURLExternal and files.completeUploadExternal.
 */
const METHODS: Readonly<Record<string, Need>> = {
  'auth.test': { scopes: [] },
  'chat.postMessage': { scopes: ['chat:write'] },
  'chat.update': { scopes: ['chat:write'] },
  'chat.postEphemeral': { scopes: ['chat:write'] },
  'conversations.open': { scopes: ['im:write'] },
  'views.open': { scopes: [] },
  'views.update': { scopes: [] },
  'views.publish': { scopes: [], feature: 'home tab' },
  'files.uploadV2': { scopes: ['files:write'] },
}

/**
 * What Bolt listens for. Source: docs.slack.dev/reference/events/<event>. Of messages only those in direct conversations
 * are ours (bot/slack/schema.ts), so message.im is subscribed to and no other kind.
 */
const LISTENERS: Readonly<Record<string, Need>> = {
  command: { scopes: ['commands'], feature: 'slash command' },
  'event app_mention': { scopes: ['app_mentions:read'], events: ['app_mention'] },
  'event message': { scopes: ['im:history'], events: ['message.im'] },
  'event app_home_opened': { scopes: [], events: ['app_home_opened'], feature: 'home tab' },
  // News of the app itself comes without a scope.
  'event app_uninstalled': { scopes: [], events: ['app_uninstalled'] },
  'event tokens_revoked': { scopes: [], events: ['tokens_revoked'] },
  action: { scopes: [], feature: 'interactivity' },
  view: { scopes: [], feature: 'interactivity' },
}

/** What a manifest asks for, or what code needs: each list sorted. */
export interface Asked {
  readonly scopes: readonly string[]
  readonly events: readonly string[]
  readonly features: readonly string[]
}

/** Everything that sources of bot/slack use of Slack: methods called on `web`, listeners added to `bolt`. */
export function usesOf(text: string): readonly string[] {
  const methods = [...text.matchAll(/\bweb\.([\w.]+)\(/g)].map(([, name = '']) => name)
  const listeners = [
    ...text.matchAll(/\bbolt\.(?!error\b|dispatch\b|processEvent\b|use\b)(\w+)\(\s*(?:'([^']+)')?/g),
  ].map(([, kind = '', event]) => (event === undefined ? kind : `${kind} ${event}`))
  return sorted([...methods, ...listeners])
}

/** What a manifest must ask for so that these uses work. Throws on a use nobody has looked up yet. */
export function needsOf(uses: readonly string[]): Asked {
  const needs = uses.map((use) => {
    const need = METHODS[use] ?? LISTENERS[use]
    if (need === undefined) throw new Error(`${use} is not in the table: look up which scope it needs`)
    return need
  })
  return {
    scopes: sorted(needs.flatMap(({ scopes }) => scopes)),
    events: sorted(needs.flatMap(({ events = [] }) => events)),
    features: sorted(needs.flatMap(({ feature }) => (feature === undefined ? [] : [feature]))),
  }
}

export function askedBy({ oauth_config: oauth, settings, features }: SlackManifest): Asked {
  const {
    bot = [],
    user = [],
    bot_optional: alsoBot = [],
    user_optional: alsoUser = [],
  } = oauth?.scopes ?? {}
  const { bot_events: botEvents = [], user_events: userEvents = [] } = settings?.event_subscriptions ?? {}
  return {
    scopes: sorted([...bot, ...user, ...alsoBot, ...alsoUser]),
    events: sorted([...botEvents, ...userEvents]),
    features: sorted([
      ...((features?.slash_commands ?? []).length > 0 ? ['slash command'] : []),
      ...(settings?.interactivity?.is_enabled === true ? ['interactivity'] : []),
      ...(features?.app_home?.home_tab_enabled === true ? ['home tab'] : []),
    ]),
  }
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted()
}
