import {
  addDays,
  type LocalDate,
  parseLocalDate,
  formatLocalDate,
  toCivil,
} from '../../core/calendar/date.js'
import { dayMonthYear, periodWords } from '../../core/calendar/words.js'
import { currencyDigits } from '../../core/money/currency.js'
import {
  DECIMAL_ONE,
  DECIMAL_PLACES,
  DECIMAL_ZERO,
  type Decimal,
  decimalFromUnits,
} from '../../core/money/decimal.js'
import { divideRounded } from '../../core/money/rounding.js'
import type { PsaCompany, PsaItem } from '../../core/psa-ports.js'
import type { Container, PsaLine, PsaUnits } from '../../core/sync/types.js'
import { monthPeriod } from '../../core/sync/months.js'
import { sumOfSpans } from '../../core/sync/units.js'
import { labelOf, type Picklists } from './picklists.js'
import {
  type Charge,
  type Company,
  type Contract,
  type ContractService,
  type Service,
  type UnitsRow,
} from './schema.js'

/** Their words into ours. */

/** The one value of a pick list that is the same for every tenant. */
export const RECURRING_SERVICE = '7'

export function toCompany({ id, companyName, companyNumber, webAddress }: Company): PsaCompany {
  return { id, name: companyName, code: companyNumber, domain: domainOf(webAddress) }
}

/** "contoso.com" of "https://www.contoso.com/de", or of the same without its beginning. */
function domainOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  const text = /^https?:\/\//i.test(address) ? address : `https://${address}`
  if (!URL.canParse(text)) return undefined
  const host = new URL(text).hostname.replace(/^www\./, '')
  return host.includes('.') ? host : undefined
}

/** @param picklists of Services. */
export function toItem(service: Service, picklists: Picklists): PsaItem {
  const { id, name, unitPrice, sku, catalogNumberPartNumber, externalID } = service
  const numbers = [sku, catalogNumberPartNumber, service.manufacturerServiceProviderProductNumber, externalID]
  return {
    id,
    name,
    vendorNumbers: [...new Set(numbers.flatMap((number) => number ?? []))],
    unitPrice,
    unusable: unusableService(service, picklists),
  }
}

function unusableService({ isActive, periodType }: Service, picklists: Picklists): string | undefined {
  if (isActive === false) return 'it is inactive'
  if (isMonthly(picklists, 'periodType', periodType)) return undefined
  const label = labelOf(picklists, 'periodType', periodType)
  return label === undefined
    ? 'it does not say how often it is billed'
    : `its period is "${label}", and only monthly ones are kept right`
}

/** The tenant's label decides, as its values say nothing. */
function isMonthly(picklists: Picklists, field: string, value: string | undefined): boolean {
  return /^month(ly)?$/i.test(labelOf(picklists, field, value)?.trim() ?? '')
}

/** Why nothing may be written into a contract; undefined: it may. @param picklists of Contracts. */
export function closedWords(contract: Contract, picklists: Picklists, today: LocalDate): string | undefined {
  if (contract.contractType !== RECURRING_SERVICE) return 'it is no contract for recurring services'
  const status = labelOf(picklists, 'status', contract.status)
  if (status === undefined) return 'it has no status that is known'
  if (/^inactive$/i.test(status)) return 'it is inactive'
  if (!/^active$/i.test(status)) return `its status is "${status}", not "Active"`
  const { endDate } = contract
  return endDate !== undefined && endDate < today ? `it ended on ${dayMonthYear(endDate)}` : undefined
}

/** Everything that was read of a contract. */
export interface ReadContract {
  readonly contract: Contract
  readonly contractServices: readonly ContractService[]
  readonly rows: readonly UnitsRow[]
  readonly charges: readonly Charge[]
  /** The services that are on it, as the catalog has them. */
  readonly services: readonly Service[]
  /** Its company's; undefined: the tenant does not say. */
  readonly currency: string | undefined
  readonly contractPicklists: Picklists
  readonly servicePicklists: Picklists
}

