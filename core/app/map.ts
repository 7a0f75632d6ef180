import type { Person } from '../access/rights.js'
import type { LocalDate } from '../calendar/date.js'
import type { CustomerMapping } from '../sync/intent.js'
import type { PsaName } from '../sync/types.js'
import { findCustomer } from './find-customer.js'
import type { Load, Loaded } from './loader.js'
import {
  type Acceptance,
  type MappedCustomer,
  type SlotChange,
  acceptMapping,
  setMapping,
} from './map-accept.js'
import type { MappingChanged } from './map-change.js'
import { type MappingRemoved, removeMapping } from './map-remove.js'
import { staysWithFile } from './map-cycle.js'
import { type LineageAnswered, type LineagePorts, type LineageSaid, answerLineage } from './map-lineage.js'
import type { AskedStart } from './map-start.js'
import { mappable, suggestMapping } from './map-suggest.js'
import { type MappingChoices, mappingChoices } from './map-choices.js'
import type { MappingChoice, MappingSuggestion } from './map-types.js'
import { compareText } from './portfolio.js'
import type { ReadPsaPorts } from './read-psa.js'

/** A customer that is billed in a PSA. */
export interface MappedOverview extends CustomerMapping {
  readonly customerName: string
  /** First day on which it bills anything; undefined: nothing of it is mapped. */
  readonly since: LocalDate | undefined
  /** Names of the agreements or contracts that bill it. */
  readonly containers: readonly string[]
  readonly subscriptions: number
}

/** Who is whom, and what is not said yet. All lists in order of name. */
export interface MappingOverview {
  /** The PSAs that are connected. */
  readonly psas: readonly PsaName[]
  readonly mapped: readonly MappedOverview[]
  /** Customers with running subscriptions that are billed by file. */
  readonly byFile: readonly MappedCustomer[]
  /** Subscriptions of mapped customers that no PSA bills: held until they are mapped. */
  readonly gaps: readonly {
    readonly customerName: string
    readonly product: string
    readonly lineageId: string
  }[]
}

/** Saying who is whom in the PSAs. Nothing here writes into one: that takes an approved sync. */
export interface Mapping {
  overview(): Promise<MappingOverview>
  /** What fits a customer, with scores and reasons. Reads the PSAs. */
  suggest(customerName: string, choice?: MappingChoice): Promise<MappingSuggestion>
  /** What there is to choose from for whoever says it by hand. Reads the PSAs. */
  choices(customerName: string): Promise<MappingChoices>
  /**
   * Maps everything sure of a suggestion from a day on, and tells what a sync would write.
   *
   * @param from undefined: today's period, or the first that no file has billed.
   */
  accept(
    person: Person,
    customerName: string,
    acceptance?: Acceptance,
    from?: AskedStart,
  ): Promise<MappingChanged>
  /** Maps one subscription as a person says, or changes its offset or who owns its price. */
  set(person: Person, customerName: string, change: SlotChange): Promise<MappingChanged>
  /** Keeps which earlier licence line a held one continues, or that it continues none (BILLING B18). */
  answer(person: Person, customerName: string, said: LineageSaid): Promise<LineageAnswered>
  /** @param from first day that files bill again; undefined: the next period. */
  remove(person: Person, customerName: string, from?: AskedStart): Promise<MappingRemoved>
}

export function createMapping(ports: ReadPsaPorts & LineagePorts, load: Load): Mapping {
  const about = async (customerName: string): Promise<{ view: Loaded; customer: MappedCustomer }> => {
    const view = await load()
    return { view, customer: findCustomer(view.portfolio.customers, customerName) }
  }
  return {
    overview: async () => overviewOf([...ports.psas.keys()], await load()),
    suggest: async (customerName, choice = {}) => {
      const { view, customer } = await about(customerName)
      return suggestMapping(ports.psas, view, customer, choice)
    },
    choices: async (customerName) => {
      const { view, customer } = await about(customerName)
      return mappingChoices(ports.psas, view, customer)
    },
    accept: async (person, customerName, acceptance = {}, from) => {
      const { view, customer } = await about(customerName)
      return acceptMapping(ports, view, person, customer, acceptance, from)
    },
    set: async (person, customerName, change) => {
      const { view, customer } = await about(customerName)
      return setMapping(ports, view, person, customer, change)
    },
    answer: async (person, customerName, said) => {
      const { view, customer } = await about(customerName)
      return answerLineage(ports, view, person, customer, said)
    },
    remove: async (person, customerName, from) => {
      const { customer } = await about(customerName)
      return removeMapping(ports, load, person, customer, from)
    },
  }
}

function overviewOf(psas: readonly PsaName[], { portfolio, sync }: Loaded): MappingOverview {
  const nameOf = (id: string) => portfolio.customers.get(id)?.name ?? id
  const containers = new Map(
    sync.readings.map(({ container: { psa, id, name } }) => [`${psa} ${id}`, name] as const),
  )
  const isMapped = new Set(sync.customers.map(({ customerId }) => customerId))
  const slotted = new Set(sync.slots.flatMap(({ lineageIds }) => lineageIds))
  const mapped = sync.customers.map((mapping): MappedOverview => {
    const ids = new Set(
      portfolio.subscriptions
        .filter(({ subscription }) => subscription.customerId === mapping.customerId)
        .map(({ subscription }) => subscription.lineageId),
    )
    const slots = sync.slots.filter(({ lineageIds }) => lineageIds.some((id) => ids.has(id)))
    const names = slots.map(({ psa, containerId }) => containers.get(`${psa} ${containerId}`) ?? containerId)
    const days = slots.map(({ routeFrom }) => routeFrom).sort((left, right) => left - right)
    return {
      ...mapping,
      customerName: nameOf(mapping.customerId),
      since: days[0],
      containers: [...new Set(names)].sort(compareText),
      subscriptions: slots.flatMap(({ lineageIds }) => lineageIds).length,
    }
  })
  const byFile = [...portfolio.customers]
    .filter(([id]) => !isMapped.has(id) && mappable(portfolio, id).length > 0)
    .map(([id, { name }]) => ({ id, name }))
  const gaps = [...isMapped].flatMap((id) =>
    mappable(portfolio, id)
      .filter((priced) => !slotted.has(priced.subscription.lineageId) && staysWithFile(priced) === undefined)
      .map(({ subscription: { productName: product, lineageId } }) => {
        return { customerName: nameOf(id), product, lineageId }
      }),
  )
  return {
    psas,
    mapped: mapped.sort((left, right) => compareText(left.customerName, right.customerName)),
    byFile: byFile.sort((left, right) => compareText(left.name, right.name)),
    gaps: gaps.sort((left, right) => compareText(left.customerName, right.customerName)),
  }
}
