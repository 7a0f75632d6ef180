import { describe, expect, test } from 'vitest'
import { type LaneOptions, createLanes, nextStart, nextTry } from '../../bot/lanes.js'
import { type Trouble, connectionTrouble, unsent } from '../../bot/trouble.js'
import { CHAT_LANE_LENGTH, CHAT_PATIENCE_MILLISECONDS, CHAT_TRIES } from '../../core/chat-limits.js'
import { manualPacing } from '../support/pacing.js'

/** What a call throws, by the trouble it stands for. */
class Failure extends Error {
  readonly trouble: Trouble

  constructor(trouble: Trouble) {
    super(trouble.type)
    this.trouble = trouble
  }
}

const AWAY: Trouble = { type: 'notSent', waitMilliseconds: undefined }
const UNKNOWN: Trouble = { type: 'unknown' }
const REFUSED: Trouble = { type: 'refused' }

function asked(waitMilliseconds: number): Trouble {
  return { type: 'notSent', waitMilliseconds }
}

function troubleOf(error: unknown): Trouble {
  return error instanceof Failure ? error.trouble : (connectionTrouble(error) ?? REFUSED)
}

/** Lanes whose calls note when they began: "1000 C1 a". `fails` names troubles of the next calls, in order. */
function noted(paces: LaneOptions['paces'], fails: (Trouble | undefined)[] = []) {
  const pacing = manualPacing()
  const lanes = createLanes({ paces, troubleOf, pacing })
  const begun: string[] = []
  const say = (lane: string, what: string, changes: { method?: string; repeatable?: boolean } = {}) =>
    lanes.run({
      lane,
      method: changes.method ?? 'post',
      repeatable: changes.repeatable ?? false,
      send: async () => {
        begun.push(`${pacing.now()} ${lane} ${what}`)
        const trouble = fails.shift()
        if (trouble !== undefined) throw new Failure(trouble)
        return what
      },
    })
  return { pacing, lanes, begun, say }
}

describe('when the next call may begin', () => {
  const PACES = [
    { calls: 2, milliseconds: 1000 },
    { calls: 3, milliseconds: 5000 },
  ]
  test.each([
    [[], 70, 70],
    [[0], 10, 10],
    [[0, 10], 20, 1000],
    [[0, 10], 1500, 1500],
    [[0, 10, 1000], 1100, 5000],
    [[0, 10, 4990], 5001, 5001],
  ])('after calls at %j and now %d: at %d', (starts, now, expected) => {
    expect(nextStart(PACES, starts, now)).toBe(expected)
  })

  test('no span of any window ever holds more calls than its pace allows', async () => {
    const { begun, pacing, say } = noted(PACES)
    const all = Promise.all(Array.from({ length: 12 }, (_, index) => say('C1', String(index))))
    await pacing.moveOn(60_000)
    await all
    const starts = begun.map((line) => Number(line.split(' ')[0]))
    const tooClose = PACES.flatMap(({ calls, milliseconds }) =>
      starts.filter((start, index) => start - (starts[index - calls] ?? -Infinity) < milliseconds),
    )
    expect([starts.length, tooClose]).toEqual([12, []])
  })
})

describe('what a try that failed leads to', () => {
  test.each<[string, Trouble, number, boolean, number | undefined]>([
    ['a platform that is away is tried again, later each time', AWAY, 1, false, 500],
    ['', AWAY, 2, false, 1000],
    ['', AWAY, 3, false, 2000],
    ['but not for ever', AWAY, CHAT_TRIES, false, undefined],
    ['a wish to wait is followed', asked(7000), 1, false, 7000],
    ['unless it is longer than our patience', asked(CHAT_PATIENCE_MILLISECONDS + 1), 1, false, undefined],
    ['what may have arrived is not said again', UNKNOWN, 1, false, undefined],
    ['unless saying it twice is saying it once', UNKNOWN, 1, true, 500],
    ['a no is a no', REFUSED, 1, true, undefined],
  ])('%s', (_, trouble, tries, repeatable, expected) => {
    expect(nextTry(trouble, tries, repeatable)).toBe(expected)
  })
})

