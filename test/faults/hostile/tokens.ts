import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pLimit from 'p-limit'
import { forgeriesOf } from '../../emulators/teams/forgeries.js'
import { type Activity, resultOf } from '../../emulators/teams/player.js'
import { decisions } from './clicks.js'
import { Faults, type Scenario, pick } from './scenario.js'
import { type Stage, targetOf } from './stage.js'

const JSON_TYPE = 'application/json'

/** An address nobody may call; what called it is counted. */
async function openElsewhere() {
  const calls: string[] = []
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`)
    response.end('{}')
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { url, calls, close: () => new Promise((resolve) => server.close(resolve)) }
}

/** The SDK writes what it thinks of a forged token to the console. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { error } = console
  console.error = () => undefined
  try {
    return await work()
  } finally {
    console.error = error
  }
}

export const forgedTokens: Scenario = {
  row: 'S-5',
  title: 'forged tokens',
  play: async ({ open }) => {
    const stage = await open()
    const { outside, knocker } = stage
    const { teams } = outside
    const faults = new Faults()
    const { player } = stage.served()
    const record = await stage.propose('propose march')
    // What would be carried out if it were believed: a command, and the click that bills.
    const activities: readonly Activity[] = [
      player.message(outside.teamsUser('dana'), outside.teamsChannel, 'propose march'),
      stage.teamsClick('lee', 'approveSure', targetOf(record), stage.teamsCard()),
    ]
    const elsewhere = await openElsewhere()
    await stage.settled()
    const [entries, calls] = [(await stage.trail()).length, teams.calls.length]
    let sent = 0
    await quietly(async () => {
      for (const genuine of activities) {
        for (const { name, authorization, activity, status } of await forgeriesOf(
          teams,
          genuine,
          elsewhere.url,
        )) {
          const headers = {
            'content-type': JSON_TYPE,
            ...(authorization.length === 0 ? {} : { authorization }),
          }
          const answer = await knocker.knock({
            path: '/api/messages',
            headers,
            body: JSON.stringify(activity),
          })
          sent += 1
          faults.expect(answer.status === status, `${name}: ${answer.status} instead of ${status}`)
        }
      }
    })
    await stage.settled()
    const noted = (await stage.trail()).length - entries
    faults.expect(noted === 0, `${noted} entries in the trail`)
    faults.expect(teams.calls.length === calls, `${teams.calls.length - calls} calls of the Connector`)
    faults.expect(elsewhere.calls.length === 0, `${elsewhere.calls.length} calls to a forger’s address`)
    const result = resultOf(await player.deliver(activities[1] ?? {}))
    await stage.settled()
    const decided = await decisions(stage)
    faults.expect(result.card !== undefined && decided === 1, `the genuine click decided ${decided} times`)
    await elsewhere.close()
    const acted = rememberedBy(await stage.stop())
    faults.expect(acted === 1, `${acted} requests were remembered instead of 1`)
    const words = `${sent} forgeries of a command and a click, each 401 or 403; heard: none; calls to the outside: none; the genuine click: once`
    return { words, faults: faults.list() }
  },
}

function rememberedBy(tables: Awaited<ReturnType<Stage['stop']>>): number {
  return tables.get('acted_once')?.length ?? 0
}

const TAKEN = 'This click was already taken.'
const CUSTOMERS = 8
/** Deliveries of one click: the first and its repetitions. */
const EACH = 20
const AT_ONCE = 20

export const resentInvokes: Scenario = {
  row: 'S-6',
  title: 'invokes sent again',
  play: async ({ open, count, draw }) => {
    const stage = await open({ customers: CUSTOMERS })
    const faults = new Faults()
    const clicks = Math.ceil(count(1000, 60) / EACH)
    let [sameId, newId] = [0, 0]
    for (let index = 0; index < clicks; index += 1) {
      // Each customer is billed once; further requests for them are about what is due no more, and are rejected.
      const verb = index < CUSTOMERS ? 'approveSure' : 'submit'
      const record = await stage.propose(
        index < CUSTOMERS
          ? `propose march Customer ${index + 1}`
          : `propose april Customer ${1 + (index % CUSTOMERS)}`,
      )
      const card = stage.teamsCard()
      const click = () => stage.teamsClick('lee', verb, targetOf(record), card)
      const own = click()
      const sends = Array.from({ length: EACH }, (_, place) => {
        const isSame = place === 0 || pick(draw, [true, false])
        if (isSame) sameId += 1
        else newId += 1
        return { isSame, activity: isSame ? own : click() }
      })
      const limit = pLimit(AT_ONCE)
      const answers = await Promise.all(
        sends.map(({ isSame, activity }) =>
          limit(async () => ({ isSame, ...resultOf(await stage.served().player.deliver(activity)) })),
        ),
      )
      await stage.settled()
      judge(answers, faults)
      const decided = await decisions(stage, record.approval.id)
      faults.expect(decided === 1, `a click sent again decided ${decided} times`)
    }
    const words = `${clicks} clicks: ${sameId} deliveries under the same id, ${newId} of the same click under a new id; 1 decision each, every other one told so`
    return { words, faults: faults.list() }
  },
}

interface Told {
  readonly isSame: boolean
  readonly status: number
  readonly words: string | undefined
  readonly card: unknown
}

function judge(answers: readonly Told[], faults: Faults): void {
  const won = answers.filter(({ card }) => card !== undefined).length
  faults.expect(won === 1, `${won} deliveries were told that they decided`)
  const taken = answers.filter(({ words }) => words === TAKEN).length
  const same = answers.filter(({ isSame }) => isSame).length
  faults.expect(taken === same - 1, `${taken} of ${same - 1} deliveries under a known id were told so`)
  for (const { isSame, status, words, card } of answers) {
    faults.expect(status === 200, `a delivery was answered with ${status}`)
    if (card !== undefined || words === TAKEN) continue
    const fits = /You (approved|rejected) this already on |^This was sent off before/.test(words ?? '')
    faults.expect(fits, `${isSame ? 'the same id' : 'a new id'} was answered: ${words}`)
  }
}
