import pLimit from 'p-limit'
import { BODY, NOW, STAMP, VARIANTS, type Variant, hmac } from '../../bot/slack/bad-signatures.js'
import type { SignedRequest } from '../../emulators/slack/request.js'
import { Faults, type Scenario } from './scenario.js'
import { CHANNEL, type Stage, rowsOf } from './stage.js'

const FORM = 'application/x-www-form-urlencoded'
const AT_ONCE = 50

/** The genuine signature with one bit changed, for each of its bits. */
function flippedBits(): readonly Variant[] {
  const good = Buffer.from(hmac(`v0:${STAMP}:${BODY}`), 'hex')
  return Array.from({ length: good.length * 8 }, (_, bit) => {
    const digest = Buffer.from(good)
    digest.writeUInt8(digest.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    const headers = {
      'x-slack-signature': [`v0=${digest.toString('hex')}`],
      'x-slack-request-timestamp': [String(STAMP)],
    }
    return { name: `bit ${bit} changed`, headers, body: BODY }
  })
}

/** Requests the bot heard: everything it answers is a call of Slack. */
async function heard({ outside, trail }: Stage): Promise<string> {
  return `${outside.slack.calls.length} calls of Slack, ${(await trail()).length} entries in the trail`
}

/** Bill runs that were ever asked for: a later one takes the place of an earlier, which then waits no more. */
async function askedFor({ trail }: Stage): Promise<number> {
  return (await trail()).filter(({ action }) => action.endsWith('.proposed')).length
}

export const badSignatures: Scenario = {
  row: 'S-1',
  title: 'bad signatures',
  play: async ({ open }) => {
    const stage = await open({ at: ['2026-03-20', '09:00'] })
    const faults = new Faults()
    if (stage.outside.clock.now().getTime() !== NOW.getTime())
      throw new Error('the variants are of another time')
    await stage.settled()
    const before = await heard(stage)
    const variants = [...VARIANTS, ...flippedBits()]
    for (const { name, headers, body } of variants) {
      if (faults.isEnough) break
      const answer = await stage.knocker.knock({
        path: '/slack/events',
        headers: { ...headers, 'content-type': FORM },
        body,
      })
      faults.expect(answer.status === 401, `${name}: answered with ${answer.status}`)
    }
    await stage.settled()
    const after = await heard(stage)
    faults.expect(after === before, `forged requests were heard: ${before} became ${after}`)
    // The very same bytes rightly signed are carried out: nothing else was wrong with them.
    const headers = {
      'content-type': FORM,
      'x-slack-signature': `v0=${hmac(`v0:${STAMP}:${BODY}`)}`,
      'x-slack-request-timestamp': String(STAMP),
    }
    const genuine = await stage.knocker.knock({ path: '/slack/events', headers, body: BODY })
    await stage.settled()
    const asked = await askedFor(stage)
    faults.expect(
      genuine.status === 200 && asked === 1,
      `the genuine one: ${genuine.status}, asked for ${asked}`,
    )
    const acted = rowsOf(await stage.stop(), 'acted_once').length
    faults.expect(acted === 1, `${acted} requests were remembered instead of 1`)
    const words = `${variants.length} forged requests, each 401; heard: none; the genuine one: once`
    return { words, faults: faults.list() }
  },
}

/** Sends the same request so often; adds a fault for every other answer. */
async function again(
  { knocker }: Stage,
  faults: Faults,
  what: string,
  {
    request,
    times,
    status,
  }: { readonly request: SignedRequest; readonly times: number; readonly status: number },
): Promise<void> {
  const limit = pLimit(AT_ONCE)
  const knock = { path: '/slack/events', headers: request.headers, body: request.body }
  const one = async () => {
    const answer = await knocker.knock(knock)
    faults.expect(answer.status === status, `${what}: ${answer.status} instead of ${status}`)
  }
  await Promise.all(Array.from({ length: times }, () => limit(one)))
}

export const replays: Scenario = {
  row: 'S-2',
  title: 'replays',
  play: async ({ open, count }) => {
    const stage = await open({ customers: 4 })
    const { outside } = stage
    const { sender } = stage.served()
    const faults = new Faults()
    const times = count(10_000, 200)
    const few = Math.ceil(times / 100)
    const dana = outside.member('dana').slackUser
    const ask = (customer: number) =>
      sender.request.command(dana, CHANNEL, `propose march Customer ${customer}`)
    const stamped = (body: string, seconds: number) =>
      sender.sign(body, 'form', Math.floor(outside.clock.now().getTime() / 1000) + seconds)
    const [first, late, expired] = [ask(1), ask(2), ask(3)]
    await again(stage, faults, 'now', { request: first, times, status: 200 })
    await stage.settled()
    const asked = () => askedFor(stage)
    faults.expect((await asked()) === 1, `the same bytes asked for ${await asked()} bill runs`)
    outside.clock.moveOn(299_000)
    await again(stage, faults, 'again at +299 s', { request: first, times: few, status: 200 })
    await again(stage, faults, 'new at +299 s', { request: late, times: few, status: 200 })
    await stage.settled()
    faults.expect((await asked()) === 2, `at +299 s ${await asked()} bill runs were asked for instead of 2`)
    outside.clock.moveOn(2000)
    for (const request of [first, late, expired]) {
      await again(stage, faults, 'at +301 s', { request, times: few, status: 401 })
    }
    const { body } = ask(4)
    for (const seconds of [3600, 301, 86_400 * 365]) {
      const request = stamped(body, seconds)
      await again(stage, faults, `stamped +${seconds} s`, { request, times: few, status: 401 })
    }
    await stage.settled()
    faults.expect((await asked()) === 2, `stale and future requests made ${(await asked()) - 2} bill runs`)
    const remembered = rowsOf(await stage.stop(), 'acted_once').length
    faults.expect(remembered === 2, `${remembered} requests were remembered instead of 2`)
    const words = `the same bytes ${times} times: 1 effect; +299 s: taken if new, once; +301 s and stamps of +301 s, +1 h, +1 year: 401 (${few} times each)`
    return { words, faults: faults.list() }
  },
}
