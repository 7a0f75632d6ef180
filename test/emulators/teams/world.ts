/** Somebody with Teams. */
export interface User {
  /** Teams' id of the person for this bot: "29:…". */
  readonly id: string
  /** Id of the person in Entra. */
  readonly aadObjectId: string
  readonly name: string
}

export type ConversationType = 'personal' | 'groupChat' | 'channel'

/** Something the bot posted, as it stands now. */
export interface Posted {
  readonly id: string
  /** Id of the conversation, in a channel with the message that began the thread. */
  readonly conversation: string
  /** The whole activity, as it came last. */
  readonly activity: Readonly<Record<string, unknown>>
  /** The Adaptive Card in it. */
  readonly card: Card | undefined
  /** How often it was replaced. */
  readonly updates: number
  readonly deleted: boolean
}

export interface Conversation {
  readonly id: string
  readonly type: ConversationType
  readonly members: readonly User[]
}

/** As far as a person looking at it sees: its elements, its buttons. */
export type Card = Readonly<Record<string, unknown>>

/** Conversations, what the bot posted in them, and what each person sees in place of a card. */
export interface World {
  readonly users: readonly User[]
  readonly conversations: ReadonlyMap<string, Conversation>
  readonly posted: readonly Posted[]
  addUser(name: string, aadObjectId: string): User
  addConversation(type: ConversationType, members: readonly User[]): Conversation
  /** The conversation an id belongs to, also an id with a thread in it. */
  conversation(id: string): Conversation | undefined
  post(conversation: string, activity: Readonly<Record<string, unknown>>): Posted
  /** False when there is no such message. */
  replace(conversation: string, id: string, activity: Readonly<Record<string, unknown>>): boolean
  remove(conversation: string, id: string): boolean
  find(id: string): Posted | undefined
  /** What `user` sees of a message: the answer to their own last click, or what stands there for all. */
  view(user: User, id: string): Card | undefined
  setView(user: User, id: string, card: Card): void
  /** They look with another device, which shows every card as it stands for all. */
  forgetViews(user: User): void
  nextId(): string
  /** Calls `listener` after every change until it returns true. */
  watch(listener: () => boolean): void
}

export function createWorld(): World {
  const users: User[] = []
  const conversations = new Map<string, Conversation>()
  const posted: Posted[] = []
  const views = new Map<string, Card>()
  let watchers: (() => boolean)[] = []
  let count = 0
  const nextId = () => String(1_760_000_000_000 + (count += 1))
  const changed = () => {
    watchers = watchers.filter((watcher) => !watcher())
  }
  const edit = (conversation: string, id: string, changes: Partial<Posted>) => {
    const index = posted.findIndex((message) => message.id === id && message.conversation === conversation)
    const message = posted[index]
    if (message === undefined || message.deleted) return false
    posted[index] = { ...message, ...changes, updates: message.updates + 1 }
    // A message that changes for all replaces what one person had in its place.
    for (const key of views.keys()) if (key.endsWith(` ${id}`)) views.delete(key)
    changed()
    return true
  }
  return {
    users,
    conversations,
    posted,
    nextId,
    addUser(name, aadObjectId) {
      const user = { id: `29:${name.toLowerCase()}`, aadObjectId, name }
      users.push(user)
      return user
    },
    addConversation(type, members) {
      const number = conversations.size + 1
      const id = type === 'personal' ? `a:personal-${number}` : `19:${type}-${number}@thread.tacv2`
      const conversation = { id, type, members }
      conversations.set(id, conversation)
      return conversation
    },
    conversation: (id) => conversations.get(id.split(';messageid=')[0] ?? ''),
    post(conversation, activity) {
      const message = {
        id: nextId(),
        conversation,
        activity,
        card: cardOf(activity),
        updates: 0,
        deleted: false,
      }
      posted.push(message)
      changed()
      return message
    },
    replace: (conversation, id, activity) => edit(conversation, id, { activity, card: cardOf(activity) }),
    remove: (conversation, id) => edit(conversation, id, { deleted: true, card: undefined }),
    find: (id) => posted.find((message) => message.id === id),
    view: (user, id) => views.get(`${user.id} ${id}`) ?? posted.find((message) => message.id === id)?.card,
    setView: (user, id, card) => void views.set(`${user.id} ${id}`, card),
    forgetViews: (user) => {
      for (const key of views.keys()) if (key.startsWith(`${user.id} `)) views.delete(key)
    },
    watch(listener) {
      if (!listener()) watchers.push(listener)
    },
  }
}

const CARD_TYPE = 'application/vnd.microsoft.card.adaptive'

export function cardOf(activity: Readonly<Record<string, unknown>>): Card | undefined {
  const { attachments } = activity
  if (!Array.isArray(attachments)) return undefined
  const found = (attachments as Readonly<Record<string, unknown>>[]).find(
    ({ contentType }) => contentType === CARD_TYPE,
  )
  return found?.['content'] as Card | undefined
}
