import { digitsOf } from './currencies.js'
import { formatDay } from './days.js'
import { formatFraction, fraction } from './fraction.js'
import type { ComparedCustomer } from './who.js'

/** A line as the product gives it: days since 1 January 1970, decimals × 10^8, amounts in minor units. */
interface GivenLine {
  readonly charge: {
    readonly kind: string
    readonly period: { readonly from: number; readonly to: number }
    readonly from: number
    readonly to: number
    readonly billOn: number
    readonly quantity: bigint
    readonly unitPrice: bigint
    readonly amount: bigint
  }
  readonly subscription: { readonly subscription: { readonly recordKeys: readonly string[] } }
}

/** An answer to "whom do I bill" as the product gives it. */
export interface GivenWho {
  readonly bills: readonly {
    readonly customerId: string
    readonly currency: string
    readonly amount: bigint
    readonly lines: readonly GivenLine[]
  }[]
}

const DECIMAL_ONE = 10n ** 8n

/** Minor units as a numeral with the currency's digits: 7452n of USD is "74.52". */
export function amountNumeral(minor: bigint, currency: string): string {
  const digits = digitsOf(currency)
  return formatFraction(fraction(minor, 10n ** BigInt(digits)), digits)
}

const dates = ({ from, to }: { from: number; to: number }) => ({ from: formatDay(from), to: formatDay(to) })
const decimal = (value: bigint) => formatFraction(fraction(value, DECIMAL_ONE))

/** The answer as plain data, read without the product's own words for it; lines are of their lineage's oldest record. */
export function comparedWho({ bills }: GivenWho): ComparedCustomer[] {
  return bills.map(({ customerId, currency, amount, lines }) => ({
    customerId,
    currency,
    amount: amountNumeral(amount, currency),
    lines: lines.map(({ charge, subscription }) => ({
      kind: charge.kind,
      period: dates(charge.period),
      ...dates(charge),
      billOn: formatDay(charge.billOn),
      quantity: decimal(charge.quantity),
      unitPrice: decimal(charge.unitPrice),
      amount: amountNumeral(charge.amount, currency),
      subject: subscription.subscription.recordKeys[0] ?? '',
    })),
  }))
}
