import type { Person } from '../../core/access/people.js'
import { REVISION_LENGTH, approvalCard } from '../cards/bill-run.js'
import type { Field, Form, FormValues } from '../cards/form.js'
import type { ActionTarget, FormName } from '../cards/model.js'
import { REJECT_FIELDS, rejectForm } from '../cards/reject-form.js'
import { stateOf } from '../../core/approval/approval.js'
import { decisionReply } from './desk-billing.js'
import type { Command } from './parse.js'
import type { DeskParts, Reply } from './reply.js'

/** What became of the wish to fill in a form. */
export type FormMade =
  | { readonly type: 'form'; readonly form: Form }
  | { readonly type: 'refused'; readonly reply: Reply }

/** One form: how it is made, and which command is meant by what it is sent off with. */
export interface FormKind {
  /** What values alone can be checked against, without looking anything up; choices stand open. */
  readonly fields: readonly Field[]
  /** The form as it is now. Throws a Problem, or says a refusal, where there is nothing to fill in (any more). */
  make(parts: DeskParts, person: Person, target: ActionTarget): Promise<FormMade>
  /** @param values that fit the fields of `form`. Problem `input` for what is no command. */
  command(form: Form, values: FormValues): Command
  /** What shows the card the form was opened on. */
  behind(target: ActionTarget): Command
}

/** Every form. */
export const FORMS: Readonly<Record<FormName, FormKind>> = {
  reject: {
    fields: REJECT_FIELDS,
    make: makeReject,
    command: ({ target }, values) => {
      return { name: 'reject', id: target.id, reason: values.get('reason') ?? '', seen: target.revision }
    },
    behind: ({ id }) => ({ name: 'approval', id, customer: undefined, page: undefined }),
  },
}

/** Of a request that waits, as it was seen; of any other, the attempt is refused and noted like one to decide. */
async function makeReject(parts: DeskParts, person: Person, target: ActionTarget): Promise<FormMade> {
  const { billing } = parts.studio
  const record = await billing.request(target.id)
  const at = { now: await parts.clock.now(), timeZone: parts.timeZone }
  const { approval } = record
  const isSeen = target.revision === approval.fingerprint.slice(0, REVISION_LENGTH)
  if (isSeen && stateOf(approval, at.now) === 'pending') {
    return { type: 'form', form: rejectForm(approvalCard({ ...record, standing: undefined }, at), target) }
  }
  // Without the revision it can only be refused.
  const attempt = { verdict: 'rejected', reason: undefined, seen: '' } as const
  const outcome = await billing.decide(person, target.id, attempt)
  return { type: 'refused', reply: await decisionReply(parts, person, outcome) }
}