export function toContainer(all: ReadContract, today: LocalDate): Container {
  const { contract, currency, contractPicklists } = all
  const { id, startDate: from, endDate } = contract
  const isByMonth = isMonthly(contractPicklists, 'contractPeriodType', contract.contractPeriodType)
  const rows = monthlyRows(all, isByMonth)
  return {
    psa: 'autotask',
    id,
    name: contract.contractName,
    companyId: contract.companyID,
    currency,
    closed: closedWords(contract, contractPicklists, today),
    from,
    to: endDate === undefined ? null : addDays(endDate, 1),
    anchorDay: isByMonth ? anchorOf(from, rows) : undefined,
    lockedTo: lockedTo(from, rows),
    mode: 'units',
    lines: linesOf(all),
    units: unitsOf(all),
  }
}

/** Rows of services that are billed as their contract is: in a monthly one longer periods say nothing about months. */
function monthlyRows(
  { rows, services, servicePicklists }: ReadContract,
  isByMonth: boolean,
): readonly UnitsRow[] {
  const longer = new Set(
    services
      .filter(({ periodType }) => isByMonth && !isMonthly(servicePicklists, 'periodType', periodType))
      .map(({ id }) => id),
  )
  return rows.filter(({ serviceID }) => !longer.has(serviceID))
}

/**
 * Months begin on the day of the month the contract does. Rows are cut at them: where one is not, they begin elsewhere,
 * on a day that nothing tells, and it is undefined.
 */
function anchorOf(from: LocalDate, rows: readonly UnitsRow[]): number | undefined {
  const { day } = toCivil(from)
  const isCut = rows.every(({ startDate, endDate }) => endDate < monthPeriod(day, startDate).to)
  return isCut ? day : undefined
}

/**
 * The first day after the last posted period; the contract's first day when nothing is posted. In a monthly contract a
 * service with longer periods does not lock the months of the others: it is not written to.
 *
 * @param rows as {@link monthlyRows} says.
 */
function lockedTo(from: LocalDate, rows: readonly UnitsRow[]): LocalDate {
  return rows
    .filter(({ approveAndPostDate }) => approveAndPostDate !== undefined)
    .map(({ endDate }) => addDays(endDate, 1))
    .reduce((last, day) => (day > last ? day : last), from)
}

/**
 * Counts by service. Rows are cut at periods and at adjustments; days without a row have no units. What holds on the
 * contract's last day goes on: the contract's end is said once, by the container.
 */
function unitsOf({ contract, contractServices, rows }: ReadContract): readonly PsaUnits[] {
  // Without an end of the contract, the last day anything is said about.
  const lastDay =
    contract.endDate ??
    rows.reduce((last, { endDate }) => (endDate > last ? endDate : last), contract.startDate)
  const serviceIds = new Set([...contractServices, ...rows].map(({ serviceID }) => serviceID))
  return [...serviceIds].map((itemId) => {
    const spans = rows
      .filter(({ serviceID }) => serviceID === itemId)
      .map((row) => {
        const to = row.endDate >= lastDay ? null : addDays(row.endDate, 1)
        return { from: row.startDate, to, units: row.units }
      })
    const adjustedOn = adjustedDays(rows, itemId, contract.startDate)
    return {
      itemId,
      steps: sumOfSpans(spans),
      ...(adjustedOn.length === 0 ? {} : { adjustedOn }),
      unitPrice: priceOfService(contractServices, itemId),
    }
  })
}

/** Within a month a row begins only where something was adjusted; at its start one begins anyway. */
function adjustedDays(rows: readonly UnitsRow[], serviceId: string, start: LocalDate): readonly LocalDate[] {
  const anchorDay = toCivil(start).day
  const days = rows.filter(({ serviceID }) => serviceID === serviceId).map(({ startDate }) => startDate)
  return [...new Set(days)].filter((day) => monthPeriod(anchorDay, day).from !== day)
}

