import type { Person } from '../../core/access/people.js'
import { REVISION_LENGTH, approvalCard } from '../cards/bill-run.js'
import type { ActionTarget, FormName } from '../cards/model.js'
import { REJECT_FIELDS, rejectForm } from '../cards/reject-form.js'
import { stateOf } from '../../core/approval/approval.js'
import { decisionReply } from './desk-billing.js'
import { MAP_BY_HAND } from './forms-map.js'
import { PEOPLE_FORMS } from './forms-people.js'
import { PRICE_FORMS } from './forms-price.js'
import { SETTINGS_FORMS } from './forms-settings.js'
import type { FormKind, FormMade } from './form-kind.js'
import type { DeskParts } from './reply.js'

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
  ...PEOPLE_FORMS,
  mapByHand: MAP_BY_HAND,
  ...PRICE_FORMS,
  ...SETTINGS_FORMS,
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
