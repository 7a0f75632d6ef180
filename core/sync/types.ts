import type { LocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import type { ChargeLine, SettledLine } from '../charges/types.js'
import type { Decimal } from '../money/decimal.js'

/** The systems a customer can be billed in (SYNC S1). */
export type PsaName = 'connectwise' | 'autotask'

/**
 * How a PSA turns what it holds into money, read from it before anything is planned (S10–S12).
 * - `datedLines`: lines with dates and full prices; it prorates by the dates itself.
 * - `wholeLines`: lines with dates; whatever is active in a period is billed for all of it, so parts are written as
 *   one-time lines with our amount.
 * - `units`: one count per item and day; it prorates by itself, one-time lines stand beside it.
 */
export type ProrationMode = 'datedLines' | 'wholeLines' | 'units'

/** What bills one customer in a PSA: an agreement, a contract. As it was read at one moment. */
export interface Container {
  readonly psa: PsaName
  readonly id: string
  readonly name: string
  readonly companyId: string
  /** undefined: the PSA does not say, its own currency. */
  readonly currency: string | undefined
  /** Why nothing may be written into it ("it ended on 31 March 2026"); undefined: it may. */
  readonly closed: string | undefined
  /** First and, exclusive, last day on which it can bill; null: no end. */
  readonly from: LocalDate
  readonly to: LocalDate | null
  /** Day of the month its monthly periods begin on; undefined: it does not bill by the month. */
  readonly anchorDay: number | undefined
  /** First day that no invoice of the PSA covers: everything before it is locked (S2). */
  readonly lockedTo: LocalDate
  /** Number of the newest invoice, as the PSA's own people know it; absent: none is known. */
  readonly lastInvoice?: string
  readonly mode: ProrationMode
  readonly lines: readonly PsaLine[]
  /** With `units`: the count of each item. Empty otherwise. */
  readonly units: readonly PsaUnits[]
  /** Of the items whose price in the catalog was asked for (S15); absent: of none. */
  readonly catalog?: readonly CatalogPrice[]
}

/** What the PSA's own catalog says of an item. */
export interface CatalogPrice {
  readonly itemId: string
  /** undefined: it has no price, or is not there. */
  readonly unitPrice: Decimal | undefined
  /** False: the catalog has no such item any more. */
  readonly isThere: boolean
}

/** One line as the PSA holds it: an addition, a charge. */
export interface PsaLine {
  readonly id: string
  readonly itemId: string
  readonly quantity: Decimal
  readonly unitPrice: Decimal
  readonly from: LocalDate
  /** First day it does not bill any more; null: it goes on. */
  readonly to: LocalDate | null
  /** What we wrote into it so that we find it again; undefined: not ours. */
  readonly marker: string | undefined
  /** What the customer reads. */
  readonly words: string
  /** The PSA's own prorated figure for it, in minor units; undefined: it states none. */
  readonly ownAmount: bigint | undefined
}

/** A line that belongs to no slot of ours: what tells one edit of it from another. */
export type OtherLine = Pick<PsaLine, 'id' | 'quantity' | 'unitPrice' | 'from' | 'to'>

/** The count of one item in a container that counts units. */
export interface PsaUnits {
  readonly itemId: string
  /** In order of date; the last goes on. Empty: the item is not in the container. */
  readonly steps: UnitSteps
  /** Days within its months that have an adjustment, also one that left the count as it was; absent: none is known. */
  readonly adjustedOn?: readonly LocalDate[]
  readonly unitPrice: Decimal | undefined
}

/** A count that changes on dates: each step holds until the next, nothing before the first is 0. */
export type UnitSteps = readonly UnitStep[]

export interface UnitStep {
  readonly on: LocalDate
  readonly units: Decimal
}

/** Who owns the unit price in the PSA (S15). */
export type PriceOwner = 'keep' | 'ours' | 'catalog'

/**
 * One place in a PSA that holds the seats of one or more of our subscriptions (S14): a line of an agreement with the
 * lines we add beside it, or a service of a contract.
 */
export interface Slot {
  /** Identity of ours, part of every marker: the lineage it was first mapped for. */
  readonly id: string
  readonly psa: PsaName
  readonly containerId: string
  readonly itemId: string
  /** The line that was there when it was mapped; undefined: none was, or the PSA counts units. */
  readonly lineId: string | undefined
  readonly lineageIds: readonly string[]
  /** Seats bought elsewhere that the same line holds. */
  readonly offset: Decimal
  readonly priceOwner: PriceOwner
  /** First day on which the PSA bills these subscriptions; a period's start (S1). */
  readonly routeFrom: LocalDate
}

/** What is due of one subscription in one period, whatever settles it already, in order of date. */
export interface DuePeriod {
  readonly lineageId: string
  readonly period: Period
  readonly lines: readonly ChargeLine[]
}

/** Everything a slot has to hold: its subscriptions' due periods from the route's start on, as known today. */
export interface SlotDue {
  readonly slot: Slot
  readonly currency: string
  /** What the customer reads on new lines. */
  readonly words: string
  readonly periods: readonly DuePeriod[]
  /** What is due is known for periods that begin before this day: nothing is planned for it or later. */
  readonly until: LocalDate
}

/** One write into a PSA, as it was approved: absolute, with what was there before (S7). */
export type Step = StepPlace & StepAction

/** A change of counts, before it has a place and a key. */
export type CountDraft = StepAction & { readonly count: CountChange }

interface StepPlace {
  /** Made from business facts; unique among all intents (S5). */
  readonly key: string
  readonly psa: PsaName
  readonly containerId: string
  readonly slotId: string
  readonly itemId: string
  /** What the customer buys, as it was called then. */
  readonly product: string
  /** Due lines that are settled when it is read back. */
  readonly settles: readonly SettledCharge[]
  /** First day that no invoice covered when it was planned; absent in steps of earlier versions. */
  readonly lockedTo?: LocalDate
  /**
   * Lines of the item that stood beside it and belong to no slot of ours, when it was planned (S7): they are part of what a
   * yes is to. Absent: nothing can stand beside it (`besideOf`), or it is a step of an earlier version.
   */
  readonly beside?: readonly OtherLine[]
  /** The intent it takes back, "BR-0007/3"; absent: it takes back nothing. */
  readonly undoes?: string
  /** The slot's counts from `from` on, before and after; undefined: it is money beside them. */
  readonly count: CountChange | undefined
}

/** What a write does to all counts of its slot from the first open day on (S7). */
export interface CountChange {
  readonly from: LocalDate
  readonly before: UnitSteps
  readonly after: UnitSteps
}

/** What is settled of a subscription, in our money. */
export interface SettledCharge extends SettledLine {
  readonly lineageId: string
  /**
   * What it was charged at, where the price was the PSA's own (S15); absent: at ours, or by an earlier version that did
   * not remember it.
   */
  readonly inPsa?: InPsa
}

/** A price and an amount in the PSA, in the units of the line they belong to. */
export interface InPsa {
  readonly unitPrice: Decimal
  readonly amount: bigint
}

export type StepAction =
  /** A line beside the others. `oneTime`: it is billed once, whatever the PSA makes of dates. */
  | {
      readonly type: 'add'
      readonly marker: string
      readonly oneTime: boolean
      readonly quantity: Decimal
      readonly unitPrice: Decimal
      readonly from: LocalDate
      readonly to: LocalDate | null
      readonly lineWords: string
    }
  | {
      readonly type: 'setQuantity'
      readonly lineId: string
      readonly before: Decimal
      readonly after: Decimal
    }
  | {
      readonly type: 'setPrice'
      readonly lineId: string
      readonly before: Decimal
      readonly after: Decimal
    }
  /** The line bills up to, not on, `after`; null: it goes on again. */
  | {
      readonly type: 'end'
      readonly lineId: string
      readonly before: LocalDate | null
      readonly after: LocalDate | null
    }
  /** A line no invoice has covered yet is taken away. */
  | { readonly type: 'remove'; readonly lineId: string; readonly quantity: Decimal }
  /** The count of an item changes on a day by `delta`. */
  | {
      readonly type: 'adjust'
      readonly on: LocalDate
      readonly delta: Decimal
      /** Only where the item is new in the container: what one unit costs there. */
      readonly unitPrice: Decimal | undefined
    }

/** What an approval says yes to in one container. */
export interface ContainerPlan {
  readonly psa: PsaName
  readonly containerId: string
  readonly containerName: string
  readonly customerId: string
  readonly customerName: string
  readonly currency: string
  readonly mode: ProrationMode
  readonly steps: readonly Step[]
}
