import type { Person } from '../access/rights.js'
import type { LocalDate } from '../calendar/date.js'
import type { Choice, Fit } from '../mapping/suggest.js'
import type { Decimal } from '../money/decimal.js'
import type { PsaCompany, PsaItem } from '../psa-ports.js'
import type { CustomerMapping } from '../sync/intent.js'
import type { Container, PriceOwner, PsaLine, PsaName, Slot } from '../sync/types.js'

/** Where in a container a subscription's seats are, or would be. */
export type Place =
  /** A line that is there, and how well it fits. */
  | { readonly type: 'line'; readonly fit: Fit<PsaLine> }
  /** The count of an item, where a PSA counts units; undefined: the item is not in the container yet. */
  | { readonly type: 'units'; readonly count: Decimal | undefined; readonly unitPrice: Decimal | undefined }
  /** A line that will be added. `ours`: it was before, and is found again. */
  | { readonly type: 'new'; readonly ours: boolean }

/** Where one subscription goes. */
export interface SlotDraft {
  readonly lineageId: string
  readonly itemId: string
  /** undefined: a new line, or a count of units. */
  readonly lineId: string | undefined
  readonly count: Decimal
  readonly offset: Decimal | undefined
  /** Of a place that is new here. */
  readonly priceOwner: PriceOwner
  /** What a person said; undefined: nothing, and what is mapped stays. */
  readonly askedPrice: PriceOwner | undefined
}

/** What a person said about where a customer is, by name or id; what they left out is suggested. */
export interface MappingChoice {
  readonly psa?: PsaName
  readonly company?: string
  readonly container?: string
}

/** A company with the PSA it is in. */
export type Company = PsaCompany & { readonly psa: PsaName }

/** An agreement or contract, as far as it was looked at. */
export interface ContainerPlace {
  readonly id: string
  readonly name: string
  /** undefined: it was not read, because it is closed or there are too many. */
  readonly read: Container | undefined
}

/** One running subscription and where it would be, or is. */
export interface SubscriptionSuggestion {
  readonly lineageId: string
  readonly product: string
  readonly mpn: string
  readonly count: Decimal
  /** What a seat costs today; undefined: nobody knows. */
  readonly unitPrice: Decimal | undefined
  readonly currency: string
  /** Where it is mapped already; the rest is then empty. */
  readonly slot: Slot | undefined
  readonly items: Choice<PsaItem>
  readonly lines: Choice<PsaLine>
  readonly place: Place | undefined
  /** Why it would not be mapped without asking; undefined: it would. */
  readonly doubt: string | undefined
  /** Why it is never mapped: files bill it; undefined: it can be. */
  readonly byFile: string | undefined
}

/** What would be mapped for a customer, and what is uncertain about it. */
export interface MappingSuggestion {
  readonly customerId: string
  readonly customerName: string
  readonly mapped: CustomerMapping | undefined
  readonly companies: Choice<Company>
  /** The best company, sure or not; undefined: none. */
  readonly company: Company | undefined
  readonly containers: Choice<ContainerPlace>
  /** The best container, sure or not, as read; undefined: none. */
  readonly container: Container | undefined
  readonly subscriptions: readonly SubscriptionSuggestion[]
  /** First day of the route, if nobody says otherwise; undefined: there is nothing to map, or no day for it. */
  readonly start: LocalDate | undefined
  /** Where it is billed that accepting would move it from, as `placeLeft` says; undefined: it stays, or was nowhere. */
  readonly left: string | undefined
  /** Names of other customers that the container bills already. */
  readonly beside: readonly string[]
  /** What accepting would record. */
  readonly drafts: readonly SlotDraft[]
  /** Of all that accepting would record: a click on an older suggestion is refused. */
  readonly fingerprint: string
  /** Everything the PSA sells, for who names another item. */
  readonly items: readonly PsaItem[]
}

/** A change of a mapping, ready to be checked and recorded. */
export interface MappingChange {
  readonly person: Person
  readonly action: 'map.accepted' | 'map.changed'
  readonly customerId: string
  readonly customerName: string
  readonly company: Pick<Company, 'id' | 'name' | 'psa'>
  readonly container: Container
  /** As `slotsWith` says. */
  readonly slots: readonly Slot[]
  readonly gaps: readonly string[]
}
