import { type Person, isOf, personOf } from '../../core/access/people.js'
import type { Refusal } from '../../core/approval/approval.js'
import { type AuditDetails, type AuditEntry, verifyChain } from '../../core/audit/chain.js'
import { toldKey } from '../../core/app/told-steps.js'
import { CARD_ROWS } from '../../core/limits.js'
import type { Block, Card } from './model.js'
import { amountWords, instantWords, plural } from './words.js'

type Detail = AuditDetails[string]

/** What steps of syncs did, by what {@link toldKey} calls them. */
export type ToldSteps = ReadonlyMap<string, string>

const NOTHING_TOLD: ToldSteps = new Map()

/** The entries of a trail that its card shows one by one, the oldest first. */
export function shownEntries(trail: readonly AuditEntry[]): readonly AuditEntry[] {
  return groupsOf(trail)
    .slice(-CARD_ROWS)
    .flatMap((group) => (stepsIn(group) > 1 ? [] : group))
}

/** The card of a whole trail tells the steps of one request together; the trail itself keeps each. */
function groupsOf(trail: readonly AuditEntry[]): readonly (readonly AuditEntry[])[] {
  const groups: AuditEntry[][] = []
  const bySubject = new Map<string, AuditEntry[]>()
  for (const entry of trail) {
    const known = isStepDeed(entry) ? bySubject.get(entry.subject) : undefined
    if (known !== undefined) known.push(entry)
    else {
      const group = [entry]
      groups.push(group)
      if (isStepDeed(entry)) bySubject.set(entry.subject, group)
    }
  }
  const apart = groups.flatMap((group) => (stepsIn(group) > 1 ? [group] : group.map((entry) => [entry])))
  const end = (group: readonly AuditEntry[]) => group.at(-1)?.sequence ?? 0
  return apart.sort((left, right) => end(left) - end(right))
}

function isStepDeed({ action, details }: AuditEntry): boolean {
  return Object.hasOwn(STEP_ENDS, action) && details['intent'] !== undefined
}

/** How many steps the entries are about, if about steps at all. */
function stepsIn(group: readonly AuditEntry[]): number {
  return lastOfSteps(group).size
}

/** The last entry of each step, which says how it stands. */
function lastOfSteps(group: readonly AuditEntry[]): ReadonlyMap<string, AuditEntry> {
  return new Map(
    group.flatMap((entry) => (isStepDeed(entry) ? [[textOf(entry.details['intent']) ?? '', entry]] : [])),
  )
}

/** Who did what, the newest first, and whether the chain holds. */
export function auditCard(
  trail: readonly AuditEntry[],
  people: readonly Person[],
  { timeZone }: { readonly timeZone: string },
  steps: ToldSteps = NOTHING_TOLD,
): Card {
  const fault = verifyChain(trail)
  const text =
    fault === undefined
      ? `The trail of ${plural(trail.length, 'entry', 'entries')} is whole.`
      : `The trail is broken: ${fault.what}. Nothing behind it can be trusted.`
  return {
    title: 'Audit trail',
    tone: fault === undefined ? 'good' : 'problem',
    blocks:
      trail.length === 0
        ? emptyBlocks()
        : [
            { type: 'text', style: 'strong', text },
            newestFirst(trail, (group) => groupWords(group, people, timeZone, steps)),
          ],
    actions: [],
  }
}

function emptyBlocks(): Block[] {
  return [
    { type: 'text', style: 'strong', text: 'Nothing has been done yet that has to be remembered.' },
    {
      type: 'text',
      style: 'plain',
      text: 'Here will stand who asked to bill or void what, who approved or rejected it and why, who was refused, and every change of the billing policy. Next: `propose` asks for the first approval.',
    },
  ]
}

function newestFirst(trail: readonly AuditEntry[], words: (group: readonly AuditEntry[]) => string): Block {
  const groups = groupsOf(trail)
  const shown = groups.slice(-CARD_ROWS).toReversed()
  const hidden = groups.slice(0, -CARD_ROWS).reduce((count, group) => count + group.length, 0)
  return {
    type: 'list',
    items: shown.map(words),
    ...(hidden > 0 ? { more: { hidden, command: 'approval <id>' } } : {}),
  }
}

/**
 * "5–44 · 20 Mar 2026 09:00 to 20 Mar 2026 09:04 · 40 steps of APR-0002: 39 were read back as done, 1 needs a person: …;
 * `approval APR-0002` tells each"
 */
