import { type Incoming, parsePress } from './schema.js'

/** What an activity asks of the bot. */
export type Kind =
  | 'message'
  | 'click'
  /** A client asks by itself for what one person sees of a card. */
  | 'refresh'
  /** Somebody accepted or declined a file. */
  | 'consent'
  | 'installed'
  | 'removed'
  /** A request whose name nobody here knows, which wants an answer. */
  | 'unknown'
  /** Not for the bot. */
  | 'nothing'

/** A message to the bot, or what its cards and its installation send; where others talk, only what names it is for it. */
export function kindOf(activity: Incoming): Kind {
  switch (activity.type) {
    case 'invoke':
      return invokeKind(activity)
    case 'message':
      return isAddressed(activity) ? 'message' : 'nothing'
    case 'installationUpdate':
      return installationKind(activity.action)
    case 'conversationUpdate':
      return membersKind(activity)
    default:
      return 'nothing'
  }
}

function invokeKind({ name, value }: Incoming): Kind {
  if (name === 'fileConsent/invoke') return 'consent'
  if (name !== 'adaptiveCard/action') return 'unknown'
  return parsePress(value).verb === 'refresh' ? 'refresh' : 'click'
}

function isAddressed({ conversation, mentions, recipient }: Incoming): boolean {
  const mentioned = mentions.some((mention) => mention.mentioned.id === recipient.id)
  return conversation.conversationType === 'personal' || mentioned
}

/** `remove-upgrade` and `add-upgrade` are the two halves of a new version: between them nothing is gone. */
function installationKind(action: string | undefined): Kind {
  if (action === 'add') return 'installed'
  return action === 'remove' ? 'removed' : 'nothing'
}

function membersKind({ membersAdded = [], membersRemoved = [], recipient }: Incoming): Kind {
  if (membersAdded.some(({ id }) => id === recipient.id)) return 'installed'
  return membersRemoved.some(({ id }) => id === recipient.id) ? 'removed' : 'nothing'
}
