import type { LocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import {
  type DescriptionOverride,
  type OverrideRule,
  type OverrideScope,
  type OverrideTarget,
  type PriceOverride,
  appliesTo,
  isSameScope,
  rungOf,
} from './overrides.js'

/** What an override says: how a price is made, or the words of a product. */
export type OverrideSays = OverrideRule | { readonly kind: 'words'; readonly description: string }

/** Who recorded something about an override, when, and what stood in its way. */
export interface OverrideStamp {
  /** Id of the person, and their name at that time. */
  readonly by: string
  readonly byName: string
  readonly at: Date
  /** Version of the books it made: what was billed before it has a smaller one. */
  readonly version: number
  /** By lineage: the first day that PSAs did not hold, or had not invoiced, when it was recorded (B16, SYNC S2). */
  readonly held: ReadonlyMap<string, LocalDate>
}

/** An override as it was recorded, with its ends: rows of both are only ever added. */
export interface RecordedOverride extends OverrideStamp {
  /** 1, 2, 3 … per MSP, of prices and descriptions together: what people type for it. */
  readonly number: number
  readonly scope: OverrideScope
  readonly says: OverrideSays
  readonly from: LocalDate
  /** First day it no longer holds; null: open. */
  readonly to: LocalDate | null
  /** Numbers of those whose place it took when it was recorded: decided then, whatever the rule for it is later. */
  readonly replaces: readonly number[]
  /** In the order in which they were recorded, each earlier than the one before. */
  readonly ends: readonly OverrideEnd[]
}

export interface OverrideEnd extends OverrideStamp {
  /** First day it no longer holds. */
  readonly on: LocalDate
  /** Number of the one that took its place; absent: somebody ended it. */
  readonly instead?: number
}

/** A billed line, as far as it stands in the way of a change. */
export interface BilledPeriod {
  readonly period: Period
  /** Version of the books its approval made. */
  readonly version: number
}

/** The subscription overrides are asked for: by every identity it is known by. */
export interface OverriddenSubscription extends OverrideTarget {
  readonly alsoIds?: readonly string[]
}

/**
 * The day from which a change holds for one subscription: never before the end of a period that was billed of it before
 * the change was recorded, also one billed ahead, so that an edit never changes a billed period (B16).
 *
 * @param billed lines billed and not voided: a voided period is free.
 */
export function behindBilled(
  from: LocalDate,
  { version }: Pick<OverrideStamp, 'version'>,
  billed: readonly BilledPeriod[],
): LocalDate {
  let day = from
  for (const line of billed) if (line.version < version && line.period.to > day) day = line.period.to
  return day
}

/** Behind what is billed by file, and behind what PSAs held or had invoiced. */
export function behindAll(
  from: LocalDate,
  stamp: Pick<OverrideStamp, 'version' | 'held'>,
  { lineageId, alsoIds = [] }: OverriddenSubscription,
  billed: readonly BilledPeriod[],
): LocalDate {
  const held = [lineageId, ...alsoIds].flatMap((id) => stamp.held.get(id) ?? [])
  return held.reduce((day, to) => (to > day ? to : day), behindBilled(from, stamp, billed))
}

/** The first day an override no longer holds as it was said, whatever was billed; null: open. */
export function endOf({ to, ends }: Pick<RecordedOverride, 'to' | 'ends'>): LocalDate | null {
  return ends.at(-1)?.on ?? to
}

/**
 * Everything recorded, with one more. Whose place it takes ends where it begins, behind what was billed at it, and does not
 * come back later.
 */
export function withRecorded(
  recorded: readonly RecordedOverride[],
  override: RecordedOverride,
): readonly RecordedOverride[] {
  const { number, from, replaces, by, byName, at, version, held } = override
  const end = { by, byName, at, version, held, on: from, instead: number }
  const former = recorded.map((one) =>
    replaces.includes(one.number) ? { ...one, ends: [...one.ends, end] } : one,
  )
  return [...former, override]
}

type Said = Pick<RecordedOverride, 'scope' | 'says' | 'from' | 'to'>

/**
 * Whether one said now takes the place of a former one: for the same scope from the same day, and for as long at least, so
 * that all that the former says is said otherwise.
 */
export function isReplaced(former: RecordedOverride, override: Said): boolean {
  const { scope, says, from } = former
  if (from !== override.from || !isSameScope(scope, override.scope)) return false
  if ((says.kind === 'words') !== (override.says.kind === 'words')) return false
  const until = endOf(former)
  if (until !== null && until <= from) return false
  const lasts = override.to === null || (until !== null && until <= override.to)
  return lasts && isForAllOf(override, says)
}

/** A fixed price for customers of all currencies is for those who pay in its own: it leaves the others what they have. */
function isForAllOf({ scope, says }: Said, former: OverrideSays): boolean {
  if (says.kind !== 'fixed' || rungOf(scope) < PRODUCT_RUNG) return true
  return former.kind === 'fixed' && former.currency === says.currency
}

/** Whether the words of an override are about this subscription. A fixed price is for those who pay in its currency. */
export function isMeant(
  { scope, says }: Pick<RecordedOverride, 'scope' | 'says'>,
  subscription: OverriddenSubscription,
  billingCurrency: string | undefined,
): boolean {
  const { lineageId } = scope
  const isAlso = lineageId !== undefined && subscription.alsoIds?.includes(lineageId) === true
  const asked = isAlso ? { ...scope, lineageId: subscription.lineageId } : scope
  if (!appliesTo(asked, subscription)) return false
  const isWide = says.kind === 'fixed' && rungOf(scope) >= PRODUCT_RUNG
  return !isWide || billingCurrency === undefined || says.currency === billingCurrency
}

/** From here on a rung is for customers of all currencies. */
const PRODUCT_RUNG = 3

/** Price overrides as one subscription takes them: each on its days, behind what was billed before it was recorded. */
export function priceOverridesFor(
  recorded: readonly RecordedOverride[],
  subscription: OverriddenSubscription,
  billed: readonly BilledPeriod[],
  billingCurrency: string | undefined,
): readonly PriceOverride[] {
  return recorded.flatMap((override): PriceOverride[] => {
    const { number, scope, says, byName } = override
    if (says.kind === 'words' || !isMeant(override, subscription, billingCurrency)) return []
    const from = behindAll(override.from, override, subscription, billed)
    let { to } = override
    for (const end of override.ends) {
      const on = behindAll(end.on, end, subscription, billed)
      if (to === null || on < to) to = on
    }
    if (to !== null && to <= from) return []
    const own = scope.lineageId === undefined ? scope : { ...scope, lineageId: subscription.lineageId }
    const taken = { id: idOf(number), scope: own, rule: says, from, to, by: byName }
    return [from === override.from ? taken : { ...taken, startedOn: override.from }]
  })
}

/** Description overrides about one subscription. Words change no amount, so nothing that is billed stands in their way. */
export function descriptionOverridesFor(
  recorded: readonly RecordedOverride[],
  subscription: OverriddenSubscription,
): readonly DescriptionOverride[] {
  return recorded.flatMap((override): DescriptionOverride[] => {
    const { number, scope, says, from } = override
    if (says.kind !== 'words' || !isMeant(override, subscription, undefined)) return []
    const to = endOf(override)
    if (to !== null && to <= from) return []
    const own = scope.lineageId === undefined ? scope : { ...scope, lineageId: subscription.lineageId }
    return [{ id: idOf(number), scope: own, description: says.description, from, to }]
  })
}

/** Ids are compared as text where two began on one day: numbers of one length. */
export function idOf(number: number): string {
  return String(number).padStart(10, '0')
}
