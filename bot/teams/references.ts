import type { ConversationReference, ConversationReferences } from '../../core/chat-ports.js'
import { TEAMS_MET_PEOPLE } from '../../core/chat-limits.js'
import type { Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { Card } from '../cards/model.js'
import { helloCard } from '../cards/welcome.js'
import type { Desk } from '../commands/desk.js'
import type { Conversations, Place } from './conversations.js'
import { reasonOf } from '../trouble.js'
import { type TeamsMessage, renderTeams } from './render.js'
import type { Address, Incoming } from './schema.js'

export interface ReachParts {
  readonly tenantId: string
  readonly references: ConversationReferences
  readonly conversations: Conversations
  readonly desk: Pick<Desk, 'known' | 'welcome'>
  readonly log: Log
  readonly now: () => Date
}

/** Who can be written to without having asked, and who sees a conversation. */
export interface Reach {
  /** Keeps where a person wrote or clicked. What cannot be kept stops nothing. */
  meet(activity: Incoming): Promise<void>
  /** The app was added somewhere: kept, and greeted once. */
  installed(activity: Incoming): Promise<void>
  /** The app was taken away: nobody is written to there any more. */
  removed(activity: Incoming): Promise<void>
  /** Writes to a person alone: in the chat they are known to have with the bot, else in one that is begun. */
  tell(place: Place, message: TeamsMessage): Promise<Address>
  /**
   * Writes a card to a person alone, without having been asked.
   *
   * @param identity "teams:<tenant>:<object id>"
   * Problem `notFound` when they were never met, `held` when they have closed the chat, `unavailable` when Teams is.
   */
  tellPerson(identity: string, card: Card): Promise<void>
  /** A card as it is posted in a conversation, with whom it renews itself for. */
  posted(conversation: string, card: Card): Promise<TeamsMessage>
  /** Where a card stands, by the Connector that conversation was seen at last. */
  current(address: Address): Promise<Address>
}

/** The conversation without the message that began a thread. */
function withoutThread(conversation: string): string {
  return conversation.split(';messageid=', 1).join('')
}

export function createReach(parts: ReachParts): Reach {
  const { references } = parts
  return {
    meet: async (activity) => {
      await quietly(parts, 'a conversation could not be remembered', async () => {
        await references.remember(referenceOf(parts, activity))
      })
    },
    installed: (activity) => installed(parts, activity),
    removed: async ({ conversation, channelData }) =>
      references.forget(withoutThread(conversation.id), channelData?.team?.id ?? ''),
    tell: (place, message) => tell(parts, place, message),
    tellPerson: (identity, card) => tellPerson(parts, identity, card),
    posted: async (conversation, card) => {
      if (!card.actions.some(({ name }) => name === 'approve' || name === 'reject')) return renderTeams(card)
      const viewers = await quietly(parts, 'who sees a card is not known', () =>
        viewersOf(parts, conversation),
      )
      return renderTeams(card, viewers ?? [])
    },
    current: async (address) => {
      const [newest] =
        (await quietly(parts, 'the Connector of a conversation is not known', () =>
          references.inConversation(withoutThread(address.conversation), 1),
        )) ?? []
      return newest === undefined ? address : { ...address, serviceUrl: newest.serviceUrl }
    },
  }

  async function quietly<T>(
    { log }: ReachParts,
    what: string,
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, what)
      return undefined
    }
  }
}

const KINDS = { personal: 'personal', channel: 'channel' } as const

function referenceOf({ tenantId, now }: ReachParts, activity: Incoming): ConversationReference {
  const { conversation, from, recipient, serviceUrl, channelData } = activity
  const type = conversation.conversationType
  return {
    conversation: withoutThread(conversation.id),
    kind: type === 'personal' || type === 'channel' ? KINDS[type] : 'group',
    team: channelData?.team?.id ?? '',
    tenant: tenantId,
    person: from.aadObjectId ?? '',
    member: from.aadObjectId === undefined ? '' : from.id,
    serviceUrl,
    bot: recipient.id,
    seenAt: now(),
  }
}

