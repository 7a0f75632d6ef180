import type { SyncStore } from '../../core/ports.js'

/** An MSP that bills everybody by file. */
export function noSync(): SyncStore {
  const nothing = async () => undefined
  return {
    version: async () => 0,
    state: async () => ({
      version: 0,
      customers: [],
      slots: [],
      readings: [],
      locked: [],
      intents: [],
      written: [],
    }),
    map: nothing,
    unmap: nothing,
    saveReading: nothing,
    claim: nothing,
    release: nothing,
    sending: async () => false,
    settle: async () => false,
  }
}
