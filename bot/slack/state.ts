import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { InstallURLOptions, StateStore } from '@slack/bolt'
import { SLACK_STATE_MILLISECONDS } from '../../core/chat-limits.js'
import type { Once } from '../../core/chat-ports.js'

export interface StateOptions {
  /** Signs; of the configuration, so that every process takes what another gave. */
  readonly key: Uint8Array
  /** What every installation asks Slack for. */
  readonly asked: InstallURLOptions
  readonly once: Once
  readonly now: () => Date
}

/**
 * What goes to Slack with somebody who installs and comes back with them: signed, for ten minutes, for one use. Bolt
 * compares it with the browser's cookie, so that nobody can be made to finish what somebody else began (RFC 6749, 10.12).
 * Unlike Bolt's own store it asks the clock it is given, and takes nothing twice.
 */
export function createStates({ key, asked, once, now }: StateOptions): StateStore {
  const sign = (content: string) =>
    createHmac('sha256', key).update(`slack install ${content}`).digest('base64url')
  return {
    generateStateParam: async () => {
      const content = `${randomBytes(16).toString('base64url')}.${now().getTime() + SLACK_STATE_MILLISECONDS}`
      return `${content}.${sign(content)}`
    },
    verifyStateParam: async (_, state) => {
      const [nonce = '', until = '', signature = '', ...more] = state.split('.')
      const genuine = more.length === 0 && isSame(signature, sign(`${nonce}.${until}`))
      if (!genuine) throw invalidState('the state is not ours')
      if (now().getTime() >= Number(until)) throw invalidState('the state is too old')
      if (!(await once.first(`slack:state:${nonce}`, new Date(Number(until))))) {
        throw invalidState('the state was used before')
      }
      return asked
    },
  }
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** As Bolt's own store refuses. */
export const INVALID_STATE = 'slack_oauth_invalid_state'

function invalidState(why: string): Error {
  return Object.assign(new Error(why), { code: INVALID_STATE })
}
