import { linesOf } from '../emulators/teams/cards.js'
import { type Conversation, cardOf } from '../emulators/teams/world.js'
import type { Outside } from '../support/both-platforms.js'
import { knockers } from '../support/both-platforms.js'

/** Somebody's place: one command at a time is under way there, so that the next thing said there is its answer. */
export interface Seat {
  readonly platform: 'slack' | 'teams'
  /** Sends a command; resolves when both the acknowledgement and the answer are there. */
  ask(command: string): Promise<Timing>
}

export interface Timing {
  readonly acknowledgedMilliseconds: number
  readonly answeredMilliseconds: number
  /** The answer as a person reads it. */
  readonly words: string
}

/**
 * Places of one seat, which are used in turn: the platforms let nobody speak faster than a few times a second in one, and
 * the bot keeps to that.
 */
export const PLACES_OF_A_SEAT = 12

/** Seats on both platforms, all of Dana's. @param url where the bot listens; `slackSeats`: the channels of each. */
export function seatsAt(
  outside: Outside,
  url: string,
  slackSeats: readonly (readonly string[])[],
  teamsSeats: number,
): readonly Seat[] {
  const { sender, player } = knockers(outside, url)
  const { slackUser } = outside.member('dana')
  const dana = outside.teamsUser('dana')
  const { world } = outside.teams
  const inSlack = slackSeats.map((channels): Seat => {
    const answered = (channel: string) =>
      new Promise<string>((resolve) => {
        outside.slack.world.watch((message) => {
          if (message.channel !== channel || message.user !== outside.slack.world.botUser) return false
          resolve(slackText(message))
          return true
        })
      })
    const next = inTurn(channels)
    const ask = (command: string) => {
      const channel = next()
      const send = async () => (await sender.command(slackUser, channel, command)).status
      return timed(answered(channel), send)
    }
    return { platform: 'slack', ask }
  })
  const inTeams = Array.from({ length: teamsSeats }, (): Seat => {
    const next = inTurn(
      Array.from({ length: PLACES_OF_A_SEAT }, () => world.addConversation('channel', [dana])),
    )
    const answered = (channel: Conversation) => {
      const before = world.posted.length
      return new Promise<string>((resolve) => {
        world.watch(() => {
          const found = world.posted
            .slice(before)
            .find(({ conversation }) => conversation.startsWith(`${channel.id};`))
          if (found !== undefined) resolve(teamsText(found.activity))
          return found !== undefined
        })
      })
    }
    const ask = (command: string) => {
      const channel = next()
      const send = async () => (await player.say(dana, channel, command)).status
      return timed(answered(channel), send)
    }
    return { platform: 'teams', ask }
  })
  return [...inSlack, ...inTeams]
}

function inTurn<T>(places: readonly T[]): () => T {
  let turn = 0
  return () => {
    const place = places[turn % places.length]
    if (place === undefined) throw new Error('a seat has no place')
    turn += 1
    return place
  }
}

async function timed(answered: Promise<string>, send: () => Promise<number>): Promise<Timing> {
  const started = performance.now()
  const since = () => performance.now() - started
  const answer = answered.then((words) => ({ words, answeredMilliseconds: since() }))
  const status = await send()
  const acknowledgedMilliseconds = since()
  if (status !== 200) throw new Error(`a command was answered with ${status}`)
  return { acknowledgedMilliseconds, ...(await answer) }
}

/** Everything a message says, in order; ids of blocks change with what is said and say nothing themselves. */
function slackText({ text, blocks }: { readonly text: string; readonly blocks: readonly unknown[] }): string {
  const words: string[] = []
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(walk)
    if (typeof value !== 'object' || value === null) return
    for (const [name, inner] of Object.entries(value)) {
      if (name === 'text' && typeof inner === 'string') words.push(inner)
      else walk(inner)
    }
  }
  walk(blocks)
  return words.length === 0 ? text : words.join('\n')
}

function teamsText(activity: Readonly<Record<string, unknown>>): string {
  const card = cardOf(activity)
  return card === undefined ? String(activity['text']) : linesOf(card).join('\n')
}
