import { describe, expect, it } from 'vitest'
import { type ComparedCustomer, compareWho, type WhoLine, whoOf } from '../support/recompute/who.js'

const LINE = {
  kind: 'recurring',
  from: '2026-03-01',
  to: '2026-04-01',
  billOn: '2026-03-01',
  quantity: '20',
  unitPrice: '22.00',
  amount: '440.00',
  subject: '200/BP',
}

function contoso(fields: Partial<ComparedCustomer> = {}): ComparedCustomer {
  return { customerId: '100', currency: 'USD', amount: '440.00', lines: [LINE], ...fields }
}

describe('comparing two answers to whom to bill', () => {
  it('finds nothing in two that are equal, whatever the order of lines and the zeros at the end', () => {
    const added = {
      ...LINE,
      kind: 'prorated',
      from: '2026-03-11',
      billOn: '2026-03-11',
      quantity: '5',
      amount: '74.52',
    }
    const nothing = { ...LINE, amount: '0.00' }
    const left = contoso({ amount: '514.52', lines: [LINE, added] })
    const right = contoso({ amount: '514.520', lines: [added, nothing, { ...LINE, quantity: '20.0' }] })
    expect(compareWho([left], [right])).toEqual([])
  })

  it.each([
    ['one cent of a total', { amount: '440.01' }, 'the total is 440.01 and should be 440.00'],
    ['one cent of a line', { lines: [{ ...LINE, amount: '440.01' }] }, 'should not be there'],
    ['a line', { lines: [] }, 'this line is missing: 200/BP recurring from 2026-03-01'],
    ['a line twice', { lines: [LINE, LINE] }, 'should not be there'],
    ['a day', { lines: [{ ...LINE, billOn: '2026-03-02' }] }, 'billed on 2026-03-02'],
    ['a lineage', { lines: [{ ...LINE, subject: '201/BP' }] }, '201/BP recurring'],
  ])('says in a sentence that %s differs', (_, change, words) => {
    expect(compareWho([contoso()], [contoso(change)]).join('\n')).toContain(words)
  })

  it('says who is missing, who is too many, and who is there twice', () => {
    expect(compareWho([contoso()], []).join(' ')).toContain('the total is 0 and should be 440.00')
    expect(compareWho([], [contoso({ currency: 'EUR' })]).join(' ')).toContain(
      'in EUR: the total is 440.00 and should be 0',
    )
    expect(compareWho([contoso()], [contoso(), contoso()])).toEqual(['Customer 100 is listed twice in USD.'])
  })

  it('compares lines without lineage when the other side does not tell it', () => {
    const { subject: _, ...untold } = LINE
    expect(compareWho([contoso()], [contoso({ lines: [untold] })])).toEqual([])
  })
})

describe('lineages', () => {
  it('may be called by any of their records, and by no other', () => {
    const expected = contoso({ lines: [{ ...LINE, records: ['200/BP', '201/BP'] }] })
    expect(compareWho([expected], [contoso({ lines: [{ ...LINE, subject: '201/BP' }] })])).toEqual([])
    expect(compareWho([expected], [contoso({ lines: [{ ...LINE, subject: '202/BP' }] })])).toHaveLength(2)
  })
})

describe('adding up', () => {
  it('never mixes currencies, and sorts whatever comes', () => {
    const line = (customerId: string, currency: string, amount: string): WhoLine => {
      const period = { from: LINE.from, to: LINE.to }
      return { ...LINE, period, customerId, currency, amount, records: [], assumed: false }
    }
    const lines = [line('101', 'JPY', '500'), line('100', 'USD', '0.10'), line('100', 'USD', '0.20')]
    const who = whoOf(lines, [])
    expect(who.totals).toEqual([
      { currency: 'JPY', amount: '500' },
      { currency: 'USD', amount: '0.30' },
    ])
    expect(who).toEqual(whoOf(lines.toReversed(), []))
  })
})
