import { type Person, may } from '../../core/access/people.js'
import type { Right } from '../../core/access/rights.js'
import type { Studio } from '../../core/app/studio.js'
import type { Card } from '../cards/model.js'
import { linkCodeCard, linkedCard, peopleCard, personChangedCard } from '../cards/people.js'
import type { PeopleCommand } from './parse-people.js'

/** Somebody who was named by a mention: what stands in the text for it, and whom it names. */
export interface Mention {
  /** "@lee" */
  readonly text: string
  readonly identity: string
}

/** Asks about people may name them by mention; in what is said of anything else a mention stays what was typed. */
export function withIdentities(text: string, mentions: readonly Mention[]): string {
  if (!/^\s*people\b/i.test(text)) return text
  return mentions.reduce((rest, { text: mention, identity }) => rest.replace(mention, identity), text)
}

/** What each part of the command needs; `people link` with a code is for whoever has none yet: the code speaks for them. */
export function rightOver({ action }: PeopleCommand): Right {
  return action === 'list' || action === 'link' ? 'read' : 'people'
}

/** The card that answers, and whether everybody may read it. */
export async function peopleReply(
  { people, everybody }: Studio,
  person: Person,
  command: PeopleCommand,
): Promise<{ readonly card: Card; readonly audience: 'everyone' | 'asker' }> {
  const audience = 'everyone'
  switch (command.action) {
    case 'list':
      return { card: peopleCard((await everybody()).people, command.page, may(person, 'people')), audience }
    case 'add': {
      const { person: name, role, identity } = command
      return { card: personChangedCard(await people.add(person, { name, role, identity })), audience }
    }
    case 'role':
      return {
        card: personChangedCard(await people.giveRole(person, command.person, command.role)),
        audience,
      }
    case 'remove':
      return { card: personChangedCard(await people.remove(person, command.person)), audience }
    case 'link':
      return { card: linkCodeCard(await people.linkCode(person)), audience: 'asker' }
  }
}

/** A code joins the identity that types it, whether it has a role or not. */
export async function linkReply({ people }: Studio, identity: string, code: string): Promise<Card> {
  return linkedCard(await people.link(identity, code))
}
