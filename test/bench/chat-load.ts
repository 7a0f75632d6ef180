import { linesOf } from '../emulators/teams/cards.js'
import { cardOf } from '../emulators/teams/world.js'
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

/** Seats in as many Slack channels and Teams conversations, all of Dana's. @param url where the bot listens. */
export function seatsAt(
  outside: Outside,
  url: string,
  slackChannels: readonly string[],
  teamsChannels: number,
): readonly Seat[] {
  const { sender, player } = knockers(outside, url)
  const { slackUser } = outside.member('dana')
  const dana = outside.teamsUser('dana')
  const { world } = outside.teams
  const inSlack = slackChannels.map((channel): Seat => {
    const answered = () =>
      new Promise<string>((resolve) => {
        outside.slack.world.watch((message) => {
          if (message.channel !== channel || message.user !== outside.slack.world.botUser) return false
          resolve(slackText(message))
          return true
        })
      })
    const send = async (command: string) => (await sender.command(slackUser, channel, command)).status
    return { platform: 'slack', ask: (command) => timed(answered(), () => send(command)) }
  })
  const inTeams = Array.from({ length: teamsChannels }, (): Seat => {
    const channel = world.addConversation('channel', [dana])
    const answered = () => {
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
    const send = async (command: string) => (await player.say(dana, channel, command)).status
    return { platform: 'teams', ask: (command) => timed(answered(), () => send(command)) }
  })
  return [...inSlack, ...inTeams]
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
