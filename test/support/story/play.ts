import type { Storage } from '../../../adapters/storage/open.js'
import { type IngramEmulator, startIngramEmulator } from '../../emulators/ingram/server.js'
import { startSlackEmulator } from '../../emulators/slack/server.js'
import type { KeySet } from '../../emulators/teams/keys.js'
import { startTeamsEmulator } from '../../emulators/teams/server.js'
import { audit } from './auditor.js'
import { type Cast, type Member, castOf, withHandles } from './cast.js'
import { type StoryClock, createStoryClock } from './clock.js'
import { consoleSurface } from './console-surface.js'
import { type Stage, happen } from './happenings.js'
import { type Environment, type House, openHouse } from './house.js'
import { SLACK_CHANNEL, slackSettings, slackSurface, slackUsers } from './slack-surface.js'
import { type Action, type Said, type Step, type Story, StoryMistake } from './story.js'
import type { Handed, Seen, Surface, SurfaceName } from './surface.js'
import { TEAMS_BOT, teamsSettings, teamsSurface } from './teams-surface.js'
import type { Words } from './words.js'

/** What a play needs from whoever stages it. */
export interface Theatre {
  readonly surface: SurfaceName
  /** Whose books these are: each play has its own. */
  readonly mspId: string
  /** The product's storage, once it has opened it. */
  readonly storage: () => Storage
  /** The channel's keys for Teams: making them takes a second. */
  readonly teamsKeys: Promise<KeySet>
  /** Told every moment the story comes to, before anything happens in it. */
  readonly onTime: (now: Date) => void
}

interface Play {
  readonly theatre: Theatre
  readonly stage: Stage
  readonly cast: Cast
  readonly house: House
  readonly surface: Surface
  /** Files handed over so far, by name. */
  readonly files: Map<string, Uint8Array>
}

/** Between two lines of a story time goes on, but not so far that anybody would see it. */
const STEP_MILLISECONDS = 1000

/** Plays a whole story on one surface and tells what became visible after each step. Throws {@link StoryMistake}. */
export async function playStory(story: Story, theatre: Theatre): Promise<readonly (readonly Said[])[]> {
  const clock = clockOf(story)
  theatre.onTime(clock.now())
  const stage = await openStage(clock)
  try {
    return await playOn(story, theatre, stage)
  } finally {
    await stage.ingram.close()
  }
}

function clockOf({ steps }: Story): StoryClock {
  const action = steps[0]?.action
  if (action?.type !== 'clock' || action.timeZone === undefined)
    throw new StoryMistake(1, 'there is no clock')
  return createStoryClock(action.date, action.time, action.timeZone)
}

async function openStage(clock: StoryClock): Promise<Stage> {
  const opening: { stage: Stage | undefined } = { stage: undefined }
  const now = () => opening.stage?.past ?? clock.now()
  const ingram: IngramEmulator = await startIngramEmulator({ now, world: [] })
  opening.stage = { ingram, clock, past: undefined }
  return opening.stage
}

async function playOn(story: Story, theatre: Theatre, stage: Stage): Promise<readonly (readonly Said[])[]> {
  const cast = castOf(story)
  const opened = await openSurface(story, theatre, stage, cast)
  const play: Play = { theatre, stage, cast, ...opened, files: new Map() }
  try {
    const said: (readonly Said[])[] = []
    for (const step of story.steps) said.push(await playStep(play, step))
    return said
  } finally {
    await opened.close()
  }
}

interface Opened {
  readonly house: House
  readonly surface: Surface
  close(): Promise<void>
}

async function openSurface(story: Story, theatre: Theatre, stage: Stage, cast: Cast): Promise<Opened> {
  const { clock, ingram } = stage
  const { mspId } = theatre
  const open = (surface: Environment) => openHouse({ story, cast, clock, ingram, mspId, surface })
  if (theatre.surface === 'console') {
    const house = await open({})
    return withClose(house, await consoleSurface(house))
  }
  if (theatre.surface === 'slack') {
    const channels = [{ id: SLACK_CHANNEL, withBot: true }]
    const emulator = await startSlackEmulator({ now: clock.now, channels, ...slackUsers(cast) })
    const house = await open(slackSettings(emulator))
    const server = await house.serve()
    return withClose(house, slackSurface(server.url, emulator, cast, clock), server)
  }
  const emulator = await startTeamsEmulator({ ...TEAMS_BOT, keys: await theatre.teamsKeys })
  const house = await open(teamsSettings(emulator))
  const server = await house.serve()
  return withClose(house, teamsSurface(server.url, emulator, cast), server)
}

