import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { SlackMessageRecord } from '../../emulators/slack/workspace.js'
import { type Outside, knockers } from '../../support/both-platforms.js'
import { settled } from '../../support/story/settle.js'
import type { Recorded } from './mutate.js'
import { CHANNEL } from './stage.js'

/** A server that keeps what platforms send, and takes everything. */
async function openRecorder() {
  const recorded: Recorded[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const type = request.headers['content-type'] === 'application/json' ? 'json' : 'form'
      const surface = request.url === '/api/messages' ? 'teams' : 'slack'
      recorded.push({ surface, type, body: Buffer.concat(chunks).toString('utf8') })
      response.end('')
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { recorded, url, close }
}

/**
 * Plays a story with the product at `url`: two bill runs are asked for, one is approved, the other stays open. Then the
 * same people do what they can about the decided one, and that is recorded: each kind of request of both platforms.
 */
export async function recordStory(outside: Outside, url: string): Promise<readonly Recorded[]> {
  const { decided, window } = await play(outside, url)
  const { member, slack, teams, teamsUser, teamsChannel } = outside
  const recorder = await openRecorder()
  const { sender, player } = knockers(outside, recorder.url)
  const [lee, vic] = [member('lee').slackUser, member('vic').slackUser]
  try {
    await sender.command(lee, CHANNEL, 'who march')
    await sender.command(vic, CHANNEL, 'help who')
    await sender.mention(lee, CHANNEL, 'help')
    await sender.direct(vic, 'help approvals')
    for (const action of ['approve', 'reject', 'download', 'again', 'page', 'map', 'mapPage']) {
      await sender.click(lee, decided, action, JSON.stringify({ id: 'APR-0001', revision: '0'.repeat(16) }))
    }
    await sender.submit(window, 'too many seats')
    const personal = teams.world.addConversation('personal', [teamsUser('lee')])
    await player.say(teamsUser('lee'), teamsChannel, 'who march')
    await player.say(teamsUser('lee'), personal, 'help')
    const card = teams.world.post(teamsChannel.id, { type: 'message' }).id
    for (const verb of ['approve', 'approveSure', 'reject', 'submit', 'back', 'show', 'page', 'download']) {
      const data = { id: 'APR-0001', revision: '0'.repeat(16), form: 'reject', key: '0'.repeat(16) }
      await player.deliver(player.invoke(teamsUser('lee'), card, { verb, data }, { reason: 'not yet' }))
    }
    if (slack.world.views.length === 0) throw new Error('no window was opened')
    return recorder.recorded
  } finally {
    await recorder.close()
  }
}

async function play(outside: Outside, url: string) {
  const { sender } = knockers(outside, url)
  const { member, slack } = outside
  const [dana, lee] = [member('dana').slackUser, member('lee').slackUser]
  const done = async (sent: Promise<{ readonly status: number }>) => {
    const { status } = await sent
    if (status !== 200) throw new Error(`the story was answered with ${status}`)
    await settled(url, 60_000)
  }
  await done(sender.command(dana, CHANNEL, 'observe'))
  await done(sender.command(dana, CHANNEL, 'propose march Customer 1'))
  const decided = newest(outside)
  await done(sender.click(lee, decided, 'reject'))
  const window = slack.world.views.at(-1)
  if (window === undefined) throw new Error('no window was opened')
  await done(sender.click(lee, decided, 'approve'))
  await done(sender.command(dana, CHANNEL, 'propose march Customer 2'))
  await wait(0)
  return { decided, window }
}

function newest({ slack: { world } }: Outside): SlackMessageRecord {
  const card = world.channels.get(CHANNEL)?.messages.findLast(({ user }) => user === world.botUser)
  if (card === undefined) throw new Error('the bot said nothing')
  return card
}