function groupWords(
  group: readonly AuditEntry[],
  people: readonly Person[],
  timeZone: string,
  steps: ToldSteps,
): string {
  const [first, last] = [group[0], group.at(-1)]
  if (first === undefined || last === undefined) return ''
  const stands = [...lastOfSteps(group).values()]
  if (stands.length < 2) return entryWords(first, people, timeZone, steps)
  const [from, to] = [first, last].map(({ at }) => instantWords(at, timeZone))
  const ends = Object.entries(GROUP_ENDS).flatMap(([action, words]) => {
    const own = stands.filter((entry) => entry.action === action)
    if (own.length === 0) return []
    const why = own.map(({ details }) => textOf(details['why'])).find((text) => text !== undefined)
    return [`${own.length} ${words(own.length)}${why === undefined ? '' : `: ${why}`}`]
  })
  const when = from === to ? from : `${from} to ${to}`
  const what = `${plural(stands.length, 'step')} of ${first.subject}: ${ends.join(', ')}`
  return `${first.sequence}–${last.sequence} · ${when} · ${what}; \`approval ${first.subject}\` tells each`
}

const GROUP_ENDS: Readonly<Record<string, (count: number) => string>> = {
  'sync.confirmed': (count) => `${count === 1 ? 'was' : 'were'} read back as done`,
  'sync.parked': (count) => `${count === 1 ? 'needs' : 'need'} a person`,
  'sync.unknown': (count) => `${count === 1 ? 'has' : 'have'} an unknown outcome`,
}

/** "2 · 20 Mar 2026 09:00 · Lee approved APR-0001: BR-0001 is billed". The trail itself keeps ids and codes. */
export function entryWords(
  entry: AuditEntry,
  people: readonly Person[],
  timeZone: string,
  steps: ToldSteps = NOTHING_TOLD,
): string {
  const deed = deedWords(entry, nameOf(entry.actor, people), steps)
  return `${entry.sequence} · ${instantWords(entry.at, timeZone)} · ${deed}`
}

/** As people are known now; whoever is not listed any more, and two of one name, are told by their id. */
function nameOf(actor: string, people: readonly Person[]): string {
  const person = people.find((each) => isOf(each, actor)) ?? personOf(people, actor)
  if (person === undefined) return programOf(actor) ?? `${actor} (without a role)`
  const isOnlyOne = people.filter(({ name }) => name === person.name).length === 1
  return isOnlyOne ? person.name : `${person.name} (${actor})`
}

/** The program itself, or a rule of its configuration; undefined: neither. */
function programOf(actor: string): string | undefined {
  if (actor === 'system') return 'Cloud Billing Studio'
  const [, rule] = /^rule:(.+)$/.exec(actor) ?? []
  return rule === undefined ? undefined : `The rule “${rule}”`
}

/** What was asked for and decided; undefined: it was something else. */
function requestWords({ action, subject, details }: AuditEntry, who: string): string | undefined {
  const run = textOf(details['run']) ?? ''
  const why = whyWords(details)
  const { what, because, known } = voidWords(run, details['void'])
  switch (action) {
    case 'bill.proposed':
      return `${who} asked to bill ${run} (${subject})`
    case 'void.proposed':
      return `${who} asked to void ${what}${because} (${subject})`
    case 'bill.approved':
      return `${who} approved ${subject}: ${run} is billed`
    case 'void.approved':
      return `${who} approved ${subject}: ${what}${known ? ',' : ''} is due again${because}`
    case 'bill.rejected':
      return `${who} rejected ${subject}, to bill ${run}${why}`
    case 'void.rejected':
      return `${who} rejected ${subject}, to void ${what}${why}`
    case 'sync.proposed':
      return `${who} asked to write ${run} into the PSA (${subject})`
    case 'sync.undo':
      return `${who} asked to take back ${run} (${subject})${why}`
    case 'sync.approved':
      return `${who} approved ${subject}: ${run} is written into the PSA`
    case 'sync.rejected':
      return `${who} rejected ${subject}, to write ${run} into the PSA${why}`
    default:
      return undefined
  }
}

function whyWords(details: AuditDetails): string {
  const reason = textOf(details['reason'])
  return reason === undefined ? '' : `: ${reason}`
}

