import type { Fault } from '../emulators/ingram/faults.js'
import {
  type IngramEmulator,
  type IngramEmulatorOptions,
  startIngramEmulator,
} from '../emulators/ingram/server.js'
import { recorded, TRAFFIC_VARIABLE } from './recorded.js'

/**
 * Starts the emulated marketplace as every test should: with the traffic variable set, its traffic is recorded at the
 * socket, ready to be checked against the vendor's document.
 */
export async function startRecordedEmulator(
  options: IngramEmulatorOptions,
  directory = process.env[TRAFFIC_VARIABLE],
): Promise<IngramEmulator> {
  const emulator = await startIngramEmulator(options)
  const { keycloak } = emulator.credentials
  return await recorded<Fault, IngramEmulator>(emulator, {
    directory,
    faults: options.faults ?? [],
    notesFor: (faults) => ({
      service: 'ingram',
      basePaths: [new URL(emulator.url).pathname],
      outside: [new URL(keycloak.tokenUrl).pathname],
      disturbed: faults.some(({ kind }) => DISTURBING.has(kind)),
      rewritten: isAgainstDocument(options) || faults.some(({ kind }) => kind === 'rewrite'),
    }),
    move: (same, moveAddress) => ({
      ...same,
      credentials: {
        ...same.credentials,
        keycloak: { ...keycloak, tokenUrl: moveAddress(keycloak.tokenUrl) },
      },
    }),
  })
}

/** Quirks that serve what the document does not describe, to see whether a reader minds. */
function isAgainstDocument({ quirks = {} }: IngramEmulatorOptions): boolean {
  return (
    quirks.stringAmounts === false || quirks.leanOrderList === false || quirks.leanSubscriptionList === false
  )
}

/** Faults after which an answer need not be JSON. */
const DISTURBING: ReadonlySet<Fault['kind']> = new Set(['html', 'truncated', 'dropped'])
