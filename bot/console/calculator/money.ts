import { assert } from '../../../core/assert.js'
import { currencyDigits } from '../../../core/money/currency.js'
import { DECIMAL_PLACES, type Decimal } from '../../../core/money/decimal.js'
import type { Path, Reading } from './fault.js'

/** An amount in minor units; more places than the currency has are refused, never rounded away. */
export function toMinorExactly(amount: Decimal, currency: string, path: Path): Reading<bigint> {
  const digits = currencyDigits(currency)
  assert(digits !== undefined, `toMinorExactly: unknown currency ${currency}`)
  const unit = 10n ** BigInt(DECIMAL_PLACES - digits)
  if (amount % unit === 0n) return { value: amount / unit }
  const places = digits === 0 ? 'no places' : `${digits} places`
  return {
    faults: [
      { path, sentence: `An amount in ${currency} has ${places}. Give a whole number of its smallest unit.` },
    ],
  }
}
