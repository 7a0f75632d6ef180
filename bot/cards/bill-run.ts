import { CARD_RUN_CUSTOMERS, CARD_RUN_LINES } from '../../core/limits.js'
import { type ApprovalState, stateOf } from '../../core/approval/approval.js'
import { type RequestContent, requestContent } from '../../core/approval/request.js'
import { unreachable } from '../../core/assert.js'
import type { BillRun } from '../../core/billrun/run.js'
import { localDateOf } from '../../core/calendar/zone.js'
import type { StandingRecord } from '../../core/app/standing.js'
import { undoneRun } from '../../core/app/undo.js'
import type { ApprovalRecord } from '../../core/ports.js'
import { comparisonNotes, heldBlocks } from './held.js'
import { freshAction, freshCommand, staleNext } from './fresh.js'
import { accountsOf, customersWords, itemWords, totalWords } from './lines.js'
import type { Action, Block, Card, Confirmation } from './model.js'
import { pageAction, pageCommands } from './pages.js'
import { rejectCommand } from './reject-form.js'
import { earlierBlocks, runSpanWords } from './spans.js'
import { standingBlocks } from './standing.js'
import { isShort, planBlocks, psaWords, syncConfirmation, syncCustomers, syncTotal } from './sync.js'
import { voidBlocks, voidedList, notDoneWords } from './void.js'
import { ageWords, amountWords, instantWords, plural } from './words.js'

/** Characters of a fingerprint a button carries: enough to tell any two contents apart. */
export const REVISION_LENGTH = 16

/** Where and when a card is read. */
export interface CardClock {
  readonly now: Date
  readonly timeZone: string
}

/** A request to bill or to void, at any moment of its life: undecided with buttons, else with how it ended. */
export function approvalCard(record: StandingRecord, clock: CardClock): Card {
  const { approval } = record
  const state = stateOf(approval, clock.now)
  const content = requestContent(record)
  return {
    title: titleOf(record, content),
    tone: toneOf(state),
    blocks: [...contentBlocks(record, content, state, clock), ...stateBlocks(record, state, clock)],
    actions: actionsOf(record, content, state),
  }
}

function titleOf({ approval, run, plan = [] }: ApprovalRecord, { lines }: RequestContent): string {
  if (approval.subject.type === 'sync') {
    const undone = undoneRun(plan)
    const what = undone === undefined ? 'Sync' : `Take back ${undone}:`
    return `${what} ${run.id} · ${syncCustomers(plan)} · ${psaWords(plan)}`
  }
  const who = customersWords(lines)
  return approval.subject.type === 'void'
    ? `Void ${run.id} · ${who} · ${approval.id}`
    : `Bill run ${run.id} · ${who} · ${runSpanWords(run.month, lines)}`
}

function toneOf(state: ApprovalState): Card['tone'] {
  if (state === 'pending') return 'attention'
  return state === 'approved' ? 'good' : 'plain'
}

function contentBlocks(
  record: StandingRecord,
  content: RequestContent,
  state: ApprovalState,
  { timeZone }: CardClock,
): Block[] {
  const { approval, run, standing } = record
  const { subject } = approval
  const page = pageCommands(record, timeZone)
  if (subject.type === 'void') return voidBlocks(subject, content, state, { timeZone, all: page('lines') })
  if (subject.type === 'sync') {
    return [
      { type: 'text', style: 'strong', text: syncTotal(record.plan ?? [], run.lines) },
      ...standingBlocks(standing, page),
      ...planBlocks(record, page('lines'), timeZone),
    ]
  }
  return [
    { type: 'text', style: 'strong', text: `Total ${totalWords(run.lines)}` },
    ...earlierBlocks(run.lines, run.month, state === 'pending' ? ' (still unbilled)' : ''),
    ...standingBlocks(standing, page),
    ...runBlocks(run, page, state === 'approved', timeZone),
    ...voidedList('Voided since', content.voidedSince, timeZone),
  ]
}

function runBlocks(
  run: BillRun,
  page: ReturnType<typeof pageCommands>,
  approved: boolean,
  timeZone: string,
): Block[] {
  const all = page('lines')
  const blocks: Block[] = [
    run.customers.length === 1
      ? lineList(run, approved ? `export csv ${run.id}` : all, timeZone)
      : customerTable(run, all),
  ]
  const notes = comparisonNotes(run.customers)
  if (notes.length > 0) blocks.push(noteList(notes, all))
  return [...blocks, ...heldBlocks(run, page('held'))]
}

function lineList({ lines, proposedAt }: BillRun, all: string, timeZone: string): Block {
  const proposed = localDateOf(proposedAt, timeZone)
  const hidden = lines.length - CARD_RUN_LINES
  return {
    type: 'list',
    items: lines.slice(0, CARD_RUN_LINES).map((line) => itemWords(line, proposed)),
    ...(hidden > 0 ? { more: { hidden, command: all } } : {}),
  }
}

