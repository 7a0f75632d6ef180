import { CARD_RUN_CUSTOMERS, CARD_RUN_LINES } from '../../core/limits.js'
import { type ApprovalState, stateOf } from '../../core/approval/approval.js'
import { unreachable } from '../../core/assert.js'
import { type BillRun, type RunCustomer, type RunLine, whyHeld } from '../../core/billrun/run.js'
import { dayMonthYear, monthYear, periodWords } from '../../core/calendar/words.js'
import type { ApprovalRecord } from '../../core/ports.js'
import type { Action, Block, Card, Confirmation } from './model.js'
import { amountWords, instantWords, plural, withoutDates } from './words.js'

/** Characters of a fingerprint a button carries: enough to tell any two contents apart. */
export const REVISION_LENGTH = 16

/** Where and when a card is read. */
export interface CardClock {
  readonly now: Date
  readonly timeZone: string
}

/** A request to bill or to void, at any moment of its life: undecided with buttons, else with how it ended. */
export function approvalCard(record: ApprovalRecord, clock: CardClock): Card {
  const { approval } = record
  const state = stateOf(approval, clock.now)
  return {
    title: titleOf(record),
    tone: toneOf(state),
    blocks: [...contentBlocks(record), ...stateBlocks(record, state, clock)],
    actions: actionsOf(record, state),
  }
}

function titleOf(record: ApprovalRecord): string {
  const { approval, run } = record
  const who = customersWords(linesOf(record))
  return approval.subject.type === 'void'
    ? `Void ${run.id} · ${who} · ${approval.id}`
    : `Bill run ${run.id} · ${who} · ${periodWords(run.month)}`
}

/** "Contoso", "3 customers": whose lines these are. */
export function customersWords(lines: readonly RunLine[]): string {
  const names = new Map(lines.map(({ customerId, customerName }) => [customerId, customerName]))
  const [only, ...others] = names.values()
  return only !== undefined && others.length === 0 ? only : plural(names.size, 'customer')
}

function toneOf(state: ApprovalState): Card['tone'] {
  if (state === 'pending') return 'attention'
  return state === 'approved' ? 'good' : 'plain'
}

function contentBlocks(record: ApprovalRecord): Block[] {
  const { subject, decision } = record.approval
  if (subject.type === 'bill') return runBlocks(record.run, decision?.verdict === 'approved')
  const lines = linesOf(record)
  return [
    {
      type: 'text',
      style: 'strong',
      text: `Makes ${plural(lines.length, 'line')} due again: ${totalWords(lines)}.`,
    },
    { type: 'text', style: 'plain', text: `Reason: ${subject.reason}` },
  ]
}

function runBlocks(run: BillRun, approved: boolean): Block[] {
  const blocks: Block[] = [{ type: 'text', style: 'strong', text: `Total ${totalWords(run.lines)}` }]
  if (run.customers.length === 1) blocks.push(lineList(run, approved))
  else blocks.push(customerTable(run))
  const notes = run.customers.flatMap((customer) => comparisonWords(customer))
  if (notes.length > 0) blocks.push(noteList(run, notes))
  if (run.held.length > 0) blocks.push(heldList(run))
  return blocks
}

/** "$514.52 (2 lines)"; several currencies side by side, never added. */
export function totalWords(lines: readonly RunLine[]): string {
  const totals = new Map<string, bigint>()
  for (const { currency, amount } of lines) totals.set(currency, (totals.get(currency) ?? 0n) + amount)
  const amounts = [...totals].map(([currency, amount]) => amountWords(amount, currency))
  return `${amounts.join(' + ')} (${plural(lines.length, 'line')})`
}

/** The file of a run holds every line, but there is none before it is approved: until then the customer's lines are it. */
function lineList(run: BillRun, approved: boolean): Block {
  const shown = run.lines.slice(0, CARD_RUN_LINES)
  const hidden = run.lines.length - shown.length
  const [customer] = run.customers
  const command =
    approved || customer === undefined
      ? `export csv ${run.id}`
      : `customer ${customer.name} ${monthYear(run.month.from).toLowerCase()}`
  return {
    type: 'list',
    items: shown.map((line) => `${line.description} · ${servedWords(line)}`),
    ...(hidden > 0 ? { more: { hidden, command } } : {}),
  }
}

function customerTable(run: BillRun): Block {
  const shown = run.customers.slice(0, CARD_RUN_CUSTOMERS)
  const hidden = run.customers.length - shown.length
  return {
    type: 'table',
    columns: [
      { heading: 'Customer', align: 'left' },
      { heading: 'Lines', align: 'right' },
      { heading: 'Amount', align: 'right' },
    ],
    rows: shown.map(({ name, lines, amount, currency }) => [
      name,
      String(lines),
      amountWords(amount, currency),
    ]),
    ...(hidden > 0
      ? { more: { hidden, command: `customer <name> ${monthYear(run.month.from).toLowerCase()}` } }
      : {}),
  }
}

