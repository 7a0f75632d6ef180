import type { InvokeResponse } from 'botbuilder'
import {
  TEAMS_CLICK_MILLISECONDS,
  TEAMS_REFUSED_LOOKS,
  TEAMS_REFUSED_LOOK_MILLISECONDS,
} from '../../core/chat-limits.js'
import type { Log } from '../../core/ports.js'
import type { Desk } from '../commands/desk.js'
import type { Origin } from './answer.js'
import { reasonOf } from '../trouble.js'
import { renderTeams } from './render.js'
import { shown } from './responses.js'

export interface ViewParts {
  readonly desk: Pick<Desk, 'look'>
  readonly log: Log
  readonly now: () => Date
}

/** What one person sees of a card, when their client asks for it. */
export type View = (id: string, origin: Origin) => Promise<InvokeResponse>

/**
 * Answers clients that renew a card by themselves: with the request as it fits this person, from what it is now. It posts
 * and replaces nothing and asks for no renewal of its own, so no answer makes a client ask again: the card that stands for
 * all does, each time it is replaced, and at most once a minute. Nobody has done anything, so a refusal is no message; and
 * it is not looked up, and noted, each minute.
 */
export function createViews({ desk, log, now }: ViewParts): View {
  const refusedUntil = new Map<string, number>()
  return async (id, origin) => {
    const key = `${origin.identity} ${id}`
    if ((refusedUntil.get(key) ?? 0) > now().getTime()) return failed(403, 'Forbidden')
    try {
      const reply = await inTime(desk.look(origin.identity, id))
      if (reply === undefined) return failed(503, 'ServiceUnavailable')
      if (reply.problem === undefined) return shown(renderTeams(reply.card).card)
      if (reply.problem.kind !== 'forbidden') return failed(404, 'NotFound')
      refusedUntil.delete(key)
      refusedUntil.set(key, now().getTime() + TEAMS_REFUSED_LOOK_MILLISECONDS)
      const [oldest] = refusedUntil.keys()
      if (oldest !== undefined && refusedUntil.size > TEAMS_REFUSED_LOOKS) refusedUntil.delete(oldest)
      return failed(403, 'Forbidden')
    } catch (error) {
      log.error({ reference: origin.id, reason: reasonOf(error) }, 'a card could not be renewed')
      return failed(500, 'InternalServerError')
    }
  }
}

/** The card stays as it is there (Universal Actions: error responses). */
function failed(statusCode: number, code: string): InvokeResponse {
  const value = { code, message: 'The card could not be renewed.' }
  return { status: 200, body: { statusCode, type: 'application/vnd.microsoft.error', value } }
}

async function inTime<T>(task: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), TEAMS_CLICK_MILLISECONDS)
  })
  try {
    return await Promise.race([task, late])
  } finally {
    clearTimeout(timer)
  }
}
