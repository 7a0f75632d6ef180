import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { Problem } from '../../core/problem.js'

/** What is stored sealed: unreadable, and unchangeable, to everybody without the key. */
export interface Sealing {
  /** @param place where it will be stored; moved anywhere else it does not open. */
  seal(secret: string, place: string): string
  /** Problem `held` when it was sealed with another key, or was changed or moved since. */
  open(sealed: string, place: string): string
}

const CIPHER = 'aes-256-gcm'
/** NIST SP 800-38D: a random nonce of 96 bits serves four billion sealings of one key. */
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32
const KEY_ID_BYTES = 6
const FORM = /^v1\.([0-9a-f]{12})\.([A-Za-z0-9_-]+)$/

/** One key of the configuration serves several uses, none of which says anything about another (RFC 5869, HKDF). */
export function deriveKey(key: Uint8Array, use: string, bytes: number = KEY_BYTES): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `cloud billing studio: ${use}`, bytes))
}

/**
 * AES-256-GCM with a random nonce for each sealing and the place as associated data. Sealed text is
 * `v1.<key id>.<nonce, ciphertext and tag in base64url>`.
 *
 * @param key at least 32 random bytes.
 */
export function createSealing(key: Uint8Array): Sealing {
  const cipherKey = deriveKey(key, 'sealing')
  const keyId = deriveKey(key, 'key id', KEY_ID_BYTES).toString('hex')
  return {
    seal: (secret, place) => {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, cipherKey, nonce).setAAD(Buffer.from(place))
      const parts = [nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return `v1.${keyId}.${Buffer.concat(parts).toString('base64url')}`
    },
    open: (sealed, place) => {
      const [, sealedWith, text = ''] = FORM.exec(sealed) ?? []
      if (sealedWith !== undefined && sealedWith !== keyId) throw otherKey(sealedWith, keyId)
      const bytes = Buffer.from(text, 'base64url')
      if (sealedWith === undefined || bytes.length < NONCE_BYTES + TAG_BYTES) throw changed()
      try {
        const decipher = createDecipheriv(CIPHER, cipherKey, bytes.subarray(0, NONCE_BYTES))
        decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-TAG_BYTES))
        const secret = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
        return Buffer.concat([secret, decipher.final()]).toString('utf8')
      } catch {
        throw changed()
      }
    },
  }
}

function otherKey(sealedWith: string, keyId: string): Problem {
  return new Problem({
    kind: 'held',
    what: `It was sealed with another key (${sealedWith}; SECRETS_KEY is ${keyId}).`,
    notDone: 'It was not opened.',
    next: 'Start with the SECRETS_KEY it was sealed with, or install the app there again.',
  })
}

function changed(): Problem {
  return new Problem({
    kind: 'held',
    what: 'What is sealed was changed, or moved to another place, after it was sealed.',
    notDone: 'It was not opened.',
    next: 'Restore it, or install the app there again.',
  })
}
