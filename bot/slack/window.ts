import type { types } from '@slack/bolt'
import { assert } from '../../core/assert.js'
import { SLACK_REASON_LENGTH } from '../../core/limits.js'
import { LIMITS } from './limits.js'
import { REASON_BLOCK, REASON_INPUT, REASON_VIEW, type ReasonNote } from './schema.js'
import { cut, plain } from './text.js'

/** The window that asks why. What it is about goes with it and comes back, signed by Slack, with the reason. */
export function reasonWindow(note: ReasonNote): types.ModalView {
  const text = (words: string, limit: number): types.PlainTextElement => ({
    type: 'plain_text',
    text: cut(words, limit),
    emoji: false,
  })
  const kept = JSON.stringify(note)
  assert(kept.length <= LIMITS.privateMetadata, 'what a window keeps fits into it')
  return {
    type: 'modal',
    callback_id: REASON_VIEW,
    private_metadata: kept,
    title: text(`Reject ${plain(note.target.id)}`, LIMITS.viewTitle),
    submit: text('Reject', LIMITS.viewTitle),
    close: text('Back', LIMITS.viewTitle),
    blocks: [
      {
        type: 'input',
        block_id: REASON_BLOCK,
        label: text('Why is it rejected?', LIMITS.inputLabel),
        element: {
          type: 'plain_text_input',
          action_id: REASON_INPUT,
          multiline: true,
          min_length: 1,
          max_length: SLACK_REASON_LENGTH,
        },
      },
    ],
  }
}
