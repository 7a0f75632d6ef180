import type { Answer, Call } from './call.js'
import type { Changes } from './changes.js'
import {
  ADDITION_FIELDS,
  AGREEMENT_FIELDS,
  expectNoBody,
  type ProductChoice,
  readAddition,
  readPatch,
} from './input.js'
import { type Fields, fieldsOf, filtered, listPage, withFields } from './listing.js'
import type { Addition, Agreement, CatalogItem } from './records.js'
import { badRequest, invalid, notFound, Refusal } from './refusal.js'
import {
  type Shown,
  showAddition,
  showAgreement,
  showAgreementTypes,
  showBillingCycles,
  showCatalogItem,
  showCompany,
  showInvoice,
  statusOf,
  today,
} from './render.js'
import { additionsOf, type Area, type Store } from './store.js'

export interface Scene {
  readonly store: Store
  readonly changes: Changes
}

type Handler = (scene: Scene, call: Call, ids: readonly number[]) => Answer

interface Route {
  readonly method: string
  readonly pattern: RegExp
  readonly area: Area
  readonly handle: Handler
}

/** A list of records that is asked for as such, one by one and counted. */
interface Entity {
  /** "Company", for what is not found. */
  readonly name: string
  readonly area: Area
  readonly rows: (store: Store, ids: readonly number[]) => readonly Shown[]
  /** One of them, without showing all; undefined: it is not there. */
  readonly row?: (store: Store, ids: readonly number[]) => Shown | undefined
  /** Fields to filter, order and cut by, known even while there is no record that has them. */
  readonly fields: string
}

const COMPANIES: Entity = {
  name: 'Company',
  area: 'companies',
  rows: ({ companies }) => [...companies.values()].map(showCompany),
  fields: 'id identifier name status status/id status/name deletedFlag',
}
const CATALOG: Entity = {
  name: 'CatalogItem',
  area: 'catalog',
  rows: ({ catalog }) => [...catalog.values()].map(showCatalogItem),
  fields:
    'id identifier description inactiveFlag productClass price cost vendorSku manufacturerPartNumber integrationXRef',
}
const AGREEMENTS: Entity = {
  name: 'Agreement',
  area: 'agreements',
  rows: (store) => [...store.agreements.values()].map((agreement) => showAgreement(store, agreement)),
  row(store, [id = 0]) {
    const agreement = store.agreements.get(id)
    return agreement === undefined ? undefined : showAgreement(store, agreement)
  },
  fields:
    'id name company company/id company/identifier company/name type type/id type/name startDate endDate noEndingDateFlag cancelledFlag agreementStatus prorateFlag billingCycle billingCycle/name nextInvoiceDate currency/currencyCode',
}
const ADDITIONS: Entity = {
  name: 'Addition',
  area: 'additions',
  rows(store, [agreementId = 0]) {
    if (!store.agreements.has(agreementId)) throw notFound('Agreement', agreementId)
    return additionsOf(store, agreementId).map((addition) => showAddition(store, addition))
  },
  row: (store, [agreementId = 0, id = 0]) => showAddition(store, additionAt(store, agreementId, id)),
  fields: `id product product/id product/identifier agreementId agreementStatus ${Object.keys(ADDITION_FIELDS).join(' ')}`,
}
const INVOICES: Entity = {
  name: 'Invoice',
  area: 'invoices',
  rows: (store) => [...store.invoices.values()].map((invoice) => showInvoice(store, invoice)),
  fields: 'id invoiceNumber date total agreement agreement/id company company/id company/identifier',
}
const TYPES: Entity = {
  name: 'AgreementType',
  area: 'agreements',
  rows: showAgreementTypes,
  fields: 'id name',
}
const CYCLES: Entity = {
  name: 'BillingCycle',
  area: 'agreements',
  rows: showBillingCycles,
  fields: 'id name',
}

function fieldsAt({ fields }: Entity, rows: readonly Shown[]): Fields {
  return fieldsOf(fields.split(' '), rows.slice(0, 1))
}

