import { describe, expect, it } from 'vitest'
import { calculate } from '../../../bot/console/calculator/calculate.js'
import { CALCULATOR_EVENTS, CALCULATOR_INPUTS, CALCULATOR_TEXT_CHARACTERS } from '../../../core/limits.js'
import { type Change, example, FIVE_MORE, OPENING } from './inputs.js'

/** What is wrong · the input · the path named · words the sentence must have. */
type Bad = readonly [string, Change, string, string]

const event = (wrong: object): Change => ({ events: [wrong as Readonly<Record<string, unknown>>] })
const subscription = (wrong: object): Change => ({ subscription: { ...wrong } })
const policy = (wrong: object): Change => ({ policy: { ...wrong } })
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

const NUMBERS: readonly Bad[] = [
  [
    'seats below zero',
    event({ on: '2026-03-11', quantity: '-1' }),
    'subscription.events[1].quantity',
    '"-1" is below zero',
  ],
  [
    'seats below zero as a number',
    event({ on: '2026-03-11', quantity: -1 }),
    'subscription.events[1].quantity',
    '-1 is below zero',
  ],
  [
    'seats as a float',
    event({ on: '2026-03-11', quantity: 2.5 }),
    'subscription.events[1].quantity',
    'write it as text, in quotes',
  ],
  [
    'seats beyond safe integers',
    event({ on: '2026-03-11', quantity: 2 ** 60 }),
    'subscription.events[1].quantity',
    'write it as text, in quotes',
  ],
  [
    'seats above the limit',
    event({ on: '2026-03-11', quantity: '1000000000001' }),
    'subscription.events[1].quantity',
    'above the limit of 1000000000000',
  ],
  [
    'seats with nine places',
    event({ on: '2026-03-11', quantity: '1.000000001' }),
    'subscription.events[1].quantity',
    'more than 8 places',
  ],
  [
    'seats in words',
    event({ on: '2026-03-11', quantity: 'five' }),
    'subscription.events[1].quantity',
    '"five" is not a number',
  ],
  [
    'seats as nothing',
    event({ on: '2026-03-11', quantity: '' }),
    'subscription.events[1].quantity',
    '"" is not a number',
  ],
  [
    'seats as null',
    event({ on: '2026-03-11', quantity: null }),
    'subscription.events[1].quantity',
    'null is not a number',
  ],
  [
    'seats as a list',
    event({ on: '2026-03-11', quantity: [25] }),
    'subscription.events[1].quantity',
    'A list is not a number',
  ],
  [
    'a price in words',
    event({ on: '2026-03-11', unitPrice: 'abc' }),
    'subscription.events[1].unitPrice',
    '"abc" is not a number',
  ],
  [
    'a price with a currency sign',
    event({ on: '2026-03-11', unitPrice: '$22' }),
    'subscription.events[1].unitPrice',
    '"$22" is not a number',
  ],
  [
    'a price below zero',
    event({ on: '2026-03-11', unitPrice: '-0.01' }),
    'subscription.events[1].unitPrice',
    'is below zero',
  ],
  [
    'a price as a float',
    event({ on: '2026-03-11', unitPrice: 22.5 }),
    'subscription.events[1].unitPrice',
    '22.5 is a JSON number',
  ],
  [
    'a price with an exponent',
    event({ on: '2026-03-11', unitPrice: '1e3' }),
    'subscription.events[1].unitPrice',
    'is not a number',
  ],
  [
    'an amount with too many places',
    event({ on: '2026-03-11', amount: '1.234' }),
    'subscription.events[1].amount',
    'USD has 2 places',
  ],
  [
    'an amount in words',
    event({ on: '2026-03-11', amount: 'free' }),
    'subscription.events[1].amount',
    '"free" is not a number',
  ],
]

const DATES: readonly Bad[] = [
  [
    '30 February',
    event({ on: '2026-02-30', quantity: '25' }),
    'subscription.events[1].on',
    '"2026-02-30" is no day of the calendar',
  ],
  ['a month of 13', subscription({ start: '2026-13-01' }), 'subscription.start', 'is no day of the calendar'],
  [
    '29 February of no leap year',
    subscription({ end: '2027-02-29' }),
    'subscription.end',
    'is no day of the calendar',
  ],
  ['the year 10000', subscription({ end: '10000-01-01' }), 'subscription.end', 'is not a date'],
  ['the year 2200', subscription({ end: '2200-01-01' }), 'subscription.end', 'from 1900 to 2199'],
  ['another order of parts', subscription({ start: '01/03/2026' }), 'subscription.start', 'is not a date'],
  ['a date as a number', subscription({ start: 20260301 }), 'subscription.start', '20260301 is not a date'],
  [
    'a term to 31 June',
    subscription({ term: { to: '2026-06-31' } }),
    'subscription.term.to',
    'is no day of the calendar',
  ],
  [
    'a term from 31 June',
    subscription({ term: { from: '2026-06-31', to: '2026-07-31' } }),
    'subscription.term.from',
    'is no day',
  ],
  ['a term without an end', subscription({ term: {} }), 'subscription.term.to', 'It is missing'],
  [
    'a term that ends before it begins',
    subscription({ term: { to: '2026-03-01' } }),
    'subscription.term.to',
    'not after the term',
  ],
  [
    'a trial to 31 April',
    subscription({ trialEnd: '2026-04-31' }),
    'subscription.trialEnd',
    'is no day of the calendar',
  ],
  [
    'an end before the start',
    subscription({ end: '2026-02-28' }),
    'subscription.end',
    'before the start (2026-03-01)',
  ],
  [
    'seen on 31 April',
    event({ ...FIVE_MORE, observedOn: '2026-04-31' }),
    'subscription.events[1].observedOn',
    'is no day',
  ],
  ['no from', input({ from: undefined }), 'from', 'It is missing'],
  ['no to', input({ to: undefined }), 'to', 'It is missing'],
  ['an empty window', input({ to: '2026-03-01' }), 'to', 'not after from (2026-03-01)'],
  ['as of no day', input({ asOf: '2026-02-30' }), 'asOf', 'is no day of the calendar'],
  [
    'a moment on 30 February',
    event({ instant: '2026-02-30T00:00Z', quantity: '25' }),
    'subscription.events[1].instant',
    'is no day',
  ],
  [
    'a moment without an offset',
    event({ instant: '2026-03-11T02:00', quantity: '25' }),
    'subscription.events[1].instant',
    'is not a moment with an offset',
  ],
  [
    'a moment at 25 o’clock',
    event({ instant: '2026-03-11T25:00Z', quantity: '25' }),
    'subscription.events[1].instant',
    'is not a moment',
  ],
  [
    'a moment without a time zone',
    event({ instant: '2026-03-11T02:00Z', quantity: '25' }),
    'subscription.events[1].instant',
    'Give "timeZone"',
  ],
  [
    'a date and a moment',
    event({ ...FIVE_MORE, instant: '2026-03-11T02:00Z' }),
    'subscription.events[1].instant',
    'not both',
  ],
  ['neither date nor moment', event({ quantity: '25' }), 'subscription.events[1].on', 'It is missing'],
]

