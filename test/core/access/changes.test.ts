import { describe, expect, test } from 'vitest'
import { addPerson, giveRole, joinIdentity, removePerson } from '../../../core/access/changes.js'
import { everybodyOf } from '../../../core/access/everybody.js'
import { type KnownPerson, ROLES, type Role, personOf } from '../../../core/access/rights.js'
import { Problem } from '../../../core/problem.js'

function known(name: string, role: Role, words: Partial<KnownPerson> = {}): KnownPerson {
  const id = `console:${name.toLowerCase()}`
  return { id, name, role, identities: [id], removed: false, joinedTo: undefined, ...words }
}

const [ANN, BOB, CY] = [
  known('Ann', 'admin'),
  known('Bob', 'approver'),
  known('Cy', 'viewer', { removed: true }),
]
const ALL = [ANN, BOB, CY]

function refusal(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof Problem) return `${error.what} ${error.next ?? ''}`
    throw error
  }
  throw new Error('it was not refused')
}

describe('adding', () => {
  test('somebody nobody met', () => {
    const change = addPerson(ALL, { name: 'Dee', role: 'biller', identity: 'slack:T1:U9' })
    expect(change.people).toEqual([
      known('Dee', 'biller', { id: 'slack:T1:U9', identities: ['slack:T1:U9'] }),
    ])
    expect(change.facts).toMatchObject([{ action: 'people.added', subject: 'slack:T1:U9' }])
  })

  test('somebody who was removed is the same person again', () => {
    const change = addPerson(ALL, { name: 'Cyril', role: 'biller', identity: 'console:cy' })
    expect(change.people).toEqual([known('Cy', 'biller', { name: 'Cyril' })])
  })

  test('an identity or a name somebody has is refused with a way out', () => {
    expect(refusal(() => addPerson(ALL, { name: 'Dee', role: 'biller', identity: 'console:bob' }))).toBe(
      'console:bob is Bob (approver) already. `people role console:bob biller` gives them another role.',
    )
    expect(refusal(() => addPerson(ALL, { name: 'bob', role: 'biller', identity: 'console:dee' }))).toBe(
      'Somebody is called bob here already. Add them under another name.',
    )
    expect(addPerson(ALL, { name: 'Cy', role: 'viewer', identity: 'console:dee' }).people).toHaveLength(1)
  })
})

describe('changing and removing', () => {
  test('by name in any case, or by identity', () => {
    expect(giveRole(ALL, 'BOB', 'viewer').people).toEqual([{ ...BOB, role: 'viewer' }])
    expect(removePerson(ALL, 'console:bob').people).toEqual([{ ...BOB, removed: true }])
    expect(removePerson(ALL, 'console:bob').facts).toMatchObject([
      { action: 'people.removed', subject: BOB.id },
    ])
  })

  test('the last admin stays, whatever becomes of others', () => {
    for (const work of [() => giveRole(ALL, 'Ann', 'viewer'), () => removePerson(ALL, 'Ann')]) {
      expect(refusal(work)).toBe(
        'Ann is the last admin. Make somebody else admin first: `people role <name> admin`.',
      )
    }
    const two = [ANN, { ...BOB, role: 'admin' as const }]
    expect(removePerson(two, 'Ann').people).toHaveLength(1)
    expect(refusal(() => removePerson([ANN, { ...CY, role: 'admin' }], 'Ann'))).toContain('last admin')
  })

  test('who is not clear is told: nobody, what fits, two of one name', () => {
    expect(refusal(() => giveRole(ALL, 'Cy', 'admin'))).toBe(
      'Nobody is called “Cy”. Type `people` to see who is here.',
    )
    expect(refusal(() => giveRole(ALL, 'bo', 'admin'))).toBe('Nobody is called “bo”. Did you mean “Bob”?')
    const twins = [...ALL, known('bob', 'viewer', { id: 'console:b2', identities: ['console:b2'] })]
    expect(refusal(() => removePerson(twins, 'Bob'))).toBe(
      '2 people are called Bob. Name the one you mean by where they are met: console:bob or console:b2.',
    )
    expect(removePerson(twins, 'console:b2').people).toMatchObject([{ id: 'console:b2' }])
    expect(refusal(() => giveRole(ALL, 'Bob', 'approver'))).toContain('Bob is approver already.')
  })
})

describe('linking', () => {
  test('an identity nobody has becomes one of the person', () => {
    const { people, facts } = joinIdentity(ALL, BOB.id, 'slack:T1:U9')
    expect(people).toEqual([{ ...BOB, identities: ['console:bob', 'slack:T1:U9'] }])
    expect(facts).toMatchObject([{ action: 'people.linked', subject: BOB.id }])
  })

  for (const one of ROLES) {
    for (const other of ROLES) {
      test(`${one} and ${other} become one, with the lower of both`, () => {
        const all = [ANN, known('One', one), known('Two', other)]
        const { people } = joinIdentity(all, 'console:one', 'console:two')
        const lower = ROLES.indexOf(one) < ROLES.indexOf(other) ? one : other
        const { people: after } = everybodyOf([ANN, ...people])
        expect(personOf(after, 'console:two')).toEqual({
          id: 'console:one',
          name: 'One',
          role: lower,
          identities: ['console:one', 'console:two'],
          formerIds: ['console:two'],
        })
      })
    }
  }

  test('whoever became one with somebody who became one with another is that one', () => {
    const first = known('C', 'viewer', { identities: [], removed: true, joinedTo: 'console:b' })
    const second = known('B', 'viewer', { identities: [], removed: true, joinedTo: 'console:a' })
    expect(everybodyOf([known('A', 'viewer'), second, first]).people).toMatchObject([
      { formerIds: ['console:b', 'console:c'] },
    ])
  })

  test('what would take the last admin, revive somebody removed, or do nothing is refused', () => {
    expect(refusal(() => joinIdentity(ALL, ANN.id, BOB.id))).toContain('No admin would be left.')
    expect(refusal(() => joinIdentity(ALL, BOB.id, ANN.id))).toContain('No admin would be left.')
    expect(refusal(() => joinIdentity(ALL, BOB.id, 'console:cy'))).toBe(
      'console:cy was Cy, who was removed. Ask an admin: `people add <name> <role> console:cy`.',
    )
    expect(refusal(() => joinIdentity(ALL, BOB.id, 'console:bob'))).toContain('You are Bob here already.')
  })
})
