/** What a person should know about a subscription before believing its amount. */
export type ExceptionKind =
  | 'assumed' // B20: orders do not add up, the count is taken as constant
  | 'dateEstimated' // B19: no order says when, so the day we saw it counts
  | 'ambiguous' // B18: it could continue several others; held
  | 'mayContinue' // B18: it could continue one not shown to have ended; held until that shows
  | 'noPrice' // B14: nothing says what it costs; what takes its price then is held
  | 'otherCurrency' // B17: priced in another currency than its customer pays in; held likewise
  | 'feeOtherCurrency' // B17, B20b: only the set-up fee is held
  | 'pending' // B13: not active yet, not billed
  | 'pendingAgain' // B13: was active, is shown as pending; billed as before
  | 'usage' // billed from the vendor's file
  | 'unbillablePeriod' // a billing period we do not bill; held
  | 'periodChanged' // B4: billed by another period than it began with, or by usage; held
  | 'seatsReturned' // B12, D7: had no seats on a day, which ends it, and has some again; held
  | 'seatsUnknown' // B20: ended before anybody saw its seats
  | 'overlap' // B18: an earlier licence line of it runs beside the one that continues it
  | 'feeUnlisted' // B20b: a set-up fee of a subscription that no observation has listed; held
  | 'unknownStatus' // a status we do not know; held
  | 'notMapped' // its customer is billed in a PSA, and nothing says where this is in it; held
  | 'missing' // not listed in the last observation; taken as still running

/** What each exception means and what to do, for people. */
export const EXCEPTION_WORDS: Readonly<Record<ExceptionKind, string>> = {
  assumed: 'orders do not add up to the seats, so the first count billed is assumed',
  dateEstimated: 'no order says when it changed, so the day it was first seen counts',
  ambiguous:
    'nobody can tell which earlier subscription it continues; not billed until you say it, and `customer <name>` shows what to type',
  mayContinue:
    'it may continue an earlier one of the same product that has not been shown to have ended; not billed until an observation shows that one ended (then both are one) or running on (then it is billed by itself)',
  noPrice: 'the marketplace states no price',
  otherCurrency: 'it is priced in another currency than its customer is billed in',
  feeOtherCurrency: 'a set-up fee is in another currency than the subscription; the fee is not billed',
  pending: 'not active yet, so not billed',
  pendingAgain: 'shown as not active yet although it was active; billed as before, so ask the marketplace',
  usage: 'billed by usage, from the vendor’s file',
  unbillablePeriod: 'the marketplace bills it by a period that cannot be billed here',
  periodChanged:
    'the marketplace bills it in another way than before (period or usage), so nothing more of it is billed; bill it by hand',
  seatsReturned:
    'it had no seats for a time, which ends a subscription, and has seats again, so nothing of it is billed; look in the marketplace and bill it by hand',
  seatsUnknown:
    'it ended before its seats were seen, so nothing is billed for it; bill it by hand if it was used',
  overlap:
    'an earlier licence line of it still runs beside the one that continues it; only the newer one is billed',
  feeUnlisted: 'a set-up fee of a subscription that is not listed; not billed until it is',
  unknownStatus: 'the marketplace states a status that is not known here',
  notMapped:
    'its customer is billed in a PSA, and it is not mapped there, so nothing bills it; `map <customer>` shows what fits',
  missing: 'not in the last observation; taken as still running',
}
