import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { redactSecrets } from '../../../adapters/system/secrets.js'

describe('taking secrets out of text', () => {
  test('all occurrences of all secrets, the longest first', () => {
    const redact = redactSecrets(['alpha-1', 'alpha-1-beta'])
    expect(redact('alpha-1-beta, alpha-1 and alpha-1')).toBe('[secret], [secret] and [secret]')
  })

  test('text without a secret is left as it is', () => {
    expect(redactSecrets(['alpha-1', ''])('nothing to see')).toBe('nothing to see')
  })

  test('the password of a URL, plain and encoded', () => {
    const redact = redactSecrets(['postgresql://bot:s%2Fe%20cret@db:5432/x'])
    expect(redact('password s/e cret or s%2Fe%20cret, host db')).toBe(
      'password [secret] or [secret], host db',
    )
  })

  test('inside an Authorization header, whatever stands around it', () => {
    for (const user of ['', 'u', 'us', 'use', 'user']) {
      for (const rest of ['', ':1', ':12']) {
        const header = Buffer.from(`${user}:correct horse battery${rest}`).toString('base64')
        const redacted = redactSecrets(['correct horse battery'])(`Basic ${header}`)
        const left = Buffer.from(
          redacted.replaceAll('[secret]', '').slice('Basic '.length),
          'base64',
        ).toString()
        expect(left).not.toMatch(/orrect|horse|batte/)
      }
    }
  })

  test('whatever the secret and the text around it', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 })
    const property = fc.property(
      fc.string({ unit: 'binary', minLength: 7, maxLength: 40 }),
      text,
      text,
      (secret, before, after) => {
        const redact = redactSecrets([secret])
        for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
          expect(redact(`${before}${form}${after}`)).not.toContain(form)
        }
      },
    )
    fc.assert(property, { numRuns: 100 })
  })

  test('half a surrogate pair does not stop the log', () => {
    expect(redactSecrets(['half \uD800 pair'])('a half \uD800 pair')).toBe('a [secret]')
  })
})
