import { CARD_RUN_LINES } from '../../core/limits.js'
import type { Person } from '../../core/access/rights.js'
import type { Decision, Refusal } from '../../core/approval/approval.js'
import type { Staleness } from '../../core/approval/stale.js'
import { unreachable } from '../../core/assert.js'
import type { RunLine } from '../../core/billrun/run.js'
import { monthYear } from '../../core/calendar/words.js'
import type { ApprovalRecord } from '../../core/ports.js'
import { type CardClock, servedWords } from './bill-run.js'
import type { Card } from './model.js'
import { instantWords, plural } from './words.js'

/** Why a decision was not taken, for the person who tried. */
export function refusalCard(
  refusal: Refusal,
  { approval }: ApprovalRecord,
  person: Person,
  { timeZone }: CardClock,
): Card {
  const isOwn = refusal.type === 'decided' && refusal.decision.by === person.id
  const [what, next] = isOwn
    ? ownDecisionWords(refusal.decision, approval.id, timeZone)
    : refusalWords(refusal, approval.id, timeZone)
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

function refusalWords(refusal: Refusal, id: string, timeZone: string): readonly [string, string] {
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
      return [`It expired on ${instantWords(refusal.at, timeZone)}.`, 'Type `propose` to make a fresh one.']
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
export function staleCard({ added, gone, reworded }: Staleness, { approval, run }: ApprovalRecord): Card {
  const count = added.length + gone.length + reworded.length
  const items = [
    ...gone.map((line) => `gone: ${lineWords(line)}`),
    ...added.map((line) => `new: ${lineWords(line)}`),
    ...reworded.map((line) => `renamed: ${lineWords(line)}`),
  ]
  const hidden = items.length - CARD_RUN_LINES
  const names = run.asked.length === 0 ? '' : ` ${run.customers.map(({ name }) => name).join(', ')}`
  const command = `propose ${monthYear(run.month.from).toLowerCase()}${names}`
  return {
    title: `${approval.id} is out of date`,
    tone: 'attention',
    blocks: [
      {
        type: 'text',
        style: 'strong',
        text: `${plural(count, 'line')} changed since it was shown. Nothing was billed.`,
      },
      {
        type: 'list',
        items: items.slice(0, CARD_RUN_LINES),
        ...(hidden > 0 ? { more: { hidden, command } } : {}),
      },
      { type: 'text', style: 'plain', text: `Next: \`${command}\` shows it as it is now.` },
    ],
    actions: [],
  }
}

function lineWords(line: RunLine): string {
  return `${line.customerName} · ${line.description} · ${servedWords(line)}`
}
