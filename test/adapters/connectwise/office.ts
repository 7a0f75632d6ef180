import { createConnectWise } from '../../../adapters/connectwise/client.js'
import type { ConnectWiseOptions } from '../../../adapters/connectwise/site.js'
import type { Psa } from '../../../core/psa-ports.js'
import type { Step, StepAction } from '../../../core/sync/types.js'
import type { ConnectWiseEmulator, ConnectWiseEmulatorOptions } from '../../emulators/connectwise/server.js'
import { TWO_CUSTOMERS } from '../../emulators/shared/connectwise-world.js'
import { closeAfterwards } from '../../support/closing.js'

/** An emulated ConnectWise with a client of it that waits for nothing. */
export interface Office {
  readonly emulator: ConnectWiseEmulator
  readonly psa: Psa
  /** How long it would have waited. */
  readonly waits: number[]
  /** Everything that was logged. */
  readonly logged: string[]
  /** Requests since the last call, "GET /finance/agreements/104", discovery aside. */
  asked(): string[]
}

/** What the world is called there: ids are counted, so they are always the same. */
export const IDS = { contoso: '106', main: '107', fabrikam: '109', product: '101', bundle: '103', old: '104' }

export type OpenOffice = (
  options?: Partial<ConnectWiseEmulatorOptions>,
  overrides?: Partial<ConnectWiseOptions>,
) => Promise<Office>

/** @param start the emulator, recorded or, for what the vendor's document does not know, not recorded. */
export function officeWith(
  start: (options: ConnectWiseEmulatorOptions) => Promise<ConnectWiseEmulator>,
): OpenOffice {
  return async (options = {}, overrides = {}) => {
    const now = () => new Date('2026-03-11T12:00:00Z')
    return officeOf(await start({ now, world: TWO_CUSTOMERS, ...options }), overrides)
  }
}

function officeOf(emulator: ConnectWiseEmulator, overrides: Partial<ConnectWiseOptions>): Office {
  closeAfterwards(emulator)
  let seen = 0
  return {
    emulator,
    ...clientOf({ site: emulator.url, ...emulator.credentials }, overrides),
    asked() {
      const requests = emulator.requests().slice(seen)
      seen += requests.length
      return requests
        .map(({ method, target }) => `${method} ${decodeURIComponent(target.replaceAll('+', ' '))}`)
        .filter((line) => !line.includes('/login/'))
    },
  }
}

type Site = Pick<ConnectWiseOptions, 'site' | 'companyId' | 'publicKey' | 'privateKey' | 'clientId'>

export function clientOf(
  site: Site,
  overrides: Partial<ConnectWiseOptions> = {},
): { psa: Psa; waits: number[]; logged: string[] } {
  const waits: number[] = []
  const logged: string[] = []
  const log = (fields: unknown, message: string): unknown => logged.push(JSON.stringify(fields) + message)
  const psa = createConnectWise({
    ...site,
    log: { info: log, warn: log, error: log },
    sleep: async (milliseconds) => {
      waits.push(milliseconds)
    },
    random: () => 0,
    ...overrides,
  })
  return { psa, waits, logged }
}

/** A step into Contoso's agreement as an approved plan has it. */
export function stepOf(action: StepAction, containerId: string = IDS.contoso): Step {
  return {
    key: 'key',
    psa: 'connectwise',
    containerId,
    slotId: 'L-1',
    itemId: IDS.product,
    product: 'Business Premium',
    settles: [],
    count: undefined,
    ...action,
  }
}
