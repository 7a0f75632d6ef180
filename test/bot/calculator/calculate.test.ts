import { describe, expect, it } from 'vitest'
import { calculate } from '../../../bot/console/calculator/calculate.js'
import { calculated, type Change, example, FIVE_MORE } from './inputs.js'

describe('the examples of the calculator', () => {
  it('charges the example as it stands in the rules', () => {
    const text =
      '{"currency":"USD","subscription":{"billingPeriod":{"type":"month","duration":1},"start":"2026-03-01","end":null,' +
      '"events":[{"on":"2026-03-01","quantity":"20","unitPrice":"22.00"},{"on":"2026-03-11","quantity":"25"}]},' +
      '"from":"2026-03-01","to":"2026-04-01"}'
    const { exitCode, output } = calculate(text)
    expect(exitCode).toBe(0)
    expect(JSON.parse(output)).toMatchObject({ total: '514.52', due: '514.52', billed: '0.00' })
    expect(output.endsWith('}\n')).toBe(true)
  })

  it('credits a decrease at once', () => {
    const events = [FIVE_MORE, { on: '2026-03-20', quantity: '22' }]
    const { total, lines } = calculated(example({ policy: { decreases: 'credit' }, events }))
    expect(total).toBe('488.97')
    expect(lines.map((line) => [line.kind, line.quantity, line.amount])).toEqual([
      ['recurring', '20', '440.00'],
      ['prorated', '5', '74.52'],
      ['credit', '-3', '-25.55'],
    ])
  })

  it('returns to the 31st after February', () => {
    const subscription = {
      start: '2026-01-31',
      events: [{ on: '2026-01-31', quantity: '20', unitPrice: '22.00' }],
    }
    const input = { from: '2026-02-01', to: '2026-04-01' }
    expect(calculated(example({ policy: { cycle: 'anniversary' }, subscription, input })).periods).toEqual([
      { from: '2026-02-28', to: '2026-03-31' },
      { from: '2026-03-31', to: '2026-04-30' },
    ])
  })

  it('prorates a co-termed year over the year that ends with it', () => {
    const subscription = {
      billingPeriod: { type: 'year', duration: 1 },
      start: '2026-03-11',
      term: { to: '2027-01-01' },
      events: [{ on: '2026-03-11', quantity: '5', unitPrice: '240.00' }],
    }
    const { total, lines } = calculated(example({ subscription }))
    expect(total).toBe('973.15')
    expect(lines[0]?.fraction).toEqual({ days: 296, of: 365, decimal: '0.81095890411' })
  })

  it('has nothing of March to bill in arrears on its last day', () => {
    const change = { policy: { timing: 'arrears' }, events: [FIVE_MORE] }
    expect(calculated(example({ ...change, input: { asOf: '2026-03-31' } })).lines).toEqual([])
    expect(calculated(example({ ...change, input: { asOf: '2026-04-01' } })).total).toBe('514.52')
  })
})