function customerTable({ customers }: BillRun, all: string): Block {
  const hidden = customers.length - CARD_RUN_CUSTOMERS
  return {
    type: 'table',
    columns: [
      { heading: 'Customer', align: 'left' },
      { heading: 'Lines', align: 'right' },
      { heading: 'Amount', align: 'right' },
    ],
    rows: customers
      .slice(0, CARD_RUN_CUSTOMERS)
      .map(({ name, lines, amount, currency }) => [name, String(lines), amountWords(amount, currency)]),
    ...(hidden > 0 ? { more: { hidden, command: all } } : {}),
  }
}

function noteList(notes: readonly string[], all: string): Block {
  const hidden = notes.length - CARD_RUN_CUSTOMERS
  return {
    type: 'list',
    items: notes.slice(0, CARD_RUN_CUSTOMERS),
    ...(hidden > 0 ? { more: { hidden, command: all } } : {}),
  }
}

function stateBlocks(record: StandingRecord, state: ApprovalState, { timeZone }: CardClock): Block[] {
  const { approval, standing } = record
  const said = (text: string, style: 'strong' | 'plain' | 'quiet'): Block => ({ type: 'text', style, text })
  const asked = `${approval.id}, asked by ${approval.requestedByName} on ${instantWords(approval.requestedAt, timeZone)}`
  const replaced = record.replaced ?? []
  const place = replaced.length === 0 ? '' : `; takes the place of ${replaced.join(', ')}`
  const { decision, subject } = approval
  switch (state) {
    case 'pending':
      return [
        ...(standing?.changes === undefined ? [] : [said(staleNext(record), 'plain')]),
        said(`${asked}${place}; expires ${instantWords(approval.expiresAt, timeZone)}.`, 'quiet'),
        ...(standing?.age === undefined ? [] : [said(`${ageWords(standing.age)}.`, 'quiet')]),
      ]
    case 'expired': {
      const when = instantWords(approval.expiresAt, timeZone)
      return [
        said(`Expired on ${when}: ${notDoneWords(subject).toLowerCase()}`, 'strong'),
        said(`Next: \`${freshCommand(record)}\` makes a fresh one.`, 'plain'),
      ]
    }
    case 'superseded':
      return [
        said(`${approval.supersededBy ?? 'A newer request'} took its place: decide that one.`, 'strong'),
      ]
    case 'approved':
    case 'rejected': {
      if (decision === undefined) return []
      const verb = state === 'approved' ? 'Approved' : 'Rejected'
      const why = decision.reason === undefined ? '' : `: ${decision.reason}`
      return [
        said(`${verb} by ${decision.byName} on ${instantWords(decision.at, timeZone)}${why}.`, 'strong'),
        said(`${asked}.`, 'quiet'),
      ]
    }
    default:
      return unreachable(state, 'stateBlocks')
  }
}

/** The card of several customers shows none of their lines: whoever decides can read them all. */
function allLines({ approval, plan }: ApprovalRecord, { lines }: RequestContent): Action[] {
  const isShown =
    plan !== undefined ? isShort(plan) : lines.length <= CARD_RUN_LINES && accountsOf(lines).length === 1
  return isShown ? [] : [pageAction('All lines', `${approval.id} page 1`)]
}

function actionsOf(record: StandingRecord, content: RequestContent, state: ApprovalState): Action[] {
  const { approval, run } = record
  const target = { id: approval.id, revision: approval.fingerprint.slice(0, REVISION_LENGTH) }
  const isAllVoided = content.voidedSince.flatMap(({ lines }) => lines).length === content.lines.length
  if (state === 'approved' && approval.subject.type === 'bill' && !isAllVoided) {
    const download = { id: run.id, revision: '' }
    return [
      {
        name: 'download',
        label: 'Download CSV',
        tone: 'default',
        target: download,
        command: `export csv ${run.id}`,
      },
    ]
  }
  if (state === 'expired') return [...freshAction(record)]
  if (state !== 'pending') return []
  const approve: Action = {
    name: 'approve',
    label: 'Approve',
    tone: 'primary',
    target,
    command: `approve ${approval.id}`,
    confirm: confirmation(record, content),
  }
  return [
    // A yes to what has changed would be refused.
    ...(record.standing?.changes === undefined ? [approve] : freshAction(record)),
    {
      name: 'reject',
      label: 'Reject',
      tone: 'danger',
      target,
      command: rejectCommand(approval.id),
    },
    ...allLines(record, content),
  ]
}

/** Money confirms by repeating amount, count and target. */
function confirmation(record: ApprovalRecord, { lines }: RequestContent): Confirmation {
  const { approval, run } = record
  const { subject } = approval
  if (subject.type === 'sync') return syncConfirmation(record, lines.length === 0 ? '' : totalWords(lines))
  const customers = new Set(lines.map(({ customerId }) => customerId)).size
  const what = `${totalWords(lines)} to ${plural(customers, 'customer')}`
  return subject.type === 'bill'
    ? { title: `Approve ${run.id}?`, text: `This bills ${what}.`, yes: 'Approve', no: 'Back' }
    : {
        title: `Void ${run.id}?`,
        text: `What it billed becomes due again: ${what}.`,
        yes: 'Void',
        no: 'Back',
      }
}
