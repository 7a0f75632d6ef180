import type { PostedCards } from '../../core/chat-ports.js'
import { type Cell, type Database, readConsistently, runStatement } from './database.js'
import { text, writeText } from './values.js'

type CardRow = readonly [approvalId: Cell, surface: Cell, address: Cell]

/** Where cards of requests were posted: the same place is kept once. */
export function postedCards(database: Database, mspId: string): PostedCards {
  return {
    remember: async ({ approvalId, surface, address }) => {
      for (const words of [approvalId, address]) writeText(words, 'posted card')
      await runStatement(
        database,
        'INSERT INTO posted_card (msp_id, approval_id, surface, address) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
        [mspId, approvalId, surface, address],
      )
    },
    of: async (approvalId) => {
      const rows = await readConsistently(database, (query) =>
        query<CardRow>(
          `SELECT approval_id, surface, address FROM posted_card
            WHERE msp_id = $1 AND approval_id = $2 ORDER BY posted_at, address`,
          [mspId, approvalId],
        ),
      )
      return rows.map(([id, surface, address]) => ({
        approvalId: text(id),
        surface: text(surface) === 'slack' ? 'slack' : 'teams',
        address: text(address),
      }))
    },
  }
}
