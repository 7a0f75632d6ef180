import { type LineageCandidate, assignLineages } from '../../../core/timeline/lineage.js'
import { day, decimal } from '../../support/observed.js'

/** A licence line of Contoso's Business Premium, in service from a day to another, or still. */
export function candidate(
  recordKey: string,
  from: string,
  to: string | undefined,
  more: Partial<LineageCandidate> = {},
) {
  return {
    recordKey,
    customerId: 'C1',
    mpn: 'BP',
    billedBy: '1 months',
    served: true,
    firstSeen: 1,
    firstSeenOn: day('2026-03-20'),
    lastRunning: 1,
    firstSeats: decimal('20'),
    lastSeats: decimal('20'),
    vendorSubscriptionId: undefined,
    startsOn: day(from),
    endsOn: to === undefined ? undefined : day(to),
    expiresOn: undefined,
    ...more,
  }
}

/** What `assignLineages` says, in an order that can be compared. */
export function lineages(
  records: readonly LineageCandidate[],
  known: Record<string, string> = {},
  observedOn = '2026-03-12',
  answers: Record<string, string | undefined> = {},
) {
  const { memberships, continued, doubtful, asked, undecided } = assignLineages(
    records,
    new Map(Object.entries(known)),
    day(observedOn),
    new Map(Object.entries(answers).map(([recordKey, continues]) => [recordKey, { continues }])),
  )
  const inDoubt = (wanted: string) =>
    doubtful.flatMap(({ recordKey, kind }) => (kind === wanted ? [recordKey] : [])).sort()
  return {
    undecided: [...undecided].sort(),
    of: Object.fromEntries(memberships.map(({ recordKey, lineageId }) => [recordKey, lineageId])),
    continued: Object.fromEntries(continued),
    ambiguous: inDoubt('ambiguous'),
    waiting: inDoubt('mayContinue'),
    asked: Object.fromEntries(asked.map(({ recordKey, candidates }) => [recordKey, candidates])),
  }
}
