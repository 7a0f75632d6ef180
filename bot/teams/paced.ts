import {
  TEAMS_CONVERSATION_HALF_MINUTE_CALLS,
  TEAMS_CONVERSATION_HOUR_CALLS,
  TEAMS_CONVERSATION_SECOND_CALLS,
  TEAMS_CONVERSATION_TWO_SECONDS_CALLS,
} from '../../core/chat-limits.js'
import { type Pacing, createLanes } from '../lanes.js'
import type { Conversations } from './conversations.js'
import { teamsTrouble } from './trouble.js'
import { newestOnly } from '../newest-only.js'

/** What Teams takes from a bot in one conversation. */
const CONVERSATION_PACES = [
  { calls: TEAMS_CONVERSATION_SECOND_CALLS, milliseconds: 1000 },
  { calls: TEAMS_CONVERSATION_TWO_SECONDS_CALLS, milliseconds: 2000 },
  { calls: TEAMS_CONVERSATION_HALF_MINUTE_CALLS, milliseconds: 30_000 },
  { calls: TEAMS_CONVERSATION_HOUR_CALLS, milliseconds: 3_600_000 },
]

export type PacedConversations = Conversations & {
  /** From now on nothing waits for its turn: what would have to is refused as never sent. */
  end(): void
}

/** The same conversations at Teams' pace, each by itself; of one message only the newest content is written. */
export function pacedConversations(all: Conversations, pacing: Pacing): PacedConversations {
  const lanes = createLanes({ paces: CONVERSATION_PACES, troubleOf: teamsTrouble, pacing })
  const inLane = <T>(lane: string, repeatable: boolean, send: () => Promise<T>) =>
    lanes.run({ lane, method: lane, repeatable, send })
  return {
    ...all,
    post: (place, message) => inLane(wholeOf(place.conversation), false, () => all.post(place, message)),
    replace: newestOnly(
      (address, message) => inLane(wholeOf(address.conversation), true, () => all.replace(address, message)),
      pacing.now,
    ),
    tell: (place, message) => inLane(place.user, false, () => all.tell(place, message)),
    end: () => lanes.end(),
  }
}

/** A channel is one conversation, whatever thread of it an answer hangs in. */
function wholeOf(conversation: string): string {
  return conversation.split(';messageid=')[0] ?? conversation
}
