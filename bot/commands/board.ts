import type {
  ChatSurface,
  Deadlines,
  Deliveries,
  DeliveryContent,
  NewDelivery,
  PostedCard,
  PostedCards,
} from '../../core/chat-ports.js'
import { millisecondsAfter } from '../../core/calendar/zone.js'
import type { ApprovalRecord, Clock, Log } from '../../core/ports.js'
import type { Studio } from '../../core/app/studio.js'
import type { Card } from '../cards/model.js'
import { type Trouble, reasonOf } from '../trouble.js'
import type { Desk } from './desk.js'

/** What a surface offers to whoever says something there later. Addresses are its own words. */
export interface CardSurface {
  /** Replaces one posted card by another. */
  update(address: string, card: Card): Promise<void>
  /** Posts a card at a place that was kept. Returns where it stands; undefined: nowhere it could be replaced. */
  post(place: string, card: Card): Promise<string | undefined>
  /** The place right below a posted card; undefined for an address that cannot be read. */
  below(address: string): string | undefined
  troubleOf(error: unknown): Trouble
}

/** Something that could not be said, and why not. */
export interface Unsaid {
  readonly surface: ChatSurface
  readonly place: string
  /** A request is made into a card when it is said at last; any other card is kept as it is. */
  readonly what: ApprovalRecord | Card
  readonly trouble: Trouble
  readonly error: unknown
}

/** Keeps the cards of a request alike everywhere they were posted, and what could not be said until it can. */
export interface Board {
  /** A surface says how it posts and replaces its cards. */
  attach(surface: ChatSurface, cards: CardSurface): void
  remember(card: PostedCard): Promise<void>
  /** Replaces every posted card of the request by what it is now. A card that cannot be reached follows later. */
  refresh(record: ApprovalRecord): Promise<void>
  /**
   * Keeps what never went out, to be said when the platform answers again; notes what may have arrived, which is not
   * repeated. True: it will be said. Never throws: what cannot be kept is logged.
   */
  keep(unsaid: Unsaid): Promise<boolean>
}

export interface BoardParts {
  readonly posted: PostedCards
  readonly deliveries: Deliveries
  readonly deadlines: Deadlines
  readonly desk: Pick<Desk, 'cardOf'>
  readonly billing: Pick<Studio['billing'], 'request'>
  readonly clock: Clock
  readonly timeZone: string
  readonly log: Log
  /** Filled by {@link Board.attach}. */
  readonly surfaces: Map<ChatSurface, CardSurface>
}

export function createBoard(parts: BoardParts): Board {
  const { posted, surfaces } = parts
  return {
    attach: (surface, cards) => void surfaces.set(surface, cards),
    remember: (card) => posted.remember(card),
    refresh: (record) => refresh(parts, record),
    keep: (unsaid) => keep(parts, unsaid),
  }
}

async function refresh(parts: BoardParts, record: ApprovalRecord): Promise<void> {
  const { posted, desk, surfaces } = parts
  const card = await desk.cardOf(record)
  const cards = await posted.of(record.approval.id)
  await Promise.all(
    cards.map(async ({ surface, address }) => {
      const cardSurface = surfaces.get(surface)
      try {
        await cardSurface?.update(address, card)
      } catch (error) {
        await missed(parts, { approvalId: record.approval.id, surface, address }, error)
      }
    }),
  )
}

/** A card that missed an update: it gets it when it can be reached, unless the platform said that it never can. */
async function missed(
  { surfaces, deliveries, clock, log }: BoardParts,
  { approvalId, surface, address }: PostedCard,
  error: unknown,
): Promise<void> {
  const reason = reasonOf(error)
  log.warn({ surface, approval: approvalId, reason }, 'a posted card could not be updated')
  const trouble = surfaces.get(surface)?.troubleOf(error)
  if (trouble === undefined || trouble.type === 'refused') return
  try {
    const content = { kind: 'update', approvalId } as const
    await deliveries.keep(deliveryOf({ surface, address, content }, await clock.now(), reason, trouble))
  } catch (failure) {
    log.error({ surface, approval: approvalId, reason: reasonOf(failure) }, 'its update could not be kept')
  }
}

async function keep(parts: BoardParts, { surface, place, what, trouble, error }: Unsaid): Promise<boolean> {
  const { deliveries, clock, log } = parts
  const reason = reasonOf(error)
  const content: DeliveryContent =
    'approval' in what
      ? { kind: 'request', approvalId: what.approval.id }
      : { kind: 'card', card: JSON.stringify(what) }
  const fields = { surface, reason, ...(content.kind === 'request' ? { approval: content.approvalId } : {}) }
  if (trouble.type === 'refused') {
    log.error(fields, 'an answer could not be posted')
    return false
  }
  try {
    const delivery = deliveryOf({ surface, address: place, content }, await clock.now(), reason, trouble)
    if (trouble.type === 'unknown') {
      log.error(fields, 'an answer may not have arrived; it is not repeated')
      await deliveries.lose(delivery, reason)
      return false
    }
    await deliveries.keep(delivery)
    log.warn(fields, 'an answer could not be posted; it is kept and follows')
    return true
  } catch (failure) {
    log.error({ ...fields, failure: reasonOf(failure) }, 'an answer could not be posted, and not be kept')
    return false
  }
}

function deliveryOf(
  what: Pick<NewDelivery, 'surface' | 'address' | 'content'>,
  now: Date,
  reason: string,
  trouble: Trouble,
): NewDelivery {
  const asked = trouble.type === 'notSent' ? (trouble.waitMilliseconds ?? 0) : 0
  return { ...what, createdAt: now, notBefore: millisecondsAfter(now, asked), reason }
}
