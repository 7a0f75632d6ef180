import type { Person } from '../access/rights.js'
import { type LocalDate, formatLocalDate } from '../calendar/date.js'
import { dayMonthYear } from '../calendar/words.js'
import { typedName } from '../mapping/typed.js'
import { Problem } from '../problem.js'
import { type CustomerMapping, type LockedPeriod, isOpen } from '../sync/intent.js'
import { monthPeriod } from '../sync/months.js'
import { lockKey } from '../sync/settled.js'
import type { Load, Loaded } from './loader.js'
import type { MappedCustomer } from './map-accept.js'
import { type AskedStart, monthStart } from './map-start.js'
import { type ReadPsaPorts, pricedItems, psaOf } from './read-psa.js'
import { PSA_TITLES, type RoutedSlot, containerKey, memoryOf, routeAnchor, routeToPsas } from './routed.js'
import { unrouted } from './unrouted.js'
import { linesOf } from './who.js'

/** A customer that is billed by file again. */
export interface MappingRemoved {
  readonly customer: CustomerMapping
  readonly customerName: string
  /** First day that is billed by file; undefined: nothing of it was mapped. */
  readonly fileFrom: LocalDate | undefined
  /** Subscriptions that go back, as products. */
  readonly products: readonly string[]
}

/**
 * Takes a customer's mapping away: from a day on files bill it again (S1). What its PSA was read to hold for earlier
 * periods is kept as billed, so that no file bills it again. Refused while something is being written, for a day before
 * what the PSA has invoiced, and where periods of the file would not be those of the PSA.
 *
 * @param asked undefined: from the period after today's on.
 */
export async function removeMapping(
  ports: ReadPsaPorts,
  load: Load,
  person: Person,
  customer: MappedCustomer,
  asked: AskedStart | undefined,
): Promise<MappingRemoved> {
  const at = await ports.clock.now()
  await readAgain(ports, await load(), customer, at)
  const view = await load()
  const mapping = view.sync.customers.find(({ customerId }) => customerId === customer.id)
  if (mapping === undefined) throw notMapped(customer)
  const slots = view.slots.filter(({ customerId }) => customerId === customer.id)
  requireNothingOpen(view, customer, slots)
  const fileFrom = slots.length === 0 ? undefined : fileStart(view, customer, slots, asked)
  const frozen = fileFrom === undefined ? [] : frozenUntil(view, slots, fileFrom)
  if (fileFrom !== undefined) requireKnown(view, customer, slots, fileFrom)
  if (fileFrom !== undefined) requireNothingTwice(view, customer, slots, frozen, fileFrom)
  for (const [key, { reading }] of byContainer(slots)) {
    const lineages = new Set(
      slots
        .filter((slot) => containerKey(slot.reading.container) === key)
        .flatMap(({ due }) => due.slot.lineageIds),
    )
    await ports.sync.saveReading(
      reading,
      frozen.filter(({ lineageId }) => lineages.has(lineageId)),
    )
  }
  const products = slots.map(({ due }) => due.words)
  await ports.sync.unmap(customer.id, {
    at,
    actor: person.id,
    action: 'map.removed',
    subject: customer.id,
    details: {
      customer: customer.name,
      psa: mapping.psa,
      company: `${mapping.companyName} (${mapping.companyId})`,
      fileFrom: fileFrom === undefined ? null : formatLocalDate(fileFrom),
      products,
    },
  })
  return { customer: mapping, customerName: customer.name, fileFrom, products }
}

/** What is there now decides what was billed. What is locked is not kept by it: the mapping may be a mistake. */
async function readAgain(
  ports: ReadPsaPorts,
  { slots }: Loaded,
  { id }: MappedCustomer,
  readAt: Date,
): Promise<void> {
  const own = slots.filter(({ customerId }) => customerId === id)
  for (const { reading } of byContainer(own).values()) {
    const { psa, id: containerId } = reading.container
    const priced = pricedItems(own.map(({ due }) => due.slot))
    const container = await psaOf(ports.psas, psa).read(containerId, 'background', priced)
    await ports.sync.saveReading({ container, readAt }, [])
  }
}

function byContainer(slots: readonly RoutedSlot[]): ReadonlyMap<string, RoutedSlot> {
  return new Map(slots.map((slot) => [containerKey(slot.reading.container), slot]))
}

function notMapped({ name }: MappedCustomer): Problem {
  return new Problem({
    kind: 'notFound',
    what: `${name} is not mapped: it is billed by file.`,
    notDone: 'Nothing was changed.',
    next: `Type \`map ${typedName(name)}\` to see where it could be.`,
  })
}

function requireNothingOpen({ sync }: Loaded, { name }: MappedCustomer, slots: readonly RoutedSlot[]): void {
  const ids = new Set(slots.map(({ due }) => due.slot.id))
  const open = sync.intents.filter((intent) => isOpen(intent) && ids.has(intent.step.slotId))
  const [first] = open
  if (first === undefined) return
  throw new Problem({
    kind: 'held',
    what: `${open.length === 1 ? 'A step' : `${open.length} steps`} of ${first.approvalId} for ${name} may still be written to ${PSA_TITLES[first.step.psa]}.`,
    notDone: 'The mapping stays.',
    next: `Type \`approval ${first.approvalId}\` to see how it goes on, and try again when it has ended.`,
  })
}

