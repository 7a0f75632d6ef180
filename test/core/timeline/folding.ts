import { type FoldedSubscription, type LineageRecord, foldLineage } from '../../../core/timeline/fold.js'
import { day } from '../../support/observed.js'

const SETTINGS = {
  timeZone: 'America/New_York',
  opensOn: day('2026-03-01'),
  observedAt: [],
  observedOn: day('2026-03-20'),
}

/** One lineage as it is known in New York on 20 March 2026, billed from 1 March on. */
export function fold(...records: [LineageRecord, ...LineageRecord[]]): FoldedSubscription {
  return foldLineage('L-test', records, SETTINGS)
}
