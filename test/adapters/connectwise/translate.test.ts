import { describe, expect, it } from 'vitest'
import { parseAgreement, readDecimal } from '../../../adapters/connectwise/schema.js'
import { read } from '../../../adapters/connectwise/reading.js'
import { toCompany, toContainer, toItem } from '../../../adapters/connectwise/translate.js'
import { Problem } from '../../../core/problem.js'
import type { Container } from '../../../core/sync/types.js'
import { day, decimal } from '../../support/observed.js'

const READING = { subject: 'agreement 77', where: 'GET here', secrets: [] }
const LINE = { ...READING, subject: 'addition 9 of agreement 77' }

const AGREEMENT = {
  id: 77,
  name: 'Contoso Cloud',
  company: { id: 5 },
  startDate: '2025-01-01T00:00:00Z',
  prorateFlag: true,
  billingCycle: { id: 2 },
  nextInvoiceDate: '2026-04-01T00:00:00Z',
  currency: { currencyCode: 'USD' },
  agreementStatus: 'Active',
}

const ADDITION = {
  id: 9,
  product: { id: 3 },
  quantity: 5,
  unitPrice: 22.5,
  billCustomer: 'Billable',
  effectiveDate: '2026-03-11T00:00:00Z',
}

interface Facts {
  readonly agreement?: Readonly<Record<string, unknown>>
  readonly addition?: Readonly<Record<string, unknown>>
  readonly invoices?: readonly string[]
}

function container({ agreement, addition, invoices = [] }: Facts): Container {
  return toContainer({
    agreement: read(parseAgreement, { ...AGREEMENT, ...agreement }, READING),
    isMonthly: true,
    invoices: invoices.map((date, index) => ({
      id: String(index + 1),
      invoiceNumber: `1000${index + 1}`,
      type: 'Agreement',
      date: day(date),
    })),
    additions: addition === undefined ? [] : [{ reading: LINE, raw: { ...ADDITION, ...addition } }],
  })
}

function faultOf(facts: Facts): string {
  try {
    container(facts)
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
  throw new Error('it was accepted')
}

describe('a number', () => {
  it.each([
    [22.5, '22.5'],
    [0.1 + 0.2, '0.3'],
    [1.1 * 3, '3.3'],
    [74.51612903, '74.51612903'],
    [0, '0'],
    [-0, '0'],
    [-66, '-66'],
    [1e-8, '0.00000001'],
    [1234567.12345678, '1234567.12345678'],
    [999_999_999_999_999, '999999999999999'],
  ])('is taken as it is written: %d', (number, text) => {
    expect(readDecimal(number)).toBe(decimal(text))
  })

  it.each([
    ['a third', 1 / 3],
    ['nine places', 0.123456789],
    ['more digits than a double keeps', 12345678.12345678],
    ['too large', 1e21],
    ['a text', '22'],
    ['no number', Number.NaN],
    ['no end', Number.POSITIVE_INFINITY],
    ['nothing', null],
  ])('is refused, never rounded away: %s', (_name, value) => {
    expect(readDecimal(value)).toBeUndefined()
  })
})

describe('an agreement that cannot be used is refused with field and value', () => {
  it.each<[string, Facts, string]>([
    [
      'no word on proration',
      { agreement: { prorateFlag: undefined } },
      'agreement 77 has prorateFlag = nothing instead of true or false',
    ],
    ['no company', { agreement: { company: null } }, 'has company = null instead of an object'],
    [
      'a currency that is none',
      { agreement: { currency: { currencyCode: 'US$' } } },
      'has currency.currencyCode = "US$" instead of an ISO 4217',
    ],
    [
      'a day that does not exist',
      { agreement: { endDate: '2026-02-30T00:00:00Z' } },
      'has endDate = "2026-02-30T00:00:00Z" instead of a day that exists',
    ],
    [
      'a date that is no day',
      { agreement: { nextInvoiceDate: '2026-04-01T05:00:00Z' } },
      'nextInvoiceDate = "2026-04-01T05:00:00Z" instead of',
    ],
    [
      'a date in another order',
      { agreement: { nextInvoiceDate: '4/1/2026' } },
      'nextInvoiceDate = "4/1/2026" instead of',
    ],
    [
      'a new way to bill',
      { addition: { billCustomer: 'Sometimes' } },
      'addition 9 of agreement 77 has billCustomer = "Sometimes" instead of one of Billable, DoNotBill, NoCharge',
    ],
    ['no count', { addition: { quantity: null } }, 'has quantity = null instead of a number'],
    ['no price', { addition: { unitPrice: undefined } }, 'has unitPrice = nothing instead of a number'],
    ['a price that is no decimal', { addition: { unitPrice: 1 / 3 } }, 'unitPrice = 0.3333333333333333'],
    [
      'days that run backwards',
      { addition: { cancelledDate: '2026-03-09T00:00:00Z' } },
      'addition 9 of agreement 77 ends before it begins',
    ],
  ])('%s', (_name, facts, words) => {
    const message = faultOf(facts)
    expect(message).toContain(words)
    expect(message).toMatch(
      /^GET here: ConnectWise's answer cannot be used: .* nothing was written\. Correct/,
    )
  })
})

describe('why an agreement is closed', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string | undefined]>([
    ['open', {}, undefined],
    ['cancelled by flag', { cancelledFlag: true }, 'it is cancelled'],
    ['cancelled by status', { agreementStatus: 'Cancelled' }, 'it is cancelled'],
    ['expired without a day', { agreementStatus: 'Expired' }, 'it has expired'],
    ['expired', { agreementStatus: 'Expired', endDate: '2026-03-31T00:00:00Z' }, 'it ended on 31 Mar 2026'],
    ['invoiced to its end', { endDate: '2026-03-31T00:00:00Z' }, 'it ended on 31 Mar 2026'],
    ['ending later', { endDate: '2026-04-30T00:00:00Z' }, undefined],
    [
      'with an end that does not count',
      { endDate: '2026-03-31T00:00:00Z', noEndingDateFlag: true },
      undefined,
    ],
    ['inactive', { agreementStatus: 'Inactive' }, 'it is inactive'],
    ['in a new status', { agreementStatus: 'Paused' }, 'its status is "Paused", which is not known here'],
    [
      'without a next invoice',
      { nextInvoiceDate: null },
      'it has no next invoice date, so that it bills nothing',
    ],
  ])('%s', (_name, agreement, words) => {
    expect(container({ agreement }).closed).toBe(words)
  })
})