describe('lanes', () => {
  const ONE_A_SECOND = [{ calls: 1, milliseconds: 1000 }]

  test('keep the order in each, and none waits for another', async () => {
    const { begun, pacing, say } = noted(ONE_A_SECOND)
    const all = Promise.all([say('C1', 'a'), say('C1', 'b'), say('C1', 'c'), say('C2', 'a')])
    await pacing.moveOn(0)
    expect(begun).toEqual(['0 C1 a', '0 C2 a'])
    await pacing.moveOn(2000)
    expect(await all).toEqual(['a', 'b', 'c', 'a'])
    expect(begun.slice(2)).toEqual(['1000 C1 b', '2000 C1 c'])
  })

  test('a wish to wait is one of the method: other lanes follow it, other methods do not; nothing is lost or said twice', async () => {
    const { begun, pacing, say } = noted([], [asked(30_000)])
    const all = Promise.all([say('C1', 'a'), say('C2', 'b', { method: 'update' })])
    await pacing.moveOn(10)
    const later = say('C3', 'c')
    await pacing.moveOn(60_000)
    await Promise.all([all, later])
    expect(begun).toEqual(['0 C1 a', '0 C2 b', '30000 C1 a', '30000 C3 c'])
  })

  test('a wish longer than our patience ends the call as never sent, and those behind it at once', async () => {
    const { begun, pacing, say } = noted([], [asked(3_600_000)])
    const ended = Promise.allSettled([say('C1', 'a'), say('C1', 'b')])
    await pacing.moveOn(0)
    const reasons = (await ended).map((one) => (one.status === 'rejected' ? troubleOf(one.reason) : one))
    expect(reasons).toEqual([asked(3_600_000), asked(3_600_000)])
    expect(begun).toEqual(['0 C1 a'])
  })

  test('a call that fails leaves the next its turn', async () => {
    const { begun, pacing, say } = noted([], [UNKNOWN])
    const ended = Promise.allSettled([say('C1', 'a'), say('C1', 'b')])
    await pacing.moveOn(0)
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(begun).toEqual(['0 C1 a', '0 C1 b'])
  })

  test('are bounded: what comes on top, and what would wait too long, is never sent', async () => {
    const { begun, pacing, say } = noted([{ calls: 1, milliseconds: 10_000 }])
    const ended = Promise.allSettled(
      Array.from({ length: CHAT_LANE_LENGTH + 1 }, (_, index) => say('C1', String(index))),
    )
    await pacing.moveOn(1_000_000)
    const all = await ended
    const never = all.filter((one) => one.status === 'rejected' && troubleOf(one.reason).type === 'notSent')
    expect(begun).toHaveLength(13)
    expect(begun.at(-1)).toBe('120000 C1 12')
    expect(never).toHaveLength(all.length - 13)
    expect(all.at(-1)).toMatchObject({
      status: 'rejected',
      reason: { what: 'Too much waits to be said there.' },
    })
  })

  test('at the end nothing waits any more: what would have to is never sent', async () => {
    const { begun, lanes, pacing, say } = noted(ONE_A_SECOND)
    const ended = Promise.allSettled([say('C1', 'a'), say('C1', 'b')])
    await pacing.moveOn(0)
    lanes.end()
    expect((await ended).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await expect(say('C1', 'c')).rejects.toThrow('waited too long')
    expect(await say('C2', 'd')).toBe('d')
    expect(begun).toEqual(['0 C1 a', '0 C2 d'])
  })
})

describe('what a connection tells', () => {
  test.each([
    [{ code: 'ECONNREFUSED' }, 'notSent'],
    [{ cause: { code: 'ENOTFOUND' } }, 'notSent'],
    [{ original: { cause: { errors: [{ code: 'EAI_AGAIN' }] } } }, 'notSent'],
    [{ cause: { code: 'ECONNRESET' } }, 'unknown'],
    [{ cause: { name: 'TimeoutError' } }, 'unknown'],
    [unsent('not now', 5), 'notSent'],
    [new Error('something else'), undefined],
  ])('%j: %s', (error, expected) => {
    expect(connectionTrouble(error)?.type).toBe(expected)
  })
})
