import { describe, expect, test } from 'vitest'
import { identityOf, parsePeople } from '../../../core/access/people.js'
import { type Right, ROLES, approvers, may, personOf } from '../../../core/access/rights.js'

/** Written out by hand: who may do what. */
const MATRIX: Record<(typeof ROLES)[number], readonly Right[]> = {
  viewer: ['read'],
  biller: ['read', 'observe', 'propose', 'map', 'price', 'download'],
  approver: ['read', 'observe', 'propose', 'map', 'price', 'decide', 'void', 'download', 'audit'],
  admin: [
    'read',
    'observe',
    'propose',
    'map',
    'price',
    'decide',
    'void',
    'download',
    'audit',
    'people',
    'settings',
  ],
}
const ALL: readonly Right[] = [
  'read',
  'observe',
  'propose',
  'map',
  'price',
  'decide',
  'void',
  'download',
  'audit',
  'people',
  'settings',
]

describe('every role × every right', () => {
  for (const role of ROLES) {
    for (const right of ALL) {
      const allowed = MATRIX[role].includes(right)
      test(`${role} ${allowed ? 'may' : 'may not'} ${right}`, () => {
        expect(may({ id: 'x', name: 'X', role, identities: [] }, right)).toBe(allowed)
      })
    }
  }
})

test('people are read from one line: identities, role, name', () => {
  const { people, mistakes } = parsePeople(
    'slack:T1:U1+console:lee=approver:Lee, teams:0A-1b:2C-3d=biller:Dana:the second,console:vi=viewer',
  )
  expect(mistakes).toEqual([])
  expect(people).toEqual([
    { id: 'slack:T1:U1', name: 'Lee', role: 'approver', identities: ['slack:T1:U1', 'console:lee'] },
    { id: 'teams:0a-1b:2c-3d', name: 'Dana:the second', role: 'biller', identities: ['teams:0a-1b:2c-3d'] },
    { id: 'console:vi', name: 'vi', role: 'viewer', identities: ['console:vi'] },
  ])
  expect(identityOf('teams:0a-\u200b1B:2c-3D')).toBe('teams:0a-1b:2c-3d')
  expect(identityOf('@lee')).toBeUndefined()
  expect(personOf(people, 'console:lee')?.name).toBe('Lee')
  expect(personOf(people, 'console:nobody')).toBeUndefined()
  expect(approvers(people).map(({ name }) => name)).toEqual(['Lee'])
})
