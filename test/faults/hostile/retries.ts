import pLimit from 'p-limit'
import type { SignedRequest } from '../../emulators/slack/request.js'
import { Faults, type Scenario, Times, pick } from './scenario.js'
import { CHANNEL, type Stage } from './stage.js'

const AT_ONCE = 50
/** Slack gives three seconds. */
const ACKNOWLEDGED_MILLISECONDS = 500
/** The marketplace answers so slowly to some of what is asked. */
const SLOW_MILLISECONDS = 4000
/** Events whose handler is slow: each reads the marketplace. */
const SLOW_EVENTS = 10
/** Events that come together: a channel has a pace, and what would have to wait there for long is not said any more. */
const WAVE = 50
const ASKED = ['who', 'status', 'approvals', 'changes', 'help'] as const

interface Event {
  readonly stamp: string
  readonly body: string
}

export const retries: Scenario = {
  row: 'S-3',
  title: 'retries of events',
  play: async ({ open, count, draw }) => {
    const stage = await open()
    const { outside } = stage
    const faults = new Faults()
    const times = new Times()
    const total = count(1000, 60)
    outside.ingram.setFaults([{ kind: 'slow', milliseconds: SLOW_MILLISECONDS, path: '/customers' }])
    const events = Array.from({ length: total }, (_, index) =>
      newEvent(stage, index < SLOW_EVENTS ? 'observe' : pick(draw, ASKED)),
    )
    let sent = 0
    const deliver = async (wave: readonly Event[], number: number) => {
      const limit = pLimit(AT_ONCE)
      await Promise.all(
        wave.map((event) =>
          limit(async () => {
            sent += 1
            const answer = await knock(stage, event, number)
            times.add(answer.milliseconds)
            faults.expect(answer.status === 200, `delivery ${number + 1}: ${answer.status} instead of 200`)
          }),
        ),
      )
    }
    for (let first = 0; first < total; first += WAVE) {
      const wave = events.slice(first, first + WAVE)
      // The first repetition falls on handlers that are still at work.
      await Promise.all([deliver(wave, 0), deliver(wave, 1)])
      outside.clock.moveOn(60_000)
      await deliver(wave, 2)
      outside.clock.moveOn(240_000)
      await deliver(wave, 3)
      await stage.settled()
    }
    for (const { stamp } of events) {
      const answers = answersTo(stage, stamp)
      faults.expect(answers === 1, `an event was answered ${answers} times`)
    }
    const words = `${total} events, ${sent} deliveries (at 0, 0, 60 and 300 s), ${SLOW_EVENTS} with a handler of ${SLOW_MILLISECONDS / 1000} s; each answered once; acknowledged ${times.words(ACKNOWLEDGED_MILLISECONDS)} at ${AT_ONCE} at once`
    return { words, faults: faults.list() }
  },
}

function newEvent({ outside, served }: Stage, text: string): Event {
  const { body } = served().sender.request.mention(outside.member('lee').slackUser, CHANNEL, text)
  return { body, stamp: (JSON.parse(body) as { event: { ts: string } }).event.ts }
}

/** Slack signs each repetition anew. */
function knock({ knocker, served }: Stage, { body }: Event, number: number) {
  const { headers }: SignedRequest = served().sender.sign(body, 'json')
  const repeated = { 'x-slack-retry-num': String(number), 'x-slack-retry-reason': 'http_timeout' }
  return knocker.knock({
    path: '/slack/events',
    headers: { ...headers, ...(number === 0 ? {} : repeated) },
    body,
  })
}

/** A sign that an answer takes long is none. */
const SIGN_OF_LIFE = 'Reading the marketplace'

/** Answers hang below the question, for everybody or, when it is refused, for the asker alone. */
function answersTo({ outside: { slack } }: Stage, stamp: string): number {
  const said = slack.world.channels.get(CHANNEL)?.messages ?? []
  const answers = [...said.filter(({ user }) => user === slack.world.botUser), ...slack.world.ephemerals]
  return answers.filter(({ threadTs, text }) => threadTs === stamp && !text.startsWith(SIGN_OF_LIFE)).length
}