/** Teams tells of an installation twice, as two kinds of activities: whoever of both is first greets. */
async function installed(parts: ReachParts, activity: Incoming): Promise<void> {
  const { references, conversations, desk, log } = parts
  const reference = referenceOf(parts, activity)
  const isNewPerson = await references.remember(reference)
  const isPersonal = reference.kind === 'personal'
  const isNew = isPersonal ? isNewPerson : await references.remember({ ...reference, person: '', member: '' })
  // What was rolled out to everybody by nobody in particular stays quiet.
  if (!isNew || reference.person === '') return
  const { conversation, serviceUrl, bot, tenant, person, member } = reference
  const card = isPersonal ? await desk.welcome(`teams:${tenant}:${person}`) : helloCard()
  const place = { serviceUrl, bot, conversation, user: member, person, replyTo: '' }
  try {
    await conversations.post(place, renderTeams(card))
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, 'nobody was greeted in Teams')
  }
}

/** Teams' ids of those with a role who were met in a conversation. */
async function viewersOf(parts: ReachParts, conversation: string): Promise<readonly string[]> {
  const met = await parts.references.inConversation(withoutThread(conversation), TEAMS_MET_PEOPLE)
  const byIdentity = new Map(
    met
      .filter(({ person }) => person !== '')
      .map(({ tenant, person, member }) => [`teams:${tenant}:${person}`, member]),
  )
  const known = await parts.desk.known([...byIdentity.keys()])
  // In one order whoever spoke last: a card that says the same must not be written again.
  return known.flatMap((identity) => byIdentity.get(identity) ?? []).toSorted()
}

async function tell(parts: ReachParts, place: Place, message: TeamsMessage): Promise<Address> {
  const { references, conversations, log, tenantId, now } = parts
  const { person, user, bot, serviceUrl } = place
  let met: readonly ConversationReference[] = []
  try {
    met = await references.ofPerson(tenantId, person, TEAMS_MET_PEOPLE)
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, 'where somebody is met in Teams is not known')
  }
  const personal = met.find(({ kind }) => kind === 'personal')
  if (personal !== undefined) {
    const { conversation } = personal
    const at = { conversation, user, person, replyTo: '', serviceUrl: personal.serviceUrl, bot: personal.bot }
    try {
      return await conversations.post(at, message)
    } catch (error) {
      // Refused for certain: what had no answer is not sent a second time.
      if (!isRefused(error)) throw error
    }
  }
  const address = await conversations.tell(place, message)
  const begun = { tenant: tenantId, kind: 'personal', team: '', seenAt: now() } as const
  await references
    .remember({ ...begun, conversation: address.conversation, person, member: user, serviceUrl, bot })
    .catch((error: unknown) =>
      log.warn({ reason: reasonOf(error) }, 'a conversation could not be remembered'),
    )
  return address
}

function isRefused(error: unknown): boolean {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  return status === 403 || status === 404
}

async function tellPerson(parts: ReachParts, identity: string, card: Card): Promise<void> {
  const [surface, tenant, person, ...more] = identity.split(':')
  const known = surface === 'teams' && tenant === parts.tenantId && person !== undefined && more.length === 0
  const [newest] = known ? await parts.references.ofPerson(tenant, person, 1) : []
  if (newest === undefined || person === undefined) {
    throw new Problem({
      kind: 'notFound',
      what: `${identity} was never met in Teams.`,
      notDone: 'Nothing was sent.',
      next: 'Ask them to add the app in Teams, or to write to it once.',
    })
  }
  const { serviceUrl, conversation, bot, member } = newest
  try {
    const place = { serviceUrl, conversation, bot, user: member, person, replyTo: '' }
    await tell(parts, place, renderTeams(card))
  } catch (error) {
    if (error instanceof Problem) throw error
    throw unreached(identity, error)
  }
}

function unreached(identity: string, cause: unknown): Problem {
  return isRefused(cause)
    ? new Problem({
        kind: 'held',
        what: `${identity} takes no messages of the bot in Teams.`,
        notDone: 'Nothing was sent.',
        next: 'Ask them to add the app to their personal apps again.',
        cause,
      })
    : new Problem({
        kind: 'unavailable',
        what: 'Teams did not take a message.',
        notDone: 'Nothing was sent.',
        next: 'Try again in a moment.',
        cause,
      })
}
