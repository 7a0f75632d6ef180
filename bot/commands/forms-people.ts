import { identityOf } from '../../core/access/people.js'
import { ROLES, type Role } from '../../core/access/rights.js'
import { assert } from '../../core/assert.js'
import { type Form, type FormValues, meantBy } from '../cards/form.js'
import {
  ADD_PERSON_FIELDS,
  CHANGE_ROLE_FIELDS,
  REMOVE_PERSON_FIELDS,
  addPersonForm,
  changeRoleForm,
  removePersonForm,
} from '../cards/people-forms.js'
import type { FormKind } from './form-kind.js'
import type { Command } from './parse.js'

function list(): Command {
  return { name: 'people', action: 'list', page: 1 }
}

/** What can be done to people, as `people` does it. */
export const PEOPLE_FORMS: Readonly<Record<'addPerson' | 'changeRole' | 'removePerson', FormKind>> = {
  addPerson: {
    fields: ADD_PERSON_FIELDS,
    make: async () => ({ type: 'form', form: addPersonForm() }),
    command: (_, values) => {
      const identity = identityOf(values.get('identity') ?? '')
      assert(identity !== undefined, 'an identity was checked before')
      return {
        name: 'people',
        action: 'add',
        person: values.get('name') ?? '',
        role: roleIn(values),
        identity,
      }
    },
    behind: list,
  },
  changeRole: {
    fields: CHANGE_ROLE_FIELDS,
    make: async ({ studio }) => ({ type: 'form', form: changeRoleForm((await studio.everybody()).people) }),
    command: (form, values) => {
      return { name: 'people', action: 'role', person: personIn(form, values), role: roleIn(values) }
    },
    behind: list,
  },
  removePerson: {
    fields: REMOVE_PERSON_FIELDS,
    make: async ({ studio }) => ({ type: 'form', form: removePersonForm((await studio.everybody()).people) }),
    command: (form, values) => ({ name: 'people', action: 'remove', person: personIn(form, values) }),
    behind: list,
  },
}

function roleIn(values: FormValues): Role {
  const role = ROLES.find((known) => known === values.get('role'))
  assert(role !== undefined, 'a role was checked before')
  return role
}

/** Whoever was chosen, by an identity; whoever was typed, by name or identity. */
function personIn(form: Form, values: FormValues): string {
  const meant = meantBy(form, values, 'person')
  return identityOf(meant) ?? meant
}
