import { mentionsIn } from './blocks.js'

export interface SlackMessageRecord {
  readonly channel: string
  readonly ts: string
  readonly user: string
  readonly threadTs: string | undefined
  text: string
  blocks: readonly unknown[]
  /** How often it was changed after it was posted. */
  updates: number
  /** Whom and what it calls. */
  mentions: readonly string[]
}

/** Seen by one person only; cannot be fetched, updated by anything but its own response_url. */
export interface EphemeralRecord {
  readonly channel: string
  readonly user: string
  readonly threadTs: string | undefined
  text: string
  blocks: readonly unknown[]
  mentions: readonly string[]
}

export interface FileRecord {
  readonly id: string
  readonly name: string
  bytes: Buffer | undefined
  /** Where it was shared; undefined until then. */
  channel: string | undefined
  threadTs: string | undefined
  comment: string | undefined
}

export interface ViewRecord {
  readonly id: string
  readonly user: string
  view: Readonly<Record<string, unknown>>
  open: boolean
  /** How often it was changed after it was opened. */
  updates: number
}

export interface ChannelRecord {
  readonly id: string
  readonly name: string
  readonly direct: boolean
  /** Ids of the people in it, the bot's included when it is. */
  readonly members: Set<string>
  readonly messages: SlackMessageRecord[]
}

/** A way back a request brought along. */
interface Hook {
  readonly channel: string
  readonly user: string
  /** What was clicked. */
  readonly source: SlackMessageRecord | EphemeralRecord | undefined
  readonly until: number
  left: number
}

interface Trigger {
  readonly user: string
  readonly until: number
  used: boolean
}

/** Slack's own figures: a trigger opens a window within three seconds, a way back serves five times in half an hour. */
const TRIGGER_MILLISECONDS = 3000
const HOOK_MILLISECONDS = 1_800_000
const HOOK_USES = 5

export interface WorkspaceOptions {
  readonly team: string
  readonly name?: string
  /** The organisation it belongs to. */
  readonly enterprise?: string | undefined
  /** Where its ids begin to count: those of several workspaces must not be the same. */
  readonly firstId?: number
  readonly botUser: string
  readonly users: readonly string[]
  readonly channels: readonly { readonly id: string; readonly withBot: boolean }[]
  readonly now: () => Date
}

/** People, conversations and everything said in them. */
export class Workspace {
  readonly team: string
  readonly name: string
  readonly enterprise: string | undefined
  readonly botUser: string
  readonly users: ReadonlySet<string>
  readonly channels = new Map<string, ChannelRecord>()
  readonly ephemerals: EphemeralRecord[] = []
  readonly files: FileRecord[] = []
  readonly views: ViewRecord[] = []
  readonly homes = new Map<string, Readonly<Record<string, unknown>>>()
  readonly #hooks = new Map<string, Hook>()
  readonly #triggers = new Map<string, Trigger>()
  readonly #now: () => Date
  #watchers: ((message: SlackMessageRecord) => boolean)[] = []
  #count: number

  constructor(options: WorkspaceOptions) {
    const { team, name = 'Example', enterprise, botUser, users, channels, now, firstId = 0 } = options
    this.team = team
    this.name = name
    this.enterprise = enterprise
    this.#count = firstId
    this.botUser = botUser
    this.users = new Set(users)
    this.#now = now
    for (const { id, withBot } of channels) {
      const members = new Set([...users, ...(withBot ? [botUser] : [])])
      this.channels.set(id, { id, name: id.toLowerCase(), direct: false, members, messages: [] })
    }
  }

  /** The next stamp: seconds of the clock, and a count that never repeats. */
  stamp(): string {
    const seconds = Math.floor(this.#now().getTime() / 1000)
    return `${seconds}.${String((this.#count += 1)).padStart(6, '0')}`
  }

  id(letter: string): string {
    return `${letter}${String((this.#count += 1)).padStart(8, '0')}`
  }

  /** The direct conversation of the bot and one person. */
  direct(user: string): ChannelRecord {
    const found = [...this.channels.values()].find(({ direct, members }) => direct && members.has(user))
    if (found !== undefined) return found
    const members = new Set([user, this.botUser])
    const channel = { id: this.id('D'), name: 'directmessage', direct: true, members, messages: [] }
    this.channels.set(channel.id, channel)
    return channel
  }

  say(
    channel: ChannelRecord,
    user: string,
    said: {
      readonly text: string
      readonly blocks: readonly unknown[]
      readonly threadTs: string | undefined
    },
  ): SlackMessageRecord {
    const message: SlackMessageRecord = {
      channel: channel.id,
      ts: this.stamp(),
      user,
      ...said,
      updates: 0,
      mentions: mentionsIn(said.text, said.blocks),
    }
    channel.messages.push(message)
    this.#watchers = this.#watchers.filter((watcher) => !watcher(message))
    return message
  }

  /** Calls `watcher` with every message said from now on, until it returns true. */
  watch(watcher: (message: SlackMessageRecord) => boolean): void {
    this.#watchers.push(watcher)
  }

  message(channel: string, ts: string): SlackMessageRecord | undefined {
    return this.channels.get(channel)?.messages.find((message) => message.ts === ts)
  }

  openTrigger(user: string): string {
    const id = this.id('trigger')
    this.#triggers.set(id, { user, until: this.#now().getTime() + TRIGGER_MILLISECONDS, used: false })
    return id
  }

  /** Whose trigger it is, once; a word of Slack's why not. */
  useTrigger(id: string): { readonly user: string } | { readonly error: string } {
    const trigger = this.#triggers.get(id)
    if (trigger === undefined) return { error: 'invalid_trigger_id' }
    if (trigger.used) return { error: 'exchanged_trigger_id' }
    if (this.#now().getTime() > trigger.until) return { error: 'expired_trigger_id' }
    trigger.used = true
    return { user: trigger.user }
  }

  openHook(channel: string, user: string, source?: Hook['source']): string {
    const id = this.id('hook')
    const until = this.#now().getTime() + HOOK_MILLISECONDS
    this.#hooks.set(id, { channel, user, source, until, left: HOOK_USES })
    return id
  }

  hasHook(id: string): boolean {
    return this.#hooks.has(id)
  }

  useHook(id: string): Hook | undefined {
    const hook = this.#hooks.get(id)
    if (hook === undefined || hook.left <= 0 || this.#now().getTime() > hook.until) return undefined
    hook.left -= 1
    return hook
  }
}
