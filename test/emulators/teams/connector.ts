import { attachmentMistakes } from './attachments.js'
import { cardMistakes } from './cards.js'
import { type World, cardOf } from './world.js'

/** A request to the Connector, already known to come from the bot. */
export interface ConnectorCall {
  readonly method: string
  /** Parts of the path after /v3/conversations, decoded. */
  readonly parts: readonly string[]
  readonly body: unknown
}

export interface ConnectorAnswer {
  readonly status: number
  readonly body: unknown
}

/** A message of a bot may have so much (Teams: message size). */
const MESSAGE_BYTES = 100 * 1024

type Fields = Readonly<Record<string, unknown>>

function refuse(status: number, code: string, message: string): ConnectorAnswer {
  return { status, body: { error: { code, message } } }
}

/** Answers as the Connector's REST interface does (Bot Framework, v3), and keeps what was posted. */
export function answerConnector(
  world: World,
  closed: ReadonlySet<string>,
  call: ConnectorCall,
): ConnectorAnswer {
  const { method, parts, body } = call
  const [id, kind, activity] = parts
  if (id === undefined) return method === 'POST' ? openPersonal(world, closed, body) : notThere()
  const conversation = world.conversation(id)
  if (conversation === undefined) return refuse(404, 'ConversationNotFound', 'Conversation not found.')
  if (kind === 'members' || kind === 'pagedmembers') {
    const members = conversation.members.map(({ name, id: user, aadObjectId }) => ({
      id: user,
      name,
      aadObjectId,
    }))
    return { status: 200, body: kind === 'members' ? members : { members } }
  }
  if (kind !== 'activities') return notThere()
  if (method === 'DELETE') {
    return world.remove(id, activity ?? '') ? { status: 200, body: undefined } : activityNotFound()
  }
  return write(world, { method, id, activity, body })
}

function notThere(): ConnectorAnswer {
  return refuse(404, 'NotFound', 'No such operation.')
}

function activityNotFound(): ConnectorAnswer {
  return refuse(404, 'ActivityNotFoundInConversation', 'Activity not found.')
}

function write(
  world: World,
  {
    method,
    id,
    activity,
    body,
  }: {
    readonly method: string
    readonly id: string
    readonly activity: string | undefined
    readonly body: unknown
  },
): ConnectorAnswer {
  if (typeof body !== 'object' || body === null) return refuse(400, 'BadSyntax', 'No activity.')
  if (Buffer.byteLength(JSON.stringify(body)) > MESSAGE_BYTES) {
    return refuse(413, 'MessageSizeTooBig', 'Message size too large.')
  }
  const fields = body as Fields
  if (fields['type'] === 'typing') return { status: 201, body: { id: world.nextId() } }
  const card = cardOf(fields)
  const personal = world.conversation(id)?.type === 'personal'
  const mistakes = [
    ...(card === undefined ? [] : cardMistakes(card)),
    ...attachmentMistakes(fields, personal),
  ]
  if (mistakes.length > 0) return refuse(400, 'BadArgument', mistakes.join('; '))
  if (method === 'PUT') {
    return world.replace(id, activity ?? '', fields)
      ? { status: 200, body: { id: activity } }
      : activityNotFound()
  }
  if (method !== 'POST') return notThere()
  return { status: 201, body: { id: world.post(id, fields).id } }
}

/** The personal chat with one person: found if there is one, else begun, unless they have closed it to bots. */
function openPersonal(world: World, closed: ReadonlySet<string>, body: unknown): ConnectorAnswer {
  const { members, isGroup } = body as {
    readonly members?: readonly { readonly id: string }[]
    readonly isGroup?: boolean
  }
  const [member, ...more] = members ?? []
  if (member === undefined || more.length > 0 || isGroup === true) {
    return refuse(400, 'BadSyntax', 'Only conversations with one person can be opened.')
  }
  const user = world.users.find(({ id }) => id === member.id)
  if (user === undefined) return refuse(404, 'MemberNotFound', 'No such member.')
  if (closed.has(user.id)) {
    return refuse(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.')
  }
  const known = [...world.conversations.values()].find(
    ({ type, members: people }) => type === 'personal' && people[0]?.id === user.id,
  )
  return { status: 201, body: { id: (known ?? world.addConversation('personal', [user])).id } }
}
