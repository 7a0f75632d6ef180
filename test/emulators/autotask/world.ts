import { adjustLine, editLine, findContract, makeLine, openLine } from './adjustments.js'
import { BARE_CHARGE, deleteCharge, editCharge, editContract, makeCharge } from './contracts.js'
import { centsText, readPrice } from './money.js'
import { unitsOn } from './periods.js'
import { PERIOD_MONTHS, RECURRING_SERVICE } from './picklists.js'
import { approveAndPost, makeInvoice, type Posted } from './posting.js'
import type { Line, Tenant } from './records.js'
import { must } from './rows.js'

/** Prices and amounts are decimal text ("22.00"), dates are local dates ("2026-03-11"), ids are numbers. */
export interface World {
  createCompany(wanted: {
    readonly name: string
    readonly number?: string
    readonly currencyId?: number
    /** Units of the tenant's own currency for one of the customer's. Default "1". */
    readonly rate?: string
  }): number
  createService(wanted: {
    readonly name: string
    readonly unitPrice: string
    readonly unitCost?: string
    readonly sku?: string
    /** Monthly (default), Quarterly, Semi-Annual, Yearly. */
    readonly periodType?: string
    readonly invoiceDescription?: string
  }): number
  createContract(wanted: {
    readonly companyId: number
    readonly name: string
    readonly number?: string
    readonly startDate: string
    /** The last day, included. */
    readonly endDate: string
    /** A label of the pick list; default "Recurring Service". */
    readonly contractType?: string
  }): number
  /** Puts a service on a contract, with units from a day on (default: the contract's first), and answers its id. */
  addContractService(wanted: {
    readonly contractId: number
    readonly serviceId: number
    readonly units?: number
    readonly price?: string
    readonly cost?: string
    readonly from?: string
    readonly invoiceDescription?: string
    readonly internalDescription?: string
  }): number
  /** A bundle, which nobody but a person may touch. */
  addContractServiceBundle(wanted: {
    readonly contractId: number
    readonly serviceBundleId: number
    readonly unitPrice: string
  }): number
  /** By hand; the same rules as for a program. Answers the ContractService's id. */
  adjust(wanted: {
    readonly contractServiceId?: number
    readonly contractId?: number
    readonly serviceId?: number
    readonly unitChange: number
    readonly effectiveDate: string
    readonly unitPrice?: string
    readonly unitCost?: string
  }): number
  editContractService(wanted: {
    readonly contractServiceId: number
    readonly price?: string
    readonly invoiceDescription?: string
  }): void
  addCharge(wanted: {
    readonly contractId: number
    readonly name: string
    readonly datePurchased: string
    readonly unitPrice: string
    readonly unitQuantity?: string
    readonly unitCost?: string
    readonly billable?: boolean
  }): number
  editCharge(wanted: {
    readonly chargeId: number
    readonly unitPrice?: string
    readonly unitQuantity?: string
  }): void
  deleteCharge(wanted: { readonly chargeId: number }): void
  /** Periods that begin on or before `through`, and charges dated so. */
  approveAndPost(wanted: { readonly contractId: number; readonly through: string }): Posted
  /** Everything posted of a company that is on no invoice yet. */
  invoice(wanted: { readonly companyId: number }): {
    readonly invoiceId: number
    readonly invoiceNumber: string
    readonly total: string
  }
  /** Moves the contract's last day, forth or back. */
  endContract(wanted: { readonly contractId: number; readonly endDate: string }): void
  /** Sets things inactive; an inactive contract goes on billing. */
  deactivate(wanted: {
    readonly companyId?: number
    readonly serviceId?: number
    readonly contractId?: number
  }): void
  /** Units on a day, as the emulator counts them: for tests to compare with. */
  units(wanted: { readonly contractServiceId: number; readonly date: string }): number
  /** Calls of other programs on the same database, which count towards the same threshold. */
  otherRequests(wanted: { readonly count: number }): void
  /** Lets every late effect happen now. Answers how many happened; what the rules refuse by now does not. */
  settle(): number
}

type Records = Omit<World, 'otherRequests' | 'settle'>
type Catalog = Pick<Records, 'createCompany' | 'createService'>
type Contracting = Pick<Records, 'createContract' | 'addContractService' | 'addContractServiceBundle'>

function logMade(
  tenant: Tenant,
  entity: string,
  content: Readonly<Record<string, unknown>>,
  contract: number | null = null,
): void {
  tenant.ledger.add({ by: 'hand', action: 'create', entity, contract, content })
}

/** Whom and what there is to bill. */
function catalog(tenant: Tenant): Catalog {
  return {
    createCompany({ name, number, currencyId = 1, rate = '1' }) {
      const id = tenant.nextId()
      tenant.companies.set(id, {
        id,
        companyName: name,
        companyNumber: number ?? null,
        isActive: true,
        currencyID: currencyId,
        rate: readPrice(rate),
      })
      logMade(tenant, 'Companies', { id, companyName: name })
      return id
    },
    createService({ name, unitPrice, unitCost, sku, periodType = 'Monthly', invoiceDescription }) {
      const id = tenant.nextId()
      tenant.services.set(id, {
        id,
        name,
        sku: sku ?? null,
        description: null,
        invoiceDescription: invoiceDescription ?? null,
        unitPrice: readPrice(unitPrice),
        unitCost: unitCost === undefined ? null : readPrice(unitCost),
        periodType: tenant.picklists.value('periodType', periodType),
        months: must(PERIOD_MONTHS[periodType], `period ${periodType}`),
        isActive: true,
      })
      logMade(tenant, 'Services', { id, name, unitPrice })
      return id
    },
  }
}

