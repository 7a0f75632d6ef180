import { wallClock } from '../http/backoff.js'
import type { Psa, PsaCompany, PsaItem } from '../../core/psa-ports.js'
import { addDays } from '../../core/calendar/date.js'
import { Problem } from '../../core/problem.js'
import type { CatalogPrice, Container } from '../../core/sync/types.js'
import { type ConnectWiseApi, createConnectWiseApi } from './api.js'
import {
  CONNECTWISE_CYCLES_MILLISECONDS,
  CONNECTWISE_INVOICES_DAYS,
  CONNECTWISE_LISTED_VALUES,
} from '../../core/limits.js'
import { readCountedList, readList } from './list.js'
import { NOTHING_READ, read } from './reading.js'
import { type Agreement, type Invoice, parseAgreement, parseBillingCycle, parseInvoice } from './schema.js'
import type { ConnectWiseOptions } from './site.js'
import { closedWords, toCompany, toContainer, toItem } from './translate.js'
import { writeStep } from './write.js'

/** ConnectWise PSA of one MSP. README.md says what is read as what, and why. */
export function createConnectWise(options: ConnectWiseOptions): Psa {
  const api = createConnectWiseApi(options)
  const cycles = createCycles(api, options.now ?? wallClock)
  return {
    name: 'connectwise',
    title: 'ConnectWise',
    companies: () => readCompanies(api),
    items: () => readItems(api),
    containers: (companyId) => readContainers(api, companyId),
    read: async (containerId, _purpose, priced = []) => {
      const container = await readContainer(api, cycles, containerId)
      return priced.length === 0 ? container : { ...container, catalog: await readPrices(api, priced) }
    },
    write: (step) => writeStep(api, step),
  }
}

async function readCompanies(api: ConnectWiseApi): Promise<readonly PsaCompany[]> {
  const rows = await readList(api, {
    path: ['company', 'companies'],
    subject: 'companies',
    conditions: [{ field: 'deletedFlag', operator: '=', value: false }],
  })
  return rows.flatMap(({ id, raw, where }) => {
    const company = toCompany(raw, api.reading(`company ${id}`, where))
    return company === undefined ? [] : [company]
  })
}

const ITEM_FIELDS = [
  'id',
  'identifier',
  'description',
  'inactiveFlag',
  'productClass',
  'price',
  'manufacturerPartNumber',
  'vendorSku',
  'integrationXRef',
]

async function readItems(api: ConnectWiseApi): Promise<readonly PsaItem[]> {
  const rows = await readList(api, {
    path: ['procurement', 'catalog'],
    subject: 'products',
    fields: ITEM_FIELDS,
  })
  return rows.map(({ id, raw, where }) => toItem(raw, api.reading(`product ${id}`, where)))
}

async function readContainers(
  api: ConnectWiseApi,
  companyId: string,
): Promise<readonly Pick<Container, 'id' | 'name' | 'closed'>[]> {
  const rows = await readList(api, {
    path: ['finance', 'agreements'],
    subject: `agreements of company ${companyId}`,
    conditions: [{ field: 'company/id', operator: '=', value: numberOf(companyId, 'company') }],
  })
  return rows.map(({ id, raw, where }) => {
    const agreement = read(parseAgreement, raw, api.reading(`agreement ${id}`, where))
    return { id, name: agreement.name, closed: closedWords(agreement) }
  })
}

async function readContainer(api: ConnectWiseApi, cycles: Cycles, containerId: string): Promise<Container> {
  const number = numberOf(containerId, 'agreement')
  const subject = `agreement ${containerId}`
  const path = ['finance', 'agreements', containerId]
  const { body, where } = await api.get({ path, subject })
  const agreement = read(parseAgreement, body, api.reading(subject, where))
  // After the agreement, so that an invoice that is made meanwhile is seen beside the older date.
  const invoices = await readInvoices(api, number, agreement)
  const additions = await readCountedList(api, {
    path: [...path, 'additions'],
    subject: `additions of ${subject}`,
  })
  const isMonthly = await cycles.isMonthly(agreement.billingCycle?.id)
  return toContainer({
    agreement,
    isMonthly,
    invoices,
    additions: additions.map((row) => ({
      raw: row.raw,
      reading: api.reading(`addition ${row.id} of ${subject}`, row.where),
    })),
  })
}

