import { type ChildProcess, fork } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import pLimit from 'p-limit'
import { type Outside, knockers } from '../../support/both-platforms.js'
import { settled } from '../../support/story/settle.js'
import type { ChildMessage, ChildOrder, ChildState, HostileChildConfig } from '../hostile-child.js'
import { type Answer, createKnocker } from './knock.js'
import { type Mutated, type Recorded, mutate } from './mutate.js'
import { recordStory } from './record.js'
import { Faults, type Scenario, Times, type Trouble, pick } from './scenario.js'
import { CHANNEL, addCustomers, openOutsideFor } from './stage.js'

const PROGRAM = fileURLToPath(new URL('../hostile-child.js', import.meta.url))
const ALL = 100_000
const AT_ONCE = 4
const ANSWERED_MILLISECONDS = 200
const MOST_BYTES = 1024 * 1024
const MOST_MEMORY_MIBS = 512
/** Requests between two looks at the memory, which also let what is under way end. */
const BETWEEN_LOOKS = 500
/** Share of requests nobody signed. */
const UNSIGNED = 0.2
/** What the product logs when something of its own broke. */
const BUGS =
  /a request failed|not answered in time|Bolt failed|a command or click failed|work after a request failed|Unhandled/

interface Child {
  readonly url: string
  readonly process: ChildProcess
  /** Lines of its log that tell of something broken. */
  readonly bugs: string[]
  state(): Promise<ChildState>
  /** Its exit code. */
  end(): Promise<number | null>
}

async function startChild(config: HostileChildConfig): Promise<Child> {
  const child = fork(PROGRAM, [JSON.stringify(config)], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const bugs: string[] = []
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => {
      bugs.push(...text.split('\n').filter((line) => BUGS.test(line)))
    })
  }
  const heard = (type: ChildMessage['type']) =>
    new Promise<ChildMessage>((resolve, reject) => {
      const hear = (message: ChildMessage) => {
        if (message.type !== type) return
        child.off('message', hear)
        resolve(message)
      }
      child.on('message', hear)
      void ended.then((code) => reject(new Error(`the product ended with ${code}`)))
    })
  const order = (word: ChildOrder) => child.send(word)
  const listening = await heard('listening')
  return {
    url: listening.type === 'listening' ? listening.url : '',
    process: child,
    bugs,
    state: async () => {
      const waiting = heard('state')
      order('state')
      const message = await waiting
      if (message.type !== 'state') throw new Error('no state')
      return message.state
    },
    end: async () => {
      if (child.exitCode === null) order('end')
      return await ended
    },
  }
}

type Seal = (request: Mutated) => Readonly<Record<string, string>>

/** Headers that make a body a platform's own. */
async function seals({ settings, clock }: Outside, authorization: string): Promise<Seal> {
  const secret = settings['SLACK_SIGNING_SECRET'] ?? ''
  return ({ surface, body }) => {
    if (surface === 'teams') return { authorization }
    const stamp = Math.floor(clock.now().getTime() / 1000)
    const digest = createHmac('sha256', secret).update(`v0:${stamp}:`).update(body).digest('hex')
    return { 'x-slack-request-timestamp': String(stamp), 'x-slack-signature': `v0=${digest}` }
  }
}

/** Headers of somebody who has neither secret nor token, or one that is of no use. */
function brokenSeal(draw: () => number, { surface }: Mutated): Readonly<Record<string, string>> {
  if (draw() < 0.5) return {}
  if (surface === 'teams') return { authorization: 'Bearer e30.e30.AAAA' }
  return { 'x-slack-request-timestamp': '1773252000', 'x-slack-signature': `v0=${'0'.repeat(64)}` }
}

/** What it may be answered with. */
function expected({ body, surface }: Mutated, isSealed: boolean): readonly number[] {
  if (body.length > MOST_BYTES) return [413]
  // A body that is no activity is refused before a token is looked at that could be one.
  if (!isSealed) return surface === 'slack' ? [401] : [400, 401]
  return surface === 'slack' ? [200, 400] : [200, 400, 401, 403]
}

interface Campaign {
  readonly url: string
  readonly seal: Seal
  readonly corpus: readonly Recorded[]
  readonly faults: Faults
  readonly times: Times
  /** Of those that are signed, and do something. */
  readonly signedTimes: Times
  readonly statuses: Map<number, number>
  /** Bytes at each look, in order. */
  readonly memory: number[]
}

/** Sends so many; looks at the memory in between. */
async function send(campaign: Campaign, draw: () => number, total: number, isSealed: boolean): Promise<void> {
  const knocker = createKnocker(campaign.url, AT_ONCE)
  const limit = pLimit(AT_ONCE)
  for (let sent = 0; sent < total && !campaign.faults.isEnough; sent += BETWEEN_LOOKS) {
    const requests = Array.from({ length: Math.min(BETWEEN_LOOKS, total - sent) }, () => {
      const request = mutate(draw, pick(draw, campaign.corpus))
      return { request, headers: isSealed ? campaign.seal(request) : brokenSeal(draw, request) }
    })
    await Promise.all(
      requests.map(({ request, headers }) =>
        limit(async () => {
          const type = request.contentType === undefined ? {} : { 'content-type': request.contentType }
          const path = request.surface === 'slack' ? '/slack/events' : '/api/messages'
          const answer = await knocker.knock({ path, headers: { ...type, ...headers }, body: request.body })
          judge(campaign, request, answer, isSealed)
        }),
      ),
    )
    campaign.memory.push(await memoryOf(campaign.url))
    if ((sent / BETWEEN_LOOKS) % 20 === 19) process.stderr.write(`${sent + BETWEEN_LOOKS} of ${total}\n`)
  }
  knocker.close()
}

