import { PSA_TITLES } from '../../core/app/routed.js'
import type { NamedDrift } from '../../core/app/psa-standing.js'
import type { StepProgress } from '../../core/app/progress.js'
import type { StandingRecord } from '../../core/app/standing.js'
import type { SyncOutcome, SyncTrouble } from '../../core/app/sync-request.js'
import { unreachable } from '../../core/assert.js'
import type { RunLine } from '../../core/billrun/run.js'
import { CARD_RUN_CUSTOMERS, CARD_RUN_LINES, CARD_RUN_PART } from '../../core/limits.js'
import type { LocalDate } from '../../core/calendar/date.js'
import { dayMonthYear } from '../../core/calendar/words.js'
import { typedName } from '../../core/mapping/typed.js'
import { DECIMAL_ONE, type Decimal, formatDecimal } from '../../core/money/decimal.js'
import { formatUnitPrice } from '../../core/money/money.js'
import { daysOf, unitsOn } from '../../core/sync/units.js'
import type { ContainerPlan, Step, UnitSteps } from '../../core/sync/types.js'
import { MODE_WORDS, stepWords } from '../../core/sync/words.js'
import type { ApprovalRecord } from '../../core/ports.js'
import { totalWords } from './lines.js'
import type { Block, Card } from './model.js'
import { type Section, shortSections } from './sections.js'
import { amountWords, instantWords, plural } from './words.js'

/** "ConnectWise", or all of them when a plan writes into several. */
export function psaWords(plan: readonly ContainerPlan[]): string {
  return [...new Set(plan.map(({ psa }) => PSA_TITLES[psa]))].join(' and ')
}

/** Whom a plan is about: one by name, several counted. */
export function syncCustomers(plan: readonly ContainerPlan[]): string {
  const names = [...new Set(plan.map(({ customerName }) => customerName))]
  return names.length === 1 ? (names[0] ?? '') : plural(names.length, 'customer')
}

/** How many steps a plan has. */
export function stepCount(plan: readonly ContainerPlan[]): number {
  return plan.reduce((count, { steps }) => count + steps.length, 0)
}

/** "3 steps for $74.52 (1 line)": lines may be there already, where only counts of later months are written. */
export function syncTotal(plan: readonly ContainerPlan[], lines: readonly RunLine[]): string {
  const steps = plural(stepCount(plan), 'step')
  return lines.length === 0 ? steps : `${steps} for ${totalWords(lines)}`
}

/**
 * What would be written, container by container: every step in words, before → after, with our amount.
 *
 * @param isMeant whose containers; default: all.
 */
export function planSections(
  record: StandingRecord,
  timeZone: string,
  isMeant: (plan: ContainerPlan) => boolean = () => true,
): readonly Section[] {
  const progress = new Map((record.progress ?? []).map((one) => [one.intent.step.key, one]))
  return (record.plan ?? []).filter(isMeant).map((plan) => ({
    heading: `${plan.customerName} · ${PSA_TITLES[plan.psa]}, “${plan.containerName}” (${MODE_WORDS[plan.mode]})`,
    items: plan.steps.map((step) => {
      const words = stepWords(step, plan.currency, record.stepLines?.get(step.key))
      return itemWords(step, words, plan.currency, progress.get(step.key), timeZone)
    }),
  }))
}

function itemWords(
  step: Step,
  words: string,
  currency: string,
  progress: StepProgress | undefined,
  timeZone: string,
): string {
  const ours = step.settles.reduce((sum, { amount }) => sum + amount, 0n)
  const amount =
    step.settles.length === 0 || isSaid(step, ours, currency) ? '' : ` · ours ${amountWords(ours, currency)}`
  const state = progress === undefined ? '' : ` · ${stateWords(progress, currency, timeZone)}`
  return `${step.product}: ${words}${amount}${state}`
}

/** A line that is written as one amount says ours with it: "once $74.52". */
function isSaid(step: Step, ours: bigint, currency: string): boolean {
  if (step.type !== 'add' || !step.oneTime || step.quantity !== DECIMAL_ONE) return false
  return formatUnitPrice(step.unitPrice, currency) === amountWords(ours, currency)
}

function stateWords({ intent, ownAmount }: StepProgress, currency: string, timeZone: string): string {
  const why = intent.why === undefined ? '' : `: ${intent.why}`
  switch (intent.state) {
    case 'waiting':
      return `waits to be written${why}`
    case 'sending':
      return 'is being written'
    case 'unknown':
      return `not known yet${why}; looked at again ${againWords(intent.notBefore, timeZone)}`
    case 'confirmed':
      return `confirmed${ownWords(ownAmount, intent.step, currency)}`
    case 'parked':
      return `needs you${why}`
    case 'replaced':
      return 'a later plan took its place'
    default:
      return unreachable(intent.state, 'stateWords')
  }
}

function againWords(at: Date | undefined, timeZone: string): string {
  return at === undefined ? 'soon' : `after ${instantWords(at, timeZone)}`
}

