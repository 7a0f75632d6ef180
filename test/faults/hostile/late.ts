import type { ApprovalRecord } from '../../../core/ports.js'
import { click, decisions } from './clicks.js'
import { Faults, type Scenario } from './scenario.js'

/** Milliseconds from the end of a request to the click, in the order in which they are played: what is billed is due no more. */
const OFFSETS = [0, 1, -1] as const

export const lateClicks: Scenario = {
  row: 'T-5',
  title: 'clicks at the end of a request',
  play: async ({ open, count }) => {
    const each = count(100, 6)
    const stage = await open({ customers: each })
    const { clock } = stage.outside
    const faults = new Faults()
    for (const offset of OFFSETS) {
      const records: ApprovalRecord[] = []
      for (let index = 1; index <= each; index += 1)
        records.push(await stage.propose(`propose march Customer ${index}`))
      const end = records[0]?.approval.expiresAt.getTime() ?? 0
      clock.moveOn(end + offset - clock.now().getTime())
      for (const [index, record] of records.entries()) {
        const told = await click(stage, record, index % 2 === 0)
        const decided = await decisions(stage, record.approval.id)
        const expected = offset < 0 ? 1 : 0
        const when = `at T${offset < 0 ? '' : '+'}${offset} ms`
        faults.expect(decided === expected, `${when} decided ${decided} times`)
        if (offset < 0) continue
        faults.expect(
          /It expired on .*Type .propose .*to make a fresh one/s.test(told),
          `${when} told: ${told}`,
        )
      }
      // What was billed too late is due no more: nothing could be asked for again.
      if (faults.list().length > 0) return { words: `${each} clicks`, faults: faults.list() }
    }
    const words = `3 × ${each} clicks, half in Slack and half in Teams: at T−1 ms decided, at T and T+1 ms refused, with when it ended and how to get a fresh one`
    return { words, faults: faults.list() }
  },
}
