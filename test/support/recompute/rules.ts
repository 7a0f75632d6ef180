/**
 * One rule at a time can be broken on purpose, to prove that the comparison sees it. Nothing else may use this.
 */
export const BREAKABLE = [
  'anchorStaysClamped', // B4: the 31st does not return after a short month
  'baseMonthOfJanuary', // B5: the base month is never the period's own
  'billOnPeriodStart', // D8: a first partial period is billed on the period's start
  'cancelCountsAsDecrease', // B12: the last day is billed
  'capForgotten', // D5: credits may exceed the charges
  'correctionLeavesOutOneTime', // D9: one-time lines are not in the settled set
  'countAtStartOfDay', // B6: changes count from the day after
  'creditFromNextDay', // B9: a credit has a day too few
  'dipChargesAgain', // B8: a rise after a dip is charged though already paid
  'fractionAboveOne', // D3: a fraction may exceed 1
  'fullReachesService', // B11: `firstPeriod=full` begins at the first day of service
  'monthsNotDivided', // D2: a long period's months are not divided by its length
  'pauseEndsDayLate', // D1: the day of resumption is still paused
  'priceOfFirstEvent', // B15: later prices are never seen at a period's start
  'seatsBeforePrice', // D6: on one day the seats change first
  'shortTermOverItself', // D2: a short term is divided by its own days
  'lineCutNotRounded', // B2: a line is cut instead of rounded
  'trialEndIgnored', // B15: the end of a trial waits for the next period
  'wholeMonthCounted', // D3: a whole month goes through a division
] as const

/** The same for what a row of observations lets us know; broken ones show only where several polls are looked at. */
export const BREAKABLE_READINGS = [
  'ambiguousJoined', // B18: of several candidates the first is continued
  'changeDuringReadMissed', // B19: an order of the minutes in which a poll was read does not explain what it shows
  'estimatedDateKept', // B19: an order that completes later does not correct an estimated date
  'halfTurnoverBilled', // B18: a record that appears beside one that still runs is billed at once
  'holdLostAtTurnover', // B13, B18: a hold does not end with the record that was held
  'lateEndIgnored', // B18, B23: what was billed for itself never turns out to continue another record
  'missingEnded', // B12: a line that one poll did not list has ended
  'newPriceBackdated', // B16: the latest price holds from the beginning
  'oldEndWins', // B18: on overlap the new record counts from the old one's end
  'openingConstant', // B20: the first count is not walked back
  'openingDayCarriedBack', // B20, B21: a change on the opening date is taken for one before it
  'openingNeverCorrected', // B20: an order that shows later does not correct the opening
  'ordersNeverDate', // B19: every change is dated by the poll that saw it first
  'pendingBilled', // B13: what is pending is billed
  'plannedEndTaken', // B21: a term that will not renew ends, though the line is still listed
  'setUpFeeLost', // B20b: set-up fees are not billed
  'secondPurchaseJoined', // B18: what ran beside another for long continues it, whatever its seats
  'turnoverById', // B18: a subscription is what the marketplace's id says
  'unlistedHolds', // B18, B21: only a record shown as ended lets another one continue it
  'zeroOfEnded', // B12: the count of an ended record counts
] as const

export type Breakable = (typeof BREAKABLE)[number] | (typeof BREAKABLE_READINGS)[number]

export interface Rules {
  readonly broken?: Breakable
}
