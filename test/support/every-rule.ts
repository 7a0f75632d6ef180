import type { Policy } from '../../core/charges/types.js'
import { day } from './observed.js'

/** A policy in which no rule has its default. */
export const EVERY_RULE: Policy = {
  cycle: 'anniversary',
  anchorDay: 31,
  firstPeriod: 'full',
  lastPeriod: 'prorate',
  increases: 'nextPeriod',
  decreases: 'credit',
  suspended: 'pause',
  priceChange: 'immediate',
  timing: 'arrears',
  dayCount: 'baseMonth',
  baseMonth: day('2026-02-01'),
  durationDecimals: 4,
  roundAt: 'unit',
  roundMode: 'down',
}