function list(entity: Entity): Handler {
  return ({ store }, call, ids) => {
    expectNoBody(call)
    const rows = entity.rows(store, ids)
    const page = listPage(call, rows, fieldsAt(entity, rows), {
      address: call.address,
      linkOnLastPage: store.quirks.linkOnLastPage,
      knowsForwardOnly: !store.quirks.withoutForwardOnly.includes(call.path),
    })
    return { status: 200, body: page.rows, headers: page.link === undefined ? {} : { link: page.link } }
  }
}

function count(entity: Entity): Handler {
  return ({ store }, call, ids) => {
    expectNoBody(call)
    const rows = entity.rows(store, ids)
    return { status: 200, body: { count: filtered(call, rows, fieldsAt(entity, rows)).length } }
  }
}

function one(entity: Entity): Handler {
  return ({ store }, call, ids) => {
    expectNoBody(call)
    const id = ids.at(-1) ?? 0
    const found =
      entity.row === undefined
        ? entity.rows(store, ids).find((row) => row['id'] === id)
        : entity.row(store, ids)
    if (found === undefined) throw notFound(entity.name, id)
    for (const name of call.query.keys())
      if (name !== 'fields') throw badRequest(`${name} does not go with one record`)
    return { status: 200, body: withFields(call.query, found, fieldsAt(entity, [found])) }
  }
}

function agreementAt(store: Store, id: number): Agreement {
  const found = store.agreements.get(id)
  if (found === undefined) throw notFound('Agreement', id)
  return found
}

function additionAt(store: Store, agreementId: number, id: number): Addition {
  agreementAt(store, agreementId)
  const found = store.additions.get(id)
  if (found === undefined || found.agreementId !== agreementId) throw notFound('Addition', id)
  return found
}

function expectNoQuery({ query }: Call): void {
  if (query.size > 0) throw badRequest('A write has no parameters')
}

/** A write into an agreement that bills no more is refused. */
function writable(store: Store, agreement: Agreement): void {
  const status = statusOf(agreement, today(store))
  if (status === 'Cancelled' || status === 'Expired')
    throw invalid('addition', 'agreementId', `The agreement is ${status.toLowerCase()}`, 'InvalidAgreement')
}

function chosenItem(store: Store, choice: ProductChoice): CatalogItem {
  const item = [...store.catalog.values()].find(({ id, identifier }) =>
    choice.id === undefined ? identifier === choice.identifier : id === choice.id,
  )
  if (item === undefined) throw invalid('addition', 'product', 'There is no such product', 'InvalidReference')
  if (item.inactiveFlag) throw invalid('addition', 'product', 'The product is inactive', 'InactiveReference')
  if (item.productClass === 'Bundle')
    throw invalid('addition', 'product', 'A bundle cannot be an addition', 'InvalidProductClass')
  return item
}

function checkDates({ effectiveDate, cancelledDate }: Addition): void {
  if (cancelledDate !== null && cancelledDate < effectiveDate)
    throw invalid('addition', 'cancelledDate', 'cancelledDate is before effectiveDate')
}

const createAddition: Handler = ({ store, changes }, call, [agreementId = 0]) => {
  expectNoQuery(call)
  const agreement = agreementAt(store, agreementId)
  const { product, fields } = readAddition(call)
  writable(store, agreement)
  const item = chosenItem(store, product)
  const id = store.nextId()
  const addition: Addition = {
    id,
    agreementId,
    productId: item.id,
    quantity: '1',
    lessIncluded: '0',
    unitPrice: item.price,
    unitCost: item.cost,
    billCustomer: 'Billable',
    effectiveDate: today(store),
    cancelledDate: null,
    taxableFlag: true,
    serialNumber: '',
    description: item.description,
    invoiceDescription: item.customerDescription,
    purchaseItemFlag: false,
    specialOrderFlag: false,
    invoiced: [],
    lastUpdated: '',
    updatedBy: 'api',
    ...fields,
  }
  checkDates(addition)
  changes.putAddition(addition, 'api')
  return { status: 201, body: showAddition(store, additionAt(store, agreementId, id)) }
}

const patchAddition: Handler = ({ store, changes }, call, [agreementId = 0, id = 0]) => {
  expectNoQuery(call)
  const before = additionAt(store, agreementId, id)
  const fields = readPatch(call, 'addition', ADDITION_FIELDS)
  writable(store, agreementAt(store, agreementId))
  const after = { ...before, ...fields }
  checkDates(after)
  changes.putAddition(after, 'api')
  return { status: 200, body: showAddition(store, additionAt(store, agreementId, id)) }
}