/** What a company has bought. */
function contracting(tenant: Tenant): Contracting {
  return {
    createContract({ companyId, name, number, startDate, endDate, contractType }) {
      must(tenant.companies.get(companyId), `company ${companyId}`)
      const id = tenant.nextId()
      const type =
        contractType === undefined ? RECURRING_SERVICE : tenant.picklists.value('contractType', contractType)
      tenant.contracts.set(id, {
        id,
        companyID: companyId,
        contractName: name,
        contractNumber: number ?? null,
        description: null,
        purchaseOrderNumber: null,
        contractType: type,
        contractCategory: null,
        contractPeriodType: tenant.picklists.value('contractPeriodType', 'Monthly'),
        billingPreference: null,
        status: tenant.picklists.value('contractStatus', 'Active'),
        startDate,
        endDate,
      })
      logMade(tenant, 'Contracts', { id, contractName: name, startDate, endDate }, id)
      return id
    },
    addContractService({ units = 0, from, price, cost, ...wanted }) {
      const line = makeLine(tenant, 'hand', { ...wanted, ...priceIn({ price, cost }) })
      if (units !== 0) openLine(tenant, 'hand', line, units, from)
      return line.id
    },
    addContractServiceBundle({ contractId, serviceBundleId, unitPrice }) {
      const id = tenant.nextId()
      const bundle = { id, contractID: findContract(tenant, contractId).id, serviceBundleID: serviceBundleId }
      tenant.bundles.set(id, { ...bundle, unitPrice: readPrice(unitPrice) })
      logMade(tenant, 'ContractServiceBundles', { id, serviceBundleId }, contractId)
      return id
    },
  }
}

function priceIn({
  price,
  cost,
}: {
  readonly price?: string | undefined
  readonly cost?: string | undefined
}) {
  return {
    price: price === undefined ? undefined : readPrice(price),
    cost: cost === undefined ? undefined : readPrice(cost),
  }
}

function lineById(tenant: Tenant, id: number): Line {
  return must(tenant.lines.get(id), `contract service ${id}`)
}

/** Done by whoever bills with the service. */
function billing(tenant: Tenant): Omit<Records, keyof Catalog | keyof Contracting> {
  const charge = (id: number) => must(tenant.charges.get(id), `charge ${id}`)
  return {
    adjust({ unitPrice, unitCost, ...wanted }) {
      const { price, cost } = priceIn({ price: unitPrice, cost: unitCost })
      return adjustLine(tenant, 'hand', { ...wanted, unitPrice: price, unitCost: cost }).id
    },
    editContractService({ contractServiceId, price, invoiceDescription }) {
      const line = lineById(tenant, contractServiceId)
      editLine(tenant, 'hand', line, { price: priceIn({ price }).price, invoiceDescription })
    },
    addCharge({
      contractId,
      name,
      datePurchased,
      unitPrice,
      unitQuantity = '1',
      unitCost = '0',
      billable = true,
    }) {
      return makeCharge(tenant, 'hand', findContract(tenant, contractId), {
        ...BARE_CHARGE,
        name,
        datePurchased,
        isBillableToCompany: billable,
        chargeType: tenant.picklists.value('chargeType', 'Operational'),
        unitQuantity: readPrice(unitQuantity),
        unitPrice: readPrice(unitPrice),
        unitCost: readPrice(unitCost),
      }).id
    },
    editCharge({ chargeId, unitPrice, unitQuantity }) {
      editCharge(tenant, 'hand', charge(chargeId), {
        ...(unitPrice === undefined ? {} : { unitPrice: readPrice(unitPrice) }),
        ...(unitQuantity === undefined ? {} : { unitQuantity: readPrice(unitQuantity) }),
      })
    },
    deleteCharge: ({ chargeId }) => deleteCharge(tenant, 'hand', charge(chargeId)),
    approveAndPost: ({ contractId, through }) =>
      approveAndPost(tenant, findContract(tenant, contractId), through),
    invoice({ companyId }) {
      const invoice = makeInvoice(tenant, companyId)
      if (invoice === undefined) throw new Error(`company ${companyId} has nothing to invoice`)
      const { id, invoiceNumber, total } = invoice
      return { invoiceId: id, invoiceNumber, total: centsText(total) }
    },
    endContract: ({ contractId, endDate }) =>
      editContract(tenant, 'hand', findContract(tenant, contractId), { endDate }),
    deactivate({ companyId, serviceId, contractId }) {
      if (companyId !== undefined) must(tenant.companies.get(companyId), 'company').isActive = false
      if (serviceId !== undefined) must(tenant.services.get(serviceId), 'service').isActive = false
      if (contractId !== undefined) {
        const status = tenant.picklists.value('contractStatus', 'Inactive')
        editContract(tenant, 'hand', findContract(tenant, contractId), { status })
      }
    },
    units: ({ contractServiceId, date }) => unitsOn(lineById(tenant, contractServiceId).steps, date),
  }
}

/** What people do in the service's own screens. Refusals are thrown. */
export function createRecordsWorld(tenant: Tenant): Records {
  return { ...catalog(tenant), ...contracting(tenant), ...billing(tenant) }
}
