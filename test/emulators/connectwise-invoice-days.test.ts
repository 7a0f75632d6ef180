import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConnectWiseEmulator, startConnectWiseEmulator } from './connectwise/server.js'
import { addDays, addMonths, daysBetween } from './shared/dates.js'

// The same invoices a second time, by marking days on a sheet of paper.

let emulator: ConnectWiseEmulator
let companyId: number

beforeAll(async () => {
  emulator = await startConnectWiseEmulator({ now: () => new Date('2026-03-20T13:00:00Z') })
  emulator.world.createCatalogItem({ identifier: 'DAY', price: '1' })
  companyId = emulator.world.createCompany({ identifier: 'ACME' })
})

afterAll(async () => await emulator.close())

const FIRST = '2026-02-01'

interface Edit {
  readonly effectiveDate: string
  readonly cancelledDate: string | null
  /** Whether the next invoice is made after it. */
  readonly invoiced: boolean
}

const day = fc.integer({ min: -20, max: 150 }).map((days) => addDays(FIRST, days))

const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({ effectiveDate: day, cancelledDate: fc.option(day), invoiced: fc.boolean() }),
  { minLength: 1, maxLength: 12 },
)

/** An agreement with one line, and its id and the line's. */
function start(prorateFlag: boolean): readonly [number, number] {
  const { world } = emulator
  const agreementId = world.createAgreement({ companyId, name: 'A', prorateFlag, nextInvoiceDate: FIRST })
  return [agreementId, world.createAddition({ agreementId, product: 'DAY', quantity: 1, unitPrice: '1000' })]
}

/** The days from FIRST to the end of a month that are in force. */
function daysInForce({ effectiveDate, cancelledDate }: Edit, months: number): string[] {
  const end = addMonths(FIRST, months)
  return Array.from({ length: daysBetween(FIRST, end) }, (_, index) => addDays(FIRST, index)).filter(
    (date) => date >= effectiveDate && (cancelledDate === null || date <= cancelledDate),
  )
}

function daysOfMonth(month: string): number {
  const first = `${month}-01`
  return daysBetween(first, addMonths(first, 1))
}

/** 1000.00 × days ÷ days of the month, in cents, half up: there is nothing negative here. */
function cents(days: number, of: number): string {
  const whole = Math.floor((2 * 100_000 * days + of) / (2 * of))
  return `${Math.floor(whole / 100)}.${String(whole % 100).padStart(2, '0')}`
}

describe('any history of edits and invoices', () => {
  it('bills each day in force once, month by month, when prorated', () => {
    const check = (history: readonly Edit[]): void => {
      const [agreementId, additionId] = start(true)
      const marked = new Set<string>()
      let months = 0
      for (const edit of history) {
        const { effectiveDate, cancelledDate } = edit
        emulator.world.editAddition({ additionId, effectiveDate, cancelledDate })
        if (!edit.invoiced) continue
        months += 1
        const due = new Map<string, number>()
        for (const date of daysInForce(edit, months).filter((date) => !marked.has(date))) {
          marked.add(date)
          due.set(date.slice(0, 7), (due.get(date.slice(0, 7)) ?? 0) + 1)
        }
        const expected = [...due].map(([month, days]) => cents(days, daysOfMonth(month)))
        expect(emulator.world.invoice(agreementId).lines.map(({ amount }) => amount)).toEqual(expected)
      }
    }
    fc.assert(fc.property(edits, check), { numRuns: 200 })
  })

  it('bills each month in force once and in full, when not', () => {
    const check = (history: readonly Edit[]): void => {
      const [agreementId, additionId] = start(false)
      const marked = new Set<string>()
      let months = 0
      for (const edit of history) {
        const { effectiveDate, cancelledDate } = edit
        emulator.world.editAddition({ additionId, effectiveDate, cancelledDate })
        if (!edit.invoiced) continue
        months += 1
        const before = marked.size
        for (const date of daysInForce(edit, months)) marked.add(date.slice(0, 7))
        const expected = Array.from({ length: marked.size - before }, () => '1000.00')
        expect(emulator.world.invoice(agreementId).lines.map(({ amount }) => amount)).toEqual(expected)
      }
    }
    fc.assert(fc.property(edits, check), { numRuns: 200 })
  })
})
