import { stateOf } from '../../core/approval/approval.js'
import type {
  ClaimedDelivery,
  Deadlines,
  Deliveries,
  DeliveryOutcome,
  NewDelivery,
} from '../../core/chat-ports.js'
import { hoursAfter } from '../../core/calendar/zone.js'
import type { BillingStore } from '../../core/ports.js'

interface Kept {
  readonly id: string
  delivery: NewDelivery
  state: DeliveryOutcome['state']
  attempts: number
  leaseUntil: Date | undefined
  endedAt: Date | undefined
}

/** What is still to be said in chat, in memory, with the rules of the real store. */
export function memoryDeliveries(): Deliveries & { readonly kept: readonly Kept[] } {
  const kept: Kept[] = []
  const add = (delivery: NewDelivery, state: Kept['state']) => {
    const { content, surface, address } = delivery
    const isUpdate = content.kind === 'update'
    const id = isUpdate
      ? JSON.stringify([surface, address, content.approvalId])
      : `delivery-${kept.length + 1}`
    const fresh = { delivery, state, leaseUntil: undefined, endedAt: undefined }
    const known = kept.find((one) => one.id === id)
    if (known === undefined) kept.push({ id, ...fresh, attempts: 0 })
    else Object.assign(known, fresh)
  }
  return {
    kept,
    keep: async (delivery) => add(delivery, 'waiting'),
    lose: async (delivery, reason) => {
      add({ ...delivery, reason }, 'unknown')
      Object.assign(kept.at(-1) ?? {}, { endedAt: delivery.createdAt })
    },
    claim: async (surfaces, now, until) => {
      const isHeld = ({ leaseUntil }: Kept) => leaseUntil !== undefined && leaseUntil > now
      const isBusy = ({ delivery: { address } }: Kept) =>
        kept.some((one) => one.delivery.address === address && isHeld(one))
      const found = kept.find((one) => {
        const { delivery, state } = one
        const isDue = state === 'waiting' && delivery.notBefore <= now
        return isDue && surfaces.includes(delivery.surface) && !isBusy(one)
      })
      if (found === undefined) return undefined
      const interrupted = found.leaseUntil !== undefined
      Object.assign(found, { attempts: found.attempts + 1, leaseUntil: until })
      return { ...found.delivery, id: found.id, attempts: found.attempts, interrupted }
    },
    settle: async (claimed, outcome, at) => settle(kept, claimed, outcome, at),
    standing: async (since) => {
      const ended = (state: Kept['state']) =>
        kept.filter((one) => one.state === state && (one.endedAt ?? since) >= since)
      const last = [...ended('givenUp'), ...ended('unknown')].at(-1)?.delivery
      return {
        waiting: kept.filter(({ state }) => state === 'waiting').length,
        givenUp: ended('givenUp').length,
        unknown: ended('unknown').length,
        last: last === undefined ? undefined : { surface: last.surface, reason: last.reason ?? '' },
      }
    },
  }
}

function settle(
  kept: readonly Kept[],
  claimed: ClaimedDelivery,
  outcome: DeliveryOutcome,
  at: Date,
): boolean {
  const known = kept.find(({ id }) => id === claimed.id)
  const isOurs =
    known?.attempts === claimed.attempts && known.state === 'waiting' && known.leaseUntil !== undefined
  if (!isOurs) return false
  const notBefore = outcome.state === 'waiting' ? outcome.notBefore : at
  const reason = 'reason' in outcome ? outcome.reason : known.delivery.reason
  Object.assign(known, {
    delivery: { ...known.delivery, notBefore, reason },
    state: outcome.state,
    leaseUntil: undefined,
    endedAt: outcome.state === 'waiting' ? undefined : at,
  })
  return true
}

/** What has its hour, in memory, with the rules of the real store. */
export function memoryDeadlines(billing: BillingStore, deliveries: Deliveries): Deadlines {
  const taken = new Set<string>()
  return {
    due: async (deadline, now, most) => {
      const wanted = deadline === 'remind' ? 'pending' : 'expired'
      const open = (await billing.open()).map(({ approval }) => approval)
      return open
        .filter((approval) => stateOf(approval, now) === wanted && !taken.has(`${deadline} ${approval.id}`))
        .filter(({ requestedAt, expiresAt }) => {
          const hours = (expiresAt.getTime() - requestedAt.getTime()) / 2 / 3_600_000
          return deadline === 'expire' || now >= hoursAfter(requestedAt, hours)
        })
        .slice(0, most)
        .map(({ id }) => id)
    },
    take: async (deadline, id, _, made) => {
      if (taken.has(`${deadline} ${id}`)) return false
      taken.add(`${deadline} ${id}`)
      for (const delivery of made) await deliveries.keep(delivery)
      return true
    },
  }
}
