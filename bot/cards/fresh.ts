import { type RequestContent, requestContent } from '../../core/approval/request.js'
import { undoneRun } from '../../core/app/undo.js'
import { OVERRIDE_EFFECTS_SHOWN } from '../../core/limits.js'
import type { ApprovalRecord } from '../../core/ports.js'
import { proposeCommand, totalWords } from './lines.js'
import type { Action } from './model.js'
import { type VoidSubject, stillBilled, voidCommand } from './void.js'

type Request = Pick<ApprovalRecord, 'approval' | 'run' | 'plan' | 'voids'>

/** What to type to ask for what a request is about as it is now. */
export function freshCommand(record: Request): string {
  const { approval, run, plan = [] } = record
  if (approval.subject.type === 'void') return voidCommand(approval.subject, requestContent(record))
  if (approval.subject.type === 'bill') return proposeCommand(run)
  const undone = undoneRun(plan)
  if (undone !== undefined) return undoCommand(undone, plan)
  // Whom it would write for: steps of later months settle no line, and so have no customer in the run.
  const names = run.asked.length === 0 ? [] : plan.map(({ customerName }) => customerName)
  return ['sync', [...new Set(names)].join(', ')].filter((word) => word !== '').join(' ')
}

function undoCommand(runId: string, plan: NonNullable<Request['plan']>): string {
  const [only, ...others] = new Set(plan.map(({ customerName }) => customerName))
  const whose = only === undefined || others.length > 0 ? '' : ` ${only}`
  return `void ${runId}${whose} because <reason>`
}

/** The same by a click, in the place of Approve where a yes would be refused; what needs a reason has to be typed. */
export function freshAction(record: Request): readonly Action[] {
  const { approval, plan } = record
  if (approval.subject.type === 'void' || undoneRun(plan) !== undefined) return []
  return [
    {
      name: 'again',
      label: 'Ask again',
      tone: 'default',
      target: { id: approval.id, revision: '' },
      command: freshCommand(record),
    },
  ]
}

/** How to go on with a request that shows other content than what is there now. */
export function staleNext(record: Request): string {
  const { approval } = record
  const { id, subject } = approval
  return subject.type === 'void'
    ? staleVoidNext(id, subject, requestContent(record))
    : `Next: \`${freshCommand(record)}\` shows it as it is now.`
}

function staleVoidNext(id: string, subject: VoidSubject, content: RequestContent): string {
  const left = stillBilled(content)
  return left.length > 0
    ? `Next: \`${voidCommand(subject, content)}\` asks for what is still billed, ${totalWords(left)}.`
    : `Nothing of it is left to void. \`reject ${id} because <reason>\` closes it.`
}

/** Requests that a change made stale, of which there is at least one: what to do about them. */
export function staleWords(stale: readonly string[]): string {
  const ids = stale.slice(0, OVERRIDE_EFFECTS_SHOWN).join(', ')
  const hidden = stale.length - OVERRIDE_EFFECTS_SHOWN
  const more = hidden > 0 ? ` and ${hidden} more` : ''
  const what = stale.length === 1 ? 'shows other lines' : 'show other lines'
  return `${ids}${more} ${what} than are due now and cannot be approved any more: \`approval ${stale[0]}\` shows what changed, \`propose\` asks anew.`
}
