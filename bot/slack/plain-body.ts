import type { Actable } from './act.js'
import type { Challenge } from './schema.js'
import type { Removal } from './schema-install.js'

/**
 * A request as Bolt gets it: what we understood of it, and nothing else. Bolt reads further fields than we do and trusts
 * their shape, so the body as it came could make it fail, or take a click for a command.
 */
export function plainBody(incoming: Actable | Challenge | Removal): Record<string, unknown> {
  switch (incoming.kind) {
    case 'challenge':
      return { type: 'url_verification', challenge: incoming.challenge }
    case 'command': {
      const { team, user, channel, text } = incoming
      return { command: '/', team_id: team, user_id: user, channel_id: channel, text }
    }
    case 'message': {
      const { team, user, channel, direct, text, stamp } = incoming
      const event = { type: direct ? 'message' : 'app_mention', user, channel, text, ts: stamp }
      return { type: 'event_callback', team_id: team, event }
    }
    case 'click': {
      const { name, value } = incoming
      const actions = [{ type: 'button', action_id: name, block_id: '', value }]
      return { type: 'block_actions', ...sender(incoming), actions }
    }
    case 'home':
      return { type: 'event_callback', event: { type: 'app_home_opened', user: incoming.user, tab: 'home' } }
    case 'removal':
      return { type: 'event_callback', event: { type: incoming.why } }
    case 'submission':
      return { type: 'view_submission', ...sender(incoming), view: { callback_id: incoming.name } }
  }
}

function sender({ team, user }: { readonly team: string; readonly user: string }) {
  return { user: { id: user, team_id: team }, team: { id: team } }
}
