import { digitsOf } from './currencies.js'
import { type Day, formatDay, parseDay } from './days.js'
import type { EventInput } from './input.js'

/** B14–B16: a price somebody set, as it was recorded. */
export interface OverrideInput {
  /** Of two on one rung that begin on one day the greater one counts. */
  readonly number: number
  readonly customerId: string | undefined
  readonly mpn: string | undefined
  readonly rule: { readonly kind: 'fixed' | 'discount'; readonly value: string }
  readonly from: string
  /** Each the first day without it, as it was said, with what it has to stand behind. */
  readonly ends: readonly { readonly on: string; readonly behind: Behind }[]
  readonly behind: Behind
}

/** B16: the end of what was billed of a customer's product before something was recorded; undefined: nothing. */
export type Behind = (customerId: string, mpn: string) => string | undefined

interface Taken {
  readonly rung: number
  readonly began: Day
  readonly number: number
  readonly from: Day
  readonly to: Day
  readonly rule: OverrideInput['rule']
}

function later(day: string, behind: string | undefined): Day {
  return Math.max(parseDay(day), behind === undefined ? 0 : parseDay(behind))
}

/** The ones about a subscription, with the days on which it has them. */
function takenBy(overrides: readonly OverrideInput[], customerId: string, mpn: string): readonly Taken[] {
  return overrides
    .filter((one) => (one.customerId ?? customerId) === customerId && (one.mpn ?? mpn) === mpn)
    .map(({ number, rule, from, behind, ends, ...scope }) => ({
      rung: (scope.customerId === undefined ? 0 : 2) + (scope.mpn === undefined ? 0 : 1),
      began: parseDay(from),
      number,
      from: later(from, behind(customerId, mpn)),
      to: Math.min(...ends.map((end) => later(end.on, end.behind(customerId, mpn)))),
      rule,
    }))
}

/** B14: the price of a seat by a rule; a discount is rounded half away to what the currency has. */
function priceBy({ kind, value }: OverrideInput['rule'], list: string, currency: string): string {
  if (kind === 'fixed') return value
  const scale = 10n ** 8n
  const units = (text: string) => {
    const [whole = '0', places = ''] = text.split('.')
    return BigInt(whole) * scale + BigInt(places.padEnd(8, '0'))
  }
  const digits = digitsOf(currency)
  const step = 10n ** BigInt(8 - digits)
  const exact = units(list) * (100n * scale - units(value))
  const over = 100n * scale * step
  const minor = (exact * 2n + over) / (over * 2n)
  const text = minor.toString().padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** B14, B15: prices of the marketplace with those people set: each start and end of one is a change of price. */
export function overriddenPrices(
  own: readonly EventInput[],
  overrides: readonly OverrideInput[],
  {
    customerId,
    mpn,
    currency,
  }: { readonly customerId: string; readonly mpn: string; readonly currency: string },
): readonly EventInput[] {
  const taken = takenBy(overrides, customerId, mpn).filter(({ from, to }) => from < to)
  const [first] = own
  if (taken.length === 0 || first?.on === undefined) return own
  const start = parseDay(first.on)
  const days = [...own.map(({ on = '' }) => parseDay(on)), ...taken.flatMap(({ from, to }) => [from, to])]
  const wanted = [...new Set(days.filter((day) => day >= start && Number.isFinite(day)))].toSorted(
    (a, b) => a - b,
  )
  return wanted.map((day) => {
    const list = own.findLast(({ on = '' }) => parseDay(on) <= day)?.unitPrice ?? '0'
    const [best] = taken
      .filter(({ from, to }) => from <= day && day < to)
      .toSorted((a, b) => b.rung - a.rung || b.began - a.began || b.number - a.number)
    return {
      on: formatDay(day),
      unitPrice: best === undefined ? list : priceBy(best.rule, list, currency),
    }
  })
}
