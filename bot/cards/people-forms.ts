import { createHash } from 'node:crypto'
import { type Person, identityOf } from '../../core/access/people.js'
import { ROLES } from '../../core/access/rights.js'
import { FORM_OPTIONS, PERSON_NAME_LENGTH } from '../../core/limits.js'
import type { Field, Form } from './form.js'
import type { Action, ActionTarget } from './model.js'

/** What the buttons below a list of people are about: all of them. */
const TARGET: ActionTarget = { id: 'people', revision: '' }

const COMMANDS = {
  addPerson: 'people add <name> <role> <identity>',
  changeRole: 'people role <name> <role>',
  removePerson: 'people remove <name>',
} as const

/** For whoever may change people. */
export const PEOPLE_ACTIONS: readonly Action[] = [
  { name: 'addPerson', label: 'Add', tone: 'default', target: TARGET, command: COMMANDS.addPerson },
  { name: 'changeRole', label: 'Change role', tone: 'default', target: TARGET, command: COMMANDS.changeRole },
  { name: 'removePerson', label: 'Remove', tone: 'danger', target: TARGET, command: COMMANDS.removePerson },
]

const ROLE: Field = {
  id: 'role',
  type: 'choice',
  label: 'Role',
  required: true,
  options: ROLES.map((role) => ({ label: role, value: role })),
}

export const ADD_PERSON_FIELDS: readonly Field[] = [
  {
    id: 'name',
    type: 'text',
    lines: 'one',
    most: PERSON_NAME_LENGTH,
    label: 'Name',
    hint: 'Everybody reads it beside what they decide.',
    required: true,
  },
  ROLE,
  {
    id: 'identity',
    type: 'person',
    label: 'Met as',
    hint: `The bot says it to whoever has no role and types \`help\`. Met on another platform: \`${COMMANDS.addPerson}\`.`,
    required: true,
  },
]

/** Asks for somebody new. */
export function addPersonForm(): Form {
  return {
    name: 'addPerson',
    title: 'Add somebody',
    introduction: [],
    fields: ADD_PERSON_FIELDS,
    submit: { label: 'Add', tone: 'primary' },
    target: TARGET,
    command: COMMANDS.addPerson,
  }
}

export const CHANGE_ROLE_FIELDS: readonly Field[] = [personField([]), ROLE]

export function changeRoleForm(people: readonly Person[]): Form {
  return {
    name: 'changeRole',
    title: 'Change a role',
    introduction: [],
    fields: [personField(people), ROLE],
    submit: { label: 'Change', tone: 'primary' },
    target: TARGET,
    command: COMMANDS.changeRole,
  }
}

export const REMOVE_PERSON_FIELDS: readonly Field[] = [personField([])]

export function removePersonForm(people: readonly Person[]): Form {
  return {
    name: 'removePerson',
    title: 'Remove somebody',
    introduction: [
      {
        type: 'text',
        style: 'plain',
        text: 'They may do nothing here any more, wherever they are met. What they asked for and decided stays, under their name.',
      },
    ],
    fields: [personField(people)],
    submit: { label: 'Remove', tone: 'danger' },
    target: TARGET,
    command: COMMANDS.removePerson,
  }
}

/** One of the people here, by name; typed where there are more than anybody would look through. */
function personField(people: readonly Person[]): Field {
  const base = { id: 'person', label: 'Who', required: true }
  if (people.length > FORM_OPTIONS) {
    const hint = 'Their name as `people` shows it, or where they are met.'
    return { ...base, type: 'text', lines: 'one', most: 200, hint }
  }
  const options = [...people]
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .map((person) => {
      const { id, name, role } = person
      return { label: `${name} · ${role}`, value: keyOf(id), means: typedFor(person, people) }
    })
  return { ...base, type: 'choice', options }
}

/** What is typed for somebody: their name, where it is nobody else's; else where they are met. */
function typedFor({ id, name }: Person, people: readonly Person[]): string {
  const others = people.filter((other) => other.name.trim().toLowerCase() === name.trim().toLowerCase())
  return others.length === 1 && identityOf(name) === undefined ? name : id
}

/** Characters of a hash that tell one person from all others here. */
const KEY_CHARACTERS = 24

/** An identity of Teams is longer than a choice may carry. */
function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, KEY_CHARACTERS)
}
