import { describe, expect, test } from 'vitest'
import { type LineageCandidate, assignLineages, lineageIdOf } from '../../../core/timeline/lineage.js'
import { day } from '../../support/observed.js'

function candidate(
  recordKey: string,
  from: string,
  to: string | undefined,
  more: Partial<LineageCandidate> = {},
) {
  return {
    recordKey,
    customerId: 'C1',
    mpn: 'BP',
    billedBy: '1 months',
    served: true,
    vendorSubscriptionId: undefined,
    startsOn: day(from),
    endsOn: to === undefined ? undefined : day(to),
    expiresOn: undefined,
    ...more,
  }
}

function lineages(records: readonly LineageCandidate[], known: Record<string, string> = {}) {
  const { memberships, ambiguous, undecided } = assignLineages(records, new Map(Object.entries(known)))
  return {
    undecided: [...undecided].sort(),
    of: Object.fromEntries(memberships.map(({ recordKey, lineageId }) => [recordKey, lineageId])),
    ambiguous: ambiguous.map(({ recordKey }) => recordKey).sort(),
  }
}

describe('B18: a subscription survives the marketplace’s changing ids', () => {
  test('a chain of monthly turnovers is one lineage, named after its first record', () => {
    const { of } = lineages([
      candidate('r3', '2026-03-11', undefined),
      candidate('r1', '2026-01-11', '2026-02-11'),
      candidate('r2', '2026-02-11', '2026-03-11'),
    ])
    expect(of).toEqual({ r1: lineageIdOf('r1'), r2: lineageIdOf('r1'), r3: lineageIdOf('r1') })
  })

  test.each([
    ['2026-03-14', true],
    ['2026-03-15', false],
    ['2026-03-08', true],
    ['2026-03-07', false],
  ])('ended on 11 March, a new record from %s: continues = %s', (from, continues) => {
    const { of } = lineages([candidate('r1', '2026-02-11', '2026-03-11'), candidate('r2', from, undefined)])
    expect(of['r2'] === of['r1']).toBe(continues)
  })

  test('another customer or another product never continues it', () => {
    const old = candidate('r1', '2026-02-11', '2026-03-11')
    const { of } = lineages([
      old,
      candidate('r2', '2026-03-11', undefined, { customerId: 'C2' }),
      candidate('r3', '2026-03-11', undefined, { mpn: 'E3' }),
    ])
    expect(new Set(Object.values(of)).size).toBe(3)
  })

  test('two ended records could be meant: not joined, held', () => {
    const result = lineages([
      candidate('a', '2026-02-11', '2026-03-11'),
      candidate('b', '2026-02-11', '2026-03-11'),
      candidate('c', '2026-03-11', undefined),
    ])
    expect(result.ambiguous).toEqual(['c'])
    expect(result.of['c']).toBe(lineageIdOf('c'))
  })

  test('two new records want the same old one: neither joins', () => {
    const result = lineages([
      candidate('a', '2026-02-11', '2026-03-11'),
      candidate('b', '2026-03-11', undefined),
      candidate('c', '2026-03-11', undefined),
    ])
    expect(result.ambiguous).toEqual(['b', 'c'])
  })

  test('equal vendor subscription ids settle which of several is meant', () => {
    const result = lineages([
      candidate('a', '2026-02-11', '2026-03-11', { vendorSubscriptionId: 'V1' }),
      candidate('b', '2026-02-11', '2026-03-11', { vendorSubscriptionId: 'V2' }),
      candidate('c', '2026-03-11', undefined, { vendorSubscriptionId: 'V2' }),
      candidate('d', '2026-03-11', undefined, { vendorSubscriptionId: 'V1' }),
    ])
    expect(result.ambiguous).toEqual([])
    expect([result.of['c'], result.of['d']]).toEqual([lineageIdOf('b'), lineageIdOf('a')])
  })

  test('what vendor ids settle is no candidate and no rival of the others, in any order', () => {
    const vendor = { vendorSubscriptionId: 'V' }
    for (const [settled, other] of [
      ['c', 'd'],
      ['d', 'c'],
    ] as const) {
      const { of, ambiguous } = lineages([
        candidate('a', '2026-02-11', '2026-03-11', vendor),
        candidate('b', '2026-02-11', '2026-03-11'),
        candidate(settled, '2026-03-11', undefined, vendor),
        candidate(other, '2026-03-11', undefined),
      ])
      expect(ambiguous).toEqual([])
      expect([of[settled], of[other]]).toEqual([lineageIdOf('a'), lineageIdOf('b')])
    }
  })

  test('a line billed by another period never continues it, and is no rival', () => {
    const { of, ambiguous } = lineages([
      candidate('a', '2026-02-11', '2026-03-11'),
      candidate('b', '2026-03-11', undefined, { billedBy: '12 months' }),
      candidate('c', '2026-03-11', undefined),
    ])
    expect(of).toEqual({ a: lineageIdOf('a'), b: lineageIdOf('b'), c: lineageIdOf('a') })
    expect(ambiguous).toEqual([])
  })

  test('a line that was never in service stays apart, undecided, and takes nobody’s place', () => {
    const old = candidate('a', '2026-02-11', '2026-03-11')
    const waiting = candidate('b', '2026-03-11', undefined, { served: false })
    const result = lineages([old, waiting, candidate('c', '2026-03-12', undefined)])
    expect(result.of).toEqual({ a: lineageIdOf('a'), b: lineageIdOf('b'), c: lineageIdOf('a') })
    expect([result.ambiguous, result.undecided]).toEqual([[], ['b']])
    const known = lineages([old, waiting, candidate('c', '2026-03-12', undefined)], { a: 'L-1', b: 'L-1' })
    expect([known.of['c'], known.undecided]).toEqual(['L-1', []])
  })

  test('what continues an undecided line is undecided with it', () => {
    const result = lineages([
      candidate('a', '2026-02-11', '2026-03-11'),
      candidate('b', '2026-02-11', '2026-03-11'),
      candidate('c', '2026-03-11', '2026-04-11'),
      candidate('d', '2026-04-11', undefined),
    ])
    expect([result.ambiguous, result.undecided]).toEqual([['c'], ['c', 'd']])
    expect(result.of['d']).toBe(lineageIdOf('c'))
  })

  test('a running subscription is not continued by buying the product again', () => {
    const running = candidate('a', '2025-03-11', undefined, { expiresOn: day('2027-03-11') })
    const { of, ambiguous } = lineages([running, candidate('b', '2026-03-11', undefined)])
    expect(of['b']).toBe(lineageIdOf('b'))
    expect(ambiguous).toEqual([])
  })

  test('a turnover seen half is undecided until the old record ends or renews', () => {
    const fresh = candidate('b', '2026-03-11', undefined)
    const old = (to: string | undefined, expires: string) =>
      candidate('a', '2026-02-11', to, { expiresOn: day(expires) })
    expect(lineages([old(undefined, '2026-03-11'), fresh]).ambiguous).toEqual(['b'])
    expect(lineages([old('2026-03-11', '2026-03-11'), fresh]).of['b']).toBe(lineageIdOf('a'))
    const renewed = lineages([old(undefined, '2026-04-11'), fresh])
    expect([renewed.of['b'], renewed.ambiguous]).toEqual([lineageIdOf('b'), []])
  })

  test('an identity used once never moves, and a continued record is not continued again', () => {
    const records = [
      candidate('a', '2026-02-11', '2026-03-11'),
      candidate('b', '2026-03-11', undefined),
      candidate('c', '2026-03-12', undefined),
    ]
    const { of, ambiguous } = lineages(records, { a: 'L-first', b: 'L-first' })
    expect(of).toEqual({ a: 'L-first', b: 'L-first', c: lineageIdOf('c') })
    expect(ambiguous).toEqual([])
  })

  test('the order of listing does not matter', () => {
    const records = [
      candidate('a', '2026-01-11', '2026-02-11'),
      candidate('b', '2026-02-11', '2026-03-11'),
      candidate('c', '2026-03-11', undefined),
      candidate('x', '2026-03-11', undefined, { mpn: 'E3' }),
    ]
    expect(lineages([...records].reverse())).toEqual(lineages(records))
  })
})
