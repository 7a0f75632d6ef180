import type { By } from './ledger.js'
import { priceNumber } from './money.js'
import { unitsOn } from './periods.js'
import { RECURRING_SERVICE } from './picklists.js'
import type { Contract, Line, Step, Tenant } from './records.js'
import { NOT_FOUND, Refusal } from './refusal.js'
import { contractOf, lastPostedDay, linePeriods, raiseDifferences, settleRows } from './rows.js'

/** The texts by which clients know these refusals. */
const OUTSIDE_CONTRACT = 'effectiveDate must be between the start date and end date of the Contract.'
const SAME_DAY = 'Attempt to insert duplicate data into contract_service_period.'
export const POSTED = 'The service belongs to an already approved and posted contract period.'
const BELOW_ZERO = 'The adjustment would bring the units of the service below 0.'

interface Adjustment {
  readonly contractServiceId?: number | undefined
  readonly contractId?: number | undefined
  readonly serviceId?: number | undefined
  readonly unitChange: number
  /** "2026-03-11". */
  readonly effectiveDate: string
  readonly unitPrice?: bigint | undefined
  readonly unitCost?: bigint | undefined
  /** Puts the service on the contract once more, although it is there. */
  readonly repeat?: boolean | undefined
}

interface NewLine {
  readonly contractId: number
  readonly serviceId: number
  /** Ten-thousandths; undefined: the service's own. */
  readonly price?: bigint | undefined
  readonly cost?: bigint | undefined
  readonly invoiceDescription?: string | null | undefined
  readonly internalDescription?: string | null | undefined
}

export function findContract(tenant: Tenant, id: number): Contract {
  const contract = tenant.contracts.get(id)
  if (contract === undefined) throw new Refusal(`Contract ${id} does not exist.`, NOT_FOUND)
  return contract
}

function linesOf(tenant: Tenant, contractId: number, serviceId: number): readonly Line[] {
  return [...tenant.lines.values()].filter(
    ({ contractID, serviceID }) => contractID === contractId && serviceID === serviceId,
  )
}

/** A line without units; prices hold from the contract's first day. */
export function makeLine(tenant: Tenant, by: By, wanted: NewLine): Line {
  const contract = findContract(tenant, wanted.contractId)
  if (contract.contractType !== RECURRING_SERVICE) {
    throw new Refusal('Services can only be added to a Contract of type Recurring Service.')
  }
  const service = tenant.services.get(wanted.serviceId)
  if (service === undefined) throw new Refusal(`serviceID ${wanted.serviceId} does not exist.`)
  if (!service.isActive) throw new Refusal(`serviceID ${wanted.serviceId} is inactive.`)
  const price = wanted.price ?? service.unitPrice
  const cost = wanted.cost ?? service.unitCost ?? 0n
  const line: Line = {
    id: tenant.nextId(),
    contractID: contract.id,
    serviceID: service.id,
    invoiceDescription: wanted.invoiceDescription ?? null,
    internalDescription: wanted.internalDescription ?? null,
    steps: [{ date: contract.startDate, unitChange: 0, price, cost, adjustment: false }],
    posted: new Map(),
    raised: [],
    rowIds: new Map(),
  }
  tenant.lines.set(line.id, line)
  settleRows(tenant, line)
  tenant.ledger.add({
    by,
    action: 'create',
    entity: 'ContractServices',
    contract: contract.id,
    service: service.id,
    contractService: line.id,
    content: {
      unitPrice: priceNumber(price),
      unitCost: priceNumber(cost),
      invoiceDescription: line.invoiceDescription,
      internalDescription: line.internalDescription,
    },
  })
  return line
}

/** Puts a service on a contract that does not have it yet. */
export function addService(tenant: Tenant, by: By, wanted: NewLine): Line {
  if (linesOf(tenant, wanted.contractId, wanted.serviceId).length > 0) {
    throw new Refusal('The service already exists on the Contract.')
  }
  return makeLine(tenant, by, wanted)
}

/** The units a line begins with: no adjustment, so that its day stays free for one. */
export function openLine(tenant: Tenant, by: By, line: Line, units: number, from?: string): void {
  const contract = contractOf(tenant, line)
  const date = from ?? contract.startDate
  if (date < contract.startDate || date > contract.endDate) throw new Refusal(OUTSIDE_CONTRACT)
  line.steps = inOrder([
    ...line.steps,
    { date, unitChange: units, price: null, cost: null, adjustment: false },
  ])
  settleRows(tenant, line)
  tenant.ledger.add({
    by,
    action: 'create',
    entity: 'ContractServiceAdjustments',
    contract: contract.id,
    service: line.serviceID,
    contractService: line.id,
    content: { effectiveDate: date, unitChange: units, adjustedUnitPrice: null, adjustedUnitCost: null },
    unitsAfter: unitsOn(line.steps, date),
  })
}

