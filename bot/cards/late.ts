import { undoneRun } from '../../core/app/undo.js'
import { requestContent } from '../../core/approval/request.js'
import type { ApprovalRecord } from '../../core/ports.js'
import { stepCount, syncCustomers } from './sync.js'
import { customersWords, totalWords } from './lines.js'
import type { Card } from './model.js'
import { instantWords, plural } from './words.js'

/** A card that says since when it could have been there; undefined: it is in time. */
export function lateCard(
  card: Card,
  since: { readonly createdAt: Date; readonly timeZone: string } | undefined,
): Card {
  if (since === undefined) return card
  const when = instantWords(since.createdAt, since.timeZone)
  const text = `Late: this answer is from ${when}, when it could not be posted.`
  return { ...card, blocks: [{ type: 'text', style: 'quiet', text }, ...card.blocks] }
}

/** Half of a request's time is over and nobody has decided it: what it is about, and until when. */
export function reminderCard(record: ApprovalRecord, timeZone: string): Card {
  const { approval } = record
  const { id, expiresAt, requestedByName } = approval
  const until = instantWords(expiresAt, timeZone)
  return {
    title: `${id} still waits for a decision`,
    tone: 'attention',
    blocks: [
      { type: 'text', style: 'plain', text: subjectWords(record) },
      { type: 'text', style: 'plain', text: `Asked by ${requestedByName}; expires ${until}.` },
      { type: 'text', style: 'quiet', text: `Next: \`approval ${id}\` shows it, its card has the buttons.` },
    ],
    actions: [],
  }
}

/** "Bill run BR-0001 · Contoso · $440.00 (1 line)" */
function subjectWords(record: ApprovalRecord): string {
  const { approval, run, plan = [] } = record
  const { lines } = requestContent(record)
  const undone = undoneRun(plan)
  if (approval.subject.type === 'sync') {
    const what = undone === undefined ? `Sync ${run.id}` : `Take back ${undone}`
    return `${what} · ${syncCustomers(plan)} · ${plural(stepCount(plan), 'step')}`
  }
  const what = approval.subject.type === 'void' ? 'Void' : 'Bill run'
  return `${what} ${run.id} · ${customersWords(lines)} · ${totalWords(lines)}`
}
