import { describe, expect, it } from 'vitest'
import { dayMonthYear } from '../../core/calendar/words.js'
import { formatMoney, money } from '../../core/money/money.js'
import { day } from '../support/observed.js'
import { APRIL, DANA, LEE, MARCH, MAY } from '../support/office.js'
import { type Agreement, agreement, invoice } from './agreement.js'
import { changed, mapped, seats, synced } from './scene.js'

/*
 * Agreements whose periods begin on another day than the 1st (SYNC S10), by the emulated PSA's own invoices.
 *
 * 20 seats at $22.00 are $440.00 a period, 25 are $550.00, 22 are $484.00. From 15 March to 14 April are 31 days.
 * 5 more from 20 March, 26 days of 31: 5 × $22.00 × 26/31 = $2,860 / 31 = $92.258…, rounded $92.26; together $532.26.
 */

/** The invoices to come, each made on the first day of its period, with a sync around it that finds nothing to do. */
async function throughInvoices(scene: Agreement, days: readonly string[]): Promise<readonly string[]> {
  for (const on of days.slice(scene.invoices.length)) {
    scene.moveTo(on)
    await scene.office.observe()
    expect(await synced(scene)).toEqual([])
    invoice(scene)
  }
  expect(await synced(scene)).toEqual([])
  return scene.invoices
}

/** "20 × 22 from 2025-06-01", the last billed day included. */
function held({ emulator: { world }, agreementId }: Agreement): readonly string[] {
  return world.additionsOf(agreementId).map(({ quantity, unitPrice, effectiveDate, cancelledDate }) => {
    const end = cancelledDate === null ? '' : ` through ${cancelledDate}`
    return `${quantity} × ${unitPrice} from ${effectiveDate}${end}`
  })
}

/** What a month asks for: lines of files, and what the PSA has and lacks. */
async function asked({ office }: Agreement, month: typeof MARCH) {
  const { bills, standings } = await office.studio.who(month)
  const words = (minor: bigint) => formatMoney(money('USD', minor))
  return {
    file: bills.flatMap(({ lines }) =>
      lines.map(({ charge }) => `${dayMonthYear(charge.billOn)} ${words(charge.amount)}`),
    ),
    psa: standings.map(({ there, waiting }) => `${words(there)} there, ${words(waiting)} waiting`),
  }
}

describe('5 more seats from 20 March, in an agreement from the 15th', () => {
  const DAYS = ['2026-03-21', '2026-04-15', '2026-05-15', '2026-06-15']

  async function fiveMore(prorateFlag: boolean, invoiced: number) {
    const scene = await agreement(prorateFlag, invoiced, {}, { first: '2026-03-15' })
    await mapped(scene, seats(20))
    expect(await synced(scene)).toEqual([])
    await changed(scene, '2026-03-20', 20, seats(25))
    const steps = await synced(scene)
    return { steps, held: held(scene), invoices: await throughInvoices(scene, DAYS) }
  }

  it('where it prorates and nothing is invoiced', async () => {
    expect(await fiveMore(true, 0)).toEqual({
      steps: ['add 5 × 22.00 from 2026-03-20 on'],
      held: ['20 × 22 from 2025-06-01', '5 × 22 from 2026-03-20'],
      invoices: ['532.26', '550.00', '550.00', '550.00'],
    })
  })

  it('where it prorates and the period is invoiced', async () => {
    expect(await fiveMore(true, 1)).toEqual({
      steps: ['add 5 × 22.00 from 2026-03-20 to 2026-04-15, once', 'set 104 20 → 25'],
      held: ['25 × 22 from 2025-06-01', '5 × 22 from 2026-03-20 through 2026-04-14'],
      invoices: ['440.00', '642.26', '550.00', '550.00'],
    })
  })

  it('where it prorates and the next period is invoiced too: 550.00 + 92.26 + 110.00', async () => {
    expect(await fiveMore(true, 2)).toEqual({
      steps: [
        'add 5 × 22.00 from 2026-03-20 to 2026-04-15, once',
        'add 1 × 110.00 from 2026-04-15 to 2026-05-15, once',
        'set 104 20 → 25',
      ],
      held: [
        '25 × 22 from 2025-06-01',
        '5 × 22 from 2026-03-20 through 2026-04-14',
        '1 × 110 from 2026-04-15 through 2026-05-14',
      ],
      invoices: ['440.00', '440.00', '752.26', '550.00'],
    })
  })

  it('where it does not prorate and nothing is invoiced', async () => {
    expect(await fiveMore(false, 0)).toEqual({
      steps: ['add 1 × 92.26 from 2026-03-20 to 2026-04-15, once', 'add 5 × 22.00 from 2026-04-15 on'],
      held: [
        '20 × 22 from 2025-06-01',
        '1 × 92.26 from 2026-03-20 through 2026-04-14',
        '5 × 22 from 2026-04-15',
      ],
      invoices: ['532.26', '550.00', '550.00', '550.00'],
    })
  })

  it('where it does not prorate and the period is invoiced', async () => {
    expect(await fiveMore(false, 1)).toEqual({
      steps: ['add 1 × 92.26 from 2026-03-20 to 2026-04-15, once', 'set 104 20 → 25'],
      held: ['25 × 22 from 2025-06-01', '1 × 92.26 from 2026-03-20 through 2026-04-14'],
      invoices: ['440.00', '642.26', '550.00', '550.00'],
    })
  })
})

