import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  readContainer,
  readSettled,
  readStep,
  writeContainer,
  writeSettled,
  writeStep,
} from '../../../adapters/storage/psa-json.js'
import { AssertionFailed } from '../../../core/assert.js'
import type { LocalDate } from '../../../core/calendar/date.js'
import { decimalFromUnits } from '../../../core/money/decimal.js'
import type { Container, SettledCharge, Step } from '../../../core/sync/types.js'
import { day } from '../../support/observed.js'
import { charge, container, everyStep } from './sync-fixtures.js'

const date = fc.integer({ min: day('1900-01-01'), max: day('2199-12-31') }).map((days) => days as LocalDate)
const openDate = fc.option(date, { nil: null })
const number = fc.bigInt({ min: -(10n ** 28n) + 1n, max: 10n ** 28n - 1n }).map(decimalFromUnits)
const minor = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
/** Neither NUL nor half a pair: those are refused. */
const words = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ' '))
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
/** As our own code makes them: with the usual prototype. */
function record<T>(fields: { [Name in keyof T]: fc.Arbitrary<T[Name]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true })
}
const steps = fc.array(record({ on: date, units: number }), { maxLength: 3 })

const settledLines: fc.Arbitrary<Omit<SettledCharge, 'inPsa'>> = record({
  kind: fc.constantFrom('recurring', 'prorated', 'credit', 'correction', 'usage', 'oneTime'),
  period: record({ from: date, to: date }),
  from: date,
  to: date,
  billOn: date,
  quantity: number,
  unitPrice: number,
  amount: minor,
  lineageId: words,
})

const settled: fc.Arbitrary<SettledCharge> = fc.oneof(
  settledLines,
  fc
    .tuple(settledLines, record({ unitPrice: number, amount: minor }))
    .map(([line, inPsa]) => ({ ...line, inPsa })),
)

const containers: fc.Arbitrary<Container> = record({
  psa: fc.constantFrom('connectwise', 'autotask'),
  id: words,
  name: words,
  companyId: words,
  currency: maybe(words),
  closed: maybe(words),
  from: date,
  to: openDate,
  anchorDay: maybe(fc.integer({ min: 1, max: 31 })),
  lockedTo: date,
  mode: fc.constantFrom('datedLines', 'wholeLines', 'units'),
  lines: fc.array(
    record({
      id: words,
      itemId: words,
      quantity: number,
      unitPrice: number,
      from: date,
      to: openDate,
      marker: maybe(words),
      words,
      ownAmount: maybe(minor),
    }),
    { maxLength: 3 },
  ),
  units: fc.array(
    fc.oneof(
      record({ itemId: words, steps, unitPrice: maybe(number) }),
      record({
        itemId: words,
        steps,
        adjustedOn: fc.array(date, { maxLength: 3 }),
        unitPrice: maybe(number),
      }),
    ),
    { maxLength: 3 },
  ),
})

/** What the columns hold is put back beside the content. */
function restored(step: Step): object {
  const { key, psa, containerId, slotId } = step
  return { key, psa, containerId, slotId, ...readStep(writeStep(step), 'step') }
}

describe('what is written comes back as it was', () => {
  test('any container', () => {
    fc.assert(
      fc.property(containers, (one) => {
        expect(readContainer(writeContainer(one), 'reading')).toStrictEqual(one)
      }),
    )
  })

  test('any settled lines', () => {
    fc.assert(
      fc.property(fc.array(settled, { maxLength: 3 }), (lines) => {
        expect(readSettled(writeSettled(lines, 'lines'), 'lines')).toStrictEqual(lines)
      }),
    )
  })

  test('a step of every kind, and one with any numbers and dates', () => {
    for (const step of everyStep('5')) expect(restored(step)).toStrictEqual(step)
    const [first] = everyStep('5')
    fc.assert(
      fc.property(fc.array(settled, { maxLength: 2 }), number, date, steps, (settles, delta, on, counts) => {
        if (first === undefined) throw new Error('no step')
        const { key, psa, containerId, slotId, itemId, product } = first
        const count = { from: on, before: counts, after: counts }
        const place = { key, psa, containerId, slotId, itemId, product, settles, undoes: 'BR-0001/1', count }
        const adjust = {
          ...place,
          type: 'adjust' as const,
          on,
          delta,
          unitPrice: delta,
        }
        expect(restored(adjust)).toStrictEqual(adjust)
      }),
    )
  })
})

describe('nothing more and nothing else', () => {
  test('what the type does not name is not stored', () => {
    const more = { ...charge(), explanation: 'because', days: 21 }
    expect(readSettled(writeSettled([more], 'lines'), 'lines')).toStrictEqual([charge()])
    expect(readContainer(writeContainer({ ...container(), secret: 'x' } as Container), 'r')).toStrictEqual(
      container(),
    )
  })

  test('a number, a name or a field that is not understood is named with its place', () => {
    const stored = JSON.parse(writeContainer(container())) as { lines: Record<string, unknown>[] }
    const [line = {}] = stored.lines
    const read = (changes: object) => () =>
      readContainer(JSON.stringify({ ...stored, ...changes }), 'reading of 77')
    const cases: readonly (readonly [changes: object, fault: string])[] = [
      [{ lockedTo: '2026-13-01' }, 'lockedTo = "2026-13-01"'],
      [{ from: null }, 'from = null'],
      [{ mode: 'other' }, 'mode = "other"'],
      [{ anchorDay: 32 }, 'anchorDay = 32'],
      [{ to: undefined }, 'to = undefined'],
      [{ closed: undefined }, 'closed = undefined'],
      [{ extra: 'x' }, 'extra = "x"'],
      [{ lines: [{ ...line, unitPrice: '1.123456789' }] }, 'lines.0.unitPrice = "1.123456789"'],
      [{ lines: [{ ...line, ownAmount: '1.5' }] }, 'lines.0.ownAmount = "1.5"'],
      [{ lines: [line, { ...line, extra: true }] }, 'lines.1.extra = true'],
      [{ units: {} }, 'units = {}'],
    ]
    for (const [changes, fault] of cases) {
      expect(read(changes), fault).toThrow(`stored reading of 77 cannot be read: ${fault}`)
      expect(read(changes), fault).toThrow(AssertionFailed)
    }
    expect(read({})()).toStrictEqual(container())
  })

  test('a text that cannot be stored is refused with its place', () => {
    expect(() => writeContainer(container({ name: 'a\0b' }))).toThrow('reading of connectwise 77')
    expect(() => writeSettled([charge({ lineageId: '\uD800' })], 'locked period')).toThrow('locked period')
  })
})
