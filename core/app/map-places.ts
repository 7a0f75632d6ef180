import type { CustomerMapping } from '../sync/intent.js'
import type { Container, Slot } from '../sync/types.js'
import type { Loaded } from './loader.js'
import type { Company } from './map-types.js'
import { compareText } from './portfolio.js'
import { PSA_TITLES, containerKey } from './routed.js'

/**
 * Where a customer is billed that is to be billed in another place, for people; undefined: nowhere, or it stays.
 *
 * @param mapped who it was before.
 * @param moving slots, as they are before, of what is to move.
 * @returns "Contoso, Ltd. (12) in ConnectWise, Contoso licences"
 */
export function placeLeft(
  { sync }: Loaded,
  mapped: CustomerMapping | undefined,
  company: Pick<Company, 'psa' | 'id'>,
  container: Container | undefined,
  moving: readonly Slot[],
): string | undefined {
  if (mapped === undefined) return undefined
  const names = new Map(
    sync.readings.map((reading) => [containerKey(reading.container), reading.container.name]),
  )
  const left = moving
    .filter((slot) => slot.lineageIds.length > 0 && !isIn(slot, container))
    .map(({ psa, containerId: id }) => names.get(containerKey({ psa, id })) ?? id)
  const isSame = mapped.psa === company.psa && mapped.companyId === company.id
  if (isSame && left.length === 0) return undefined
  const where = `${mapped.companyName} (${mapped.companyId}) in ${PSA_TITLES[mapped.psa]}`
  return [where, ...[...new Set(left)].sort(compareText)].join(', ')
}

/** Names of other customers that an agreement or contract bills already. */
export function customersIn(
  { sync, portfolio: { subscriptions, customers } }: Loaded,
  customerId: string,
  container: Container,
): readonly string[] {
  const lineages = new Set(
    sync.slots.filter((slot) => isIn(slot, container)).flatMap(({ lineageIds }) => lineageIds),
  )
  const ids = subscriptions
    .filter(({ subscription }) => lineages.has(subscription.lineageId))
    .map(({ subscription }) => subscription.customerId)
  const others = [...new Set(ids)].filter((id) => id !== customerId)
  return others.map((id) => customers.get(id)?.name ?? id).sort(compareText)
}

/** Whether a slot is in a container. */
export function isIn({ psa, containerId }: Slot, container: Container | undefined): boolean {
  return psa === container?.psa && containerId === container.id
}
