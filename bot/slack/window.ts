import type { types } from '@slack/bolt'
import { assert } from '../../core/assert.js'
import { FORM_OPTIONS } from '../../core/limits.js'
import type { Field, Form } from '../cards/form.js'
import type { Card } from '../cards/model.js'
import { LIMITS } from './limits.js'
import { renderBody } from './render.js'
import { INPUT, type WindowNote } from './schema.js'
import { cut, cutMiddle, plain } from './text.js'

/** A form as a window. What it is about goes with it and comes back, signed by Slack, with what was filled in. */
export function formWindow(form: Form, note: WindowNote): types.ModalView {
  const kept = JSON.stringify(note)
  assert(kept.length <= LIMITS.privateMetadata, 'what a window keeps fits into it')
  const { name, title, introduction, fields, submit } = form
  return {
    type: 'modal',
    callback_id: name,
    private_metadata: kept,
    title: words(title, LIMITS.viewTitle),
    submit: words(submit.label, LIMITS.viewTitle),
    close: words('Back', LIMITS.viewTitle),
    blocks: [...renderBody(introduction, fields.length), ...fields.map(inputBlock)],
  }
}

/** Something to read in a window, with nothing to send off. */
export function cardWindow({ title, blocks }: Card): types.ModalView {
  const head = { type: 'text', style: 'strong', text: title } as const
  return {
    type: 'modal',
    title: words(title, LIMITS.viewTitle),
    close: words('Back', LIMITS.viewTitle),
    blocks: renderBody(title.length > LIMITS.viewTitle ? [head, ...blocks] : blocks, 0),
  }
}

function inputBlock(field: Field): types.InputBlock {
  const { id, label, hint, required } = field
  return {
    type: 'input',
    block_id: id,
    label: words(label, LIMITS.inputLabel),
    ...(hint === undefined ? {} : { hint: words(hint.replace(/`([^`]*)`/g, '“$1”'), LIMITS.inputHint) }),
    ...(required ? {} : { optional: true }),
    element: { ...inputElement(field), action_id: INPUT },
  }
}

function inputElement(field: Field): types.InputBlock['element'] {
  const { value = '' } = field
  switch (field.type) {
    case 'text':
      return {
        type: 'plain_text_input',
        multiline: field.lines === 'many',
        min_length: field.required ? 1 : 0,
        max_length: Math.min(field.most, LIMITS.inputText),
        ...(value === '' ? {} : { initial_value: cut(value, field.most) }),
      }
    case 'number':
      return { type: 'plain_text_input', ...(value === '' ? {} : { initial_value: value }) }
    case 'date':
      return { type: 'datepicker', ...(value === '' ? {} : { initial_date: value }) }
    case 'person':
      return { type: 'users_select' }
    case 'choice': {
      const options = field.options.map(optionOf)
      assert(options.length > 0 && options.length <= FORM_OPTIONS, 'a choice has 1 to 100 options')
      const chosen = options.find((option) => option.value === value)
      return { type: 'static_select', options, ...(chosen === undefined ? {} : { initial_option: chosen }) }
    }
  }
}

function optionOf({
  label,
  value,
}: {
  readonly label: string
  readonly value: string
}): types.PlainTextOption {
  assert(value.length <= LIMITS.optionValue, 'what a choice means is said in a few characters')
  // An id stands at the end, and tells two long names apart.
  return { text: words(cutMiddle(plain(label), LIMITS.optionText), LIMITS.optionText), value }
}

function words(text: string, limit: number): types.PlainTextElement {
  const shown = plain(text)
  return { type: 'plain_text', text: cut(shown.trim() === '' ? '–' : shown, limit), emoji: false }
}
