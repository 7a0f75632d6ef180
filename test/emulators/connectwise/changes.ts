import type { Addition, Agreement, Author, CatalogItem, Company, Invoice } from './records.js'
import { bill, totalOf } from './invoicing.js'
import type { Ledger } from './ledger.js'
import { nextInvoiceDate, periodOf } from './periods.js'
import { badRequest, Refusal } from './refusal.js'
import { showAddition, showAgreement, showInvoice } from './render.js'
import { additionsOf, existing, stamp, type Store } from './store.js'

/** Everything that changes what is stored goes through here, so that the ledger misses nothing. */
export interface Changes {
  putCompany(company: Omit<Company, 'lastUpdated'>): void
  putCatalogItem(item: Omit<CatalogItem, 'lastUpdated'>): void
  putAgreement(agreement: Omit<Agreement, 'lastUpdated'>, by: Author): void
  putAddition(addition: Omit<Addition, 'lastUpdated' | 'updatedBy'>, by: Author): void
  /** Refused once anything of it is on an invoice. */
  removeAddition(id: number, by: Author): void
  /** Makes the agreement's next invoice; refused when there is nothing left to bill. */
  makeInvoice(agreementId: number, by: Author): Invoice
  /** Puts an invoice back among what is to be invoiced; refused when a later one exists. */
  removeInvoice(id: number, by: Author): void
}

export function createChanges(store: Store, ledger: Ledger): Changes {
  return {
    putCompany(company) {
      store.companies.set(company.id, { ...company, lastUpdated: stamp(store) })
    },
    putCatalogItem(item) {
      store.catalog.set(item.id, { ...item, lastUpdated: stamp(store) })
    },
    putAgreement(agreement, by) {
      const old = store.agreements.get(agreement.id)
      const before = old === undefined ? null : showAgreement(store, old)
      const now = { ...agreement, lastUpdated: stamp(store) }
      store.agreements.set(now.id, now)
      const method = old === undefined ? 'POST' : 'PATCH'
      ledger.append({
        by,
        method,
        agreement: now.id,
        addition: null,
        before,
        after: showAgreement(store, now),
      })
    },
    putAddition(addition, by) {
      const ofAgreement = store.additionIds.get(addition.agreementId) ?? new Set()
      store.additionIds.set(addition.agreementId, ofAgreement.add(addition.id))
      const old = store.additions.get(addition.id)
      const before = old === undefined ? null : showAddition(store, old)
      const now = { ...addition, lastUpdated: stamp(store), updatedBy: by }
      store.additions.set(now.id, now)
      ledger.append({
        by,
        method: old === undefined ? 'POST' : 'PATCH',
        agreement: now.agreementId,
        addition: now.id,
        before,
        after: showAddition(store, now),
      })
    },
    removeAddition(id, by) {
      const old = existing(store.additions, id, 'addition')
      if (old.invoiced.length > 0) {
        throw new Refusal(400, 'InvalidObject', `Addition ${id} is on an invoice and cannot be deleted`)
      }
      const before = showAddition(store, old)
      store.additions.delete(id)
      store.additionIds.get(old.agreementId)?.delete(id)
      ledger.append({ by, method: 'DELETE', agreement: old.agreementId, addition: id, before, after: null })
    },
    makeInvoice: (agreementId, by) => makeInvoice(store, ledger, agreementId, by),
    removeInvoice: (id, by) => removeInvoice(store, ledger, id, by),
  }
}

function makeInvoice(store: Store, ledger: Ledger, agreementId: number, by: Author): Invoice {
  const agreement = existing(store.agreements, agreementId, 'agreement')
  if (agreement.cancelledFlag) throw badRequest(`Agreement ${agreementId} is cancelled`)
  const date = nextInvoiceDate(agreement)
  const { lines, additions } = bill(agreement, additionsOf(store, agreementId))
  const isOver = agreement.endDate !== null && agreement.endDate < date
  if (isOver && lines.length === 0) throw badRequest(`Agreement ${agreementId} has nothing left to invoice`)
  const id = store.nextId()
  const invoice: Invoice = {
    id,
    invoiceNumber: String(10_000 + id),
    agreementId,
    date,
    period: periodOf(agreement, agreement.invoicedPeriods),
    lines,
    total: totalOf(agreement, lines),
    settled: additions.map(({ id: additionId, invoiced }) => ({
      additionId,
      spans: invoiced.slice(existing(store.additions, additionId, 'addition').invoiced.length),
    })),
    lastUpdated: stamp(store),
  }
  const before = showAgreement(store, agreement)
  for (const addition of additions) store.additions.set(addition.id, addition)
  store.agreements.set(agreementId, { ...agreement, invoicedPeriods: agreement.invoicedPeriods + 1 })
  store.invoices.set(id, invoice)
  const after = { ...showInvoice(store, invoice), lines }
  ledger.append({ by, method: 'INVOICE', agreement: agreementId, addition: null, before, after })
  return invoice
}

function removeInvoice(store: Store, ledger: Ledger, id: number, by: Author): void {
  const invoice = existing(store.invoices, id, 'invoice')
  const agreement = existing(store.agreements, invoice.agreementId, 'agreement')
  if (periodOf(agreement, agreement.invoicedPeriods - 1).from !== invoice.period.from)
    throw badRequest(`Invoice ${id} is not the newest of its agreement`)
  for (const { additionId, spans } of invoice.settled) {
    const addition = existing(store.additions, additionId, 'addition')
    const invoiced = addition.invoiced.filter((span) => !spans.includes(span))
    store.additions.set(additionId, { ...addition, invoiced })
  }
  store.agreements.set(agreement.id, { ...agreement, invoicedPeriods: agreement.invoicedPeriods - 1 })
  const before = { ...showInvoice(store, invoice), lines: invoice.lines }
  store.invoices.delete(id)
  ledger.append({ by, method: 'DELETE', agreement: agreement.id, addition: null, before, after: null })
}
