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

/** Says how far a long read has come. */
export interface ProgressWriter {
  show(progress: Progress): void
  /** The answer comes now: nothing of it stands on a terminal's line any more. */
  end(): void
}

/**
 * Writes how far a long read has come: one line that is rewritten on a terminal, a few lines elsewhere. That it waits is
 * said on a terminal only: elsewhere the log says so.
 */
export function progressWriter(output: Writable & { readonly isTTY?: boolean }): ProgressWriter {
  return output.isTTY === true ? rewrittenLine(output) : fewLines(output)
}

function rewrittenLine(output: Writable): ProgressWriter {
  let stands = false
  const rewrite = (words: string) => {
    output.write(`\r\u001b[K${words}`)
    stands = words !== ''
  }
  return {
    show: (progress) => rewrite(terminalWords(progress)),
    end: () => {
      if (stands) rewrite('')
    },
  }
}

/** Nothing once a step is done. */
function terminalWords(progress: Progress): string {
  if (progress.step === 'waiting') {
    const { why, waitMilliseconds, attempt, attempts } = progress
    return `${why}; waiting ${Math.ceil(waitMilliseconds / 1000)} s, then try ${attempt} of ${attempts}`
  }
  const { step, done, total } = progress
  return done >= total ? '' : `Reading ${step}: ${done} of ${total}`
}

function fewLines(output: Writable): ProgressWriter {
  let lastQuarter = ''
  return {
    show: (progress) => {
      if (progress.step === 'waiting') return
      const { step, done, total } = progress
      const quarter = `${step} ${total === 0 ? 4 : Math.floor((done / total) * 4)}`
      if (quarter === lastQuarter) return
      lastQuarter = quarter
      output.write(`Reading ${step}: ${done} of ${total}\n`)
    },
    end: () => undefined,
  }
}
