import { describe, expect, test } from 'vitest'
import { parseCommand } from '../../../bot/commands/parse.js'
import { Problem } from '../../../core/problem.js'
import { day, decimal } from '../../support/observed.js'

const TODAY = day('2026-03-20')

const about = (...words: string[]) => ({ everyone: false, words })
const all = (...words: string[]) => ({ everyone: true, words })
const fixed = (price: string, currency?: string, bare?: string) => ({
  kind: 'fixed',
  price: decimal(price),
  currency,
  bare,
})
const words = (description: string) => ({ kind: 'words', description })

/** What is told to type instead. */
function nextOf(text: string): string | undefined {
  try {
    return parseCommand(text, TODAY).name
  } catch (error) {
    if (error instanceof Problem) return error.next
    throw error
  }
}

describe('price and describe', () => {
  test.each([
    ['price', { action: 'list', page: 1 }],
    ['price page 2', { action: 'list', page: 2 }],
    ['price remove 3', { action: 'end', number: 3, on: undefined }],
    ['price remove #3 from may', { action: 'end', number: 3, on: day('2026-05-01') }],
    ['price contoso', { action: 'paid', about: about('contoso'), asked: 'contoso', page: 1 }],
    ['price all premium page 2', { action: 'paid', about: all('premium'), asked: 'all premium', page: 2 }],
    [
      'price contoso "Microsoft 365"',
      {
        action: 'paid',
        about: about('contoso', 'Microsoft 365'),
        asked: 'contoso Microsoft 365',
        page: 1,
      },
    ],
    ['describe', { action: 'list', page: 1 }],
    ['describe remove 12 from 2026-04-15', { action: 'end', number: 12, on: day('2026-04-15') }],
  ])('%s', (text, command) => {
    expect(parseCommand(text, TODAY)).toEqual({ name: text.split(' ')[0], ...command })
  })

  const open = { from: undefined, to: undefined }
  test.each([
    ['price contoso premium 20.50', { about: about('contoso', 'premium'), says: fixed('20.50'), ...open }],
    [
      'price contoso premium 20.50 EUR',
      { about: about('contoso', 'premium'), says: fixed('20.50', 'EUR'), ...open },
    ],
    ['price contoso 20 usd', { about: about('contoso'), says: fixed('20', 'USD'), ...open }],
    ['price "Contoso Ltd" 20.50', { about: about('Contoso Ltd'), says: fixed('20.50'), ...open }],
    ['price all 20', { about: all(), says: fixed('20', undefined, '20'), ...open }],
    [
      'price all premium margin 20%',
      { about: all('premium'), says: { kind: 'margin', percent: decimal('20') }, ...open },
    ],
    ['price "all" 20.50', { about: about('all'), says: fixed('20.50'), ...open }],
    ['price [k7q2mdxa] 20.50', { about: about('k7q2mdxa'), says: fixed('20.50'), ...open }],
    [
      'price contoso $20.50 from 1 april until 30 june',
      {
        about: about('contoso'),
        says: fixed('20.50', 'USD'),
        from: day('2026-04-01'),
        to: day('2026-07-01'),
      },
    ],
    [
      'price contoso discount 10 % until june from april',
      {
        about: about('contoso'),
        says: { kind: 'discount', percent: decimal('10') },
        from: day('2026-04-01'),
        to: day('2026-07-01'),
      },
    ],
    [
      'price coffee from peru 20.50 from 2026-04-01',
      {
        about: about('coffee', 'from', 'peru'),
        says: fixed('20.50'),
        from: day('2026-04-01'),
        to: undefined,
      },
    ],
    [
      'describe contoso premium "Cloud office"',
      { about: about('contoso', 'premium'), says: words('Cloud office'), ...open },
    ],
    [
      'describe all premium “Office” from april',
      { about: all('premium'), says: words('Office'), from: day('2026-04-01'), to: undefined },
    ],
  ])('%s', (text, asked) => {
    expect(parseCommand(text, TODAY)).toEqual({ name: text.split(' ')[0], action: 'set', asked })
  })

  test.each([
    ['price 20.50', /needs whom it is for/],
    ['price contoso 20.50 from soon', /“from soon” is not a day/],
    ['price contoso 20.50 from april from may', /is not a day to begin or end with/],
    ['price contoso 20.50 until 31 june', /“until 31 june” is not a day/],
    ['price remove', /needs the number of one/],
    ['price remove 0', /needs the number of one/],
    ['price remove 99999999999', /needs the number of one/],
    ['price remove 3 please', /takes nothing more/],
    ['price remove 3 until may', /takes nothing more/],
    ['price page', /is not the number of a page/],
    ['price contoso "20.50"', /A number is missing/],
    ['describe contoso Cloud', /needs the words, in quotes/],
    ['describe contoso " "', /There are no words between the quotes/],
    ['describe contoso ""', /There are no words between the quotes/],
    ['describe "Cloud"', /needs whom it is for/],
    [`describe contoso "${'x'.repeat(201)}"`, /has 201 characters; at most 200 fit/],
    ['price contoso off', /is not a price/],
  ])('“%s” is refused in words', (text, why) => {
    let said = 'read'
    try {
      parseCommand(text, TODAY)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      said = error.what
    }
    expect(said).toMatch(why)
  })

  test.each([
    ['price contoso 20.50 from 1/4/2026', 'Write it as `from 2026-04-01` or `from 2026-01-04`.'],
    ['price contoso 20.50 until 01.04.2026', 'Write it as `until 2026-04-01`.'],
    ['price contoso 20.50 from soon', 'Type it as in `price … from 1 april until 30 june`.'],
    ['price contoso -10%', 'Type `discount 10%` off list.'],
    ['price contoso +10%', 'Type `markup 10%` on cost.'],
    ['price contoso 10%', 'Type `discount 10%` off list, `markup 10%` on cost or `margin 10%`.'],
  ])('“%s”: %s', (text, next) => {
    expect(nextOf(text)).toBe(next)
  })

  test.each([
    ['price contoso premium 5% discount', 'discount', '5'],
    ['price contoso premium 10% off', 'discount', '10'],
    ['price contoso premium 10 % off list', 'discount', '10'],
    ['price contoso premium 15% markup', 'markup', '15'],
    ['price contoso premium 12.5 % margin', 'margin', '12.5'],
  ])('%s is a %s', (text, kind, percent) => {
    const asked = { about: about('contoso', 'premium'), says: { kind, percent: decimal(percent) } }
    expect(parseCommand(text, TODAY)).toMatchObject({ action: 'set', asked })
  })

  test.each([
    ['from december', '2026-12-01', undefined],
    ['from 1 october until december', '2026-10-01', '2027-01-01'],
    ['until 31 december from 20 september', '2026-09-20', '2027-01-01'],
    ['from october until january', '2026-10-01', '2027-02-01'],
    ['from january until february', '2026-01-01', '2026-03-01'],
    ['from 1 march until 15 march', '2026-03-01', '2026-03-16'],
    ['until february', undefined, '2027-03-01'],
    ['until december', undefined, '2027-01-01'],
  ])('a month without a year is one that comes, or was billed lately: %s', (text, from, to) => {
    const [first, last] = [from, to].map((date) => (date === undefined ? undefined : day(date)))
    expect(parseCommand(`price contoso 20.50 ${text}`, TODAY)).toMatchObject({
      asked: { from: first, to: last },
    })
  })

  test.each(['discount 10% a month', 'margin 20% monthly'])('“%s”: a part has no period', (rule) => {
    expect(nextOf(`price contoso premium ${rule}`)).toBe(
      'Leave that out, or type the price itself, as in `20.50 a month`.',
    )
  })

  test.each(['20.50 a month', '20.50/month', '20.50 monthly'])('behind a name in quotes: %s', (price) => {
    const asked = {
      about: about('contoso', 'Microsoft 365 Business Premium'),
      says: { ...fixed('20.50'), per: 'month' },
    }
    const text = `price contoso "Microsoft 365 Business Premium" ${price}`
    expect(parseCommand(text, TODAY)).toMatchObject({ action: 'set', asked })
  })

  test('tomorrow is a day to begin with', () => {
    expect(parseCommand('price contoso 20.50 from tomorrow', TODAY)).toMatchObject({
      asked: { from: day('2026-03-21') },
    })
  })
})
