import type { AuditFact } from '../../core/audit/chain.js'
import type {
  ConversationReference,
  ConversationReferences,
  Once,
  PostedCard,
  PostedCards,
  SlackWorkspace,
  SlackWorkspaces,
} from '../../core/chat-ports.js'

/** Where cards were posted, in memory, with the rules of the real store: the same card once. */
export function memoryPostedCards(): PostedCards & { readonly cards: readonly PostedCard[] } {
  const cards: PostedCard[] = []
  return {
    cards,
    remember: async (card) => {
      const known = cards.some(
        ({ approvalId, surface, address }) =>
          approvalId === card.approvalId && surface === card.surface && address === card.address,
      )
      if (!known) cards.push(card)
    },
    of: async (approvalId) => cards.filter((card) => card.approvalId === approvalId),
  }
}

/** What was acted on, in memory: true for the first caller of each key. */
export function memoryOnce(): Once & { readonly keys: ReadonlyMap<string, Date> } {
  const keys = new Map<string, Date>()
  return {
    keys,
    first: async (key, until) => {
      if (keys.has(key)) return false
      keys.set(key, until)
      return true
    },
  }
}

/** Where the app is installed, in memory, with the entries of its trail. */
export function memoryWorkspaces(): SlackWorkspaces & {
  readonly kept: ReadonlyMap<string, SlackWorkspace>
  readonly trail: readonly AuditFact[]
} {
  const kept = new Map<string, SlackWorkspace>()
  const trail: AuditFact[] = []
  return {
    kept,
    trail,
    install: async (workspace, audit) => {
      kept.set(workspace.key, workspace)
      trail.push(audit)
    },
    remove: async (key, installedAt, audit) => {
      if (kept.get(key)?.installedAt.getTime() !== installedAt.getTime()) return false
      kept.delete(key)
      trail.push(audit)
      return true
    },
    installed: async (key) => kept.get(key),
  }
}

/** Where people were met in Teams, in memory, with the rules of the real store. */
export function memoryReferences(): ConversationReferences & {
  readonly rows: () => readonly ConversationReference[]
} {
  let rows: readonly ConversationReference[] = []
  const newest = (wanted: (row: ConversationReference) => boolean, most: number) =>
    rows
      .filter(wanted)
      .toSorted((left, right) => right.seenAt.getTime() - left.seenAt.getTime())
      .slice(0, most)
  return {
    rows: () => rows,
    remember: async (reference) => {
      const { conversation, person, seenAt } = reference
      const known = rows.find((row) => row.conversation === conversation && row.person === person)
      if (known !== undefined && known.seenAt > seenAt) return false
      rows = [...rows.filter((row) => row !== known), reference]
      return known === undefined
    },
    ofPerson: async (tenant, person, most) =>
      newest((row) => row.tenant === tenant && row.person === person, most),
    inConversation: async (conversation, most) => newest((row) => row.conversation === conversation, most),
    forget: async (conversation, team) => {
      rows = rows.filter((row) => row.conversation !== conversation && (team === '' || row.team !== team))
    },
  }
}
