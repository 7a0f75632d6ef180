import { type Person, isOf, may } from '../access/rights.js'
import { isOwnToLeave } from '../approval/approval.js'
import { addDays, addMonths } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { type TakeBackWindow, openWindows } from '../invoices/renewals.js'
import { HOME_RENEWAL_DAYS } from '../limits-ahead.js'
import { isOpen } from '../sync/intent.js'
import type { Loaded } from './loader.js'
import { foldedOf } from './portfolio.js'
import type { StandingRecord } from './standing.js'
import { type VendorAhead, vendorAhead } from './upcoming.js'
import { type Who, monthOf, whoToBill } from './who.js'

/** What one person should know today. */
export interface HomeAnswer extends VendorAhead {
  readonly person: Person
  readonly month: Period
  /** Requests this person may decide, the oldest first. */
  readonly toDecide: readonly StandingRecord[]
  /** Requests of this person that wait for others. */
  readonly asked: readonly StandingRecord[]
  /** Other requests that wait. */
  readonly others: number
  /** Whom to bill this month by file, what a PSA is to bill, and what is to be looked at. */
  readonly who: Pick<Who, 'totals' | 'bills' | 'psa' | 'exceptions' | 'held'>
  readonly windows: readonly TakeBackWindow[]
  readonly writes: { readonly open: number; readonly parked: number }
}

/** @param open requests that wait, the oldest first. @param people who may do what now. */
export function homeOf(
  view: Omit<Loaded, 'age'> & { readonly now: Date },
  person: Person,
  people: readonly Person[],
  open: readonly StandingRecord[],
  invoiceDay: number | undefined,
): HomeAnswer {
  const { portfolio, policies, billed, today, sync } = view
  const month = monthOf(today)
  const who = whoToBill(portfolio, policies, month, today, billed)
  // Two invoices: one a month, wherever today is between them.
  const ahead = vendorAhead(view, { from: today, to: addMonths(today, 2) }, invoiceDay)
  const soon = addDays(today, HOME_RENEWAL_DAYS)
  const mayDecide = ({ approval }: StandingRecord) =>
    may(person, 'decide') && !isOwnToLeave(approval, person, people)
  const isOwn = ({ approval }: StandingRecord) => isOf(person, approval.requestedBy)
  const toDecide = open.filter(mayDecide)
  const asked = open.filter((record) => isOwn(record) && !mayDecide(record))
  return {
    ...ahead,
    renewals: ahead.renewals.filter(({ on }) => on < soon),
    person,
    month,
    toDecide,
    asked,
    others: open.length - toDecide.length - asked.length,
    who,
    windows: openWindows(foldedOf(portfolio), portfolio.completions, view.now, portfolio.timeZone),
    writes: {
      open: sync.intents.filter(isOpen).length,
      parked: sync.intents.filter(({ state }) => state === 'parked').length,
    },
  }
}
