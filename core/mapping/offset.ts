import { MAPPING_OFFSET_SEATS } from '../limits.js'
import { DECIMAL_ONE, DECIMAL_ZERO, type Decimal, decimalFromInteger } from '../money/decimal.js'

/** Whether a count can be seats bought elsewhere: whole ones, from none to {@link MAPPING_OFFSET_SEATS}. */
export function isOffset(seats: Decimal): boolean {
  const isWhole = seats % DECIMAL_ONE === 0n
  return isWhole && seats >= DECIMAL_ZERO && seats <= decimalFromInteger(MAPPING_OFFSET_SEATS)
}
