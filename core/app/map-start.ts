import { type LocalDate, addMonths, dayOfMonth, monthNumber } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { dayMonthYear, periodWords } from '../calendar/words.js'
import { MAPPING_AHEAD_MONTHS } from '../limits.js'
import type { BilledLine } from '../ports.js'
import type { PricedSubscription } from '../pricing/timeline.js'
import { Problem } from '../problem.js'
import { monthPeriod } from '../sync/months.js'
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
  readonly opensOn: LocalDate
  readonly today: LocalDate
}

/**
 * First day on which a PSA bills these subscriptions (S1): the start of one of its periods, and of none that a file has
 * billed. Undecided, it is today's period, or the first after what files have billed.
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
  const { container, today } = facts
  const earliest = container.from > today ? container.from : today
  return freeStart(facts, anchorDay, monthPeriod(anchorDay, earliest).from)
}

/** The first start of a period from a day on that is not billed by a file. */
function freeStart(facts: StartFacts, anchorDay: number, from: LocalDate): LocalDate {
  const until = lastBilled(facts)?.period.to
  if (until === undefined || until <= from) return from
  const { from: start, to } = monthPeriod(anchorDay, until)
  return start === until ? start : to
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
  const { customerName, container, opensOn, today } = facts
  const day = monthStart(container, asked)
  const earliest = monthPeriod(anchorDay, opensOn > container.from ? opensOn : container.from).from
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
      `${periodWords(last.period)} of ${last.description} is billed by file (${last.runId}), and one period is never billed in two ways.`,
      `Begin on ${free}, or make it due again first: \`void ${last.runId} ${customerName} because <reason>\`.`,
    )
  }
  return day
}

function refused({ customerName }: StartFacts, what: string, next: string): Problem {
  return new Problem({ kind: 'input', what, notDone: `Nothing was mapped for ${customerName}.`, next })
}

/** The line of a file that reaches furthest. */
export function lastBilled({ own, billed }: Pick<StartFacts, 'own' | 'billed'>): BilledLine | undefined {
  let last: BilledLine | undefined
  for (const line of billed) {
    if (!own.some(({ subscription }) => isKnownBy(subscription, line.lineageId))) continue
    if (last === undefined || line.period.to > last.period.to) last = line
  }
  return last
}
