import { buttonsOf } from '../emulators/teams/cards.js'
import type { SlackMessageRecord } from '../emulators/slack/workspace.js'
import type { Outside, Served } from '../support/both-platforms.js'
import { settled } from '../support/story/settle.js'

/** Something the bot sent, and what a person must see of it. */
export interface Scene {
  readonly name: string
  readonly platform: 'slack' | 'teams'
  readonly payload: unknown
  readonly shows: readonly string[]
  readonly buttons: readonly string[]
  /** Names from outside that may look like markup. */
  readonly literal: readonly string[]
  /** Widths and themes it is drawn in, such as wide-light. */
  readonly looks: readonly Look[]
}

export type Look = `${'wide' | 'narrow'}-${'light' | 'dark'}`

const WIDE: readonly Look[] = ['wide-light', 'wide-dark']
const EVERY: readonly Look[] = [...WIDE, 'narrow-light', 'narrow-dark']

export interface Wanted {
  readonly shows: readonly string[]
  readonly buttons?: readonly string[]
  /** Five columns and more are for desktops: on a telephone Teams breaks their words. */
  readonly onlyWide?: true
}

/** Says and clicks things on both platforms, and keeps what the bot sent as scenes. */
export interface Camera {
  readonly scenes: readonly Scene[]
  /** The same words on both platforms; the answer is for everybody. */
  ask(name: string, handle: string, text: string, wanted: Wanted): Promise<void>
  /** The same where the answer is for the one who asked. */
  askAlone(name: string, handle: string, text: string, wanted: Wanted): Promise<void>
  /** Something said on one platform that is no scene by itself. */
  say(platform: Scene['platform'], handle: string, text: string): Promise<void>
  /** The newest card with this button, clicked: what is asked before it is done. */
  question(name: string, handle: string, button: 'approve' | 'reject', wanted: Wanted): Promise<void>
  /** Clicks on the newest card in Slack, on a button that may be gone by now; what the clicker alone is told. */
  clickAlone(name: string, handle: string, wanted: Wanted): Promise<void>
  /** The newest card with a bill run, as it is now. */
  cardNow(name: string, wanted: Wanted): void
}

export const CHANNEL = 'C1'

/** What was whispered instead says why. */
function nothingSent(name: string, platform: Scene['platform'], whispered: string | undefined): Error {
  return new Error(
    `${name}: the bot sent nothing in ${platform}; what it whispered last: ${whispered ?? 'nothing'}`,
  )
}

export function openCamera(outside: Outside, served: Served, literal: readonly string[]): Camera {
  const scenes: Scene[] = []
  let value = ''
  const { slack, teams, teamsChannel, member, teamsUser } = outside
  const { sender, player, server } = served
  const keep = (name: string, platform: Scene['platform'], payload: unknown, wanted: Wanted) => {
    if (payload === undefined) throw nothingSent(name, platform, slack.world.ephemerals.at(-1)?.text)
    const { shows, buttons = [], onlyWide = false } = wanted
    scenes.push({ name, platform, payload, shows, buttons, literal, looks: onlyWide ? WIDE : EVERY })
  }
  const inSlack = () =>
    slack.world.channels.get(CHANNEL)?.messages.filter(({ user }) => user === slack.world.botUser) ?? []
  const cardInSlack = () => inSlack().findLast(({ blocks }) => /"approve"|APR-/.test(JSON.stringify(blocks)))
  const cardInTeams = () => teams.world.posted.findLast(({ card }) => /APR-/.test(JSON.stringify(card ?? {})))
  const say = async (platform: Scene['platform'], handle: string, text: string) => {
    if (platform === 'slack') await sender.command(member(handle).slackUser, CHANNEL, text)
    else await player.say(teamsUser(handle), teamsChannel, text)
    await settled(server.url)
  }
  const ask = async (name: string, handle: string, text: string, wanted: Wanted) => {
    const before = { slack: inSlack().length, teams: teams.world.posted.length }
    await say('slack', handle, text)
    keep(name, 'slack', messageOf(inSlack()[before.slack]), wanted)
    await say('teams', handle, text)
    keep(name, 'teams', teams.world.posted[before.teams]?.card, wanted)
  }
  return {
    scenes,
    say,
    ask,
    askAlone: async (name, handle, text, wanted) => {
      const before = { slack: slack.world.ephemerals.length, teams: teams.world.posted.length }
      await say('slack', handle, text)
      keep(name, 'slack', messageOf(slack.world.ephemerals[before.slack]), wanted)
      await say('teams', handle, text)
      keep(name, 'teams', teams.world.posted[before.teams]?.card, wanted)
    },
    question: async (name, handle, button, wanted) => {
      const message = cardInSlack()
      const inCard = slackButton(message, button)
      if (inCard?.confirm !== undefined) keep(name, 'slack', { confirm: inCard.confirm }, wanted)
      else if (message !== undefined) {
        await sender.click(member(handle).slackUser, message, button)
        await settled(server.url)
        keep(name, 'slack', { view: slack.world.views.at(-1)?.view }, wanted)
      }
      const card = cardInTeams()
      const title = buttonsOf(card?.card ?? {}).find(({ verb }) => verb === button)?.title
      if (card === undefined || title === undefined) throw new Error(`${name}: nothing to ${button} in Teams`)
      const asked = await player.click(teamsUser(handle), card.id, title)
      const buttons = wanted.buttons?.toReversed() ?? []
      keep(name, 'teams', asked.card, { ...wanted, buttons })
    },
    clickAlone: async (name, handle, wanted) => {
      const message = cardInSlack()
      if (message === undefined) throw new Error(`${name}: there is no card`)
      const before = slack.world.ephemerals.length
      value = slackButton(message, 'approve')?.value ?? value
      await sender.click(member(handle).slackUser, message, 'approve', value)
      await settled(server.url)
      keep(name, 'slack', messageOf(slack.world.ephemerals[before]), wanted)
    },
    cardNow: (name, wanted) => {
      keep(name, 'slack', messageOf(cardInSlack()), wanted)
      keep(name, 'teams', cardInTeams()?.card, wanted)
    },
  }
}

function messageOf(message: { readonly blocks: readonly unknown[] } | undefined): unknown {
  return message === undefined ? undefined : { blocks: message.blocks }
}

interface SlackButton {
  readonly action_id?: string
  readonly value?: string
  readonly confirm?: unknown
}

function slackButton(message: SlackMessageRecord | undefined, action: string): SlackButton | undefined {
  const blocks = (message?.blocks ?? []) as readonly { readonly elements?: readonly SlackButton[] }[]
  return blocks.flatMap(({ elements = [] }) => elements).find(({ action_id: id }) => id === action)
}