function deedWords(entry: AuditEntry, who: string, steps: ToldSteps): string {
  const { action, subject, actor, details } = entry
  const asked = requestWords(entry, who)
  if (asked !== undefined) return asked
  switch (action) {
    case 'map.accepted':
    case 'map.changed':
      return `${who} mapped ${textOf(details['customer']) ?? subject} to ${placeWords(details)}`
    case 'map.removed':
      return `${who} took ${textOf(details['customer']) ?? subject} out of ${textOf(details['company']) ?? 'the PSA'}`
    case 'lineage.continued':
      return `${who} said that ${lineWords(details)} continues ${textOf(details['continues']) ?? ''}`
    case 'lineage.new':
      return `${who} said that ${lineWords(details)} is new`
    case 'sync.confirmed':
    case 'sync.parked':
    case 'sync.unknown':
      return stepDeedWords(entry, steps.get(toldKey(entry) ?? ''))
    case 'approval.replaces':
      return `${subject} takes the place of ${listOf(details['replaced']).join(', ')}`
    case 'approval.stale':
      return `${who} could not approve ${subject}: its lines had changed`
    case 'approval.refused':
      return `${who} could not decide ${subject}: ${refusalWords(textOf(details['refusal']))}`
    case 'file.sent':
      return `${who} had the file of ${subject} put into their OneDrive`
    case 'right.refused':
      return `${who} was refused “${subject}”`
    case 'people.refused':
      return `${who} was refused “${subject}”: ${textOf(details['why']) ?? ''}`
    case 'people.added':
    case 'people.role':
    case 'people.removed':
    case 'people.code':
    case 'people.linked':
    case 'people.joined':
      return peopleWords(action, who, details)
    case 'slack.installed':
      return `${who} installed the app in the Slack workspace ${textOf(details['name']) ?? ''} (${subject})`
    case 'slack.removed':
      return `The app is gone from the Slack workspace ${textOf(details['name']) ?? ''} (${subject})${workspaceWords(details)}`
    case 'price.set':
    case 'description.set':
      return `${who} set the ${action.slice(0, -4)} of ${overrideWords(details)} (${subject})`
    case 'price.asked':
      return `${who} looked at a price before setting it, ${textOf(details['about']) ?? ''}: ${textOf(details['after']) ?? ''}, from ${textOf(details['from']) ?? ''} (${subject})`
    case 'price.ended':
    case 'description.ended':
      return `${who} ended the ${action.slice(0, -6)} of ${overrideWords(details)} (${subject})`
    case 'setting.changed':
      return `${who} set ${settingWords(details)}`
    case 'policy.changed':
      return `The billing policy was changed in the configuration: ${textOf(details['words']) ?? ''}`
    default:
      // Written by another version of the program: better its codes than nothing.
      return `${actor === 'system' ? 'the program' : who}: ${action} ${subject}${whyWords(details)}`
  }
}

/** Why a workspace is gone, as Slack told it. */
function workspaceWords(details: AuditDetails): string {
  const why = textOf(details['why'])
  return why === undefined ? '' : `: ${why}`
}

/** "Contoso · Microsoft 365 E3 (20 seats since 11 Mar 2026)" */
function lineWords(details: AuditDetails): string {
  const [customer, product, line] = ['customer', 'product', 'line'].map((name) => textOf(details[name]) ?? '')
  return `${customer} · ${product} (${line})`
}

/** "Contoso · Business Premium: no price of its own → $20.50, from 1 Apr 2026" */
function overrideWords(details: AuditDetails): string {
  const [about, before, after, from] = ['about', 'before', 'after', 'from'].map(
    (name) => textOf(details[name]) ?? '',
  )
  const through = textOf(details['through'])
  const replaces = textOf(details['replaces'])
  const instead = replaces === undefined ? '' : `, in place of ${replaces}`
  return `${about}: ${before} → ${after}, from ${from}${through === undefined ? '' : ` through ${through}`}${instead}`
}

/** "increases: added seats prorated → added seats in full, from 1 Apr 2026" */
function settingWords(details: AuditDetails): string {
  const [setting, before, after] = ['setting', 'before', 'after'].map((name) => textOf(details[name]) ?? '')
  const [from, dropped] = [textOf(details['from']), textOf(details['dropped'])]
  const when = from === undefined ? '' : `, from ${from}`
  return `${setting}: ${before} → ${after}${when}${dropped === undefined ? '' : `, in place of ${dropped}`}`
}

