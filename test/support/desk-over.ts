import { csvFiles } from '../../adapters/files/csv/run-csv.js'
import { type Desk, createDesk } from '../../bot/commands/desk.js'
import type { Studio } from '../../core/app/studio.js'
import { memoryDeliveries } from './memory-deliveries.js'

/** A desk over a studio whose clock says what `now` does, in New York. */
export function deskOver(studio: Studio, now: () => Date): Desk {
  return createDesk({
    studio,
    timeZone: 'America/New_York',
    clock: { now: async () => now() },
    files: csvFiles(),
    deliveries: memoryDeliveries(),
    connections: [],
  })
}
