import type { Person } from '../access/rights.js'
import type { AuditFact } from '../audit/chain.js'
import { dayMonthYear } from '../calendar/words.js'
import { typedName } from '../mapping/typed.js'
import type { Clock, LedgerStore } from '../ports.js'
import { Problem } from '../problem.js'
import { type AskedLine, type NamedLine, lineWords } from './asked-lines.js'
import type { Loaded } from './loader.js'
import type { MappedCustomer } from './map-accept.js'
import { pickNamed } from './map-named.js'
import { PSA_TITLES } from './routed.js'
import { isKnownBy } from './who.js'

/** What a person says of a held licence line; lines are named by their reference, or by words of what they are. */
export interface LineageSaid {
  readonly line: string
  /** The earlier line it continues; undefined: none, it is new. */
  readonly from: string | undefined
}

/** An answer that is kept now. */
export interface LineageAnswered {
  readonly customerName: string
  readonly line: AskedLine
  /** What it continues; undefined: nothing. */
  readonly old: NamedLine | undefined
}

export interface LineagePorts {
  readonly ledger: Pick<LedgerStore, 'answer'>
  readonly clock: Clock
}

/**
 * Keeps a person's answer to which earlier licence line a held one continues (BILLING B18), with its entry in the trail.
 * It can be changed as long as nothing of the line was billed
 * since; so can what followed from it for other lines of the product. Nothing is billed or written by it.
 */
export async function answerLineage(
  ports: LineagePorts,
  view: Loaded,
  person: Person,
  customer: MappedCustomer,
  said: LineageSaid,
): Promise<LineageAnswered> {
  const line = lineOf(view, customer, said.line)
  const old = said.from === undefined ? undefined : formerOf(line, customer, said.from)
  const { recordKey, answer } = line
  const answered = { customerName: customer.name, line, old }
  const continues = old?.recordKey
  if (answer !== undefined && answer.continues === continues) return answered
  requireUnbilled(view, customer, line)
  requireUnmapped(view, customer, line, old)
  const { books, age } = view
  const at = await ports.clock.now()
  const audit = factOf(person, customer, answered, at)
  const { sequence: observation } = age.observation
  await ports.ledger.answer({ recordKey, continues, audit, version: books.version, observation })
  return answered
}

function factOf(
  { id: actor }: Person,
  { id: subject, name: customer }: MappedCustomer,
  { line, old }: LineageAnswered,
  at: Date,
): AuditFact {
  const details = { customer, product: line.product, line: lineWords(line), recordKey: line.recordKey }
  if (old === undefined) return { at, actor, action: 'lineage.new', subject, details }
  const continues = { continues: lineWords(old), continuesKey: old.recordKey }
  return { at, actor, action: 'lineage.continued', subject, details: { ...details, ...continues } }
}

function lineOf({ portfolio }: Loaded, { id, name }: MappedCustomer, typed: string): AskedLine {
  const own = portfolio.asked.filter(({ customerId }) => customerId === id)
  const what = { one: `licence line in question of ${name}`, many: `licence lines in question of ${name}` }
  return pickNamed(own.map(thingOf), typed, what).line
}

function formerOf({ candidates, ref }: AskedLine, { name }: MappedCustomer, typed: string): NamedLine {
  if (candidates.length === 0) {
    throw new Problem({
      kind: 'notFound',
      what: 'It can continue no earlier licence line any more: others continue them.',
      notDone: 'Nothing was mapped.',
      next: `Type \`map ${typedName(name)} new ${ref}\`, or change what you said of the others first.`,
    })
  }
  const what = { one: 'earlier licence line it can continue', many: 'earlier licence lines it can continue' }
  return pickNamed(candidates.map(thingOf), typed, what).line
}

/** "Microsoft 365 E3, 20 seats since 11 Mar 2026", by its reference. */
function thingOf<Line extends NamedLine>(line: Line) {
  return { id: line.ref, name: `${line.product}, ${lineWords(line)}`, line }
}

/** What was billed since an answer was billed by it: nobody changes under what a bill was made. */
function requireUnbilled(
  { books, portfolio }: Loaded,
  { name }: MappedCustomer,
  { recordKey, settledAt, startsOn, product }: AskedLine,
): void {
  const own = portfolio.subscriptions.find(({ subscription }) => subscription.recordKeys.includes(recordKey))
  if (settledAt === undefined || own === undefined) return
  const line = books.billed.find(
    ({ lineageId, version, to }) =>
      isKnownBy(own.subscription, lineageId) && version > settledAt && to > startsOn,
  )
  if (line === undefined) return
  throw new Problem({
    kind: 'held',
    what: `${product} since ${dayMonthYear(startsOn)} is billed by ${line.runId} already, the way it was said.`,
    notDone: 'What was said stays.',
    next: `If it is wrong, type \`void ${line.runId} ${name} because <reason>\`, and say it anew when that is approved.`,
  })
}

/** A place in a PSA holds the line under a name of its own: joined to another one, nobody would look after it. */
function requireUnmapped(
  { portfolio, sync }: Loaded,
  { name }: MappedCustomer,
  { recordKey, product }: AskedLine,
  old: NamedLine | undefined,
): void {
  const own = portfolio.subscriptions.find(({ subscription }) => subscription.recordKeys[0] === recordKey)
  const slot = sync.slots.find(({ lineageIds }) =>
    lineageIds.some((id) => own !== undefined && isKnownBy(own.subscription, id)),
  )
  if (old === undefined || slot === undefined) return
  throw new Problem({
    kind: 'held',
    what: `${product} is mapped in ${PSA_TITLES[slot.psa]} as a subscription of its own.`,
    notDone: 'What was said stays.',
    next: `Type \`map ${typedName(name)} remove\` first, and map it again afterwards.`,
  })
}
