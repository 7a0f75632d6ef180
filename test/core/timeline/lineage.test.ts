import { describe, expect, test } from 'vitest'
import { type LineageCandidate, lineageIdOf } from '../../../core/timeline/lineage.js'
import { day, decimal } from '../../support/observed.js'
import { candidate, lineages } from './candidates.js'

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
    const half = [old(undefined, '2026-03-11'), fresh]
    for (const observedOn of ['2026-03-09', '2026-03-14'])
      expect(lineages(half, {}, observedOn).waiting).toEqual(['b'])
    expect(lineages([old('2026-03-11', '2026-03-11'), fresh]).of['b']).toBe(lineageIdOf('a'))
    const renewed = lineages([old(undefined, '2026-04-11'), fresh])
    expect([renewed.of['b'], renewed.waiting]).toEqual([lineageIdOf('b'), []])
    // It runs on without being renewed: the days of a turnover are over.
    expect(lineages(half, {}, '2026-03-15').waiting).toEqual([])
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

describe('B18: a turnover seen half in the midst of a term', () => {
  const old = (to: string | undefined, lastRunning: number, more: Partial<LineageCandidate> = {}) =>
    candidate('a', '2026-02-11', to, { expiresOn: day('2026-06-11'), lastRunning, ...more })
  const fresh = (more: Partial<LineageCandidate> = {}) =>
    candidate('b', '2026-03-11', undefined, {
      firstSeen: 2,
      lastRunning: 2,
      firstSeenOn: day('2026-03-12'),
      ...more,
    })

  test('is undecided in the observation that first shows the new line beside the old one', () => {
    const { of, waiting, undecided } = lineages([old(undefined, 2), fresh()], { a: 'L-a' })
    expect([of['b'], waiting, undecided]).toEqual([lineageIdOf('b'), ['b'], ['b']])
  })

  test('is one subscription when the next shows the end, and two when it shows both', () => {
    const ended = lineages([old('2026-03-11', 2), fresh()], { a: 'L-a' })
    expect([ended.of['b'], ended.waiting, ended.undecided]).toEqual(['L-a', [], []])
    const both = lineages([old(undefined, 3), fresh()], { a: 'L-a' })
    expect([both.of['b'], both.waiting, both.undecided]).toEqual([lineageIdOf('b'), [], []])
  })

  test('waits for an old line that was listed until the new one came', () => {
    expect(lineages([old(undefined, 1), fresh()]).waiting).toEqual(['b'])
    expect(lineages([old(undefined, 1), fresh({ firstSeen: 3 })]).waiting).toEqual([])
  })

  test('is not thought of when the new line began days before anybody looked', () => {
    expect(lineages([old(undefined, 2), fresh({ firstSeenOn: day('2026-03-14') })]).waiting).toEqual(['b'])
    expect(lineages([old(undefined, 2), fresh({ firstSeenOn: day('2026-03-15') })]).waiting).toEqual([])
  })

  test('nor of a line that has a successor', () => {
    const records = [old(undefined, 2), candidate('s', '2026-03-01', '2026-03-05'), fresh()]
    expect(lineages(records, { a: 'L-a', s: 'L-a' }).waiting).toEqual([])
  })
})

