import { may, personOf } from '../../core/access/people.js'
import type { Card } from '../cards/model.js'
import { fittingCard } from '../cards/fitting.js'
import { welcomeCard } from '../cards/welcome.js'
import { authorise, rightToClick, rightToFill } from './authorise.js'
import { cardOf } from './desk-billing.js'
import { type DeskParts, type Reply, shown } from './reply.js'

/** A request as it fits the one who looks at it, with the right that typing `approval <id>` needs. Changes nothing. */
export async function lookReply(parts: DeskParts, identity: string, id: string): Promise<Reply> {
  const { studio } = parts
  const person = await authorise(studio, identity, 'read', `approval ${id}`)
  const approval = await studio.billing.request(id)
  const [card, { people }] = await Promise.all([cardOf(parts, approval), studio.everybody()])
  const mayPress = (name: string) => {
    const right = rightToClick(name) ?? rightToFill(name)
    return right !== undefined && may(person, right)
  }
  return { ...shown(fittingCard(card, approval.approval, { person, people, mayPress })), approval }
}

/** What somebody new is told; nothing of the business is in it. */
export async function welcome({ studio }: DeskParts, identity: string): Promise<Card> {
  const { people } = await studio.everybody()
  return welcomeCard(personOf(people, identity), people, identity)
}

/** Those of the identities that belong to somebody with a role. */
export async function known(
  { studio }: DeskParts,
  identities: readonly string[],
): Promise<readonly string[]> {
  const { people } = await studio.everybody()
  return identities.filter((identity) => personOf(people, identity) !== undefined)
}

/** Writes down that somebody has a file of a run put into their own storage; who may not is refused before. */
export async function noteSent({ studio }: DeskParts, identity: string, runId: string): Promise<void> {
  const person = await authorise(studio, identity, 'download', `download ${runId}`)
  await studio.billing.noteSent(person.id, runId)
}
