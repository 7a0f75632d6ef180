import type { CustomerMapping } from '../../core/sync/intent.js'
import type { Cell, Query, Transaction } from './database.js'
import { type PartOfState, whereOfSlots, valuesOf } from './sync-part.js'
import { text, word, writeText } from './values.js'

export const PSA_NAMES = ['connectwise', 'autotask'] as const

/** Keeps who a customer is in a PSA, in the place of what was kept before. */
export async function putCustomer(
  tx: Transaction,
  mspId: string,
  { customerId, psa, companyId, companyName }: CustomerMapping,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO psa_customer (msp_id, customer_id, psa, company_id, company_name)
    VALUES (${mspId}, ${writeText(customerId, 'mapped customer')}, ${psa}, ${writeText(companyId, 'id of a company')},
      ${writeText(companyName, 'name of a company')})
    ON CONFLICT (msp_id, customer_id) DO UPDATE
      SET psa = excluded.psa, company_id = excluded.company_id, company_name = excluded.company_name`
}

export async function removeCustomer(tx: Transaction, mspId: string, customerId: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM psa_customer WHERE msp_id = ${mspId} AND customer_id = ${customerId}`
}

const SELECT = 'SELECT customer_id, psa, company_id, company_name FROM psa_customer'

type CustomerRow = readonly [customerId: Cell, psa: Cell, companyId: Cell, companyName: Cell]

export function readCustomers(query: Query, part: PartOfState): Promise<readonly CustomerMapping[]> {
  const select = `${SELECT} ${whereOfSlots(part, 'customer_id', 'customer_id')} ORDER BY customer_id`
  return query(select, valuesOf(part), ([customerId, psa, companyId, companyName]: CustomerRow) => {
    return {
      customerId: text(customerId),
      psa: word(PSA_NAMES, psa),
      companyId: text(companyId),
      companyName: text(companyName),
    }
  })
}
