import type { OtherCounts } from '../../core/app/override-counting.js'
import type { OverrideEffect, OverrideEffects, OverrideStays } from '../../core/app/override-effects.js'
import type { MadeStale } from '../../core/app/made-stale.js'
import type { NamedEffects, NamedOverride, OverrideRecorded } from '../../core/app/override-answer.js'
import { type LocalDate, addDays } from '../../core/calendar/date.js'
import { dayMonthYear } from '../../core/calendar/words.js'
import { OVERRIDE_EFFECTS_SHOWN } from '../../core/limits.js'
import type { UnitPrice } from '../../core/marketplace/types.js'
import { formatUnitPrice } from '../../core/money/money.js'
import { isSameScope } from '../../core/pricing/overrides.js'
import { staleWords } from './fresh.js'
import type { Block, Card } from './model.js'
import { ownWords, spanWords } from './prices.js'
import { amountWords, plural, seatsWords } from './words.js'

/** What was recorded of a price or a description, and what it changes: for whom, from when, and what stays. */
export function recordedCard(recorded: OverrideRecorded & MadeStale): Card {
  const { kind, override, effects, named, stale } = recorded
  const command = kind === 'price' ? 'price' : 'describe'
  const gaps = effects?.changed.some(({ after }) => after === undefined) === true
  return {
    title: titleOf(recorded),
    tone: gaps || stale.length > 0 || changesNothing(recorded) ? 'attention' : 'good',
    blocks: [
      text('strong', leadOf(recorded)),
      ...termBlocks(recorded),
      ...replacedBlocks(recorded),
      ...(effects === undefined ? [] : effectBlocks(effects, recorded)),
      ...(named === undefined ? [] : nameBlocks(named, recorded)),
      ...(stale.length === 0 ? [] : [text('plain', staleWords(stale))]),
      text('quiet', nextWords(recorded, `${command} remove ${override.number}`, command)),
    ],
    actions: [],
  }
}

function titleOf({ kind, isEnd, override, overrides }: OverrideRecorded): string {
  const what = kind === 'price' ? 'Price' : 'Description'
  if (overrides.length > 1) {
    const numbers = overrides.map(({ number }) => number).join(', ')
    return `${what}s ${numbers} are set, one for each of ${overrides.length} terms`
  }
  return `${what} ${override.number} ${isEnd ? 'ends' : 'is set'}: ${override.about}`
}

/** It is about somebody, and another one counts for all of them. */
function changesNothing({ effects, named }: OverrideRecorded): boolean {
  if (effects !== undefined)
    return effects.touched > 0 && effects.changed.length === 0 && effects.others.length > 0
  return named !== undefined && named.changed === 0 && named.others.length > 0
}

/** "no price of its own → $20.50, from 1 Apr 2026": what was said, in words. */
function leadOf(recorded: OverrideRecorded): string {
  const { kind, isEnd, override, instead } = recorded
  const says = ownWords(override)
  const end = dayMonthYear(override.until ?? override.from)
  const last = override.until === null ? '' : `, through ${dayMonthYear(addDays(override.until, -1))}`
  const span = isEnd ? `from ${end}` : `from ${dayMonthYear(override.from)}${last}`
  if (changesNothing(recorded)) {
    return isEnd ? `${says} ends ${span}, and nothing changes.` : `${says}, ${span}, changes nothing.`
  }
  const other = instead ?? (kind === 'price' ? 'no price of its own' : 'no description of its own')
  return isEnd ? `${says} → ${other}, ${span}` : `${other} → ${says}, ${span}`
}

/** Which terms were meant by one name. */
export function termBlocks({ overrides }: Pick<OverrideRecorded, 'overrides'>): readonly Block[] {
  if (overrides.length < 2) return []
  return [{ type: 'list', heading: 'For all of these', items: overrides.map(({ about }) => about) }]
}

