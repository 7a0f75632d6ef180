import pino from 'pino'
import type { Log } from '../../core/ports.js'
import { HIDDEN, redactSecrets } from './secrets.js'

export interface LogOptions {
  /** The least important kind of line that is written. */
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** What must never stand in a line, whoever put it there. */
  readonly secrets: readonly string[]
  /** How secrets look that are not known yet; each with the flag g. Default: none. */
  readonly shapes?: readonly RegExp[]
  /** Takes whole lines; default: standard error, so that an answer on standard output stays alone. */
  readonly destination?: { write(line: string): unknown }
}

/** One line of JSON per entry, at once, with every secret taken out of the finished line. */
export function createLog({ level, secrets, shapes = [], destination = process.stderr }: LogOptions): Log {
  const redactKnown = redactSecrets(secrets)
  const redact = (line: string) =>
    shapes.reduce((rest, shape) => rest.replace(shape, HIDDEN), redactKnown(line))
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.errWithCause },
    },
    { write: (line: string) => destination.write(redact(line)) },
  )
  return {
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  }
}
