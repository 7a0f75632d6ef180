import { identityOf } from '../../core/access/people.js'
import { ROLES, type Role } from '../../core/access/rights.js'
import { PERSON_NAME_LENGTH } from '../../core/limits.js'
import { Problem } from '../../core/problem.js'
import { pageNumber, refuseExtra, required, unquoted } from './parse-words.js'

/** What is asked of people and their roles. */
export type PeopleCommand = { readonly name: 'people' } & (
  | { readonly action: 'list'; readonly page: number }
  | { readonly action: 'add'; readonly person: string; readonly role: Role; readonly identity: string }
  /** `person`: a name, or an identity. */
  | { readonly action: 'role'; readonly person: string; readonly role: Role }
  | { readonly action: 'remove'; readonly person: string }
  /** `code` undefined: one is asked for. */
  | { readonly action: 'link'; readonly code: string | undefined }
)

/** Understands what follows `people`. Problem `input` for what is none of it. */
export function parsePeopleCommand([action, ...words]: readonly string[]): PeopleCommand {
  const name = 'people'
  switch (action?.toLowerCase()) {
    case undefined:
      return { name, action: 'list', page: 1 }
    case 'page':
      refuseExtra('people page <n>', words.slice(1))
      return { name, action: 'list', page: pageNumber(words[0], 'people page 2') }
    case 'add':
      return addWith(words)
    case 'role': {
      const usage = 'people role <name> <role>'
      const person = personIn(words.slice(0, -1), usage)
      return { name, action: 'role', person, role: roleOf(words.at(-1), usage) }
    }
    case 'remove':
      return { name, action: 'remove', person: personIn(words, 'people remove <name>') }
    case 'link':
      return { name, action: 'link', code: words.length === 0 ? undefined : words.join('') }
    default:
      throw new Problem({
        kind: 'input',
        what: `People cannot be asked to “${action?.slice(0, 40)}”.`,
        notDone: 'Nobody was changed.',
        next: 'Type `help people` to see what you can ask.',
      })
  }
}

/** "Lee approver <identity>"; the name may have several words. */
function addWith(words: readonly string[]): PeopleCommand {
  const usage = 'people add <name> <role> <identity>'
  const last = words.at(-1)
  const identity = last === undefined ? undefined : identityOf(last)
  if (identity === undefined) {
    throw new Problem({
      kind: 'input',
      what: `\`${usage}\` needs the identity somebody is met under.`,
      notDone: 'Nobody was added.',
      next: 'The bot tells it to whoever has no role and types `help`; where people can be mentioned, mention them.',
    })
  }
  const role = roleOf(words.at(-2), usage)
  const person = nameOf(unquoted(words.slice(0, -2).join(' ')), usage)
  return { name: 'people', action: 'add', person, role, identity }
}

function personIn(words: readonly string[], usage: string): string {
  const typed = unquoted(words.join(' '))
  return required(identityOf(typed) ?? typed, usage, 'the name of somebody, as `people` shows it')
}

/** What everybody will read in decisions. */
function nameOf(typed: string, usage: string): string {
  const name = required(typed, usage, 'a name')
  if (name.length <= PERSON_NAME_LENGTH && !/\p{Cc}/u.test(name)) return name
  throw new Problem({
    kind: 'input',
    what: `A name has at most ${PERSON_NAME_LENGTH} characters, all of them visible.`,
    notDone: 'Nobody was added.',
  })
}

function roleOf(word: string | undefined, usage: string): Role {
  const role = ROLES.find((known) => known === word?.toLowerCase())
  if (role !== undefined) return role
  throw new Problem({
    kind: 'input',
    what: word === undefined ? `\`${usage}\` needs a role.` : `“${word.slice(0, 40)}” is no role.`,
    notDone: 'Nobody was changed.',
    next: `Type \`${usage}\`; roles are ${ROLES.slice(0, -1).join(', ')} and ${ROLES.at(-1)}.`,
  })
}