/** How a customer compares to the last month billed (BILLING B25); said only where a person should look. */
function comparisonWords({ name, comparison, currency }: RunCustomer): string[] {
  switch (comparison.type) {
    case 'firstBill':
      return [`${name}: first bill`]
    case 'billedInPart':
      return [`${name}: billed in part this month already, ${amountWords(comparison.billed, currency)}`]
    case 'outside':
      return [`${name}: outside its usual bounds, ${comparison.why}`]
    case 'twoPeriods':
      return [`${name}: ${comparison.why}`]
    case 'within':
      return []
    default:
      return unreachable(comparison, 'comparisonWords')
  }
}

function noteList(run: BillRun, notes: readonly string[]): Block {
  const hidden = notes.length - CARD_RUN_CUSTOMERS
  const command = `who ${monthYear(run.month.from).toLowerCase()}`
  return {
    type: 'list',
    items: notes.slice(0, CARD_RUN_CUSTOMERS),
    ...(hidden > 0 ? { more: { hidden, command } } : {}),
  }
}

function heldList(run: BillRun): Block {
  const month = monthYear(run.month.from).toLowerCase()
  return {
    type: 'list',
    heading: `Held: ${plural(run.held.length, 'customer')}${boundsWords(run.held)}, not in this run`,
    items: run.held
      .slice(0, CARD_RUN_CUSTOMERS)
      .map(
        (customer) => `${customer.name}: ${whyHeld(customer)}. Next: \`propose ${month} ${customer.name}\``,
      ),
    ...(run.held.length > CARD_RUN_CUSTOMERS
      ? { more: { hidden: run.held.length - CARD_RUN_CUSTOMERS, command: `who ${month}` } }
      : {}),
  }
}

function boundsWords(held: readonly RunCustomer[]): string {
  return held.every(({ comparison }) => comparison.type === 'outside') ? ' outside the usual bounds' : ''
}

function stateBlocks(
  { approval, run }: ApprovalRecord,
  state: ApprovalState,
  { timeZone }: CardClock,
): Block[] {
  const said = (text: string, style: 'strong' | 'plain' | 'quiet'): Block => ({ type: 'text', style, text })
  const asked = `${approval.id}, asked by ${approval.requestedByName} on ${instantWords(approval.requestedAt, timeZone)}`
  const { decision } = approval
  switch (state) {
    case 'pending':
      return [said(`${asked}; expires ${instantWords(approval.expiresAt, timeZone)}.`, 'quiet')]
    case 'expired':
      return [
        said(`Expired on ${instantWords(approval.expiresAt, timeZone)}: nothing was billed.`, 'strong'),
        said(`Next: \`propose ${monthYear(run.month.from).toLowerCase()}\` makes a fresh one.`, 'plain'),
      ]
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

function actionsOf(record: ApprovalRecord, state: ApprovalState): Action[] {
  const { approval, run } = record
  const target = { id: approval.id, revision: approval.fingerprint.slice(0, REVISION_LENGTH) }
  if (state === 'approved' && approval.subject.type === 'bill') {
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
  if (state !== 'pending') return []
  return [
    {
      name: 'approve',
      label: 'Approve',
      tone: 'primary',
      target,
      command: `approve ${approval.id}`,
      confirm: confirmation(record),
    },
    {
      name: 'reject',
      label: 'Reject',
      tone: 'danger',
      target,
      command: `reject ${approval.id} because <reason>`,
      reason: 'Why is it rejected?',
    },
  ]
}

/** Money confirms by repeating amount, count and target. */
function confirmation(record: ApprovalRecord): Confirmation {
  const { subject } = record.approval
  const { run } = record
  const lines = linesOf(record)
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

/** The lines a request is about: those it would bill, or make due again. */
export function linesOf({ approval: { subject }, run }: ApprovalRecord): readonly RunLine[] {
  if (subject.type === 'bill' || subject.customerId === undefined) return run.lines
  return run.lines.filter(({ customerId }) => customerId === subject.customerId)
}

/** "11 Mar – 31 Dec 2026: 5 × $240.00 × 296/365 = $973.15": service days, a single one of a one-time charge, and arithmetic. */
export function servedWords({ from, to, explanation }: RunLine): string {
  const service = to > from ? periodWords({ from, to }) : dayMonthYear(from)
  return `${service}: ${withoutDates(explanation, service)}`
}
