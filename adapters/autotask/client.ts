import type { LocalDate } from '../../core/calendar/date.js'
import { localDateOf } from '../../core/calendar/zone.js'
import { AUTOTASK_LISTED_VALUES, AUTOTASK_UNSENT_MILLISECONDS } from '../../core/limits.js'
import type { Psa } from '../../core/psa-ports.js'
import { Problem } from '../../core/problem.js'
import type { Container } from '../../core/sync/types.js'
import { wallClock } from '../http/backoff.js'
import { type Api, type Condition, createApi } from './api.js'
import { createCurrencies } from './currencies.js'
import type { AutotaskOptions } from './options.js'
import { createPicklists } from './picklists.js'
import { NOTHING_READ, SYSTEM } from './reading.js'
import {
  type Contract,
  parseCharge,
  parseCompany,
  parseContract,
  parseContractService,
  parseService,
  parseUnits,
  type Service,
} from './schema.js'
import { idNumber, sendStep } from './steps.js'
import type { Purpose } from './threshold.js'
import { closedWords, RECURRING_SERVICE, toCompany, toContainer, toItem } from './translate.js'

export type { AutotaskOptions } from './options.js'

/**
 * Autotask PSA through its REST API: contracts for recurring services hold counts of units, adjusted by date; charges
 * stand beside them. `read` gives a whole contract or throws a Problem; `write` sends a step once.
 *
 * @throws Problem `input` when the options cannot be used.
 */
export function createAutotask(options: AutotaskOptions): Psa {
  const api = createApi(options)
  const now = options.now ?? wallClock
  const studio: Studio = {
    api,
    picklists: createPicklists(api, now),
    currencyOf: createCurrencies(api, now),
    today: () => localDateOf(new Date(now()), 'UTC'),
  }
  return {
    name: 'autotask',
    title: SYSTEM,
    async companies() {
      const filter = [{ op: 'eq', field: 'isActive', value: true }] as const
      const query = { entity: 'Companies', filter, parse: parseCompany, purpose: 'background' } as const
      return (await api.query(query)).map(toCompany)
    },
    async items() {
      const picklists = await studio.picklists('Services', 'background')
      // Every service has an id, and a query needs a condition.
      const filter = [{ op: 'gte', field: 'id', value: 0 }] as const
      const query = { entity: 'Services', filter, parse: parseService, purpose: 'background' } as const
      return (await api.query(query)).map((service) => toItem(service, picklists))
    },
    containers: async (companyId) => await readContainers(studio, companyId),
    read: async (contractId, purpose = 'background') => await readContract(studio, contractId, purpose),
    async write(step) {
      try {
        return await sendStep(api, step, async () => await studio.picklists('ContractCharges', 'approved'))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        // Only what comes before the sending throws: the step can be tried again.
        return { type: 'later', why: error.what, waitMilliseconds: AUTOTASK_UNSENT_MILLISECONDS }
      }
    },
  }
}

interface Studio {
  readonly api: Api
  readonly picklists: ReturnType<typeof createPicklists>
  readonly currencyOf: ReturnType<typeof createCurrencies>
  readonly today: () => LocalDate
}

const CONTRACT_FIELDS = [
  'companyID',
  'contractName',
  'contractType',
  'contractPeriodType',
  'status',
  'startDate',
  'endDate',
]

async function queryContracts({ api }: Studio, filter: readonly Condition[], purpose: Purpose) {
  return await api.query({
    entity: 'Contracts',
    filter,
    fields: CONTRACT_FIELDS,
    parse: parseContract,
    purpose,
  })
}

async function readContainers(
  studio: Studio,
  companyId: string,
): Promise<readonly Pick<Container, 'id' | 'name' | 'closed'>[]> {
  const company = idNumber(companyId)
  if (company === undefined) throw notThere('company', companyId)
  const picklists = await studio.picklists('Contracts', 'background')
  const contracts = await queryContracts(
    studio,
    [
      { op: 'eq', field: 'companyID', value: company },
      { op: 'eq', field: 'contractType', value: Number(RECURRING_SERVICE) },
    ],
    'background',
  )
  const today = studio.today()
  return contracts.map((contract) => ({
    id: contract.id,
    name: contract.contractName,
    closed: closedWords(contract, picklists, today),
  }))
}

async function readContract(studio: Studio, contractId: string, purpose: Purpose): Promise<Container> {
  const id = idNumber(contractId)
  if (id === undefined) throw notThere('contract', contractId)
  const [contract] = await queryContracts(studio, [{ op: 'eq', field: 'id', value: id }], purpose)
  if (contract === undefined) throw notThere('contract', contractId)
  const [content, currency, contractPicklists, servicePicklists] = await Promise.all([
    readContent(studio, contract, purpose),
    studio.currencyOf(contract.companyID, purpose),
    studio.picklists('Contracts', purpose),
    studio.picklists('Services', purpose),
  ])
  const all = { contract, ...content, currency, contractPicklists, servicePicklists }
  return toContainer(all, studio.today())
}

async function readContent({ api }: Studio, { id }: Contract, purpose: Purpose) {
  const filter = [{ op: 'eq', field: 'contractID', value: Number(id) }] as const
  const [contractServices, rows, charges] = await Promise.all([
    api.query({ entity: 'ContractServices', filter, parse: parseContractService, purpose }),
    api.query({ entity: 'ContractServiceUnits', filter, fields: UNITS_FIELDS, parse: parseUnits, purpose }),
    api.query({ entity: 'ContractCharges', filter, fields: CHARGE_FIELDS, parse: parseCharge, purpose }),
  ])
  const serviceIds = [...new Set(contractServices.map(({ serviceID }) => Number(serviceID)))]
  return { contractServices, rows, charges, services: await readServices(api, serviceIds, purpose) }
}

const UNITS_FIELDS = ['contractServiceID', 'serviceID', 'startDate', 'endDate', 'units', 'approveAndPostDate']

const CHARGE_FIELDS = [
  'name',
  'description',
  'notes',
  'contractServiceID',
  'datePurchased',
  'unitQuantity',
  'unitPrice',
  'billableAmount',
  'isBillableToCompany',
]

async function readServices(api: Api, ids: readonly number[], purpose: Purpose): Promise<readonly Service[]> {
  const services: Service[] = []
  for (let start = 0; start < ids.length; start += AUTOTASK_LISTED_VALUES) {
    const value = ids.slice(start, start + AUTOTASK_LISTED_VALUES)
    const filter = [{ op: 'in', field: 'id', value }] as const
    services.push(...(await api.query({ entity: 'Services', filter, parse: parseService, purpose })))
  }
  return services
}

function notThere(kind: 'company' | 'contract', id: string): Problem {
  return new Problem({
    kind: 'notFound',
    what: `${SYSTEM} shows no ${kind} ${id}.`,
    notDone: NOTHING_READ,
    next: `Look whether it is still there, and whether the API user may see it: what it may not see looks like nothing.`,
  })
}
