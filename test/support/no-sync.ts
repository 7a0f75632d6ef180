import type { SyncStore } from '../../core/psa-ports.js'
import type { SyncState } from '../../core/sync/intent.js'

const NOTHING: SyncState = {
  version: 0,
  customers: [],
  slots: [],
  readings: [],
  locked: [],
  intents: [],
  written: [],
}

/** An MSP that bills everybody by file. */
export function noSync(): SyncStore {
  const nothing = async () => undefined
  return {
    version: async () => 0,
    state: async () => NOTHING,
    stateOf: async () => NOTHING,
    map: nothing,
    unmap: nothing,
    saveReading: nothing,
    claim: nothing,
    release: nothing,
    sending: async () => false,
    settle: async () => false,
  }
}
