import { SLACK_HOMES } from '../../core/limits-ahead.js'
import type { Log } from '../../core/ports.js'
import type { Desk } from '../commands/desk.js'
import type { Reply } from '../commands/reply.js'
import { reasonOf } from '../trouble.js'
import type { Origin } from './answer.js'
import type { SlackClient } from './client.js'
import { renderHome } from './render.js'

export interface HomeParts {
  readonly client: Pick<SlackClient, 'publishHome'>
  readonly desk: Pick<Desk, 'ask'>
  readonly log: Log
}

type Somebody = Pick<Origin, 'identity' | 'user'>

/** The page of the app that each person sees: what `home` answers them. */
export interface Homes {
  /** Publishes it as it is now. A page that cannot be published is logged, and disturbs nobody. */
  publish(somebody: Somebody): Promise<void>
  /** The same after somebody did something, if they have opened it since this program began. */
  refresh(somebody: Somebody): Promise<void>
}

export function createHomes({ client, desk, log }: HomeParts): Homes {
  // In order of opening, the longest ago first.
  const opened = new Set<string>()
  const publish = async ({ identity, user }: Somebody) => {
    opened.delete(identity)
    opened.add(identity)
    const [oldest] = opened
    if (opened.size > SLACK_HOMES && oldest !== undefined) opened.delete(oldest)
    try {
      const { card } = await desk.ask(identity, 'home')
      await client.publishHome(user, renderHome(card))
    } catch (error) {
      log.error({ reason: reasonOf(error) }, 'a Home could not be published')
    }
  }
  return {
    publish,
    refresh: async (somebody) => {
      if (opened.has(somebody.identity)) await publish(somebody)
    },
  }
}

/** Somebody's Home says what is true after what they did there, or decided anywhere. */
export async function followHome(
  homes: Homes,
  { decided }: Reply,
  somebody: Somebody,
  onHome = false,
): Promise<void> {
  if (onHome) await homes.publish(somebody)
  else if (decided) await homes.refresh(somebody)
}
