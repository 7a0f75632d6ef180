import { describe, expect, it } from 'vitest'
import type {
  CalculatorInput,
  EventInput,
  PolicyInput,
  SubscriptionInput,
} from '../support/recompute/input.js'
import { recompute } from '../support/recompute/recompute.js'

/** 20 seats at $22.00 from 1 March 2026, +5 on 11 March: the timeline of the worked numbers. */
const OPENING: EventInput = { on: '2026-03-01', quantity: '20', unitPrice: '22.00' }
const RISE: EventInput = { on: '2026-03-11', quantity: '25' }

interface Variation extends Partial<Omit<CalculatorInput, 'subscription'>> {
  readonly subscription?: Partial<SubscriptionInput>
}

function march(policy: PolicyInput = {}, variation: Variation = {}): CalculatorInput {
  const { subscription, ...rest } = variation
  return {
    currency: 'USD',
    policy,
    from: '2026-03-01',
    to: '2026-04-01',
    ...rest,
    subscription: {
      billingPeriod: { type: 'month', duration: 1 },
      start: '2026-03-01',
      end: null,
      events: [OPENING, RISE],
      ...subscription,
    },
  }
}

function events(...list: readonly EventInput[]): Variation {
  return { subscription: { events: list } }
}

const amounts = (input: CalculatorInput) => recompute(input).lines.map((line) => line.amount)

describe('money, dates and periods, as BILLING works them out', () => {
  it('B2, B26: the timeline of all examples', () => {
    const result = recompute(march())
    expect(result).toMatchObject({ due: '514.52', billed: '0.00', total: '514.52' })
    expect(result.lines).toEqual([
      {
        kind: 'recurring',
        period: { from: '2026-03-01', to: '2026-04-01' },
        from: '2026-03-01',
        to: '2026-04-01',
        billOn: '2026-03-01',
        quantity: '20',
        unitPrice: '22',
        amount: '440.00',
      },
      {
        kind: 'prorated',
        period: { from: '2026-03-01', to: '2026-04-01' },
        from: '2026-03-11',
        to: '2026-04-01',
        billOn: '2026-03-11',
        quantity: '5',
        unitPrice: '22',
        amount: '74.52',
      },
    ])
  })

  it.each([
    ['B2 two decimals of the fraction', { durationDecimals: 2 }, '74.80'],
    ['B2 rounded per unit', { roundAt: 'unit' }, '74.50'],
    ['B5 thirty', { dayCount: 'thirty' }, '73.33'],
    ['B10 full', { increases: 'full' }, '110.00'],
  ] as const)('%s: the 5 seats', (_, policy, expected) => {
    expect(amounts(march(policy))).toEqual(['440.00', expected])
  })

  it('B3: an instant becomes its local date', () => {
    const at = { instant: '2026-03-11T02:00:00Z', quantity: '25' }
    const input = march({}, { timeZone: 'America/New_York', ...events(OPENING, at) })
    expect(recompute(input).lines[1]).toMatchObject({ from: '2026-03-10', amount: '78.06' })
    expect(() => recompute(march({}, events(OPENING, at)))).toThrow('timeZone')
  })

  it('B4: the 31st clamps to short months and returns', () => {
    const subscription = { start: '2026-01-31', events: [{ ...OPENING, on: '2026-01-31' }] }
    const input = march({ cycle: 'anniversary' }, { from: '2026-02-01', subscription })
    expect(recompute(input).periods).toEqual([
      { from: '2026-02-28', to: '2026-03-31' },
      { from: '2026-03-31', to: '2026-04-30' },
    ])
  })

  it('B4: a co-termed first term is prorated over the nominal term', () => {
    const subscription: Partial<SubscriptionInput> = {
      billingPeriod: { type: 'year', duration: 1 },
      start: '2026-03-11',
      term: { to: '2027-01-01' },
      events: [{ on: '2026-03-11', quantity: '5', unitPrice: '240.00' }],
    }
    expect(amounts(march({}, { subscription }))).toEqual(['973.15'])
    expect(amounts(march({ firstPeriod: 'full' }, { subscription }))).toEqual(['973.15'])
    const inclusive = march(
      {},
      { ends: 'inclusive', subscription: { ...subscription, term: { to: '2026-12-31' } } },
    )
    expect(amounts(inclusive)).toEqual(['973.15'])
    expect(() =>
      recompute(march({}, { subscription: { ...subscription, term: { to: '2027-03-12' } } })),
    ).toThrow('D2')
  })

  it('B5: calendarMonths takes each part over its own month, baseMonth over the base month', () => {
    const january: Partial<SubscriptionInput> = {
      start: '2026-01-07',
      events: [
        { on: '2026-01-07', quantity: '20', unitPrice: '22.00' },
        { on: '2026-01-20', quantity: '25' },
      ],
    }
    const window = { from: '2026-01-01', to: '2026-02-01', subscription: january }
    // 110 × (12/31 + 6/28)
    expect(amounts(march({ cycle: 'anniversary', dayCount: 'calendarMonths' }, window))[1]).toBe('66.15')
    const rise = {
      start: '2026-02-01',
      events: [
        { ...OPENING, on: '2026-02-01' },
        { ...RISE, on: '2026-02-10' },
      ],
    }
    const february = { from: '2026-02-01', to: '2026-03-01', subscription: rise }
    expect(amounts(march({ dayCount: 'baseMonth', baseMonth: '2026-01' }, february))[1]).toBe('78.06')
    // D3: without a base month, the month of the period's start: 19/28.
    expect(amounts(march({ dayCount: 'baseMonth' }, february))[1]).toBe('74.64')
  })

  it('B5: the published figures of the marketplace, 5 × $36.00 from 20 January to 7 February', () => {
    const subscription: Partial<SubscriptionInput> = {
      start: '2026-01-07',
      events: [
        { on: '2026-01-07', quantity: '1', unitPrice: '36.00' },
        { on: '2026-01-20', quantity: '6' },
      ],
    }
    const priced = (durationDecimals: number | 'exact') =>
      amounts(
        march(
          { cycle: 'anniversary', dayCount: 'baseMonth', durationDecimals },
          { from: '2026-01-01', to: '2026-02-01', subscription },
        ),
      )[1]
    expect([priced(2), priced(4), priced('exact')]).toEqual(['104.40', '104.51', '104.52'])
  })
})

