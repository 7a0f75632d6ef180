import { addService, adjustLine, editLine, findContract } from './adjustments.js'
import { checkBody, dateOfText, type Json, numberIn, parseBody, textIn } from './bodies.js'
import {
  BARE_CHARGE,
  type ChargeContent,
  deleteCharge,
  editCharge,
  editContract,
  findCharge,
  makeCharge,
} from './contracts.js'
import { type Entity, isEntity } from './fields.js'
import { readPrice } from './money.js'
import { countRows, queryRows } from './query.js'
import type { Tenant } from './records.js'
import { NOT_FOUND, Refusal } from './refusal.js'
import { fieldInformation, type Wire, wiresOf } from './render.js'

/** A request below `/ATServicesRest/V1.0/`. */
export interface Call {
  readonly method: string
  /** "Contracts", "29", "Services". */
  readonly segments: readonly string[]
  readonly query: URLSearchParams
  readonly body: string
  /** Where the API stands, as the client wrote it: `http://127.0.0.1:4187/ATServicesRest/V1.0`. */
  readonly base: string
}

/** Children of a contract by the last part of their address. */
const CHILDREN: Readonly<Record<string, Entity>> = {
  Services: 'ContractServices',
  ServiceAdjustments: 'ContractServiceAdjustments',
  ServiceUnits: 'ContractServiceUnits',
  Charges: 'ContractCharges',
  ServiceBundles: 'ContractServiceBundles',
}

/** The entity a request is about: what threads are counted by. */
export function entityOf(segments: readonly string[]): string {
  const [first = '', , third] = segments
  if (first !== 'Contracts' || third === undefined) return first
  return CHILDREN[third] ?? first
}

/** Whether a request changes anything: queries are posted, too. */
export function isWrite(method: string, segments: readonly string[]): boolean {
  return method !== 'GET' && segments[1] !== 'query'
}

const nothing = (): Refusal => new Refusal('The resource was not found.', NOT_FOUND)
const wrongVerb = (): Refusal => new Refusal('The method is not allowed on this resource.', 405)

/** Does what a request asks for and answers the body of a 200; everything else is a {@link Refusal}. */
export function answerCall(tenant: Tenant, call: Call): Json {
  const { method, segments } = call
  if (method === 'PUT') throw new Refusal('PUT would empty every field that it leaves out: it is refused.')
  const [first, second, third, fourth] = segments
  if (!isEntity(first) || segments.length > 4) throw nothing()
  if (second === 'entityInformation' && third === 'fields' && fourth === undefined) {
    return read(call, () => ({ fields: fieldInformation(tenant, first) }))
  }
  if (second === undefined) return rootWrite(tenant, call, first)
  if (first === 'ContractServiceAdjustments') throw nothing()
  if (second === 'query') return query(tenant, call, first)
  if (third === undefined) return read(call, () => item(tenant, wiresOf(tenant, first), second))
  const child = CHILDREN[third]
  if (first !== 'Contracts' || child === undefined) throw nothing()
  return childCall(tenant, call, child)
}

function read(call: Call, answer: () => Json): Json {
  if (call.method !== 'GET') throw wrongVerb()
  if (call.query.size > 0) throw new Refusal('Unknown query parameter.')
  return answer()
}

function idOf(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/.test(text)) throw nothing()
  return Number(text)
}

function item(tenant: Tenant, rows: readonly Wire[], id: string): Json {
  const found = rows.find((row) => row.id === idOf(id))
  if (found === undefined && tenant.quirks.missingItem === '404') throw nothing()
  return { item: found ?? null }
}

function query(tenant: Tenant, call: Call, entity: Entity): Json {
  const [, , third] = call.segments
  if (call.method !== 'POST') {
    throw new Refusal('Ask with POST: a page must be followed with the verb of its first query.', 405)
  }
  const body = parseBody(call.body)
  if (third === 'count') return countRows(tenant, entity, body)
  const address = `${call.base}/${entity}/query`
  if (third === undefined) return queryRows(tenant, { entity, body, address })
  const paging = call.query.get('paging')
  if (third !== 'next' || paging === null) throw nothing()
  return queryRows(tenant, { entity, body, address, paging })
}

function rootWrite(tenant: Tenant, call: Call, entity: Entity): Json {
  if (entity === 'ContractServiceAdjustments' && call.method === 'POST') return adjust(tenant, call)
  if (entity === 'Contracts' && call.method === 'PATCH') return patchContract(tenant, parseBody(call.body))
  throw wrongVerb()
}

