import type { SlackEmulator } from '../../emulators/slack/server.js'
import { createSlackSender } from '../../emulators/slack/sender.js'
import { SIGNING_SECRET, type SlackHouse } from './harness.js'

/** Another workspace, and somebody who types there. */
export function second(
  given: SlackHouse,
  more: { readonly team?: string; readonly enterprise?: string } = {},
) {
  const emulator = given.emulator.addWorkspace({
    team: 'T2',
    name: 'Fabrikam <b>&',
    users: ['U21', 'U22'],
    channels: [{ id: 'C2', withBot: true }],
    ...more,
  })
  return { emulator, slack: senderIn(given, emulator) }
}

function senderIn({ server, now }: SlackHouse, emulator: SlackEmulator) {
  return createSlackSender({
    target: `${server.url}/slack/events`,
    signingSecret: SIGNING_SECRET,
    emulator,
    now,
  })
}

export function saidIn({ world }: SlackEmulator, channel: string) {
  return world.channels.get(channel)?.messages.filter(({ user }) => user === world.botUser) ?? []
}

export const T1 = { team: 'T1', user: 'U9' }
export const T2 = { team: 'T2', user: 'U21' }
