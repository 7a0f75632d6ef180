import type { OverrideEffect, OverrideEffects, OverrideStays } from '../../core/app/override-effects.js'
import type { NamedEffects, OverrideRecorded } from '../../core/app/prices.js'
import { type LocalDate, addDays } from '../../core/calendar/date.js'
import { dayMonthYear } from '../../core/calendar/words.js'
import { OVERRIDE_EFFECTS_SHOWN } from '../../core/limits.js'
import type { UnitPrice } from '../../core/marketplace/types.js'
import { formatUnitPrice } from '../../core/money/money.js'
import { saysWords } from '../../core/pricing/rule-words.js'
import type { Block, Card } from './model.js'
import { spanWords } from './prices.js'
import { amountWords, plural, seatsWords } from './words.js'

/** What was recorded of a price or a description, and what it changes: for whom, from when, and what stays. */
export function recordedCard(recorded: OverrideRecorded): Card {
  const { kind, override, effects, named } = recorded
  const command = kind === 'price' ? 'price' : 'describe'
  const gaps = effects?.changed.some(({ after }) => after === undefined) === true
  return {
    title: titleOf(recorded),
    tone: gaps ? 'attention' : 'good',
    blocks: [
      text('strong', leadOf(recorded)),
      ...(effects === undefined ? [] : effectBlocks(effects, recorded)),
      ...(named === undefined ? [] : nameBlocks(named, recorded)),
      text('quiet', nextWords(recorded, `${command} remove ${override.number}`, command)),
    ],
    actions: [],
  }
}

function titleOf({ kind, isEnd, override }: OverrideRecorded): string {
  const what = kind === 'price' ? 'Price' : 'Description'
  return `${what} ${override.number} ${isEnd ? 'ends' : 'is set'}: ${override.about}`
}

/** "no price of its own → $20.50, from 1 Apr 2026": what was said, in words. */
function leadOf({ kind, isEnd, override, instead }: OverrideRecorded): string {
  const says = saysWords(override.says)
  const other = instead ?? (kind === 'price' ? 'no price of its own' : 'no description of its own')
  if (isEnd) return `${says} → ${other}, from ${dayMonthYear(override.until ?? override.from)}`
  const last = override.until === null ? '' : `, through ${dayMonthYear(addDays(override.until, -1))}`
  return `${other} → ${says}, from ${dayMonthYear(override.from)}${last}`
}

function effectBlocks(effects: OverrideEffects, { isEnd }: OverrideRecorded): readonly Block[] {
  const { touched, changed, monthly, stays, couldHoldFrom } = effects
  const items = changed.slice(0, OVERRIDE_EFFECTS_SHOWN).map((effect) => effectWords(effect))
  const hidden = changed.length - items.length
  const more = `And ${plural(hidden, 'more subscription')}; all of them are in the sum.`
  const sums = monthly.map(({ amount, currency }) => signedWords(amount, currency))
  return [
    text('plain', meantWords(touched, touched - changed.length, 'price')),
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
  return `${all}, ${who} ${kept}: another one counts there, or it is the same.`
}

/** "Contoso · Business Premium, 25 seats: $22.00 → $20.50, charged from 1 Apr 2026 · -$37.50 a month" */
function effectWords({
  customerName,
  product,
  from,
  seats,
  before,
  after,
  gap,
  monthly,
}: OverrideEffect): string {
  const change = `${priceWords(before)} → ${priceWords(after)}`
  const held = gap === undefined ? '' : ` · held until a price is known: ${gap}`
  const sum = monthly === undefined ? '' : ` · ${signedWords(monthly.amount, monthly.currency)} a month`
  return `${customerName} · ${product}, ${seatsWords(seats)}: ${change}, charged from ${dayMonthYear(from)}${sum}${held}`
}

function priceWords(price: UnitPrice | undefined): string {
  return price === undefined ? 'no price' : formatUnitPrice(price.amount, price.currency)
}

function signedWords(amount: bigint, currency: string): string {
  return `${amount > 0n ? '+' : ''}${amountWords(amount, currency)}`
}

/** B16: what is billed already is said, and that it stays. */
function staysWords({ subscriptions, to, totals }: OverrideStays): string {
  const amounts = totals.map(({ amount, currency }) => amountWords(amount, currency)).join(' + ')
  const of = subscriptions === 1 ? '1 subscription' : `${subscriptions} subscriptions`
  const through = `through ${dayMonthYear(addDays(to, -1))}${subscriptions === 1 ? '' : ' at the latest'}`
  return `Billed already, or there in a PSA, and stays: ${amounts === '' ? '' : `${amounts} `}of ${of}, ${through}. What was said counts behind that.`
}

function waitsWords(first: LocalDate): string {
  return `New prices count from the next period. What is not billed of this one is priced so, too, with \`from ${dayMonthYear(first).toLowerCase()}\`.`
}

function nameBlocks(named: NamedEffects, { isEnd }: OverrideRecorded): readonly Block[] {
  const { subscriptions, changed, names } = named
  const shown = names.slice(0, OVERRIDE_EFFECTS_SHOWN).map((name) => `“${name}”`)
  const hidden = names.length - shown.length
  const all = `${shown.join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''}`
  return [
    text('plain', meantWords(subscriptions, subscriptions - changed, 'name')),
    ...(changed === 0 ? [] : [text('plain', isEnd ? `Called ${all} again.` : `Called ${all} before.`)]),
    text('plain', 'No amount changes, and billed lines keep their words.'),
  ]
}

function nextWords({ isEnd, override, today }: OverrideRecorded, remove: string, command: string): string {
  if (isEnd) return `Next: \`${command}\` shows what holds.`
  const undo = override.from < today ? ` from ${dayMonthYear(override.from).toLowerCase()}` : ''
  return `Holds ${spanWords(override, today)}. Next: \`who\`; \`${remove}${undo}\` takes it back.`
}

function text(style: 'plain' | 'strong' | 'quiet', words: string): Block {
  return { type: 'text', style, text: words }
}
