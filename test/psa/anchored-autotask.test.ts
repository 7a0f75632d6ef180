import { describe, expect, it } from 'vitest'
import { APRIL } from '../support/office.js'
import { type Contract, contractOf, postThrough } from './contract.js'
import { changed, mapped, seats, synced } from './scene.js'

/*
 * Contracts whose periods begin on another day than the 1st (SYNC S10, S12), by the emulated PSA's own postings.
 *
 * 20 seats at $22.00 are $440.00 a period, 25 are $550.00. From 15 March to 14 April are 31 days. 5 more from 20 March,
 * 26 days of 31: 5 × $22.00 × 26/31 = $2,860 / 31 = $92.258…, rounded $92.26; together $532.26.
 */

interface Posting {
  readonly on: string
  readonly through: string
}

/** The periods to come, with a sync around each posting that finds nothing to do. */
async function throughPostings(scene: Contract, postings: readonly Posting[]): Promise<readonly string[]> {
  const posted = [...scene.posted]
  for (const { on, through } of postings.slice(posted.length)) {
    scene.moveTo(on)
    await scene.office.observe()
    expect(await synced(scene)).toEqual([])
    posted.push(postThrough(scene, through))
  }
  expect(await synced(scene)).toEqual([])
  return posted
}

describe('5 more seats from 20 March, in a contract from the 15th', () => {
  // What begins on or before a day is posted: the first day of each period is enough.
  const POSTINGS = [
    { on: '2026-03-21', through: '2026-03-15' },
    { on: '2026-04-15', through: '2026-04-15' },
    { on: '2026-05-15', through: '2026-05-15' },
    { on: '2026-06-15', through: '2026-06-15' },
  ] as const

  async function fiveMore(periods: number) {
    const through = POSTINGS.slice(0, periods).map(({ through: day }) => day)
    const scene = await contractOf({ startDate: '2026-01-15' }, { before: '2026-03-14', through })
    await mapped(scene, seats(20))
    expect(await synced(scene)).toEqual([])
    await changed(scene, '2026-03-20', 20, seats(25))
    const steps = await synced(scene)
    return { steps, posted: await throughPostings(scene, POSTINGS) }
  }

  it('where the period is open', async () => {
    expect(await fiveMore(0)).toEqual({
      steps: ['adjust 5 on 2026-03-20'],
      posted: ['532.26', '550.00', '550.00', '550.00'],
    })
  })

  it('where the period is posted', async () => {
    expect(await fiveMore(1)).toEqual({
      steps: ['add 1 × 92.26 from 2026-04-15 to 2026-05-15, once', 'adjust 5 on 2026-04-15'],
      posted: ['440.00', '642.26', '550.00', '550.00'],
    })
  })

  it('where the next period is posted too: 550.00 + 92.26 + 110.00', async () => {
    expect(await fiveMore(2)).toEqual({
      steps: [
        'add 1 × 92.26 from 2026-05-15 to 2026-06-15, once',
        'add 1 × 110.00 from 2026-05-15 to 2026-06-15, once',
        'adjust 5 on 2026-05-15',
      ],
      posted: ['440.00', '440.00', '752.26', '550.00'],
    })
  })
})

/*
 * From 31 January to 27 February are 28 days, from 28 February to 30 March 31. 5 more from 14 February, 14 days of 28:
 * 5 × $22.00 × 14/28 = $55.00; from 10 March, 21 days of 31: $74.52.
 */
describe('a contract from the 31st', () => {
  const POSTINGS = [
    { on: '2026-01-31', through: '2026-01-31' },
    { on: '2026-02-28', through: '2026-02-28' },
    { on: '2026-03-31', through: '2026-03-31' },
    { on: '2026-04-30', through: '2026-04-30' },
  ] as const

  it.each([
    ['2026-02-14', 0, ['495.00', '550.00', '550.00', '550.00']],
    ['2026-02-14', 1, ['440.00', '605.00', '550.00', '550.00']],
    ['2026-03-10', 1, ['440.00', '514.52', '550.00', '550.00']],
    ['2026-03-10', 2, ['440.00', '440.00', '624.52', '550.00']],
  ])('5 more from %s, %i posted before', async (on, periods, posted) => {
    const scene = await contractOf(
      { startDate: '2025-12-31' },
      {
        today: '2026-01-10',
        before: '2026-01-30',
        through: POSTINGS.slice(0, periods).map(({ through }) => through),
      },
    )
    await mapped(scene, seats(20))
    expect(await synced(scene)).toEqual([])
    await changed(scene, on, 20, seats(25))
    await synced(scene)
    expect(await throughPostings(scene, POSTINGS)).toEqual(posted)
  })
})

describe('a contract that begins on 15 April', () => {
  it('the file bills March, and 1–14 April as 14 days of 31: 20 × 22.00 × 14/31', async () => {
    const terms = { units: 0, startDate: '2026-04-15' }
    const scene = await contractOf(terms, { before: '2026-03-31', through: [] })
    await mapped(scene, seats(20))
    expect(await synced(scene)).toEqual(['adjust 20 on 2026-04-15'])
    expect(await scene.office.due()).toBe(44_000n)
    expect(await scene.office.due(APRIL)).toBe(44_000n + 19_871n)
    expect(postThrough(scene, '2026-04-15')).toBe('440.00')
  })
})
