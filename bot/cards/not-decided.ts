import { CARD_RUN_LINES } from '../../core/limits.js'
import type { Person } from '../../core/access/rights.js'
import type { Decision, Refusal } from '../../core/approval/approval.js'
import type { Staleness } from '../../core/approval/stale.js'
import { unreachable } from '../../core/assert.js'
import type { ApprovalRecord } from '../../core/ports.js'
import { requestContent } from '../../core/approval/request.js'
import type { CardClock } from './bill-run.js'
import { freshCommand, staleNext } from './fresh.js'
import type { Block, Card } from './model.js'
import { changeItems, changedWords } from './standing.js'
import { type VoidSubject, notDoneWords, staleVoidWords, voidedList } from './void.js'
import { instantWords } from './words.js'

/** Why a decision was not taken, for the person who tried. */
export function refusalCard(
  refusal: Refusal,
  record: ApprovalRecord,
  person: Person,
  { timeZone }: CardClock,
): Card {
  const { approval } = record
  const isOwn = refusal.type === 'decided' && refusal.decision.by === person.id
  const [what, next] = isOwn
    ? ownDecisionWords(refusal.decision, approval.id, timeZone)
    : refusalWords(refusal, record, timeZone)
  return {
    title: isOwn ? `${approval.id} is decided by you already` : `${approval.id} was not decided by you`,
    tone: 'problem',
    blocks: [
      { type: 'text', style: 'strong', text: what },
      { type: 'text', style: 'plain', text: 'Nothing was changed.' },
      { type: 'text', style: 'plain', text: next },
    ],
    actions: [],
  }
}

/** For whoever clicks twice: it was their own decision, and once is enough. */
function ownDecisionWords(
  { verdict, at }: Decision,
  id: string,
  timeZone: string,
): readonly [string, string] {
  return [
    `You ${verdict} this already on ${instantWords(at, timeZone)}.`,
    `\`approval ${id}\` shows its trail.`,
  ]
}

function refusalWords(refusal: Refusal, record: ApprovalRecord, timeZone: string): readonly [string, string] {
  const { id } = record.approval
  switch (refusal.type) {
    case 'notAllowed':
      return ['Your role may not decide.', 'Ask an approver to look at it.']
    case 'ownRequest':
      return [
        'You asked for this, so somebody else has to approve it.',
        'Ask another approver to look at it.',
      ]
    case 'decided': {
      const { verdict, byName, at } = refusal.decision
      return [
        `It is decided already: ${verdict} by ${byName} on ${instantWords(at, timeZone)}.`,
        `\`approval ${id}\` shows its trail.`,
      ]
    }
    case 'superseded':
      return [`${refusal.by} took its place.`, `Type \`approval ${refusal.by}\` to see it.`]
    case 'expired':
      return [
        `It expired on ${instantWords(refusal.at, timeZone)}.`,
        `Type \`${freshCommand(record)}\` to make a fresh one.`,
      ]
    case 'wrongRevision':
      return [
        'The button shows other content than the request.',
        `Type \`approval ${id}\` to see it as it is.`,
      ]
    case 'reasonMissing':
      return ['A rejection needs a reason.', `Type \`reject ${id} because <reason>\`.`]
    default:
      return unreachable(refusal, 'refusalWords')
  }
}

/** The lines changed since they were shown: what changed, and how to go on. */
export function staleCard(changes: Staleness, record: ApprovalRecord, clock: CardClock): Card {
  const { id, subject } = record.approval
  return {
    title: `${id} is out of date`,
    tone: 'attention',
    blocks: subject.type === 'void' ? staleVoid(record, subject, clock) : staleRun(changes, record),
    actions: [],
  }
}

function staleRun(changes: Staleness, record: ApprovalRecord): Block[] {
  const items = changeItems(changes)
  const hidden = items.length - CARD_RUN_LINES
  return [
    {
      type: 'text',
      style: 'strong',
      text: `${changedWords(changes)}. ${notDoneWords(record.approval.subject)}`,
    },
    {
      type: 'list',
      items: items.slice(0, CARD_RUN_LINES),
      ...(hidden > 0 ? { more: { hidden, command: `approval ${record.approval.id}` } } : {}),
    },
    { type: 'text', style: 'plain', text: staleNext(record) },
  ]
}

/** A void is out of date when another one was faster: who took what, and what is left to void. */
function staleVoid(record: ApprovalRecord, subject: VoidSubject, { timeZone }: CardClock): Block[] {
  const content = requestContent(record)
  return [
    { type: 'text', style: 'strong', text: `${staleVoidWords(content)} ${notDoneWords(subject)}` },
    ...voidedList('Voided since it was asked for', content.voidedSince, timeZone),
    { type: 'text', style: 'plain', text: staleNext(record) },
  ]
}
