import { AUTOTASK_REMEMBERED_MILLISECONDS } from '../../core/limits.js'
import { isCurrency } from '../../core/money/currency.js'
import { Problem } from '../../core/problem.js'
import type { Api } from './api.js'
import { parseCompany, parseCurrency } from './schema.js'
import type { Purpose } from './threshold.js'

/** The currency of a company ("EUR"), remembered for an hour; undefined: the tenant does not say. */
export function createCurrencies(
  api: Api,
  now: () => number,
): (companyId: string, purpose: Purpose) => Promise<string | undefined> {
  const known = new Map<string, { readonly currency: string | undefined; readonly until: number }>()
  return async (companyId, purpose) => {
    const remembered = known.get(companyId)
    if (remembered !== undefined && now() < remembered.until) return remembered.currency
    const currency = await readCurrency(api, companyId, purpose)
    known.set(companyId, { currency, until: now() + AUTOTASK_REMEMBERED_MILLISECONDS })
    return currency
  }
}

async function readCurrency(api: Api, companyId: string, purpose: Purpose): Promise<string | undefined> {
  const filter = [{ op: 'eq', field: 'id', value: Number(companyId) }] as const
  const fields = ['companyName', 'currencyID']
  const [company] = await api.query({ entity: 'Companies', filter, fields, parse: parseCompany, purpose })
  if (company?.currencyID === undefined) return undefined
  const code = await codeOf(api, company.currencyID, purpose)
  return code !== undefined && isCurrency(code) ? code : undefined
}

/** A tenant without other currencies need not have the list of them at all. */
async function codeOf(api: Api, currencyId: string, purpose: Purpose): Promise<string | undefined> {
  const filter = [{ op: 'eq', field: 'id', value: Number(currencyId) }] as const
  try {
    const [row] = await api.query({ entity: 'Currencies', filter, parse: parseCurrency, purpose })
    return row?.name
  } catch (error) {
    if (error instanceof Problem && error.kind === 'notFound') return undefined
    throw error
  }
}
