import { createHash } from 'node:crypto'
import { addSeconds } from '../shared/dates.js'
import type { Instant } from './events.js'

/** What a reseller is given to reach the emulator. Invented; worth nothing anywhere else. */
export interface Credentials {
  readonly username: string
  readonly password: string
  readonly subscriptionKey: string
  readonly marketplace: string
  /** The other way in: a password grant at the panel's own identity server. */
  readonly keycloak: {
    readonly tokenUrl: string
    readonly username: string
    readonly password: string
    readonly clientId: string
    readonly clientSecret: string
  }
}

/** Life of a token, in seconds of the emulator's clock. */
export const TOKEN_LIFE_SECONDS = 1500

/** Tokens given out, each with the instant it dies. */
export interface Tokens {
  issue(instant: Instant): string
  isValid(token: string, instant: Instant): boolean
  revoke(token: string): void
}

function segment(content: unknown): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

/** Shaped like signed JSON web tokens, and repeatable: the same seed, clock and count give the same token. */
export function createTokens(seed: number): Tokens {
  const expiries = new Map<string, Instant>()
  let issued = 0
  return {
    issue(instant) {
      issued += 1
      const expiresAt = addSeconds(instant, TOKEN_LIFE_SECONDS)
      const body = `${segment({ alg: 'HS384' })}.${segment({ sub: 'reseller', exp: Date.parse(expiresAt) / 1000, n: issued })}`
      const token = `${body}.${createHash('sha384').update(`${seed} ${body}`).digest('base64url')}`
      expiries.set(token, expiresAt)
      return token
    },
    isValid(token, instant) {
      const expiresAt = expiries.get(token)
      return expiresAt !== undefined && instant < expiresAt
    },
    revoke(token) {
      expiries.delete(token)
    },
  }
}

/** True for `Basic base64(username:password)` of these credentials. */
export function isBasic(header: string | undefined, { username, password }: Credentials): boolean {
  return header === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** The bearer token of an authorization header. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer (\S+)$/.exec(header ?? '')?.[1]
}

export function isPasswordGrant(form: URLSearchParams, { keycloak }: Credentials): boolean {
  return (
    form.get('grant_type') === 'password' &&
    form.get('username') === keycloak.username &&
    form.get('password') === keycloak.password &&
    form.get('client_id') === keycloak.clientId &&
    form.get('client_secret') === keycloak.clientSecret
  )
}