/** S16: the PSA's own figure beside ours; a difference is flagged where the step is about money. */
function ownWords(own: bigint | undefined, step: Step, currency: string): string {
  if (own === undefined) return ''
  // Where the price is theirs, so is the amount that was written (S15).
  const ours = step.settles.reduce((sum, { amount, inPsa }) => sum + (inPsa?.amount ?? amount), 0n)
  const there = `, ${PSA_TITLES[step.psa]} shows ${amountWords(own, currency)}`
  return step.settles.length > 0 && own !== ours ? `${there}, which differs from ours` : there
}

/** "39 of 40 confirmed, 1 needs you" */
export function progressWords(progress: readonly StepProgress[]): string {
  const count = (...states: string[]) => progress.filter(({ intent }) => states.includes(intent.state)).length
  const parked = count('parked')
  const going = count('waiting', 'sending', 'unknown')
  const replaced = count('replaced')
  return [
    `${count('confirmed')} of ${plural(progress.length, 'step')} confirmed`,
    ...(going > 0 ? [`${going} still being written`] : []),
    ...(parked > 0 ? [`${parked} ${parked === 1 ? 'needs' : 'need'} you`] : []),
    ...(replaced > 0 ? [`${replaced} given up for a later plan`] : []),
  ].join(', ')
}

/** Whether a card has room for every step of a plan. */
export function isShort(plan: readonly ContainerPlan[]): boolean {
  return stepCount(plan) <= CARD_RUN_LINES && plan.length <= CARD_RUN_PART
}

/** What a sync's card shows of its plan: every step, or place by place how many. @param all what to type for every step. */
export function planBlocks(record: StandingRecord, all: string, timeZone: string): Block[] {
  const { plan = [] } = record
  const isWhole = isShort(plan) || plan.length === 1
  const progress = record.progress ?? []
  const summary: Block[] =
    progress.length === 0 ? [] : [{ type: 'text', style: 'strong', text: `${progressWords(progress)}.` }]
  const parked = progress.some(({ intent }) => intent.state === 'parked')
  const next: Block[] = parked
    ? [
        {
          type: 'text',
          style: 'plain',
          text: 'What needs you was not written. When its reason is mended, `sync` plans exactly what is missing.',
        },
      ]
    : []
  return [
    ...summary,
    ...(isWhole
      ? shortSections(planSections(record, timeZone), CARD_RUN_LINES, all)
      : [...troubledSteps(record, all, timeZone), planTable(record, all)]),
    ...next,
  ]
}

/** Steps that did not go through, or not yet for sure, of a plan whose steps a card has no room for. */
function troubledSteps({ plan = [], progress = [] }: StandingRecord, all: string, timeZone: string): Block[] {
  const troubled = progress.filter(({ intent }) => intent.state === 'parked' || intent.state === 'unknown')
  if (troubled.length === 0) return []
  const items = troubled.map((one) => {
    const { step } = one.intent
    const place = plan.find(({ steps }) => steps.some(({ key }) => key === step.key))
    const state = stateWords(one, place?.currency ?? '', timeZone)
    return `${place?.customerName ?? ''} · ${step.product}: ${state}`
  })
  return shortSections([{ heading: 'Not confirmed', items }], CARD_RUN_PART, all)
}

/** One row for each agreement or contract: how many steps, and what they bill. */
function planTable({ plan = [], progress = [] }: StandingRecord, all: string): Block {
  const confirmed = new Set(
    progress.flatMap(({ intent }) => (intent.state === 'confirmed' ? [intent.step.key] : [])),
  )
  const hidden = plan.length - CARD_RUN_CUSTOMERS
  const rows = plan
    .slice(0, CARD_RUN_CUSTOMERS)
    .map(({ customerName, psa, containerName, currency, steps }) => {
      const done = steps.filter(({ key }) => confirmed.has(key)).length
      const ours = steps.flatMap(({ settles }) => settles).reduce((sum, { amount }) => sum + amount, 0n)
      const count = progress.length === 0 ? String(steps.length) : `${done} of ${steps.length}`
      return [`${customerName} · ${PSA_TITLES[psa]}, “${containerName}”`, count, amountWords(ours, currency)]
    })
  return {
    type: 'table',
    columns: [
      { heading: 'Where', align: 'left' },
      { heading: progress.length === 0 ? 'Steps' : 'Confirmed', align: 'right' },
      { heading: 'Ours', align: 'right' },
    ],
    rows,
    ...(hidden > 0 ? { more: { hidden, command: all } } : {}),
  }
}

/** Everything is there: what was looked at, and what could not be. */
export function nothingToSyncCard({ containers, trouble }: Extract<SyncOutcome, { type: 'nothing' }>): Card {
  const { faults, unread, byFile = [] } = trouble
  const couldNot = faults.length + unread.length > 0 || (containers === 0 && byFile.length > 0)
  const text =
    containers === 0
      ? 'No customer is billed in a PSA. Type `map` to see who could be.'
      : `There is nothing to do: ${plural(containers, 'agreement or contract', 'agreements and contracts')} ${containers === 1 ? 'was' : 'were'} read.`
  return {
    title: couldNot ? 'Nothing could be planned' : 'Nothing to sync',
    tone: couldNot ? 'attention' : 'good',
    blocks: [
      { type: 'text', style: 'strong', text: couldNot ? 'No request was made.' : text },
      ...troubleBlocks(trouble),
    ],
    actions: [],
  }
}

