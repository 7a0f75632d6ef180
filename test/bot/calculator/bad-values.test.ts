import { describe, expect, it } from 'vitest'
import { answered, type Bad, type Change, FIVE_MORE, WAY_OUT } from './inputs.js'

const event = (wrong: object): Change => ({ events: [wrong as Readonly<Record<string, unknown>>] })
const subscription = (wrong: object): Change => ({ subscription: { ...wrong } })
const input = (wrong: object): Change => ({ input: { ...wrong } })
const policy = (wrong: object): Change => ({ policy: { ...wrong } })

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

describe('a value that cannot be used', () => {
  it.each([...NUMBERS, ...DATES, ...WORDS])('%s', (_, change, path, words) => {
    const { exitCode, lines } = answered(change)
    expect(exitCode).toBe(2)
    const line = lines.find((candidate) => candidate.startsWith(`${path}: `))
    expect(line, lines.join('\n')).toBeDefined()
    expect(line).toContain(words)
    // A sentence says what to do: it is never the complaint alone.
    expect(line).toMatch(WAY_OUT)
    expect(lines.at(-1)).toBe('Nothing was calculated.')
  })
})
