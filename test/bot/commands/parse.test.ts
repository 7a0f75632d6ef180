import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCommand } from '../../../bot/commands/parse.js'
import { COMMAND_LENGTH_LIMIT } from '../../../core/limits.js'
import { Problem } from '../../../core/problem.js'
import { day } from '../../support/observed.js'

/** A Friday. */
const TODAY = day('2026-03-20')
const MARCH = { from: day('2026-03-01'), to: day('2026-04-01') }
const APRIL = { from: day('2026-04-01'), to: day('2026-05-01') }

function refusal(text: string): Problem {
  try {
    parseCommand(text, TODAY)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error(`“${text}” was understood`)
}

/** A crash is neither, and is thrown on. */
function understoodOrRefused(text: string): boolean {
  try {
    return typeof parseCommand(text, TODAY).name === 'string'
  } catch (error) {
    if (error instanceof Problem) return true
    throw error
  }
}

describe('commands', () => {
  test.each([
    ['who', { name: 'who', month: undefined, filter: '' }],
    ['WHO March', { name: 'who', month: MARCH, filter: '' }],
    ['who 2026-03', { name: 'who', month: MARCH, filter: '' }],
    ['upcoming', { name: 'upcoming', days: undefined, page: 1 }],
    ['upcoming 60', { name: 'upcoming', days: 60, page: 1 }],
    ['upcoming 366 days', { name: 'upcoming', days: 366, page: 1 }],
    ['Upcoming 60 page 2', { name: 'upcoming', days: 60, page: 2 }],
    ['upcoming page 3', { name: 'upcoming', days: undefined, page: 3 }],
    ['calendar', { name: 'calendar', month: undefined, page: 1 }],
    ['calendar for april', { name: 'calendar', month: APRIL, page: 1 }],
    ['calendar 2026-04 page 2', { name: 'calendar', month: APRIL, page: 2 }],
    ['calendar next month?', { name: 'calendar', month: APRIL, page: 1 }],
    ['home', { name: 'home' }],
    ['who next month', { name: 'who', month: APRIL, filter: '' }],
    ['who apr contoso ltd', { name: 'who', month: APRIL, filter: 'contoso ltd' }],
    ['who contoso', { name: 'who', month: undefined, filter: 'contoso' }],
    ['who january', { name: 'who', month: { from: day('2026-01-01'), to: day('2026-02-01') }, filter: '' }],
    ['who october', { name: 'who', month: { from: day('2025-10-01'), to: day('2025-11-01') }, filter: '' }],
    [
      'who march 2025',
      { name: 'who', month: { from: day('2025-03-01'), to: day('2025-04-01') }, filter: '' },
    ],
    ['who contoso march', { name: 'who', month: MARCH, filter: 'contoso' }],
    ['who contoso in march 2026', { name: 'who', month: MARCH, filter: 'contoso' }],
    ['who in april for contoso', { name: 'who', month: APRIL, filter: 'contoso' }],
    ['who sept', { name: 'who', month: { from: day('2025-09-01'), to: day('2025-10-01') }, filter: '' }],
    ['who bank of america', { name: 'who', month: undefined, filter: 'bank of america' }],
    ['who windows 10 march', { name: 'who', month: MARCH, filter: 'windows 10' }],
    ['who “contoso”', { name: 'who', month: undefined, filter: 'contoso' }],
    ['who febuary', { name: 'who', month: undefined, filter: 'febuary' }],
    ['customer "Contoso March"', { name: 'customer', customer: 'Contoso March', month: undefined }],
    ['customer “Contoso” march', { name: 'customer', customer: 'Contoso', month: MARCH }],
    ["customer O'Brien", { name: 'customer', customer: "O'Brien", month: undefined }],
    ['explain [k7q2mdxa]', { name: 'explain', line: 'k7q2mdxa' }],
    ['customer Contoso', { name: 'customer', customer: 'Contoso', month: undefined }],
    ['customer May Flowers march', { name: 'customer', customer: 'May Flowers', month: MARCH }],
    ['customer May', { name: 'customer', customer: 'May', month: undefined }],
    ['customer contoso march 2026', { name: 'customer', customer: 'contoso', month: MARCH }],
    ['explain k7q2mdxa', { name: 'explain', line: 'k7q2mdxa' }],
    ['changes', { name: 'changes', since: undefined, filter: '' }],
    ['changes since monday', { name: 'changes', since: day('2026-03-16'), filter: '' }],
    ['changes friday', { name: 'changes', since: day('2026-03-13'), filter: '' }],
    ['changes 2026-03-01 contoso', { name: 'changes', since: day('2026-03-01'), filter: 'contoso' }],
    ['changes at contoso since 1 march', { name: 'changes', since: day('2026-03-01'), filter: 'contoso' }],
    ['changes since 11th mar 2026', { name: 'changes', since: day('2026-03-11'), filter: '' }],
    ['changes since march 10', { name: 'changes', since: day('2026-03-10'), filter: '' }],
    ['changes march 10, 2025 contoso', { name: 'changes', since: day('2025-03-10'), filter: 'contoso' }],
    ['changes contoso 10 march', { name: 'changes', since: day('2026-03-10'), filter: 'contoso' }],
    ['changes this week', { name: 'changes', since: day('2026-03-16'), filter: '' }],
    ['changes contoso last week?', { name: 'changes', since: day('2026-03-09'), filter: 'contoso' }],
    ['changes bank of america', { name: 'changes', since: undefined, filter: 'bank of america' }],
    [
      'propose march "contoso", fabrikam inc',
      { name: 'propose', month: MARCH, customers: ['contoso', 'fabrikam inc'] },
    ],
    [
      'void BR-1 "contoso" because why not?',
      { name: 'void', run: 'BR-1', customer: 'contoso', reason: 'why not?' },
    ],
    [
      'propose march contoso, fabrikam inc',
      { name: 'propose', month: MARCH, customers: ['contoso', 'fabrikam inc'] },
    ],
    ['propose', { name: 'propose', month: undefined, customers: [] }],
    ['propose contoso march', { name: 'propose', month: MARCH, customers: ['contoso'] }],
    [
      'propose contoso, fabrikam inc 2026-03',
      { name: 'propose', month: MARCH, customers: ['contoso', 'fabrikam inc'] },
    ],
    [
      'propose march 2026, contoso, fabrikam',
      { name: 'propose', month: MARCH, customers: ['contoso', 'fabrikam'] },
    ],
    ['propose contoso, march', { name: 'propose', month: MARCH, customers: ['contoso'] }],
    ['propose march for contoso', { name: 'propose', month: MARCH, customers: ['contoso'] }],
    ['propose for contoso in march', { name: 'propose', month: MARCH, customers: ['contoso'] }],
    [
      'propose contoso march, inc',
      { name: 'propose', month: undefined, customers: ['contoso march', 'inc'] },
    ],
    ['propose april "march"', { name: 'propose', month: APRIL, customers: ['march'] }],
    ['propose april march networks', { name: 'propose', month: APRIL, customers: ['march networks'] }],
    ['who contoso march', { name: 'who', month: MARCH, filter: 'contoso' }],
    ['who "march networks" april', { name: 'who', month: APRIL, filter: 'march networks' }],
    ['approvals', { name: 'approvals' }],
    ['approval apr-0001', { name: 'approval', id: 'APR-0001' }],
    ['approve APR-0001', { name: 'approve', id: 'APR-0001' }],
    ['reject apr-1 because it is wrong', { name: 'reject', id: 'APR-1', reason: 'it is wrong' }],
    ['void BR-1 because twice', { name: 'void', run: 'BR-1', customer: undefined, reason: 'twice' }],
    [
      'void BR-1 contoso retail because twice',
      { name: 'void', run: 'BR-1', customer: 'contoso retail', reason: 'twice' },
    ],
    ['export csv br-1', { name: 'export', template: 'csv', run: 'BR-1' }],
    ['audit', { name: 'audit' }],
    ['status', { name: 'status' }],
    ['observe', { name: 'observe' }],
    ['', { name: 'help', about: undefined }],
    ['help who', { name: 'help', about: 'who' }],
  ])('%s', (text, expected) => {
    expect(parseCommand(text, TODAY)).toEqual(expected)
  })
})

describe('plain questions', () => {
  test.each([
    ['who do I bill this month?', { name: 'who', month: MARCH, filter: '' }],
    ['Who do we bill in April?', { name: 'who', month: APRIL, filter: '' }],
    ['whom to bill', { name: 'who', month: undefined, filter: '' }],
    [
      'what changed at Contoso since Monday?',
      { name: 'changes', since: day('2026-03-16'), filter: 'contoso' },
    ],
    ['what changed this week?', { name: 'changes', since: day('2026-03-16'), filter: '' }],
    ['what changed in February?', { name: 'changes', since: day('2026-02-01'), filter: '' }],
    ['who do I bill this munth?', { name: 'who', month: undefined, filter: 'this munth' }],
    ['what has changed?', { name: 'changes', since: undefined, filter: '' }],
    ['what waits for me?', { name: 'approvals' }],
    ['how old is the data?', { name: 'status' }],
  ])('%s', (text, expected) => {
    expect(parseCommand(text, TODAY)).toEqual(expected)
  })
})

describe('what is not understood gets a way out', () => {
  test.each([
    ['woh', 'who'],
    ['custmer contoso', 'customer'],
    ['explian x', 'explain'],
    ['help staus', 'status'],
  ])('%s: the nearest is %s', (text, nearest) => {
    expect(refusal(text).next).toContain(`\`${nearest}\``)
  })

  test.each([
    'customer',
    'explain',
    'who 2026-13',
    'changes 2026-02-30',
    'who 10 march',
    'who march 10',
    'who 3/2026',
    'changes 30 feb',
    'changes feb 30',
    'changes contoso 30 feb',
    'changes contoso feb 30',
    'changes 13/13/2026',
    'status now',
    'changes since 31 february',
    'changes since',
    'reject APR-1',
    'void BR-1',
    'void BR-1 contoso',
    'export xero BR-1',
    'export csv',
    'approve',
    'xyzzyplugh',
    '__proto__',
    'constructor',
  ])('“%s” is refused', (text) => {
    const problem = refusal(text)
    expect(problem.kind).toBe('input')
    expect(problem.notDone).toMatch(/^(Nothing was done|No file was made)\.$/)
  })

  test.each([
    ['changes 01.03.2026', '`2026-03-01`'],
    ['changes since 3/1/2026', '`2026-01-03` or `2026-03-01`'],
    ['who contoso 3/2026', '`2026-03`'],
    ['changes 25/3/26', '`2026-03-25`'],
  ])('%s: it is to be written as %s', (text, readings) => {
    expect(refusal(text).next).toBe(`Write it as ${readings}.`)
  })

  test.each([
    'who march april',
    'who april contoso march',
    'propose contoso april in march',
    'propose march may',
  ])('two months are refused by name: %s', (text) => {
    const { what, next } = refusal(text)
    expect(what).toMatch(/^Two months are named there: \w+ 2026 and \w+ 2026\.$/)
    expect(next).toBe('Name one; a customer or product with the name of a month goes in quotes.')
  })

  test('a pasted page is refused without being echoed', () => {
    const text = 'x'.repeat(COMMAND_LENGTH_LIMIT + 1)
    expect(refusal(text).message).not.toContain('xxx')
  })

  test('any text is understood or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        expect(understoodOrRefused(text)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('what lies ahead', () => {
  test.each([
    ['what invoices are coming?', undefined],
    ['Which Ingram invoices are coming?', undefined],
    ['what is coming up?', undefined],
    ['what renews soon?', undefined],
    ['when is the next invoice?', undefined],
    ['what invoices are coming in the next 60 days?', 60],
  ])('%s', (text, days) => {
    expect(parseCommand(text, TODAY)).toEqual({ name: 'upcoming', days, page: 1 })
  })

  test.each([
    ['upcoming 0', '“0” is not a number of days from 1 to 366.'],
    ['upcoming 367', '“367” is not a number of days from 1 to 366.'],
    ['upcoming -3', '“-3” is not a number of days'],
    ['upcoming soon', '“soon” is not a number of days'],
    ['upcoming 60 contoso', '“60 contoso” is not a number of days'],
    ['upcoming page', '“” is not the number of a page.'],
    ['upcoming 60 page 0', '“0” is not the number of a page.'],
    ['calendar contoso', '“contoso” is not a month.'],
    ['calendar april contoso', '“april contoso” is not a month.'],
    ['calendar april page x', '“x” is not the number of a page.'],
    ['home page 2', '`home` takes nothing more'],
  ])('%s is refused', (text, what) => {
    expect(refusal(text).what).toContain(what)
  })
})
