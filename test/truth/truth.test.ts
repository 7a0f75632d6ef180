import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CalculatorOutput } from '../../bot/console/calculator/output.js'
import { example, FIVE_MORE } from '../bot/calculator/inputs.js'
import { judge, LEAST_REPRODUCED } from './judge.js'
import { type OurCase, readOurSide } from './ours.js'
import type { PublishedCase } from './published.js'
import { rounded } from './rational.js'
import { type Read, take } from './read.js'
import { runTruth } from './run.js'

const FIXTURES = fileURLToPath(new URL('../fixtures/truth', import.meta.url))

const ids = Array.from({ length: LEAST_REPRODUCED }, (_, index) => `C-${index}`)
const values = [{ label: 'added', text: '74.52' }]
const published: readonly PublishedCase[] = ids.map((id) => ({ id, values }))

function ours(id: string): OurCase {
  const inputs = { base: example({}), added: example({ events: [FIVE_MORE] }) }
  const read = { total: 'added' }
  return { case: id, says: '', inputs, billedBy: { added: 'base' }, values: [{ expected: 0, read }] }
}

const complete = { cases: ids.map(ours), notReproduced: [] }

describe('judging a case', () => {
  it('accepts what comes out to the published digit', () => {
    const { rows, reproduced, faults } = judge(published, complete)
    expect(faults).toEqual([])
    expect(reproduced).toHaveLength(LEAST_REPRODUCED)
    expect(rows[0]).toEqual({
      case: 'C-0',
      label: 'added',
      published: '74.52',
      ours: '74.52',
      verdict: 'same',
    })
  })

  it.each(['74.53', '74.5', '74.521', '-74.52', '74,52', ''])('is red for a published %s', (text) => {
    const flipped = published.map((truth, index) =>
      index === 7 ? { ...truth, values: [{ label: '', text }] } : truth,
    )
    expect(judge(flipped, complete).faults).toContain('C-7 does not come out as published.')
  })

  it('is red for a case in neither list, in both, or not published', () => {
    const missing = { ...complete, cases: complete.cases.slice(1) }
    expect(judge(published, missing).faults).toContain('C-0 is in neither list.')
    const both = { ...complete, notReproduced: [{ case: 'C-0', lacks: 'tax' }] }
    expect(judge(published, both).faults).toEqual(['C-0 is in both lists.'])
    expect(judge(published.slice(1), complete).faults).toContain('C-0 is not among the published cases.')
  })

  it('is red for fewer reproduced cases than must be', () => {
    const fewer = { cases: complete.cases.slice(1), notReproduced: [{ case: 'C-0', lacks: 'tax' }] }
    expect(judge(published, fewer).faults).toEqual(['44 cases are reproduced; at least 45 must be.'])
  })

  it('is red for a case set aside without the concept it lacks', () => {
    const more = [...published, { id: 'C-X', values }]
    const unnamed = { ...complete, notReproduced: [{ case: 'C-X', lacks: ' ' }] }
    expect(judge(more, unnamed).faults).toEqual(['C-X does not name the concept it lacks.'])
  })

  it('is red for a published value nobody reads, or read twice, or read beyond the last', () => {
    const reads = (list: OurCase['values']) => ({
      ...complete,
      cases: complete.cases.map((entry, index) => (index === 0 ? { ...entry, values: list } : entry)),
    })
    const read: Read = { total: 'added' }
    for (const list of [
      [],
      [
        { expected: 0, read },
        { expected: 0, read },
      ],
      [
        { expected: 0, read },
        { expected: 1, read },
      ],
    ]) {
      expect(judge(published, reads(list)).faults[0]).toBe('C-0 does not come out as published.')
    }
  })

  it('is red for an input the calculator refuses, with its words', () => {
    const refused = {
      ...ours('C-0'),
      inputs: { base: example({}), added: example({ input: { currency: 'XYZ' } }) },
    }
    const { rows, faults } = judge(published, { ...complete, cases: [refused, ...complete.cases.slice(1)] })
    expect(faults[0]).toBe('C-0 does not come out as published.')
    expect(rows[0]?.verdict).toContain('currency: "XYZ" is not a currency we know')
  })
})