describe('B18, B23: the news of an end comes when the new line has an identity already', () => {
  const old = candidate('a', '2026-02-11', '2026-03-11', { lastRunning: 4 })
  const next = candidate('b', '2026-03-11', undefined, { firstSeen: 2, lastRunning: 5 })

  test('that identity stays, and continues the earlier one', () => {
    const { of, continued, undecided } = lineages([old, next], { a: 'L-a', b: 'L-b' })
    expect([of, continued, undecided]).toEqual([{ a: 'L-a', b: 'L-b' }, { 'L-b': 'L-a' }, []])
  })

  test('a subscription of its own with other seats does not: it is a second purchase', () => {
    const five = { ...next, firstSeats: decimal('5') }
    const { continued } = lineages([old, five], { a: 'L-a', b: 'L-b' })
    expect(continued).toEqual({})
    const vendor = { vendorSubscriptionId: 'V' }
    const known = lineages(
      [
        { ...old, ...vendor },
        { ...five, ...vendor },
      ],
      { a: 'L-a', b: 'L-b' },
    )
    expect(known.continued).toEqual({ 'L-b': 'L-a' })
    // While it is held nobody has said that they are two.
    expect(lineages([old, five], { a: 'L-a' }).of['b']).toBe('L-a')
  })

  test('a chain of them is continued from the earliest', () => {
    const third = candidate('c', '2026-04-11', undefined, { firstSeen: 6, lastRunning: 9 })
    const records = [old, { ...next, endsOn: day('2026-04-11'), lastRunning: 8 }, third]
    const { continued } = lineages(records, { a: 'L-a', b: 'L-b', c: 'L-c' })
    expect(continued).toEqual({ 'L-b': 'L-a', 'L-c': 'L-a' })
  })

  test('is not held any more when the term of another line ends near its start', () => {
    const running = { ...old, endsOn: undefined, expiresOn: day('2026-03-11') }
    expect(lineages([running, next], { a: 'L-a' }).waiting).toEqual(['b'])
    expect(lineages([running, next], { a: 'L-a', b: 'L-b' }).waiting).toEqual([])
  })

  test('what follows it keeps its name', () => {
    const third = candidate('c', '2026-04-11', undefined, { firstSeen: 6, lastRunning: 9 })
    const records = [old, { ...next, endsOn: day('2026-04-11'), lastRunning: 5 }, third]
    expect(lineages(records, { a: 'L-a', b: 'L-b' }).of['c']).toBe('L-b')
  })

  test('an old line nobody had seen takes the name of the one that continues it', () => {
    const { of, continued, undecided } = lineages([{ ...old, lastRunning: 0 }, next], { b: 'L-b' })
    expect([of, continued, undecided]).toEqual([{ a: 'L-b', b: 'L-b' }, {}, []])
  })

  test('only the first line of an identity can continue another one', () => {
    const first = candidate('z', '2026-01-11', '2026-03-10')
    const { continued } = lineages([first, old, next], { z: 'L-b', a: 'L-a', b: 'L-b' })
    expect(continued).toEqual({})
  })

  test('among several, one never shown running beside it comes first', () => {
    const turned = candidate('c', '2026-03-11', undefined, { firstSeen: 5, lastRunning: 5 })
    const { of, continued, ambiguous } = lineages([old, next, turned], { a: 'L-a', b: 'L-b' })
    expect([of['c'], continued, ambiguous]).toEqual(['L-a', {}, []])
    const gone = candidate('d', '2026-02-01', '2026-03-11', { lastRunning: 1 })
    const both = lineages([gone, old, next], { d: 'L-d', a: 'L-a', b: 'L-b' })
    expect([both.continued, both.ambiguous]).toEqual([{ 'L-b': 'L-d' }, []])
  })

  test('two that could be meant are not joined, and a person is asked', () => {
    const twin = { ...old, recordKey: 'd', endsOn: day('2026-03-12') }
    const third = candidate('e', '2026-04-11', undefined, { firstSeen: 6, lastRunning: 9 })
    const records = [old, twin, { ...next, endsOn: day('2026-04-11') }, third]
    const result = lineages(records, { a: 'L-a', d: 'L-d', b: 'L-b' })
    expect([result.continued, result.ambiguous]).toEqual([{}, ['b']])
    // Of the doubt about the earlier ones its own continuation has no part.
    expect([result.of['e'], result.undecided]).toEqual(['L-b', []])
    const rival = { ...next, recordKey: 'c', startsOn: day('2026-03-12') }
    const contested = lineages([old, next, rival], { a: 'L-a', c: 'L-c', b: 'L-b' })
    expect([contested.continued, contested.ambiguous]).toEqual([{}, ['b', 'c']])
  })
})
