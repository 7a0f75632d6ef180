import {
  AUTOTASK_BACKGROUND_PERCENT,
  AUTOTASK_SLOW_MILLISECONDS,
  AUTOTASK_SLOW_PERCENT,
  AUTOTASK_SLOWER_MILLISECONDS,
  AUTOTASK_SLOWER_PERCENT,
  AUTOTASK_THRESHOLD_EVERY_MILLISECONDS,
} from '../../core/limits.js'
import { DECIMAL_ONE, type Decimal } from '../../core/money/decimal.js'
import type { Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { Sleep } from '../http/backoff.js'
import { NOTHING_READ, type Reading, read, SYSTEM } from './reading.js'
import { parseThreshold } from './schema.js'

/** How much of the database's requests is used up, by every program of the MSP together. */
export interface Usage {
  readonly used: number
  readonly allowed: number
  /** Length of the rolling window. */
  readonly minutes: number
}

/** `GET …/ThresholdInformation`. */
export function toUsage(raw: unknown, reading: Reading): Usage {
  const said = read(parseThreshold, raw, reading)
  const whole = (value: Decimal): number => Number(value / DECIMAL_ONE)
  return {
    used: whole(said.currentTimeframeRequestCount),
    // None at all would be nonsense, and divides.
    allowed: Math.max(1, whole(said.externalRequestThreshold)),
    minutes: whole(said.requestThresholdTimeframe),
  }
}

/** What a call is for: `background` may wait for another time, `approved` belongs to a write somebody approved. */
export type Purpose = 'background' | 'approved'

export interface Threshold {
  /**
   * Lets a read pass: at once, or slowed when half of what is allowed is used up.
   *
   * @throws Problem `unavailable` for background reads when nine tenths are: it says when to come back.
   */
  pass(purpose: Purpose): Promise<void>
  /** Counts a call that never waits. */
  count(): void
}

export interface ThresholdOptions {
  readonly ask: () => Promise<Usage>
  readonly now: () => number
  readonly sleep: Sleep
  readonly log: Log | undefined
}

/**
 * Keeps this program from using up what all programs of the MSP share: past the threshold Autotask refuses everybody.
 * It is asked at most every five minutes, because asking counts as well; calls of our own are added in between.
 */
export function createThreshold({ ask, now, sleep, log }: ThresholdOptions): Threshold {
  let usage: Usage | undefined
  let ownCalls = 0
  let askedAt: number | undefined
  let asking: Promise<void> | undefined

  async function askNow(): Promise<void> {
    askedAt = now()
    try {
      usage = await ask()
      ownCalls = 0
    } catch (error) {
      // The calls themselves tell whether anything is wrong; a watch that is blind must not stop them.
      if (!(error instanceof Problem)) throw error
      log?.warn({ reason: error.what }, `${SYSTEM} did not say how much of its limit is used up`)
    }
  }

  async function known(): Promise<void> {
    const isDue = askedAt === undefined || now() - askedAt >= AUTOTASK_THRESHOLD_EVERY_MILLISECONDS
    if (isDue && asking === undefined) {
      asking = askNow().finally(() => {
        asking = undefined
      })
    }
    await asking
  }

  return {
    count() {
      ownCalls += 1
    },
    async pass(purpose) {
      await known()
      const percent = percentOf(usage, ownCalls)
      if (usage !== undefined && purpose === 'background' && percent >= AUTOTASK_BACKGROUND_PERCENT) {
        throw usedUp(usage, ownCalls, (askedAt ?? now()) + AUTOTASK_THRESHOLD_EVERY_MILLISECONDS)
      }
      ownCalls += 1
      if (percent >= AUTOTASK_SLOWER_PERCENT) await sleep(AUTOTASK_SLOWER_MILLISECONDS)
      else if (percent >= AUTOTASK_SLOW_PERCENT) await sleep(AUTOTASK_SLOW_MILLISECONDS)
    },
  }
}

function percentOf(usage: Usage | undefined, ownCalls: number): number {
  return usage === undefined ? 0 : ((usage.used + ownCalls) * 100) / usage.allowed
}

function usedUp({ used, allowed, minutes }: Usage, ownCalls: number, againAt: number): Problem {
  const again = `${new Date(againAt).toISOString().slice(11, 16)} UTC`
  return new Problem({
    kind: 'unavailable',
    what: `${SYSTEM} has had ${used + ownCalls} of the ${allowed} requests it allows in ${minutes} minutes, from all programs together.`,
    notDone: `${NOTHING_READ} The rest is left to people; what was approved goes on.`,
    next: `Try again from ${again} on.`,
  })
}
