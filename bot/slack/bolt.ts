import { App, type AppOptions, LogLevel } from '@slack/bolt'
import type { Log } from '../../core/ports.js'
import { slackLogger } from './client.js'

/**
 * Bolt over one of its receivers. It only acknowledges and hands on. Who we are is asked when starting, and answers are
 * sent by our own client: Bolt looks nothing up on a request.
 */
export function boltOver(
  receiver: NonNullable<AppOptions['receiver']>,
  log: Log,
  listen: (bolt: App) => void,
): void {
  const bolt = new App({
    receiver,
    logger: slackLogger(log),
    logLevel: LogLevel.WARN,
    authorize: async () => ({}),
    ignoreSelf: false,
    convoStore: false,
  })
  listen(bolt)
  bolt.error(async (error) => log.error({ reason: error.stack }, 'Bolt failed on an event'))
}
