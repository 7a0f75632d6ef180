import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { chatDesk } from '../../support/chat-desk.js'
import { memoryLog } from '../../support/memory-log.js'

/** Contoso: 20 seats since June 2025 at $22.00, cost $17.35; 25 from 11 March 2026. Today is 20 March. */
const office = () => chatDesk({ log: memoryLog() })

describe('what is to come', () => {
  test('sets what customers are billed, billed already or not, against what the marketplace charges', async () => {
    const { studio, desk } = await office()
    const april = async () => {
      const { cash, overdue, age } = await studio.planning.upcoming(30)
      expect(age.observation.sequence).toBe(1)
      const spans = cash.find(({ currency }) => currency === 'USD')?.spans ?? []
      const sum = (side: 'comesIn' | 'goesOut') => spans.reduce((total, span) => total + span[side], 0n)
      return { comesIn: sum('comesIn'), goesOut: sum('goesOut'), overdue }
    }
    // Out: 25 × 17.35 = 433.75 on 1 April, and 5 × 17.35 × 0.67 = 58.12 for the seats of 11 March, on 2 April.
    const before = await april()
    expect(before).toEqual({
      comesIn: 55_000n,
      goesOut: 43_375n + 5812n,
      overdue: [{ currency: 'USD', amount: 51_452n, customers: 1 }],
    })
    await desk.ask('slack:T1:U1', 'propose april')
    await desk.ask('slack:T1:U2', 'approve APR-0001')
    expect(await april()).toEqual({ ...before, overdue: [] })
  })

  test('the calendar of a month has the same, day by day', async () => {
    const { studio } = await office()
    const { bills, invoices } = await studio.planning.calendar(undefined)
    expect(bills.map(({ on, amount, customers }) => [formatLocalDate(on), amount, customers])).toEqual([
      ['2026-03-01', 44_000n, 1],
      ['2026-03-11', 7452n, 1],
    ])
    expect(invoices.map(({ on }) => formatLocalDate(on))).toEqual(['2026-03-02'])
  })
})

describe('home', () => {
  test('has what a person may decide, what they asked for, and how many others wait', async () => {
    const { studio, desk } = await office()
    await desk.ask('slack:T1:U2', 'propose march')
    const { people } = await studio.everybody()
    const homes = await Promise.all(people.map((person) => studio.planning.home(person)))
    const told = homes.map(({ person, toDecide, asked, others }) => [
      person.name,
      toDecide.length,
      asked.length,
      others,
    ])
    expect(told).toEqual([
      ['Dana', 0, 0, 1],
      ['Lee', 0, 1, 0],
      ['Sam', 1, 0, 0],
      ['Vic', 0, 0, 1],
    ])
  })
})