describe('the shape of the output', () => {
  it('writes every field of a line, and only those', () => {
    const { lines, ...rest } = calculated(example({ events: [FIVE_MORE] }))
    expect(rest).toEqual({
      currency: 'USD',
      periods: [{ from: '2026-03-01', to: '2026-04-01' }],
      due: '514.52',
      billed: '0.00',
      total: '514.52',
    })
    const { explanation, priceRule, ...line } = lines[1] ?? { explanation: '', priceRule: '' }
    expect(line).toEqual({
      kind: 'prorated',
      period: { from: '2026-03-01', to: '2026-04-01' },
      from: '2026-03-11',
      to: '2026-04-01',
      billOn: '2026-03-11',
      quantity: '5',
      unitPrice: '22.00',
      days: 21,
      daysInPeriod: 31,
      fraction: { days: 21, of: 31, decimal: '0.677419354839' },
      amount: '74.52',
    })
    expect(priceRule).toBe('price given from 1 Mar 2026')
    expect(explanation).toContain('20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52')
  })

  it('writes amounts with the digits of their currency', () => {
    const yen = calculated(example({ events: [FIVE_MORE], input: { currency: 'JPY' } }))
    expect([yen.total, yen.lines[1]?.amount, yen.lines[1]?.unitPrice]).toEqual(['515', '75', '22'])
    const dinar = calculated(example({ events: [FIVE_MORE], input: { currency: 'KWD' } }))
    expect([dinar.total, dinar.lines[1]?.amount, dinar.lines[1]?.unitPrice]).toEqual([
      '514.516',
      '74.516',
      '22.000',
    ])
  })

  it('shows the rounded fraction and the unit amount when they decide', () => {
    const two = calculated(example({ policy: { durationDecimals: 2 }, events: [FIVE_MORE] }))
    expect([two.lines[1]?.amount, two.lines[1]?.fraction]).toEqual([
      '74.80',
      { days: 21, of: 31, decimal: '0.68' },
    ])
    const unit = calculated(example({ policy: { roundAt: 'unit' }, events: [FIVE_MORE] }))
    expect([unit.lines[1]?.amount, unit.lines[1]?.unitAmount]).toEqual(['74.50', '14.90'])
    expect(two.lines[1]).not.toHaveProperty('unitAmount')
  })

  it('answers a list with a list, in the same order', () => {
    const list = [example({}), example({ input: { currency: 'EUR' } })]
    const results = JSON.parse(calculate(JSON.stringify(list)).output) as readonly {
      readonly currency: string
    }[]
    expect(results.map((result) => result.currency)).toEqual(['USD', 'EUR'])
    expect(calculate('[]')).toEqual({ exitCode: 0, output: '[]\n' })
  })
})

/** Each changes one thing about 20 seats at $22.00, and shows in the total. */
const RULES: readonly (readonly [string, Change, string])[] = [
  ['nothing', {}, '440.00'],
  ['seats as a whole number', { events: [{ on: '2026-03-11', quantity: 25 }] }, '514.52'],
  [
    'an event with only a price, at once',
    { policy: { priceChange: 'immediate' }, events: [{ on: '2026-03-15', unitPrice: '24' }] },
    '461.94',
  ],
  ['a price for the next period', { events: [{ on: '2026-03-15', unitPrice: '24' }] }, '440.00'],
  [
    'a moment, on its local date',
    { events: [{ instant: '2026-03-11T02:00Z', quantity: '25' }], input: { timeZone: 'America/New_York' } },
    '518.06',
  ],
  [
    'the same moment further east',
    { events: [{ instant: '2026-03-11T02:00Z', quantity: '25' }], input: { timeZone: 'Europe/Paris' } },
    '514.52',
  ],
  [
    'three of one day, in order',
    { events: ['21', '22', '23'].map((quantity) => ({ on: '2026-03-25', quantity })) },
    '454.90',
  ],
  ['events out of order of date', { events: [{ on: '2026-03-20', quantity: '22' }, FIVE_MORE] }, '514.52'],
  [
    'a typed cancellation',
    { policy: { lastPeriod: 'prorate' }, events: [{ on: '2026-03-11', type: 'cancel' }] },
    '141.94',
  ],
  [
    'absent fields written as null',
    { subscription: { term: null, trialEnd: null }, input: { asOf: null } },
    '440.00',
  ],
  ['an end', { policy: { lastPeriod: 'prorate' }, subscription: { end: '2026-03-11' } }, '141.94'],
  [
    'an inclusive end',
    { policy: { lastPeriod: 'prorate' }, subscription: { end: '2026-03-10' }, input: { ends: 'inclusive' } },
    '141.94',
  ],
  [
    'a pause',
    {
      policy: { suspended: 'pause' },
      events: [
        { on: '2026-03-11', type: 'suspend' },
        { on: '2026-03-21', type: 'resume' },
      ],
    },
    '298.06',
  ],
  ['a trial, whose end acts at once', { subscription: { trialEnd: '2026-03-15' } }, '241.29'],
  [
    'a trial with an inclusive end',
    { subscription: { trialEnd: '2026-03-14' }, input: { ends: 'inclusive' } },
    '241.29',
  ],
  ['a one-time amount', { events: [{ on: '2026-03-20', amount: '99.90' }] }, '539.90'],
  [
    'a one-time quantity and price',
    { events: [{ on: '2026-03-20', type: 'oneTime', quantity: '2', unitPrice: '49.95' }] },
    '539.90',
  ],
  ['a day the event was first seen', { events: [{ ...FIVE_MORE, observedOn: '2026-03-14' }] }, '514.52'],
  ['increases in full', { policy: { increases: 'full' }, events: [FIVE_MORE] }, '550.00'],
  ['increases next period', { policy: { increases: 'nextPeriod' }, events: [FIVE_MORE] }, '440.00'],
  ['months of 30 days', { policy: { dayCount: 'thirty' }, events: [FIVE_MORE] }, '513.33'],
  ['actual days over 30', { policy: { dayCount: 'actualOver30' }, events: [FIVE_MORE] }, '517.00'],
  [
    'a base month',
    { policy: { dayCount: 'baseMonth', baseMonth: '2026-02' }, events: [FIVE_MORE] },
    '510.71',
  ],
  ['amounts cut toward zero', { policy: { roundMode: 'down' }, events: [FIVE_MORE] }, '514.51'],
  [
    'a first period in full',
    { policy: { firstPeriod: 'full' }, subscription: { start: '2026-03-05' } },
    '440.00',
  ],
  ['a first period in part', { subscription: { start: '2026-03-05' } }, '383.23'],
  [
    'an anchor day',
    { policy: { cycle: 'anniversary', anchorDay: 11 }, input: { from: '2026-02-11', to: '2026-03-11' } },
    '157.14',
  ],
]

