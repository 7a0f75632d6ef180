import { describe, expect, it } from 'vitest'
import { addressOf, pinAddress } from '../../../adapters/http/address.js'
import { Problem } from '../../../core/problem.js'

describe('a configured address', () => {
  it('is accepted with and without a slash at its end', () => {
    expect(pinAddress('https://api.example.com/marketplace/na', 'The marketplace').href).toBe(
      pinAddress(' https://api.example.com/marketplace/na/ ', 'The marketplace').href,
    )
  })

  it.each(['http://localhost:8080', 'http://127.0.0.1:1', 'http://[::1]:1'])(
    'may be plain http here: %s',
    (text) => {
      expect(() => pinAddress(text, 'The marketplace')).not.toThrow()
    },
  )

  it.each([
    ['not an address', 'api.example.com/na', 'is not a web address'],
    ['empty', '', 'is not a web address'],
    ['plain http elsewhere', 'http://api.example.com', 'does not start with https://'],
    ['a metadata service', 'http://169.254.169.254/latest', 'does not start with https://'],
    ['a name that only looks local', 'http://127.0.0.1.example.com', 'does not start with https://'],
    ['another scheme', 'file:///etc/passwd', 'does not start with https://'],
    ['a password in it', 'https://me:hunter2@api.example.com', 'contains a user name or password'],
    ['a query', 'https://api.example.com/?key=hunter2', 'contains a "?" or "#" part'],
  ])('is refused: %s', (_name, text, words) => {
    const refusal = refusalOf(() => pinAddress(text, 'The marketplace'))
    expect(refusal.kind).toBe('input')
    expect(refusal.message).toContain(words)
    expect(refusal.message).toContain('https://host/path')
    expect(refusal.message).not.toContain('hunter2')
  })
})

describe('the address of a request', () => {
  const base = pinAddress('https://api.example.com/marketplace/na', 'The marketplace')

  it('stays below the base whatever an id contains', () => {
    for (const id of ['a/../../b', '..%2f', 'x?y=1', 'x#y', '//evil.example', 'http://evil.example']) {
      const url = addressOf(base, ['subscriptions', id])
      expect(url.host).toBe('api.example.com')
      expect(url.pathname.startsWith('/marketplace/na/subscriptions/')).toBe(true)
      expect(url.pathname.split('/')).toHaveLength(5)
      expect(url.search).toBe('')
    }
  })

  it.each(['', '.', '..'])('refuses "%s" as an id', (id) => {
    expect(refusalOf(() => addressOf(base, ['subscriptions', id])).message).toContain('cannot be an id')
  })

  it('carries the query encoded', () => {
    expect(
      addressOf(base, ['orders'], { creationTimeFrom: '2026-03-01T00:00:00Z', offset: '0' }).search,
    ).toBe('?creationTimeFrom=2026-03-01T00%3A00%3A00Z&offset=0')
  })

  it('is the base itself without segments', () => {
    const token = pinAddress('https://login.example.com/auth/token', 'The sign-in')
    expect(addressOf(token, []).href).toBe('https://login.example.com/auth/token')
  })
})

function refusalOf(action: () => unknown): Problem {
  try {
    action()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('nothing was refused')
}