const deleteAddition: Handler = ({ store, changes }, call, [agreementId = 0, id = 0]) => {
  expectNoQuery(call)
  expectNoBody(call)
  additionAt(store, agreementId, id)
  changes.removeAddition(id, 'api')
  return { status: 204 }
}

const patchAgreement: Handler = ({ store, changes }, call, [id = 0]) => {
  expectNoQuery(call)
  const before = agreementAt(store, id)
  changes.putAgreement({ ...before, ...readPatch(call, 'agreement', AGREEMENT_FIELDS) }, 'api')
  return { status: 200, body: showAgreement(store, agreementAt(store, id)) }
}

const makeInvoice: Handler = ({ store, changes }, call, [id = 0]) => {
  expectNoQuery(call)
  expectNoBody(call)
  agreementAt(store, id)
  return { status: 201, body: changes.makeInvoice(id, 'api').id }
}

const info: Handler = (_scene, call) => {
  expectNoBody(call)
  expectNoQuery(call)
  return {
    status: 200,
    body: {
      version: 'v2025.1.100000',
      isCloud: true,
      serverTimeZone: 'Eastern Standard Time',
      licenseBits: [{ name: 'agreements', activeFlag: true }],
      cloudRegion: 'NA',
    },
  }
}

const PUT_IS_DANGEROUS: Handler = () => {
  throw new Refusal(
    405,
    'MethodNotAllowed',
    'A record is never replaced as a whole here: what is not sent would be lost',
  )
}

function route(method: string, path: string, area: Area, handle: Handler): Route {
  return { method, pattern: new RegExp(`^${path.replaceAll('{id}', '(\\d{1,9})')}$`), area, handle }
}

/** The routes of an entity that is only read. */
function reads(path: string, entity: Entity): Route[] {
  return [
    route('GET', path, entity.area, list(entity)),
    route('GET', `${path}/count`, entity.area, count(entity)),
    route('GET', `${path}/{id}`, entity.area, one(entity)),
  ]
}

const ROUTES: readonly Route[] = [
  route('GET', '/system/info', 'system', info),
  ...reads('/company/companies', COMPANIES),
  ...reads('/procurement/catalog', CATALOG),
  ...reads('/finance/billingCycles', CYCLES),
  ...reads('/finance/agreements/types', TYPES),
  ...reads('/finance/agreements', AGREEMENTS),
  ...reads('/finance/agreements/{id}/additions', ADDITIONS),
  ...reads('/finance/invoices', INVOICES),
  route('PATCH', '/finance/agreements/{id}', 'agreements', patchAgreement),
  route('PUT', '/finance/agreements/{id}', 'agreements', PUT_IS_DANGEROUS),
  route('POST', '/finance/agreements/{id}/invoice', 'invoices', makeInvoice),
  route('POST', '/finance/agreements/{id}/additions', 'additions', createAddition),
  route('PATCH', '/finance/agreements/{id}/additions/{id}', 'additions', patchAddition),
  route('PUT', '/finance/agreements/{id}/additions/{id}', 'additions', PUT_IS_DANGEROUS),
  route('DELETE', '/finance/agreements/{id}/additions/{id}', 'additions', deleteAddition),
]

function checkPermission({ permissions }: Store, area: Area, method: string): void {
  const permission = permissions.get(area) ?? 'all'
  if (permission === 'all' || (permission === 'read' && method === 'GET')) return
  throw new Refusal(403, 'SecurityPermission', `You do not have permission to ${method} ${area}`)
}

/** Answers a call that is signed in; throws a Refusal for what a client can do wrong. */
export function answerCall(scene: Scene, call: Call): Answer {
  const here = ROUTES.filter(({ pattern }) => pattern.test(call.path))
  const found = here.find(({ method }) => method === call.method)
  if (found === undefined) {
    throw here.length === 0
      ? notFound('Resource', call.path)
      : new Refusal(405, 'MethodNotAllowed', `${call.method} is not allowed here`)
  }
  checkPermission(scene.store, found.area, call.method)
  const [, ...ids] = found.pattern.exec(call.path) ?? []
  return found.handle(scene, call, ids.map(Number))
}
