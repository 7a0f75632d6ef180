import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createSealing, deriveKey } from '../../../adapters/system/sealing.js'
import type * as product from '../../../adapters/system/sealing.js'
import { mutant } from '../../support/mutant.js'

const KEY = randomBytes(32)
const SECRET = 'xoxb-1234-abcd'

function refusal(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error('it opened')
}

test('what is sealed opens in its place, says nothing, and is never sealed the same way twice', () => {
  const { seal, open } = createSealing(KEY)
  const sealed = seal(SECRET, 'here')
  expect(open(sealed, 'here')).toBe(SECRET)
  expect(sealed).toMatch(/^v1\.[0-9a-f]{12}\.[A-Za-z0-9_-]+$/)
  expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').includes(Buffer.from(SECRET))).toBe(false)
  expect(seal(SECRET, 'here')).not.toBe(sealed)
  expect(open(seal('', 'here'), 'here')).toBe('')
})

describe('what does not open, and why', () => {
  const sealing = createSealing(KEY)
  const sealed = sealing.seal(SECRET, 'here')

  test('another key is named by its id, and no key is told', () => {
    const other = randomBytes(32)
    const [, id = ''] = sealed.split('.')
    const said = refusal(() => createSealing(other).open(sealed, 'here'))
    expect(said).toContain(`sealed with another key (${id}`)
    for (const key of [KEY, other]) expect(said).not.toContain(key.toString('hex').slice(0, 12))
    expect(said).not.toContain(SECRET)
  })

  test('another place', () => {
    expect(refusal(() => sealing.open(sealed, 'there'))).toContain('moved to another place')
  })

  test('any changed, missing or added byte', () => {
    const [version = '', id = '', content = ''] = sealed.split('.')
    const bytes = Buffer.from(content, 'base64url')
    for (let index = 0; index < bytes.length; index += 1) {
      const wrong = Buffer.from(bytes)
      wrong[index] = (wrong[index] ?? 0) ^ 1
      const text = `${version}.${id}.${wrong.toString('base64url')}`
      expect(() => sealing.open(text, 'here')).toThrow('changed, or moved')
    }
    for (const wrong of [bytes.subarray(1), bytes.subarray(0, -1), bytes.subarray(0, 20), Buffer.alloc(0)]) {
      const text = `${version}.${id}.${wrong.toString('base64url')}`
      expect(() => sealing.open(text, 'here')).toThrow('changed, or moved')
    }
  })

  test.each(['', SECRET, 'v1', 'v2.000000000000.AAAA', 'v1.000000000000', `${sealed}.x`])('%j', (text) => {
    expect(() => sealing.open(text, 'here')).toThrow('It was not opened.')
  })

  test('without the place in the seal, it would open anywhere', async () => {
    const { createSealing: loose } = await mutant<typeof product>({
      file: 'adapters/system/sealing.ts',
      from: 'decipher.setAAD(Buffer.from(place)).setAuthTag',
      to: "decipher.setAAD(Buffer.from('here')).setAuthTag",
    })
    expect(loose(KEY).open(sealed, 'there')).toBe(SECRET)
  })
})

test('it is AES-256-GCM as everybody does it', () => {
  const sealing = createSealing(KEY)
  const [, id = ''] = sealing.seal('x', 'here').split('.')
  const derived = Buffer.from(hkdfSync('sha256', KEY, '', 'cloud billing studio: sealing', 32))
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', derived, nonce)
  cipher.setAAD(Buffer.from('here'))
  const body = Buffer.concat([nonce, cipher.update(SECRET), cipher.final(), cipher.getAuthTag()])
  expect(sealing.open(`v1.${id}.${body.toString('base64url')}`, 'here')).toBe(SECRET)
})

test('keys for different uses have nothing in common, and each is the same every time', () => {
  expect(deriveKey(KEY, 'one')).toEqual(deriveKey(KEY, 'one'))
  expect(deriveKey(KEY, 'one')).not.toEqual(deriveKey(KEY, 'other'))
  expect(deriveKey(KEY, 'one')).toHaveLength(32)
})
