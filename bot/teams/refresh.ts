import { TEAMS_VIEWERS } from '../../core/chat-limits.js'
import type { Card } from '../cards/model.js'
import type { Refresh } from './adaptive.js'

/**
 * How clients ask for the view of each person (Universal Actions, user-specific views): on cards of requests that can still
 * be decided, and only there, because everybody sees the same of all others. Renewing changes nothing and carries no revision.
 *
 * @param viewers Teams' ids of people in the conversation
 */
export function refreshOf({ actions }: Card, viewers: readonly string[]): Refresh | undefined {
  const open = actions.find(({ name }) => name === 'approve' || name === 'reject')
  if (open === undefined || viewers.length === 0) return undefined
  return {
    action: {
      type: 'Action.Execute',
      title: 'Refresh',
      verb: 'refresh',
      data: { id: open.target.id, revision: '' },
    },
    userIds: viewers.slice(0, TEAMS_VIEWERS),
  }
}