function judge(
  { faults, times, signedTimes, statuses }: Campaign,
  request: Mutated,
  { status, milliseconds, body }: Answer,
  isSealed: boolean,
): void {
  statuses.set(status, (statuses.get(status) ?? 0) + 1)
  if (request.body.length <= MOST_BYTES) {
    times.add(milliseconds)
    if (isSealed) signedTimes.add(milliseconds)
  }
  if (expected(request, isSealed).includes(status)) return
  faults.add(
    `${isSealed ? 'signed' : 'unsigned'}, ${request.surface}, ${request.how}: ${status} ${body.slice(0, 60).trim()}`,
  )
}

async function memoryOf(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const bytes = Number(/^process_resident_memory_bytes (\d+)$/m.exec(metrics)?.[1])
  if (Number.isNaN(bytes)) throw new Error('the server does not say how much memory it has')
  return bytes
}

const SETTLE_MILLISECONDS = 600_000
/** Refused attempts are written down; nothing else may be. */
const REFUSALS = new Set(['right.refused', 'approval.refused', 'approval.stale', 'people.refused'])

function compare(
  faults: Faults,
  what: string,
  before: ChildState,
  after: ChildState,
  mayRefuse: boolean,
): void {
  faults.expect(
    JSON.stringify(before.open) === JSON.stringify(after.open),
    `${what}: ${before.open.join(', ')} waited, and now ${after.open.join(', ')}`,
  )
  for (const [action, count] of Object.entries(after.trail)) {
    const more = count - (before.trail[action] ?? 0)
    const fits = more === 0 || (mayRefuse && REFUSALS.has(action))
    faults.expect(fits, `${what}: ${more} entries “${action}” in the trail`)
  }
}

/** A plain question is answered as if nothing had been. */
async function stillAnswers(outside: Outside, url: string): Promise<boolean> {
  const messages = () => outside.slack.world.channels.get(CHANNEL)?.messages ?? []
  const before = messages().length
  await knockers(outside, url).sender.command(outside.member('lee').slackUser, CHANNEL, 'who march')
  await settled(url, SETTLE_MILLISECONDS)
  return messages()
    .slice(before)
    .some(({ blocks }) => JSON.stringify(blocks).includes('Customer 3'))
}

export const fuzz: Scenario = {
  row: 'S-7',
  title: 'mutated requests',
  play: async (trouble) => {
    const outside = await openOutsideFor()
    addCustomers(outside, 3)
    try {
      return await playWith(trouble, outside)
    } finally {
      await outside.close()
    }
  },
}

async function playWith({ draw, count, place }: Trouble, outside: Outside) {
  const faults = new Faults()
  const total = count(ALL, 1500)
  const fixed = { MSP_ID: 'hostile', BILLING_OPENS_ON: '2026-03-01', LOG_LEVEL: 'error' }
  const settings = { ...outside.settings, ...place().settings, ...fixed }
  const child = await startChild({ settings, now: outside.clock.now().toISOString() })
  const corpus = await recordStory(outside, child.url)
  const { player } = knockers(outside, child.url)
  const seal = await seals(outside, await player.authorization())
  const campaign: Campaign = {
    url: child.url,
    seal,
    corpus,
    faults,
    times: new Times(),
    signedTimes: new Times(),
    statuses: new Map(),
    memory: [],
  }
  try {
    const begun = await child.state()
    const unsigned = Math.ceil(total * UNSIGNED)
    await send(campaign, draw, unsigned, false)
    await settled(child.url, SETTLE_MILLISECONDS)
    const between = await child.state()
    compare(faults, 'unsigned requests', begun, between, false)
    await send(campaign, draw, total - unsigned, true)
    await settled(child.url, SETTLE_MILLISECONDS)
    compare(faults, 'signed requests', between, await child.state(), true)
    faults.expect(await stillAnswers(outside, child.url), 'a plain question is not answered any more')
  } catch (error) {
    faults.add(error instanceof Error ? error.message : String(error))
  }
  const exit = await child.end()
  faults.expect(exit === 0, `the product ended with ${exit}`)
  for (const bug of child.bugs) faults.add(bug)
  const looks = campaign.memory.map((bytes) => Math.round(bytes / 1024 / 1024))
  const [half, mebibytes] = [looks.slice(0, looks.length / 2), looks].map((some) => Math.max(...some))
  // Only a whole run is timed by itself: others share the machine with what else is checked.
  const p99 = campaign.times.p99()
  if (total >= ALL) faults.expect(p99 < ANSWERED_MILLISECONDS, `p99 ${p99} ms`)
  faults.expect((mebibytes ?? 0) < MOST_MEMORY_MIBS, `${mebibytes} MiB of memory`)
  const statuses = [...campaign.statuses].toSorted(([left], [right]) => left - right)
  const words = [
    `${total} requests changed from ${corpus.length} recorded ones, a fifth of them unsigned`,
    `answers: ${statuses.map(([status, times]) => `${times} × ${status}`).join(', ')}`,
    `the process ${exit === 0 ? 'lived' : 'died'}, ${child.bugs.length} errors of its own, ${mebibytes} MiB (below ${MOST_MEMORY_MIBS}; ${half} in the first half), ${campaign.times.words(ANSWERED_MILLISECONDS)} at ${AT_ONCE} at once, of the signed ones ${campaign.signedTimes.halves()} in the second`,
    'open requests and books as before, a plain question answered',
  ].join('; ')
  return { words, faults: faults.list() }
}
