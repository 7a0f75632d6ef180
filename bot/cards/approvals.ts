import { CARD_ROWS } from '../../core/limits.js'
import type { Person } from '../../core/access/people.js'
import type { AuditEntry } from '../../core/audit/chain.js'
import type { ApprovalRecord } from '../../core/ports.js'
import { type CardClock, approvalCard, customersWords, linesOf, totalWords } from './bill-run.js'
import type { Block, Card } from './model.js'
import { entryWords } from './trail.js'
import { instantWords } from './words.js'

/** What waits for a decision, the oldest first. */
export function approvalsCard(open: readonly ApprovalRecord[], { timeZone }: CardClock): Card {
  const shown = open.slice(0, CARD_ROWS)
  const blocks: Block[] =
    shown.length === 0
      ? [{ type: 'text', style: 'plain', text: 'Nothing waits for a decision.' }]
      : [
          {
            type: 'table',
            columns: [
              { heading: 'Request', align: 'left' },
              { heading: 'What', align: 'left' },
              { heading: 'Asked by', align: 'left' },
              { heading: 'Expires', align: 'left' },
              { heading: 'Total', align: 'right' },
            ],
            rows: shown.map((record) => requestRow(record, timeZone)),
            ...(open.length > shown.length
              ? { more: { hidden: open.length - shown.length, command: 'approval <id>' } }
              : {}),
          },
        ]
  return {
    title: `Approvals: ${open.length} waiting`,
    tone: open.length > 0 ? 'attention' : 'good',
    blocks,
    actions: [],
  }
}

function requestRow(record: ApprovalRecord, timeZone: string): string[] {
  const { approval, run } = record
  const lines = linesOf(record)
  return [
    approval.id,
    `${approval.subject.type === 'void' ? 'void ' : ''}${run.id}, ${customersWords(lines)}`,
    approval.requestedByName,
    instantWords(approval.expiresAt, timeZone),
    totalWords(lines),
  ]
}

/** One request with its whole trail. */
export function approvalTrailCard(
  record: ApprovalRecord & { readonly trail: readonly AuditEntry[] },
  people: readonly Person[],
  clock: CardClock,
): Card {
  const card = approvalCard(record, clock)
  const items = record.trail.map((entry) => entryWords(entry, people, clock.timeZone))
  return { ...card, blocks: [...card.blocks, { type: 'list', heading: 'Trail', items }] }
}
