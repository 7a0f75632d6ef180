import type { Person } from '../../core/access/people.js'
import type { LocalDate } from '../../core/calendar/date.js'
import { hoursAfter } from '../../core/calendar/zone.js'
import type { DeliveryStanding } from '../../core/chat-ports.js'
import { DELIVERY_TOLD_DAYS } from '../../core/chat-limits.js'
import { monthYear } from '../../core/calendar/words.js'
import type { Studio } from '../../core/app/studio.js'
import type { ApprovalRecord, Progress } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import { changesCard } from '../cards/changes.js'
import { customerCard } from '../cards/customer.js'
import { explainCard } from '../cards/explain.js'
import type { ActionName, ActionTarget, Card } from '../cards/model.js'
import { helpCard, statusCard } from '../cards/status.js'
import { whoCard } from '../cards/who.js'
import { againOf } from './again.js'
import { authorise, rightFor, rightToClick } from './authorise.js'
import { answerBilling, cardOf, fileReply, observedReply, pageReply } from './desk-billing.js'
import { calendarReply, lookOf } from './desk-calendar.js'
import { type FormDesk, createFormDesk } from './desk-forms.js'
import { acceptClicked, mapCard, mapPageClicked } from './desk-map.js'
import { known, lookReply, noteSent, welcome } from './desk-look.js'
import { priceCard } from './desk-price.js'
import { settingsReply } from './desk-settings.js'
import { type Mention, linkReply, peopleReply, withIdentities } from './desk-people.js'
import { type Command, parseCommand } from './parse.js'
import { type DeskParts, type Reply, refused, shown } from './reply.js'

/** A click: an action on a target, by an authenticated identity. */
export interface Click {
  /** An {@link ActionName}, unless a surface was sent something else. */
  readonly name: string
  readonly target: ActionTarget
}

/** Where every surface brings what people say and click. Rights are checked here, every time. */
export interface Desk extends FormDesk {
  /**
   * @param identity as the surface authenticated it: "slack:T1:U1", "console:dana".
   * @param mentions people the text names by mention, where the surface knows who they are.
   */
  ask(
    identity: string,
    text: string,
    onProgress?: (progress: Progress) => void,
    mentions?: readonly Mention[],
  ): Promise<Reply>
  click(identity: string, click: Click): Promise<Reply>
  /** The card of a request as it is now, for updating what was posted. */
  cardOf(record: ApprovalRecord): Promise<Card>
  /** The card of a request as it fits one person: for views, which grant nothing. Changes nothing. */
  look(identity: string, id: string): Promise<Reply>
  /** What somebody is told who has just added the bot for themselves. */
  welcome(identity: string): Promise<Card>
  /** Those of the identities that belong to somebody with a role. */
  known(identities: readonly string[]): Promise<readonly string[]>
  /** Writes down that a file of a run goes into somebody's own storage. Problem `forbidden` when they may not have it. */
  noteSent(identity: string, runId: string): Promise<void>
}

export function createDesk(parts: DeskParts): Desk {
  const { studio } = parts
  return {
    ...createFormDesk(parts, answer),
    ask: (identity, typed, onProgress, mentions = []) =>
      refuseNicely(async () => {
        const today = await studio.today()
        const text = withIdentities(typed, mentions)
        const command = parseCommand(text, today)
        if (command.name === 'people' && command.action === 'link' && command.code !== undefined) {
          return { ...shown(await linkReply(studio, identity, command.code)), audience: 'asker' }
        }
        const person = await authorise(studio, identity, rightFor(command), command.name)
        try {
          return await answer(parts, person, await withNames(studio, command, text, today), onProgress)
        } catch (error) {
          throw withReading(command, error)
        }
      }),
    click: (identity, click) => refuseNicely(() => carryOut(parts, identity, click)),
    cardOf: (record) => cardOf(parts, record),
    look: (identity, id) => refuseNicely(() => lookReply(parts, identity, id)),
    welcome: (identity) => welcome(parts, identity),
    known: (identities) => known(parts, identities),
    noteSent: (identity, runId) => noteSent(parts, identity, runId),
  }
}

/** An expected failure becomes a card for the one who asked; a bug is thrown on. */
async function refuseNicely(work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await work()
  } catch (error) {
    return refused(error)
  }
}

/** What was read as a month may be the end of a name: names are looked at only where it matters. */
async function withNames(studio: Studio, command: Command, text: string, today: LocalDate): Promise<Command> {
  const hasMonth = 'month' in command && command.month !== undefined
  return hasMonth ? parseCommand(text, today, await studio.names()) : command
}

