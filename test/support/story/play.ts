import type { Storage } from '../../../adapters/storage/open.js'
import { startSlackEmulator } from '../../emulators/slack/server.js'
import type { KeySet } from '../../emulators/teams/keys.js'
import { startTeamsEmulator } from '../../emulators/teams/server.js'
import { localDateOf } from '../../../core/calendar/zone.js'
import { type Era, audit } from './auditor.js'
import { type Cast, type Member, castOf, withHandles, withIdentities, withPicked } from './cast.js'
import { type StoryClock, createStoryClock } from './clock.js'
import { consoleSurface } from './console-surface.js'
import { type Stage, happen, openStage } from './happenings.js'
import { type Environment, type Ticks, openHouse, openingSettings, policySettings } from './house.js'
import { type PsaOffices, openPsas } from './psa.js'
import { SLACK_CHANNEL, slackSettings, slackSurface, slackUsers } from './slack-surface.js'
import { type Action, type Said, type Step, type Story, StoryMistake, opening } from './story.js'
import type { Handed, Program, Seen, Surface, SurfaceName } from './surface.js'
import { TEAMS_BOT, teamsSettings, teamsSurface } from './teams-surface.js'
import type { PsaOffice } from './tell-psa.js'
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

interface Play extends Opened {
  readonly theatre: Theatre
  readonly stage: Stage
  readonly psas: PsaOffices
  readonly cast: Cast
  /** Steps that say how it is when the story begins; they are not played. */
  readonly opening: ReadonlySet<Step>
  /** Files handed over so far, by name. */
  readonly files: Map<string, Uint8Array>
  /** One-time codes the bot has shown: nobody can know them before, so stories say CODE for the last one. */
  readonly codes: string[]
}

/** Between two lines of a story time goes on, but not so far that anybody would see it. */
const STEP_MILLISECONDS = 1000

/** Plays a whole story on one surface and tells what became visible after each step. Throws {@link StoryMistake}. */
export async function playStory(story: Story, theatre: Theatre): Promise<readonly (readonly Said[])[]> {
  const clock = clockOf(story)
  theatre.onTime(clock.now())
  const stage = await openStage(clock)
  const psas = await openPsas(story, clock)
  try {
    return await playOn(story, theatre, stage, psas)
  } finally {
    for (const psa of psas.values()) await psa.close()
    await stage.ingram.close()
  }
}

function clockOf({ steps }: Story): StoryClock {
  const action = steps[0]?.action
  if (action?.type !== 'clock' || action.timeZone === undefined)
    throw new StoryMistake(1, 'there is no clock')
  return createStoryClock(action.date, action.time, action.timeZone)
}

async function playOn(
  story: Story,
  theatre: Theatre,
  stage: Stage,
  psas: PsaOffices,
): Promise<readonly (readonly Said[])[]> {
  const cast = castOf(story)
  const opened = await openSurface(story, theatre, stage, cast, psas)
  const files = new Map<string, Uint8Array>()
  const play: Play = {
    theatre,
    stage,
    psas,
    cast,
    opening: new Set(opening(story)),
    ...opened,
    files,
    codes: [],
  }
  try {
    const said: (readonly Said[])[] = []
    for (const step of story.steps) said.push(await playStep(play, step))
    return said
  } finally {
    await opened.close()
  }
}

interface Opened {
  readonly surface: Surface
  /** How the MSP bills, and since which day of the story: more than one where the settings were edited. */
  readonly eras: Era[]
  /** Ends the program and starts it with its settings edited. */
  edit(changes: Environment): Promise<void>
  /** What runs every minute runs once. */
  tick(): Promise<void>
  close(): Promise<void>
}

async function openSurface(
  story: Story,
  theatre: Theatre,
  stage: Stage,
  cast: Cast,
  psas: PsaOffices,
): Promise<Opened> {
  const { clock, ingram } = stage
  const { mspId } = theatre
  const { chat, meet } = await chatOf(theatre, clock, cast)
  const connections = [...psas.values()].flatMap((psa) => Object.entries(psa.settings))
  let settings: Environment = { ...Object.fromEntries(connections), ...openingSettings(story) }
  const start = async (): Promise<Started> => {
    const ticks: Ticks = new Set()
    const house = await openHouse({ settings, cast, clock, ingram, mspId, surface: chat, ticks })
    const server = theatre.surface === 'console' ? undefined : await house.serve()
    return { house, server, ticks, url: server?.url ?? '' }
  }
  let program = await start()
  const surface = await meet(program)
  const eras = [eraOf(program, clock)]
  return {
    surface,
    eras,
    edit: async (changes) => {
      await stop(program)
      settings = { ...settings, ...changes }
      program = await start()
      surface.meet(program)
      eras.push(eraOf(program, clock))
    },
    tick: async () => {
      for (const tick of program.ticks) await tick()
      await surface.tick()
    },
    close: async () => {
      await program.server?.close()
      await surface.close()
      await program.house.close()
    },
  }
}

