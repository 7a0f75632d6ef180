import { describe, expect, test } from 'vitest'
import {
  type AuditEntry,
  type AuditFact,
  CHAIN_START,
  canonical,
  chain,
  verifyChain,
} from '../../../core/audit/chain.js'

function fact(number: number): AuditFact {
  const at = new Date(Date.UTC(2026, 2, 20, 13, number))
  return {
    at,
    actor: 'console:lee',
    action: 'bill.approved',
    subject: `APR-${number}`,
    details: { run: `BR-${number}` },
  }
}

function trail(length: number): AuditEntry[] {
  const entries: AuditEntry[] = []
  for (let number = 1; number <= length; number += 1) entries.push(chain(fact(number), entries.at(-1)))
  return entries
}

test('entries are numbered without gaps and each names the one before', () => {
  const [first, second] = trail(2)
  expect(first).toMatchObject({ sequence: 1, previous: CHAIN_START })
  expect(second).toMatchObject({ sequence: 2, previous: first?.hash })
  expect(verifyChain(trail(20))).toBeUndefined()
  expect(verifyChain([])).toBeUndefined()
})

describe('what breaks a chain is found, where it breaks', () => {
  const damage: Record<string, (entries: AuditEntry[]) => unknown> = {
    'another actor': (entries) => Object.assign(entries[2] ?? {}, { actor: 'console:eve' }),
    'another instant': (entries) => Object.assign(entries[2] ?? {}, { at: new Date(0) }),
    'other details': (entries) => Object.assign(entries[2] ?? {}, { details: { run: 'BR-9' } }),
    'an entry taken out': (entries) => entries.splice(2, 1),
    'two entries swapped': (entries) => entries.splice(2, 2, ...entries.slice(2, 4).reverse()),
    'a hash made to fit': (entries) =>
      entries.splice(2, 1, chain({ ...fact(3), actor: 'console:eve' }, entries[1])) && entries,
  }
  test.each(Object.keys(damage))('%s', (name) => {
    const entries = trail(5).map((entry) => ({ ...entry }))
    damage[name]?.(entries)
    expect(verifyChain(entries)?.sequence).toBe(name === 'a hash made to fit' ? 4 : 3)
  })
})

test('equal data is equal text, whatever the order of its names', () => {
  expect(canonical({ b: 1, a: [true, null, { d: '"', c: undefined }] })).toBe(
    '{"a":[true,null,{"d":"\\""}],"b":1}',
  )
})
