import { shareOf } from './money.js'
import {
  costOn,
  daysFromTo,
  type Period,
  periodsOf,
  postedThrough,
  pricedStretches,
  priceOn,
  stretchesOf,
  unitsOn,
} from './periods.js'
import type { Contract, Line, Row, Service, Step, Tenant } from './records.js'

/** What must be there, because only the emulator itself makes such references. */
export function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`no ${what}`)
  return value
}

export function contractOf(tenant: Tenant, line: Line): Contract {
  return must(tenant.contracts.get(line.contractID), `contract ${line.contractID}`)
}

export function serviceOf(tenant: Tenant, line: Line): Service {
  return must(tenant.services.get(line.serviceID), `service ${line.serviceID}`)
}

export function linePeriods(tenant: Tenant, line: Line): readonly Period[] {
  return periodsOf(contractOf(tenant, line), serviceOf(tenant, line).months)
}

export function lastPostedDay(tenant: Tenant, line: Line): string | undefined {
  return postedThrough(line, linePeriods(tenant, line))
}

/** A period's rows as they stand: frozen when it is posted, computed from the steps when it is not. */
export function periodRows(tenant: Tenant, line: Line, period: Period): readonly Row[] {
  const frozen = line.posted.get(period.start)
  if (frozen !== undefined) return frozen
  return pricedStretches(line.steps, period).map(({ start, end, units, amount, costAmount }) => ({
    id: rowId(tenant, line, start),
    start,
    end,
    units,
    price: amount,
    cost: costAmount,
    postedOn: null,
  }))
}

function rowId(tenant: Tenant, line: Line, start: string): number {
  const known = line.rowIds.get(start)
  if (known !== undefined) return known
  const id = tenant.nextId()
  line.rowIds.set(start, id)
  return id
}

/** Every row of a line; on each day the rows that hold it add up to the units of that day. */
export function rowsOf(tenant: Tenant, line: Line): readonly Row[] {
  return shownRows.get(line) ?? settleRows(tenant, line)
}

/** Reading is frequent and changes are rare: rows are computed when something has changed. */
const shownRows = new WeakMap<Line, readonly Row[]>()

/** Computes a line's rows anew, after each change; their ids then follow the order of changes, not of reading. */
export function settleRows(tenant: Tenant, line: Line): readonly Row[] {
  const rows = linePeriods(tenant, line).flatMap((period) => periodRows(tenant, line, period))
  const shown = tenant.quirks.emptyRows ? rows : rows.filter(({ units }) => units !== 0)
  const all = [...shown, ...line.raised]
  shownRows.set(line, all)
  return all
}

/** Cents by which a period's worth differs between two sets of steps, rounded once. */
function differenceIn(
  period: Period,
  before: readonly Step[],
  after: readonly Step[],
  field: 'price' | 'cost',
): bigint {
  const worth = (steps: readonly Step[], start: string): bigint =>
    BigInt(unitsOn(steps, start)) * (field === 'price' ? priceOn(steps, start) : costOn(steps, start))
  let total = 0n
  for (const { start, end } of stretchesOf([...before, ...after], period)) {
    total += (worth(after, start) - worth(before, start)) * BigInt(daysFromTo(start, end))
  }
  return shareOf(total, 1, period.days)
}

/** For each posted period that a change reaches into: a row of its own with the difference, not posted yet. */
export function raiseDifferences(
  tenant: Tenant,
  line: Line,
  change: { readonly before: readonly Step[]; readonly after: readonly Step[]; readonly from: string },
): void {
  for (const period of linePeriods(tenant, line)) {
    if (!line.posted.has(period.start) || period.end < change.from) continue
    const start = change.from > period.start ? change.from : period.start
    line.raised.push({
      id: tenant.nextId(),
      period: period.start,
      start,
      end: period.end,
      units: unitsOn(change.after, start) - unitsOn(change.before, start),
      price: differenceIn(period, change.before, change.after, 'price'),
      cost: differenceIn(period, change.before, change.after, 'cost'),
      postedOn: null,
    })
  }
}
