import { describe, expect, test } from 'vitest'
import type { Period } from '../../../core/calendar/period.js'
import { dayMonthYear, periodWords } from '../../../core/calendar/words.js'
import { formerPeriods } from '../../../core/app/former-periods.js'
import { DEFAULT_POLICY, type Policy } from '../../../core/charges/types.js'
import { formatMoney, money } from '../../../core/money/money.js'
import type { Container } from '../../../core/sync/types.js'
import { APRIL, DANA, MARCH, MAY, problemOf } from '../../support/office.js'
import { day, decimal } from '../../support/observed.js'
import { container } from '../sync/build.js'
import { type MappingOffice, lines, mappingOffice } from './mapping-office.js'

/*
 * Contoso has 20 seats at $22.00 from 1 March, 25 from 11 March; it is 20 March and calendar months are the file's.
 * The agreement holds 25: $550.00 a period.
 */

function agreement(anchorDay: number, lockedTo: string, changes: Partial<Container> = {}): Container {
  const held = lines().map((line) => ({ ...line, quantity: decimal('25') }))
  return container({ mode: 'datedLines', anchorDay, lockedTo: day(lockedTo), lines: held, ...changes })
}

async function mappedIn(
  place: Container,
  from: string,
  policy: Policy = DEFAULT_POLICY,
): Promise<MappingOffice> {
  const msp = await mappingOffice(policy)
  msp.containers = [place]
  await msp.studio.mapping.accept(DANA, 'contoso', {}, { type: 'day', day: day(from) })
  return msp
}

/** "1–14 Mar 2026 on 1 Mar 2026 $220.00": what files bill in a month, and what a PSA has and lacks. */
async function asked(msp: MappingOffice, month: Period) {
  const { bills, standings } = await msp.studio.who(month)
  const words = (minor: bigint) => formatMoney(money('USD', minor))
  return {
    file: bills.flatMap((bill) =>
      bill.lines.map(({ charge }) => {
        return `${periodWords(charge)} on ${dayMonthYear(charge.billOn)} ${words(charge.amount)}`
      }),
    ),
    psa: standings.map(({ days, there, waiting, invoicedThrough }) => {
      return `${periodWords(days)} ${words(there)} there, ${words(waiting)} waiting, ${invoicedThrough}`
    }),
  }
}

describe('the days before the first period of a PSA', () => {
  test('are a stub of the period they lie in, 15 February – 14 March, 28 days', async () => {
    const msp = await mappedIn(agreement(15, '2026-03-15'), '2026-03-15')
    // 20 × 22.00 × 14/28, 5 × 22.00 × 4/28 = 15.714…
    expect(await asked(msp, MARCH)).toEqual({
      file: ['1–14 Mar 2026 on 1 Mar 2026 $220.00', '11–14 Mar 2026 on 11 Mar 2026 $15.71'],
      psa: ['15 Mar – 14 Apr 2026 $550.00 there, $0.00 waiting, notInvoiced'],
    })
  })

  test('in arrears are billed when they are over: March on 1 April, 1–14 April on the 15th', async () => {
    const arrears = { ...DEFAULT_POLICY, timing: 'arrears' as const }
    const msp = await mappedIn(agreement(15, '2026-04-15'), '2026-04-15', arrears)
    const february = '1–28 Feb 2026 on 1 Mar 2026 $440.00'
    expect(await asked(msp, MARCH)).toEqual({ file: [february], psa: [] })
    // 25 × 22.00 × 14/31 = 248.387…
    expect(await asked(msp, APRIL)).toEqual({
      file: [
        february,
        '1–31 Mar 2026 on 1 Apr 2026 $440.00',
        '11–31 Mar 2026 on 1 Apr 2026 $74.52',
        '1–14 Apr 2026 on 15 Apr 2026 $248.39',
      ],
      psa: ['15 Apr – 14 May 2026 $550.00 there, $0.00 waiting, notInvoiced'],
    })
  })

  test('where files bill from the 10th and the agreement on the 1st, 10–31 March is 22 days of 31', async () => {
    const own = { ...DEFAULT_POLICY, cycle: 'anniversary' as const, anchorDay: 10 }
    const msp = await mappedIn(agreement(1, '2026-04-01'), '2026-04-01', own)
    // 20 × 22.00 × 22/31 = 312.258…; the period of 10 February was over for us when billing began.
    expect(await asked(msp, MARCH)).toMatchObject({
      file: ['10–31 Mar 2026 on 10 Mar 2026 $312.26', '11–31 Mar 2026 on 11 Mar 2026 $74.52'],
    })
    expect(await asked(msp, APRIL)).toMatchObject({
      psa: ['1–30 Apr 2026 $550.00 there, $0.00 waiting, notInvoiced'],
    })
  })
})