/** What the catalog says products cost: all that are asked for in one question, usually. */
async function readPrices(api: ConnectWiseApi, ids: readonly string[]): Promise<readonly CatalogPrice[]> {
  const found = new Map<string, PsaItem>()
  const asked = ids.filter((id) => ID.test(id)).map(Number)
  for (let start = 0; start < asked.length; start += CONNECTWISE_LISTED_VALUES) {
    const value = asked.slice(start, start + CONNECTWISE_LISTED_VALUES)
    const rows = await readList(api, {
      path: ['procurement', 'catalog'],
      subject: 'products',
      conditions: [{ field: 'id', operator: 'in', value }],
      fields: ['id', 'price'],
    })
    for (const { id, raw, where } of rows) found.set(id, toItem(raw, api.reading(`product ${id}`, where)))
  }
  return ids.map((itemId) => {
    return { itemId, unitPrice: found.get(itemId)?.unitPrice, isThere: found.has(itemId) }
  })
}

/** The newest invoices of an agreement, the oldest of them first. None should be as late as its next invoice date. */
async function readInvoices(
  api: ConnectWiseApi,
  agreementId: number,
  { nextInvoiceDate }: Agreement,
): Promise<readonly Invoice[]> {
  if (nextInvoiceDate === undefined) return []
  const rows = await readList(api, {
    path: ['finance', 'invoices'],
    subject: `invoices of agreement ${agreementId}`,
    conditions: [
      { field: 'agreement/id', operator: '=', value: agreementId },
      { field: 'date', operator: '>=', value: { day: addDays(nextInvoiceDate, -CONNECTWISE_INVOICES_DAYS) } },
    ],
  })
  return rows
    .map(({ id, raw, where }) => read(parseInvoice, raw, api.reading(`invoice ${id}`, where)))
    .filter(({ type }) => type === undefined || type === 'Agreement')
    .toSorted((left, right) => left.date - right.date || Number(left.id) - Number(right.id))
}

const ID = /^[1-9]\d{0,9}$/

/** Ids are whole numbers in text. Problem `notFound`: no record of ConnectWise has that one. */
function numberOf(id: string, what: string): number {
  if (ID.test(id)) return Number(id)
  throw new Problem({
    kind: 'notFound',
    what: `ConnectWise has no ${what} ${JSON.stringify(id)}: its ids are whole numbers.`,
    notDone: NOTHING_READ,
    next: 'Map the customer anew.',
  })
}

interface Cycles {
  /** A cycle is named by the MSP; what it means stands in a list of its own. */
  isMonthly(id: string | undefined): Promise<boolean>
}

function createCycles(api: ConnectWiseApi, now: () => number): Cycles {
  let known: { readonly monthly: ReadonlyMap<string, boolean>; readonly at: number } | undefined

  async function readCycles(): Promise<ReadonlyMap<string, boolean>> {
    const rows = await readList(api, { path: ['finance', 'billingCycles'], subject: 'billing cycles' })
    const entries = rows.map(({ id, raw, where }): [string, boolean] => {
      const { billingOptions } = read(parseBillingCycle, raw, api.reading(`billing cycle ${id}`, where))
      return [id, billingOptions === 'Monthly']
    })
    return new Map(entries)
  }

  return {
    async isMonthly(id) {
      if (id === undefined) return false
      const isFresh = known !== undefined && now() - known.at < CONNECTWISE_CYCLES_MILLISECONDS
      if (!isFresh || known?.monthly.has(id) !== true) known = { monthly: await readCycles(), at: now() }
      return known?.monthly.get(id) ?? false
    },
  }
}
