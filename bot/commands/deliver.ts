import type { ClaimedDelivery, DeliveryOutcome, PostedCard } from '../../core/chat-ports.js'
import { assert } from '../../core/assert.js'
import { hoursAfter, millisecondsAfter } from '../../core/calendar/zone.js'
import { stateOf } from '../../core/approval/approval.js'
import {
  DELIVERY_AT_ONCE,
  DELIVERY_HOURS,
  DELIVERY_LEASE_MINUTES,
  DELIVERY_TICK_ITEMS,
  DELIVERY_WAIT_FIRST_SECONDS,
  DELIVERY_WAIT_LONGEST_SECONDS,
} from '../../core/chat-limits.js'
import { lateCard, reminderCard } from '../cards/late.js'
import type { Card } from '../cards/model.js'
import { reasonOf } from '../trouble.js'
import type { BoardParts, CardSurface } from './board.js'

/**
 * Says what is due in chat, the oldest first, a few at a time so that a slow channel holds up no other. Safe to call at
 * any time, by any number of processes: each delivery is claimed by one. The first that finds its platform still away
 * ends the tries on it until the next tick.
 */
export async function deliverDue(parts: BoardParts): Promise<void> {
  const there = new Set(parts.surfaces.keys())
  let claims = 0
  const work = async () => {
    while (there.size > 0 && claims < DELIVERY_TICK_ITEMS) {
      claims += 1
      const now = await parts.clock.now()
      const until = millisecondsAfter(now, DELIVERY_LEASE_MINUTES * 60_000)
      const claimed = await parts.deliveries.claim([...there], now, until)
      if (claimed === undefined) return
      if (!(await deliver(parts, claimed))) there.delete(claimed.surface)
    }
  }
  await Promise.all(Array.from({ length: DELIVERY_AT_ONCE }, work))
}

/** One try; false: the platform does not take anything now. */
async function deliver(parts: BoardParts, claimed: ClaimedDelivery): Promise<boolean> {
  const { deliveries, clock, log, surfaces } = parts
  const surface = surfaces.get(claimed.surface)
  assert(surface !== undefined, 'only what is for a surface that is there is claimed')
  const { outcome, isAway = false } = await attempt(parts, surface, claimed)
  await deliveries.settle(claimed, outcome, await clock.now())
  if (outcome.state === 'givenUp' || outcome.state === 'unknown') {
    const { surface: where, content, createdAt } = claimed
    const fields = { surface: where, kind: content.kind, since: createdAt, reason: outcome.reason }
    log.error(fields, 'an answer is given up')
  }
  return !isAway
}

interface Attempt {
  readonly outcome: DeliveryOutcome
  readonly isAway?: boolean
}

async function attempt(parts: BoardParts, surface: CardSurface, claimed: ClaimedDelivery): Promise<Attempt> {
  const isUpdate = claimed.content.kind === 'update'
  const began = await parts.clock.now()
  const isOld = began >= hoursAfter(claimed.createdAt, DELIVERY_HOURS)
  if (claimed.interrupted && !isUpdate) {
    return { outcome: { state: 'unknown', reason: 'the program ended while it was being sent' } }
  }
  if (isOld && !isUpdate) {
    return { outcome: { state: 'givenUp', reason: claimed.reason ?? 'nothing was sent for a day' } }
  }
  const waiting = (reason: string, now: Date, asked = 0): DeliveryOutcome => {
    const notBefore = millisecondsAfter(now, Math.max(asked, waitAfter(claimed.attempts)))
    return { state: 'waiting', notBefore, reason }
  }
  let send: Send | undefined
  try {
    send = await prepare(parts, surface, claimed)
  } catch (error) {
    // Our own side failed, nothing was sent: the next tick tries again.
    return { outcome: waiting(reasonOf(error), began) }
  }
  if (send === undefined) return { outcome: { state: 'unneeded' } }
  try {
    await send()
    return { outcome: { state: 'delivered' } }
  } catch (error) {
    const trouble = surface.troubleOf(error)
    const reason = reasonOf(error)
    // A card that is gone needs no update.
    if (trouble.type === 'refused')
      return { outcome: isUpdate ? { state: 'unneeded' } : { state: 'givenUp', reason } }
    if (trouble.type === 'unknown' && !isUpdate) return { outcome: { state: 'unknown', reason } }
    if (isOld) return { outcome: { state: 'givenUp', reason }, isAway: true }
    const asked = trouble.type === 'notSent' ? trouble.waitMilliseconds : undefined
    return { outcome: waiting(reason, await parts.clock.now(), asked), isAway: true }
  }
}

/** Milliseconds after so many tries, doubling to the longest. */
export function waitAfter(attempts: number): number {
  const doubled = DELIVERY_WAIT_FIRST_SECONDS * 2 ** Math.min(attempts - 1, 10)
  return Math.min(doubled, DELIVERY_WAIT_LONGEST_SECONDS) * 1000
}

type Send = () => Promise<void>

/** Makes what is to be said, as it is now; undefined: there is nothing to say any more. */
async function prepare(
  parts: BoardParts,
  surface: CardSurface,
  claimed: ClaimedDelivery,
): Promise<Send | undefined> {
  const { address, content, createdAt, reason } = claimed
  const { desk, billing, clock, timeZone } = parts
  const since = reason === undefined ? undefined : { createdAt, timeZone }
  if (content.kind === 'card') {
    const card = lateCard(JSON.parse(content.card) as Card, since)
    return async () => void (await surface.post(address, card))
  }
  const record = await billing.request(content.approvalId)
  if (content.kind === 'reminder') {
    if (stateOf(record.approval, await clock.now()) !== 'pending') return undefined
    const card = reminderCard(record, timeZone)
    return async () => void (await surface.post(address, card))
  }
  const card = await desk.cardOf(record)
  if (content.kind === 'update') return () => surface.update(address, card)
  return async () => {
    const posted = await surface.post(address, lateCard(card, since))
    if (posted === undefined) return
    await follow(
      parts,
      surface,
      { approvalId: content.approvalId, surface: claimed.surface, address: posted },
      card,
    )
  }
}

/** From now on the card follows its request; what happened to that while the card was posted is made up for. */
async function follow(
  { desk, billing, posted, log }: BoardParts,
  surface: CardSurface,
  at: PostedCard,
  shown: Card,
): Promise<void> {
  try {
    await posted.remember(at)
    const after = await desk.cardOf(await billing.request(at.approvalId))
    if (JSON.stringify(after.actions) !== JSON.stringify(shown.actions))
      await surface.update(at.address, after)
  } catch (error) {
    // It stands there: posting it again would be worse than a card that does not follow.
    log.error({ approval: at.approvalId, reason: reasonOf(error) }, 'a late card could not be remembered')
  }
}
