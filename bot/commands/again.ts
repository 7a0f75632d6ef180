import { undoneRun } from '../../core/app/undo.js'
import type { ApprovalRecord } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import { freshCommand } from '../cards/fresh.js'
import type { Command } from './parse.js'

/** What asks again for what a request is about. Problem `input` for one that needs a reason. */
export function againOf(record: ApprovalRecord): Extract<Command, { name: 'propose' | 'sync' }> {
  const { approval, run, plan } = record
  const { type } = approval.subject
  if (type === 'void' || undoneRun(plan) !== undefined) {
    throw new Problem({
      kind: 'input',
      what: `${approval.id} cannot be asked for again without a reason.`,
      notDone: 'Nothing was asked for.',
      next: `Type \`${freshCommand(record)}\`.`,
    })
  }
  const customers = run.asked
  return type === 'bill' ? { name: 'propose', month: run.month, customers } : { name: 'sync', customers }
}
