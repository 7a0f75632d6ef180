import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { domainName, foldName } from '../../../core/mapping/names.js'
import { type CompanyLike, fitCompanies, fitLines, itemFitter } from '../../../core/mapping/suggest.js'
import { HOSTILE_NAMES } from '../../support/card-samples.js'
import { decimal } from '../../support/observed.js'

function company(name: string, more: Partial<CompanyLike> = {}): CompanyLike {
  return { id: more.id ?? '1', name, code: more.code, domain: more.domain }
}

function score(customer: string, name: string, more: Partial<CompanyLike> = {}): number {
  return fitCompanies(customer, [company(name, more)]).fits[0]?.score ?? 0
}

describe('a customer and one company', () => {
  test.each([
    ['Contoso', 'Contoso', 100],
    ['Contoso', ' contoso ', 95],
    ['Contoso Ltd', 'CONTOSO, LTD.', 95],
    ['Café Zoë', 'Cafe Zoe', 95],
    ['Müller Bau', 'Mueller Bau', 95],
    ['Müller Bau', 'Muller Bau', 95],
    ['Straße', 'Strasse', 95],
    ['Smith & Jones', 'Smith and Jones', 95],
    ["O'Brien", 'OBrien', 95],
    ['株式会社コントソ', '株式会社コントソ', 100],
    ['Contoso', 'Contoso GmbH', 88],
    ['Contoso Inc.', 'Contoso', 88],
    ['Contoso', 'Contoso GmbH & Co. KG', 88],
    ['Contoso', 'Contoso S.r.l.', 88],
    ['Contoso', 'Contoso A/S', 88],
    ['Müller', 'Mueller GmbH', 88],
    ['Contoso Incorporated', 'Contoso Inc', 90],
    ['Contoso GmbH', 'Contoso Ltd', 75],
    // 55 + 20 × 7 of 15 characters
    ['Contoso', 'Contoso Holding', 64],
    ['Contosso', 'Contoso', 70],
    // 20 + 70 × 1 of 4 words
    ['Contoso Bakery', 'Contoso Plumbing', 37],
    ['Contoso', 'Fabrikam', 0],
    ['', 'Fabrikam', 0],
    ['!!!', '???', 0],
    ['Co', 'Company', 0],
  ])('%s and %s: %i points', (customer, name, points) => {
    expect(score(customer, name)).toBe(points)
  })

  test('a domain that is the name counts, a short code less', () => {
    expect(score('Northwind Traders', 'NWT', { domain: 'https://www.northwind-traders.co.uk/' })).toBe(85)
    expect(score('Northwind Traders', 'NWT', { code: 'NorthwindTraders' })).toBe(70)
    expect(score('Northwind Traders', 'NWT', { domain: 'nwt.com', code: '' })).toBe(0)
  })
})

test.each([
  ['contoso.com', 'contoso'],
  ['www.contoso.co.uk', 'contoso'],
  ['contoso.onmicrosoft.com', 'contoso'],
  ['http://shop.contoso.de:8080/a?b', 'contoso'],
  ['localhost', undefined],
  ['', undefined],
])('the name in the domain %s', (domain, name) => {
  expect(domainName(domain)).toBe(name)
})

test('legal forms alone are a name, and one in front is part of it', () => {
  expect(foldName('AG').core).toEqual(['ag'])
  expect(foldName('AG Insurance').core).toEqual(['ag', 'insurance'])
  expect(foldName('The The').words).toEqual(['the', 'the'])
})

