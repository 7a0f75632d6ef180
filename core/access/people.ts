import { type Person, ROLES, type Role } from './rights.js'

export { type Person, approvers, isOf, may, personOf } from './rights.js'

/** An identity of a surface: "slack:T1:U1", "teams:<tenant>:<aad id>", "console:dana". */
const IDENTITY = /^(slack:[A-Z0-9]+:[A-Z0-9]+|teams:[0-9a-zA-Z-]+:[0-9a-zA-Z-]+|console:[a-zA-Z0-9._-]+)$/

/** The name of everybody who is known at a terminal: the first one, where a person has several. */
export function consoleNames(people: readonly Person[]): readonly string[] {
  return people.flatMap(({ identities }) => {
    const identity = identities.find((each) => each.startsWith('console:'))
    return identity === undefined ? [] : [identity.slice('console:'.length)]
  })
}

/** An identity as surfaces say it; undefined for any other text. */
export function identityOf(text: string): string | undefined {
  const identity = asSurfacesSay(text)
  return IDENTITY.test(identity) ? identity : undefined
}

/** Teams writes its ids in small letters, and lets a long one break at characters without width: they come along copied. */
function asSurfacesSay(copied: string): string {
  const identity = copied.replace(/[\u200b\u2060\ufeff]/g, '')
  return identity.startsWith('teams:') ? identity.toLowerCase() : identity
}

/**
 * Reads "slack:T1:U1=approver:Lee,teams:<tenant>:<aad id>+console:dana=biller:Dana": identities of one person joined
 * by +, the role, and if wanted the name. Every mistake is a sentence.
 */
export function parsePeople(text: string): {
  readonly people: readonly Person[]
  readonly mistakes: readonly string[]
} {
  const people: Person[] = []
  const mistakes: string[] = []
  const taken = new Set<string>()
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue
    const [left = '', right = '', ...more] = entry.split('=').map((part) => part.trim())
    const identities = left.split('+').map((part) => asSurfacesSay(part.trim()))
    const [roleText = '', ...nameParts] = right.split(':')
    const role = ROLES.find((known): known is Role => known === roleText.trim())
    const name = nameParts.join(':').trim()
    const bad = identities.find((identity) => !IDENTITY.test(identity))
    const twice = identities.find((identity) => taken.has(identity))
    if (bad !== undefined || more.length > 0) {
      mistakes.push(`PEOPLE has “${entry}”: write it like slack:T1:U1=approver:Lee`)
    } else if (role === undefined) {
      mistakes.push(`PEOPLE gives “${left}” the role “${roleText}”: use one of ${ROLES.join(', ')}`)
    } else if (twice !== undefined) {
      mistakes.push(`PEOPLE names ${twice} twice`)
    } else {
      for (const identity of identities) taken.add(identity)
      const [id = ''] = identities
      people.push({ id, name: name === '' ? (id.split(':').at(-1) ?? id) : name, role, identities })
    }
  }
  return { people, mistakes }
}