describe('each field of the input reaches the arithmetic', () => {
  it.each(RULES)('%s', (_, change, total) => {
    expect(calculated(example(change)).total).toBe(total)
  })

  it('says that a date is estimated, and changes nothing else', () => {
    const seen = calculated(example({ events: [{ ...FIVE_MORE, observedOn: '2026-03-14' }] }))
    const known = calculated(example({ events: [FIVE_MORE] }))
    expect(seen.lines[1]?.explanation).toContain('date estimated')
    expect(known.lines[1]?.explanation).not.toContain('date estimated')
    const withoutWords = ({ lines }: typeof seen) => lines.map((line) => ({ ...line, explanation: '' }))
    expect(withoutWords(seen)).toEqual(withoutWords(known))
  })

  it('takes off what is billed, and corrects what no longer holds', () => {
    const base = calculated(example({}))
    const more = calculated(example({ events: [FIVE_MORE], input: { billed: base.lines } }))
    expect([more.due, more.billed, more.total]).toEqual(['514.52', '440.00', '74.52'])
    const both = calculated(example({ events: [FIVE_MORE] }))
    const later = calculated(
      example({ events: [{ on: '2026-03-13', quantity: '25' }], input: { billed: both.lines } }),
    )
    expect(later.lines.map((line) => [line.kind, line.quantity, line.amount])).toEqual([
      ['correction', '1', '-7.10'],
    ])
  })

  it('takes a billed line typed by hand with only what settling compares', () => {
    const period = { from: '2026-03-01', to: '2026-04-01' }
    const line = {
      period,
      from: '2026-03-11',
      to: '2026-04-01',
      quantity: '5',
      unitPrice: '22',
      amount: '74.52',
    }
    const { total } = calculated(example({ events: [FIVE_MORE], input: { billed: [line] } }))
    expect(total).toBe('440.00')
  })

  it('counts 10^12 seats exactly', () => {
    const events = [{ on: '2026-03-01', quantity: '1000000000000', unitPrice: '999999999999.99' }]
    const { total } = calculated(example({ subscription: { events } }))
    expect(total).toBe('999999999999990000000000.00')
  })
})
