import { describe, expect, it } from 'vitest'
import { calculate } from '../../../bot/console/calculator/calculate.js'
import { CALCULATOR_EVENTS, CALCULATOR_INPUTS, CALCULATOR_TEXT_CHARACTERS } from '../../../core/limits.js'
import { answered, type Bad, type Change, example, FIVE_MORE, OPENING, WAY_OUT } from './inputs.js'

const event = (wrong: object): Change => ({ events: [wrong as Readonly<Record<string, unknown>>] })
const subscription = (wrong: object): Change => ({ subscription: { ...wrong } })
const input = (wrong: object): Change => ({ input: { ...wrong } })

const LINE = {
  kind: 'recurring',
  period: { from: '2026-03-01', to: '2026-04-01' },
  from: '2026-03-01',
  to: '2026-04-01',
  billOn: '2026-03-01',
  quantity: '20',
  unitPrice: '22.00',
  amount: '440.00',
}
const billed = (wrong: object): Change => ({ input: { billed: [{ ...LINE, ...wrong }] } })

const SHAPES: readonly Bad[] = [
  ['an unknown field', input({ polcy: {} }), 'polcy', 'Did you mean "policy"?'],
  [
    'an unknown field far from any',
    input({ invoiceNumber: 7 }),
    'invoiceNumber',
    'There is no field "invoiceNumber"',
  ],
  [
    'a field in capitals',
    subscription({ Start: '2026-03-01' }),
    'subscription.Start',
    'Did you mean "start"?',
  ],
  [
    'an unknown event field',
    event({ on: '2026-03-11', quantitty: '25' }),
    'subscription.events[1].quantitty',
    'Did you mean "quantity"?',
  ],
  [
    'an unknown event type',
    event({ ...FIVE_MORE, type: 'quanity' }),
    'subscription.events[1].type',
    'did you mean "quantity"',
  ],
  [
    'events that are no list',
    subscription({ events: { on: '2026-03-01' } }),
    'subscription.events',
    'An object is not a list',
  ],
  ['no events', subscription({ events: undefined }), 'subscription.events', 'It is missing'],
  [
    'an empty list of events',
    subscription({ events: [] }),
    'subscription.events',
    'quantity and the unitPrice of the first day of service, 2026-03-01',
  ],
  [
    'no price at the start',
    subscription({ events: [{ on: '2026-03-01', quantity: '20' }] }),
    'subscription.events',
    'No event gives the unitPrice',
  ],
  [
    'no seats at the start',
    subscription({ events: [{ ...OPENING, on: '2026-03-02' }] }),
    'subscription.events',
    'quantity and the unitPrice',
  ],
  [
    'an event that is a date',
    subscription({ events: [OPENING, '2026-03-11'] }),
    'subscription.events[1]',
    '"2026-03-11" is not an object',
  ],
  ['an event without news', event({ on: '2026-03-11' }), 'subscription.events[1]', 'It changes nothing'],
  [
    'a change of seats without seats',
    event({ on: '2026-03-11', type: 'quantity' }),
    'subscription.events[1].quantity',
    'It is missing',
  ],
  [
    'a change of price without a price',
    event({ on: '2026-03-11', type: 'price' }),
    'subscription.events[1].unitPrice',
    'It is missing',
  ],
  [
    'a suspension with seats',
    event({ ...FIVE_MORE, type: 'suspend' }),
    'subscription.events[1].quantity',
    'carries no quantity',
  ],
  [
    'a cancellation with seats',
    event({ ...FIVE_MORE, type: 'cancel' }),
    'subscription.events[1].quantity',
    'carries no quantity',
  ],
  [
    'a change of seats with an amount',
    event({ ...FIVE_MORE, type: 'quantity', amount: '5' }),
    'subscription.events[1].amount',
    'carries no amount',
  ],
  [
    'a one-time charge without a price',
    event({ on: '2026-03-11', type: 'oneTime', quantity: '2' }),
    'subscription.events[1]',
    'needs its price',
  ],
  ['no subscription', input({ subscription: undefined }), 'subscription', 'It is missing'],
  ['a subscription of null', input({ subscription: null }), 'subscription', 'null is not an object'],
  ['billed lines that are no list', input({ billed: {} }), 'billed', 'An object is not a list'],
  ['a billed line without an amount', billed({ amount: undefined }), 'billed[0].amount', 'It is missing'],
  [
    'a billed amount with too many places',
    billed({ amount: '440.001' }),
    'billed[0].amount',
    'USD has 2 places',
  ],
  [
    'a billed line of an unknown kind',
    billed({ kind: 'recuring' }),
    'billed[0].kind',
    'did you mean "recurring"',
  ],
  [
    'a billed line with an unknown field',
    billed({ unitPrise: '22' }),
    'billed[0].unitPrise',
    'Did you mean "unitPrice"?',
  ],
  ['a billed line that ends before it begins', billed({ to: '2026-02-28' }), 'billed[0].to', '2026-03-01'],
  ['a billed line without a period', billed({ period: undefined }), 'billed[0].period', 'It is missing'],
  [
    'a billed line of an empty period',
    billed({ period: { from: '2026-03-01', to: '2026-03-01' } }),
    'billed[0].period.to',
    '2026-03-01',
  ],
  [
    'a billed line on 30 February',
    billed({ billOn: '2026-02-30' }),
    'billed[0].billOn',
    'is no day of the calendar',
  ],
]

