import { recordTraffic, type RecordingNotes } from './recorder.js'

/** The folder recordings go to; unset: nothing is recorded and nothing stands in between. */
export const TRAFFIC_VARIABLE = 'TRAFFIC_DIR'

/** What every emulator has that recording touches. */
interface Emulator<Fault> {
  /** The address a client is given; its origin is the server's. */
  readonly url: string
  setFaults(faults: readonly Fault[]): void
  close(): Promise<void>
}

/** How one vendor's emulator is recorded. */
export interface Recording<Fault, Emulated extends Emulator<Fault>> {
  /** The folder for the recordings; undefined or empty: none are made. */
  readonly directory: string | undefined
  readonly faults: readonly Fault[]
  /** What its recordings say about themselves, given every fault that was ever planned. */
  readonly notesFor: (planned: readonly Fault[]) => RecordingNotes
  /** The same emulator with its addresses moved to another root; `url` is moved for it. */
  readonly move?: (emulator: Emulated, moveAddress: (address: string) => string) => Emulated
}

/** Puts the recorder between an emulator that runs and its clients: speak to the address of the one returned. */
export async function recorded<Fault, Emulated extends Emulator<Fault>>(
  emulator: Emulated,
  { directory, faults, notesFor, move = (same) => same }: Recording<Fault, Emulated>,
): Promise<Emulated> {
  if (directory === undefined || directory === '') return emulator
  const { origin } = new URL(emulator.url)
  // Connections outlive a change of faults: what was ever planned stays noted.
  const planned = [...faults]
  const recorder = await recordTraffic(directory, origin, notesFor(planned))
  const moveAddress = (address: string): string =>
    address.startsWith(origin) ? `${recorder.root}${address.slice(origin.length)}` : address
  return {
    ...move(emulator, moveAddress),
    url: moveAddress(emulator.url),
    setFaults(next: readonly Fault[]) {
      planned.push(...next)
      recorder.note(notesFor(planned))
      emulator.setFaults(next)
    },
    async close() {
      await recorder.close()
      await emulator.close()
    },
  }
}
