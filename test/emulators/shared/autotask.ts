import type { AutotaskEmulationOptions } from '../autotask/emulation.js'
import type { Credentials } from '../autotask/gate.js'
import { type AutotaskEmulator, startAutotaskEmulator } from '../autotask/server.js'
import { type ApiAnswer, field, toAnswer } from './api-client.js'

/** The simplest speaker of the API: no waiting, no retry, no mercy. */
export interface AutotaskClient {
  /** A signed call below `/ATServicesRest/V1.0`, or of a whole address. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string | undefined>>,
  ): Promise<ApiAnswer>
  /** All rows that one condition, or a list of filters, selects: page after page. */
  rows(entity: string, filter: unknown, maxRecords?: number): Promise<Record<string, unknown>[]>
  /** The texts of a refusal; undefined when it is none. */
  errors(answer: ApiAnswer): unknown
}

export function speakTo(place: { readonly url: string; readonly credentials: Credentials }): AutotaskClient {
  const { userName, secret, integrationCode } = place.credentials
  const client: AutotaskClient = {
    async call(method, path, body, headers = {}) {
      const sent = { ApiIntegrationCode: integrationCode, UserName: userName, Secret: secret, ...headers }
      const response = await fetch(
        path.startsWith('http') ? path : `${place.url}/ATServicesRest/V1.0${path}`,
        {
          method,
          headers: Object.fromEntries(
            Object.entries({ 'content-type': 'application/json', ...sent }).filter(
              (entry): entry is [string, string] => entry[1] !== undefined,
            ),
          ),
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        },
      )
      return await toAnswer(response)
    },
    async rows(entity, filter, maxRecords = 500) {
      const question = { maxRecords, filter: Array.isArray(filter) ? filter : [filter] }
      const rows: Record<string, unknown>[] = []
      let next: string | null = `/${entity}/query`
      while (next !== null) {
        const answer: ApiAnswer = await client.call('POST', next, question)
        const items = field(answer.json, 'items')
        if (!Array.isArray(items)) throw new Error(`no rows: ${answer.status} ${answer.text.slice(0, 300)}`)
        rows.push(...(items as Record<string, unknown>[]))
        next = field(answer.json, 'pageDetails', 'nextPageUrl') as string | null
      }
      return rows
    },
    errors: (answer) => field(answer.json, 'errors'),
  }
  return client
}

/** The clock of the tests, unless they say otherwise. */
export const CLOCK = '2026-03-20T13:00:00Z'

/** Contoso's contract: 20 units at 22.00 for the year 2026. Its ids. */
export interface Contoso {
  readonly company: number
  readonly service: number
  readonly contract: number
  readonly line: number
}

let running: AutotaskEmulator[] = []

/** A started emulator with Contoso in it, and a client. */
export async function startContoso(
  options: Partial<AutotaskEmulationOptions> = {},
  contract: { readonly startDate: string; readonly endDate: string } = {
    startDate: '2026-01-01',
    endDate: '2026-12-31',
  },
): Promise<{ emulator: AutotaskEmulator; client: AutotaskClient; contoso: Contoso }> {
  const emulator = await startAutotaskEmulator({ now: () => new Date(CLOCK), ...options })
  running.push(emulator)
  const { world } = emulator
  const company = world.createCompany({ name: 'Contoso', number: 'C-100' })
  const service = world.createService({
    name: 'Microsoft 365 Business Premium',
    sku: 'M365BP',
    unitPrice: '22.00',
    unitCost: '18.00',
  })
  const id = world.createContract({ companyId: company, name: 'Cloud', number: 'ING-1', ...contract })
  const line = world.addContractService({ contractId: id, serviceId: service, units: 20 })
  return { emulator, client: speakTo(emulator), contoso: { company, service, contract: id, line } }
}

/** Closes what {@link startContoso} has started: after each test. */
export async function closeAutotask(): Promise<void> {
  const all = running
  running = []
  await Promise.all(all.map((emulator) => emulator.close()))
}

/** An adjustment as programs send it. */
export function adjustment(
  contoso: Contoso,
  unitChange: number,
  day: string,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    contractID: contoso.contract,
    serviceID: contoso.service,
    unitChange,
    effectiveDate: `${day}T00:00:00.000Z`,
    ...more,
  }
}