describe('seats, as BILLING works them out', () => {
  it('B6: changes inside a day net to one', () => {
    const one = (quantity: string) => ({ on: '2026-03-25', quantity })
    expect(amounts(march({}, events(OPENING, one('21'), one('22'), one('23'))))).toEqual(['440.00', '14.90'])
  })

  it('B8, B9: a dip is not charged again; a decrease is credited when asked', () => {
    const dip = [OPENING, RISE, { on: '2026-03-15', quantity: '22' }, { on: '2026-03-20', quantity: '25' }]
    expect(recompute(march({}, events(...dip))).total).toBe('514.52')
    const down = events(OPENING, RISE, { on: '2026-03-20', quantity: '22' })
    expect(amounts(march({ decreases: 'credit' }, down))).toEqual(['440.00', '74.52', '-25.55'])
    expect(recompute(march({ decreases: 'credit' }, down)).total).toBe('488.97')
    expect(recompute(march({ decreases: 'credit' }, down)).lines[2]).toMatchObject({
      kind: 'credit',
      quantity: '-3',
    })
    expect(amounts(march({ decreases: 'credit', increases: 'nextPeriod' }, down))).toEqual(['440.00'])
  })

  it('B10: the next period takes added seats', () => {
    expect(recompute(march({ increases: 'nextPeriod' })).total).toBe('440.00')
    expect(amounts(march({ increases: 'nextPeriod' }, { to: '2026-05-01' }))).toEqual(['440.00', '550.00'])
  })

  it.each([
    ['prorate', 'full', '383.23'],
    ['full', 'prorate', '269.68'],
    ['prorate', 'prorate', '212.90'],
    ['full', 'full', '440.00'],
  ] as const)('B11: first %s, last %s', (firstPeriod, lastPeriod, expected) => {
    const subscription = {
      start: '2026-03-05',
      end: '2026-03-20',
      events: [{ ...OPENING, on: '2026-03-05' }],
    }
    const result = recompute(march({ firstPeriod, lastPeriod }, { subscription }))
    expect(result.total).toBe(expected)
    expect(result.lines[0]?.billOn).toBe('2026-03-05')
  })

  it('B12: a cancellation, before and after the whole month was billed', () => {
    const subscription = { end: '2026-03-11', events: [{ ...OPENING, quantity: '25' }] }
    expect(recompute(march({ lastPeriod: 'full' }, { subscription })).total).toBe('550.00')
    expect(recompute(march({ lastPeriod: 'prorate' }, { subscription })).total).toBe('177.42')
    const billed = recompute(march({}, { subscription: { ...subscription, end: null } })).lines
    const after = recompute(march({ lastPeriod: 'prorate' }, { subscription, billed }))
    expect(after).toMatchObject({ due: '177.42', billed: '550.00', total: '-372.58' })
    expect(after.lines).toMatchObject([{ kind: 'correction', quantity: '1', amount: '-372.58' }])
    for (const firstPeriod of ['prorate', 'full'] as const) {
      expect(amounts(march({ firstPeriod }, { subscription: { end: '2026-03-01' } }))).toEqual([])
      expect(amounts(march({ firstPeriod }, events(OPENING, { on: '2026-03-01', type: 'cancel' })))).toEqual(
        [],
      )
    }
  })

  it('B13: a pause takes its days out', () => {
    const pause = events(OPENING, { on: '2026-03-11', type: 'suspend' }, { on: '2026-03-21', type: 'resume' })
    expect(amounts(march({ suspended: 'pause' }, pause))).toEqual(['298.06'])
    expect(amounts(march({ suspended: 'bill' }, pause))).toEqual(['440.00'])
  })

  it('D4: full reaches back to where the base line begins', () => {
    const subscription = { start: '2026-03-05', events: [{ ...OPENING, on: '2026-03-05' }, RISE] }
    expect(amounts(march({ increases: 'full' }, { subscription }))).toEqual(['383.23', '95.81'])
  })
})