interface Started extends Program {
  readonly server: { close(): Promise<void> } | undefined
  readonly ticks: Ticks
}

async function stop({ server, house }: Started): Promise<void> {
  await server?.close()
  await house.close()
}

function eraOf({ house }: Program, { now, timeZone }: StoryClock): Era {
  return { house, since: localDateOf(now(), timeZone) }
}

/** The chat platform of a play: its settings, and how its people meet the program once that runs. */
async function chatOf(
  { surface, teamsKeys }: Theatre,
  clock: StoryClock,
  cast: Cast,
): Promise<{ readonly chat: Environment; readonly meet: (program: Program) => Promise<Surface> }> {
  if (surface === 'console') return { chat: {}, meet: ({ house }) => consoleSurface(house, clock) }
  if (surface === 'slack') {
    const channels = [{ id: SLACK_CHANNEL, withBot: true }]
    const emulator = await startSlackEmulator({ now: clock.now, channels, ...slackUsers(cast) })
    const meet = async ({ url }: Program) => slackSurface(url, emulator, cast, clock)
    return { chat: slackSettings(emulator), meet }
  }
  const emulator = await startTeamsEmulator({ ...TEAMS_BOT, keys: await teamsKeys })
  return { chat: teamsSettings(emulator), meet: async ({ url }) => teamsSurface(url, emulator, cast) }
}

async function playStep(play: Play, step: Step): Promise<readonly Said[]> {
  const { line, action } = step
  try {
    play.stage.clock.moveOn(STEP_MILLISECONDS)
    if (!play.opening.has(step) || action.type === 'clock') await perform(play, action)
    if (action.type === 'auditor') return [{ by: 'auditor', lines: await auditorLines(play) }]
    if (action.type === 'holds') return [{ by: 'holds', lines: await heldLines(play) }]
    const there = action.type === 'psa' ? await officeOf(play, action).tell(action.happening) : []
    return [...there, ...saidOf(play, action, await play.surface.look())]
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
  if (action.type === 'policy') await play.edit(policySettings(action))
  if (action.type === 'ingram') happen(stage, action.happening)
  if (action.type === 'tick') await play.tick()
  if (action.type === 'observe') await surface.say(observerOf(play.cast), 'observe')
  if (action.type === 'say') await surface.say(memberOf(play.cast, action.who), typedText(play, action.text))
  if (action.type === 'click') {
    const members = action.who.map((who) => memberOf(play.cast, who))
    const { reason, ...press } = action.press
    const answers = reason === undefined ? undefined : withPicked(play.cast, theatre.surface, reason)
    await surface.click(members, { ...press, reason: answers })
  }
}

function typedText({ cast, theatre, codes }: Play, text: string): string {
  return withIdentities(cast, theatre.surface, text).replace(
    /^(people link )CODE$/,
    `$1${codes.at(-1) ?? ''}`,
  )
}

/** A code stands alone in its line when it is shown. */
function withoutCodes({ codes }: Play, line: string): string {
  if (/^[A-Z0-9]{8}$/.test(line)) codes.push(line)
  return codes.reduce((text, code) => text.replaceAll(code, 'CODE'), line)
}

function officeOf({ psas }: Play, { psa }: Extract<Action, { type: 'psa' }>): PsaOffice {
  const office = psas.get(psa)
  if (office === undefined) throw new Error(`${psa} was not started`)
  return office
}

async function heldLines({ psas }: Play): Promise<readonly string[]> {
  const lines: string[] = []
  for (const psa of psas.values()) lines.push(...(await psa.holds()))
  return lines
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

async function auditorLines({ theatre, stage, eras }: Play): Promise<readonly string[]> {
  const { ingram, clock } = stage
  return await audit({ eras, storage: theatre.storage(), ingram, clock })
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
    lines: lines.map((line) => withHandles(play.cast, withoutCodes(play, line))),
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
