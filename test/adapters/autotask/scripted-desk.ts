import { type AutotaskOptions, createAutotask } from '../../../adapters/autotask/client.js'
import { type Received, scriptedServer, sendJson } from '../http/scripted-server.js'
import { closeAfterwards } from '../../support/closing.js'

export const KEYS = { userName: 'api@msp.example', secret: 's3cret-Value!', integrationCode: 'CODE-4711' }

/** A server that answers like Autotask, with what a test says in place of rows. */
export async function scripted(
  answer: (received: Received, address: string) => unknown,
  options: Partial<AutotaskOptions> = {},
) {
  const server = closeAfterwards(
    await scriptedServer((received, response) => {
      const address = `http://${received.headers.host}`
      if (received.url.pathname.endsWith('/zoneInformation')) {
        sendJson(response, { url: `${address}/ATServicesRest/` })
        return
      }
      if (received.url.pathname.endsWith('/ThresholdInformation')) {
        sendJson(response, {
          externalRequestThreshold: 10_000,
          requestThresholdTimeframe: 60,
          currentTimeframeRequestCount: 1,
        })
        return
      }
      sendJson(response, answer(received, address))
    }),
  )
  const psa = createAutotask({
    zoneUrl: `${server.url}/ATServicesRest`,
    ...KEYS,
    sleep: async () => undefined,
    ...options,
  })
  return { server, psa }
}

export function page(items: readonly unknown[], nextPageUrl: string | null = null) {
  return { items, pageDetails: { count: items.length, nextPageUrl } }
}

const MONTHLY = { value: '31', label: 'Monthly', isActive: true, isDefaultValue: false }

const ROWS: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  Companies: [{ id: 12, companyName: 'Contoso', currencyID: 3 }],
  Currencies: [{ id: 3, name: 'EUR', isInternalCurrency: false }],
  Contracts: [
    {
      id: 29,
      companyID: 12,
      contractName: 'Cloud',
      contractType: 7,
      contractPeriodType: 31,
      status: 41,
      startDate: '2026-01-15T00:00:00Z',
      endDate: '2026-12-31T00:00:00Z',
    },
  ],
  Services: [{ id: 5, name: 'Business Premium', periodType: 31, isActive: true }],
  ContractServices: [{ id: 8, serviceID: 5, unitPrice: 22, internalCurrencyUnitPrice: 22 }],
  ContractServiceUnits: [],
  ContractCharges: [charge({})],
  'Contracts fields': [
    { name: 'status', picklistValues: [{ value: '41', label: 'Active' }] },
    { name: 'contractPeriodType', picklistValues: [MONTHLY] },
    { name: 'companyID', picklistValues: null },
  ],
  'Services fields': [{ name: 'periodType', picklistValues: [MONTHLY] }],
  'ContractCharges fields': [],
}

export function tenantRows(entity: string) {
  return ROWS[entity] ?? []
}

/** A tenant of one contract with one service and one charge; what a test gives takes the place of its rows. */
export function tenant(rows: Readonly<Record<string, readonly unknown[]>> = {}) {
  const all: Readonly<Record<string, readonly unknown[]>> = { ...ROWS, ...rows }
  return ({ url, method }: Received): unknown => {
    const [entity = '', what = ''] = url.pathname.replace('/ATServicesRest/V1.0/', '').split('/')
    if (what === 'entityInformation') return { fields: all[`${entity} fields`] }
    return method === 'POST' && what === 'query' ? page(all[entity] ?? []) : { itemId: 1 }
  }
}

export function charge(fields: Readonly<Record<string, unknown>>) {
  return {
    id: 77,
    name: 'Usage',
    datePurchased: '2026-03-11T00:00:00Z',
    unitQuantity: 3,
    unitPrice: 4.5,
    billableAmount: 13.5,
    isBillableToCompany: true,
    contractServiceID: 8,
    ...fields,
  }
}
