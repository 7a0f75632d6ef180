import { describe, expect, it } from 'vitest'
import {
  type Answerer,
  type Difference,
  differences,
  playBoth,
  shrink,
} from '../support/recompute/compare.js'
import { countFeatures, countPairs } from '../support/recompute/coverage.js'
import { recompute } from '../support/recompute/recompute.js'
import { BREAKABLE } from '../support/recompute/rules.js'
import { randomTimelines } from '../support/recompute/timelines.js'

const SEED = 7
const answer: Answerer = (input) => recompute(input)

function firstDifference(wrong: Answerer): Difference | undefined {
  for (const timeline of randomTimelines(SEED, 3_000)) {
    const difference = playBoth(timeline, wrong, answer)
    if (difference !== undefined) return difference
  }
  return undefined
}

describe('the random timelines', () => {
  const timelines = randomTimelines(SEED, 10_000)

  it('are the same for the same seed and others for another', () => {
    expect(randomTimelines(SEED, 20)).toEqual(timelines.slice(0, 20))
    expect(randomTimelines(SEED, 5, 100)).toEqual(timelines.slice(100, 105))
    expect(randomTimelines(SEED + 1, 20)).not.toEqual(timelines.slice(0, 20))
  })

  it('meet every policy value, every kind of timeline, and most pairs of both', () => {
    const counts = countFeatures(timelines)
    const pairs = [...countPairs(timelines.slice(0, 2_000)).values()]
    console.log([...counts].map(([feature, count]) => `${feature}: ${count}`).join('\n'))
    console.log(`${pairs.length} pairs of features in the first 2,000 timelines`)
    expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(20)
    expect(counts.size).toBeGreaterThanOrEqual(75)
    expect(pairs.length).toBeGreaterThanOrEqual(2_600)
  })
})

describe('the comparison', () => {
  it('finds nothing when the two are the same', () => {
    for (const timeline of randomTimelines(SEED, 300))
      expect(playBoth(timeline, answer, answer)).toBeUndefined()
  })

  it.each(BREAKABLE)('goes red when one rule is broken: %s', (broken) => {
    const wrong: Answerer = (input) => recompute(input, { broken })
    const found = firstDifference(wrong)
    expect(found, `no timeline shows ${broken}`).toBeDefined()
    if (found === undefined) return
    const smallest = shrink(found, wrong, answer)
    expect(differences(wrong(smallest.input), answer(smallest.input))).not.toEqual([])
    expect(JSON.stringify(smallest.input).length).toBeLessThanOrEqual(JSON.stringify(found.input).length)
  })
})
