import { hasAdmin } from '../../core/access/everybody.js'
import { type Person, may, personOf } from '../../core/access/people.js'
import type { Right } from '../../core/access/rights.js'
import type { Studio } from '../../core/app/studio.js'
import { Problem } from '../../core/problem.js'
import type { ActionName, FormName } from '../cards/model.js'
import { NO_ADMIN } from '../cards/people.js'
import { COMMANDS } from './catalog.js'
import { rightOver } from './desk-people.js'
import { rightOverPrices } from './desk-price.js'
import { rightOverSettings } from './desk-settings.js'
import type { Command } from './parse.js'

/** Which right each button needs: the same as its command. */
const CLICK_RIGHTS: Readonly<Record<ActionName, Right>> = {
  approve: 'decide',
  download: 'download',
  again: 'propose',
  page: 'read',
  map: 'map',
  mapPage: 'map',
  look: 'read',
  propose: 'propose',
  setPrice: 'price',
}

/** What a click needs; undefined: no card has such a button. */
export function rightToClick(name: string): Right | undefined {
  return new Map<string, Right>(Object.entries(CLICK_RIGHTS)).get(name)
}

/** Which right each form needs, to be opened and to be sent off: the same as its command. */
const FORM_RIGHTS: Readonly<Record<FormName, Right>> = {
  reject: 'decide',
  addPerson: 'people',
  changeRole: 'people',
  removePerson: 'people',
  mapByHand: 'map',
  price: 'price',
  describe: 'price',
  chooseSetting: 'settings',
  setting: 'settings',
}

/** What a form needs; undefined: there is no such form. */
export function rightToFill(name: string): Right | undefined {
  return new Map<string, Right>(Object.entries(FORM_RIGHTS)).get(name)
}

/** What a command needs; undefined: nobody knows it. */
export function rightFor(command: Command): Right | undefined {
  if (command.name === 'people') return rightOver(command)
  if (command.name === 'price' || command.name === 'describe') return rightOverPrices(command)
  if (command.name === 'settings') return rightOverSettings(command)
  return COMMANDS.find(({ name }) => name === command.name)?.right
}

/** The person behind an identity, if they may; else Problem `forbidden`, and a note in the trail. */
export async function authorise(
  studio: Studio,
  identity: string,
  right: Right | undefined,
  what: string,
): Promise<Person> {
  const { people } = await studio.everybody()
  const person = personOf(people, identity)
  if (person !== undefined && right !== undefined && may(person, right)) return person
  await studio.billing.noteRefused(person?.id ?? identity, right ?? 'unknown', what)
  if (person === undefined) {
    throw new Problem({
      kind: 'forbidden',
      what: 'You have no role here yet.',
      notDone: 'Nothing was done.',
      next: hasAdmin(people)
        ? `Ask an admin to type \`people add <name> <role> ${identity}\`, or type \`people link\` where you have a role.`
        : `There is no admin yet: add ${identity} with the role admin to PEOPLE in .env, and start again.`,
    })
  }
  const others = people.filter((other) => right !== undefined && may(other, right)).map(({ name }) => name)
  throw new Problem({
    kind: 'forbidden',
    what: `Your role (${person.role}) may not do that.`,
    notDone: 'Nothing was done.',
    next: others.length === 0 ? NO_ADMIN : `Ask ${others.slice(0, 3).join(' or ')}.`,
  })
}
