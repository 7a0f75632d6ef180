import type { Who } from '../../../core/app/who.js'
import type { ObservedSubscription } from '../../../core/marketplace/types.js'
import { Observing } from '../../support/observing.js'
import { day, observed } from '../../support/observed.js'

/**
 * Turnovers through the ledger. 20 × $22.00 = $440.00 a month; 20 seats from 11 March are 20 × $22.00 × 21/31 =
 * $9,240 / 31 = $298.064…, so one subscription is $440.00 and two are $738.06.
 */

/** A licence line with its term. */
export const line = (
  subscriptionId: string,
  from: string,
  to: string,
  more: Partial<ObservedSubscription> = {},
) => observed({ subscriptionId, startsOn: day(from), expiresOn: day(to), renewsOn: day(to), ...more })

/** A year's commitment from February, and what appears beside it on 11 March. */
export const OLD = line('1', '2026-02-11', '2027-02-11')
export const ENDED = { ...OLD, status: 'removed' as const, expiresOn: day('2026-03-11') }
export const NEW = line('2', '2026-03-11', '2027-03-11')

/** What is listed when the marketplace is looked at. */
export type Look = readonly [date: string, ...lines: ObservedSubscription[]]

/** Looked at on each of the dates at noon UTC. */
export async function seen(...looks: readonly Look[]): Promise<Observing> {
  const world = new Observing()
  for (const [date, ...lines] of looks) await world.see(`${date}T12:00:00Z`, lines)
  return world
}

/** No orders are told here, so the seats of a purchase are assumed; that is not the matter. */
export const saidOf = async (world: Observing, month = '2026-03-01') =>
  (await world.exceptions(month)).filter((kind) => kind !== 'assumed')

/** The amounts that are held, in minor units. */
export const heldOf = ({ held }: Who) => held.map(({ priced }) => priced?.charge.amount)
