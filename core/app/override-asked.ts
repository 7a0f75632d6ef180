import type { Person } from '../access/rights.js'
import type { AuditDetails } from '../audit/chain.js'
import { formatLocalDate, parseLocalDate } from '../calendar/date.js'
import { dayMonthYear } from '../calendar/words.js'
import { hoursAfter } from '../calendar/zone.js'
import { PRICE_ASKED_HOURS } from '../limits.js'
import { formatDecimal, parseDecimal } from '../money/decimal.js'
import { type OverrideScope, isSameScope } from '../pricing/overrides.js'
import { type OverrideSays, endOf } from '../pricing/recorded.js'
import { saysWords } from '../pricing/rule-words.js'
import { Problem } from '../problem.js'
import { shortId } from '../timeline/lineage.js'
import type { Loaded } from './loader.js'
import { type OverrideRecorded, named } from './override-answer.js'
import { type Caution, cautionsOf } from './override-caution.js'
import { type PricesPorts, type SettledOverride, prepare } from './override-change.js'

/** What a price would do, which is not recorded before somebody says yes to it. */
export interface OverrideAsked {
  readonly type: 'asked'
  /** What to say yes to, and the revision of what is shown of it. */
  readonly id: string
  readonly revision: string
  /** Empty only where it was asked before. */
  readonly cautions: readonly Caution[]
  readonly preview: OverrideRecorded
  /** It was asked before, and would do something else by now. */
  readonly isChanged: boolean
}

export type OverrideOutcome = ({ readonly type: 'recorded' } & OverrideRecorded) | OverrideAsked

const ID_LENGTH = 8
const REVISION_LENGTH = 16

/** Records what nobody has to look at twice, and asks about the rest; what was asked before, in any case. */
export async function setOrAsk(
  ports: PricesPorts,
  view: Loaded,
  person: Person,
  settled: SettledOverride,
  isChanged = false,
): Promise<OverrideOutcome> {
  const at = await ports.clock.now()
  const { drafts, answer } = prepare(view, person, at, settled)
  const cautions = cautionsOf(answer)
  if (cautions.length === 0 && !isChanged) {
    await ports.billing.recordOverride(...drafts)
    return { type: 'recorded', ...answer }
  }
  const revision = revisionOf(settled, answer)
  const id = shortId(`${revision} ${person.id} ${at.toISOString()}`, ID_LENGTH)
  const details = { about: answer.override.about, after: saysWords(settled.says), shown: revision }
  await ports.billing.note({
    at,
    actor: person.id,
    action: 'price.asked',
    subject: subjectOf(id),
    details: { ...details, from: dayMonthYear(settled.from), asked: writeSettled(settled) },
  })
  return { type: 'asked', id, revision, cautions, preview: answer, isChanged }
}

/**
 * Records what was asked when it would still do exactly what was shown; else it is asked again. Problem `conflict` for what
 * is set already, or was since it was asked, and for what was asked too long ago.
 */
export async function confirmOne(
  ports: PricesPorts,
  view: Loaded,
  person: Person,
  id: string,
  seen: string | undefined,
): Promise<OverrideOutcome> {
  const [entry] = await ports.billing.trail(subjectOf(id))
  const settled = entry === undefined ? undefined : readSettled(entry.details['asked'])
  const shown = entry?.details['shown']
  if (entry === undefined || settled === undefined || typeof shown !== 'string') throw notAsked(id)
  const at = await ports.clock.now()
  refuseLate(entry.at, at)
  refuseRepeated(view, settled, entry.at)
  const { drafts, answer } = prepare(view, person, at, settled, { asked: id })
  const isAsShown = revisionOf(settled, answer) === shown && (seen === undefined || seen === shown)
  if (!isAsShown) return setOrAsk(ports, view, person, settled, true)
  await ports.billing.recordOverride(...drafts)
  return { type: 'recorded', ...answer }
}

function subjectOf(id: string): string {
  return `price ${id.toLowerCase()}`
}

