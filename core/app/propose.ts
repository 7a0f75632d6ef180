import type { Person } from '../access/rights.js'
import { expiryOf } from '../approval/approval.js'
import type { Bounds } from '../billrun/bounds.js'
import type { BillRun, RunCustomer } from '../billrun/run.js'
import type { LocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { dayMonthYear, monthYear } from '../calendar/words.js'
import { PROPOSE_ATTEMPTS } from '../limits.js'
import type { ApprovalRecord, BillingStore, Clock } from '../ports.js'
import { Problem } from '../problem.js'
import { findCustomer } from './find-customer.js'
import type { Portfolio } from './portfolio.js'
import { type BillingView, runContent } from './run-content.js'

export interface ProposePorts {
  readonly billing: BillingStore
  readonly clock: Clock
}

/** How a proposal ended. */
export type ProposeOutcome =
  | { readonly type: 'asked'; readonly record: ApprovalRecord }
  /** All there is to bill of the month is held: no run was made. */
  | { readonly type: 'held'; readonly month: Period; readonly held: readonly RunCustomer[] }

/**
 * Makes a bill run and asks for its approval; makes none when everything is held. Problem `notFound` when nothing is
 * left to bill.
 */
export async function propose(
  ports: ProposePorts,
  view: () => Promise<BillingView>,
  person: Person,
  month: Period,
  names: readonly string[],
  bounds: Bounds,
): Promise<ProposeOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const now = await view()
    const asked = idsOf(now.portfolio, names)
    const content = runContent(now, month, asked, bounds)
    if (content.lines.length === 0) {
      if (content.held.length === 0) throw nothingToPropose(month, now.portfolio.opensOn)
      return { type: 'held', month, held: content.held }
    }
    const proposedAt = await ports.clock.now()
    const run: Omit<BillRun, 'id'> = {
      month,
      proposedBy: person.id,
      proposedAt,
      observation: now.age.observation.sequence,
      asked,
      ...content,
    }
    const draft = { run, requestedByName: person.name, expiresAt: expiryOf(proposedAt) }
    try {
      return { type: 'asked', record: await ports.billing.propose(draft, now.books.version) }
    } catch (error) {
      const moved = error instanceof Problem && error.kind === 'conflict'
      if (!moved || attempt >= PROPOSE_ATTEMPTS) throw error
    }
  }
}

/** Names were separated at commas, and a name may have one itself: all of it is looked for first. */
function idsOf({ customers }: Portfolio, names: readonly string[]): string[] {
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