/** What a new one ends for good. */
export function replacedBlocks({
  kind,
  replaced,
}: Pick<OverrideRecorded, 'kind' | 'replaced'>): readonly Block[] {
  return replaced.map((one) =>
    text(
      'plain',
      `It takes the place of ${kind} ${one.number} (${ownWords(one)}), which does not come back.`,
    ),
  )
}

/** What becomes of whom, subscription by subscription, and in a month. */
export function effectBlocks(effects: OverrideEffects, recorded: OverrideRecorded): readonly Block[] {
  const { touched, changed, monthly, stays, couldHoldFrom, same } = effects
  const { isEnd } = recorded
  const items = changed.slice(0, OVERRIDE_EFFECTS_SHOWN).map((effect) => effectWords(effect))
  const hidden = changed.length - items.length
  const more = `And ${plural(hidden, 'more subscription')}; all of them are in the sum.`
  const sums = monthly.map(({ amount, currency }) => signedWords(amount, currency))
  return [
    text('plain', meantWords(touched, touched - changed.length, 'price')),
    ...(same > 0 ? [text('plain', sameWords(same, touched))] : []),
    ...otherBlocks(effects, recorded),
    ...(items.length === 0 ? [] : [{ type: 'list', heading: 'What changes', items } as const]),
    ...(hidden > 0 ? [text('plain', more)] : []),
    ...(sums.length === 0 ? [] : [text('strong', `In a month: ${sums.join(' · ')}`)]),
    ...(stays === undefined ? [] : [text('plain', staysWords(stays))]),
    ...(couldHoldFrom === undefined || isEnd ? [] : [text('plain', waitsWords(couldHoldFrom))]),
  ]
}

/** "2 running subscriptions are meant; 1 of them keeps its price: …" */
function meantWords(meant: number, same: number, what: string): string {
  if (meant === 0) return 'No running subscription is meant today.'
  const all = meant === 1 ? '1 running subscription is meant' : `${meant} running subscriptions are meant`
  if (same === 0) return `${all}.`
  const kept = same === 1 ? `keeps its ${what}` : `keep their ${what}s`
  const who = same === meant ? (meant === 1 ? 'and' : 'and all') : `and ${same} of them`
  return `${all}, ${who} ${kept}.`
}

function sameWords(same: number, meant: number): string {
  return same === meant ? 'The price was that already.' : `For ${same} of them it was that already.`
}

/** "Price 1 ($20.50 for Contoso, since 20 Mar 2026) counts there: it begins later." */
function otherBlocks(
  { others }: { readonly others: readonly OtherCounts[] },
  recorded: OverrideRecorded,
): readonly Block[] {
  const shown = others.slice(0, OVERRIDE_EFFECTS_SHOWN).flatMap((other) => {
    const override = recorded.others.get(other.number)
    return override === undefined ? [] : [text('plain', otherWords(other, override, recorded))]
  })
  const hidden = others.length - shown.length
  return hidden > 0 ? [...shown, text('plain', `And ${hidden} more like these.`)] : shown
}

function otherWords(
  { on, subscriptions }: OtherCounts,
  other: NamedOverride,
  { kind, override, today }: OverrideRecorded,
): string {
  const what = kind === 'price' ? 'Price' : 'Description'
  const of = `${what} ${other.number} (${ownWords(other)} for ${other.about}, ${spanWords(other, today)})`
  const where = subscriptions === 1 ? '' : ` for ${subscriptions} of them`
  const why = isSameScope(other.scope, override.scope) ? 'it begins later' : 'it is more specific'
  return on === undefined
    ? `${of} counts there${where}: ${why}.`
    : `${of} counts from ${dayMonthYear(on)} on${where}: ${why}.`
}

