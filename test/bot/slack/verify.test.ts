import { describe, expect, test } from 'vitest'
import * as product from '../../../bot/slack/verify.js'
import { mutant } from '../../support/mutant.js'
import { BODY, NOW, SECRET, STAMP, VARIANTS, hmac } from './bad-signatures.js'

type Verify = typeof product.verifySignature

function genuine(verify: Verify, headers: Readonly<Record<string, readonly string[]>>, body = BODY): boolean {
  return verify({ headersDistinct: headers as Record<string, string[]> }, Buffer.from(body), SECRET, NOW)
    .genuine
}

function signed(stamp: number): Readonly<Record<string, readonly string[]>> {
  return {
    'x-slack-signature': [`v0=${hmac(`v0:${stamp}:${BODY}`)}`],
    'x-slack-request-timestamp': [String(stamp)],
  }
}

test.each([0, -1, 1, -300, 300])('a signature made %i seconds from now is Slack’s', (seconds) => {
  expect(genuine(product.verifySignature, signed(STAMP + seconds))).toBe(true)
})

test('the example Slack publishes in its guide to verifying requests', () => {
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
    '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
    '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN' +
    '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
  const headersDistinct = {
    'x-slack-signature': ['v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'],
    'x-slack-request-timestamp': ['1531420618'],
  }
  const now = new Date(1_531_420_620_000)
  const verdict = product.verifySignature({ headersDistinct }, Buffer.from(body), SECRET, now)
  expect(verdict.genuine).toBe(true)
})

test('each request has a key of its own; the same request has the same', () => {
  const key = (stamp: number) => {
    const headers = signed(stamp) as Record<string, string[]>
    const verdict = product.verifySignature({ headersDistinct: headers }, Buffer.from(BODY), SECRET, NOW)
    return verdict.genuine ? verdict.key : undefined
  }
  expect(key(STAMP)).toBe(key(STAMP))
  expect(key(STAMP)).not.toBe(key(STAMP + 1))
  expect(key(STAMP)).toMatch(/^[0-9a-f]{64}$/)
})

test('there are at least sixty bad variants', () => {
  expect(VARIANTS.length).toBeGreaterThanOrEqual(60)
  expect(new Set(VARIANTS.map(({ name }) => name)).size).toBe(VARIANTS.length)
})

test.each(VARIANTS)('refused: $name', ({ headers, body }) => {
  expect(genuine(product.verifySignature, headers, body)).toBe(false)
})

/** Each guard of the check, taken away: then at least one of the variants above gets through. */
describe('without a guard, a bad request gets through', () => {
  const FILE = 'bot/slack/verify.ts'
  test.each([
    ['a header stands once', 'otherSignatures.length > 0 || otherStamps.length > 0', 'false'],
    ['only v0, in lower-case hex', '/^v0=([0-9a-f]{64})$/', '/^v\\d=([0-9a-fA-F]{64})/'],
    ['nothing follows the signature', '/^v0=([0-9a-f]{64})$/', '/^v0=([0-9a-f]{64})/'],
    ['a stamp is a plain whole number', '/^[1-9][0-9]{0,15}$/', '/./s'],
    ['a stamp of the past is refused', 'Math.abs(age) > SLACK_FRESH_SECONDS', '-age > SLACK_FRESH_SECONDS'],
    ['a stamp of the future is refused', 'Math.abs(age) > SLACK_FRESH_SECONDS', 'age > SLACK_FRESH_SECONDS'],
    [
      'the signature is compared',
      "!timingSafeEqual(expected, Buffer.from(digest, 'hex'))",
      'expected.length !== digest.length / 2',
    ],
    ['the body is signed', '.update(body)', ''],
    ['the stamp is signed', '`v0:${stamp}:`', "'v0:'"],
  ])('%s', async (_, from, to) => {
    const { verifySignature } = await mutant<typeof product>({ file: FILE, from, to })
    // What signs differently must be tried with what it would take for genuine, too.
    const mistaken = [`v0:${BODY}`, `v0:${STAMP}:`].map((base) => ({
      headers: {
        'x-slack-signature': [`v0=${hmac(base)}`],
        'x-slack-request-timestamp': [String(STAMP)],
      },
      body: BODY,
    }))
    const through = [...VARIANTS, ...mistaken].filter(({ headers, body }) =>
      genuine(verifySignature, headers, body),
    )
    expect(through.length).toBeGreaterThan(0)
  })
})
