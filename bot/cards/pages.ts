import type { StandingRecord } from '../../core/app/standing.js'
import { requestContent } from '../../core/approval/request.js'
import { localDateOf } from '../../core/calendar/zone.js'
import type { Staleness } from '../../core/approval/stale.js'
import type { RunLine } from '../../core/billrun/run.js'
import { Problem } from '../../core/problem.js'
import { comparisonWords, heldSections } from './held.js'
import { accountsOf, itemWords, totalWords } from './lines.js'
import type { Action, Block, Card } from './model.js'
import { type Section, pagesOf } from './sections.js'
import { runSpanWords } from './spans.js'
import { changeItems, changesSection, exceptionSections } from './standing.js'
import { planSections, syncTotal } from './sync.js'
import { ageWords, oldDataWords } from './words.js'

/** The parts of a request, in the order of its pages; what may change while somebody reads comes last. */
const PARTS = ['lines', 'held', 'exceptions', 'changes', 'trail'] as const
type Part = (typeof PARTS)[number]

/** A customer of a request, as it calls them. */
export interface RequestCustomer {
  readonly id: string
  readonly name: string
}

/** A request with its trail in words, where its card has no room for all of that. */
export type ToldRecord = StandingRecord & { readonly told?: readonly string[] }

interface Page {
  readonly part: Part
  readonly sections: readonly Section[]
}

/** Everything a request says, or what it says of one customer, page by page; every part begins a page. */
function requestPages(record: ToldRecord, timeZone: string, customer?: RequestCustomer): readonly Page[] {
  const isMeant = isOf(customer)
  const current: ToldRecord = customer === undefined ? record : withChangesOf(record, customer)
  return PARTS.flatMap((part) =>
    pagesOf(sectionsOf(current, timeZone, part, isMeant)).map((sections) => ({ part, sections })),
  )
}

type IsMeant = (of: { readonly customerId: string }) => boolean

function isOf(customer: RequestCustomer | undefined): IsMeant {
  return ({ customerId }) => customer === undefined || customerId === customer.id
}

/** With what changed of one customer only, and no changes at all where none is theirs; its trail is that of all. */
function withChangesOf({ told: _, ...record }: ToldRecord, customer: RequestCustomer): StandingRecord {
  const { standing } = record
  if (standing?.changes === undefined) return record
  const { added, gone, reworded, steps } = standing.changes
  const isMeant = isOf(customer)
  const own: Staleness = {
    added: added.filter(isMeant),
    gone: gone.filter(isMeant),
    reworded: reworded.filter(isMeant),
    ...(steps === undefined
      ? {}
      : { steps: { added: steps.added.filter(isMeant), gone: steps.gone.filter(isMeant) } }),
  }
  const changes = changeItems(own).length === 0 ? undefined : own
  return { ...record, standing: { ...standing, changes } }
}

function sectionsOf(record: ToldRecord, timeZone: string, part: Part, isMeant: IsMeant): Section[] {
  const { run, standing, approval } = record
  switch (part) {
    case 'lines':
      return record.plan === undefined
        ? lineSections(record, timeZone, isMeant)
        : [...planSections(record, timeZone, isMeant), ...lineSections(record, timeZone, isMeant)]
    case 'held':
      return approval.subject.type === 'bill' ? heldSections(run.held.filter(isMeant)) : []
    case 'exceptions':
      return exceptionSections((standing?.exceptions ?? []).filter(isMeant))
    case 'changes':
      return standing?.changes === undefined ? [] : [changesSection(standing.changes)]
    case 'trail':
      return record.told === undefined ? [] : [{ heading: 'Trail', items: record.told }]
  }
}

