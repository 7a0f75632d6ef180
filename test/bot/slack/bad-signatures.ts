import { createHmac } from 'node:crypto'

export const SECRET = '8f742231b10e8888abcd99yyyzzz85a5'
export const NOW = new Date('2026-03-20T13:00:00Z')
export const STAMP = NOW.getTime() / 1000
export const BODY = new URLSearchParams({
  token: 'legacy',
  team_id: 'T1',
  channel_id: 'C1',
  user_id: 'U1',
  command: '/billing',
  text: 'propose march',
  response_url: 'http://127.0.0.1:9/hooks/1',
  trigger_id: '1',
}).toString()

export function hmac(base: string, secret = SECRET, algorithm = 'sha256'): string {
  return createHmac(algorithm, secret).update(base).digest('hex')
}

/** A request that is not Slack's, or not of now, or not this one. */
export interface Variant {
  readonly name: string
  /** As they stand on the wire; several values are several header lines. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: string
}

const GOOD = hmac(`v0:${STAMP}:${BODY}`)

interface Parts {
  readonly signature?: string | readonly string[] | undefined
  readonly stamp?: string | number | readonly string[] | undefined
  readonly body?: string
}

function variant(name: string, parts: Parts): Variant {
  const given = { signature: `v0=${GOOD}`, stamp: String(STAMP), body: BODY, ...parts }
  const values = (value: string | number | readonly string[] | undefined): readonly string[] =>
    value === undefined ? [] : typeof value === 'object' ? value : [String(value)]
  const headers: Record<string, readonly string[]> = {}
  if (given.signature !== undefined) headers['x-slack-signature'] = values(given.signature)
  if (given.stamp !== undefined) headers['x-slack-request-timestamp'] = values(given.stamp)
  return { name, headers, body: given.body }
}

/** Signed as if `stamp` were right, in whatever spelling. */
function stamped(name: string, stamp: string): Variant {
  return variant(name, { stamp, signature: `v0=${hmac(`v0:${stamp}:${BODY}`)}` })
}

/** Signed over another base string than Slack's. */
function based(name: string, base: string): Variant {
  return variant(name, { signature: `v0=${hmac(base)}` })
}

const missing = [
  variant('no signature', { signature: undefined }),
  variant('no stamp', { stamp: undefined }),
  variant('neither', { signature: undefined, stamp: undefined }),
  variant('an empty signature', { signature: '' }),
  variant('an empty stamp', { stamp: '' }),
  variant('both empty', { signature: '', stamp: '' }),
]

const wrongKeys = [
  variant('another secret', {
    signature: `v0=${hmac(`v0:${STAMP}:${BODY}`, 'another-secret-of-32-characters-')}`,
  }),
  variant('an empty secret', { signature: `v0=${hmac(`v0:${STAMP}:${BODY}`, '')}` }),
  variant('the secret with a space', { signature: `v0=${hmac(`v0:${STAMP}:${BODY}`, `${SECRET} `)}` }),
  variant('the secret in capitals', {
    signature: `v0=${hmac(`v0:${STAMP}:${BODY}`, SECRET.toUpperCase())}`,
  }),
  variant('the secret itself', { signature: `v0=${SECRET}` }),
  variant('SHA-1', { signature: `v0=${hmac(`v0:${STAMP}:${BODY}`, SECRET, 'sha1')}` }),
  variant('SHA-512', { signature: `v0=${hmac(`v0:${STAMP}:${BODY}`, SECRET, 'sha512')}` }),
  variant('SHA-512, cut', { signature: `v0=${hmac(`v0:${STAMP}:${BODY}`, SECRET, 'sha512').slice(0, 64)}` }),
  variant('MD5', { signature: `v0=${hmac(`v0:${STAMP}:${BODY}`, SECRET, 'md5')}` }),
]

const wrongSpellings = [
  variant('version 1', { signature: `v1=${GOOD}` }),
  variant('version 1, signed as such', { signature: `v1=${hmac(`v1:${STAMP}:${BODY}`)}` }),
  variant('version 00', { signature: `v00=${GOOD}` }),
  variant('no version', { signature: GOOD }),
  variant('an empty version', { signature: `=${GOOD}` }),
  variant('a version in capitals', { signature: `V0=${GOOD}` }),
  variant('sha256= instead of v0=', { signature: `sha256=${GOOD}` }),
  variant('a colon', { signature: `v0:${GOOD}` }),
  variant('two equals signs', { signature: `v0==${GOOD}` }),
  variant('capitals', { signature: `v0=${GOOD.toUpperCase()}` }),
  variant('base64', { signature: `v0=${Buffer.from(GOOD, 'hex').toString('base64')}` }),
  variant('one digit less', { signature: `v0=${GOOD.slice(0, -1)}` }),
  variant('one byte less', { signature: `v0=${GOOD.slice(0, -2)}` }),
  variant('one digit more', { signature: `v0=${GOOD}0` }),
  variant('something behind it', { signature: `v0=${GOOD},v0=${GOOD}` }),
  variant('another one before it', { signature: `v0=${'0'.repeat(64)},v0=${GOOD}` }),
  variant('a word instead of digits', { signature: `v0=${'g'.repeat(64)}` }),
  variant('zeros', { signature: `v0=${'0'.repeat(64)}` }),
  variant('the first digit changed', {
    signature: `v0=${GOOD.startsWith('0') ? '1' : '0'}${GOOD.slice(1)}`,
  }),
  variant('the last digit changed', {
    signature: `v0=${GOOD.slice(0, -1)}${GOOD.endsWith('0') ? '1' : '0'}`,
  }),
  variant('quotes around it', { signature: `"v0=${GOOD}"` }),
  variant('undefined', { signature: 'undefined' }),
  variant('a million digits', { signature: `v0=${'a'.repeat(6000)}` }),
]

const twice = [
  variant('two signatures, the good one first', { signature: [`v0=${GOOD}`, `v0=${'0'.repeat(64)}`] }),
  variant('two signatures, the good one last', { signature: [`v0=${'0'.repeat(64)}`, `v0=${GOOD}`] }),
  variant('the good signature twice', { signature: [`v0=${GOOD}`, `v0=${GOOD}`] }),
  variant('two stamps, the good one first', { stamp: [String(STAMP), String(STAMP + 1)] }),
  variant('the good stamp twice', { stamp: [String(STAMP), String(STAMP)] }),
]

const wrongStamps = [
  stamped('five minutes and a second ago', String(STAMP - 301)),
  stamped('an hour ago', String(STAMP - 3600)),
  stamped('a year ago', String(STAMP - 31_536_000)),
  stamped('in five minutes and a second', String(STAMP + 301)),
  stamped('in an hour', String(STAMP + 3600)),
  stamped('in a hundred years', String(STAMP + 3_155_760_000)),
  stamped('zero', '0'),
  stamped('below zero', String(-STAMP)),
  stamped('milliseconds', String(STAMP * 1000)),
  stamped('a fraction', `${STAMP}.5`),
  stamped('a fraction of zero', `${STAMP}.0`),
  stamped('an exponent', '1.7740116e9'),
  stamped('hexadecimal', `0x${STAMP.toString(16)}`),
  stamped('a zero before it', `0${STAMP}`),
  stamped('a plus before it', `+${STAMP}`),
  stamped('a letter behind it', `${STAMP}n`),
  stamped('an underscore', '1_774_011_600'),
  stamped('not a number', 'NaN'),
  stamped('endless', 'Infinity'),
  stamped('a date', '2026-03-20T13:00:00Z'),
  stamped('a word', 'now'),
  stamped('a list', `${STAMP},${STAMP}`),
  variant('another stamp than signed', { stamp: String(STAMP + 1) }),
]

const wrongBodies = [
  variant('a letter more', { body: `${BODY}&` }),
  variant('a letter less', { body: BODY.slice(0, -1) }),
  variant('no body', { body: '' }),
  variant('another user', { body: BODY.replace('user_id=U1', 'user_id=U2') }),
  variant('another command', { body: BODY.replace('propose', 'approve') }),
  variant('the fields in another order', { body: BODY.split('&').reverse().join('&') }),
  variant('a line end more', { body: `${BODY}\n` }),
  variant('a certificate check with a command in it', {
    signature: undefined,
    stamp: undefined,
    body: `ssl_check=1&${BODY}`,
  }),
  variant('a certificate check with a payload', {
    signature: undefined,
    stamp: undefined,
    body: `ssl_check=1&token=x&payload=${encodeURIComponent('{"type":"block_actions"}')}`,
  }),
  variant('a certificate check that says two', {
    signature: undefined,
    stamp: undefined,
    body: 'ssl_check=2',
  }),
  based('signed without the version', `${STAMP}:${BODY}`),
  based('signed without the stamp', `v0:${BODY}`),
  based('signed without the body', `v0:${STAMP}:`),
  based('signed with another separator', `v0.${STAMP}.${BODY}`),
  based('signed the body alone', BODY),
  based('signed in another order', `v0:${BODY}:${STAMP}`),
]

export const VARIANTS: readonly Variant[] = [
  ...missing,
  ...wrongKeys,
  ...wrongSpellings,
  ...twice,
  ...wrongStamps,
  ...wrongBodies,
]
