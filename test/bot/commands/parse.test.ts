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
    ['who next month', { name: 'who', month: APRIL, filter: '' }],
    ['who apr contoso ltd', { name: 'who', month: APRIL, filter: 'contoso ltd' }],
    ['who contoso', { name: 'who', month: undefined, filter: 'contoso' }],
    ['who january', { name: 'who', month: { from: day('2026-01-01'), to: day('2026-02-01') }, filter: '' }],
    ['who october', { name: 'who', month: { from: day('2025-10-01'), to: day('2025-11-01') }, filter: '' }],
    [
      'who march 2025',
      { name: 'who', month: { from: day('2025-03-01'), to: day('2025-04-01') }, filter: '' },
    ],
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
    [
      'propose march contoso, fabrikam inc',
      { name: 'propose', month: MARCH, customers: ['contoso', 'fabrikam inc'] },
    ],
    ['propose', { name: 'propose', month: undefined, customers: [] }],
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
