import { type Entity, fieldsOf } from './fields.js'
import { amountOf, centsNumber, inInternalCurrency, priceNumber, priceOfCents } from './money.js'
import { priceOn } from './periods.js'
import type { Contract, Line, Row, Tenant } from './records.js'
import { contractOf, must, rowsOf, serviceOf } from './rows.js'

export type Wire = Record<string, unknown> & { readonly id: number }

/** A date as the service writes it. */
function midnight(date: string | null): string | null {
  return date === null ? null : `${date}T00:00:00Z`
}

function rateOf(tenant: Tenant, contract: Contract): bigint {
  return must(tenant.companies.get(contract.companyID), `company ${contract.companyID}`).rate
}

function lineWire(tenant: Tenant, line: Line): Wire {
  const contract = contractOf(tenant, line)
  const service = serviceOf(tenant, line)
  const rate = rateOf(tenant, contract)
  // The price that holds when the contract ends: the last one that was set.
  const adjusted = priceOn(line.steps, contract.endDate)
  return {
    id: line.id,
    contractID: line.contractID,
    serviceID: line.serviceID,
    ...(tenant.quirks.showAdjustedPrice ? { adjustedPrice: priceNumber(adjusted) } : {}),
    unitPrice: priceNumber(service.unitPrice),
    unitCost: service.unitCost === null ? null : priceNumber(service.unitCost),
    internalCurrencyUnitPrice: priceNumber(inInternalCurrency(service.unitPrice, rate)),
    internalCurrencyAdjustedPrice: priceNumber(inInternalCurrency(adjusted, rate)),
    invoiceDescription: line.invoiceDescription,
    internalDescription: line.internalDescription,
    quoteItemID: null,
  }
}

function rowWire(tenant: Tenant, line: Line, row: Row): Wire {
  const rate = rateOf(tenant, contractOf(tenant, line))
  return {
    id: row.id,
    contractID: line.contractID,
    serviceID: line.serviceID,
    contractServiceID: line.id,
    startDate: midnight(row.start),
    endDate: midnight(row.end),
    units: row.units,
    price: centsNumber(row.price),
    cost: centsNumber(row.cost),
    internalCurrencyPrice: priceNumber(inInternalCurrency(priceOfCents(row.price), rate)),
    approveAndPostDate: midnight(row.postedOn),
    organizationalLevelAssociationID: null,
    vendorCompanyID: null,
  }
}

function contractWire(contract: Contract): Wire {
  const { startDate, endDate, ...rest } = contract
  return { ...rest, startDate: midnight(startDate), endDate: midnight(endDate), setupFee: null }
}

function chargeWires(tenant: Tenant): Wire[] {
  return [...tenant.charges.values()].map((charge) => {
    const { createdAt, datePurchased, unitQuantity, unitPrice, unitCost, ...rest } = charge
    const rate = rateOf(tenant, must(tenant.contracts.get(charge.contractID), 'contract'))
    const amount = amountOf(unitPrice, unitQuantity)
    return {
      ...rest,
      datePurchased: midnight(datePurchased),
      unitQuantity: priceNumber(unitQuantity),
      unitPrice: priceNumber(unitPrice),
      unitCost: priceNumber(unitCost),
      billableAmount: centsNumber(amount),
      extendedCost: centsNumber(amountOf(unitCost, unitQuantity)),
      internalCurrencyBillableAmount: priceNumber(inInternalCurrency(priceOfCents(amount), rate)),
      internalCurrencyUnitPrice: priceNumber(inInternalCurrency(unitPrice, rate)),
      createDate: createdAt,
    }
  })
}

function itemWires(tenant: Tenant): Wire[] {
  return [...tenant.items.values()].map((item) => {
    const { itemDate, postedAt, quantity, rate, totalAmount, cost, ...rest } = item
    return {
      ...rest,
      billingItemType: tenant.picklists.value(
        'billingItemType',
        item.contractChargeID === null ? 'Recurring Service' : 'Contract Charge',
      ),
      itemDate: midnight(itemDate),
      postedDate: midnight(postedAt.slice(0, 10)),
      postedOnTime: postedAt,
      quantity: priceNumber(quantity),
      rate: priceNumber(rate),
      extendedPrice: centsNumber(totalAmount),
      totalAmount: centsNumber(totalAmount),
      taxDollars: 0,
      ourCost: centsNumber(cost),
      nonBillable: 0,
    }
  })
}

function invoiceWires(tenant: Tenant): Wire[] {
  return [...tenant.invoices.values()].map(({ date, fromDate, toDate, total, createdAt, ...rest }) => ({
    ...rest,
    invoiceDateTime: midnight(date),
    createDateTime: createdAt,
    fromDate: midnight(fromDate),
    toDate: midnight(toDate),
    invoiceTotal: centsNumber(total),
    totalTaxValue: 0,
    isVoided: false,
  }))
}

const WIRES: Readonly<Record<Entity, (tenant: Tenant) => Wire[]>> = {
  Companies: ({ companies }) =>
    [...companies.values()].map(({ rate: _, ...company }) => ({ ...company, taxRegionID: null })),
  Contracts: ({ contracts }) => [...contracts.values()].map(contractWire),
  Services: ({ services }) =>
    [...services.values()].map(({ months: _, unitPrice, unitCost, ...service }) => ({
      ...service,
      unitPrice: priceNumber(unitPrice),
      unitCost: unitCost === null ? null : priceNumber(unitCost),
      billingCodeID: null,
    })),
  ContractServices: (tenant) => [...tenant.lines.values()].map((line) => lineWire(tenant, line)),
  ContractServiceAdjustments: () => [],
  ContractServiceUnits: (tenant) =>
    [...tenant.lines.values()].flatMap((line) =>
      rowsOf(tenant, line).map((row) => rowWire(tenant, line, row)),
    ),
  ContractCharges: chargeWires,
  BillingItems: itemWires,
  Invoices: invoiceWires,
  ContractServiceBundles: ({ bundles }) =>
    [...bundles.values()].map(({ unitPrice, ...bundle }) => ({
      ...bundle,
      unitPrice: priceNumber(unitPrice),
      invoiceDescription: null,
      internalDescription: null,
    })),
}

/** Every row of an entity as the service shows it, by id. */
export function wiresOf(tenant: Tenant, entity: Entity): readonly Wire[] {
  return WIRES[entity](tenant)
    .map((wire) => ({ ...wire, userDefinedFields: [] }))
    .sort((left, right) => left.id - right.id)
}

/** What `entityInformation/fields` says. Values of pick lists are text, as they are on the wire. */
export function fieldInformation(tenant: Tenant, entity: Entity): readonly Record<string, unknown>[] {
  return fieldsOf(entity).map((field) => ({
    name: field.name,
    dataType: field.type,
    length: field.length ?? 0,
    isRequired: field.required === true,
    isReadOnly: field.write === undefined,
    isQueryable: field.hidden !== true && entity !== 'ContractServiceAdjustments',
    isReference: false,
    referenceEntityType: '',
    isPickList: field.picklist !== undefined,
    picklistValues:
      field.picklist === undefined
        ? []
        : tenant.picklists.entries(field.picklist).map(({ value, label }, index) => ({
            value: String(value),
            label,
            isDefaultValue: false,
            sortOrder: index + 1,
            parentValue: '',
            isActive: true,
            isSystem: false,
          })),
    picklistParentValueField: '',
    isSupportedWebhookField: false,
  }))
}
