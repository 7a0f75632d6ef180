import type { AutotaskEmulationOptions } from '../emulators/autotask/emulation.js'
import { DISTURBING, type Fault } from '../emulators/autotask/faults.js'
import { ENTITIES } from '../emulators/autotask/fields.js'
import { type AutotaskEmulator, startAutotaskEmulator } from '../emulators/autotask/server.js'
import { recorded, TRAFFIC_VARIABLE } from './recorded.js'

const ROOT = '/ATServicesRest'

/** The zone in the spelling of most clients, currencies, and pages after the first: the vendor's document has none. */
const OUTSIDE = [
  `${ROOT}/V1.0/zoneInformation`,
  `${ROOT}/V1.0/Currencies/query`,
  ...ENTITIES.map((entity) => `${ROOT}/V1.0/${entity}/query/next`),
]

/**
 * Starts the emulated Autotask as every test should that sends it good requests: with the traffic variable set, its
 * traffic is recorded at the socket, ready to be checked against the vendor's document.
 */
export async function startRecordedAutotask(
  options: AutotaskEmulationOptions,
  directory = process.env[TRAFFIC_VARIABLE],
): Promise<AutotaskEmulator> {
  const emulator = await startAutotaskEmulator(options)
  return await recorded<Fault, AutotaskEmulator>(emulator, {
    directory,
    faults: options.faults ?? [],
    notesFor: (faults) => ({
      service: 'autotask',
      basePaths: [ROOT],
      outside: OUTSIDE,
      disturbed: faults.some(({ kind }) => DISTURBING.has(kind)),
      rewritten: false,
    }),
  })
}
