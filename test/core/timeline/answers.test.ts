import { describe, expect, test } from 'vitest'
import { type LineageCandidate, lineageIdOf } from '../../../core/timeline/lineage.js'
import { day } from '../../support/observed.js'
import { candidate, lineages } from './candidates.js'

describe('B18: what a person says of a line that could continue several', () => {
  const [a, b] = ['a', 'b'].map((key) => candidate(key, '2026-02-11', '2026-03-11')) as [
    LineageCandidate,
    LineageCandidate,
  ]
  const [c, d] = ['c', 'd'].map((key) => candidate(key, '2026-03-11', undefined)) as [
    LineageCandidate,
    LineageCandidate,
  ]
  const kept = { a: 'L-a', b: 'L-b' }
  const said = (
    records: readonly LineageCandidate[],
    answers: Record<string, string | undefined>,
    known: Record<string, string> = kept,
  ) => lineages(records, known, '2026-03-12', answers)

  test('until somebody says it, it is asked what it continues', () => {
    expect(said([a, b, c], {}).asked).toEqual({ c: ['a', 'b'] })
  })

  test('it continues the one that was said, and is held no longer', () => {
    const result = said([a, b, c], { c: 'b' })
    expect(result.of).toEqual({ a: 'L-a', b: 'L-b', c: 'L-b' })
    expect(result.ambiguous).toEqual([])
  })

  test('it begins a subscription of its own, also when it is known already', () => {
    for (const known of [kept, { ...kept, c: lineageIdOf('c') }]) {
      const result = said([a, b, c], { c: undefined }, known)
      expect(result.of['c']).toBe(lineageIdOf('c'))
      expect([result.ambiguous, result.continued]).toEqual([[], {}])
    }
  })

  test('known by a name of its own before, it keeps the name and is settled with what it continues', () => {
    const result = said([a, b, c], { c: 'b' }, { ...kept, c: 'L-c' })
    expect(result.of['c']).toBe('L-c')
    expect(result.continued).toEqual({ 'L-c': 'L-b' })
  })

  test('one answer settles both of two that turned over on one day', () => {
    expect(said([a, b, c, d], {}).ambiguous).toEqual(['c', 'd'])
    const result = said([a, b, c, d], { c: 'b' })
    expect(result.of).toEqual({ a: 'L-a', b: 'L-b', c: 'L-b', d: 'L-a' })
    expect(result.ambiguous).toEqual([])
  })

  test('nothing that hangs on an answer is kept, so that another one is as good', () => {
    const later = candidate('e', '2026-04-11', undefined)
    const ended = { ...c, endsOn: day('2026-04-11') }
    const result = said([a, b, ended, d, later], { c: 'b' })
    expect(result.of['e']).toBe('L-b')
    expect(result.undecided).toEqual(['c', 'd', 'e'])
    expect(said([a, b, ended, d, later], { c: 'a' }).of).toMatchObject({ c: 'L-a', d: 'L-b', e: 'L-a' })
  })

  test('what nobody was asked about is kept beside it', () => {
    const own = candidate('f', '2026-03-20', undefined)
    expect(said([a, b, { ...c, lastRunning: 2 }, own], { c: undefined }).undecided).toEqual(['c'])
  })

  test('it can be said anew: what others were said to continue is left out, what one answer settled is not', () => {
    expect(said([a, b, c, d], { c: 'b' }).asked).toEqual({ c: ['a', 'b'], d: ['a'] })
    expect(said([a, b, c, d], { c: 'b', d: 'a' }).asked).toEqual({ c: ['b'], d: ['a'] })
    expect(said([a, b, c], { c: undefined }).asked).toEqual({ c: ['a', 'b'] })
  })

  test.each([
    ['a line that is not there', 'x', kept],
    ['one that another is known to continue', 'b', { ...kept, d: 'L-b' }],
  ])('what is said of %s does not hold', (_, old, known) => {
    const result = said([a, b, c, d, candidate('g', '2026-02-11', '2026-03-11')], { c: old }, known)
    expect(result.ambiguous).toContain('c')
  })

  test('a person comes before the vendor’s own id', () => {
    const same = { vendorSubscriptionId: 'V1' }
    const result = said([{ ...a, ...same }, b, { ...c, ...same }], { c: 'b' })
    expect(result.of['c']).toBe('L-b')
  })
})
