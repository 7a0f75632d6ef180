import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LocalDate, addDays } from '../../core/calendar/date.js'
import { dueThrough } from '../../core/charges/due.js'
import { periodKey } from '../../core/charges/periods.js'
import { type Policies, changesFor } from '../../core/charges/policies.js'
import type { ChargeLine, Policy } from '../../core/charges/types.js'
import type { Timeline } from '../../core/timeline/types.js'
import { EVERYTHING, LAST_DAY, policy, timeline } from './arbitraries.js'

const RUNS = { numRuns: 600, seed: 20_260_316 }

/** A billed line with the version of the books that billed it. */
type Billed = ChargeLine & { readonly version: number }

/** What a run through a day bills of one subscription when these policies hold and this is billed. */
function run(of: Timeline, policies: Policies, billed: readonly Billed[], until: LocalDate): ChargeLine[] {
  const policyChanges = changesFor(policies, billed)
  const input = { currency: 'USD', policy: policies.first, policyChanges, timeline: of, billed }
  return dueThrough(input, EVERYTHING.from, until).filter(({ amount }) => amount !== 0n)
}

function edited(policies: Policies, to: Policy, holdsFrom: LocalDate, version: number): Policies {
  const change = { policy: to, holdsFrom, version, recordedAt: new Date(0) }
  return { ...policies, changes: [...policies.changes, change] }
}

function sumOf(lines: readonly ChargeLine[]): bigint {
  return lines.reduce((total, { amount }) => total + amount, 0n)
}

/** Days after the start: of runs and of edits, some ahead of them, some behind. */
const days = fc.integer({ min: -40, max: 200 })

describe('B16: an edit of the policy', () => {
  test('corrects nothing, and what is still due of a billed period is what was due of it before', () => {
    fc.assert(
      fc.property(timeline, policy, policy, days, days, days, (of, first, second, through, on, later) => {
        const before: Policies = { first, changes: [] }
        const billed = run(of, before, [], addDays(of.start, through)).map((line) => ({
          ...line,
          version: 1,
        }))
        const after = edited(before, second, addDays(of.start, on), 2)
        const periods = new Set(billed.map(({ period }) => periodKey(period)))
        const ofBilled = (lines: readonly ChargeLine[]) =>
          lines.filter(({ period }) => periods.has(periodKey(period)))
        const again = run(of, after, billed, addDays(of.start, through))
        expect(ofBilled(again)).toEqual([])
        expect(again.filter(({ kind }) => kind === 'correction')).toEqual([])
        const until = addDays(of.start, Math.max(through, later))
        expect(ofBilled(run(of, after, billed, until))).toEqual(ofBilled(run(of, before, billed, until)))
      }),
      RUNS,
    )
  })

  test('after edit upon edit, run upon run, nothing is billed twice and nothing is corrected', () => {
    const step = fc.record({ to: policy, on: fc.nat({ max: 25 }), through: fc.nat({ max: 45 }) })
    fc.assert(
      fc.property(timeline, policy, fc.array(step, { minLength: 1, maxLength: 5 }), (of, first, steps) => {
        let policies: Policies = { first, changes: [] }
        let today = of.start
        let version = 0
        const billed: Billed[] = []
        for (const { to, on, through } of steps) {
          const fresh = run(of, policies, billed, addDays(today, through))
          expect(fresh.filter(({ kind }) => kind === 'correction')).toEqual([])
          version += 1
          for (const line of fresh) billed.push({ ...line, version })
          today = addDays(today, on)
          policies = edited(policies, to, today, (version += 1))
        }
        const rest = run(of, policies, billed, LAST_DAY)
        expect(rest.filter(({ kind }) => kind === 'correction')).toEqual([])
        const settled = [...billed, ...rest.map((line) => ({ ...line, version: version + 1 }))]
        expect(sumOf(run(of, policies, settled, LAST_DAY))).toBe(0n)
      }),
      RUNS,
    )
  })
})