/** Of everything that is shown: whoever says yes says it to this, and to nothing else. */
function revisionOf(
  { scopes, says, from, to }: SettledOverride,
  { effects, named: names, replaced }: OverrideRecorded,
): string {
  const shown = { scopes, says, from, to, effects, names, replaced: replaced.map(({ number }) => number) }
  const text = JSON.stringify(shown, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  return shortId(text, REVISION_LENGTH)
}

function refuseLate(asked: Date, now: Date): void {
  if (now < hoursAfter(asked, PRICE_ASKED_HOURS)) return
  throw new Problem({
    kind: 'conflict',
    what: `A yes counts for ${PRICE_ASKED_HOURS} hours, and this was asked longer ago.`,
    notDone: 'No price was set.',
    next: 'Say the price again: the answer shows what it would do now.',
  })
}

/** Clicked twice, or by two: the first one did it, also where somebody has ended it since. */
function refuseRepeated(
  { books, portfolio }: Loaded,
  { scopes, says, from, to }: SettledOverride,
  asked: Date,
): void {
  const [there, ...others] = scopes.map((scope) =>
    books.overrides.find(
      (one) =>
        one.from === from &&
        one.to === to &&
        isSameScope(scope, one.scope) &&
        saysWords(one.says) === saysWords(says) &&
        (endOf(one) === to || one.at >= asked),
    ),
  )
  if (there === undefined || others.includes(undefined)) return
  const { number, about, byName } = named(portfolio, there)
  const isEnded = endOf(there) !== to
  throw new Problem({
    kind: 'conflict',
    what: `That is set already: price ${number}, ${about}, by ${byName}${isEnded ? ', and was ended since' : ''}.`,
    notDone: 'Nothing was set again.',
    next: isEnded ? 'To have it again, say the price again.' : 'Type `price` to see what holds.',
  })
}

function notAsked(id: string): Problem {
  return new Problem({
    kind: 'notFound',
    what: `No price with the id “${id}” waits for a yes.`,
    notDone: 'No price was set.',
    next: 'Say the price again: the answer shows what to type.',
  })
}

/** As the trail keeps it. Percents and prices are decimals as text. */
function writeSettled({ scopes, says, from, to }: SettledOverride): AuditDetails {
  const [{ lineageId, customerId }] = scopes
  return {
    ...(lineageId === undefined ? {} : { subscription: lineageId }),
    ...(customerId === undefined ? {} : { customer: customerId }),
    products: scopes.flatMap(({ mpn }) => mpn ?? []),
    kind: says.kind,
    value:
      says.kind === 'words'
        ? says.description
        : formatDecimal(says.kind === 'fixed' ? says.price : says.percent),
    ...(says.kind === 'fixed' ? { currency: says.currency } : {}),
    from: formatLocalDate(from),
    ...(to === null ? {} : { to: formatLocalDate(to) }),
  }
}

function readSettled(details: AuditDetails[string] | undefined): SettledOverride | undefined {
  if (details === undefined || details === null || typeof details !== 'object' || isList(details))
    return undefined
  const text = (name: string) => {
    const value = details[name]
    return typeof value === 'string' ? value : undefined
  }
  const [lineageId, customerId] = [text('subscription'), text('customer')]
  const base: OverrideScope = {
    ...(lineageId === undefined ? {} : { lineageId }),
    ...(customerId === undefined ? {} : { customerId }),
  }
  const { products } = details
  const mpns = isList(products) ? products : []
  const [first, ...more] = mpns.map((mpn): OverrideScope => ({ ...base, mpn }))
  const says = readSays(text('kind'), text('value') ?? '', text('currency'))
  const [from, to] = [text('from'), text('to')].map((day) =>
    day === undefined ? undefined : parseLocalDate(day),
  )
  if (says === undefined || from === undefined) return undefined
  return { scopes: [first ?? base, ...more], says, from, to: to ?? null }
}

function isList(value: AuditDetails[string] | undefined): value is readonly string[] {
  return Array.isArray(value)
}

function readSays(
  kind: string | undefined,
  value: string,
  currency: string | undefined,
): OverrideSays | undefined {
  const amount = parseDecimal(value)
  if (amount === undefined) return undefined
  if (kind === 'fixed') return currency === undefined ? undefined : { kind, price: amount, currency }
  if (kind === 'discount' || kind === 'markup' || kind === 'margin') return { kind, percent: amount }
  return undefined
}
