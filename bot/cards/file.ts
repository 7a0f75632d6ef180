import type { BillRun } from '../../core/billrun/run.js'
import { periodWords } from '../../core/calendar/words.js'
import type { ExportFile } from '../../core/ports.js'
import { totalWords } from './bill-run.js'
import type { Card } from './model.js'

/** A file that is handed over with this card: the surface says where it is. */
export function fileCard(run: BillRun, { name }: ExportFile): Card {
  return {
    title: name,
    tone: 'good',
    blocks: [
      {
        type: 'text',
        style: 'plain',
        text: `${run.id} · ${periodWords(run.month)} · ${totalWords(run.lines)}`,
      },
      { type: 'text', style: 'quiet', text: 'The same run gives the same file, any day.' },
    ],
    actions: [],
  }
}
