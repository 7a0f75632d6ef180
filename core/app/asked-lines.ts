import type { LocalDate } from '../calendar/date.js'
import { dayMonthYear, periodWords } from '../calendar/words.js'
import { MAPPING_SHOWN } from '../limits.js'
import { typedName } from '../mapping/typed.js'
import { type Decimal, formatDecimal } from '../money/decimal.js'
import type { LineageRecord } from '../timeline/fold.js'
import { type AskedLineage, type LineageCandidate, shortId } from '../timeline/lineage.js'
import { latestState } from '../timeline/record.js'
import type { LineageAnswer } from '../timeline/types.js'

/** A licence line of the marketplace as people tell it from others of its product. */
export interface NamedLine {
  readonly recordKey: string
  /** What is typed for it: eight characters made from its key, so the same line keeps it. */
  readonly ref: string
  readonly product: string
  /** The last it had; of one that had none, the first. */
  readonly seats: Decimal
  readonly startsOn: LocalDate
  /** First day without service; undefined: it runs, as far as is known. */
  readonly endsOn: LocalDate | undefined
}

/** A licence line of which a person has to say what it continues, or has said it (BILLING B18). */
export interface AskedLine extends NamedLine {
  readonly customerId: string
  /** What it could continue; not what other lines continue already. */
  readonly candidates: readonly NamedLine[]
  /** What was said of it last; undefined: nothing, and it is held or hangs on what was said of others. */
  readonly answer: LineageAnswer | undefined
  /** Version of the books since which it is settled; undefined: it is held. */
  readonly settledAt: number | undefined
}

/** The lines people are asked about, with names. */
export function askedLines(
  asked: readonly AskedLineage[],
  candidates: readonly LineageCandidate[],
  records: ReadonlyMap<string, LineageRecord>,
  answers: ReadonlyMap<string, LineageAnswer>,
): readonly AskedLine[] {
  if (asked.length === 0) return []
  const byKey = new Map(candidates.map((candidate) => [candidate.recordKey, candidate]))
  const named = (recordKey: string): readonly (NamedLine & { readonly customerId: string })[] => {
    const [candidate, record] = [byKey.get(recordKey), records.get(recordKey)]
    if (candidate === undefined || record === undefined) return []
    const { customerId, startsOn, endsOn, firstSeats, lastSeats: seats = firstSeats } = candidate
    const product = latestState(record).subscription.productName
    return [{ recordKey, ref: shortId(recordKey, 8), customerId, product, seats, startsOn, endsOn }]
  }
  return asked.flatMap(({ recordKey, candidates: keys, settledBy }) =>
    named(recordKey).map((line) => ({
      ...line,
      candidates: keys.flatMap(named),
      answer: answers.get(recordKey),
      settledAt: settledBy
        .flatMap((key) => answers.get(key)?.version ?? [])
        .toSorted((left, right) => left - right)[0],
    })),
  )
}

/** "20 seats, 11 Feb – 10 Mar 2026", "20 seats since 11 Mar 2026" */
export function lineWords({ seats, startsOn, endsOn }: NamedLine): string {
  const digits = formatDecimal(seats)
  const count = digits === '1' ? '1 seat' : `${digits} seats`
  if (endsOn === undefined) return `${count} since ${dayMonthYear(startsOn)}`
  return `${count}, ${endsOn > startsOn ? periodWords({ from: startsOn, to: endsOn }) : dayMonthYear(startsOn)}`
}

/** What can be typed to answer: "`map Contoso continue k7q2mdxa from mftqaf57` (20 seats, 11 Feb – 10 Mar 2026)". */
export function answerWords(line: AskedLine, customerName: string): readonly string[] {
  const name = typedName(customerName)
  const { ref, candidates } = line
  const shown = candidates.slice(0, MAPPING_SHOWN)
  const hidden = candidates.length - shown.length
  return [
    ...shown.map((old) => `\`map ${name} continue ${ref} from ${old.ref}\` (${lineWords(old)})`),
    ...(hidden === 0 ? [] : [`${hidden} more`]),
    `\`map ${name} new ${ref}\` (none of them)`,
  ]
}

/** Why a line is held, and what to type. */
export function askedWords(line: AskedLine, customerName: string): string {
  const what = `nobody can tell which earlier subscription it (${lineWords(line)}) continues; not billed until you say it`
  return `${what}: type ${listed(answerWords(line, customerName))}`
}

/** "a, b or c" */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}