function childCall(tenant: Tenant, call: Call, entity: Entity): Json {
  const { method, segments } = call
  const [, parentText, , childText] = segments
  const parent = idOf(parentText)
  const write = `${method} ${entity}${childText === undefined ? '' : ' item'}`
  if (write === 'POST ContractServiceAdjustments') return adjust(tenant, call, parent)
  if (entity === 'ContractServiceAdjustments') throw nothing()
  if (write === 'POST ContractServices') return postService(tenant, parent, parseBody(call.body))
  if (write === 'PATCH ContractServices') return patchService(tenant, parent, parseBody(call.body))
  if (write === 'POST ContractCharges') return postCharge(tenant, parent, parseBody(call.body))
  if (write === 'PATCH ContractCharges') return patchCharge(tenant, parent, parseBody(call.body))
  if (write === 'DELETE ContractCharges item') {
    const charge = findCharge(tenant, parent, idOf(childText))
    deleteCharge(tenant, 'api', charge)
    return { itemId: charge.id }
  }
  return read(call, () => {
    findContract(tenant, parent)
    const rows = wiresOf(tenant, entity).filter((row) => row['contractID'] === parent)
    if (childText !== undefined) return item(tenant, rows, childText)
    const pageDetails = {
      count: rows.length,
      requestCount: rows.length,
      prevPageUrl: null,
      nextPageUrl: null,
    }
    return { items: rows, pageDetails }
  })
}

/** The date of a field that {@link checkBody} has accepted. */
function dateIn(body: Json, name: string): string {
  return dateOfText(body[name]) ?? ''
}

function priceIn(body: Json, name: string): bigint | undefined {
  const value = numberIn(body, name)
  return value === undefined ? undefined : readPrice(value)
}

function adjust(tenant: Tenant, call: Call, parent?: number): Json {
  const body = parseBody(call.body)
  const entity = 'ContractServiceAdjustments'
  checkBody(body, {
    entity,
    verb: 'create',
    picklists: tenant.picklists,
    ...(parent === undefined ? {} : { parent }),
  })
  if (parent !== undefined) findContract(tenant, parent)
  adjustLine(tenant, 'api', {
    contractServiceId: numberIn(body, 'contractServiceID'),
    contractId: parent ?? numberIn(body, 'contractID'),
    serviceId: numberIn(body, 'serviceID'),
    unitChange: numberIn(body, 'unitChange') ?? 0,
    effectiveDate: dateIn(body, 'effectiveDate'),
    unitPrice: priceIn(body, 'adjustedUnitPrice'),
    unitCost: priceIn(body, 'adjustedUnitCost'),
    repeat: body['allowRepeatService'] === true,
  })
  // No id: an adjustment cannot be asked for afterwards.
  return { itemId: null }
}

function patchContract(tenant: Tenant, body: Json): Json {
  checkBody(body, { entity: 'Contracts', verb: 'update', picklists: tenant.picklists })
  const contract = findContract(tenant, numberIn(body, 'id') ?? 0)
  const { id, endDate, ...rest } = body
  editContract(tenant, 'api', contract, {
    ...rest,
    ...(endDate === undefined ? {} : { endDate: dateIn(body, 'endDate') }),
  })
  return { itemId: id }
}

function postService(tenant: Tenant, parent: number, body: Json): Json {
  checkBody(body, { entity: 'ContractServices', verb: 'create', picklists: tenant.picklists, parent })
  const line = addService(tenant, 'api', {
    contractId: parent,
    serviceId: numberIn(body, 'serviceID') ?? 0,
    price: priceIn(body, 'adjustedPrice'),
    cost: priceIn(body, 'unitCost'),
    invoiceDescription: textIn(body, 'invoiceDescription'),
    internalDescription: textIn(body, 'internalDescription'),
  })
  return { itemId: line.id }
}

function patchService(tenant: Tenant, parent: number, body: Json): Json {
  checkBody(body, { entity: 'ContractServices', verb: 'update', picklists: tenant.picklists, parent })
  const line = tenant.lines.get(numberIn(body, 'id') ?? 0)
  if (line?.contractID !== parent) throw nothing()
  editLine(tenant, 'api', line, {
    price: priceIn(body, 'adjustedPrice'),
    invoiceDescription: textIn(body, 'invoiceDescription'),
  })
  return { itemId: line.id }
}

/** The fields of a charge that a body has, as the emulator keeps them. */
function chargeIn(body: Json): Partial<ChargeContent> {
  const entries = Object.entries(body).flatMap(([name, value]): [string, unknown][] => {
    if (name === 'id' || name === 'contractID') return []
    if (name === 'datePurchased') return [[name, dateIn(body, name)]]
    return [[name, CHARGE_DECIMALS.has(name) ? priceIn(body, name) : value]]
  })
  return Object.fromEntries(entries)
}

const CHARGE_DECIMALS = new Set(['unitQuantity', 'unitPrice', 'unitCost'])

function postCharge(tenant: Tenant, parent: number, body: Json): Json {
  checkBody(body, { entity: 'ContractCharges', verb: 'create', picklists: tenant.picklists, parent })
  const charge = makeCharge(tenant, 'api', findContract(tenant, parent), {
    ...BARE_CHARGE,
    ...chargeIn(body),
  })
  return { itemId: charge.id }
}

function patchCharge(tenant: Tenant, parent: number, body: Json): Json {
  checkBody(body, { entity: 'ContractCharges', verb: 'update', picklists: tenant.picklists, parent })
  const charge = findCharge(tenant, parent, numberIn(body, 'id') ?? 0)
  editCharge(tenant, 'api', charge, chargeIn(body))
  return { itemId: charge.id }
}
