import { describe, expect, it } from 'vitest'
import {
  backoffMilliseconds,
  createPauseGate,
  retryAfterMilliseconds,
} from '../../../adapters/http/backoff.js'

const NOW = Date.UTC(2026, 2, 20, 13, 0, 0)

describe('what a server says about coming back', () => {
  it.each([
    ['seconds', '7', 7000],
    ['seconds with space', ' 12 ', 12_000],
    ['an HTTP date', 'Fri, 20 Mar 2026 13:00:30 GMT', 30_000],
    ['absurd seconds, capped', '1000000000', 300_000],
    ['an absurd date, capped', 'Fri, 20 Mar 2099 13:00:30 GMT', 300_000],
  ])('is heeded: %s', (_name, header, expected) => {
    expect(retryAfterMilliseconds(header, NOW)).toBe(expected)
  })

  it.each([
    ['absent', null],
    ['zero', '0'],
    ['negative', '-1'],
    ['a fraction', '1.5'],
    ['a word', 'soon'],
    ['empty', ''],
    ['a past date', 'Fri, 20 Mar 2026 12:59:59 GMT'],
    ['a date without GMT', '2026-03-20T13:00:30Z'],
    ['endless digits', '9'.repeat(400)],
  ])('leaves the wait to us: %s', (_name, header) => {
    expect(retryAfterMilliseconds(header, NOW)).toBeUndefined()
  })
})

describe('our own wait', () => {
  it('doubles from one second and stops at fifteen', () => {
    const waits = [1, 2, 3, 4, 5, 6].map((attempt) => backoffMilliseconds(attempt, () => 0))
    expect(waits).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000])
  })

  it('adds less than half a second by chance', () => {
    expect(backoffMilliseconds(1, () => 0.999_999)).toBe(1499)
  })
})

describe('the pause all requests share', () => {
  it.each([
    ['the first', [1, 0]],
    ['the second', [0, 1]],
  ])('holds everybody until the longest pause is over: %s', async (_name, order) => {
    const ends: (() => void)[] = []
    const gate = createPauseGate(() => new Promise((resolve) => ends.push(resolve)))
    gate.pause(1000)
    gate.pause(5000)
    let passed = 0
    const waiting = [gate.pass(), gate.pass()].map((pass) => pass.then(() => (passed += 1)))
    ends[order[0] ?? 0]?.()
    await new Promise(setImmediate)
    expect(passed).toBe(0)
    ends[order[1] ?? 0]?.()
    await Promise.all(waiting)
    expect(passed).toBe(2)
  })

  it('also holds for a pause that begins while one is awaited', async () => {
    const ends: (() => void)[] = []
    const gate = createPauseGate(() => new Promise((resolve) => ends.push(resolve)))
    gate.pause(1)
    let passed = false
    const waiting = gate.pass().then(() => (passed = true))
    gate.pause(2)
    ends[0]?.()
    await new Promise(setImmediate)
    expect(passed).toBe(false)
    ends[1]?.()
    await waiting
    expect(passed).toBe(true)
  })

  it('says how long the longest of those that run is', async () => {
    const ends: (() => void)[] = []
    const gate = createPauseGate(() => new Promise((resolve) => ends.push(resolve)))
    expect(gate.closedMilliseconds()).toBe(0)
    gate.pause(5000)
    gate.pause(1000)
    expect(gate.closedMilliseconds()).toBe(5000)
    ends[0]?.()
    await new Promise(setImmediate)
    expect(gate.closedMilliseconds()).toBe(1000)
    ends[1]?.()
    await gate.pass()
    expect(gate.closedMilliseconds()).toBe(0)
  })
})
