import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decimal,
  decimalInJson,
  flag,
  instant,
  integer,
  localDate,
  optionalFlag,
  packedColumns,
  remembering,
  text,
  unitPrice,
  unpack,
  word,
  writeDate,
  writeDecimal,
  writeOptionalText,
  writeText,
} from '../../../adapters/storage/values.js'
import { AssertionFailed } from '../../../core/assert.js'
import { decimalFromUnits, formatDecimal } from '../../../core/money/decimal.js'
import { Problem } from '../../../core/problem.js'
import { day } from '../../support/observed.js'

/** How the database writes a numeric(28,8). */
function asStored(units: bigint): string {
  return formatDecimal(decimalFromUnits(units), 8)
}

describe('reading', () => {
  test('every number of the column comes back as it went in', () => {
    const units = fc.bigInt({ min: -(10n ** 28n) + 1n, max: 10n ** 28n - 1n })
    fc.assert(
      fc.property(units, (count) => {
        expect(decimal(asStored(count))).toBe(count)
        expect(decimalInJson(writeDecimal(decimalFromUnits(count)))).toBe(count)
        expect(unitPrice(`USD${asStored(count)}`)).toEqual({ currency: 'USD', amount: count })
      }),
      { numRuns: 500 },
    )
  })

  test.each<[string, () => unknown]>([
    ['a number without its eight places', () => decimal('22')],
    ['a number with fewer', () => decimal('22.0000000')],
    ['a number that is none', () => decimalInJson('many')],
    ['a missing number', () => decimal(null)],
    ['a count with places', () => integer('1.5')],
    ['a count too large to be exact', () => integer('9007199254740993')],
    ['a missing count', () => integer(null)],
    ['a yes that is none', () => flag('t')],
    ['a word we do not know', () => word(['active', 'hold'], 'sleeping')],
    ['a missing text', () => text(null)],
    ['a missing date', () => localDate(null)],
    ['a missing instant', () => instant(null)],
    ['fewer cells than columns', () => unpack('1,2', 3)],
    ['more cells than columns', () => unpack('1,2,3', 2)],
    ['no cells at all', () => unpack(null, 1)],
  ])('%s is a bug, not a value', (_name, read) => {
    expect(read).toThrow(AssertionFailed)
  })

  test('what is not there stays away', () => {
    expect([
      optionalFlag(null),
      optionalFlag('false'),
      writeDate(undefined),
      writeOptionalText(undefined, 'x'),
    ]).toEqual([undefined, false, null, null])
    expect(unpack('a,,c', 3)).toEqual(['a', null, 'c'])
  })

  test('packed columns are written as they are read', () => {
    expect(packedColumns(['one', 'a + b'])).toBe(
      "concat_ws(',', coalesce((one)::text, ''), coalesce((a + b)::text, ''))",
    )
  })

  test('equal text is read once and shared', () => {
    let calls = 0
    const read = remembering((cell) => ({ cell, call: (calls += 1) }))
    expect(read('a')).toBe(read('a'))
    expect(read('b')).not.toBe(read('a'))
    expect(calls).toBe(2)
  })
})

function attempt(value: string): string {
  try {
    return writeText(value, 'a name')
  } catch (error) {
    if (error instanceof Problem) return 'refused'
    throw error
  }
}

describe('writing', () => {
  test('dates are written whole', () => {
    expect([writeDate(day('2024-02-29')), writeDate(day('1969-12-31'))]).toEqual(['2024-02-29', '1969-12-31'])
  })

  test('text that cannot be stored is refused with its place, anything else is left as it is', () => {
    const hostile = fc.oneof(
      fc.constantFrom('\0', '\uD83D', '\uDE00'),
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom('😀', '\uFFFF', '\u0001', "'"),
    )
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 6 }), (parts) => {
        const value = parts.join('')
        const storable = !value.includes('\0') && Buffer.from(value).toString('utf8') === value
        expect(attempt(value)).toBe(storable ? value : 'refused')
      }),
      { numRuns: 500 },
    )
    expect(() => writeText('a\0', 'name of customer 7')).toThrow(
      /^name of customer 7: .* Nothing was stored\./,
    )
  })
})