describe('prices and what is due, as BILLING works them out', () => {
  it('B15: an immediate price change is one line', () => {
    const change = events(OPENING, { on: '2026-03-15', unitPrice: '24.00' })
    expect(amounts(march({ priceChange: 'immediate' }, change))).toEqual(['440.00', '21.94'])
    expect(amounts(march({}, { to: '2026-05-01', ...change }))).toEqual(['440.00', '480.00'])
  })

  it('B15, D6: the end of a trial acts at once', () => {
    const input = march({}, { subscription: { events: [OPENING], trialEnd: '2026-03-11' } })
    expect(recompute(input).lines).toMatchObject([
      { kind: 'prorated', from: '2026-03-11', quantity: '20', unitPrice: '22', amount: '298.06' },
    ])
  })

  it('B21: advance and arrears on 20 March', () => {
    const asOf = '2026-03-20'
    expect(recompute(march({}, { asOf })).total).toBe('514.52')
    const march1 = recompute(march({}, events(OPENING))).lines
    expect(amounts(march({}, { asOf, billed: march1 }))).toEqual(['74.52'])
    expect(amounts(march({}, { asOf: '2026-04-30', from: '2026-04-01', to: '2026-05-01' }))).toEqual([
      '550.00',
    ])
    expect(amounts(march({ timing: 'arrears' }, { asOf: '2026-03-31' }))).toEqual([])
    expect(recompute(march({ timing: 'arrears' }, { asOf: '2026-04-01' })).total).toBe('514.52')
  })

  it('B23: one correction when the date proves to be 13 March, nothing the second time', () => {
    const billed = recompute(march()).lines
    const proven = events(OPENING, { ...RISE, on: '2026-03-13' })
    const correction = recompute(march({}, { ...proven, billed }))
    expect(correction.lines).toMatchObject([
      { kind: 'correction', from: '2026-03-01', to: '2026-04-01', billOn: '2026-03-13', amount: '-7.10' },
    ])
    expect(amounts(march({}, { ...proven, billed: [...billed, ...correction.lines] }))).toEqual([])
    expect(amounts(march({}, { billed }))).toEqual([])
  })
})