/** A name that is not found may have lost a word to the month: the refusal says how both were read. */
function withReading(command: Command, error: unknown): unknown {
  const { name } = command
  if (name === 'sync') return nothingSynced(error)
  if (name !== 'who' && name !== 'propose' && name !== 'customer') return error
  if (!(error instanceof Problem) || error.where !== undefined || command.month === undefined) return error
  const names = name === 'propose' ? command.customers : [name === 'who' ? command.filter : command.customer]
  const named = names.filter((text) => text !== '').map((text) => `“${text}”`)
  if (named.length === 0) return error
  const where = `Understood as ${monthYear(command.month.from)} and ${named.join(', ')}`
  const { kind, what, notDone, next } = error
  return new Problem({
    kind,
    what,
    where,
    ...(notDone === undefined ? {} : { notDone }),
    ...(next === undefined ? {} : { next }),
    cause: error,
  })
}

/** A name that no customer has was no wish to sync all: that is said. */
function nothingSynced(error: unknown): unknown {
  if (!(error instanceof Problem) || (error.kind !== 'notFound' && error.kind !== 'input')) return error
  const { kind, what, where, next } = error
  const all = '`sync` alone is for all customers that are billed in a PSA.'
  return new Problem({
    kind,
    what,
    notDone: 'Nothing was asked for.',
    next: next === undefined ? all : `${next} ${all}`,
    ...(where === undefined ? {} : { where }),
    cause: error,
  })
}

/** What did not arrive in chat lately. */
async function unsaidOf({ clock, deliveries }: DeskParts): Promise<DeliveryStanding> {
  return await deliveries.standing(hoursAfter(await clock.now(), -24 * DELIVERY_TOLD_DAYS))
}

async function answer(
  parts: DeskParts,
  person: Person,
  command: Command,
  onProgress?: (progress: Progress) => void,
): Promise<Reply> {
  const { studio } = parts
  switch (command.name) {
    case 'help':
      return shown(helpCard(command.about))
    case 'who':
      return shown(whoCard({ ...(await studio.who(command.month, command.filter)), filter: command.filter }))
    case 'customer':
      return shown(customerCard(await studio.customer(command.customer, command.month)))
    case 'explain':
      return shown(explainCard(await studio.explain(command.line)))
    case 'changes':
      return shown(changesCard(await studio.changes(command.since, command.filter), command.filter))
    case 'upcoming':
    case 'calendar':
    case 'home':
      return calendarReply(studio.planning, person, command)
    case 'status':
      return shown(statusCard(await studio.status(), await unsaidOf(parts)))
    case 'observe':
      return observedReply(parts, await studio.observe(onProgress))
    case 'map':
      return shown(await mapCard(studio.mapping, person, command))
    case 'price':
    case 'describe':
      return shown(await priceCard(studio.prices, person, command))
    case 'people': {
      const { card, audience } = await peopleReply(studio, person, command)
      return { ...shown(card), audience }
    }
    case 'settings':
      return shown(await settingsReply(studio.settings, parts.connections, person, command))
    default:
      return answerBilling(parts, person, command)
  }
}

async function carryOut(parts: DeskParts, identity: string, { name, target }: Click): Promise<Reply> {
  const person = await authorise(parts.studio, identity, rightToClick(name), `${name} ${target.id}`)
  const { billing } = parts.studio
  switch (name as ActionName) {
    case 'approve':
      return answerBilling(parts, person, { name: 'approve', id: target.id, seen: target.revision })
    case 'download':
      return fileReply(parts, target.id)
    case 'again':
      return answerBilling(parts, person, againOf(await billing.request(target.id)))
    case 'page':
      return pageReply(parts, parseCommand(`approval ${target.id}`, await parts.studio.today()))
    case 'map':
      return shown(await acceptClicked(parts.studio.mapping, person, target))
    case 'mapPage':
      return shown(await mapPageClicked(parts.studio.mapping, target))
    case 'look':
      return answer(parts, person, lookOf(parseCommand(target.id, await parts.studio.today())))
    case 'setPrice':
      return answer(parts, person, { name: 'price', action: 'confirm', id: target.id, seen: target.revision })
    case 'propose':
      return answer(parts, person, parseCommand(`propose ${target.id}`, await parts.studio.today()))
  }
}
