import { formatDecimal } from '../money/decimal.js'
import { formatUnitPrice } from '../money/money.js'
import type { OverrideSays } from './recorded.js'

/** "$20.50", "discount 10% off list", "markup 15% on cost", "margin 20%", "“Cloud office”": what an override says. */
export function saysWords(says: OverrideSays): string {
  switch (says.kind) {
    case 'fixed':
      return formatUnitPrice(says.price, says.currency)
    case 'discount':
      return `discount ${formatDecimal(says.percent)}% off list`
    case 'markup':
      return `markup ${formatDecimal(says.percent)}% on cost`
    case 'margin':
      return `margin ${formatDecimal(says.percent)}%`
    case 'words':
      return `“${says.description}”`
  }
}
