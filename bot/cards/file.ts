import type { ApprovedRun } from '../../core/app/billing.js'
import type { ExportFile } from '../../core/chat-ports.js'
import { totalWords } from './lines.js'
import type { Card } from './model.js'
import { runSpanWords } from './spans.js'
import { plural } from './words.js'

/** A file that is handed over with this card: the surface says where it is. */
export function fileCard({ run, voided }: ApprovedRun, { name }: ExportFile): Card {
  return {
    title: name,
    tone: 'good',
    blocks: [
      {
        type: 'text',
        style: 'plain',
        text: `${run.id} · ${runSpanWords(run.month, run.lines)} · ${totalWords(run.lines)}`,
      },
      { type: 'text', style: 'quiet', text: lastingWords(voided) },
    ],
    actions: [],
  }
}

/** A void is the one thing that makes the file of a run another. */
function lastingWords(voided: number): string {
  if (voided === 0) return 'The same run gives the same file, any day.'
  return `${plural(voided, 'line')} ${voided === 1 ? 'was' : 'were'} voided since: this file has what is still billed of it.`
}
