import { type Day, formatDay, localDay, parseDay } from './days.js'
import type { LoggedEvent } from './event-log.js'
import type { PolicyInput } from './input.js'
import { type FeeEvent, inputOf } from './lineage-input.js'
import { type Lineage, lineagesOf } from './lineages.js'
import { recordKey } from './opening.js'
import type { OverrideInput } from './overrides.js'
import { type Poll, type Watch, type WatchedOrder, watch } from './polls.js'
import { recompute } from './recompute.js'
import type { Rules } from './rules.js'
import { settleLines } from './settle.js'
import { type Held, type Who, type WhoLine, whoOf } from './who.js'

interface Question {
  /** Nothing before this day is due (B20). */
  readonly opensOn: string
  /** The billing time zone (B3). */
  readonly timeZone: string
  /** Last day whose `billOn` counts (B21). */
  readonly until: string
  readonly policy?: PolicyInput
  /** B18: what people said, by record key: which record it continues; null: none, it begins a subscription. */
  readonly answers?: ReadonlyMap<string, string | null>
  /** B14–B16: prices people set. */
  readonly overrides?: readonly OverrideInput[]
}

export interface Asked extends Question {
  /** The instant of the one observation. */
  readonly now: string
}

export interface AskedOfPolls extends Question {
  /** Every poll that was complete, in order of time; at least one. */
  readonly polls: readonly Poll[]
  /** Lines of earlier answers that were billed (B22, B23). */
  readonly billed?: readonly WhoLine[]
  readonly rules?: Rules
}

/** A window that reaches back far enough to hold the longest term that still runs at the opening. */
const LONGEST_TERM_DAYS = 5 * 366
/** And one for periods of a month: in arrears one that began before the opening is billed after it. */
const LONGEST_MONTHS_DAYS = 62

/**
 * B17: the currency of the customer's priced subscription with the earliest start, then the lowest id, among those of
 * the first poll that showed one.
 */
function billingCurrency(seen: Watch, customerId: string): string | undefined {
  const priced = seen.records.flatMap(({ sightings }) => {
    const first = sightings.find(
      ({ record }) => record.customerId === customerId && record.unitPrice !== null,
    )
    return first === undefined ? [] : [first]
  })
  const poll = Math.min(...priced.map((sighting) => sighting.poll))
  const [earliest] = priced
    .filter((sighting) => sighting.poll === poll)
    .map(({ record }) => record)
    .toSorted((left, right) => {
      if (left.starts !== right.starts) return left.starts < right.starts ? -1 : 1
      return Number(BigInt(left.subscriptionId) - BigInt(right.subscriptionId))
    })
  return earliest?.unitPrice?.currency
}

/** A set-up detail of a completed order (B20b). */
interface Fee extends FeeEvent {
  readonly order: WatchedOrder
  readonly mpn: string
}

function feesOf(seen: Watch, asked: AskedOfPolls): readonly Fee[] {
  if (asked.rules?.broken === 'setUpFeeLost') return []
  return seen.orders.flatMap((order) => {
    const { status, provisionedAt, details } = order
    if (status !== 'completed' || provisionedAt === null) return []
    const on = formatDay(localDay(provisionedAt, asked.timeZone))
    return (details ?? [])
      .filter(({ type }) => type === 'setup')
      .map(({ mpn, quantity, unitPrice }) => ({
        on,
        type: 'oneTime' as const,
        quantity: `${quantity}`,
        unitPrice,
        order,
        mpn,
      }))
  })
}

/** The lineage a fee belongs to: that of its product among those of its subscription, else the first of them. */
function lineageOfFee({ order, mpn }: Fee, lineages: readonly Lineage[]): Lineage | undefined {
  const having = (wanted?: string) =>
    lineages.find(({ records }) =>
      records.some(
        ({ record }) =>
          record.subscriptionId === order.subscriptionId && (wanted ?? record.mpn) === record.mpn,
      ),
    )
  return having(mpn) ?? having()
}

interface Charged {
  readonly lines: readonly WhoLine[]
  readonly held: readonly Held[]
}

/** One subscription of ours, or an order with fees of its own. */
interface Account {
  readonly customerId: string
  readonly currency: string
  readonly subject: string
  readonly records: readonly string[]
  readonly assumed: boolean
}

type Lines = ReturnType<typeof recompute>['lines']

function billedOf(account: Pick<Account, 'subject' | 'records'>, asked: AskedOfPolls): readonly WhoLine[] {
  const { billed = [] } = asked
  return billed.filter(({ subject }) => subject === account.subject || account.records.includes(subject))
}

/** B21, B23: everything with `billOn` from the opening to `until`, minus what is billed. */
function chargeAccount(account: Account, all: Lines, asked: AskedOfPolls): readonly WhoLine[] {
  const { opensOn, until } = asked
  const billed = billedOf(account, asked)
  // What was billed ahead of its day is settled against what is due on its day.
  const through = billed.reduce((latest, { billOn }) => (billOn > latest ? billOn : latest), until)
  const due = all.filter(({ billOn }) => billOn >= opensOn && billOn <= through)
  return settleLines(due, billed, account.currency)
    .filter(({ billOn }) => billOn <= until)
    .map((line) => ({ ...line, ...account }))
}

