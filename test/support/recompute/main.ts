import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { LoggedEvent } from './event-log.js'
import { recomputeFromEvents } from './from-events.js'
import type { PolicyInput } from './input.js'

export interface Answered {
  /** 0: `output` is the answer. 2: it says what was missing. */
  readonly exitCode: 0 | 2
  readonly output: string
}

/** The events of a log file: NDJSON, one event per line. */
export function readEventLog(path: string): readonly LoggedEvent[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LoggedEvent)
}

/**
 * `--events FILE --now INSTANT --opens-on DATE --time-zone ZONE --until DATE [--policy JSON] [--lines]`: what each
 * customer is due, from the marketplace's event log alone. One line per customer and currency, what is held, totals.
 */
export function answer(words: readonly string[]): Answered {
  const { values } = parseArgs({
    args: [...words],
    options: {
      events: { type: 'string' },
      now: { type: 'string' },
      'opens-on': { type: 'string' },
      'time-zone': { type: 'string' },
      until: { type: 'string' },
      policy: { type: 'string', default: '{}' },
      lines: { type: 'boolean', default: false },
    },
  })
  const { events, now, 'opens-on': opensOn, 'time-zone': timeZone, until } = values
  if (!events || !now || !opensOn || !timeZone || !until) {
    return { exitCode: 2, output: 'Give --events FILE, --now, --opens-on, --time-zone and --until.\n' }
  }
  const policy = JSON.parse(values.policy) as PolicyInput
  const who = recomputeFromEvents(readEventLog(events), { now, opensOn, timeZone, until, policy })
  const answered = [
    ...who.customers.flatMap(({ customerId, currency, amount, lines }) => [
      `${customerId} ${currency} ${amount}`,
      ...(values.lines ? lines : []).map((line) => `  ${JSON.stringify(line)}`),
    ]),
    ...who.held.map(({ customerId, subject, why }) => `held ${customerId} ${subject} ${why}`),
    ...who.totals.map(({ currency, amount }) => `total ${currency} ${amount}`),
  ]
  return { exitCode: 0, output: answered.map((line) => `${line}\n`).join('') }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { exitCode, output } = answer(process.argv.slice(2))
  const stream = exitCode === 0 ? process.stdout : process.stderr
  stream.write(output)
  process.exitCode = exitCode
}
