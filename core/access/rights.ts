/** Roles of people, the least first. */
export type Role = 'viewer' | 'biller' | 'approver' | 'admin'

/** Things a person may do. A right is checked on the server, every time it is used. */
export type Right =
  | 'read' // who, customer, explain, changes, status, approvals, help
  | 'observe' // read the marketplace now
  | 'propose' // make a bill run and ask for approval
  | 'map' // say who is whom in a PSA
  | 'price' // set prices and descriptions
  | 'decide' // approve or reject
  | 'void' // ask to make a billed run due again
  | 'download' // take a file of an approved run
  | 'audit' // read the trail
  | 'people' // give and take roles
  | 'settings' // change how the MSP bills

/** Who may do what: what is not listed is refused. */
export const RIGHTS: Readonly<Record<Role, ReadonlySet<Right>>> = {
  viewer: new Set(['read']),
  biller: new Set(['read', 'observe', 'propose', 'map', 'price', 'download']),
  approver: new Set(['read', 'observe', 'propose', 'map', 'price', 'decide', 'void', 'download', 'audit']),
  admin: new Set([
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
  ]),
}

export const ROLES = ['viewer', 'biller', 'approver', 'admin'] as const satisfies readonly Role[]

/** Somebody the MSP gave a role. */
export interface Person {
  /** Lasting id, used in decisions and the trail. */
  readonly id: string
  /** As people know them. */
  readonly name: string
  readonly role: Role
  /** Where they are met: "slack:T1:U1", "teams:<tenant>:<aad id>", "console:<name>". */
  readonly identities: readonly string[]
  /** Ids of people who became one with this one: what they asked for, this person did. Absent: none. */
  readonly formerIds?: readonly string[]
}

/** Somebody who has, or once had, a role. */
export interface KnownPerson extends Omit<Person, 'formerIds'> {
  /** May do nothing any more; the name stays for what was decided. */
  readonly removed: boolean
  /** Id of the person this one became one with; then it has no identities of its own. */
  readonly joinedTo: string | undefined
}

export function may(person: Person, right: Right): boolean {
  return RIGHTS[person.role].has(right)
}

/** People who may decide: as soon as there are two, nobody decides on their own request. */
export function approvers(people: readonly Person[]): readonly Person[] {
  return people.filter((person) => may(person, 'decide'))
}

/** Whether what was done under an id was done by this person. */
export function isOf(person: Person, id: string): boolean {
  return person.id === id || person.formerIds?.includes(id) === true
}

/** The person behind an identity of a surface; undefined for anybody not listed. */
export function personOf(people: readonly Person[], identity: string): Person | undefined {
  return people.find(({ identities }) => identities.includes(identity))
}
