import { describe, expect, it } from 'vitest'
import {
  type Bench,
  type BenchCase,
  type Row,
  growthRow,
  isMissed,
  median,
  parseResult,
  rowsOf,
  tableText,
} from './report.js'

function caseOf(size: number, targets: Readonly<Record<string, number>> = {}): BenchCase {
  return { label: `${size} things`, arguments: [], size, targets }
}

function result(seconds: number) {
  return { measures: { seconds }, facts: {} }
}

describe('bench report', () => {
  it('the median of an even count lies between the middle two, and no order is assumed', () => {
    expect(median([5, 1, 100])).toBe(5)
    expect(median([4, 1, 100, 2])).toBe(3)
    expect(() => median([])).toThrow('nothing')
  })

  it('a result is one JSON line of finite numbers', () => {
    expect(parseResult('{"measures":{"seconds":0.5},"facts":{"checksum":"ab","lines":3}}\n')).toEqual({
      measures: { seconds: 0.5 },
      facts: { checksum: 'ab', lines: 3 },
    })
    expect(() => parseResult('warming up\n{"measures":{}}')).toThrow('printed 2')
    expect(() => parseResult('')).toThrow('printed 0')
    expect(() => parseResult('{"seconds":1}')).toThrow('"measures"')
    expect(() => parseResult('{"measures":{"seconds":"fast"}}')).toThrow('"seconds"')
  })

  it('a target is met at its value and missed above it', () => {
    const [row] = rowsOf(caseOf(10, { seconds: 0.1 }), [result(0.1), result(0.05), result(0.2)])
    expect(row).toMatchObject({ median: 0.1, lowest: 0.05, highest: 0.2, target: 0.1 })
    expect(row && isMissed(row)).toBe(false)
    expect(row && isMissed({ ...row, median: 0.1001 })).toBe(true)
    expect(row && isMissed({ ...row, median: Number.NaN })).toBe(true)
  })

  it('a measure with a target that a run does not report is an error, not a pass', () => {
    expect(() => rowsOf(caseOf(10, { peakMebibytes: 1 }), [result(1)])).toThrow('peakMebibytes')
  })

  it('growth is the exponent between the smallest and the largest case', () => {
    const bench: Bench = {
      name: 'x',
      title: 'x',
      program: 'x.js',
      cases: [],
      growth: { measure: 'seconds', exponent: 1.05 },
    }
    const measured = (size: number, seconds: number) =>
      [caseOf(size), rowsOf(caseOf(size), [result(seconds)])] as const
    const linear = growthRow(bench, [measured(1000, 1), measured(10, 0.01)])
    expect(linear?.median).toBeCloseTo(1, 10)
    expect(linear && isMissed(linear)).toBe(false)
    const square = growthRow(bench, [measured(10, 0.01), measured(1000, 100)])
    expect(square?.median).toBeCloseTo(2, 10)
    expect(square && isMissed(square)).toBe(true)
  })

  it('the table says which targets are missed, and by how much', () => {
    const rows: Row[] = [
      { label: '10', measure: 'seconds', median: 0.0831, lowest: 0.08, highest: 0.09, target: 0.1 },
      { label: '20', measure: 'bytes', median: 1_234_567, lowest: 1, highest: 2_000_000, target: 1_000_000 },
      { label: '20', measure: 'seen', median: 12.345, lowest: 12, highest: 13, target: undefined },
    ]
    const [head = '', first = '', second = '', third = ''] = tableText(rows).split('\n')
    expect(head).toMatch(/^what\s+measure\s+median\s+lowest\s+highest\s+target\s+of target$/)
    expect(first).toMatch(/^10\s+seconds\s+0\.0831\s+0\.0800\s+0\.0900\s+0\.100\s+83 %\s+met$/)
    expect(second).toMatch(/1,234,567\s+1\.00\s+2,000,000\s+1,000,000\s+123 %\s+MISSED$/)
    expect(third).toMatch(/^20\s+seen\s+12\.3\s+12\.0\s+13\.0$/)
  })
})
