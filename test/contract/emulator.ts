import {
  type IngramEmulator,
  type IngramEmulatorOptions,
  startIngramEmulator,
} from '../emulators/ingram/server.js'
import type { Fault } from '../emulators/ingram/faults.js'
import { recordTraffic, type RecordingNotes } from './recorder.js'

/** The folder recordings go to; unset: nothing is recorded and nothing stands in between. */
export const TRAFFIC_VARIABLE = 'TRAFFIC_DIR'

/**
 * Starts the emulated marketplace as every test should: with the variable above set, its traffic is recorded at the
 * socket, ready to be checked against the vendor's document.
 */
export async function startRecordedEmulator(
  options: IngramEmulatorOptions,
  directory = process.env[TRAFFIC_VARIABLE],
): Promise<IngramEmulator> {
  const emulator = await startIngramEmulator(options)
  if (directory === undefined || directory === '') return emulator
  const { origin, pathname } = new URL(emulator.url)
  const { keycloak } = emulator.credentials
  const tokenPath = new URL(keycloak.tokenUrl).pathname
  const notesFor = (faults: readonly Fault[]): RecordingNotes => ({
    service: 'ingram',
    basePath: pathname,
    outside: [tokenPath],
    disturbed: faults.some(({ kind }) => DISTURBING.has(kind)),
    rewritten: isAgainstDocument(options) || faults.some(({ kind }) => kind === 'rewrite'),
  })
  // Connections outlive a change of faults: what was ever planned stays noted.
  const planned = [...(options.faults ?? [])]
  const recorder = await recordTraffic(directory, origin, notesFor(planned))
  return {
    ...emulator,
    url: `${recorder.root}${pathname}`,
    credentials: {
      ...emulator.credentials,
      keycloak: { ...keycloak, tokenUrl: `${recorder.root}${tokenPath}` },
    },
    setFaults(faults) {
      planned.push(...faults)
      recorder.note(notesFor(planned))
      emulator.setFaults(faults)
    },
    async close() {
      await recorder.close()
      await emulator.close()
    },
  }
}

/** Quirks that serve what the document does not describe, to see whether a reader minds. */
function isAgainstDocument({ quirks = {} }: IngramEmulatorOptions): boolean {
  return (
    quirks.stringAmounts === false || quirks.leanOrderList === false || quirks.leanSubscriptionList === false
  )
}

/** Faults after which an answer need not be JSON. */
const DISTURBING: ReadonlySet<Fault['kind']> = new Set(['html', 'truncated', 'dropped'])
