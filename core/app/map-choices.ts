import { addMonths, startOfMonth } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { MAPPING_AHEAD_MONTHS } from '../limits.js'
import { fitCompanies } from '../mapping/suggest.js'
import type { Container } from '../sync/types.js'
import type { Loaded } from './loader.js'
import { notConnected } from './map-suggest.js'
import type { Company } from './map-types.js'
import { compareText } from './portfolio.js'
import { type Psas, psaOf } from './read-psa.js'
import { monthOf } from './who.js'

/** What a person can choose from who says by hand where a customer is. Lists in order of name. */
export interface MappingChoices {
  readonly customerId: string
  readonly customerName: string
  /** Of every PSA that is connected. */
  readonly companies: readonly Company[]
  /** Who it is, as mapped, or as what alone fits; undefined: nobody knows. */
  readonly company: Company | undefined
  /** What can bill that company. */
  readonly containers: readonly Pick<Container, 'id' | 'name'>[]
  /** In which billing there may begin, the earliest first. */
  readonly months: readonly Period[]
}

/** Reads companies, and what can bill the likely one: lists only, nothing of what is in them. */
export async function mappingChoices(
  psas: Psas,
  { portfolio, sync, today }: Pick<Loaded, 'portfolio' | 'sync' | 'today'>,
  customer: { readonly id: string; readonly name: string },
): Promise<MappingChoices> {
  if (psas.size === 0) throw notConnected()
  const companies: Company[] = []
  for (const psa of psas.values()) {
    companies.push(...(await psa.companies()).map((each) => ({ ...each, psa: psa.name })))
  }
  const mapped = sync.customers.find(({ customerId }) => customerId === customer.id)
  const fits = fitCompanies(customer.name, companies)
  const sure = fits.doubt === undefined ? fits.best?.thing : undefined
  const company =
    mapped === undefined
      ? sure
      : companies.find(({ psa, id }) => psa === mapped.psa && id === mapped.companyId)
  const all = company === undefined ? [] : await psaOf(psas, company.psa).containers(company.id)
  return {
    customerId: customer.id,
    customerName: customer.name,
    companies: companies.sort((left, right) => compareText(left.name, right.name)),
    company,
    containers: all
      .filter(({ closed }) => closed === undefined)
      .map(({ id, name }) => ({ id, name }))
      .sort((left, right) => compareText(left.name, right.name)),
    months: monthsFrom(portfolio.opensOn, today),
  }
}

/** From the month in which billing here begins, but a year back at most, to as far ahead as may be asked. */
function monthsFrom(opensOn: number, today: Loaded['today']): readonly Period[] {
  const first = addMonths(startOfMonth(today), -MAPPING_AHEAD_MONTHS)
  return Array.from({ length: 2 * MAPPING_AHEAD_MONTHS + 1 }, (_, index) =>
    monthOf(addMonths(first, index)),
  ).filter(({ to }) => to > opensOn)
}
