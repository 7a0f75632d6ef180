import type { ApprovalState, ApprovalSubject } from '../../core/approval/approval.js'
import type { RequestContent, VoidedPart } from '../../core/approval/request.js'
import type { RunLine } from '../../core/billrun/run.js'
import { unreachable } from '../../core/assert.js'
import { CARD_ROWS, CARD_RUN_LINES } from '../../core/limits.js'
import { accountsOf, customersWords, itemWords, totalWords } from './lines.js'
import type { Block } from './model.js'
import { instantWords, plural } from './words.js'

export type VoidSubject = Extract<ApprovalSubject, { type: 'void' }>

/**
 * What a void makes due again, why, and what of the run was voided before it and so is no part of it.
 *
 * @param all what to type to see every line.
 */
export function voidBlocks(
  { reason }: VoidSubject,
  content: RequestContent,
  state: ApprovalState,
  { timeZone, all }: { readonly timeZone: string; readonly all: string },
): Block[] {
  const { lines, voidedBefore, voidedSince } = content
  const isStale = state === 'pending' && voidedSince.length > 0
  return [
    { type: 'text', style: 'strong', text: `${doesWords(state)} ${totalWords(lines)} due again.` },
    { type: 'text', style: 'plain', text: `Reason: ${reason}` },
    ...(isStale ? staleVoidBlocks(content, timeZone) : []),
    aboutList(lines, all),
    ...voidedList('Voided before, and no part of this', voidedBefore, timeZone),
  ]
}

/** The lines of one customer; of several, what each has. */
function aboutList(lines: readonly RunLine[], all: string): Block {
  const accounts = accountsOf(lines)
  const items =
    accounts.length === 1
      ? lines.map((line) => itemWords(line))
      : accounts.map((account) => `${account.name}: ${totalWords(account.lines)}`)
  const hidden = items.length - CARD_RUN_LINES
  return {
    type: 'list',
    items: items.slice(0, CARD_RUN_LINES),
    ...(hidden > 0 ? { more: { hidden, command: all } } : {}),
  }
}

function staleVoidBlocks(content: RequestContent, timeZone: string): Block[] {
  return [
    { type: 'text', style: 'strong', text: `Out of date. ${staleVoidWords(content)}` },
    ...voidedList('Voided since it was asked for', content.voidedSince, timeZone),
  ]
}

/** The lines of a void that are billed still. */
export function stillBilled({ lines, voidedSince }: RequestContent): readonly RunLine[] {
  const gone = new Set(voidedSince.flatMap((part) => part.lines))
  return lines.filter((line) => !gone.has(line))
}

/** "Of its 3 lines only 1 is still billed." */
export function staleVoidWords(content: RequestContent): string {
  const all = plural(content.lines.length, 'line')
  const left = stillBilled(content).length
  return left === 0
    ? `Nothing of its ${all} is billed any more.`
    : `Of its ${all} only ${left} ${left === 1 ? 'is' : 'are'} still billed.`
}

function doesWords(state: ApprovalState): string {
  switch (state) {
    case 'pending':
      return 'Makes'
    case 'approved':
      return 'Made'
    case 'rejected':
    case 'expired':
    case 'superseded':
      return 'Would have made'
    default:
      return unreachable(state, 'doesWords')
  }
}

/** "Contoso: $514.52 (2 lines), by Sam on 20 Mar 2026 10:00 (APR-0002)", void by void; no block when there is none. */
export function voidedList(heading: string, parts: readonly VoidedPart[], timeZone: string): Block[] {
  if (parts.length === 0) return []
  const hidden = parts.length - CARD_ROWS
  const items = parts.slice(0, CARD_ROWS).map(({ lines, decision, approvalId }) => {
    const when = instantWords(decision.at, timeZone)
    return `${customersWords(lines)}: ${totalWords(lines)}, by ${decision.byName} on ${when} (${approvalId})`
  })
  return [
    { type: 'list', heading, items, ...(hidden > 0 ? { more: { hidden, command: 'approval <id>' } } : {}) },
  ]
}

/** What to type to ask for a void again. */
export function voidCommand({ runId, customerId }: VoidSubject, { lines }: RequestContent): string {
  const customer = customerId === undefined ? '' : ` ${customersWords(lines)}`
  return `void ${runId}${customer} because <reason>`
}

/** What does not happen while a request is not approved. */
export function notDoneWords({ type }: ApprovalSubject): string {
  if (type === 'sync') return 'Nothing was written.'
  return type === 'void' ? 'Nothing was voided.' : 'Nothing was billed.'
}