describe('3 seats fewer from 1 April, which count from 15 April', () => {
  const DAYS = ['2026-04-02', '2026-04-15', '2026-05-15', '2026-06-15']

  for (const [how, prorateFlag] of [
    ['it prorates', true],
    ['it does not prorate', false],
  ] as const) {
    async function fewer(invoiced: number) {
      const scene = await agreement(prorateFlag, invoiced, { quantity: 25 }, { first: '2026-03-15' })
      await mapped(scene, seats(25))
      await changed(scene, '2026-04-01', 25, seats(22))
      const steps = await synced(scene)
      return { steps, held: held(scene), invoices: await throughInvoices(scene, DAYS) }
    }

    it(`where ${how} and nothing is invoiced`, async () => {
      expect(await fewer(0)).toEqual({
        steps: ['end 104 before 2026-04-15', 'add 22 × 22.00 from 2026-04-15 on'],
        held: ['25 × 22 from 2025-06-01 through 2026-04-14', '22 × 22 from 2026-04-15'],
        invoices: ['550.00', '484.00', '484.00', '484.00'],
      })
    })

    it(`where ${how} and two periods are invoiced: 3 × 22.00 back in the third`, async () => {
      expect(await fewer(2)).toEqual({
        steps: ['add 1 × -66.00 from 2026-05-15 to 2026-06-15, once', 'set 104 25 → 22'],
        held: ['22 × 22 from 2025-06-01', '1 × -66 from 2026-05-15 through 2026-06-14'],
        invoices: ['550.00', '550.00', '418.00', '484.00'],
      })
    })
  }
})

/*
 * Periods from the 31st: 31 January – 27 February, 28 days; 28 February – 30 March, 31 days; 31 March – 29 April, 30 days.
 * 5 more from 14 February, 14 days of 28: 5 × $22.00 × 14/28 = $55.00. 5 more from 10 March, 21 days of 31: $74.52.
 */
describe('an agreement from the 31st', () => {
  const DAYS = ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']
  const days = { today: '2026-01-10', first: '2026-01-31' }

  it.each([
    ['2026-02-14', 0, '55.00', ['495.00', '550.00', '550.00', '550.00']],
    ['2026-02-14', 1, '55.00', ['440.00', '605.00', '550.00', '550.00']],
    ['2026-03-10', 1, '74.52', ['440.00', '514.52', '550.00', '550.00']],
    ['2026-03-10', 2, '74.52', ['440.00', '440.00', '624.52', '550.00']],
  ])('5 more from %s, %i invoiced before: %s', async (on, invoiced, _part, invoices) => {
    for (const prorateFlag of [true, false]) {
      const scene = await agreement(prorateFlag, invoiced, {}, days)
      await mapped(scene, seats(20))
      expect(await synced(scene)).toEqual([])
      await changed(scene, on, 20, seats(25))
      await synced(scene)
      expect(await throughInvoices(scene, DAYS)).toEqual(invoices)
    }
  })

  it('January before it is a stub of 30 days of 31 by file: 20 × 22.00 × 30/31', async () => {
    const scene = await agreement(true, 0, {}, days)
    await mapped(scene, seats(20))
    const january = { from: day('2026-01-01'), to: day('2026-02-01') }
    // 13,200 / 31 = 425.806…
    expect(await asked(scene, january)).toEqual({
      file: ['1 Jan 2026 $425.81'],
      psa: ['$440.00 there, $0.00 waiting'],
    })
  })
})

