import type { ApprovalRecord } from '../../../core/ports.js'
import { linesOf } from '../../emulators/teams/cards.js'
import { resultOf } from '../../emulators/teams/player.js'
import { type Stage, targetOf } from './stage.js'

/** How many decisions the trail tells of: of one request, or of all. */
export async function decisions({ trail }: Stage, approvalId?: string): Promise<number> {
  const found = (await trail()).filter(({ action, subject }) => {
    return /\.(approved|rejected)$/.test(action) && (approvalId === undefined || subject === approvalId)
  })
  return found.length
}

/** Approves by a click; returns the words it was refused with. */
export async function click(
  stage: Stage,
  record: ApprovalRecord,
  isTeams: boolean,
  handle = 'lee',
): Promise<string> {
  const { outside, served } = stage
  if (isTeams) {
    const activity = stage.teamsClick(handle, 'approveSure', targetOf(record), stage.teamsCard())
    const { words } = resultOf(await served().player.deliver(activity))
    await stage.settled()
    return words ?? ''
  }
  const { ephemerals } = outside.slack.world
  const before = ephemerals.length
  const value = JSON.stringify(targetOf(record))
  await served().sender.click(outside.member(handle).slackUser, stage.slackCard(), 'approve', value)
  await stage.settled()
  return ephemerals
    .slice(before)
    .map(({ blocks }) => wordsOf(blocks))
    .join('\n')
}

/** Everything written in blocks, in order. */
export function wordsOf(blocks: readonly unknown[]): string {
  return [...JSON.stringify(blocks).matchAll(/"text":("(?:[^"\\]|\\.)*")/g)]
    .map(([, text]) => String(JSON.parse(text ?? '""')))
    .join(' ')
}

/** Everything the bot says to anybody from now on, in either platform. */
export function listen({ outside: { slack, teams } }: Stage): () => string {
  const { channels, ephemerals } = slack.world
  const heard = () => [...channels.values()].flatMap(({ messages }) => messages)
  const seen = new Set<unknown>(heard())
  const [whispers, posts] = [ephemerals.length, teams.world.posted.length]
  return () => {
    const said = heard().filter((message) => !seen.has(message) && message.user === slack.world.botUser)
    const inSlack = [...said, ...ephemerals.slice(whispers)].map(({ blocks }) => wordsOf(blocks))
    const inTeams = teams.world.posted.slice(posts).map(({ card }) => linesOf(card ?? {}).join(' '))
    return [...inSlack, ...inTeams].join('\n').replaceAll('\u200b', '')
  }
}
