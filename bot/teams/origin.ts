import type { Origin } from './answer.js'
import type { Incoming } from './schema.js'
import type { TeamsSettings } from './settings.js'

/** Who did something where; undefined for what no person of our tenant did: bots, the channel itself, people from outside. */
export function originOf({ tenantId }: TeamsSettings, activity: Incoming): Origin | undefined {
  const { id, from, recipient, conversation, serviceUrl, replyToId } = activity
  if (id === undefined || from.aadObjectId === undefined || !isPersonOf(tenantId, from)) return undefined
  const at = { serviceUrl, conversation: conversation.id, bot: recipient.id }
  return {
    identity: `teams:${tenantId}:${from.aadObjectId}`,
    id,
    place: {
      ...at,
      user: from.id,
      person: from.aadObjectId,
      replyTo: activity.type === 'message' ? id : (replyToId ?? ''),
    },
    direct: conversation.conversationType === 'personal',
    clicked: replyToId === undefined ? undefined : { ...at, activity: replyToId },
  }
}

/** A guest of ours has an id of our own tenant; who is here from another one brings that one along. */
function isPersonOf(tenantId: string, { id, role, tenantId: from }: Incoming['from']): boolean {
  return role !== 'bot' && !id.startsWith('28:') && (from === undefined || from === tenantId)
}

/** What stands in the trail for whoever clicked and is no person of ours: an identity that nobody can be given a role under. */
export function strangerOf({ tenantId }: TeamsSettings, { from }: Incoming): string {
  return `teams:${from.tenantId ?? tenantId}:${from.aadObjectId ?? ''}/${from.id}`.slice(0, 200)
}
