import type { Config } from '../../bot/config.js'
import { parseConfig } from '../../bot/config.js'
import { type Replacements, type Running, start } from '../../bot/main.js'
import type { HttpServer } from '../../bot/http.js'
import type { IngramEmulator } from '../emulators/ingram/server.js'
import { type SlackSender, createSlackSender } from '../emulators/slack/sender.js'
import { type SlackEmulator, startSlackEmulator } from '../emulators/slack/server.js'
import { type Player, createPlayer } from '../emulators/teams/player.js'
import { type TeamsEmulator, startTeamsEmulator } from '../emulators/teams/server.js'
import type { Conversation, User } from '../emulators/teams/world.js'
import { type Cast, type Member, castWith, peopleSettings } from './story/cast.js'
import type { StoryClock } from './story/clock.js'
import { impatientPacing } from './pacing.js'
import { happen, openStage } from './story/happenings.js'
import { type Environment, marketplaceSettings } from './story/house.js'
import { slackSettings, slackUsers } from './story/slack-surface.js'
import { TEAMS_BOT, teamsSettings } from './story/teams-surface.js'

/** Everything around the product that is not the product: a marketplace, Slack, Teams, and people on both. */
export interface Outside {
  readonly cast: Cast
  /** Teams' tokens alone live by the machine's clock, whatever this one says. */
  readonly clock: StoryClock
  readonly ingram: IngramEmulator
  readonly slack: SlackEmulator
  readonly teams: TeamsEmulator
  /** A channel everybody is in. */
  readonly teamsChannel: Conversation
  teamsUser(handle: string): User
  member(handle: string): Member
  /** Something happens in the marketplace, in the words of a story. */
  tell(sentence: string): void
  /** What the product has to be told, but for its database. */
  readonly settings: Environment
  close(): Promise<void>
}

export interface OutsideOptions {
  /** Role by name; undefined for somebody the bot does not know. */
  readonly people: ReadonlyMap<string, string | undefined>
  readonly slackChannels: readonly string[]
  readonly clock: StoryClock
}

export async function openOutside({ people, slackChannels, clock }: OutsideOptions): Promise<Outside> {
  const cast = castWith(people)
  const stage = await openStage(clock)
  const { ingram } = stage
  const slack = await startSlackEmulator({
    now: clock.now,
    channels: slackChannels.map((id) => ({ id, withBot: true })),
    ...slackUsers(cast),
  })
  const teams = await startTeamsEmulator(TEAMS_BOT)
  const users = new Map(
    [...cast.values()].map(({ handle, name, aadObjectId }) => [
      handle,
      teams.world.addUser(name, aadObjectId),
    ]),
  )
  return {
    cast,
    clock,
    ingram,
    slack,
    teams,
    teamsChannel: teams.world.addConversation('channel', [...users.values()]),
    teamsUser: (handle) => found(users.get(handle), handle),
    member: (handle) => found(cast.get(handle), handle),
    tell: (sentence) => happen(stage, sentence),
    settings: {
      MSP_ID: 'both',
      ...marketplaceSettings(ingram),
      ...slackSettings(slack),
      ...teamsSettings(teams),
      ...peopleSettings(cast),
      PORT: '0',
      LOG_LEVEL: 'silent',
      BILLING_TIME_ZONE: clock.timeZone,
    },
    close: async () => {
      await Promise.all([slack.close(), teams.close(), ingram.close()])
    },
  }
}

function found<T>(value: T | undefined, handle: string): T {
  if (value === undefined) throw new Error(`nobody is called ${handle}`)
  return value
}

/** The product as anybody starts it, with its one server, and hands to knock at its two doors. */
export interface Served {
  readonly running: Running
  readonly server: HttpServer
  readonly sender: SlackSender
  readonly player: Player
  close(): Promise<void>
}

/** @param replacements of the outside's clock, too. */
export async function serveProduct(
  outside: Outside,
  database: Environment,
  replacements: Replacements = {},
): Promise<Served> {
  const config: Config = parseConfig({ ...outside.settings, ...database })
  const { now } = outside.clock
  const running = await start(config, {
    clock: { now: async () => now() },
    now,
    pacing: impatientPacing(now),
    ...replacements,
  })
  const server = await running.serve()
  return {
    running,
    server,
    ...knockers(outside, server.url),
    close: async () => {
      await server.close()
      await running.close()
    },
  }
}

/** People at the doors of whatever listens at `url`. */
export function knockers(
  { slack, teams, clock, settings }: Outside,
  url: string,
): Pick<Served, 'sender' | 'player'> {
  const signingSecret = settings['SLACK_SIGNING_SECRET'] ?? ''
  return {
    sender: createSlackSender({
      target: `${url}/slack/events`,
      signingSecret,
      emulator: slack,
      now: clock.now,
    }),
    player: createPlayer(teams, url),
  }
}
