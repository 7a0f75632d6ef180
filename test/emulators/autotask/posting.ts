import { amountOf, centsText, divideRounded, priceOfCents, readPrice } from './money.js'
import { daysFromTo, type Part, partsOf, type Period, sum } from './periods.js'
import type { BillingItem, Contract, Invoice, Line, Tenant } from './records.js'
import { instantOf, today } from './records.js'
import { linePeriods, periodRows, serviceOf, settleRows } from './rows.js'

export interface Posted {
  /** Ids of the rows that were posted. */
  readonly rows: readonly number[]
  /** Ids of the items made. */
  readonly items: readonly number[]
  /** "514.52". */
  readonly total: string
}

type ItemDraft = Omit<BillingItem, 'id' | 'invoiceID' | 'companyID' | 'contractID' | 'postedAt'>

/** Approves and posts a contract: its periods that begin on or before `through`, and its charges dated so. */
export function approveAndPost(tenant: Tenant, contract: Contract, through: string): Posted {
  const rows: number[] = []
  const drafts: ItemDraft[] = []
  for (const line of tenant.lines.values()) {
    if (line.contractID !== contract.id) continue
    for (const period of linePeriods(tenant, line)) {
      if (period.start > through || line.posted.has(period.start)) continue
      rows.push(...freeze(tenant, line, period))
      drafts.push(...itemsOf(tenant, line, period))
    }
    drafts.push(...postRaised(tenant, line, through, rows))
  }
  drafts.push(...postCharges(tenant, contract, through))
  const items = drafts.map((draft) => addItem(tenant, contract, draft))
  const total = centsText(sum(drafts.map(({ totalAmount }) => totalAmount)))
  if (items.length > 0 || rows.length > 0) {
    tenant.ledger.add({
      by: 'hand',
      action: 'post',
      entity: 'BillingItems',
      contract: contract.id,
      content: { through, rows, items, total },
    })
  }
  return { rows, items, total }
}

function freeze(tenant: Tenant, line: Line, period: Period): readonly number[] {
  const postedOn = today(tenant)
  const rows = periodRows(tenant, line, period).map((row) => ({ ...row, postedOn }))
  line.posted.set(period.start, rows)
  settleRows(tenant, line)
  return rows.map(({ id }) => id)
}

function addItem(tenant: Tenant, contract: Contract, draft: ItemDraft): number {
  const item: BillingItem = {
    id: tenant.nextId(),
    companyID: contract.companyID,
    contractID: contract.id,
    postedAt: instantOf(tenant),
    ...draft,
    invoiceID: null,
  }
  tenant.items.set(item.id, item)
  return item.id
}

function lineItem(
  tenant: Tenant,
  line: Line,
  item: Pick<BillingItem, 'description' | 'itemDate' | 'quantity' | 'rate' | 'totalAmount' | 'cost'>,
): ItemDraft {
  const { id, name } = serviceOf(tenant, line)
  return { serviceID: id, contractChargeID: null, itemName: name, ...item }
}

/** The base of a period and one line for each change within it; a line of nothing is not made. */
function itemsOf(tenant: Tenant, line: Line, period: Period): readonly ItemDraft[] {
  return partsOf(line.steps, period)
    .filter(({ units, amount }) => units !== 0 || amount !== 0n)
    .map((part) =>
      lineItem(tenant, line, {
        description: describe(tenant, line, part, period),
        itemDate: part.start,
        quantity: readPrice(part.units),
        rate: rateOf(part, period),
        totalAmount: part.amount,
        cost: part.cost,
      }),
    )
}

/** A prorated line's price for one: its share of the days, to four places; only the amount is exact to the cent. */
function rateOf({ start, unitPrice }: Part, period: Period): bigint {
  return divideRounded(unitPrice * BigInt(daysFromTo(start, period.end)), BigInt(period.days))
}

function describe(tenant: Tenant, line: Line, part: Part, period: Period): string {
  const name =
    line.invoiceDescription ?? serviceOf(tenant, line).invoiceDescription ?? serviceOf(tenant, line).name
  return `${name} (${part.start} - ${period.end}${part.prorated ? ', prorated' : ''})`
}

/** Cents as so many units of a price, to four places; the quantity of a credit is negative, not its price. */
function perUnit(cents: bigint, units: number): { readonly quantity: bigint; readonly rate: bigint } {
  const size = divideRounded(priceOfCents(cents), BigInt(Math.abs(units)))
  return { quantity: readPrice(units), rate: units < 0 ? -size : size }
}

function postRaised(tenant: Tenant, line: Line, through: string, rows: number[]): readonly ItemDraft[] {
  return line.raised
    .filter(({ postedOn, start }) => postedOn === null && start <= through)
    .map((row) => {
      row.postedOn = today(tenant)
      rows.push(row.id)
      return lineItem(tenant, line, {
        description: `${serviceOf(tenant, line).name} (${row.start} - ${row.end}, prorated)`,
        itemDate: row.start,
        // A re-pricing has no units of its own.
        ...perUnit(row.price, row.units === 0 ? 1 : row.units),
        totalAmount: row.price,
        cost: row.cost,
      })
    })
}

function postCharges(tenant: Tenant, contract: Contract, through: string): readonly ItemDraft[] {
  const due = [...tenant.charges.values()].filter(
    ({ contractID, isBilled, isBillableToCompany, datePurchased }) =>
      contractID === contract.id && !isBilled && isBillableToCompany && datePurchased <= through,
  )
  return due.map((charge) => {
    charge.isBilled = true
    return {
      serviceID: null,
      contractChargeID: charge.id,
      itemName: charge.name,
      description: charge.description ?? charge.name,
      itemDate: charge.datePurchased,
      quantity: charge.unitQuantity,
      rate: charge.unitPrice,
      totalAmount: amountOf(charge.unitPrice, charge.unitQuantity),
      cost: amountOf(charge.unitCost, charge.unitQuantity),
    }
  })
}

/** One invoice over everything of a company that is posted and not invoiced; undefined: there is nothing. */
export function makeInvoice(tenant: Tenant, companyId: number): Invoice | undefined {
  const items = [...tenant.items.values()].filter(
    ({ companyID, invoiceID }) => companyID === companyId && invoiceID === null,
  )
  if (items.length === 0) return undefined
  const dates = items.map(({ itemDate }) => itemDate).sort()
  const id = tenant.nextId()
  const invoice: Invoice = {
    id,
    companyID: companyId,
    invoiceNumber: `INV-${String(tenant.invoices.size + 1).padStart(5, '0')}`,
    date: today(tenant),
    fromDate: dates[0] ?? today(tenant),
    toDate: dates.at(-1) ?? today(tenant),
    total: sum(items.map(({ totalAmount }) => totalAmount)),
    createdAt: instantOf(tenant),
  }
  tenant.invoices.set(id, invoice)
  for (const item of items) item.invoiceID = id
  tenant.ledger.add({
    by: 'hand',
    action: 'invoice',
    entity: 'Invoices',
    content: {
      id,
      company: companyId,
      invoiceNumber: invoice.invoiceNumber,
      items: items.map((item) => item.id),
      total: centsText(invoice.total),
    },
  })
  return invoice
}