function withClose(house: House, surface: Surface, server?: { close(): Promise<void> }): Opened {
  const close = async () => {
    await server?.close()
    await surface.close()
    await house.close()
  }
  return { house, surface, close }
}

async function playStep(play: Play, { line, action }: Step): Promise<readonly Said[]> {
  try {
    play.stage.clock.moveOn(STEP_MILLISECONDS)
    await perform(play, action)
    if (action.type === 'auditor') return [{ by: 'auditor', lines: await auditorLines(play) }]
    return saidOf(play, action, await play.surface.look())
  } catch (error) {
    throw new StoryMistake(line, error instanceof Error ? error.message : String(error))
  }
}

async function perform(play: Play, action: Action): Promise<void> {
  const { stage, surface, theatre } = play
  const { clock } = stage
  if (action.type === 'clock' && action.timeZone === undefined) clock.moveTo(action.date, action.time)
  if (action.type === 'later') clock.moveOn(action.milliseconds)
  theatre.onTime(clock.now())
  if (action.type === 'ingram') happen(stage, action.happening)
  if (action.type === 'observe') await surface.say(observerOf(play.cast), 'observe')
  if (action.type === 'say') await surface.say(memberOf(play.cast, action.who), action.text)
  if (action.type === 'click') {
    const members = action.who.map((who) => memberOf(play.cast, who))
    await surface.click(members, action.press)
  }
}

function memberOf(cast: Cast, handle: string): Member {
  const member = cast.get(handle)
  if (member === undefined) throw new Error(`nobody is called ${handle}`)
  return member
}

/** Whoever may look at the marketplace, the first in the list of people. */
function observerOf(cast: Cast): Member {
  const member = [...cast.values()].find(({ role }) => role !== undefined && role !== 'viewer')
  if (member === undefined) throw new Error('nobody may observe')
  return member
}

async function auditorLines({ theatre, stage, house }: Play): Promise<readonly string[]> {
  const { ingram, clock } = stage
  return await audit({ house, storage: theatre.storage(), ingram, clock })
}

/** What was seen, in the order stories tell it: what was asked, for everybody, files, changed cards, for one person. */
function saidOf(play: Play, action: Action, seen: Seen): readonly Said[] {
  // Where a click is refused it depends on the surface whether it asks first; a click that acts is asked about alike.
  const questions = seen.whispers.length > 0 ? [] : seen.questions
  const said: Said[] = [
    ...questions.filter((lines) => lines.length > 0).map((lines) => ({ by: 'asks', lines })),
    ...seen.posts.map((lines) => ({ by: 'bot', lines })),
    ...seen.files.map((file) => ({ by: 'file', lines: fileLines(play, file) })),
    ...seen.cards.map((lines) => ({ by: 'card', lines })),
    ...seen.whispers.map(({ to, words }) => ({ by: `bot to @${to}`, lines: words })),
  ]
  const named = said.map(({ by, lines }) => ({
    by,
    lines: lines.map((line) => withHandles(play.cast, line)),
  }))
  const race = action.type === 'click' && new Set(action.who).size > 1
  return race ? whoeverWasFirst(play.cast, action.who, named) : named
}

/** A file seen before must not have changed by a byte; then its lines are not told again. */
function fileLines({ files }: Play, { name, bytes }: Handed): Words {
  const before = files.get(name)
  files.set(name, bytes)
  if (before !== undefined && Buffer.compare(before, bytes) === 0) return [`${name}, the same byte for byte`]
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '')
  return [before === undefined ? name : `${name}, changed`, ...text.trimEnd().split(/\r?\n/)]
}

/** Of people who click at once nobody can say who is first: they are told apart by how it ended for them. */
function whoeverWasFirst(cast: Cast, who: readonly string[], said: readonly Said[]): readonly Said[] {
  const names = who.map((handle) => {
    const late = said.some(({ by }) => by === `bot to @${handle}`)
    return { handle, name: memberOf(cast, handle).name, called: late ? 'the other' : 'one of them' }
  })
  return said.map(({ by, lines }) => {
    const addressed = names.find(({ handle }) => by === `bot to @${handle}`)
    return {
      by: addressed === undefined ? by : `bot to ${addressed.called}`,
      lines: lines.map((line) =>
        names.reduce((text, { name, called }) => text.replaceAll(` by ${name} `, ` by ${called} `), line),
      ),
    }
  })
}