/*
 * March is billed by file, then the agreement bills from 15 April. 1–14 April are 14 days of the period they would lie
 * in, 15 March – 14 April, 31 days: 20 × $22.00 × 14/31 = $6,160 / 31 = $198.709…, rounded $198.71. 5 more from
 * 20 April, 25 days of 30: 5 × $22.00 × 25/30 = $91.67.
 */
describe('calendar months by file, then an agreement from the 15th', () => {
  async function moved(): Promise<Agreement> {
    const scene = await agreement(true, 0, {}, { first: '2026-04-15' })
    scene.office.subscriptions = [seats(20)]
    await scene.office.observe()
    expect(await scene.office.due()).toBe(44_000n)
    await scene.office.bill()
    scene.moveTo('2026-04-02')
    await mapped(scene, seats(20))
    return scene
  }

  const NOTHING = { file: [], psa: [] }
  const STUB = ['1 Apr 2026 $198.71']
  const there = ['$440.00 there, $0.00 waiting']

  it('the days between are billed once, by file', async () => {
    const scene = await moved()
    const { office } = scene
    expect(await asked(scene, MARCH)).toEqual(NOTHING)
    expect(await asked(scene, APRIL)).toEqual({ file: STUB, psa: there })
    expect(await asked(scene, MAY)).toEqual({ file: STUB, psa: there })
    expect(await synced(scene)).toEqual([])

    const { run } = await office.bill(APRIL, ['Contoso'])
    expect(await asked(scene, APRIL)).toEqual({ file: [], psa: there })
    await changed(scene, '2026-04-20', 20, seats(25))
    expect(await asked(scene, APRIL)).toEqual({ file: [], psa: ['$440.00 there, $91.67 waiting'] })
    expect(await synced(scene)).toEqual(['add 5 × 22.00 from 2026-04-20 on'])
    const DAYS = ['2026-04-21', '2026-05-15', '2026-06-15']
    expect(await throughInvoices(scene, DAYS)).toEqual(['531.67', '550.00', '550.00'])
    expect(await asked(scene, MAY)).toEqual({ file: [], psa: ['$550.00 there, $0.00 waiting'] })

    const taken = await office.studio.billing.void(DANA, run.id, undefined, 'by mistake')
    await office.decide(LEE, taken)
    expect(await asked(scene, APRIL)).toEqual({ file: STUB, psa: ['$531.67 there, $0.00 waiting'] })
    expect(await synced(scene)).toEqual([])
  })

  it('what was written is taken back, and the next invoice is as it was', async () => {
    const scene = await moved()
    const { office } = scene
    await changed(scene, '2026-04-20', 20, seats(25))
    expect(await synced(scene)).toEqual(['add 5 × 22.00 from 2026-04-20 on'])
    const taken = await office.studio.billing.void(DANA, 'BR-0002', undefined, 'by mistake')
    await office.decide(LEE, taken)
    await office.studio.dispatch()
    expect(await asked(scene, APRIL)).toEqual({ file: STUB, psa: ['$440.00 there, $91.67 waiting'] })
    invoice(scene)
    expect(scene.invoices).toEqual(['440.00'])
    // It waits in the next period: 550.00 + 91.67.
    expect(await synced(scene)).toEqual([
      'add 5 × 22.00 from 2026-04-20 to 2026-05-15, once',
      'set 104 20 → 25',
    ])
    invoice(scene)
    expect(scene.invoices).toEqual(['440.00', '641.67'])
  })

  it('a change by hand is a drift of that period', async () => {
    const scene = await moved()
    const { world } = scene.emulator
    const [line] = world.additionsOf(scene.agreementId)
    world.editAddition({ additionId: line?.id ?? 0, quantity: 22 })
    const { drifts } = await scene.office.studio.status()
    expect(drifts).toEqual([])
    expect(await asked(scene, APRIL)).toEqual({ file: STUB, psa: there })
    const outcome = await scene.office.studio.billing.sync(DANA, [])
    expect(outcome).toMatchObject({ type: 'asked' })
    expect((await scene.office.studio.status()).drifts).toMatchObject([{ container: 'Contoso Cloud' }])
    expect(await asked(scene, APRIL)).toEqual({ file: STUB, psa: ['$484.00 there, -$44.00 waiting'] })
  })
})
