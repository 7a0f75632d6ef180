import type { Slot } from '../../core/sync/types.js'
import type { Cell, Query, Transaction } from './database.js'
import { PSA_NAMES } from './psa-customer.js'
import { type PartOfState, whereOf, valuesOf } from './sync-part.js'
import {
  dateColumn,
  decimal,
  localDate,
  optionalText,
  packedColumns,
  text,
  unpack,
  word,
  writeDate,
  writeDecimal,
  writeOptionalText,
  writeText,
} from './values.js'

const PRICE_OWNERS = ['keep', 'ours', 'catalog'] as const

/** Keeps a slot of a customer, in the place of the one with the same id, whoever's that was. */
export async function putSlot(tx: Transaction, mspId: string, customerId: string, slot: Slot): Promise<void> {
  const { id, psa, containerId, itemId, lineId, lineageIds, offset, priceOwner, routeFrom } = slot
  const where = `slot ${id}`
  await tx.$executeRaw`
    INSERT INTO psa_slot (msp_id, id, customer_id, psa, container_id, item_id, line_id, lineage_ids, seat_offset,
      price_owner, route_from)
    VALUES (${mspId}, ${writeText(id, where)}, ${writeText(customerId, where)}, ${psa}, ${writeText(containerId, where)},
      ${writeText(itemId, where)}, ${writeOptionalText(lineId, where)},
      ${lineageIds.map((lineage) => writeText(lineage, where))}::text[], ${writeDecimal(offset)}::numeric, ${priceOwner},
      ${writeDate(routeFrom)}::date)
    ON CONFLICT (msp_id, id) DO UPDATE
      SET customer_id = excluded.customer_id, psa = excluded.psa, container_id = excluded.container_id,
        item_id = excluded.item_id, line_id = excluded.line_id, lineage_ids = excluded.lineage_ids,
        seat_offset = excluded.seat_offset, price_owner = excluded.price_owner, route_from = excluded.route_from`
}

/** Takes a customer's slots away, with what was last written into them: without a slot it means nothing. */
export async function removeSlots(tx: Transaction, mspId: string, customerId: string): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM psa_written USING psa_slot AS slot
    WHERE psa_written.msp_id = ${mspId} AND slot.msp_id = psa_written.msp_id AND slot.id = psa_written.slot_id
      AND slot.customer_id = ${customerId}`
  await tx.$executeRaw`DELETE FROM psa_slot WHERE msp_id = ${mspId} AND customer_id = ${customerId}`
}

const PACKED = ['psa', 'seat_offset', 'price_owner', dateColumn('route_from')]

const SELECT = `SELECT ${packedColumns(PACKED)}, id, container_id, item_id, line_id, array_to_json(lineage_ids)
  FROM psa_slot`

type SlotRow = readonly [
  packed: Cell,
  id: Cell,
  containerId: Cell,
  itemId: Cell,
  lineId: Cell,
  lineageIds: Cell,
]

type PackedCells = [psa: Cell, offset: Cell, priceOwner: Cell, routeFrom: Cell]

export function readSlots(query: Query, part: PartOfState): Promise<readonly Slot[]> {
  const select = `${SELECT} ${whereOf(part)} ORDER BY id`
  return query(select, valuesOf(part), ([packed, id, containerId, itemId, lineId, lineageIds]: SlotRow) => {
    const [psa, offset, priceOwner, routeFrom] = unpack<PackedCells>(packed, 4)
    return {
      id: text(id),
      psa: word(PSA_NAMES, psa),
      containerId: text(containerId),
      itemId: text(itemId),
      lineId: optionalText(lineId),
      lineageIds: JSON.parse(text(lineageIds)) as string[],
      offset: decimal(offset),
      priceOwner: word(PRICE_OWNERS, priceOwner),
      routeFrom: localDate(routeFrom),
    }
  })
}
