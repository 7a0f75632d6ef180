import { CARD_ROWS } from '../../core/limits.js'
import { verifyChain, type AuditEntry } from '../../core/audit/chain.js'
import type { ApprovalRecord } from '../../core/ports.js'
import { type CardClock, approvalCard, customersWords, linesOf, totalWords } from './bill-run.js'
import type { Block, Card } from './model.js'
import { instantWords, plural } from './words.js'

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
  clock: CardClock,
): Card {
  const card = approvalCard(record, clock)
  const items = record.trail.map((entry) => entryWords(entry, clock.timeZone))
  return { ...card, blocks: [...card.blocks, { type: 'list', heading: 'Trail', items }] }
}

/** Who did what, the newest first, and whether the chain holds. */
export function auditCard(trail: readonly AuditEntry[], { timeZone }: CardClock): Card {
  const fault = verifyChain(trail)
  const shown = trail.slice(-CARD_ROWS).reverse()
  const hidden = trail.length - shown.length
  const text =
    fault === undefined
      ? `The trail of ${plural(trail.length, 'entry', 'entries')} is whole.`
      : `The trail is broken: ${fault.what}. Nothing behind it can be trusted.`
  return {
    title: 'Audit trail',
    tone: fault === undefined ? 'good' : 'problem',
    blocks: [
      { type: 'text', style: 'strong', text },
      {
        type: 'list',
        items: shown.map((entry) => entryWords(entry, timeZone)),
        ...(hidden > 0 ? { more: { hidden, command: 'approval <id>' } } : {}),
      },
    ],
    actions: [],
  }
}

function entryWords({ sequence, at, actor, action, subject, details }: AuditEntry, timeZone: string): string {
  const said = details['reason'] ?? details['words']
  const reason = typeof said === 'string' ? `: ${said}` : ''
  return `${sequence} · ${instantWords(at, timeZone)} · ${actor} · ${action} · ${subject}${reason}`
}
