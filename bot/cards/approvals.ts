import { CARD_ROWS, CARD_RUN_LINES } from '../../core/limits.js'
import type { Person } from '../../core/access/people.js'
import type { StandingRecord } from '../../core/app/standing.js'
import { requestContent } from '../../core/approval/request.js'
import { toldSteps } from '../../core/app/told-steps.js'
import { undoneRun } from '../../core/app/undo.js'
import type { AuditEntry } from '../../core/audit/chain.js'
import { type CardClock, approvalCard } from './bill-run.js'
import { customersWords, totalWords } from './lines.js'
import { staleNext } from './fresh.js'
import type { Block, Card } from './model.js'
import { type ToldRecord, pageCommands } from './pages.js'
import { changeItems, changedWords } from './standing.js'
import { syncCustomers } from './sync.js'
import { entryWords } from './trail.js'
import { staleVoidWords } from './void.js'
import { instantWords } from './words.js'

/** What waits for a decision, the oldest first. */
export function approvalsCard(open: readonly StandingRecord[], { timeZone }: CardClock): Card {
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
  blocks.push(...outOfDateBlocks(open))
  return {
    title: `Approvals: ${open.length} waiting`,
    tone: open.length > 0 ? 'attention' : 'good',
    blocks,
    actions: [],
  }
}

/** Requests whose lines have changed: approving them would be refused. */
function outOfDateBlocks(open: readonly StandingRecord[]): Block[] {
  const stale = open.filter(({ standing }) => standing?.changes !== undefined).map(outOfDateWords)
  const unchecked = open.find(({ standing }) => standing?.unchecked !== undefined)?.standing?.unchecked
  const hidden = stale.length - CARD_ROWS
  const blocks: Block[] = []
  if (stale.length > 0) {
    blocks.push({
      type: 'list',
      heading: 'Out of date',
      items: stale.slice(0, CARD_ROWS),
      ...(hidden > 0 ? { more: { hidden, command: 'approval <id>' } } : {}),
    })
  }
  if (unchecked !== undefined) {
    blocks.push({ type: 'text', style: 'plain', text: `Not compared with what is due now: ${unchecked}` })
  }
  return blocks
}

/** "APR-0002: 3 lines changed since it was shown: new: Contoso · …; and 2 more: `approval APR-0002`; `propose …` asks again" */
function outOfDateWords(record: StandingRecord): string {
  const { approval, standing } = record
  if (approval.subject.type === 'void') {
    return `${approval.id}: ${staleVoidWords(requestContent(record))} ${staleNext(record)}`
  }
  const changes = standing?.changes ?? NO_CHANGES
  const [first = '', ...others] = changeItems(changes)
  const more = others.length === 0 ? '' : `; and ${others.length} more: \`approval ${approval.id}\``
  return `${approval.id}: ${changedWords(changes)}: ${first}${more}. ${staleNext(record)}`
}

const NO_CHANGES = { added: [], gone: [], reworded: [] }

/** "APR-0001 · Bill run BR-0001, Contoso · asked by Dana · until 23 Mar 2026 09:05 · $514.52 (2 lines)" */
export function requestWords(record: StandingRecord, timeZone: string): string {
  const [id, what, by, until, total] = requestRow(record, timeZone)
  return `${id} · ${what} · asked by ${by} · until ${until} · ${total}`
}

function requestRow(record: StandingRecord, timeZone: string): string[] {
  const { approval, run, standing } = record
  const { lines } = requestContent(record)
  return [
    standing?.changes === undefined ? approval.id : `${approval.id}, out of date`,
    `${kindWords(record)}${run.id}, ${whoWords(record)}`,
    approval.requestedByName,
    instantWords(approval.expiresAt, timeZone),
    totalWords(lines),
  ]
}

function kindWords({ approval: { subject }, plan }: StandingRecord): string {
  const undone = undoneRun(plan)
  if (undone !== undefined) return `take back ${undone}: `
  return subject.type === 'bill' ? '' : `${subject.type} `
}

function whoWords(record: StandingRecord): string {
  return record.plan === undefined ? customersWords(requestContent(record).lines) : syncCustomers(record.plan)
}

export type TrailRecord = StandingRecord & { readonly trail: readonly AuditEntry[] }

/** One request with its trail; what of that finds no room stands on its pages. */
export function approvalTrailCard(record: TrailRecord, people: readonly Person[], clock: CardClock): Card {
  const card = approvalCard(record, clock)
  const told = trailItems(record, people, clock)
  const hidden = told.length - CARD_RUN_LINES
  const command = pageCommands(withTrail(record, people, clock), clock.timeZone)('trail')
  const list: Block = {
    type: 'list',
    heading: 'Trail',
    items: told.slice(0, CARD_RUN_LINES),
    ...(hidden > 0 ? { more: { hidden, command } } : {}),
  }
  return { ...card, blocks: [...card.blocks, list] }
}

/** A request as its pages tell it: with the whole trail, if its card shows only a part. */
export function withTrail(record: TrailRecord, people: readonly Person[], clock: CardClock): ToldRecord {
  const told = trailItems(record, people, clock)
  return told.length > CARD_RUN_LINES ? { ...record, told } : record
}

function trailItems(record: TrailRecord, people: readonly Person[], { timeZone }: CardClock): string[] {
  const steps = toldSteps(record)
  return record.trail.map((entry) => entryWords(entry, people, timeZone, steps))
}
