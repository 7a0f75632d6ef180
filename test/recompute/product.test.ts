import { describe, expect, it } from 'vitest'
import { calculate } from '../../bot/console/calculator/calculate.js'
import {
  type Answer,
  type Answerer,
  explainDifference,
  playBoth,
  shrink,
} from '../support/recompute/compare.js'
import type { CalculatorInput } from '../support/recompute/input.js'
import { recompute } from '../support/recompute/recompute.js'
import { BREAKABLE } from '../support/recompute/rules.js'
import { type RandomTimeline, randomTimelines } from '../support/recompute/timelines.js'

const SEED = 20_260_301
const CHUNK = 500

const product: Answerer = (input: CalculatorInput) => {
  const { exitCode, output } = calculate(JSON.stringify(input))
  if (exitCode !== 0)
    throw new Error(`the calculator refuses a valid input: ${output}${JSON.stringify(input)}`)
  return JSON.parse(output) as Answer
}

describe('the calculator against the independent recomputation', () => {
  it.each(Array.from({ length: 20 }, (_, chunk) => chunk * CHUNK))(
    `${CHUNK} random timelines from %i on: every line and every total`,
    (first) => {
      for (const timeline of randomTimelines(SEED, CHUNK, first)) {
        const difference = playBoth(timeline, recompute, product)
        if (difference === undefined) continue
        expect.fail(explainDifference(shrink(difference, recompute, product)))
      }
    },
  )

  it.each(BREAKABLE)('goes red against a recomputation with a broken rule: %s', (broken) => {
    const wrong: Answerer = (input) => recompute(input, { broken })
    const shows = (timeline: RandomTimeline) =>
      playBoth(timeline, wrong, product) !== undefined && playBoth(timeline, recompute, product) === undefined
    expect(randomTimelines(SEED, 3_000).some(shows), `no timeline shows ${broken}`).toBe(true)
  })
})