describe('the command', () => {
  let folder = ''

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'truth-'))
  })

  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it('fails without its folder, and says how to name it', () => {
    expect(runTruth(['--cases', join(folder, 'nowhere')])).toMatchObject({ exitCode: 1 })
    expect(runTruth(['--cases', folder]).output).toContain('proration.json is not there')
    expect(runTruth([])).toEqual({
      exitCode: 1,
      output: 'truth: Name the folder of the published cases: --cases DIR.\n',
    })
    expect(runTruth(['--casess', folder])).toMatchObject({ exitCode: 1 })
  })

  it.each(['', '{}', '{"cases":[]}', '{"cases":[{"id":"C-0"}]}', '{"cases":[7]}'])(
    'fails on a file holding %s',
    (text) => {
      writeFileSync(join(folder, 'proration.json'), text)
      const { exitCode, output } = runTruth(['--cases', folder])
      expect(exitCode).toBe(1)
      expect(output).toMatch(/^truth: /)
    },
  )

  it('fails when the published cases are others than ours', () => {
    const expected = [{ label: 'added', expected: '74.52' }]
    writeFileSync(
      join(folder, 'proration.json'),
      JSON.stringify({ cases: ids.map((id) => ({ id, expected })) }),
    )
    const { exitCode, output } = runTruth(['--cases', folder])
    expect(exitCode).toBe(1)
    expect(output).toContain('C-0 is in neither list.')
    expect(output).toMatch(
      /truth: 45 published cases, 0 reproduced to the published digit, 45 not, \d+ faults\n$/,
    )
  })

  it('prints a table, and passes when all is well', () => {
    const expected = [{ label: 'cycles', expected: '12/31', value: '74.52' }]
    writeFileSync(
      join(folder, 'proration.json'),
      JSON.stringify({ cases: ids.map((id) => ({ id, expected })) }),
    )
    const fixtures = mkdtempSync(join(folder, 'ours-'))
    for (const id of ids) writeFileSync(join(fixtures, `${id}.json`), JSON.stringify(ours(id)))
    writeFileSync(join(fixtures, 'not-reproduced.json'), '[]')
    const { exitCode, output } = runTruth(['--cases', folder], fixtures)
    expect(exitCode).toBe(0)
    expect(output.split('\n').slice(0, 2)).toEqual([
      'case  label   published  ours   verdict',
      'C-0   cycles  74.52      74.52  same',
    ])
    expect(output).toContain(
      'truth: 45 published cases, 45 reproduced to the published digit, 0 not, 0 faults',
    )
  })
})

describe('our input files', () => {
  const side = readOurSide(FIXTURES)

  it('are enough, each with one read for each value, and no case in both lists', () => {
    expect(side.cases.length).toBeGreaterThanOrEqual(LEAST_REPRODUCED)
    for (const entry of side.cases)
      expect(entry.values.map((value) => value.expected)).toEqual([...entry.values.keys()])
    const aside = new Set(side.notReproduced.map((entry) => entry.case))
    expect(side.cases.filter((entry) => aside.has(entry.case))).toEqual([])
  })

  it.each(side.cases.map((entry) => [entry.case, entry] as const))(
    '%s is accepted, and has what is read',
    (id, entry) => {
      const truth = { id, values: entry.values.map(() => ({ label: '', text: 'never published' })) }
      const { rows } = judge([truth], { cases: [entry], notReproduced: [] })
      expect(rows.map((row) => row.verdict)).toEqual(rows.map(() => 'differs'))
    },
  )
})

describe('reading an output', () => {
  const period = { from: '2015-01-01', to: '2015-02-01' }
  const line = (days: number, of: number, amount: string): CalculatorOutput['lines'][number] => ({
    kind: 'prorated',
    period,
    ...period,
    billOn: period.from,
    quantity: '1',
    unitPrice: '1.00',
    days,
    daysInPeriod: 31,
    fraction: { days, of, decimal: '0.3' },
    amount,
    priceRule: '',
    explanation: '',
  })
  const lines = [line(7, 31, '0.23'), line(2, 28, '-0.07')]
  const output = { currency: 'USD', periods: [period], lines, due: '0.16', billed: '0.00', total: '0.16' }
  const value = (read: Read): string => {
    const taken = take(read, () => output)
    return taken.kind === 'words' ? taken.text : rounded(taken.value, 4)
  }

  it('adds and subtracts exactly', () => {
    expect(value({ sum: 'fraction', of: 'x' })).toBe('0.2972')
    expect(value({ sum: 'fraction.decimal', of: 'x' })).toBe('0.6000')
    expect(value({ sum: 'amount', of: 'x' })).toBe('0.1600')
    expect(value({ subtract: [{ total: 'x' }, { add: [{ total: 'x' }, { total: 'x' }] }] })).toBe('-0.1600')
  })

  it('shows inclusive ends', () => {
    expect(value({ period: 'x', at: 0, show: '{from}..{last}' })).toBe('2015-01-01..2015-01-31')
  })

  it('takes nothing from lines or periods that are not there', () => {
    expect(() => value({ line: 'x', show: '{days}' })).toThrow('2 lines where one was expected')
    expect(() => value({ sum: 'amount', of: 'x', where: { kind: 'oneTime' } })).toThrow('no line to add')
    expect(() => value({ period: 'x', at: 1, show: '{from}' })).toThrow('there is no period 1')
    expect(() => value({ period: 'x', at: 0, show: '{days}' })).toThrow('there is nothing called {days}')
  })

  it('rounds half away from zero', () => {
    expect([
      rounded({ numerator: 1n, denominator: 8n }, 2),
      rounded({ numerator: -1n, denominator: 8n }, 2),
    ]).toEqual(['0.13', '-0.13'])
    expect(rounded({ numerator: -1n, denominator: 1000n }, 0)).toBe('0')
  })
})
