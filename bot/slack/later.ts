import { Problem } from '../../core/problem.js'
import type { Card } from '../cards/model.js'
import type { CardSurface } from '../commands/board.js'
import { addressIn, isElsewhere } from './answer.js'
import type { SlackClient } from './client.js'
import { renderSlack } from './render.js'
import { type LaterPlace, parseAddress, parsePlace } from './schema.js'
import { slackTrouble } from './trouble.js'

/** What Slack offers to whoever says something there later: a reply, a late answer, a card that changes. */
export function slackCards(at: (workspace: string | undefined) => SlackClient): CardSurface {
  return {
    update: async (text, card) => {
      const address = parseAddress(text)
      if (address === undefined) throw unreadable('address')
      await at(address.workspace).update(address, renderSlack(card))
    },
    post: async (text, card) => {
      const place = parsePlace(text)
      if (place === undefined) throw unreadable('place')
      return JSON.stringify(await post(at(place.workspace), place, card))
    },
    // In the thread of a card that stands in one, else in a thread of its own: never in the channel.
    below: (text) => {
      const address = parseAddress(text)
      if (address === undefined) return undefined
      const { channel, stamp, thread = stamp, workspace } = address
      return JSON.stringify({ channel, thread, workspace })
    },
    troubleOf: slackTrouble,
  }
}

/** Where it belongs, else directly to the person it was for. */
async function post(client: SlackClient, { channel, thread, user }: LaterPlace, card: Card) {
  const message = renderSlack(card)
  try {
    if (channel !== undefined) return addressIn(await client.post({ channel, thread }, message), thread)
  } catch (error) {
    if (user === undefined || !isElsewhere(error)) throw error
  }
  if (user === undefined) throw unreadable('place')
  return await client.post({ channel: await client.openDirect(user) }, message)
}

function unreadable(what: string): Problem {
  return new Problem({ kind: 'conflict', what: `the ${what} of a posted card cannot be read` })
}
