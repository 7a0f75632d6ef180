import { describe, expect, test } from 'vitest'
import { parseCommand } from '../../../bot/commands/parse.js'
import { Problem } from '../../../core/problem.js'
import { HOSTILE_NAMES } from '../../support/card-samples.js'
import { day, decimal } from '../../support/observed.js'
import { APRIL } from '../../support/office.js'

const TODAY = day('2026-03-20')
const NOTHING = { to: undefined, offset: undefined, price: undefined }

function refusal(text: string): Problem {
  try {
    parseCommand(text, TODAY)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error(`“${text}” was understood`)
}

describe('map', () => {
  test.each([
    ['map', { action: 'overview', page: undefined }],
    ['map page 2', { action: 'overview', page: 2 }],
    ['map contoso Page 3', { action: 'suggest', customer: 'contoso', page: 3 }],
    ['map contoso to fabrikam page 2', { action: 'suggest', choice: { company: 'fabrikam' }, page: 2 }],
    ['map "page 2"', { action: 'suggest', customer: 'page 2', page: undefined }],
    ['MAP contoso', { action: 'suggest', customer: 'contoso', choice: {} }],
    ['map Bank of America', { action: 'suggest', customer: 'Bank of America', choice: {} }],
    ["map O'Brien", { action: 'suggest', customer: "O'Brien", choice: {} }],
    ['map "Back to Basics"', { action: 'suggest', customer: 'Back to Basics', choice: {} }],
    ['map ‘Back to Basics’', { action: 'suggest', customer: 'Back to Basics', choice: {} }],
    ["map 'Back to Basics' accept", { action: 'accept', customer: 'Back to Basics' }],
    ['map accept', { action: 'suggest', customer: 'accept', choice: {} }],
    ['map contoso accept', { action: 'accept', customer: 'contoso', choice: {}, from: undefined }],
    [
      'map contoso Accept from april',
      { action: 'accept', customer: 'contoso', from: { type: 'month', month: APRIL } },
    ],
    ['map contoso accept from 2026-04', { action: 'accept', from: { type: 'month', month: APRIL } }],
    ['map contoso accept from 15 april', { action: 'accept', from: { type: 'day', day: day('2026-04-15') } }],
    [
      'map contoso continue k7q2mdxa from mftqaf57',
      { action: 'answer', customer: 'contoso', said: { line: 'k7q2mdxa', from: 'mftqaf57' } },
    ],
    [
      'map "Brave New World" Continue "from 11 mar" From "5 seats"',
      { action: 'answer', customer: 'Brave New World', said: { line: 'from 11 mar', from: '5 seats' } },
    ],
    ['map contoso new visio plan', { action: 'answer', said: { line: 'visio plan', from: undefined } }],
    ['map new', { action: 'suggest', customer: 'new' }],
    ['map contoso remove', { action: 'remove', customer: 'contoso', from: undefined }],
    [
      'map contoso remove from april',
      { action: 'remove', customer: 'contoso', from: { type: 'month', month: APRIL } },
    ],
  ])('%s', (text, command) => {
    expect(parseCommand(text, TODAY)).toMatchObject({ name: 'map', ...command })
  })

  test.each([
    ['map contoso to fabrikam', { company: 'fabrikam' }],
    [
      'map contoso to "Made in Italy" in "Back to school"',
      { company: 'Made in Italy', container: 'Back to school' },
    ],
    [
      'map contoso to Contoso Ltd in Managed services',
      { company: 'Contoso Ltd', container: 'Managed services' },
    ],
    ['map contoso to autotask 12', { psa: 'autotask', company: '12' }],
    ['map contoso to ConnectWise 12 in 77', { psa: 'connectwise', company: '12', container: '77' }],
    ['map contoso to connectwise', { company: 'connectwise' }],
    ['map contoso to "Autotask" partners', { company: 'Autotask partners' }],
  ])('another place: %s', (text, choice) => {
    expect(parseCommand(text, TODAY)).toEqual({ name: 'map', action: 'suggest', customer: 'contoso', choice })
    expect(parseCommand(`${text} accept from april`, TODAY)).toEqual({
      name: 'map',
      action: 'accept',
      customer: 'contoso',
      choice,
      from: { type: 'month', month: APRIL },
    })
  })

  test.each([
    ['visio to line 90001', { subscription: 'visio', to: { type: 'line', id: '90001' } }],
    ['Visio Plan 2 to line #90001', { subscription: 'Visio Plan 2', to: { type: 'line', id: '90001' } }],
    ['L-abc to item Visio Plan 2', { subscription: 'L-abc', to: { type: 'item', item: 'Visio Plan 2' } }],
    [
      '"Bridge to line" to item "offset 3"',
      { subscription: 'Bridge to line', to: { type: 'item', item: 'offset 3' } },
    ],
    ['visio offset 3', { subscription: 'visio', offset: decimal('3') }],
    ['visio price ours', { subscription: 'visio', price: 'ours' }],
    ['visio price Catalog', { subscription: 'visio', price: 'catalog' }],
    [
      'visio to line 1 offset 1000000 price KEEP',
      { subscription: 'visio', to: { type: 'line', id: '1' }, offset: decimal('1000000'), price: 'keep' },
    ],
    [
      'visio to line 1 price ours offset 0',
      { subscription: 'visio', to: { type: 'line', id: '1' }, offset: decimal('0'), price: 'ours' },
    ],
  ])('one subscription: %s', (text, change) => {
    expect(parseCommand(`map contoso set ${text}`, TODAY)).toEqual({
      name: 'map',
      action: 'set',
      customer: 'contoso',
      change: { ...NOTHING, ...change },
    })
  })

  test.each([
    ['map contoso to', 'needs a name, or an id'],
    ['map contoso to fabrikam in', 'needs a name, or an id'],
    ['map contoso accept april', '“april” is not a month or a day to begin with.'],
    ['map contoso accept from', '“from” is not a month or a day to begin with.'],
    ['map contoso accept from 30 february', '“from 30 february” is not'],
    ['map contoso accept from april please', '“from april please” is not'],
    ['map contoso remove now', '“now” is not a month or a day to begin with.'],
    ['map contoso continue', 'needs two licence lines'],
    ['map contoso continue k7q2mdxa', 'needs two licence lines'],
    ['map contoso continue from mftqaf57', 'needs two licence lines'],
    ['map contoso continue k7q2mdxa from', 'needs two licence lines'],
    ['map contoso new', 'needs a licence line'],
    ['map contoso set', 'needs a product, and a line or an item'],
    ['map contoso set visio', 'needs a product, and a line or an item'],
    ['map contoso set visio to line', 'needs the id of a line, or an item'],
    ['map contoso set visio offset -1', 'not “-1”'],
    ['map contoso set visio offset many', 'not “many”'],
    [
      'map contoso set visio offset 2.5',
      'whole number of seats bought elsewhere, from 0 to 1000000, not “2.5”',
    ],
    ['map contoso set visio offset 1000001', 'not “1000001”'],
    ['map contoso set visio price mine', 'one of keep, ours, catalog, not “mine”'],
  ])('refused: %s', (text, words) => {
    const { kind, what, notDone } = refusal(text)
    expect([kind, notDone]).toEqual(['input', 'Nothing was mapped.'])
    expect(what).toContain(words)
  })

  test('hostile names are names', () => {
    for (const name of HOSTILE_NAMES) {
      const text = name.replaceAll(/\s+/g, ' ').trim()
      const command = parseCommand(`map ${text.slice(0, 400)}`, TODAY)
      expect(command).toMatchObject({ name: 'map', action: 'suggest' })
    }
  })
})
