import { describe, expect, test } from 'vitest'
import { fittingCard } from '../../../bot/cards/fitting.js'
import type { Action, Card } from '../../../bot/cards/model.js'
import { helloCard, welcomeCard } from '../../../bot/cards/welcome.js'
import { rightToClick, rightToFill } from '../../../bot/commands/authorise.js'
import { may } from '../../../core/access/people.js'
import type { Person, Role } from '../../../core/access/rights.js'
import type { Approval } from '../../../core/approval/approval.js'

function person(name: string, role: Role): Person {
  const id = `console:${name.toLowerCase()}`
  return { id, name, role, identities: [id] }
}

function cardWith(...names: readonly Action['name'][]): Card {
  const target = { id: 'APR-0001', revision: 'r' }
  const actions = names.map(
    (name) => ({ name, label: name, tone: 'default', target, command: `${name} APR-0001` }) as const,
  )
  return { title: 'T', tone: 'plain', blocks: [], actions }
}

const ASKED = cardWith('approve', 'reject', 'page')
const [dana, lee, sam] = [person('Dana', 'biller'), person('Lee', 'approver'), person('Sam', 'approver')]
const vic = person('Vic', 'viewer')

function seen(reader: Person, people: readonly Person[], requestedBy: Person, card = ASKED): string[] {
  const mayPress = (name: string) => {
    const right = rightToClick(name) ?? rightToFill(name)
    return right !== undefined && may(reader, right)
  }
  const approval = { requestedBy: requestedBy.id } as Approval
  const { actions, blocks } = fittingCard(card, approval, { person: reader, people, mayPress })
  return [...actions.map(({ name }) => name), ...blocks.map((block) => ('text' in block ? block.text : ''))]
}

describe('the card of a request', () => {
  test.each([
    ['who may decide', lee, [dana, lee, sam, vic], dana, ['approve', 'reject', 'page']],
    ['who asked and may not decide', dana, [dana, lee, sam, vic], dana, ['page', 'Waits for Lee or Sam.']],
    ['who asked, where others may decide', lee, [dana, lee, sam], lee, ['reject', 'page', 'Waits for Sam.']],
    ['who asked and is the only approver', lee, [dana, lee], lee, ['approve', 'reject', 'page']],
    ['somebody else', vic, [dana, lee, sam, vic], dana, ['page', 'Lee or Sam may approve this.']],
    ['somebody else, of an approver’s own', vic, [lee, sam, vic], lee, ['page', 'Sam may approve this.']],
    ['somebody, where nobody may decide', vic, [vic], dana, ['page', 'Nobody may approve this yet.']],
  ] as const)('for %s', (_, reader, people, requestedBy, expected) => {
    expect(seen(reader, people, requestedBy)).toEqual(expected)
  })

  test('names three, and counts the others', () => {
    const many = ['Ann', 'Bob', 'Cy', 'Dee', 'Eve'].map((name) => person(name, 'approver'))
    expect(seen(vic, [...many, vic], dana)).toEqual(['page', 'Ann, Bob, Cy or 2 more may approve this.'])
  })

  test('that is decided says nothing more, and keeps the buttons of each role', () => {
    const decided = cardWith('download', 'again')
    expect(seen(vic, [lee, vic], dana, decided)).toEqual([])
    expect(seen(dana, [lee, dana], dana, decided)).toEqual(['download', 'again'])
  })
})

describe('a welcome', () => {
  const text = (card: Card) => JSON.stringify(card)

  test('says the role, or how to get one', () => {
    expect(text(welcomeCard(lee, [lee], 'teams:t:a'))).toContain('approver (as Lee)')
    const admin = person('Ann', 'admin')
    expect(text(welcomeCard(undefined, [admin], 'teams:t:a'))).toContain('people add <name> <role> teams:t:a')
    expect(text(welcomeCard(undefined, [lee], 'teams:t:a'))).toContain('There is no admin yet')
  })

  test('among others is one line', () => {
    expect(helloCard()).toMatchObject({ blocks: [], actions: [] })
  })
})
