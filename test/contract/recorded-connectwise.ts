import { DISTURBING, type Fault } from '../emulators/connectwise/faults.js'
import {
  type ConnectWiseEmulator,
  type ConnectWiseEmulatorOptions,
  startConnectWiseEmulator,
} from '../emulators/connectwise/server.js'
import { recorded, TRAFFIC_VARIABLE } from './recorded.js'

/**
 * Starts the emulated ConnectWise PSA as every test should that sends it good requests: with the traffic variable set,
 * its traffic is recorded at the socket, ready to be checked against the vendor's document.
 */
export async function startRecordedConnectWise(
  options: ConnectWiseEmulatorOptions,
  directory = process.env[TRAFFIC_VARIABLE],
): Promise<ConnectWiseEmulator> {
  const emulator = await startConnectWiseEmulator(options)
  return await recorded<Fault, ConnectWiseEmulator>(emulator, {
    directory,
    faults: options.faults ?? [],
    notesFor: (faults) => ({
      service: 'connectwise',
      basePaths: emulator.apiRoots,
      outside: [`/login/companyinfo/${emulator.credentials.companyId}`],
      disturbed: faults.some(({ kind }) => DISTURBING.has(kind)),
      rewritten: false,
    }),
  })
}
