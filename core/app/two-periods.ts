import type { Comparison } from '../billrun/run.js'
import type { LocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { periodWords } from '../calendar/words.js'
import { policySteps } from '../charges/account.js'
import type { Policies } from '../charges/policies.js'
import type { ChargeLine } from '../charges/types.js'
import type { PricedSubscription } from '../pricing/timeline.js'
import { type Billed, type BillLine, type CustomerBill, dueInputOf } from './who.js'

/**
 * B24: when billing moves from arrears to advance, one run holds the last period of the one and the first of the other.
 * It is right, and twice as much as usual: held with that reason. undefined: this bill holds no such pair.
 */
export function twoPeriods(
  { policies, billed }: { readonly policies: Policies; readonly billed: Billed },
  { lines }: Pick<CustomerBill, 'lines'>,
): Comparison | undefined {
  if (!movesToAdvance(policies)) return undefined
  for (const [subscription, charges] of bySubscription(lines)) {
    const turn = turnToAdvance(subscription, policies, billed)
    const pair = turn === undefined ? undefined : pairAround(turn, charges)
    if (pair === undefined) continue
    const [last, first] = pair.map(periodWords)
    const why = `two periods in one run, ${last} in arrears and ${first} in advance, because billing moved from arrears to advance`
    return { type: 'twoPeriods', why }
  }
  return undefined
}

/** Rarely the case, and cheaper to know than to look at every subscription. */
function movesToAdvance({ first, changes }: Policies): boolean {
  return changes.some(
    ({ policy }, index) =>
      policy.timing === 'advance' && (changes[index - 1]?.policy ?? first).timing === 'arrears',
  )
}

function bySubscription(lines: readonly BillLine[]): ReadonlyMap<PricedSubscription, ChargeLine[]> {
  const found = new Map<PricedSubscription, ChargeLine[]>()
  for (const { subscription, charge } of lines) {
    const charges = found.get(subscription)
    if (charges === undefined) found.set(subscription, [charge])
    else charges.push(charge)
  }
  return found
}

/** The day on which a subscription is billed in advance for the first time after arrears; the latest of them. */
function turnToAdvance(
  subscription: PricedSubscription,
  policies: Policies,
  billed: Billed,
): LocalDate | undefined {
  const input = dueInputOf(subscription, policies, billed)
  const steps = input === undefined ? [] : policySteps(input)
  return steps.findLast(
    ({ policy }, index) => policy.timing === 'advance' && steps[index - 1]?.policy.timing === 'arrears',
  )?.from
}

/** The last period before and the first one after the turn, of seats that are charged: fees and corrections are not. */
function pairAround(turn: LocalDate, charges: readonly ChargeLine[]): [Period, Period] | undefined {
  const seats = charges.filter(({ kind }) => kind !== 'oneTime' && kind !== 'correction')
  const last = seats.findLast(({ period }) => period.to <= turn)
  const first = seats.find(({ from }) => from >= turn)
  return last === undefined || first === undefined
    ? undefined
    : [last.period, { from: first.from, to: first.period.to }]
}