/** What could not be read or planned, for below a card. */
export function troubleBlocks(trouble: SyncTrouble): Block[] {
  const items = troubleItems(trouble)
  return items.length === 0 ? [] : [{ type: 'list', heading: 'Left out', items }]
}

function troubleItems({ faults, unread, byFile = [] }: SyncTrouble): string[] {
  return [
    ...unread.map(({ what, where }) => (where === undefined ? what : `${where}: ${what}`)),
    ...faults.map(({ customerName, product, why }) => `${customerName} · ${product}: ${why}`),
    ...byFile.map((name) => `${name}: not billed in a PSA; \`propose ${name}\` bills it by file`),
  ]
}

/** What a yes to a sync does. @param total of the due lines it settles; empty: it settles none. */
export function syncConfirmation({ run, plan = [] }: ApprovalRecord, total: string) {
  const amount = total === '' ? '' : ` (${total})`
  return {
    title: `Approve ${run.id}?`,
    text: `This writes ${plural(stepCount(plan), 'step')} into ${psaWords(plan)} for ${syncCustomers(plan)}${amount}.`,
    yes: 'Approve',
    no: 'Back',
  }
}

/**
 * What a PSA has to follow: in the title what changed, below it the plan and its buttons. What somebody changed there by
 * hand is no licence change, and comes first: it is asked what is to become of it (S9).
 */
export function alertCard({ plan = [], standing }: StandingRecord, card: Card): Card {
  const places = new Set(plan.flatMap(({ steps }) => steps.map(({ slotId }) => slotId)))
  const drifts = (standing?.drifts ?? []).filter(({ slotId }) => places.has(slotId))
  const byHand = new Set(drifts.map(({ slotId }) => slotId))
  const changes = plan.flatMap(({ customerName, steps }) =>
    slotChanges(steps.filter(({ slotId }) => !byHand.has(slotId))).map((words) => `${customerName} ${words}`),
  )
  const [first, ...others] = [...drifts.map(byHandWords), ...changes]
  if (first === undefined) return card
  const more = others.length === 0 ? '' : ` and ${plural(others.length, 'more change')}`
  const asks = drifts.length === 0 ? 'approve sync?' : 'write over it?'
  const heading: Block = { type: 'text', style: 'quiet', text: card.title }
  const choice = drifts.length === 0 ? [] : [byHandChoice(drifts)]
  return { ...card, title: `${first}${more}: ${asks}`, blocks: [heading, ...choice, ...card.blocks] }
}

/** "Somebody changed Contoso · Business Premium in ConnectWise" */
function byHandWords({ customerName, product, title }: NamedDrift): string {
  return `Somebody changed ${customerName} · ${product} in ${title}`
}

/** What was written, what is there and what should be stands in the request's own list of what was changed by hand. */
function byHandChoice([first, ...others]: readonly NamedDrift[]): Block {
  const customer = first === undefined || others.length > 0 ? '<customer>' : first.customerName
  const where = first?.title ?? 'the PSA'
  const text = [
    `Approve writes what it should be over what somebody did in ${where}. Reject leaves it as it is, and it is asked again`,
    `as long as it differs. Seats bought elsewhere stay: \`map ${typedName(customer)} set <product> offset <seats>\`.`,
  ].join(' ')
  return { type: 'text', style: 'plain', text }
}

/** "+5 Business Premium from 11 Mar 2026", slot by slot. */
function slotChanges(steps: readonly Step[]): string[] {
  const slots = new Map<string, Step[]>()
  for (const step of steps) slots.set(step.slotId, [...(slots.get(step.slotId) ?? []), step])
  return [...slots.values()].map(changeWords)
}

function changeWords(steps: readonly Step[]): string {
  const counts = steps.flatMap(({ count }) => count ?? [])
  const days = [
    ...steps.flatMap(({ settles }) => settles.map(({ from }) => from)),
    ...counts.map(({ before, after, from }) => firstDifference(before, after) ?? from),
  ].sort((left, right) => left - right)
  const [first, last] = [counts[0]?.before.at(-1)?.units ?? 0n, counts.at(-1)?.after.at(-1)?.units ?? 0n]
  const by = (last - first) as Decimal
  const product = steps[0]?.product ?? ''
  const from = days[0] === undefined ? '' : ` from ${dayMonthYear(days[0])}`
  if (by === 0n) return `${product}${from}: amounts`
  return `${by > 0n ? '+' : '−'}${formatDecimal((by > 0n ? by : -by) as Decimal)} ${product}${from}`
}

function firstDifference(before: UnitSteps, after: UnitSteps): LocalDate | undefined {
  return daysOf([before, after]).find((day) => unitsOn(before, day) !== unitsOn(after, day))
}
