import { answerWords, lineWords, listed } from '../../core/app/asked-lines.js'
import type { LineageAnswered } from '../../core/app/map-lineage.js'
import type { Card } from './model.js'

/** What a person said of a held licence line, and how it is changed. */
export function answeredCard({ customerName, line, old }: LineageAnswered): Card {
  const { product } = line
  const said =
    old === undefined
      ? `${lineWords(line)}: a subscription of its own, billed from its start.`
      : `${lineWords(line)}: goes on from ${lineWords(old)}, as one subscription.`
  const other = answerWords(line, customerName).filter((_, index, all) =>
    old === undefined ? index < all.length - 1 : line.candidates[index]?.recordKey !== old.recordKey,
  )
  const change = `As long as nothing of it is billed this can be changed: type ${listed(other)}.`
  return {
    title: `${customerName} · ${product}: ${old === undefined ? 'new' : 'continued'}`,
    tone: 'good',
    blocks: [
      { type: 'text', style: 'strong', text: said },
      ...(other.length === 0 ? [] : [{ type: 'text', style: 'plain', text: change } as const]),
      {
        type: 'text',
        style: 'quiet',
        text: `Nothing was billed or written. Next: \`customer ${customerName}\` shows what is due now.`,
      },
    ],
    actions: [],
  }
}
