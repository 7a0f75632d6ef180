import { FORM_REASON_LENGTH } from '../../core/limits.js'
import type { Field, Form } from './form.js'
import type { ActionTarget, Card } from './model.js'

export const REJECT_FIELDS: readonly Field[] = [
  {
    id: 'reason',
    type: 'text',
    lines: 'many',
    most: FORM_REASON_LENGTH,
    label: 'Why is it rejected?',
    required: true,
    missing: 'A rejection needs a reason.',
  },
]

export function rejectCommand(id: string): string {
  return `reject ${id} because <reason>`
}

/** Asks why. @param card of the request: how it begins says what is rejected. */
export function rejectForm({ title, blocks: [first] }: Card, target: ActionTarget): Form {
  return {
    name: 'reject',
    title: `Reject ${target.id}`,
    introduction: [
      { type: 'text', style: 'strong', text: title },
      ...(first?.type === 'text' ? [first] : []),
    ],
    fields: REJECT_FIELDS,
    submit: { label: 'Reject', tone: 'danger' },
    target,
    command: rejectCommand(target.id),
  }
}