/** "Contoso: $514.52 (2 lines), first bill", with every line. */
function lineSections(record: StandingRecord, timeZone: string, isMeant: IsMeant): Section[] {
  const { approval, run } = record
  const isBill = approval.subject.type === 'bill'
  const proposed = isBill ? localDateOf(run.proposedAt, timeZone) : undefined
  return accountsOf(requestContent(record).lines.filter(isMeant)).map(
    ({ customerId, name, currency, lines }) => {
      const customer = run.customers.find((one) => one.customerId === customerId && one.currency === currency)
      const note = approval.subject.type === 'void' || customer === undefined ? '' : comparisonWords(customer)
      return {
        heading: `${name}: ${totalWords(lines)}${note === '' ? '' : `, ${note}`}`,
        items: lines.map((line) => itemWords(line, proposed)),
      }
    },
  )
}

/** What to type for the page on which each part begins. */
export function pageCommands(record: ToldRecord, timeZone: string): (part: Part) => string {
  const pages = requestPages(record, timeZone)
  return (part) => {
    const index = pages.findIndex((page) => page.part === part)
    return `approval ${record.approval.id} page ${Math.max(0, index) + 1}`
  }
}

/**
 * One page of a request, or of what it says of one customer. Problem `notFound` when there is none of that number.
 *
 * @param number from 1.
 */
export function requestPageCard(
  record: ToldRecord,
  number: number,
  timeZone: string,
  customer?: RequestCustomer,
): Card {
  const { approval, run, standing } = record
  const pages = requestPages(record, timeZone, customer)
  const which = customer === undefined ? approval.id : `${approval.id} ${customer.name}`
  const page = pages[number - 1]
  if (page === undefined) throw noSuchPage(approval.id, which, number, pages.length)
  const kind = KINDS[approval.subject.type]
  const lines = requestContent(record).lines.filter(isOf(customer))
  const about = customer === undefined ? runSpanWords(run.month, lines) : customer.name
  const more = number < pages.length ? `${which} page ${number + 1}` : undefined
  const next =
    more === undefined
      ? `That is all of it. Next: \`approval ${approval.id}\` shows its card.`
      : `Next: \`approval ${more}\`.`
  const age = standing?.age
  const old = age === undefined ? undefined : oldDataWords(age)
  return {
    title: `${kind} ${run.id} · ${about} · page ${number} of ${pages.length}`,
    tone: 'plain',
    blocks: [
      {
        type: 'text',
        style: 'strong',
        text: `${approval.id} · ${contentWords(record, lines, isOf(customer))}`,
      },
      ...(old === undefined ? [] : [{ type: 'text', style: 'plain', text: old } as const]),
      ...page.sections.map((section): Block => ({ type: 'list', ...section })),
      { type: 'text', style: 'quiet', text: age === undefined ? next : `${ageWords(age)}. ${next}` },
    ],
    // A button carries ids only, and so leads through all pages, not through those of a name.
    actions: more === undefined || customer !== undefined ? [] : [pageAction('Next page', more)],
  }
}

/** "$514.52 (2 lines)"; of a sync "3 steps for $74.52 (1 line)". */
function contentWords({ plan }: StandingRecord, lines: readonly RunLine[], isMeant: IsMeant): string {
  return plan === undefined ? totalWords(lines) : syncTotal(plan.filter(isMeant), lines)
}

const KINDS = { bill: 'Bill run', sync: 'Sync', void: 'Void' } as const

function noSuchPage(id: string, which: string, number: number, pages: number): Problem {
  // A customer of the run of whom a void makes nothing due again: there is not even a first page.
  if (pages === 0) {
    return new Problem({
      kind: 'notFound',
      what: `${which} has nothing to show.`,
      next: `Type \`approval ${id}\` to read what it is about.`,
    })
  }
  const all = pages === 1 ? '`page 1` is all of it' : `they go from 1 to ${pages}`
  return new Problem({
    kind: 'notFound',
    what: `${which} has no page ${number}: ${all}.`,
    next: `Type \`approval ${which} page 1\` to read it from the beginning.`,
  })
}

/** @param which what follows `approval`: a request and a page. */
export function pageAction(label: string, which: string): Action {
  return {
    name: 'page',
    label,
    tone: 'default',
    target: { id: which, revision: '' },
    command: `approval ${which}`,
  }
}