interface Scene {
  readonly seen: Watch
  readonly asked: AskedOfPolls
  readonly lineages: readonly Lineage[]
  readonly fees: readonly Fee[]
}

function windowOf(lineage: Lineage, { asked }: Scene): { from: Day; until: Day; opensOn: Day } {
  const [first] = lineage.records
  const opens = parseDay(asked.opensOn)
  const period = first?.record.billingPeriod
  const months = period?.type === 'month' && period.duration === 1
  const billed = (asked.billed ?? []).map(({ billOn }) => parseDay(billOn))
  const until = Math.max(parseDay(asked.until), opens, ...billed)
  return { from: opens - (months ? LONGEST_MONTHS_DAYS : LONGEST_TERM_DAYS), until, opensOn: opens }
}

function chargeLineage(lineage: Lineage, scene: Scene): Charged {
  const { seen, asked } = scene
  const [first, last] = [lineage.records[0], lineage.records.at(-1)]
  if (first === undefined || last === undefined) return { lines: [], held: [] }
  const { customerId } = first.record
  const subject = recordKey(first)
  const opens = parseDay(asked.opensOn)
  const { unitPrice } = last.running
  if (unitPrice === null) {
    const over = lineage.records.every(({ end }) => end !== undefined && end <= opens)
    return { lines: [], held: over ? [] : [{ customerId, subject, why: 'noPrice', lines: [] }] }
  }
  const { currency } = unitPrice
  const own = scene.fees.filter((fee) => lineageOfFee(fee, scene.lineages) === lineage)
  const input = inputOf(lineage, {
    ...windowOf(lineage, scene),
    currency,
    policy: asked.policy ?? {},
    overrides: asked.overrides ?? [],
    rules: asked.rules ?? {},
    orders: seen.orders,
    fees: own.filter((fee) => fee.order.currency === currency),
    today: seen.today,
  })
  const { assumed } = lineage
  const account = { customerId, currency, subject, records: lineage.records.map(recordKey), assumed }
  const lines = chargeAccount(account, recompute(input).lines, asked)
  const foreign = currency === billingCurrency(seen, customerId) ? undefined : 'currency'
  const why = lineage.doubt ?? foreign
  if (why === undefined) return { lines, held: [] }
  return { lines: [], held: lines.length > 0 ? [{ customerId, subject, why, lines }] : [] }
}

/** A fee of no lineage: of an order without subscription, or of one that is not billed by seats. */
function chargeFee(fee: Fee, { seen, asked }: Scene): Charged {
  const { order, mpn: _, ...event } = fee
  const { customerId, currency, orderId } = order
  const account = { customerId, currency, subject: orderId, records: [], assumed: false }
  const on = parseDay(event.on)
  const { lines: all } = recompute({
    currency,
    policy: asked.policy ?? {},
    subscription: {
      billingPeriod: { type: 'month', duration: 1 },
      start: event.on,
      events: [{ on: event.on, quantity: '1', unitPrice: '0' }, event],
    },
    from: formatDay(on - LONGEST_MONTHS_DAYS),
    to: formatDay(on + 1),
  })
  const lines = chargeAccount(account, all, asked)
  const listed = seen.records.some(
    ({ sightings }) => sightings[0].record.subscriptionId === order.subscriptionId,
  )
  const unlisted = order.subscriptionId === null || listed ? undefined : 'unlisted'
  const why = unlisted ?? (currency === billingCurrency(seen, customerId) ? undefined : 'currency')
  if (why === undefined || lines.length === 0) return { lines, held: [] }
  return { lines: [], held: [{ customerId, subject: orderId, why, lines }] }
}

/**
 * Whom to bill through `until` as a row of polls lets us know it, from nothing but the marketplace's event log and the
 * instants of the polls: per customer and currency, line by line, and what is held. Usage is left to the vendor's file.
 */
export function recomputeFromPolls(events: readonly LoggedEvent[], asked: AskedOfPolls): Who {
  const { timeZone, rules = {}, answers = new Map<string, string | null>() } = asked
  const seen = watch(events, asked.polls, timeZone)
  const lineages = lineagesOf(seen, parseDay(asked.opensOn), { timeZone, rules, answers })
  const fees = feesOf(seen, asked)
  const scene: Scene = { seen, asked, lineages, fees }
  const stray = fees.filter((fee) => lineageOfFee(fee, lineages) === undefined)
  const charged = [
    ...lineages.map((lineage) => chargeLineage(lineage, scene)),
    ...stray.map((fee) => chargeFee(fee, scene)),
  ]
  return whoOf(
    charged.flatMap(({ lines }) => lines),
    charged.flatMap(({ held }) => held),
  )
}

/** The same for one observation that took no time. */
export function recomputeFromEvents(events: readonly LoggedEvent[], { now, ...asked }: Asked): Who {
  return recomputeFromPolls(events, { ...asked, polls: [{ startedAt: now }] })
}
