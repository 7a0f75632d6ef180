import { parseCommand } from '../../bot/commands/parse.js'
import type { MadeStale } from '../../core/app/made-stale.js'
import type { OverrideRecorded } from '../../core/app/override-answer.js'
import type { OverrideOutcome } from '../../core/app/override-asked.js'
import type { ObservedSubscription } from '../../core/marketplace/types.js'
import type { Decimal } from '../../core/money/decimal.js'
import { formatUnitPrice } from '../../core/money/money.js'
import { decimal, observed } from './observed.js'
import { DANA, type Office } from './office.js'

/** What a typed `price` or `describe` is answered. */
export async function ask({ studio }: Office, text: string): Promise<OverrideOutcome & MadeStale> {
  const command = parseCommand(text, await studio.today())
  if (command.name !== 'price' && command.name !== 'describe') throw new Error(text)
  if (command.action === 'set') return studio.prices.set(DANA, command.asked)
  if (command.action === 'confirm') return studio.prices.confirm(DANA, command.id, command.seen)
  if (command.action !== 'end') throw new Error(text)
  const kind = command.name === 'price' ? 'price' : 'description'
  return { type: 'recorded', ...(await studio.prices.end(DANA, kind, command.number, command.on)) }
}

/** What it does, with a yes where one is asked for. */
export async function say(msp: Office, text: string): Promise<OverrideRecorded & MadeStale> {
  const outcome = await ask(msp, text)
  if (outcome.type === 'recorded') return outcome
  const done = await msp.studio.prices.confirm(DANA, outcome.id, outcome.revision)
  if (done.type !== 'recorded') throw new Error(`asked again: ${text}`)
  return done
}

/** "Business Premium: $22.00 → $20.50 from 2026-04-01" */
export function changes({ effects }: OverrideRecorded): readonly string[] {
  const words = (price: { amount: Decimal; currency: string } | undefined) =>
    price === undefined ? 'none' : formatUnitPrice(price.amount, price.currency)
  return (effects?.changed ?? []).map(
    ({ customerName, before, after, gap }) =>
      `${customerName}: ${words(before)} → ${words(after)}${gap === undefined ? '' : `: ${gap}`}`,
  )
}

/** Contoso's Visio, which is billed by the year. */
export function visioByYear(changes: Partial<ObservedSubscription> = {}): ObservedSubscription {
  return observed({
    subscriptionId: '1002',
    mpn: 'VISIO',
    productName: 'Visio Plan 2',
    billingPeriod: { type: 'year', duration: 1 },
    unitPrice: { currency: 'USD', amount: decimal('240') },
    ...changes,
  })
}
