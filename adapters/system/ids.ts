import { randomInt, randomUUID } from 'node:crypto'
import type { Ids } from '../../core/ports.js'

/** Ids nobody can guess and no two programs make alike (UUID version 4). */
export function systemIds(): Ids {
  return { next: () => randomUUID(), code }
}

/** Without 0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V. */
const LETTERS = 'ACDEFGHJKMNPRTWXY34679'

function code(): string {
  return Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}
