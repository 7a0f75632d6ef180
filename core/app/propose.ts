import type { Person } from '../access/rights.js'
import { expiryOf } from '../approval/approval.js'
import { DEFAULT_BOUNDS } from '../billrun/bounds.js'
import type { BillRun, RunCustomer } from '../billrun/run.js'
import type { LocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { dayMonthYear, monthYear } from '../calendar/words.js'
import type { ApprovalRecord } from '../ports.js'
import { Problem } from '../problem.js'
import { findCustomer } from './find-customer.js'
import type { Load } from './loader.js'
import type { Portfolio } from './portfolio.js'
import { PSA_TITLES } from './routed.js'
import { type BillingView, runContent } from './run-content.js'
import { type SyncRequestPorts, type SyncTrouble, requestSync } from './sync-request.js'
import { onUnmovedBooks } from './unmoved.js'

/** How a proposal ended. */
export type ProposeOutcome =
  | {
      readonly type: 'asked'
      readonly record: ApprovalRecord
      /** A second request, for the customers that are billed in a PSA (SYNC S3). */
      readonly also: ApprovalRecord | undefined
    }
  /** All there is to bill of the month is held: no run was made. */
  | { readonly type: 'held'; readonly month: Period; readonly held: readonly RunCustomer[] }

/**
 * Makes a bill run for customers billed by file and one for those billed in a PSA, each with its own request; none where
 * everything is held or nothing is left. Problem `notFound` when nothing is left to bill at all.
 *
 * @param names of customers; none: all.
 */
export async function propose(
  ports: SyncRequestPorts,
  load: Load,
  person: Person,
  month: Period,
  names: readonly string[],
): Promise<ProposeOutcome> {
  const { portfolio, slots } = await load()
  const asked = idsOf(portfolio, names)
  const sync = slots.length === 0 ? undefined : await requestSync(ports, load, person, month, asked)
  const file = await proposeFile(ports, load, person, month, asked)
  const written = sync?.type === 'asked' ? sync.record : undefined
  if (file?.type === 'asked') return { ...file, also: written }
  if (written !== undefined) return { type: 'asked', record: written, also: undefined }
  if (file !== undefined) return file
  const trouble = sync?.trouble
  if (trouble !== undefined && trouble.faults.length + trouble.unread.length > 0) throw cannotWrite(trouble)
  const isThere = sync?.type === 'nothing' && sync.containers > 0
  const routed = isThere ? psaBilled({ portfolio, slots }, asked) : undefined
  throw routed ?? nothingToPropose(month, portfolio.opensOn)
}

/** All that were asked for are billed in a PSA, which holds what it should; undefined: not all of them are. */
function psaBilled(
  { portfolio, slots }: Pick<BillingView, 'portfolio' | 'slots'>,
  asked: readonly string[],
): Problem | undefined {
  const own = slots.filter(({ customerId }) => asked.includes(customerId))
  const routed = new Set(own.map(({ customerId }) => customerId))
  if (asked.length === 0 || asked.some((id) => !routed.has(id))) return undefined
  const titles = [...new Set(own.map(({ reading }) => PSA_TITLES[reading.container.psa]))].join(' and ')
  const [first, ...others] = [...routed].map((id) => portfolio.customers.get(id)?.name ?? id)
  const whom = others.length === 0 ? (first ?? '') : `these ${routed.size} customers`
  return new Problem({
    kind: 'notFound',
    what: `${titles} ${titles.includes(' and ') ? 'bill' : 'bills'} ${whom}, and everything due is there.`,
    notDone: 'No bill run was made.',
    next: 'Type `who <month>` to see what is there.',
  })
}

/** undefined: nothing is left to bill by file. */
async function proposeFile(
  { billing, clock }: SyncRequestPorts,
  load: Load,
  person: Person,
  month: Period,
  asked: readonly string[],
): Promise<ProposeOutcome | undefined> {
  return onUnmovedBooks(async () => {
    const now = await load()
    const bounds = { ...DEFAULT_BOUNDS, percent: now.settings.boundPercent }
    const content = runContent(now, month, asked, bounds)
    if (content.lines.length === 0) {
      return content.held.length === 0 ? undefined : { type: 'held', month, held: content.held }
    }
    const proposedAt = await clock.now()
    const run: Omit<BillRun, 'id'> = {
      month,
      proposedBy: person.id,
      proposedAt,
      observation: now.age.observation.sequence,
      asked,
      ...content,
    }
    const draft = { run, requestedByName: person.name, expiresAt: expiryOf(proposedAt) }
    return { type: 'asked', record: await billing.propose(draft, now.books.version), also: undefined }
  })
}

/** Names were separated at commas, and a name may have one itself: all of it is looked for first. */
export function idsOf({ customers }: Portfolio, names: readonly string[]): string[] {
  const whole = names.join(', ').toLowerCase()
  const [same] = [...customers].filter(([, { name }]) => names.length > 1 && name.toLowerCase() === whole)
  return same === undefined ? names.map((name) => findCustomer(customers, name).id) : [same[0]]
}

function nothingToPropose(month: Period, opensOn: LocalDate): Problem {
  const why =
    month.to > opensOn
      ? 'There is nothing to bill there: everything due is billed, or nothing is due.'
      : `There is nothing to bill for ${monthYear(month.from)}. Billing here begins on ${dayMonthYear(opensOn)}.`
  return new Problem({
    kind: 'notFound',
    what: why,
    notDone: 'No bill run was made.',
    next: 'Type `who <month>` to see what is due.',
  })
}

/** There is something to write, and nothing of it can be: the first reason, and how many there are. */
function cannotWrite({ faults, unread }: SyncTrouble): Problem {
  const [first = ''] = [
    ...unread.map(({ what }) => what),
    ...faults.map(({ product, why }) => `${product}: ${why}`),
  ]
  const more = unread.length + faults.length - 1
  return new Problem({
    kind: 'held',
    what: more > 0 ? `${first}; and ${more} more.` : first,
    notDone: 'No bill run was made.',
    next: 'Type `map` to see what is mapped where, `status` to see what is being written.',
  })
}
