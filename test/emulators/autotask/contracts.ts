import { POSTED } from './adjustments.js'
import type { By } from './ledger.js'
import { amountOf, centsText, priceNumber } from './money.js'
import type { Charge, Contract, Tenant } from './records.js'
import { instantOf } from './records.js'
import { NOT_FOUND, Refusal } from './refusal.js'
import { contractOf, lastPostedDay, linePeriods, settleRows } from './rows.js'

type ContractEdit = Partial<
  Pick<
    Contract,
    | 'contractName'
    | 'contractNumber'
    | 'description'
    | 'purchaseOrderNumber'
    | 'contractCategory'
    | 'billingPreference'
    | 'status'
    | 'endDate'
  >
>

function moveEnd(tenant: Tenant, contract: Contract, endDate: string): void {
  if (endDate < contract.startDate) throw new Refusal('endDate must be after the start date of the Contract.')
  const lines = [...tenant.lines.values()].filter(({ contractID }) => contractID === contract.id)
  for (const line of lines) {
    const posted = lastPostedDay(tenant, line)
    // A posted period that ended with the contract cannot grow either: its rows are never touched again.
    const cut = posted === contract.endDate && isCut(tenant, line.id)
    if (posted !== undefined && (endDate < posted || (cut && endDate !== posted))) throw new Refusal(POSTED)
  }
  contract.endDate = endDate
  for (const line of lines) {
    // What was to happen after the end is deleted, and does not come back when the contract is extended again.
    line.steps = line.steps.filter(({ date }) => date <= endDate)
    settleRows(tenant, line)
  }
}

function isCut(tenant: Tenant, lineId: number): boolean {
  const line = tenant.lines.get(lineId)
  if (line === undefined) return false
  const last = linePeriods(tenant, line).at(-1)
  if (last === undefined) return false
  const { endDate } = contractOf(tenant, line)
  const days = (Date.parse(endDate) - Date.parse(last.start)) / 86_400_000 + 1
  return days < last.days
}

/** Edits a contract. An earlier end deletes what was adjusted after it; a posted period refuses it. */
export function editContract(tenant: Tenant, by: By, contract: Contract, edit: ContractEdit): void {
  const { endDate, ...rest } = edit
  if (endDate !== undefined) moveEnd(tenant, contract, endDate)
  Object.assign(contract, rest)
  tenant.ledger.add({
    by,
    action: 'update',
    entity: 'Contracts',
    contract: contract.id,
    content: { ...edit },
  })
}

export interface ChargeContent {
  readonly name: string
  readonly chargeType: number
  readonly datePurchased: string
  /** Ten-thousandths, as the prices are. */
  readonly unitQuantity: bigint
  readonly unitPrice: bigint
  readonly unitCost: bigint
  readonly description: string | null
  readonly notes: string | null
  readonly purchaseOrderNumber: string | null
  readonly status: number | null
  readonly isBillableToCompany: boolean
  readonly contractServiceID: number | null
}

/** What a charge is made of when nobody says more. */
export const BARE_CHARGE: ChargeContent = {
  name: '',
  chargeType: 0,
  datePurchased: '',
  unitQuantity: 0n,
  unitPrice: 0n,
  unitCost: 0n,
  description: null,
  notes: null,
  purchaseOrderNumber: null,
  status: null,
  isBillableToCompany: true,
  contractServiceID: null,
}

function chargeEntry(charge: Charge): Readonly<Record<string, unknown>> {
  return {
    id: charge.id,
    name: charge.name,
    datePurchased: charge.datePurchased,
    unitQuantity: priceNumber(charge.unitQuantity),
    unitPrice: priceNumber(charge.unitPrice),
    amount: centsText(amountOf(charge.unitPrice, charge.unitQuantity)),
    isBillableToCompany: charge.isBillableToCompany,
    description: charge.description,
    notes: charge.notes,
    purchaseOrderNumber: charge.purchaseOrderNumber,
  }
}

function logCharge(tenant: Tenant, by: By, action: 'create' | 'update' | 'delete', charge: Charge): void {
  const line = charge.contractServiceID === null ? undefined : tenant.lines.get(charge.contractServiceID)
  tenant.ledger.add({
    by,
    action,
    entity: 'ContractCharges',
    contract: charge.contractID,
    service: line?.serviceID ?? null,
    contractService: charge.contractServiceID,
    content: chargeEntry(charge),
  })
}

function checkChargedLine(tenant: Tenant, contractId: number, lineId: number | null | undefined): void {
  if (lineId === null || lineId === undefined) return
  if (tenant.lines.get(lineId)?.contractID !== contractId) {
    throw new Refusal(`contractServiceID ${lineId} does not exist on the Contract.`)
  }
}

export function makeCharge(tenant: Tenant, by: By, contract: Contract, content: ChargeContent): Charge {
  checkChargedLine(tenant, contract.id, content.contractServiceID)
  const charge: Charge = {
    id: tenant.nextId(),
    contractID: contract.id,
    ...content,
    isBilled: false,
    createdAt: instantOf(tenant),
  }
  tenant.charges.set(charge.id, charge)
  logCharge(tenant, by, 'create', charge)
  return charge
}

export function findCharge(tenant: Tenant, contractId: number, id: number): Charge {
  const charge = tenant.charges.get(id)
  if (charge === undefined || charge.contractID !== contractId) {
    throw new Refusal(`Charge ${id} does not exist on the Contract.`, NOT_FOUND)
  }
  return charge
}

function refuseBilled(charge: Charge): void {
  if (charge.isBilled) throw new Refusal('The charge is already approved and posted and cannot be changed.')
}

export function editCharge(tenant: Tenant, by: By, charge: Charge, edit: Partial<ChargeContent>): void {
  refuseBilled(charge)
  checkChargedLine(tenant, charge.contractID, edit.contractServiceID)
  Object.assign(charge, edit)
  logCharge(tenant, by, 'update', charge)
}

export function deleteCharge(tenant: Tenant, by: By, charge: Charge): void {
  refuseBilled(charge)
  tenant.charges.delete(charge.id)
  logCharge(tenant, by, 'delete', charge)
}