/** undefined: the contract has the service more than once at different prices, or does not say. */
function priceOfService(
  contractServices: readonly ContractService[],
  serviceId: string,
): Decimal | undefined {
  const prices = contractServices.filter(({ serviceID }) => serviceID === serviceId).map(unitPriceOf)
  const [price, ...others] = new Set(prices)
  return others.length === 0 ? price : undefined
}

/** Places of prices, from what people write to the finest that is kept: the first that fits is what was written. */
const PRICE_PLACES = [2, 3, 4]

/** Prices of the tenant's currency are rounded to four places: what is converted may be off by half of the last. */
const HALF_A_LAST_PLACE = DECIMAL_ONE / 20_000n

/**
 * A contract's own price for a service. Answers have it in the tenant's currency only, so it is brought back at the rate
 * at which the service's own price was converted, to the shortest price that converts to what is shown.
 */
export function unitPriceOf(row: ContractService): Decimal | undefined {
  const { adjustedPrice, unitPrice: own, internalCurrencyUnitPrice: ownInternal } = row
  const shown = row.internalCurrencyAdjustedPrice
  if (adjustedPrice !== undefined || shown === undefined) return adjustedPrice
  if (own === undefined || ownInternal === undefined || own <= 0n || ownInternal <= 0n) return undefined
  if (own === ownInternal) return shown
  for (const places of PRICE_PLACES) {
    const unit = 10n ** BigInt(DECIMAL_PLACES - places)
    const price = divideRounded(shown * own, ownInternal * unit, 'halfAway') * unit
    const doubt = HALF_A_LAST_PLACE * (own + size(price))
    if (size(price * ownInternal - shown * own) > doubt) continue
    // The price beside it would be shown alike when the service's own price is so small that its rate says little.
    return 2n * doubt < unit * ownInternal ? decimalFromUnits(price) : undefined
  }
  return undefined
}

function size(value: bigint): bigint {
  return value < 0n ? -value : value
}

/** Charges the customer pays; others are nobody's line. */
function linesOf({ charges, contractServices, currency }: ReadContract): readonly PsaLine[] {
  const services = new Map(contractServices.map(({ id, serviceID }) => [id, serviceID]))
  return charges
    .filter(({ isBillableToCompany }) => isBillableToCompany !== false)
    .map((charge) => ({
      id: charge.id,
      itemId: services.get(charge.contractServiceID ?? '') ?? '',
      quantity: charge.unitQuantity,
      unitPrice: charge.unitPrice ?? DECIMAL_ZERO,
      from: charge.datePurchased,
      ...noteOf(charge),
      words: charge.description ?? charge.name ?? '',
      ownAmount: minorUnits(charge.billableAmount, currency),
    }))
}

/** `CBS:L-1:o0123456789ab 2026-03-11/2026-04-01`: our marker and the days that are charged, the last excluded. */
export function noteText(marker: string, from: LocalDate, to: LocalDate): string {
  return `${marker} ${formatLocalDate(from)}/${formatLocalDate(to)}`
}

const NOTE = /^(CBS:\S{1,46})(?: \d{4}-\d{2}-\d{2}\/(\d{4}-\d{2}-\d{2}))?(?:\s|$)/

/** A charge has one date: its last day is read from our note; one of others covers its day. */
function noteOf({ notes, datePurchased }: Charge): Pick<PsaLine, 'marker' | 'to'> {
  const [, marker, end = ''] = NOTE.exec(notes ?? '') ?? []
  return { marker, to: parseLocalDate(end) ?? addDays(datePurchased, 1) }
}

/** What the customer reads: what it is, and for which days. */
export function chargeWords(
  words: string,
  { from, to }: { readonly from: LocalDate; readonly to: LocalDate },
): string {
  return `${words} (${periodWords({ from, to })})`
}

/** undefined: no amount, no known currency, or finer than its smallest coin. */
function minorUnits(amount: Decimal | undefined, currency: string | undefined): bigint | undefined {
  const digits = currency === undefined ? undefined : currencyDigits(currency)
  if (amount === undefined || digits === undefined) return undefined
  const coin = 10n ** BigInt(DECIMAL_PLACES - digits)
  return amount % coin === 0n ? amount / coin : undefined
}
