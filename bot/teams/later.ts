import { Problem } from '../../core/problem.js'
import type { CardSurface } from '../commands/board.js'
import type { Conversations } from './conversations.js'
import type { Reach } from './references.js'
import { renderTeams } from './render.js'
import { parseAddress, parsePlace } from './schema.js'
import { teamsTrouble } from './trouble.js'

/** What Teams offers to whoever says something there later: a reply, a late answer, a card that changes. */
export function teamsCards(conversations: Conversations, reach: Reach): CardSurface {
  return {
    update: async (text, card) => {
      const address = parseAddress(text)
      if (address === undefined) throw unreadable('address')
      const message = await reach.posted(address.conversation, card)
      await conversations.replace(await reach.current(address), message)
    },
    post: async (text, card) => {
      const place = parsePlace(text)
      if (place === undefined) throw unreadable('place')
      if (place.alone) {
        await reach.tell(place, renderTeams(card))
        return undefined
      }
      const message = await reach.posted(place.conversation, card)
      return JSON.stringify(await conversations.post(place, message))
    },
    below: (text) => {
      const address = parseAddress(text)
      if (address === undefined) return undefined
      const { activity, ...at } = address
      return JSON.stringify({ ...at, user: '', person: '', replyTo: activity, alone: false })
    },
    troubleOf: teamsTrouble,
  }
}

function unreadable(what: string): Problem {
  return new Problem({ kind: 'conflict', what: `the ${what} of a posted card cannot be read` })
}
