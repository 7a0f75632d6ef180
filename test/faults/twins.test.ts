import { expect, test } from 'vitest'
import { misplacedRemovals } from '../support/twin.js'
import { TWINS as BURST_TWINS } from './burst-twins.js'
import { TWINS as HOSTILE_TWINS } from './hostile/twins.js'
import { TWINS as SYNC_TWINS } from './sync/twins.js'

// The twins themselves are played by programs of minutes. That the guards still stand where these look is seen here, at
// once, so that moving a guard does not wait for them. Compiled: `npm test` builds first.
test.each([
  ['crowds of clicks', BURST_TWINS],
  ['hostile traffic', HOSTILE_TWINS],
  ['an approved sync', SYNC_TWINS],
])('every guard that a twin of %s goes without stands where the twin looks', (_, twins) => {
  expect(twins.length).toBeGreaterThan(0)
  expect(twins.flatMap(({ removals }) => misplacedRemovals(removals))).toEqual([])
})

test('a guard that moved, or that stands twice, is named', () => {
  const file = 'dist/core/access/rights.js'
  const removals = [
    { file, from: 'no such guard', to: '' },
    { file, from: 'return', to: '' },
  ]
  const [gone, often, ...others] = misplacedRemovals(removals)
  expect(gone).toBe(`${file} has 0 places like: no such guard`)
  expect(often).toMatch(/has \d\d? places like: return$/)
  expect(others).toEqual([])
})
