/**
 * Observes the marketplace again and again into one embedded database, saying on stdout what it is about to do and
 * what is done. Made to be killed: `node observe-child.js CONFIG` with the JSON of {@link ChildConfig}.
 */
import { writeSync } from 'node:fs'
import { createIngramMarketplace } from '../../adapters/ingram/client.js'
import { openStorage } from '../../adapters/storage/open.js'
import { createLog } from '../../adapters/system/log.js'
import { systemIds } from '../../adapters/system/ids.js'
import { observe } from '../../core/app/observe.js'
import { parseLocalDate } from '../../core/calendar/date.js'
import type { LedgerStore } from '../../core/ports.js'

export interface ChildConfig {
  readonly dataDirectory: string
  readonly url: string
  readonly credentials: {
    readonly username: string
    readonly password: string
    readonly subscriptionKey: string
    readonly marketplace: string
  }
  /** Milliseconds to add to the machine's clock: the emulated marketplace lives in March 2026. */
  readonly clockOffset: number
  readonly rounds: number
  /** The fault this program can be given on purpose: it says "done" before the database did. */
  readonly acknowledgeFirst: boolean
}

/** One line, written before anything else happens: a killed process leaves all lines it meant to write. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}

/** Announces each write with what it holds, and its acknowledgement. */
function announced(ledger: LedgerStore, acknowledgeFirst: boolean): LedgerStore {
  return {
    ...ledger,
    record: async (record) => {
      const sequence = (record.previous ?? 0) + 1
      say(`write ${sequence} ${record.states.length} ${record.orders.length} ${record.customers.length}`)
      if (acknowledgeFirst) say(`done ${sequence}`)
      const stored = await ledger.record(record)
      if (!acknowledgeFirst) say(`done ${stored.header.sequence}`)
      return stored
    },
  }
}

const config = JSON.parse(process.argv[2] ?? '') as ChildConfig
const log = createLog({ level: 'silent', secrets: [] })
const storage = await openStorage({
  dataDirectory: config.dataDirectory,
  mspId: 'kill',
  shortLived: true,
  log,
})
say('open')
const { subscriptionKey, ...login } = config.credentials
const ports = {
  marketplace: createIngramMarketplace({
    baseUrl: config.url,
    subscriptionKey,
    auth: { kind: 'basic-token', ...login },
    log,
  }),
  ledger: announced(storage.ledger, config.acknowledgeFirst),
  clock: { now: async () => new Date(Date.now() + config.clockOffset) },
  ids: systemIds(),
}
for (let round = 0; round < config.rounds; round += 1) {
  say('read')
  await observe(ports, { timeZone: 'America/New_York', opensOn: parseLocalDate('2026-03-01') })
}
await storage.close()
say('end')