describe('what is locked', () => {
  it('ends at the next invoice date, or behind the period of an invoice dated there or later', () => {
    expect(container({}).lockedTo).toBe(day('2026-04-01'))
    expect(container({ invoices: ['2026-04-01'] }).lockedTo).toBe(day('2026-05-01'))
    expect(container({ invoices: ['2026-05-20', '2026-04-03'] }).lockedTo).toBe(day('2026-06-01'))
  })

  it('is never empty: without any invoice it begins with the first billed day, or the first at all', () => {
    const nothing = { nextInvoiceDate: null }
    expect(container({ agreement: { ...nothing, billStartDate: '2025-02-01T00:00:00Z' } }).lockedTo).toBe(
      day('2025-02-01'),
    )
    expect(container({ agreement: nothing }).lockedTo).toBe(day('2025-01-01'))
  })
})

describe('the day months begin on', () => {
  it.each([
    ['2026-04-15T00:00:00Z', undefined, 15],
    ['2026-04-15T00:00:00Z', '2025-01-31T00:00:00Z', 15],
    ['2026-02-28T00:00:00Z', '2025-01-31T00:00:00Z', 31],
    ['2026-04-30T00:00:00Z', '2025-01-31T00:00:00Z', 31],
    ['2026-02-28T00:00:00Z', '2025-01-15T00:00:00Z', 28],
  ])('of %s, first billed %s, is %i', (nextInvoiceDate, billStartDate, anchorDay) => {
    expect(container({ agreement: { nextInvoiceDate, billStartDate } }).anchorDay).toBe(anchorDay)
  })

  it('of an agreement that does not say when it is billed first is known by the day it begins on', () => {
    const agreement = { nextInvoiceDate: '2026-02-28T00:00:00Z', billStartDate: null }
    const anchorDay = (startDate: string) =>
      container({ agreement: { ...agreement, startDate: `${startDate}T00:00:00Z` } }).anchorDay
    expect([anchorDay('2025-01-31'), anchorDay('2025-01-01')]).toEqual([31, 28])
  })
})

describe('a line', () => {
  it('without a first day bills from the agreement on; without words it has its description', () => {
    const [line] = container({ addition: { effectiveDate: null, description: 'Seats\nfor you' } }).lines
    expect(line).toMatchObject({
      from: day('2025-01-01'),
      to: null,
      words: 'Seats for you',
      marker: undefined,
    })
  })

  it('shows the own figure of ConnectWise rounded once, and only where it prorates', () => {
    const figure = { extendedProratePrice: 74.51612903225806, prorateCurrentPeriodFlag: true }
    expect(container({ addition: figure }).lines[0]?.ownAmount).toBe(7452n)
    expect(
      container({ addition: { ...figure, prorateCurrentPeriodFlag: false } }).lines[0]?.ownAmount,
    ).toBeUndefined()
    expect(container({ addition: figure, agreement: { currency: null } }).lines[0]?.ownAmount).toBeUndefined()
    expect(
      container({ addition: figure, agreement: { currency: { currencyCode: 'JPY' } } }).lines[0]?.ownAmount,
    ).toBe(75n)
  })
})

describe('a company', () => {
  const company = { id: 5, name: 'Contoso', identifier: 'CON' }
  const reading = { ...READING, subject: 'company 5' }

  it.each([
    ['https://www.contoso.com/about?x=1', 'contoso.com'],
    ['CONTOSO.co.uk', 'contoso.co.uk'],
    ['http://portal.contoso.com:8080', 'portal.contoso.com'],
    ['none', undefined],
    ['javascript:alert(1)', undefined],
    [null, undefined],
  ])('with the website %s has the domain %s', (website, domain) => {
    expect(toCompany({ ...company, website }, reading)?.domain).toBe(domain)
  })

  it.each(['Inactive', 'inactive (old)'])('of status %s is left out', (name) => {
    expect(toCompany({ ...company, status: { id: 1, name } }, reading)).toBeUndefined()
  })

  it('of any other status stays', () => {
    expect(toCompany({ ...company, status: { id: 1, name: 'Delinquent' } }, reading)?.id).toBe('5')
  })
})

describe('a product', () => {
  const reading = { ...READING, subject: 'product 3' }

  it('of a class nobody knows cannot be billed', () => {
    expect(toItem({ id: 3, identifier: 'X', productClass: 'Hologram' }, reading)).toEqual({
      id: '3',
      name: 'X',
      vendorNumbers: [],
      unitPrice: undefined,
      unusable: 'it is of the class "Hologram", which is not known here',
    })
  })
})

describe('the newest invoice', () => {
  it('is told by its number, and locks nothing when it is of an earlier month', () => {
    const before = container({
      invoices: ['2026-02-01'],
      agreement: { nextInvoiceDate: '2026-04-01T00:00:00Z' },
    })
    expect(before).toMatchObject({ lastInvoice: '10001', lockedTo: day('2026-04-01') })
  })

  it('is not made up where there is none', () => {
    expect('lastInvoice' in container({})).toBe(false)
  })
})
