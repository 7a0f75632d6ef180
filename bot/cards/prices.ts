import type { OverrideKind } from '../../core/app/override-words.js'
import type { NamedOverride } from '../../core/app/override-answer.js'
import type { OverrideList } from '../../core/app/prices.js'
import { type LocalDate, addDays } from '../../core/calendar/date.js'
import { dayMonthYear } from '../../core/calendar/words.js'
import { localDateOf } from '../../core/calendar/zone.js'
import { rungOf, rungWords } from '../../core/pricing/overrides.js'
import { saysWords } from '../../core/pricing/rule-words.js'
import type { Action, Card } from './model.js'
import { DESCRIBE_COMMAND, PRICE_COMMAND } from './price-form.js'
import { type Section, pageOf, pageWords } from './sections.js'
import { ageWords } from './words.js'

interface KindWords {
  readonly command: string
  readonly title: string
  readonly none: string
  readonly example: string
  /** Opens the form of the same name. */
  readonly action: Action
}

const KINDS: Readonly<Record<OverrideKind, KindWords>> = {
  price: {
    command: 'price',
    title: 'Prices of your own',
    none: 'Every subscription has the price the marketplace states.',
    example: 'price <customer> [product] <rule>',
    action: {
      name: 'price',
      label: 'Set a price',
      tone: 'default',
      target: { id: 'price', revision: '' },
      command: PRICE_COMMAND,
    },
  },
  description: {
    command: 'describe',
    title: 'Descriptions of your own',
    none: 'Every product is called what the marketplace calls it.',
    example: 'describe <customer> [product] "<words>"',
    action: {
      name: 'describe',
      label: 'Set a description',
      tone: 'default',
      target: { id: 'describe', revision: '' },
      command: DESCRIBE_COMMAND,
    },
  },
}

/** What holds now or will, the most specific first: of several that fit a subscription the first one counts. */
export function pricesCard(
  answer: OverrideList & { readonly kind: OverrideKind },
  number: number,
  mayChange: boolean,
): Card {
  const { kind, overrides, today, age } = answer
  const { command, title, none, example, action } = KINDS[kind]
  const page = pageOf(sectionsOf(overrides, today, age.timeZone), number, command)
  const hint = mayChange
    ? ` Next: \`${example}\`${overrides.length > 0 ? `, \`${command} remove <number>\`` : ''}.`
    : ''
  const further = page.number < page.of ? ` More: \`${command} page ${page.number + 1}\`.` : ''
  return {
    title: `${title}${pageWords(page)}`,
    tone: 'plain',
    blocks: [
      ...(overrides.length === 0 ? [{ type: 'text', style: 'strong', text: none } as const] : []),
      ...page.sections.map((section) => ({ type: 'list', ...section }) as const),
      { type: 'text', style: 'quiet', text: `${ageWords(age)}.${further}${hint}` },
    ],
    actions: mayChange ? [action] : [],
  }
}

function sectionsOf(
  overrides: readonly NamedOverride[],
  today: LocalDate,
  timeZone: string,
): readonly Section[] {
  const rungs = [...new Set(overrides.map(({ scope }) => rungOf(scope)))]
  return rungs.map((rung) => {
    const own = overrides.filter(({ scope }) => rungOf(scope) === rung)
    const [first] = own
    const words = first === undefined ? '' : HEADINGS.get(rungWords(first.scope))
    return { heading: words ?? '', items: own.map((override) => overrideWords(override, today, timeZone)) }
  })
}

/** The rungs of the ladder by what prices call them. */
const HEADINGS: ReadonlyMap<string, string> = new Map([
  ['for this subscription', 'One subscription'],
  ['for this customer and product', 'Customer and product'],
  ['for this customer', 'Customer'],
  ['for this product', 'Product, for everyone'],
  ['for everyone', 'Everyone'],
])

/** "3 · Contoso · Business Premium: $20.50 · since 1 Apr 2026, through 30 Jun 2026 · by Dana on 20 Mar 2026" */
function overrideWords(override: NamedOverride, today: LocalDate, timeZone: string): string {
  const { number, about, byName, at } = override
  const recorded = dayMonthYear(localDateOf(at, timeZone))
  return `${number} · ${about}: ${ownWords(override)} · ${spanWords(override, today)} · by ${byName} on ${recorded}`
}

/** "$20.50 a seat and month", "discount 10% off list" */
export function ownWords({ says, per }: Pick<NamedOverride, 'says' | 'per'>): string {
  return per === undefined ? saysWords(says) : `${saysWords(says)} a seat and ${per}`
}

/** "since 1 Mar 2026", "from 1 Apr 2026, through 30 Jun 2026" */
export function spanWords({ from, until }: Pick<NamedOverride, 'from' | 'until'>, today: LocalDate): string {
  const begins = `${from > today ? 'from' : 'since'} ${dayMonthYear(from)}`
  return until === null ? begins : `${begins}, through ${dayMonthYear(addDays(until, -1))}`
}