describe('choosing a company', () => {
  test('one strong name is sure', () => {
    const { best, doubt } = fitCompanies('Contoso', [
      company('Fabrikam'),
      company('Contoso Ltd', { id: '2' }),
    ])
    expect([best?.thing.id, doubt]).toEqual(['2', undefined])
  })

  test('two of the same strength are said, never chosen between', () => {
    const { fits, doubt } = fitCompanies('Contoso', [
      company('Contoso Ltd', { id: '7' }),
      company('Contoso GmbH', { id: '3' }),
    ])
    expect(fits.map(({ thing }) => thing.name)).toEqual(['Contoso GmbH', 'Contoso Ltd'])
    expect(doubt).toBe('2 fit about equally well')
  })

  test('the exact name is clearly ahead of one with a legal form, not of one in capitals', () => {
    const exact = company('Contoso')
    expect(fitCompanies('Contoso', [company('Contoso Ltd', { id: '2' }), exact]).doubt).toBeUndefined()
    expect(fitCompanies('Contoso', [company('CONTOSO', { id: '2' }), exact]).doubt).toBeDefined()
  })

  test('a weak likeness is said with its points', () => {
    const { best, doubt } = fitCompanies('Contoso', [company('Contoso Holding')])
    expect([best?.score, doubt]).toEqual([64, 'the best is only 64 of 100'])
  })

  test('nothing in common is no suggestion; more than fit on a card are counted', () => {
    expect(fitCompanies('Contoso', [company('Fabrikam')])).toMatchObject({
      fits: [],
      best: undefined,
      doubt: 'nothing fits',
    })
    const many = Array.from({ length: 8 }, (_, index) => company(`Contoso ${index}`, { id: String(index) }))
    const { fits, hidden } = fitCompanies('Contoso', many)
    expect([fits.length, hidden]).toEqual([5, 3])
  })

  test('the order does not depend on the order of the companies', () => {
    const names = ['Contoso', 'Contoso Ltd', 'Contoso GmbH', 'Contoso Holding', 'Contosso', 'CONTOSO']
    const companies = names.map((name, index) => company(name, { id: String(index) }))
    const expected = fitCompanies('Contoso', companies)
    fc.assert(
      fc.property(fc.shuffledSubarray(companies, { minLength: names.length }), (mixed) => {
        expect(fitCompanies('Contoso', mixed)).toEqual(expected)
      }),
    )
  })

  test('hostile names are text: each fits itself, and nothing breaks', () => {
    const companies = HOSTILE_NAMES.map((name, index) => company(name, { id: String(index) }))
    for (const [index, name] of HOSTILE_NAMES.entries()) {
      const [first] = fitCompanies(name, companies).fits
      expect([first?.thing.id, first?.score]).toEqual([String(index), 100])
    }
  })

  test('any two texts have between 0 and 100 points, the same in both directions', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (left, right) => {
        const points = score(left, right)
        expect(points).toBe(score(right, left))
        expect(points >= 0 && points <= 100).toBe(true)
      }),
    )
  })
})

describe('a product and items', () => {
  const PREMIUM = { name: 'Microsoft 365 Business Premium', mpn: 'CFQ7TTC0LCHC:0002' }
  const item = (id: string, name: string, vendorNumbers: readonly string[] = [], unusable?: string) => ({
    id,
    name,
    vendorNumbers,
    unusable,
  })
  const fitItems = (product: typeof PREMIUM, items: readonly ReturnType<typeof item>[]) =>
    itemFitter(items)(product)
  const points = (name: string, numbers: readonly string[] = []) =>
    fitItems(PREMIUM, [item('1', name, numbers)]).fits[0]?.score ?? 0

  test.each([
    ['M365BP', ['other', 'CFQ7TTC0LCHC:0002'], 100],
    ['M365BP', ['cfq7ttc0lchc-0002'], 95],
    ['M365BP', ['CFQ7TTC0LCHC'], 60],
    ['M365BP', ['CFQ7'], 0],
    ['M365BP', ['', ' ', '---'], 0],
    ['Microsoft 365 Business Premium', [], 100],
    ['microsoft 365 (business premium)', [], 95],
    // 55 + 20 × 30 of 38 characters
    ['Microsoft 365 Business Premium monthly', [], 70],
    // 20 + 70 × 3 of 8 words
    ['Microsoft 365 Business Basic', [], 46],
  ])('%s with %j: %i points', (name, numbers, expected) => {
    expect(points(name, numbers)).toBe(expected)
  })

  test('a legal form is a word like any other in what is sold', () => {
    expect(fitItems({ name: 'Backup', mpn: '' }, [item('1', 'Backup SE')]).fits[0]?.score).toBeLessThan(80)
  })

  test('what cannot be billed is shown with its reason, and never taken', () => {
    const bundle = item('1', PREMIUM.name, [PREMIUM.mpn], 'it is a bundle')
    const alone = fitItems(PREMIUM, [bundle])
    expect(alone.fits).toMatchObject([{ score: 100, refusal: 'it is a bundle' }])
    expect([alone.best, alone.doubt]).toEqual([undefined, 'nothing fits'])
    const beside = fitItems(PREMIUM, [bundle, item('2', PREMIUM.name)])
    expect([beside.best?.thing.id, beside.doubt]).toEqual(['2', undefined])
  })
})

describe('seats and lines of one item', () => {
  const lines = (...counts: readonly string[]) =>
    counts.map((count, index) => ({ id: String(90_001 + index), quantity: decimal(count) }))

  test('the same count first', () => {
    const { fits, best, doubt } = fitLines(decimal('20'), lines('5', '20'))
    expect(fits.map(({ thing, score }) => [thing.id, score])).toEqual([
      ['90002', 100],
      ['90001', 80],
    ])
    expect([best?.thing.id, doubt]).toEqual(['90002', undefined])
  })

  test('the only line is taken with another count too; of two equal ones neither is', () => {
    expect(fitLines(decimal('25'), lines('20'))).toMatchObject({
      best: { score: 80, why: 'same item, 20 there for 25' },
      doubt: undefined,
    })
    expect(fitLines(decimal('20'), lines('20', '20')).doubt).toBe('2 fit about equally well')
    expect(fitLines(decimal('20'), lines('1', '2')).doubt).toBe('2 fit about equally well')
    expect(fitLines(decimal('20'), []).doubt).toBe('nothing fits')
  })
})
