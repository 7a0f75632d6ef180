import { createInterface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'
import type { Progress } from '../../core/ports.js'

export interface ConsoleStreams {
  readonly input: Readable
  readonly output: Writable
}

/** Reads commands line by line and writes what each answers, until the input ends or somebody types exit. */
export async function promptLoop(
  { input, output }: ConsoleStreams,
  answer: (text: string) => Promise<string>,
): Promise<void> {
  const lines = createInterface({ input, output, prompt: 'billing> ' })
  lines.prompt()
  for await (const line of lines) {
    const text = line.trim()
    if (text === 'exit' || text === 'quit') break
    if (text !== '') output.write(`${await answer(text)}\n`)
    lines.prompt()
  }
  lines.close()
}

/** Writes how far a long read has come: one line that is rewritten on a terminal, a few lines elsewhere. */
export function progressWriter(
  output: Writable & { readonly isTTY?: boolean },
): (progress: Progress) => void {
  let lastTenth = ''
  return ({ step, done, total }) => {
    if (output.isTTY === true) {
      output.write(`\r\u001b[K${done >= total ? '' : `Reading ${step}: ${done} of ${total}`}`)
      return
    }
    const tenth = `${step} ${total === 0 ? 10 : Math.floor((done / total) * 4)}`
    if (tenth === lastTenth) return
    lastTenth = tenth
    output.write(`Reading ${step}: ${done} of ${total}\n`)
  }
}
