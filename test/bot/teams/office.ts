import { AsyncLocalStorage } from 'node:async_hooks'
import { onTestFinished, vi } from 'vitest'
import { type HttpServer, type Work, createHttpServer, createWork } from '../../../bot/http.js'
import { type TeamsSurface, type TeamsSurfaceOptions, createTeamsSurface } from '../../../bot/teams/app.js'
import { linesOf } from '../../emulators/teams/cards.js'
import { createKeySet } from '../../emulators/teams/keys.js'
import { type Player, createPlayer } from '../../emulators/teams/player.js'
import { type TeamsEmulator, startTeamsEmulator } from '../../emulators/teams/server.js'
import type { Card, Conversation, Posted, User } from '../../emulators/teams/world.js'
import { type ChatDesk, chatDesk } from '../../support/chat-desk.js'
import { closeAfterwards } from '../../support/closing.js'
import { memoryLog } from '../../support/memory-log.js'
import { impatientPacing } from '../../support/pacing.js'

export const APP = '5d1c7a52-8d0e-4a7b-9a53-0c6f0f3c9a11'
export const TENANT = '7f3b1f0a-2f0c-4d5e-8a60-1b7f5f9f2d22'

function aad(number: number): string {
  return `00000000-0000-4000-8000-00000000000${number}`
}

/** Lee may do everything. */
export const LEE_ALONE = `teams:${TENANT}:${aad(2)}=admin:Lee`

const PEOPLE = [
  `teams:${TENANT}:${aad(1)}=biller:Dana`,
  `teams:${TENANT}:${aad(2)}=approver:Lee`,
  `teams:${TENANT}:${aad(3)}=approver:Sam`,
  `teams:${TENANT}:${aad(4)}=viewer:Vic`,
].join(',')

/** The bot behind its real server, Microsoft's side, and people in front of it. */
export interface Office extends ChatDesk {
  readonly emulator: TeamsEmulator
  readonly surface: TeamsSurface
  readonly player: Player
  readonly server: HttpServer
  readonly work: Work
  readonly log: ReturnType<typeof memoryLog>
  readonly dana: User
  readonly lee: User
  readonly sam: User
  readonly vic: User
  /** Nobody the bot knows. */
  readonly kim: User
  /** Each person's own chat with the bot. */
  personal(user: User): Conversation
  readonly channel: Conversation
  /** Says something and waits until everything it caused is done. */
  say(user: User, conversation: Conversation, text: string): Promise<Posted>
  /** The same, where nothing may be posted. */
  sayInVain(user: User, conversation: Conversation, text: string): Promise<void>
  click: Player['click']
}

const keys = createKeySet()

/** Set within what nobody waits for. */
export const patient = new AsyncLocalStorage<true>()

type Changes = Partial<TeamsSurfaceOptions>

/** An office on free ports. `changes` are laid over the surface's options: a guard taken away, another desk. */
export async function startOffice(
  changes: (office: ChatDesk) => Changes = () => ({}),
  create: typeof createTeamsSurface = createTeamsSurface,
  people: string = PEOPLE,
): Promise<Office> {
  // The SDK writes what it thinks of a forged token to the console.
  const silent = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  onTestFinished(() => silent.mockRestore())
  const log = memoryLog()
  const chat = await chatDesk({ log, people })
  const emulator = await startTeamsEmulator({
    appId: APP,
    appPassword: 'a secret',
    tenantId: TENANT,
    keys: await keys,
  })
  closeAfterwards(emulator)
  const work = createWork(log, (task) => patient.run(true, task))
  const surface = create({ ...optionsFor(emulator, chat), log, work, ...changes(chat) })
  const server = await createHttpServer({ port: 0, routes: surface.routes, log, work })
  closeAfterwards(server)
  const player = createPlayer(emulator, server.url)
  const add = (name: string, number: number) => emulator.world.addUser(name, aad(number))
  const [dana, lee, sam, vic, kim] = [
    add('Dana', 1),
    add('Lee', 2),
    add('Sam', 3),
    add('Vic', 4),
    add('Kim', 9),
  ]
  const channel = emulator.world.addConversation('channel', [dana, lee, sam, vic, kim])
  const settled = async <T>(task: Promise<T>): Promise<T> => {
    const result = await task
    await work.finish()
    return result
  }
  const sayInVain: Office['sayInVain'] = async (user, conversation, text) => {
    await settled(player.say(user, conversation, text))
  }
  return {
    ...chat,
    emulator,
    surface,
    player,
    server,
    work,
    log,
    dana,
    lee,
    sam,
    vic,
    kim,
    channel,
    personal: (user) => personalChat(emulator, user),
    sayInVain,
    say: async (user, conversation, text) => {
      const before = emulator.world.posted.length
      await sayInVain(user, conversation, text)
      const posted = emulator.world.posted[before]
      if (posted === undefined) throw new Error(`no answer to “${text}”: ${JSON.stringify(log.lines)}`)
      return posted
    },
    click: (...press) => settled(player.click(...press)),
  }
}

export function optionsFor(emulator: TeamsEmulator, { desk, board, once, references, now }: ChatDesk) {
  return {
    appId: APP,
    appPassword: 'a secret',
    tenantId: TENANT,
    openIdMetadataUrl: emulator.openIdMetadataUrl,
    loginUrl: emulator.loginUrl,
    allowedServiceUrls: [emulator.origin],
    development: true,
    desk,
    board,
    once,
    references,
    now,
    pacing: impatientPacing(now),
    fileLinks: ({ name }: { readonly name: string }) => `https://billing.example/files/${name}.signed`,
  }
}

function personalChat({ world }: TeamsEmulator, user: User): Conversation {
  const known = [...world.conversations.values()].find(
    ({ type, members }) => type === 'personal' && members[0]?.id === user.id,
  )
  return known ?? world.addConversation('personal', [user])
}

/** What a person reads on a card, line by line. */
export function read(card: Card | undefined): string {
  return card === undefined ? 'no card' : linesOf(card).join('\n')
}
