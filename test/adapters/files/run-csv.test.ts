import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inertText } from '../../../adapters/files/csv/inert-text.js'
import { csvFiles } from '../../../adapters/files/csv/run-csv.js'
import type { BillRun, RunLine } from '../../../core/billrun/run.js'
import { day, decimal } from '../../support/observed.js'

function line(changes: Partial<RunLine> = {}): RunLine {
  return {
    kind: 'prorated',
    period: { from: day('2026-03-01'), to: day('2026-04-01') },
    from: day('2026-03-11'),
    to: day('2026-04-01'),
    billOn: day('2026-03-11'),
    quantity: decimal('5'),
    unitPrice: decimal('22'),
    amount: 7452n,
    key: 'abc',
    customerId: 'C1',
    customerName: 'Contoso',
    lineageId: 'L-1',
    mpn: 'BP',
    description: 'Microsoft 365 Business Premium',
    currency: 'USD',
    explanation: '20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52',
    priceRule: 'marketplace price',
    ...changes,
  }
}

function run(lines: readonly RunLine[]): BillRun {
  return {
    id: 'BR-0007',
    month: { from: day('2026-03-01'), to: day('2026-04-01') },
    proposedBy: 'console:dana',
    proposedAt: new Date('2026-03-20T13:00:00Z'),
    observation: 1,
    asked: [],
    lines,
    customers: [],
    held: [],
    fingerprint: 'f',
  }
}

function reread(lines: readonly RunLine[]): Record<string, string>[] {
  const { bytes } = csvFiles().csv(run(lines))
  return parse(Buffer.from(bytes), { bom: true, columns: true })
}

test('the rule of a price stands in its own column alone', () => {
  const priceRule = 'fixed $22.00 for $& this customer'
  const [row] = reread([
    line({ priceRule, explanation: `5 × $22.00 = $110.00 · ${priceRule} · date estimated` }),
  ])
  expect(row).toMatchObject({ price_rule: priceRule, explanation: '5 × $22.00 = $110.00 · date estimated' })
})

test('a line is read back with its dates, numbers and words', () => {
  const file = csvFiles().csv(run([line()]))
  expect([file.name, file.mediaType]).toEqual(['BR-0007.csv', 'text/csv; charset=utf-8'])
  expect(reread([line()])).toEqual([
    {
      run: 'BR-0007',
      month: '2026-03',
      customer_id: 'C1',
      customer: 'Contoso',
      description: 'Microsoft 365 Business Premium',
      mpn: 'BP',
      kind: 'prorated',
      service_from: '2026-03-11',
      service_through: '2026-03-31',
      bill_on: '2026-03-11',
      quantity: '5',
      unit_price: '22.00',
      amount: '74.52',
      currency: 'USD',
      price_rule: 'marketplace price',
      explanation: '20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52',
      line: 'abc',
    },
  ])
})

test('a spreadsheet knows it is UTF-8, so that names keep their accents', () => {
  const lines = [line({ customerName: 'Café Müller & Søn 株式会社', description: 'Übersicht' })]
  const { bytes } = csvFiles().csv(run(lines))
  expect([...bytes.subarray(0, 7)]).toEqual([0xef, 0xbb, 0xbf, ...Buffer.from('"run')])
  // Nothing else begins with the mark, and every record ends as RFC 4180 wants it.
  const text = Buffer.from(bytes).toString('utf8')
  expect(text.lastIndexOf('\ufeff')).toBe(0)
  expect(text.split('\r\n')).toHaveLength(3)
  expect(text).not.toMatch(/[^\r]\n/)
  const [row] = reread(lines)
  expect([row?.['run'], row?.['customer'], row?.['description']]).toEqual([
    'BR-0007',
    'Café Müller & Søn 株式会社',
    'Übersicht',
  ])
})

test('the same run gives the same bytes', () => {
  const twice = [csvFiles().csv(run([line()])), csvFiles().csv(run([line()]))]
  expect(Buffer.compare(twice[0]?.bytes ?? Buffer.of(0), twice[1]?.bytes ?? Buffer.of(1))).toBe(0)
})

test('amounts are exact in every currency, and a negative one stays a number', () => {
  const rows = reread([
    line({ amount: -710n, quantity: decimal('-1') }),
    line({ amount: 1200n, currency: 'JPY' }),
    line({ amount: 1234n, currency: 'KWD', unitPrice: decimal('0.00125') }),
  ])
  expect(rows.map(({ amount, quantity, unit_price: price }) => [amount, quantity, price])).toEqual([
    ['-7.10', '-1', '22.00'],
    ['1200', '5', '22.00'],
    ['1.234', '5', '0.00125'],
  ])
})

describe('no text cell starts a formula', () => {
  test.each([
    '=1+1',
    '+1',
    '-2+3',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1',
    '＋1',
    '－1',
    '＠1',
    ' =1',
    '\u00a0=1',
    '\u200b=1',
    '\ufeff=1',
  ])('%j', (hostile) => {
    expect(inertText(hostile)).toBe(`'${hostile}`)
  })

  test.each(['Contoso', "O'Brien", '1-800', 'a=b', '株式会社', '"quoted"', 'x,y;z', ''])(
    '%j stays as it is',
    (harmless) => {
      expect(inertText(harmless)).toBe(harmless)
    },
  )

  test('any name is read back as it was, with at most an apostrophe in front', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (name) => {
        const [row] = reread([line({ customerName: name })])
        const clean = name.replaceAll('\0', '')
        expect([clean, `'${clean}`]).toContain(row?.['customer'])
        expect(row?.['customer']).not.toMatch(/^[=+\-@\t\r\n]/)
      }),
      { numRuns: 2000 },
    )
  })
})