const WORDS: readonly Bad[] = [
  ['an unknown currency', input({ currency: 'XYZ' }), 'currency', '"XYZ" is not a currency we know'],
  ['a currency in small letters', input({ currency: 'usd' }), 'currency', 'in capitals'],
  ['no currency', input({ currency: undefined }), 'currency', 'It is missing'],
  [
    'an unknown time zone',
    input({ timeZone: 'Mars/Olympus' }),
    'timeZone',
    '"Mars/Olympus" is not a time zone we know',
  ],
  ['an unknown kind of ends', input({ ends: 'inclusiv' }), 'ends', 'did you mean "inclusive"'],
  ['an unknown policy value', policy({ cycle: 'calender' }), 'policy.cycle', 'did you mean "calendar"'],
  [
    'a policy value of another policy',
    policy({ increases: 'credit' }),
    'policy.increases',
    'one of "prorate", "full", "nextPeriod"',
  ],
  ['an unknown policy', policy({ dayCounts: 'actual' }), 'policy.dayCounts', 'Did you mean "dayCount"?'],
  ['policies in a list', input({ policy: [] }), 'policy', 'A list is not an object'],
  ['an anchor day of 0', policy({ anchorDay: 0 }), 'policy.anchorDay', '0 is below 1'],
  ['an anchor day of 32', policy({ anchorDay: 32 }), 'policy.anchorDay', '32 is above 31'],
  ['an anchor day as text', policy({ anchorDay: '31' }), 'policy.anchorDay', 'is not a whole number'],
  ['a base month of a day', policy({ baseMonth: '2026-01-01' }), 'policy.baseMonth', 'is not a month'],
  ['a base month of 13', policy({ baseMonth: '2026-13' }), 'policy.baseMonth', 'is not a month'],
  ['one duration decimal', policy({ durationDecimals: 1 }), 'policy.durationDecimals', 'from 2 to 12'],
  ['13 duration decimals', policy({ durationDecimals: 13 }), 'policy.durationDecimals', 'from 2 to 12'],
  [
    'duration decimals in words',
    policy({ durationDecimals: 'precise' }),
    'policy.durationDecimals',
    '"exact"',
  ],
  [
    'an unknown billing period',
    subscription({ billingPeriod: { type: 'week', duration: 1 } }),
    'subscription.billingPeriod.type',
    '"day", "month", "year"',
  ],
  [
    'a billing period of nothing',
    subscription({ billingPeriod: { type: 'month', duration: 0 } }),
    'subscription.billingPeriod.duration',
    '0 is below 1',
  ],
  [
    'a billing period of a century',
    subscription({ billingPeriod: { type: 'year', duration: 100 } }),
    'subscription.billingPeriod.duration',
    'at most 10 years',
  ],
  [
    'half a month',
    subscription({ billingPeriod: { type: 'month', duration: 0.5 } }),
    'subscription.billingPeriod.duration',
    'is not a whole number',
  ],
  [
    'no billing period',
    subscription({ billingPeriod: undefined }),
    'subscription.billingPeriod',
    'It is missing',
  ],
  [
    'months over the days of a period of days',
    { policy: { dayCount: 'thirty' }, subscription: { billingPeriod: { type: 'day', duration: 30 } } },
    'policy.dayCount',
    'actual',
  ],
  [
    'a term longer than its period',
    subscription({ billingPeriod: { type: 'year', duration: 1 }, term: { to: '2027-04-01' } }),
    'subscription.term',
    'longer',
  ],
]

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

describe('an input that cannot be used', () => {
  it.each([...NUMBERS, ...DATES, ...WORDS, ...SHAPES])('%s', (_, change, path, words) => {
    const { exitCode, output } = calculate(JSON.stringify(example(change)))
    expect(exitCode).toBe(2)
    const lines = output.trimEnd().split('\n')
    const line = lines.find((candidate) => candidate.startsWith(`${path}: `))
    expect(line, output).toBeDefined()
    expect(line).toContain(words)
    // A sentence says what to do: it is never the complaint alone.
    expect(line).toMatch(/\b(Give|State|Use|Did you mean|Remove|Correct|Divide|write|needs it)\b/)
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
