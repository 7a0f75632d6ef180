import { randomUUID } from 'node:crypto'
import type { Ids } from '../../core/ports.js'

/** Ids nobody can guess and no two programs make alike (UUID version 4). */
export function systemIds(): Ids {
  return { next: () => randomUUID() }
}