describe('fields that do not fit together', () => {
  it.each([...SHAPES])('%s', (_, change, path, words) => {
    const { exitCode, lines } = answered(change)
    expect(exitCode).toBe(2)
    const line = lines.find((candidate) => candidate.startsWith(`${path}: `))
    expect(line, lines.join('\n')).toBeDefined()
    expect(line).toContain(words)
    // A sentence says what to do: it is never the complaint alone.
    expect(line).toMatch(WAY_OUT)
    expect(lines.at(-1)).toBe('Nothing was calculated.')
  })

  it('names the one fault alone', () => {
    const { output } = calculate(JSON.stringify(example(event({ on: '2026-03-11', quantity: '-1' }))))
    expect(output).toBe(
      'subscription.events[1].quantity: "-1" is below zero. Give a count of seats as text, such as "25".\n' +
        'Nothing was calculated.\n',
    )
  })

  it('refuses a whole list for one of its inputs, with the index', () => {
    const list = [example({}), example(event({ on: '2026-02-30', quantity: '5' })), example({})]
    const { exitCode, output } = calculate(JSON.stringify(list))
    expect(exitCode).toBe(2)
    expect(output).toMatch(/^\[1\]\.subscription\.events\[1\]\.on: "2026-02-30" is no day/)
    expect(output).not.toContain('"total"')
  })

  it('names the index of what only the arithmetic can refuse', () => {
    const long = example(
      subscription({ billingPeriod: { type: 'year', duration: 1 }, term: { to: '2027-04-01' } }),
    )
    expect(calculate(JSON.stringify([example({}), long])).output).toMatch(/^\[1\]\.subscription\.term: /)
  })

  it('lists every fault, up to a bound', () => {
    const events = Array.from({ length: 25 }, () => ({ on: '2026-03-11', quantity: '-1' }))
    const { output } = calculate(JSON.stringify(example({ events })))
    expect(output.match(/is below zero/g)).toHaveLength(20)
    expect(output).toContain('… and 5 more.')
  })
})

describe('text that is no input', () => {
  const base = JSON.stringify(example({}))

  it.each([
    ['nothing', '', 'input: It is empty'],
    ['blanks', ' \n ', 'input: It is empty'],
    ['words', 'hello', 'input: It is not JSON. Correct'],
    ['a missing bracket', base.slice(0, -1), 'input: It is not JSON'],
    ['a comma too many', '{\n  "currency": "USD",\n}', 'input: It is not JSON at line 3, column 1'],
    ['a number', '7', 'input: 7 is not an object'],
    ['null', 'null', 'input: null is not an object'],
    ['text in quotes', '"March"', 'input: "March" is not an object'],
    ['a list of numbers', '[7]', '[0]: 7 is not an object'],
    ['a list in a list', `[[${base}]]`, '[0]: A list is not an object'],
    [
      'a prototype key',
      `{"__proto__":{"currency":"USD"},${base.slice(1)}`,
      '__proto__: There is no field "__proto__"',
    ],
    [
      'a constructor key',
      `{"constructor":{},${base.slice(1)}`,
      'constructor: There is no field "constructor"',
    ],
    [
      'a prototype key deep inside',
      base.replace('"on":', '"__proto__":{},"on":'),
      'subscription.events[0].__proto__: There is no field',
    ],
    ['a key with a line break', `{"a\\nb":1,${base.slice(1)}`, '["a\\nb"]: There is no field "a\\nb"'],
    ['depth', '['.repeat(100_000), 'input: It nests deeper than 12 levels'],
    ['depth of objects', '{"a":'.repeat(100_000), 'input: It nests deeper than 12 levels'],
    ['size', ' '.repeat(CALCULATOR_TEXT_CHARACTERS + 1), 'input: It has more than 20000000 characters'],
    ['too many inputs', `[${'0,'.repeat(CALCULATOR_INPUTS)}0]`, 'input: It lists more than 10000 inputs'],
  ])('%s', (_, text, start) => {
    const { exitCode, output } = calculate(text)
    expect(exitCode).toBe(2)
    expect(output.startsWith(start), output.slice(0, 200)).toBe(true)
    expect(output.endsWith('Nothing was calculated.\n')).toBe(true)
  })

  it('pollutes no prototype', () => {
    calculate('{"__proto__":{"polluted":true}}')
    expect('polluted' in {}).toBe(false)
  })

  it('accepts the mark some shells put before piped text', () => {
    expect(calculate(`\ufeff${base}`).exitCode).toBe(0)
  })

  it('bounds events, and the periods of all inputs together', () => {
    const events = Array.from({ length: CALCULATOR_EVENTS }, () => FIVE_MORE)
    expect(calculate(JSON.stringify(example({ events }))).output).toMatch(
      /^subscription\.events: It has more than 10000 entries/,
    )
    const daily = { billingPeriod: { type: 'day', duration: 1 } }
    const years = example({ subscription: daily, input: { from: '1900-01-01', to: '2199-12-31' } })
    expect(calculate(JSON.stringify([years, years])).output).toMatch(
      /^\[1\]\.to: Up to here there are more than 100000 billing/,
    )
  })

  it('shows nothing that could rewrite the terminal', () => {
    const hostile = `${String.fromCharCode(27)}[2J‮USD${'x'.repeat(500)}`
    const { output } = calculate(JSON.stringify(example(input({ currency: hostile }))))
    expect(output).toContain('\\u001b[2J\\u202eUSD')
    expect(output.split('\n')[0]?.length).toBeLessThan(200)
  })
})
