import { describe, expect, it } from 'vitest'
import { createThreshold, type Usage } from '../../../adapters/autotask/threshold.js'
import { Problem } from '../../../core/problem.js'
import { memoryLog } from '../../support/memory-log.js'
import { adjustment, contoso, countsOf, deskOf, problemOf } from './recorded-desk.js'

const MINUTE = 60_000

/** A watch whose clock and answers the test sets. */
function watch(used: number) {
  const state = { now: Date.parse('2026-03-20T13:00:00Z'), used, asked: 0, fails: false }
  const waits: number[] = []
  const log = memoryLog()
  const threshold = createThreshold({
    ask: async (): Promise<Usage> => {
      state.asked += 1
      if (state.fails) throw new Problem({ kind: 'unavailable', what: 'no answer' })
      return { used: state.used, allowed: 10_000, minutes: 60 }
    },
    now: () => state.now,
    sleep: async (milliseconds) => {
      waits.push(milliseconds)
    },
    log,
  })
  return { state, waits, threshold, log }
}

describe('the watch over the shared limit', () => {
  it('asks at most every five minutes, and once for many calls', async () => {
    const { state, threshold } = watch(100)
    await Promise.all(Array.from({ length: 20 }, () => threshold.pass('background')))
    state.now += 5 * MINUTE - 1
    await threshold.pass('background')
    expect(state.asked).toBe(1)
    state.now += 1
    await threshold.pass('background')
    expect(state.asked).toBe(2)
  })

  it('slows reads from half of it on, and more from three quarters on', async () => {
    const cases = [
      [4999, []],
      [5000, [500]],
      [7499, [500]],
      [7500, [1000]],
      [8999, [1000]],
    ] as const
    for (const [used, expected] of cases) {
      const { threshold, waits } = watch(used)
      await threshold.pass('background')
      expect([used, ...waits]).toEqual([used, ...expected])
    }
  })

  it('refuses what can wait from nine tenths on, and says when to come back', async () => {
    const { state, threshold, waits } = watch(9000)
    const problem = await problemOf(threshold.pass('background'))
    expect(problem.kind).toBe('unavailable')
    expect(problem.message).toBe(
      'Autotask has had 9000 of the 10000 requests it allows in 60 minutes, from all programs together. ' +
        'Nothing was read completely and nothing was written. The rest is left to people; what was approved goes on. ' +
        'Try again from 13:05 UTC on.',
    )
    await threshold.pass('approved')
    expect(waits).toEqual([1000])
    // Five minutes later it is asked again, and usage has fallen.
    state.used = 100
    await problemOf(threshold.pass('background'))
    state.now += 5 * MINUTE
    await threshold.pass('background')
  })

  it('counts the calls of its own in between', async () => {
    const { threshold } = watch(8998)
    await threshold.pass('background')
    threshold.count()
    expect((await problemOf(threshold.pass('background'))).what).toMatch(/has had 9000 of the 10000/)
  })

  it('that is blind stops nobody, and says so in the log', async () => {
    const { state, threshold, log } = watch(9999)
    state.fails = true
    await threshold.pass('background')
    await threshold.pass('background')
    expect(state.asked).toBe(1)
    expect(log.lines).toHaveLength(1)
  })
})

describe('an Autotask that is nearly used up', () => {
  it('is still read and written for what was approved', async () => {
    const { emulator, psa, clock } = await deskOf()
    const place = contoso(emulator)
    emulator.world.otherRequests({ count: 9100 })
    const id = String(place.contractId)
    for (const background of [psa.read(id), psa.companies(), psa.items(), psa.containers('1')]) {
      expect((await problemOf(background)).next).toBe('Try again from 13:05 UTC on.')
    }
    const step = adjustment(place, { on: '2026-03-11', delta: '5' })
    expect(await psa.write(step)).toEqual({ type: 'accepted' })
    expect(countsOf(await psa.read(id, 'approved'), place.serviceId)).toBe('2026-01-01 20, 2026-03-11 25')
    // An hour later the others' calls have left the window.
    clock.now = new Date('2026-03-20T14:01:00Z')
    expect(countsOf(await psa.read(id), place.serviceId)).toBe('2026-01-01 20, 2026-03-11 25')
  })
})