/** "Contoso · Business Premium, 25 seats: $22.00 → $20.50, charged from 1 Apr 2026 · -$37.50 a month" */
function effectWords({
  customerName,
  product,
  from,
  until,
  seats,
  before,
  after,
  gap,
  monthly,
  per,
}: OverrideEffect): string {
  const change = `${priceWords(before)} → ${priceWords(after)}${per === 'month' ? '' : ` a seat and ${per}`}`
  const held = gap === undefined ? '' : ` · held until a price is known: ${gap}`
  const sum = monthly === undefined ? '' : ` · ${signedWords(monthly.amount, monthly.currency)} a month`
  const last = until === undefined ? '' : ` through ${dayMonthYear(addDays(until, -1))}`
  return `${customerName} · ${product}, ${seatsWords(seats)}: ${change}, charged from ${dayMonthYear(from)}${last}${sum}${held}`
}

function priceWords(price: UnitPrice | undefined): string {
  return price === undefined ? 'no price' : formatUnitPrice(price.amount, price.currency)
}

function signedWords(amount: bigint, currency: string): string {
  return `${amount > 0n ? '+' : ''}${amountWords(amount, currency)}`
}

/** B16: what is billed already is said, and that it stays. */
function staysWords({ subscriptions, to, totals, isFollowed }: OverrideStays): string {
  const amounts = totals.map(({ amount, currency }) => amountWords(amount, currency)).join(' + ')
  const of = subscriptions === 1 ? '1 subscription' : `${subscriptions} subscriptions`
  const through = `through ${dayMonthYear(addDays(to, -1))}${subscriptions === 1 ? '' : ' at the latest'}`
  return `Billed already, or there in a PSA, and stays: ${amounts === '' ? '' : `${amounts} `}of ${of}, ${through}.${isFollowed ? ' What was said counts behind that.' : ''}`
}

function waitsWords(first: LocalDate): string {
  return `New prices count from the next period. What is not billed of this one is priced so, too, with \`from ${dayMonthYear(first).toLowerCase()}\`.`
}

function namesWaitWords(first: LocalDate): string {
  return `New words count from the next period. The bill that waits now has them, too, with \`from ${dayMonthYear(first).toLowerCase()}\`.`
}

function nameBlocks(named: NamedEffects, recorded: OverrideRecorded): readonly Block[] {
  const { subscriptions, changed, names } = named
  const shown = names.slice(0, OVERRIDE_EFFECTS_SHOWN).map((name) => `“${name}”`)
  const hidden = names.length - shown.length
  const all = `${shown.join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''}`
  return [
    text('plain', meantWords(subscriptions, subscriptions - changed, 'name')),
    ...otherBlocks(named, recorded),
    ...(changed === 0
      ? []
      : [text('plain', recorded.isEnd ? `Called ${all} again.` : `Called ${all} before.`)]),
    text('plain', 'No amount changes, and billed lines keep their words.'),
    ...(named.couldHoldFrom === undefined ? [] : [text('plain', namesWaitWords(named.couldHoldFrom))]),
  ]
}

function nextWords(recorded: OverrideRecorded, remove: string, command: string): string {
  const { isEnd, override, today, others } = recorded
  if (isEnd) return `Next: \`${command}\` shows what holds.`
  const more = recorded.overrides.length > 1 ? ', and each of the others the same way' : ''
  const undo = override.from < today ? ` from ${dayMonthYear(override.from).toLowerCase()}` : ''
  const later = [...others.values()].find(({ scope }) => isSameScope(scope, override.scope))
  if (changesNothing(recorded) && later !== undefined) {
    const again = dayMonthYear(later.from)
    return `Next: say it with \`from ${again.toLowerCase()}\` to replace ${later.number}; \`${remove}${undo}\` takes it back.`
  }
  // What it took the place of does not come back by itself.
  const effect =
    recorded.replaced.length === 0
      ? 'takes it back'
      : 'ends it; what it took the place of would have to be said again'
  const look = recorded.kind === 'price' ? 'who' : `customer ${override.customer ?? '<name>'}`
  return `Holds ${spanWords(override, today)}. Next: \`${look}\`; \`${remove}${undo}\` ${effect}${more}.`
}

function text(style: 'plain' | 'strong' | 'quiet', words: string): Block {
  return { type: 'text', style, text: words }
}
