import { addDays, type LocalDate, toCivil } from '../../core/calendar/date.js'
import { dayMonthYear } from '../../core/calendar/words.js'
import { decimalFromUnits } from '../../core/money/decimal.js'
import { toMinor } from '../../core/money/money.js'
import type { PsaCompany, PsaItem } from '../../core/psa-ports.js'
import { monthPeriod } from '../../core/sync/months.js'
import type { Container, PsaLine } from '../../core/sync/types.js'
import { type Reading, read, unusable } from './reading.js'
import {
  type Addition,
  type Agreement,
  type CatalogItem,
  type Company,
  type Invoice,
  parseAddition,
  parseCatalogItem,
  parseCompany,
} from './schema.js'

/** Their words into ours. Each takes one record and throws a Problem that names it, the field and the value. */

/** undefined: it is deleted or inactive. */
export function toCompany(raw: unknown, reading: Reading): PsaCompany | undefined {
  const company: Company = read(parseCompany, raw, reading)
  // Statuses are named by the MSP; "Inactive" is the one every installation begins with.
  const isInactive = /\binactive\b/i.test(company.status?.name ?? '')
  if (company.deletedFlag === true || isInactive) return undefined
  return {
    id: company.id,
    name: company.name,
    code: company.identifier,
    domain: domainOf(company.website),
  }
}

/** "https://www.contoso.com/about" → "contoso.com"; undefined for what is no address. */
function domainOf(website: string | undefined): string | undefined {
  const host = (website ?? '')
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .split(/[/?#:]/)[0]
  return host !== undefined && /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/.test(host) ? host : undefined
}

const BILLED_CLASSES: ReadonlySet<string> = new Set(['Agreement', 'Inventory', 'NonInventory', 'Service'])

export function toItem(raw: unknown, reading: Reading): PsaItem {
  const item: CatalogItem = read(parseCatalogItem, raw, reading)
  const numbers = [item.manufacturerPartNumber, item.vendorSku, item.integrationXRef]
  return {
    id: item.id,
    name: item.description ?? item.identifier ?? `product ${item.id}`,
    vendorNumbers: [...new Set(numbers.filter((number) => number !== undefined))],
    unitPrice: item.price,
    unusable: whyUnusable(item),
  }
}

function whyUnusable({ inactiveFlag, productClass }: CatalogItem): string | undefined {
  if (inactiveFlag === true) return 'it is inactive'
  if (productClass === 'Bundle') return 'it is a bundle'
  if (productClass === undefined || BILLED_CLASSES.has(productClass)) return undefined
  return `it is of the class "${productClass}", which is not known here`
}

/** Why nothing may be written into an agreement, completing "because …"; undefined: it may. */
export function closedWords({
  cancelledFlag,
  agreementStatus: status,
  nextInvoiceDate,
  ...agreement
}: Agreement): string | undefined {
  if (cancelledFlag === true || status === 'Cancelled') return 'it is cancelled'
  const to = endOf(agreement)
  const hasEnded =
    status === 'Expired' || (to !== null && nextInvoiceDate !== undefined && nextInvoiceDate >= to)
  if (hasEnded) return to === null ? 'it has expired' : `it ended on ${dayMonthYear(addDays(to, -1))}`
  if (status === 'Inactive') return 'it is inactive'
  if (status !== undefined && status !== 'Active') return `its status is "${status}", which is not known here`
  return nextInvoiceDate === undefined ? 'it has no next invoice date, so that it bills nothing' : undefined
}

/** Exclusive; theirs is the last day. */
function endOf({
  endDate,
  noEndingDateFlag,
}: Pick<Agreement, 'endDate' | 'noEndingDateFlag'>): LocalDate | null {
  return endDate === undefined || noEndingDateFlag === true ? null : addDays(endDate, 1)
}

/** What an agreement says about itself, together with what others say about it. */
export interface AgreementFacts {
  readonly agreement: Agreement
  /** Its billing cycle runs by the month. */
  readonly isMonthly: boolean
  /** Its newest invoices, the oldest of them first. */
  readonly invoices: readonly Invoice[]
  readonly additions: readonly { readonly raw: unknown; readonly reading: Reading }[]
}

export function toContainer({ agreement, isMonthly, invoices, additions }: AgreementFacts): Container {
  const { id, name, company, startDate, prorateFlag } = agreement
  const anchorDay = isMonthly ? anchorOf(agreement) : undefined
  const currency = agreement.currency?.currencyCode
  const lastInvoice = invoices.at(-1)?.invoiceNumber
  return {
    psa: 'connectwise',
    id,
    name,
    companyId: company.id,
    currency,
    closed: closedWords(agreement),
    from: startDate,
    to: endOf(agreement),
    anchorDay,
    lockedTo: lockedTo(agreement, anchorDay, invoices),
    ...(lastInvoice === undefined ? {} : { lastInvoice }),
    mode: prorateFlag ? 'datedLines' : 'wholeLines',
    lines: additions.flatMap(({ raw, reading }) => {
      const line = toLine(raw, reading, agreement)
      return line === undefined ? [] : [line]
    }),
    units: [],
  }
}

/** The day its months begin on. A short month's last day may stand for a later one: the first billed day knows. */
function anchorOf({ nextInvoiceDate, billStartDate, startDate }: Agreement): number | undefined {
  if (nextInvoiceDate === undefined) return undefined
  const { day } = toCivil(nextInvoiceDate)
  if (toCivil(addDays(nextInvoiceDate, 1)).day !== 1) return day
  return Math.max(day, toCivil(billStartDate ?? startDate).day)
}

/**
 * What no invoice covers yet begins at the next invoice date; an invoice that is dated there already covers the period
 * it is dated in. The later one counts: to write into a period that is invoiced would bill it never, or twice.
 */
function lockedTo(
  { nextInvoiceDate, billStartDate, startDate }: Agreement,
  anchorDay: number | undefined,
  invoices: readonly Invoice[],
): LocalDate {
  const next = nextInvoiceDate ?? billStartDate ?? startDate
  const ends = invoices
    .filter(({ date }) => date >= next)
    .map(({ date }) => (anchorDay === undefined ? addDays(date, 1) : monthPeriod(anchorDay, date).to))
  return ends.reduce((latest, end) => (end > latest ? end : latest), next)
}

/** undefined: it bills nothing. */
function toLine(raw: unknown, reading: Reading, { startDate, currency }: Agreement): PsaLine | undefined {
  const addition: Addition = read(parseAddition, raw, reading)
  if (addition.billCustomer !== 'Billable') return undefined
  const { cancelledDate, effectiveDate, serialNumber } = addition
  const from = effectiveDate ?? startDate
  const to = cancelledDate === undefined ? null : addDays(cancelledDate, 1)
  if (to !== null && to < from) throw unusable(reading, 'ends before it begins')
  return {
    id: addition.id,
    itemId: addition.product.id,
    quantity: decimalFromUnits(addition.quantity - addition.lessIncluded),
    unitPrice: addition.unitPrice,
    from,
    to,
    marker: serialNumber,
    words: addition.invoiceDescription ?? addition.description ?? '',
    ownAmount: ownAmount(addition, currency?.currencyCode),
  }
}

/** What ConnectWise itself makes of the part of the period a line is in. */
function ownAmount(
  { prorateCurrentPeriodFlag, extendedProratePrice }: Addition,
  currency: string | undefined,
): bigint | undefined {
  if (prorateCurrentPeriodFlag !== true || extendedProratePrice === undefined) return undefined
  return currency === undefined ? undefined : toMinor(extendedProratePrice, currency)
}