/** The line an adjustment means; undefined: there is none yet, and the adjustment makes it. */
function lineFor(tenant: Tenant, adjustment: Adjustment): Line | undefined {
  const { contractServiceId, contractId, serviceId, repeat } = adjustment
  if (contractServiceId !== undefined) {
    const line = tenant.lines.get(contractServiceId)
    const strange =
      line === undefined ||
      (contractId !== undefined && line.contractID !== contractId) ||
      (serviceId !== undefined && line.serviceID !== serviceId)
    if (strange) throw new Refusal(`contractServiceID ${contractServiceId} does not exist on the Contract.`)
    return line
  }
  if (contractId === undefined || serviceId === undefined) {
    throw new Refusal('Either contractServiceID, or contractID and serviceID are required.')
  }
  const lines = repeat === true ? [] : linesOf(tenant, contractId, serviceId)
  if (lines.length > 1)
    throw new Refusal('The service is on the Contract more than once: name contractServiceID.')
  return lines[0]
}

/** Steps in order of date; those of one day stay in the order they came. */
function inOrder(steps: readonly Step[]): Step[] {
  return steps.toSorted((left, right) => (left.date < right.date ? -1 : left.date > right.date ? 1 : 0))
}

function stepsAfter(tenant: Tenant, before: readonly Step[], adjustment: Adjustment): Step[] {
  const { effectiveDate, unitChange, unitPrice, unitCost } = adjustment
  const taken = before.find((step) => step.adjustment && step.date === effectiveDate)
  if (taken !== undefined && tenant.quirks.sameDay === 'refuse') throw new Refusal(SAME_DAY)
  const after = inOrder([
    ...before.filter((step) => step !== taken),
    {
      date: effectiveDate,
      unitChange,
      price: unitPrice ?? null,
      cost: unitCost ?? null,
      adjustment: true,
    },
  ])
  const days = after.map(({ date }) => date).filter((date) => date >= effectiveDate)
  if (days.some((date) => unitsOn(after, date) < 0)) throw new Refusal(BELOW_ZERO)
  return after
}

function checkDates(tenant: Tenant, contract: Contract, line: Line | undefined, date: string): void {
  if (date < contract.startDate || date > contract.endDate) throw new Refusal(OUTSIDE_CONTRACT)
  const posted = line === undefined ? undefined : lastPostedDay(tenant, line)
  const closed = posted !== undefined && date <= posted
  if (closed && tenant.quirks.postedPeriods === 'refuse') throw new Refusal(POSTED)
}

/** Changes units, prices or both from a day on. Nothing is changed when it is refused. */
export function adjustLine(tenant: Tenant, by: By, adjustment: Adjustment): Line {
  const { unitChange, effectiveDate, unitPrice, unitCost } = adjustment
  const reprices = unitPrice !== undefined || unitCost !== undefined
  if (unitChange === 0 && !(reprices && tenant.quirks.repriceWithoutUnits)) {
    throw new Refusal('unitChange cannot be 0.')
  }
  const known = lineFor(tenant, adjustment)
  const contract = findContract(tenant, known?.contractID ?? adjustment.contractId ?? 0)
  checkDates(tenant, contract, known, effectiveDate)
  if (known === undefined && unitChange < 0) throw new Refusal(BELOW_ZERO)
  const line =
    known ??
    makeLine(tenant, by, {
      contractId: contract.id,
      serviceId: adjustment.serviceId ?? 0,
      price: unitPrice,
      cost: unitCost,
    })
  const before = line.steps
  const after = stepsAfter(tenant, before, adjustment)
  line.steps = after
  raiseDifferences(tenant, line, { before, after, from: effectiveDate })
  settleRows(tenant, line)
  tenant.ledger.add({
    by,
    action: 'create',
    entity: 'ContractServiceAdjustments',
    contract: contract.id,
    service: line.serviceID,
    contractService: line.id,
    content: {
      effectiveDate,
      unitChange,
      adjustedUnitPrice: unitPrice === undefined ? null : priceNumber(unitPrice),
      adjustedUnitCost: unitCost === undefined ? null : priceNumber(unitCost),
    },
    unitsAfter: unitsOn(after, effectiveDate),
  })
  return line
}

interface LineEdit {
  readonly price?: bigint | undefined
  readonly invoiceDescription?: string | null | undefined
}

/** Edits a line as it stands: a new price holds from the first period that is not posted, for all of it. */
export function editLine(tenant: Tenant, by: By, line: Line, edit: LineEdit): void {
  const { price, invoiceDescription } = edit
  if (price !== undefined) line.steps = repriced(tenant, line, price)
  if (invoiceDescription !== undefined) line.invoiceDescription = invoiceDescription
  settleRows(tenant, line)
  tenant.ledger.add({
    by,
    action: 'update',
    entity: 'ContractServices',
    contract: contractOf(tenant, line).id,
    service: line.serviceID,
    contractService: line.id,
    content: {
      ...(price === undefined ? {} : { adjustedPrice: priceNumber(price) }),
      ...(invoiceDescription === undefined ? {} : { invoiceDescription }),
    },
  })
}

function repriced(tenant: Tenant, line: Line, price: bigint): Step[] {
  const open = linePeriods(tenant, line).find(({ start }) => !line.posted.has(start))
  if (open === undefined) return line.steps
  const kept = line.steps.map((step) => (step.date >= open.start ? { ...step, price: null } : step))
  const newPrice = { date: open.start, unitChange: 0, price, cost: null, adjustment: false }
  return inOrder([...kept, newPrice])
}
