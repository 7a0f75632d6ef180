import { mentionsIn, messageMistakes, viewMistakes } from './blocks.js'
import type { ChannelRecord, Workspace } from './workspace.js'

export type Arguments = Readonly<Record<string, string>>
export type Answer = { readonly ok: boolean } & Readonly<Record<string, unknown>>
type Method = (world: Workspace, given: Arguments, address: string) => Answer

function refused(error: string, more: Readonly<Record<string, unknown>> = {}): Answer {
  return { ok: false, error, ...more }
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return 'no JSON'
  }
}

interface Content {
  readonly text: string
  readonly blocks: readonly unknown[]
}

/** Text and blocks of a message, or why Slack would not take them. */
function contentOf(given: Arguments): Content | Answer {
  const { text = '' } = given
  const blocks = parsed(given['blocks'])
  if (blocks === undefined && text === '') return refused('no_text')
  if (text.length > 40_000) return refused('msg_too_long')
  const mistakes = blocks === undefined ? [] : messageMistakes(blocks)
  if (mistakes.includes('blocks: too long')) return refused('msg_blocks_too_long')
  if (mistakes.length > 0) {
    return refused('invalid_blocks', { response_metadata: { messages: mistakes } })
  }
  return { text, blocks: Array.isArray(blocks) ? (blocks as unknown[]) : [] }
}

function isAnswer(value: Content | Answer): value is Answer {
  return 'ok' in value
}

/** A conversation the bot may write in. */
function writable(world: Workspace, id: string | undefined): ChannelRecord | Answer {
  const channel = world.channels.get(id ?? '')
  if (channel === undefined) return refused('channel_not_found')
  if (!channel.members.has(world.botUser)) {
    return refused(channel.direct ? 'channel_not_found' : 'not_in_channel')
  }
  return channel
}

function postMessage(world: Workspace, given: Arguments): Answer {
  const channel = writable(world, given['channel'])
  if ('ok' in channel) return channel
  const content = contentOf(given)
  if (isAnswer(content)) return content
  const message = world.say(channel, world.botUser, { ...content, threadTs: given['thread_ts'] })
  return { ok: true, channel: channel.id, ts: message.ts, message: { ...content, user: world.botUser } }
}

function update(world: Workspace, given: Arguments): Answer {
  const channel = writable(world, given['channel'])
  if ('ok' in channel) return channel
  const message = world.message(channel.id, given['ts'] ?? '')
  if (message === undefined) return refused('message_not_found')
  if (message.user !== world.botUser) return refused('cant_update_message')
  const content = contentOf(given)
  if (isAnswer(content)) return content
  const mentions = mentionsIn(content.text, content.blocks)
  Object.assign(message, { ...content, mentions, updates: message.updates + 1 })
  return { ok: true, channel: channel.id, ts: message.ts, text: content.text }
}

function postEphemeral(world: Workspace, given: Arguments): Answer {
  const channel = writable(world, given['channel'])
  if ('ok' in channel) return channel
  const { user = '' } = given
  if (!channel.members.has(user)) return refused('user_not_in_channel')
  const content = contentOf(given)
  if (isAnswer(content)) return content
  const mentions = mentionsIn(content.text, content.blocks)
  world.ephemerals.push({ channel: channel.id, user, threadTs: given['thread_ts'], ...content, mentions })
  return { ok: true, message_ts: world.stamp() }
}

function openView(world: Workspace, given: Arguments): Answer {
  const trigger = world.useTrigger(given['trigger_id'] ?? '')
  if ('error' in trigger) return refused(trigger.error)
  const view = parsed(given['view'])
  const mistakes = viewMistakes(view)
  if (mistakes.length > 0) {
    return refused('invalid_arguments', { response_metadata: { messages: mistakes } })
  }
  const opened = {
    id: world.id('V'),
    user: trigger.user,
    view: view as Record<string, unknown>,
    open: true,
    updates: 0,
  }
  world.views.push(opened)
  return { ok: true, view: { ...opened.view, id: opened.id } }
}

function updateView(world: Workspace, given: Arguments): Answer {
  const shown = world.views.find(({ id, open }) => open && id === given['view_id'])
  if (shown === undefined) return refused('not_found')
  const view = parsed(given['view'])
  const mistakes = viewMistakes(view)
  if (mistakes.length > 0) {
    return refused('invalid_arguments', { response_metadata: { messages: mistakes } })
  }
  shown.view = view as Record<string, unknown>
  shown.updates += 1
  return { ok: true, view: { ...shown.view, id: shown.id } }
}

function publishView(world: Workspace, given: Arguments): Answer {
  const { user_id: user = '' } = given
  if (!world.users.has(user)) return refused('user_not_found')
  const view = parsed(given['view'])
  const mistakes = viewMistakes(view)
  if (mistakes.length > 0) {
    return refused('invalid_arguments', { response_metadata: { messages: mistakes } })
  }
  world.homes.set(user, view as Record<string, unknown>)
  return { ok: true, view }
}

function uploadAddress(world: Workspace, given: Arguments, address: string): Answer {
  const { filename: name = '', length = '' } = given
  if (name === '' || !/^[1-9]\d*$/.test(length)) return refused('invalid_arguments')
  const file = { id: world.id('F'), name, bytes: undefined, channel: undefined }
  world.files.push({ ...file, threadTs: undefined, comment: undefined })
  return { ok: true, upload_url: `${address}/upload/${file.id}`, file_id: file.id }
}

function completeUpload(world: Workspace, given: Arguments): Answer {
  const files = parsed(given['files'])
  const ids = Array.isArray(files) ? (files as { readonly id?: string }[]).map(({ id }) => id) : []
  const found = world.files.filter(({ id, bytes }) => ids.includes(id) && bytes !== undefined)
  if (found.length === 0 || found.length !== ids.length) return refused('file_not_found')
  const { channel_id: id } = given
  if (id !== undefined) {
    const channel = writable(world, id)
    if ('ok' in channel) return channel
    const { initial_comment: comment, thread_ts: threadTs } = given
    for (const file of found) Object.assign(file, { channel: id, threadTs, comment })
  }
  return { ok: true, files: found.map(({ id: file, name: title }) => ({ id: file, title })) }
}

const METHODS: Readonly<Record<string, Method>> = {
  'auth.test': (world) => ({
    ok: true,
    url: 'https://example.slack.com/',
    team: world.name,
    user: 'billing',
    team_id: world.team,
    user_id: world.botUser,
    bot_id: 'B0001',
    ...(world.enterprise === undefined ? {} : { enterprise_id: world.enterprise }),
    is_enterprise_install: false,
  }),
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.postEphemeral': postEphemeral,
  'views.open': openView,
  'views.update': updateView,
  'views.publish': publishView,
  'files.getUploadURLExternal': uploadAddress,
  'files.completeUploadExternal': completeUpload,
  'conversations.open': (world, { users = '' }) =>
    world.users.has(users)
      ? { ok: true, channel: { id: world.direct(users).id } }
      : refused('user_not_found'),
  'users.info': (world, { user = '' }) =>
    world.users.has(user)
      ? { ok: true, user: { id: user, team_id: world.team, name: user.toLowerCase(), is_bot: false } }
      : refused('user_not_found'),
}

/** @param address where this emulator itself is reached, for the addresses it hands out. */
export function callMethod(world: Workspace, name: string, given: Arguments, address: string): Answer {
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined
  return method === undefined ? refused('unknown_method') : method(world, given, address)
}