function fileStart(
  view: Loaded,
  { name }: MappedCustomer,
  slots: readonly RoutedSlot[],
  asked: AskedStart | undefined,
): LocalDate {
  const starts = [...byContainer(slots).values()].map(({ reading: { container }, due: { slot } }) => {
    const anchorDay = routeAnchor(container.anchorDay, slot.routeFrom)
    if (asked === undefined) return monthPeriod(anchorDay, view.today).to
    return monthStart({ name: container.name, anchorDay }, asked)
  })
  const [start, other] = new Set(starts)
  if (start === undefined || other !== undefined) {
    throw new Problem({
      kind: 'input',
      what: `${name} is billed in agreements or contracts whose periods begin on different days.`,
      notDone: 'The mapping stays.',
      next: `Type \`map ${typedName(name)} remove from <day>\` with a day on which all of them begin one.`,
    })
  }
  const settled = settledUntil(view, slots)
  if (settled !== undefined && start < settled) {
    throw new Problem({
      kind: 'held',
      what: `Periods of ${name} before ${dayMonthYear(settled)} are billed in the PSA already.`,
      notDone: 'The mapping stays.',
      next: `Type \`map ${typedName(name)} remove\` to bill by file from the next period on.`,
    })
  }
  return start
}

/** Where nothing can be told of what the PSA holds, a file may bill everything from the last period on that is known. */
function requireKnown(
  view: Loaded,
  { name }: MappedCustomer,
  slots: readonly RoutedSlot[],
  fileFrom: LocalDate,
): void {
  for (const slot of slots) {
    const { fault, covered, due } = slot
    const known = settledUntil(view, [slot]) ?? due.slot.routeFrom
    if (fault === undefined || covered.length > 0 || fileFrom <= known) continue
    throw new Problem({
      kind: 'held',
      what: `What the PSA bills of ${due.words} from ${dayMonthYear(known)} on cannot be told: ${fault}.`,
      notDone: 'The mapping stays.',
      next: `Type \`map ${typedName(name)} remove from ${formatLocalDate(known)}\` if the PSA bills nothing of it from that day on.`,
    })
  }
}

/** End of the last period that the PSA was found to have billed, or that we wrote into. */
function settledUntil({ sync }: Loaded, slots: readonly RoutedSlot[]): LocalDate | undefined {
  const own = new Map(slots.flatMap(({ due: { slot } }) => slot.lineageIds.map((id) => [id, slot.routeFrom])))
  const written = sync.intents
    .filter(({ state }) => state === 'confirmed')
    .flatMap(({ step }) => step.settles)
  const ends = [...sync.locked, ...written]
    .filter(({ lineageId, period }) => period.from >= (own.get(lineageId) ?? period.to))
    .map(({ period }) => period.to)
  return ends.reduce<LocalDate | undefined>(
    (last, end) => (last === undefined || end > last ? end : last),
    undefined,
  )
}

/** What the PSA holds for periods before a day, as locked: with nobody looking at it any more it has to be kept. */
function frozenUntil(
  { sync }: Loaded,
  slots: readonly RoutedSlot[],
  fileFrom: LocalDate,
): readonly LockedPeriod[] {
  const { locked } = memoryOf(sync)
  return (
    slots
      .flatMap(({ covered }) => covered)
      .filter(({ due: { period, lineageId }, unbilled }) => {
        return period.from < fileFrom && (unbilled.length > 0 || !locked.has(lockKey(lineageId, period)))
      })
      // What only our price says is nothing for a file either.
      .map(({ due: { lineageId, period }, counted, unbilled }) => {
        return { lineageId, period, lines: [...counted, ...unbilled] }
      })
  )
}

/** Computes what files would bill then: nothing of what the PSA billed, or the mapping stays. */
function requireNothingTwice(
  view: Loaded,
  { name, id }: MappedCustomer,
  slots: readonly RoutedSlot[],
  frozen: readonly LockedPeriod[],
  fileFrom: LocalDate,
): void {
  const { portfolio, billed } = unrouted(view)
  const { sync, policies, today } = view
  const isOther = ({ lineageIds }: { readonly lineageIds: readonly string[] }) =>
    !slots.some(({ due }) => due.slot.lineageIds.some((lineage) => lineageIds.includes(lineage)))
  const again = new Set(frozen.map(({ lineageId, period }) => lockKey(lineageId, period)))
  const isFrozen = ({ lineageId, period }: LockedPeriod) => again.has(lockKey(lineageId, period))
  const after = {
    ...sync,
    customers: sync.customers.filter(({ customerId }) => customerId !== id),
    slots: sync.slots.filter(isOther),
    locked: [...sync.locked.filter((period) => !isFrozen(period)), ...frozen],
  }
  const now = routeToPsas(portfolio, billed, policies, after, today)
  const covered = new Set(frozen.filter(({ lines }) => lines.length > 0).map(({ lineageId }) => lineageId))
  const span = { opensOn: portfolio.opensOn, until: fileFrom, today }
  for (const priced of now.portfolio.subscriptions) {
    const { lineageId, productName } = priced.subscription
    if (!covered.has(lineageId)) continue
    const { lines } = linesOf(priced, policies, span, now.billed)
    const before = view.portfolio.subscriptions.find(
      ({ subscription }) => subscription.lineageId === lineageId,
    )
    const due = before === undefined ? [] : linesOf(before, policies, span, view.billed).lines
    const sum = (all: typeof lines) =>
      all.reduce((total, { charge }) => (charge.from < fileFrom ? total + charge.amount : total), 0n)
    if (sum(lines) === sum(due)) continue
    throw new Problem({
      kind: 'held',
      what: `Files bill ${productName} by other periods than ${slots[0]?.reading.container.name ?? 'the PSA'}, so some days would be billed twice or not at all.`,
      notDone: 'The mapping stays.',
      next: `Bill ${name} in the PSA until its periods begin on the day on which those of the file do.`,
    })
  }
}
