import type { Once } from '../../core/chat-ports.js'
import type { Log } from '../../core/ports.js'
import type { Desk } from '../commands/desk.js'
import type { Answers } from './answer.js'
import type { SlackClient } from './client.js'
import type { Homes } from './home.js'

/** What carrying out a request of Slack takes. */
export interface ActParts {
  readonly client: SlackClient
  readonly answers: Answers
  readonly homes: Homes
  readonly desk: Desk
  readonly once: Once
  readonly now: () => Date
  readonly log: Log
}
