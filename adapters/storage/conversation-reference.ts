import type { ConversationReference, ConversationReferences } from '../../core/chat-ports.js'
import { type Cell, type Database, readConsistently, runStatement } from './database.js'
import { instant, instantColumn, text, writeInstant, writeText } from './values.js'

type ReferenceRow = readonly [
  conversation: Cell,
  person: Cell,
  member: Cell,
  tenant: Cell,
  kind: Cell,
  team: Cell,
  serviceUrl: Cell,
  bot: Cell,
  seenAt: Cell,
]

const COLUMNS = `conversation, person, member, tenant, kind, team, service_url, bot, ${instantColumn('seen_at')}`

/** What was seen earlier never replaces what was seen later: requests overtake each other. */
const RENEW = `
  UPDATE conversation_reference
    SET member = $4, tenant = $5, kind = $6, team = $7, service_url = $8, bot = $9, seen_at = $10::timestamptz
    WHERE msp_id = $1 AND conversation = $2 AND person = $3 AND seen_at <= $10::timestamptz`
const ADD = `
  INSERT INTO conversation_reference
    (msp_id, conversation, person, member, tenant, kind, team, service_url, bot, seen_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::timestamptz) ON CONFLICT DO NOTHING`
const FORGET = `
  DELETE FROM conversation_reference WHERE msp_id = $1 AND (conversation = $2 OR ($3 <> '' AND team = $3))`

/** Where people were met in Teams: one row for each person in each conversation, as it was seen last. */
export function conversationReferences(database: Database, mspId: string): ConversationReferences {
  const read = async (where: string, parameters: readonly unknown[], most: number) => {
    const select = `SELECT ${COLUMNS} FROM conversation_reference WHERE msp_id = $1 AND ${where}
      ORDER BY seen_at DESC, conversation, person LIMIT ${Math.trunc(most)}`
    const rows = await readConsistently(database, (query) =>
      query<ReferenceRow>(select, [mspId, ...parameters]),
    )
    return rows.map(referenceOf)
  }
  return {
    remember: async (reference) => {
      const { conversation, person, member, tenant, kind, team, serviceUrl, bot, seenAt } = reference
      const texts = [conversation, person, member, tenant, kind, team, serviceUrl, bot]
      const checked = texts.map((words) => writeText(words, 'conversation reference'))
      const parameters = [mspId, ...checked, writeInstant(seenAt)]
      if ((await runStatement(database, ADD, parameters)) === 1) return true
      await runStatement(database, RENEW, parameters)
      return false
    },
    ofPerson: (tenant, person, most) => read('tenant = $2 AND person = $3', [tenant, person], most),
    inConversation: (conversation, most) => read('conversation = $2', [conversation], most),
    forget: async (conversation, team) => {
      await runStatement(database, FORGET, [mspId, conversation, team])
    },
  }
}

function referenceOf(row: ReferenceRow): ConversationReference {
  const [conversation, person, member, tenant, kind, team, serviceUrl, bot, seenAt] = row
  return {
    conversation: text(conversation),
    person: text(person),
    member: text(member),
    tenant: text(tenant),
    kind: kindOf(text(kind)),
    team: text(team),
    serviceUrl: text(serviceUrl),
    bot: text(bot),
    seenAt: instant(seenAt),
  }
}

function kindOf(kind: string): ConversationReference['kind'] {
  return kind === 'personal' || kind === 'channel' ? kind : 'group'
}