/** "Ann gave Lee the role biller (was approver)" */
function peopleWords(action: string, who: string, details: AuditDetails): string {
  const [name, role, before] = ['name', 'role', 'before'].map((key) => textOf(details[key]) ?? '')
  const by = textOf(details['by'])
  const from = by === undefined ? '' : `, by ${by}`
  switch (action) {
    case 'people.added':
      return `${who} added ${name} as ${role}${from}`
    case 'people.role':
      return `${who} gave ${name} the role ${role} (was ${before})${from}`
    case 'people.removed':
      return `${who} removed ${name}, who was ${role}`
    case 'people.code':
      return `${name} asked for a code to link an identity`
    case 'people.linked':
      return `${textOf(details['identity']) ?? ''} was linked to ${name} by a code`
    default:
      return `${textOf(details['other']) ?? ''} became one with ${name}, as ${role}: linked by a code`
  }
}

/** "Contoso (113), Contoso licences (114)" */
function placeWords(details: AuditDetails): string {
  return [textOf(details['company']), textOf(details['container'])]
    .filter((part) => part !== undefined)
    .join(', ')
}

const STEP_ENDS: Readonly<Record<string, string>> = {
  'sync.confirmed': 'was read back as done',
  'sync.parked': 'needs a person',
  'sync.unknown': 'has an unknown outcome',
}

/**
 * "Step BR-0002/1 of APR-0002, Contoso · Business Premium: 20 → 25 seats …, was read back as done"
 *
 * @param did undefined: what it did is not known here; its product is said where the entry has it.
 */
function stepDeedWords({ action, subject, details }: AuditEntry, did: string | undefined): string {
  const why = textOf(details['why'])
  const what = did ?? textOf(details['product'])
  const told = what === undefined ? '' : `, ${what},`
  const step = `Step ${textOf(details['intent']) ?? ''} of ${subject}${told} ${STEP_ENDS[action] ?? action}`
  return why === undefined ? step : `${step}: ${why}`
}

/**
 * What a void is about, and why: "what BR-0002 billed to Contoso, $514.52 (2 lines)" and ": wrong price". Entries of
 * earlier versions have neither.
 */
function voidWords(
  run: string,
  facts: Detail | undefined,
): { readonly what: string; readonly because: string; readonly known: boolean } {
  if (!isRecord(facts)) return { what: `what ${run} billed`, because: '', known: false }
  const amounts = isRecord(facts['amounts']) ? Object.entries(facts['amounts']) : []
  const sums = amounts.map(([currency, minor]) => amountWords(BigInt(textOf(minor) ?? '0'), currency))
  const lines = plural(Number(textOf(facts['lines'])), 'line')
  const reason = textOf(facts['reason'])
  return {
    what: `what ${run} billed to ${whomWords(facts)}, ${sums.join(' + ')} (${lines})`,
    because: reason === undefined ? '' : `: ${reason}`,
    known: true,
  }
}

/** "Contoso", "5 customers (Contoso, Fabrikam, Northwind and 2 more)" */
function whomWords(facts: AuditDetails): string {
  const known = listOf(facts['names'])
  const count = Number(textOf(facts['customers']))
  const [only] = known
  if (count === 1 && only !== undefined) return only
  const hidden = count - known.length
  return `${plural(count, 'customer')} (${known.join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''})`
}

const REFUSALS: Readonly<Record<Refusal['type'], string>> = {
  notAllowed: 'their role may not decide',
  ownRequest: 'they had asked for it, and another approver could decide',
  decided: 'it was decided already',
  superseded: 'a newer request had taken its place',
  expired: 'it had expired',
  wrongRevision: 'the button showed other content',
  reasonMissing: 'a rejection needs a reason',
}

function refusalWords(refusal: string | undefined): string {
  const words = new Map<string, string>(Object.entries(REFUSALS))
  return words.get(refusal ?? '') ?? `refused (${refusal ?? 'no reason noted'})`
}

function listOf(detail: Detail | undefined): readonly string[] {
  return isList(detail) ? detail : []
}

function isList(detail: Detail | undefined): detail is readonly string[] {
  return Array.isArray(detail)
}

function isRecord(detail: Detail | undefined): detail is AuditDetails {
  return typeof detail === 'object' && detail !== null && !isList(detail)
}

function textOf(detail: Detail | undefined): string | undefined {
  return typeof detail === 'string' ? detail : undefined
}
