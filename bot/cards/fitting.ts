import { type Person, approvers, isOf, may } from '../../core/access/people.js'
import type { Approval } from '../../core/approval/approval.js'
import { CARD_NAMES } from '../../core/limits.js'
import type { Action, Card } from './model.js'

/**
 * The card of a request as it fits one person: without the buttons they could only be refused with, and with who may
 * approve instead. What somebody sees grants nothing: each click is checked again.
 *
 * @param mayPress whether their role may press a button of this name
 */
export function fittingCard(
  card: Card,
  approval: Approval,
  reader: {
    readonly person: Person
    readonly people: readonly Person[]
    readonly mayPress: (name: Action['name']) => boolean
  },
): Card {
  const { person, people, mayPress } = reader
  const others = approvers(people).length >= 2
  const own = isOf(person, approval.requestedBy)
  const mayApprove = may(person, 'decide') && !(own && others)
  const actions = card.actions.filter(({ name }) => mayPress(name) && (name !== 'approve' || mayApprove))
  // Without the button for anybody there is nothing to wait for: decided, expired or out of date.
  if (mayApprove || !card.actions.some(({ name }) => name === 'approve')) return { ...card, actions }
  const names = approvers(people)
    .filter((approver) => !(others && isOf(approver, approval.requestedBy)))
    .map(({ name }) => name)
  return {
    ...card,
    blocks: [...card.blocks, { type: 'text', style: 'strong', text: waitingWords(names, own) }],
    actions,
  }
}

/** "Waits for Lee or Ann." to who asked, "Lee or Ann may approve this." to others. */
function waitingWords(names: readonly string[], own: boolean): string {
  if (names.length === 0) return 'Nobody may approve this yet.'
  const shown = names.slice(0, CARD_NAMES)
  const hidden = names.length - shown.length
  const all = hidden > 0 ? [...shown, `${hidden} more`] : shown
  const words = all.length === 1 ? all.join('') : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`
  return own ? `Waits for ${words}.` : `${words} may approve this.`
}
