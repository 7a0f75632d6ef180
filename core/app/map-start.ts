import { type LocalDate, addMonths, dayOfMonth, monthNumber } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { dayMonthYear, periodWords } from '../calendar/words.js'
import { MAPPING_AHEAD_MONTHS } from '../limits.js'
import type { BilledLine } from '../ports.js'
import type { PricedSubscription } from '../pricing/timeline.js'
import { Problem } from '../problem.js'
import { monthPeriod } from '../sync/months.js'
import type { LockedPeriod, SyncState } from '../sync/intent.js'
import type { Container } from '../sync/types.js'
import { isKnownBy } from './who.js'

/** From when a PSA is to bill, as typed: a month means the period that begins in it. */
export type AskedStart =
  | { readonly type: 'month'; readonly month: Period }
  | { readonly type: 'day'; readonly day: LocalDate }

export interface StartFacts {
  readonly customerName: string
  readonly container: Pick<Container, 'name' | 'anchorDay' | 'from' | 'to'>
  readonly own: readonly PricedSubscription[]
  /** Lines of approved files. */
  readonly billed: readonly BilledLine[]
  /** What PSAs were found to have billed. */
  readonly sync: Pick<SyncState, 'locked' | 'intents'>
  readonly opensOn: LocalDate
  readonly today: LocalDate
}

/** Something of a subscription that is billed already. */
export interface BilledBefore {
  readonly period: Period
  readonly description: string
  /** The run of the file; undefined: a PSA billed it. */
  readonly runId: string | undefined
}

/**
 * First day on which a PSA bills these subscriptions (S1): the start of one of its periods, none of them before the day
 * on which billing here begins, and of none that a file or a PSA has billed. Undecided, it is today's period, or the
 * first that is free.
 *
 * @param asked undefined: nobody said.
 */
export function routeStart(facts: StartFacts, asked: AskedStart | undefined): LocalDate {
  const { container } = facts
  const { anchorDay = 1 } = container
  const start = asked === undefined ? defaultStart(facts, anchorDay) : askedStart(facts, anchorDay, asked)
  if (container.to !== null && start >= container.to) {
    throw refused(
      facts,
      `${container.name} ends before ${dayMonthYear(start)}.`,
      'Name another agreement or contract, or an earlier month.',
    )
  }
  return start
}

function defaultStart(facts: StartFacts, anchorDay: number): LocalDate {
  const earliest = earliestStart(facts, anchorDay)
  const { from } = monthPeriod(anchorDay, facts.today)
  return freeStart(facts, anchorDay, from > earliest ? from : earliest)
}

/** What is owed before the opening day is nobody's here, and a PSA bills whole periods: it begins with the next. */
function earliestStart({ container, opensOn }: StartFacts, anchorDay: number): LocalDate {
  const { from } = monthPeriod(anchorDay, container.from)
  return from >= opensOn ? from : startFrom(anchorDay, opensOn)
}

/** The first period that begins on a day or after it. */
function startFrom(anchorDay: number, day: LocalDate): LocalDate {
  const { from, to } = monthPeriod(anchorDay, day)
  return from === day ? from : to
}

/** The first start of a period from a day on that is not billed yet. */
function freeStart(facts: StartFacts, anchorDay: number, from: LocalDate): LocalDate {
  const until = lastBilled(facts)?.period.to
  return until === undefined || until <= from ? from : startFrom(anchorDay, until)
}

/** The start of the period that is meant. Problem `input` when none begins on that day. */
export function monthStart(
  { name, anchorDay = 1 }: Pick<Container, 'name' | 'anchorDay'>,
  asked: AskedStart,
): LocalDate {
  const day = asked.type === 'day' ? asked.day : dayOfMonth(monthNumber(asked.month.from), anchorDay)
  const { from, to } = monthPeriod(anchorDay, day)
  if (day === from) return day
  throw new Problem({
    kind: 'input',
    what: `No period of ${name} begins on ${dayMonthYear(day)}.`,
    notDone: 'Nothing was changed.',
    next: `It has periods from ${dayMonthYear(from)} and from ${dayMonthYear(to)}.`,
  })
}

function askedStart(facts: StartFacts, anchorDay: number, asked: AskedStart): LocalDate {
  const { container, today } = facts
  const day = monthStart(container, asked)
  const earliest = earliestStart(facts, anchorDay)
  if (day < earliest) {
    throw refused(
      facts,
      `Nothing is billed there before ${dayMonthYear(earliest)}.`,
      `Begin with it, or later.`,
    )
  }
  if (day > addMonths(today, MAPPING_AHEAD_MONTHS)) {
    throw refused(facts, `${dayMonthYear(day)} is more than a year ahead.`, 'Name an earlier month.')
  }
  const last = lastBilled(facts)
  if (last !== undefined && last.period.to > day) {
    const free = dayMonthYear(freeStart(facts, anchorDay, day))
    throw refused(
      facts,
      `${periodWords(last.period)} of ${last.description} is billed ${byWords(last)}, and one period is never billed in two ways.`,
      last.runId === undefined
        ? `Begin on ${free}.`
        : `Begin on ${free}, or ${dueAgain(last.runId, facts.customerName)}.`,
    )
  }
  return day
}

/** "by file (BR-0007)", "in a PSA already" */
export function byWords({ runId }: BilledBefore): string {
  return runId === undefined ? 'in a PSA already' : `by file (${runId})`
}

/** How what a file billed is made due again. */
export function dueAgain(runId: string, customerName: string): string {
  return `make it due again first: \`void ${runId} ${customerName} because <reason>\``
}

function refused({ customerName }: StartFacts, what: string, next: string): Problem {
  return new Problem({ kind: 'input', what, notDone: `Nothing was mapped for ${customerName}.`, next })
}

/** What is billed of these subscriptions already, by file or in a PSA, and reaches furthest; undefined: nothing is. */
export function lastBilled({
  own,
  billed,
  sync,
}: Pick<StartFacts, 'own' | 'billed' | 'sync'>): BilledBefore | undefined {
  const all = [
    ...billed.map(({ lineageId, period, description, runId }) => ({ lineageId, period, description, runId })),
    ...psaBilled(sync).map(({ lineageId, period }) => ({ lineageId, period })),
  ]
  let last: BilledBefore | undefined
  for (const { lineageId, period, ...file } of all) {
    const owner = own.find(({ subscription }) => isKnownBy(subscription, lineageId))
    if (owner === undefined || (last !== undefined && period.to <= last.period.to)) continue
    last = { period, description: owner.subscription.productName, runId: undefined, ...file }
  }
  return last
}

/** Periods that were found invoiced with something in them, and one-time lines that were written and not taken back. */
function psaBilled({
  locked,
  intents,
}: StartFacts['sync']): readonly Pick<LockedPeriod, 'lineageId' | 'period'>[] {
  const confirmed = intents.filter(({ state }) => state === 'confirmed')
  const undone = new Set(confirmed.flatMap(({ step }) => step.undoes ?? []))
  const oneTimes = confirmed.filter(({ id, step }) => step.type === 'add' && step.oneTime && !undone.has(id))
  return [...locked.filter(({ lines }) => lines.length > 0), ...oneTimes.flatMap(({ step }) => step.settles)]
}