describe('a month is invoiced when the periods are that are billed in it', () => {
  test.each([
    ['2026-04-15', 'invoiced'],
    ['2026-03-15', 'notInvoiced'],
  ])('invoiced to %s: March is %s', async (lockedTo, expected) => {
    const msp = await mappedIn(agreement(15, lockedTo, { lastInvoice: '4711' }), '2026-03-15')
    const { standings } = await msp.studio.who(MARCH)
    const invoices = expected === 'invoiced' ? ['4711'] : []
    expect(standings).toMatchObject([{ invoicedThrough: expected, invoices }])
    expect((await msp.studio.who(APRIL)).standings).toMatchObject([{ invoicedThrough: 'notInvoiced' }])
  })

  test('in part, where a change in the period before is invoiced and the next period is not', async () => {
    const step = (on: string, units: string) => ({ on: day(on), units: decimal(units) })
    const units = [
      {
        itemId: '1234',
        steps: [step('2025-01-01', '25'), step('2026-04-02', '26')],
        unitPrice: decimal('22.00'),
      },
    ]
    const place = agreement(15, '2026-04-15', { mode: 'units', lines: [], units })
    const msp = await mappedIn(place, '2026-03-15')
    msp.now = new Date('2026-04-02T13:00:00Z')
    msp.subscriptions = msp.subscriptions.map((one) => ({ ...one, quantity: decimal('26') }))
    await msp.observe()
    // 26 × 22.00, and the 26th seat of 2–14 April: 22.00 × 13/31 = 9.225…
    expect((await asked(msp, APRIL)).psa).toEqual([
      '15 Mar – 14 May 2026 $581.23 there, $0.00 waiting, inPart',
    ])
  })
})

describe('behind the last period of a PSA', () => {
  test('the file begins with a stub of its own month: 15–30 April, 16 days of 30', async () => {
    const msp = await mappedIn(agreement(15, '2026-04-15'), '2026-03-15')
    const april = { type: 'day', day: day('2026-04-01') } as const
    expect((await problemOf(msp.studio.mapping.remove(DANA, 'contoso', april))).next).toBe(
      'It has periods from 15 Mar 2026 and from 15 Apr 2026.',
    )
    await msp.studio.mapping.remove(DANA, 'contoso')
    expect(await asked(msp, MARCH)).toEqual({
      file: ['1–14 Mar 2026 on 1 Mar 2026 $220.00', '11–14 Mar 2026 on 11 Mar 2026 $15.71'],
      psa: [],
    })
    // 25 × 22.00 × 16/30 = 293.333…
    const later = ['15–30 Apr 2026 on 15 Apr 2026 $293.33', '1–31 May 2026 on 1 May 2026 $550.00']
    const { file } = await asked(msp, MAY)
    expect(file.slice(2)).toEqual(later)
  })

  test('another agreement bills from the 20th: 15–19 April are 5 days of 31, by file', async () => {
    const msp = await mappedIn(agreement(15, '2026-04-15'), '2026-03-15')
    await msp.studio.mapping.remove(DANA, 'contoso')
    msp.containers = [agreement(20, '2026-04-20', { id: '88', name: 'Second' })]
    await msp.studio.mapping.accept(DANA, 'contoso')
    // 25 × 22.00 × 5/31 = 88.709…
    const { file, psa } = await asked(msp, APRIL)
    expect(file.slice(2)).toEqual(['15–19 Apr 2026 on 15 Apr 2026 $88.71'])
    expect(psa).toEqual(['20 Apr – 19 May 2026 $550.00 there, $0.00 waiting, notInvoiced'])
  })
})

test('an agreement whose periods were moved is written to no more, and files bill nothing of it', async () => {
  const msp = await mappedIn(agreement(15, '2026-03-15'), '2026-03-15')
  const before = await asked(msp, APRIL)
  msp.sync.change({
    readings: msp.sync.state.readings.map((reading) => {
      return { ...reading, container: agreement(20, '2026-03-20') }
    }),
  })
  const { file } = await asked(msp, APRIL)
  expect(file).toEqual(before.file)
  msp.containers = [agreement(20, '2026-03-20')]
  const { trouble } = await msp.studio.billing.sync(DANA, [])
  expect(trouble.faults.map(({ why }) => why)).toEqual([
    'no period of Contoso licences begins on 15 Mar 2026 any more, on which it was mapped; nothing is written until it is removed and mapped again',
  ])
  // What it bills from the 15th on nobody can tell: a file bills it only when a person says that it is nothing.
  const refused = await problemOf(msp.studio.mapping.remove(DANA, 'contoso'))
  expect([refused.kind, refused.next]).toEqual([
    'held',
    'Type `map Contoso remove from 2026-03-15` if the PSA bills nothing of it from that day on.',
  ])
  await msp.studio.mapping.remove(DANA, 'contoso', { type: 'day', day: day('2026-03-15') })
  expect(await asked(msp, MARCH)).toEqual({
    file: ['1–31 Mar 2026 on 1 Mar 2026 $440.00', '11–31 Mar 2026 on 11 Mar 2026 $74.52'],
    psa: [],
  })
})

describe('periods that were billed in a PSA before', () => {
  const period = (from: string, to: string): Period => ({ from: day(from), to: day(to) })

  test('tell the day they begin on, through a short month and in any order', () => {
    expect(
      formerPeriods([
        period('2026-02-28', '2026-03-31'),
        period('2026-01-31', '2026-02-28'),
        period('2026-01-31', '2026-02-28'),
      ]),
    ).toEqual([{ from: day('2026-01-31'), to: day('2026-03-31'), anchorDay: 31 }])
  })

  test('on another day, or after a gap, are others', () => {
    expect(
      formerPeriods([
        period('2026-01-15', '2026-02-15'),
        period('2026-03-15', '2026-04-15'),
        period('2026-04-15', '2026-05-14'),
      ]),
    ).toMatchObject([{ anchorDay: 15 }, { anchorDay: 15 }, { anchorDay: 15, to: day('2026-05-14') }])
  })
})
