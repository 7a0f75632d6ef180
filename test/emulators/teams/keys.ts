import { type CryptoKey, type JWK, SignJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose'

/** A pair of RSA keys with which a channel signs. */
export interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  /** As it is published, without endorsements. */
  readonly publicJwk: JWK
  /** The public key as PEM text: what a forger takes for a secret. */
  readonly publicPem: string
  /** Channels the key may speak for. */
  readonly endorsements: readonly string[]
}

/** The keys of the channel, and one nobody published. */
export interface KeySet {
  /** Speaks for Teams. */
  readonly teams: SigningKey
  /** Published too, but speaks for another channel. */
  readonly webchat: SigningKey
  /** Published, and nothing says for whom it speaks. */
  readonly plain: SigningKey
  /** A forger's own. */
  readonly stranger: SigningKey
}

async function createKey(kid: string, endorsements: readonly string[]): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const publicJwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }
  return { kid, privateKey, publicJwk, publicPem: await exportSPKI(publicKey), endorsements }
}

export async function createKeySet(): Promise<KeySet> {
  const [teams, webchat, plain, stranger] = await Promise.all([
    createKey('teams-1', ['msteams', 'skype']),
    createKey('webchat-1', ['webchat', 'directline']),
    createKey('plain-1', []),
    createKey('stranger-1', ['msteams']),
  ])
  return { teams, webchat, plain, stranger }
}

/** The document the `jwks_uri` leads to. */
export function publishedKeys({ teams, webchat, plain }: KeySet): { readonly keys: readonly object[] } {
  return {
    keys: [teams, webchat, plain].map(({ publicJwk, endorsements }) =>
      endorsements.length === 0 ? publicJwk : { ...publicJwk, endorsements },
    ),
  }
}

export type ClaimSet = Readonly<Record<string, unknown>>

/** A token signed by `key`. Header fields may be exchanged; undefined takes one out. */
export async function signToken(
  key: SigningKey,
  claims: ClaimSet,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const full = { alg: 'RS256', typ: 'JWT', kid: key.kid, ...header }
  const present = Object.entries(full).filter(([, value]) => value !== undefined)
  return await new SignJWT({ ...claims })
    .setProtectedHeader(Object.fromEntries(present) as { alg: string })
    .sign(key.privateKey)
}

/** Any value as a part of a token. */
export function encodePart(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}
